// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "box/say.h"
#include "complete.h"
#include "gpus.h"

/**
 * DOC: descriptions
 *
 * The command includes the driver's own parser of descriptions. So a mistake is found before the
 * boot, with the driver's own message.
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
 * vi915_gpus_set_all() - set the number of GPUs, all with the same description
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

/* True if @description has a key already. */
static bool vi915_gpus_has(const char *description, const char *key)
{
	size_t len = strlen(key);
	const char *at;

	for (at = description; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (!strncmp(at, key, len) && at[len] == '=')
			return true;
	}
	return false;
}

/**
 * vi915_gpus_default() - add a key to each description that lacks it
 * @gpus: the GPUs
 * @key: the key
 * @value: a valid value
 *
 * Return: 0, or the exit code after saying what is wrong.
 */
int vi915_gpus_default(struct vi915_gpus *gpus, const char *key, const char *value)
{
	char *rest = gpus->text, *text = NULL, *one;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return vi915_say("out of memory");
	while ((one = strsep(&rest, ";"))) {
		fprintf(out, "%s%s", one == gpus->text ? "" : ";", one);
		if (!vi915_gpus_has(one, key))
			fprintf(out, ",%s=%s", key, value);
	}
	if (fclose(out))
		return vi915_say("out of memory");
	free(gpus->text);
	gpus->text = text;
	return 0;
}

/**
 * vi915_gpus_check() - check that the GPUs can exist together
 * @gpus: the GPUs
 *
 * Return: 0, or the exit code after printing why not.
 */
int vi915_gpus_check(const struct vi915_gpus *gpus)
{
	char reason[VI915_REASON_LEN];

	if (vi915_config_check_list(gpus->configs, gpus->num, reason))
		return vi915_say("--gpu: %s", reason);
	return 0;
}

/*
 * Prints the words of @good, a sentence about valid values, that the parser accepts as values. A
 * word that ends in capitals, as delay=MS, needs a number.
 */
static void vi915_gpus_complete_value(const char *word, size_t kept, const char *key, char *good)
{
	char reason[VI915_REASON_LEN], *value, text[64];
	struct vi915_config config;
	size_t len;

	while ((value = strsep(&good, " ,;"))) {
		len = strlen(value);
		while (len && isupper((unsigned char)value[len - 1]) && strpbrk(value, "=:"))
			len--;
		snprintf(text, sizeof(text), "%.*s%s", (int)len, value, value[len] ? "1" : "");
		vi915_config_init(&config, 0);
		if (*text && !vi915_config_set(&config, key, text, reason))
			vi915_complete_offer(word, kept, value, value + len, NULL);
	}
}

/**
 * vi915_gpus_complete() - print completions of a description
 * @word: the word so far
 * @kept: bytes of @word before the description
 *
 * Completions are a key's values, keys that are not there yet, or, at first, the comma behind a
 * name.
 */
void vi915_gpus_complete(const char *word, size_t kept)
{
	const char *comma = strrchr(word + kept, ','), *key;
	const char *pair = comma ? comma + 1 : word + kept;
	const char *equals = strchr(pair, '=');
	bool is_name = !comma && !equals && *pair;
	char good[1024], given[64];
	unsigned int i;

	for (i = 0; (key = vi915_config_key(i, good, sizeof(good))); i++) {
		snprintf(given, sizeof(given), "%s=", key);
		if (equals && !strncmp(pair, given, strlen(given)))
			vi915_gpus_complete_value(word, equals + 1 - word, key, good);
		if (equals)
			continue;
		is_name = is_name && strncmp(given, pair, strlen(pair));
		if (!vi915_gpus_has(word + kept, key))
			vi915_complete_offer(word, pair - word, given, NULL, NULL);
	}
	if (is_name)
		printf("%s,\n", word);
}

/**
 * vi915_gpus_complete_number() - print completions of a value of --gpus
 * @word: the word so far
 * @kept: bytes of @word before the number
 */
void vi915_gpus_complete_number(const char *word, size_t kept)
{
	if (strchr(word + kept, ','))
		vi915_gpus_complete(word, kept);
}
