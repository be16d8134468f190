// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <stdlib.h>
#include <string.h>

#include "guest.h"

/* Counts the strings in @params that begin with @key. */
static size_t vi915_params_count(const struct vi915_params *params,
				 const char *key)
{
	const char *at, *end = params->text + params->len;
	size_t count = 0;

	for (at = params->text; at < end; at += strlen(at) + 1)
		count += !strncmp(at, key, strlen(key));
	return count;
}

/* All values of @key, NULL-terminated. */
static char **vi915_params_all(const struct vi915_params *params,
			       const char *key)
{
	size_t count = vi915_params_count(params, key), i = 0;
	char **all = calloc(count + 1, sizeof(*all));
	char *at, *end = params->text + params->len;

	if (!all)
		vi915_guest_fail("the guest is out of memory; give it more with --mem");
	for (at = params->text; at < end; at += strlen(at) + 1)
		if (!strncmp(at, key, strlen(key)))
			all[i++] = at + strlen(key);
	return all;
}

/* The value of @key, or NULL. */
static const char *vi915_params_one(const struct vi915_params *params,
				    const char *key)
{
	const char *at, *end = params->text + params->len;

	for (at = params->text; at < end; at += strlen(at) + 1)
		if (!strncmp(at, key, strlen(key)))
			return at + strlen(key);
	return NULL;
}

static unsigned long long
vi915_params_number(const struct vi915_params *params, const char *key)
{
	const char *text = vi915_params_one(params, key);

	return text ? strtoull(text, NULL, 0) : 0;
}

static void vi915_params_groups(struct vi915_params *params)
{
	char **all = vi915_params_all(params, "group=");
	size_t i;

	while (all[params->num_groups])
		params->num_groups++;
	params->groups = calloc(params->num_groups + 1,
				sizeof(*params->groups));
	if (!params->groups)
		vi915_guest_fail("the guest is out of memory; give it more with --mem");
	for (i = 0; i < params->num_groups; i++)
		params->groups[i] = strtoul(all[i], NULL, 0);
	free(all);
}

/**
 * vi915_params_parse() - read the start parameters
 * @params: with @text and @len set; the rest is filled
 *
 * vi915 on the host wrote them, and has checked the user's input.
 */
void vi915_params_parse(struct vi915_params *params)
{
	params->argv = vi915_params_all(params, "arg=");
	params->env = vi915_params_all(params, "env=");
	params->rw = vi915_params_all(params, "rw=");
	params->peers = vi915_params_all(params, "peer=");
	params->cwd = vi915_params_one(params, "cwd=");
	params->hostname = vi915_params_one(params, "hostname=");
	params->modules = vi915_params_one(params, "modules=");
	params->module = vi915_params_one(params, "module=");
	params->gpus = vi915_params_one(params, "gpus=");
	params->uid = vi915_params_number(params, "uid=");
	params->gid = vi915_params_number(params, "gid=");
	vi915_params_groups(params);
	params->umask = vi915_params_number(params, "umask=");
	params->tty = vi915_params_number(params, "tty=");
	params->closed = vi915_params_number(params, "closed=");
	params->joined = vi915_params_number(params, "joined=");
	params->ignored = vi915_params_number(params, "ignored=");
	params->nofile_soft = vi915_params_number(params, "nofile-soft=");
	params->nofile_hard = vi915_params_number(params, "nofile-hard=");
	params->seatd = vi915_params_one(params, "seatd=");
	params->udevd = vi915_params_one(params, "udevd=");
	params->home = vi915_params_one(params, "home=");
	params->reporter = vi915_params_one(params, "reporter=");
	params->hostfs = vi915_params_one(params, "hostfs=");
	params->privileged = vi915_params_number(params, "privileged=");
	params->leaks = vi915_params_number(params, "leaks=");
	params->shots = vi915_params_number(params, "shots=");
	params->winsz.rows = vi915_params_number(params, "rows=");
	params->winsz.cols = vi915_params_number(params, "cols=");
	if (!params->cwd || !params->argv[0] || !params->hostfs)
		vi915_guest_fail("the guest was started without a command or a folder to run it in");
}
