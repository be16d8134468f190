// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "box/say.h"
#include "gpus.h"

/**
 * DOC: descriptions
 *
 * They are read by the driver's own parser, which is built into the command
 * too: a mistake costs no boot, and what is said of it is what the driver would
 * say.
 */

static int vi915_gpus_check_unique(const struct vi915_gpus *gpus,
				   const char *name)
{
	unsigned int i;

	for (i = 0; i < gpus->num; i++)
		if (!strcmp(gpus->configs[i].name, name))
			return vi915_say("two GPUs are called '%s'; give each --gpu a name of its own",
					 name);
	return 0;
}

/**
 * vi915_gpus_add() - add a GPU by its description
 * @gpus: the GPUs so far
 * @description: "[NAME][,key=value]..."
 *
 * Return: 0, or the exit code after saying what is wrong.
 */
int vi915_gpus_add(struct vi915_gpus *gpus, const char *description)
{
	struct vi915_config *config = &gpus->configs[gpus->num];
	size_t digits = strspn(description, "0123456789");
	char reason[VI915_REASON_LEN], *copy, *text;
	int ret;

	if (gpus->num == VI915_MAX_GPUS)
		return vi915_say("more than %d GPUs are too many; write --gpu less often",
				 VI915_MAX_GPUS);
	if (!*description)
		return vi915_say("--gpu: '' is no name for a GPU; write --gpu NAME");
	if (digits && (!description[digits] || description[digits] == ','))
		return vi915_say("--gpu %s: a name is no number; write --gpus %s for that many GPUs",
				 description, description);
	/* The driver takes it for the end of the description. */
	if (strchr(description, ';'))
		return vi915_say("--gpu %s: there is a ';' in it; write --gpu once for each GPU",
				 description);
	copy = strdup(description);
	if (!copy)
		return vi915_say("out of memory");
	ret = vi915_config_parse(config, gpus->num, copy, reason);
	free(copy);
	if (ret)
		return vi915_say("--gpu %s: %s", description, reason);
	ret = vi915_gpus_check_unique(gpus, config->name);
	if (ret)
		return ret;
	if (asprintf(&text, "%s%s%s", gpus->num ? gpus->text : "",
		     gpus->num ? ";" : "", description) < 0)
		return vi915_say("out of memory");
	free(gpus->text);
	gpus->text = text;
	gpus->num++;
	return 0;
}

/**
 * vi915_gpus_set_all() - say how many GPUs there are, all alike
 * @gpus: filled
 * @description: "N[,key=value]..."
 *
 * Return: 0, or the exit code after saying what is wrong.
 */
int vi915_gpus_set_all(struct vi915_gpus *gpus, const char *description)
{
	size_t digits = strspn(description, "0123456789");
	char reason[VI915_REASON_LEN], *copy;
	int ret;

	if (!digits || (description[digits] && description[digits] != ','))
		return vi915_say("--gpus %s: write a number of GPUs from 0 to %d, as --gpus 2 or --gpus 2,outputs=0",
				 description, VI915_MAX_GPUS);
	copy = strdup(description);
	if (!copy)
		return vi915_say("out of memory");
	ret = vi915_config_parse_list(gpus->configs, VI915_MAX_GPUS, copy,
				      reason);
	free(copy);
	if (ret < 0)
		return vi915_say("--gpus %s: %s", description, reason);
	gpus->num = ret;
	free(gpus->text);
	gpus->text = strdup(description);
	return gpus->text ? 0 : vi915_say("out of memory");
}

/**
 * vi915_gpus_devices() - how many devices the GPUs are together
 * @gpus: the GPUs
 *
 * Return: the number; a split GPU is two devices.
 */
unsigned int vi915_gpus_devices(const struct vi915_gpus *gpus)
{
	unsigned int devices = 0, i;

	for (i = 0; i < gpus->num; i++)
		devices += vi915_config_parts(&gpus->configs[i]);
	return devices;
}
