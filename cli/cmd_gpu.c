// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * vi915 gpu: make, change, plug in, plug out and remove GPUs while the driver
 * runs, by their folders in configfs.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "box/say.h"
#include "cmd.h"
#include "driver/vi915_config.h"
#include "folder.h"
#include "gpu_list.h"
#include "options.h"

static int vi915_gpu_set_flag(void *to, const char *value)
{
	(void)value;
	*(bool *)to = true;
	return 0;
}

static const struct vi915_option vi915_gpu_no_options[] = { { 0 } };

static const struct vi915_option vi915_gpu_json_options[] = {
	{ "json", NULL, "print it for programs", vi915_gpu_set_flag },
	{ 0 },
};

/* -- add ------------------------------------------------------------------- */

static const struct vi915_option vi915_gpu_add_options[] = {
	{ "unplugged", NULL, "do not plug it in yet", vi915_gpu_set_flag },
	{ 0 },
};

static const struct vi915_usage vi915_gpu_add_usage = {
	.name = "gpu add",
	.rest = "[NAME][,KEY=VALUE]...",
	.help = "Make a GPU and plug it in; 'vi915 gpu keys' lists the keys.",
	.options = vi915_gpu_add_options,
};

/* Without a name, takes the first unused gpuN and prints it. */
static int vi915_gpu_make(struct vi915_config *config, const char *description)
{
	bool named = *description && !memchr(description, '=', strcspn(description, ",")) &&
		     *description != ',';
	char reason[VI915_REASON_LEN], *copy;
	int ret = -EEXIST;

	for (unsigned int i = 0; ret == -EEXIST && i <= VI915_MAX_GPUS; i++) {
		copy = strdup(description);
		if (!copy)
			return vi915_say("out of memory");
		ret = vi915_config_parse(config, i, copy, reason);
		free(copy);
		if (ret)
			return vi915_say("gpu add: %s", reason);
		ret = vi915_folder_make(config->name);
		if (named)
			break;
	}
	if (ret == -EEXIST)
		return vi915_say("gpu add: there is a GPU '%s' already; choose another name, or change it with vi915 gpu set %s",
				 config->name, config->name);
	if (ret == -ENOSPC)
		return vi915_say("gpu add: there are %d devices already; remove a GPU with vi915 gpu remove NAME",
				 VI915_MAX_GPUS);
	if (ret)
		return vi915_folder_say("add", config->name, ret);
	if (!named)
		puts(config->name);
	return 0;
}

static int vi915_gpu_add(int argc, char **argv)
{
	struct vi915_config config;
	bool unplugged = false;
	int rest, ret;

	ret = vi915_options_parse(&vi915_gpu_add_usage, &unplugged, argc, argv, &rest);
	if (ret)
		return ret;
	if (argc - rest > 1)
		return vi915_say("gpu add: it takes one description; write commas instead of spaces: %s,%s",
				 argv[rest], argv[rest + 1]);
	ret = vi915_folder_find("add");
	if (!ret)
		ret = vi915_gpu_make(&config, rest < argc ? argv[rest] : "");
	if (ret)
		return ret;

	ret = vi915_folder_write(config.name, &config);
	if (!ret && !unplugged)
		ret = vi915_folder_set(config.name, "live", "1");
	if (ret) {
		/* Print the error before its file "error" is removed. */
		ret = vi915_folder_say("add", config.name, ret);
		vi915_folder_remove(config.name);
	}
	return ret;
}

/* -- remove, plug, unplug -------------------------------------------------- */

/* Runs @todo for each named GPU. */
static int vi915_gpu_each(const struct vi915_usage *usage, int argc, char **argv,
			  int (*todo)(const char *name))
{
	const char *verb = usage->name + strlen("gpu ");
	int rest, ret, err;

	ret = vi915_options_parse(usage, NULL, argc, argv, &rest);
	if (ret)
		return ret;
	if (rest == argc)
		return vi915_say("gpu %s: there is no name; write vi915 gpu %s NAME...", verb,
				 verb);
	ret = vi915_folder_find(verb);
	if (ret)
		return ret;
	for (; rest < argc; rest++) {
		err = vi915_folder_there(argv[rest]) ? todo(argv[rest]) : -ENOENT;
		if (err)
			ret = vi915_folder_say(verb, argv[rest], err);
	}
	return ret;
}

static int vi915_gpu_plug_one(const char *name)
{
	return vi915_folder_set(name, "live", "1");
}

static int vi915_gpu_unplug_one(const char *name)
{
	return vi915_folder_set(name, "live", "0");
}

static const struct vi915_usage vi915_gpu_remove_usage = {
	.name = "gpu remove",
	.rest = "NAME...",
	.help = "Take GPUs away, with whatever is in use, and forget them.",
	.options = vi915_gpu_no_options,
};

static int vi915_gpu_remove(int argc, char **argv)
{
	return vi915_gpu_each(&vi915_gpu_remove_usage, argc, argv, vi915_folder_remove);
}

static const struct vi915_usage vi915_gpu_plug_usage = {
	.name = "gpu plug",
	.rest = "NAME...",
	.help = "Plug GPUs in.",
	.options = vi915_gpu_no_options,
};

static int vi915_gpu_plug(int argc, char **argv)
{
	return vi915_gpu_each(&vi915_gpu_plug_usage, argc, argv, vi915_gpu_plug_one);
}

static const struct vi915_usage vi915_gpu_unplug_usage = {
	.name = "gpu unplug",
	.rest = "NAME...",
	.help = "Take GPUs away, with whatever is in use, and keep their descriptions.",
	.options = vi915_gpu_no_options,
};

static int vi915_gpu_unplug(int argc, char **argv)
{
	return vi915_gpu_each(&vi915_gpu_unplug_usage, argc, argv, vi915_gpu_unplug_one);
}

/* -- set ------------------------------------------------------------------- */

static const struct vi915_option vi915_gpu_set_options[] = {
	{ "replug", NULL, "unplug it before, and plug it in again", vi915_gpu_set_flag },
	{ 0 },
};

static const struct vi915_usage vi915_gpu_set_usage = {
	.name = "gpu set",
	.rest = "NAME KEY=VALUE...",
	.help = "Change a GPU that is not plugged in, or with --replug any.",
	.options = vi915_gpu_set_options,
};

/* Checks all pairs before one of them is written. */
static int vi915_gpu_change(struct vi915_config *config, char **words)
{
	char reason[VI915_REASON_LEN], *word, *rest, *value;

	for (; *words; words++) {
		rest = *words;
		while ((word = strsep(&rest, ","))) {
			value = strchr(word, '=');
			if (!value)
				return vi915_say("gpu set: '%s' has no '='; write KEY=VALUE, and join the values of one key with '+'",
						 word);
			*value++ = '\0';
			if (vi915_config_set(config, word, value, reason))
				return vi915_say("gpu set: %s", reason);
		}
	}
	if (vi915_config_check(config, reason))
		return vi915_say("gpu set: %s", reason);
	return 0;
}

static int vi915_gpu_set(int argc, char **argv)
{
	struct vi915_config config;
	bool replug = false, live;
	const char *name;
	char value[8];
	int rest, ret;

	ret = vi915_options_parse(&vi915_gpu_set_usage, &replug, argc, argv, &rest);
	if (ret)
		return ret;
	if (argc - rest < 1)
		return vi915_say("gpu set: there is no name; write vi915 gpu set NAME KEY=VALUE...");
	if (argc - rest < 2)
		return vi915_say("gpu set: there is nothing to set; write vi915 gpu set NAME KEY=VALUE...");
	ret = vi915_folder_find("set");
	if (ret)
		return ret;
	name = argv[rest];
	if (!vi915_folder_there(name))
		return vi915_folder_say("set", name, -ENOENT);
	ret = vi915_folder_read(name, &config);
	if (ret)
		return vi915_folder_say("set", name, ret);
	ret = vi915_gpu_change(&config, argv + rest + 1);
	if (ret)
		return ret;

	live = !vi915_folder_get(name, "live", value, sizeof(value)) && !strcmp(value, "1");
	if (live && !replug)
		return vi915_say("gpu set: '%s' is plugged in; write vi915 gpu set --replug %s KEY=VALUE..., or unplug it first: vi915 gpu unplug %s",
				 name, name, name);
	ret = live ? vi915_folder_set(name, "live", "0") : 0;
	if (!ret)
		ret = vi915_folder_write(name, &config);
	if (!ret && replug)
		ret = vi915_folder_set(name, "live", "1");
	return ret ? vi915_folder_say("set", name, ret) : 0;
}

/* -- list, keys ------------------------------------------------------------ */

static int vi915_gpu_print(const struct vi915_usage *usage, int argc, char **argv,
			   int (*print)(bool json))
{
	bool json = false;
	int rest, ret;

	ret = vi915_options_parse(usage, &json, argc, argv, &rest);
	if (ret)
		return ret;
	if (rest < argc)
		return vi915_say("%s: it takes nothing more; leave '%s' out", usage->name,
				 argv[rest]);
	return print(json);
}

static const struct vi915_usage vi915_gpu_list_usage = {
	.name = "gpu list",
	.help = "Show the GPUs that are described here: plugged in or not, their nodes, and what is\n"
		"not as it usually is.",
	.options = vi915_gpu_json_options,
};

static int vi915_gpu_list(int argc, char **argv)
{
	return vi915_gpu_print(&vi915_gpu_list_usage, argc, argv, vi915_gpu_list_print);
}

static const struct vi915_usage vi915_gpu_keys_usage = {
	.name = "gpu keys",
	.help = "Show what a description can say: each key, its default and its good values.",
	.options = vi915_gpu_json_options,
};

static int vi915_gpu_keys(int argc, char **argv)
{
	return vi915_gpu_print(&vi915_gpu_keys_usage, argc, argv, vi915_gpu_list_keys);
}

/* -- the command ----------------------------------------------------------- */

struct vi915_gpu_verb {
	const struct vi915_usage *usage;
	int (*run)(int argc, char **argv);
};

static const struct vi915_gpu_verb vi915_gpu_verbs[] = {
	{ &vi915_gpu_add_usage, vi915_gpu_add },
	{ &vi915_gpu_keys_usage, vi915_gpu_keys },
	{ &vi915_gpu_list_usage, vi915_gpu_list },
	{ &vi915_gpu_plug_usage, vi915_gpu_plug },
	{ &vi915_gpu_remove_usage, vi915_gpu_remove },
	{ &vi915_gpu_set_usage, vi915_gpu_set },
	{ &vi915_gpu_unplug_usage, vi915_gpu_unplug },
};

#define VI915_NUM_VERBS (sizeof(vi915_gpu_verbs) / sizeof(vi915_gpu_verbs[0]))

const struct vi915_usage vi915_gpu_usage = {
	.name = "gpu",
	.rest = "VERB [OPTION]...",
	.help = "GPUs that come and go while the driver runs, in a box or on any machine.",
	.options = vi915_gpu_no_options,
};

static void vi915_gpu_print_usage(FILE *file)
{
	fprintf(file, "usage: vi915 gpu %s\n%s\n\n", vi915_gpu_usage.rest, vi915_gpu_usage.help);
	for (size_t i = 0; i < VI915_NUM_VERBS; i++) {
		const struct vi915_usage *usage = vi915_gpu_verbs[i].usage;

		/* Only the first line of its help. */
		fprintf(file, "  %-10s%.*s\n", usage->name + strlen("gpu "),
			(int)strcspn(usage->help, "\n"), usage->help);
	}
	fputs("\n  --help    print this; 'vi915 gpu VERB --help' says more\n", file);
}

/**
 * vi915_gpu_verb() - get a verb of vi915 gpu
 * @index: index of the verb, from 0
 *
 * Return: its usage, with the verb behind "gpu " in its name, or NULL when there are no more.
 */
const struct vi915_usage *vi915_gpu_verb(unsigned int index)
{
	return index < VI915_NUM_VERBS ? vi915_gpu_verbs[index].usage : NULL;
}

/**
 * vi915_cmd_gpu() - vi915 gpu VERB ...
 * @argc: number of words, the subcommand's name being the first
 * @argv: the words
 *
 * Return: the exit code.
 */
int vi915_cmd_gpu(int argc, char **argv)
{
	char verbs[128] = "";
	size_t n = 0;
	int ret;

	if (argc < 2) {
		vi915_gpu_print_usage(stderr);
		return VI915_EXIT_FAILED;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		vi915_gpu_print_usage(stdout);
		return 0;
	}
	for (size_t i = 0; i < VI915_NUM_VERBS; i++) {
		const char *verb = vi915_gpu_verbs[i].usage->name + strlen("gpu ");

		if (!strcmp(argv[1], verb)) {
			ret = vi915_gpu_verbs[i].run(argc - 1, argv + 1);
			return ret == VI915_OPTIONS_HELPED ? 0 : ret;
		}
		n += snprintf(verbs + n, sizeof(verbs) - n, "%s%s", i ? ", " : "", verb);
	}
	return vi915_say("gpu: there is no verb '%s'; the verbs are %s", argv[1], verbs);
}
