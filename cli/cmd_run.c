// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include "box/say.h"
#include "boxopts.h"
#include "cmd.h"

const struct vi915_usage vi915_run_usage = {
	.name = "run",
	.rest = "[--] CMD [ARG]...",
	.help = "Run CMD in a box: a kernel of its own that has GPUs.",
	.options = vi915_boxopts_table,
};

/**
 * vi915_cmd_run() - vi915 run [OPTION]... [--] CMD [ARG]...
 * @argc: number of words, the subcommand's name being the first
 * @argv: the words
 *
 * Return: the exit code.
 */
int vi915_cmd_run(int argc, char **argv)
{
	struct vi915_boxopts opts;
	int ret = vi915_boxopts_parse(&opts, &vi915_run_usage, argc, argv);

	if (!ret && !opts.box.argv[0])
		ret = vi915_say("run: there is no command; write vi915 run [OPTION]... [--] CMD [ARG]..., or vi915 shell");
	if (!ret)
		ret = vi915_box_run(&opts.box);
	vi915_boxopts_fini(&opts);
	return ret == VI915_OPTIONS_HELPED ? 0 : ret;
}
