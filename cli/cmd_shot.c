// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * vi915 shot: pictures of what the outputs show now. The driver makes them when its debugfs files
 * are opened; the programs on the screen do not notice, and no node is opened.
 */
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "box/say.h"
#include "cmd.h"
#include "options.h"
#include "picture.h"
#include "shot.h"

static int vi915_shot_set_card(void *to, const char *value)
{
	((struct vi915_shot_options *)to)->card = value;
	return 0;
}

static int vi915_shot_set_output(void *to, const char *value)
{
	((struct vi915_shot_options *)to)->output = value;
	return 0;
}

static int vi915_shot_set_out(void *to, const char *value)
{
	((struct vi915_shot_options *)to)->out = value;
	return 0;
}

static int vi915_shot_set_every(void *to, const char *value)
{
	struct vi915_shot_options *options = to;

	return vi915_options_number("every", value, 1, VI915_SHOT_EVERY_MAX, &options->every);
}

static int vi915_shot_set_count(void *to, const char *value)
{
	struct vi915_shot_options *options = to;

	return vi915_options_number("count", value, 1, VI915_SHOT_COUNT_MAX, &options->count);
}

static const struct vi915_option vi915_shot_table[] = {
	{ "card", "N", "whose: a card's number or a GPU's name (the first of ours)",
	  vi915_shot_set_card },
	{ "output", "M", "which: its number, from 0, or its name, as HDMI-A-1 (0)",
	  vi915_shot_set_output },
	{ "out", "DIR", "one file for every output, named after it, in DIR",
	  vi915_shot_set_out },
	{ "every", "MS", "with --out: again after so many milliseconds, and so on",
	  vi915_shot_set_every },
	{ "count", "N", "with --every: end after N times; else SIGINT or SIGTERM ends it",
	  vi915_shot_set_count },
	{ 0 },
};

const struct vi915_usage vi915_shot_usage = {
	.name = "shot",
	.rest = "FILE.png|-",
	.help = "Make a picture of what is on an output now.",
	.options = vi915_shot_table,
};

static int vi915_shot_check(const struct vi915_shot_options *options, int argc, char **argv)
{
	if (options->every && !options->out)
		return vi915_say("shot: --every needs a folder for its files; write --every %lu --out DIR",
				 options->every);
	if (options->count && !options->every)
		return vi915_say("shot: --count needs --every; write --every MS --count %lu --out DIR",
				 options->count);
	if (options->out && argc)
		return vi915_say("shot: --out names the files itself; leave '%s' out", argv[0]);
	if (options->out)
		return 0;
	if (!argc)
		return vi915_say("shot: there is no file; write vi915 shot [OPTION]... FILE.png, or - for stdout");
	if (argc > 1)
		return vi915_say("shot: it takes one file, with the options before it; leave '%s' out",
				 argv[1]);
	if (!strcmp(argv[0], "-") && isatty(STDOUT_FILENO))
		return vi915_say("shot: a terminal cannot show a PNG; write it to a file or a pipe");
	return 0;
}

/**
 * vi915_cmd_shot() - vi915 shot [OPTION]... FILE.png
 * @argc: number of words, the subcommand's name being the first
 * @argv: the words
 *
 * Return: the exit code.
 */
int vi915_cmd_shot(int argc, char **argv)
{
	struct vi915_shot_options options = { 0 };
	int rest, ret;

	ret = vi915_options_parse(&vi915_shot_usage, &options, argc, argv, &rest);
	if (ret)
		return ret == VI915_OPTIONS_HELPED ? 0 : ret;
	ret = vi915_shot_check(&options, argc - rest, argv + rest);
	if (ret)
		return ret;
	if (!options.out)
		return vi915_shot_one(&options, argv[rest]);
	ret = vi915_picture_folder("out", options.out);
	return ret ?: vi915_shot_series(&options);
}
