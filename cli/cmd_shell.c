// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <stdlib.h>
#include <unistd.h>

#include "box/say.h"
#include "boxopts.h"
#include "cmd.h"

const struct vi915_usage vi915_shell_usage = {
	.name = "shell",
	.rest = NULL,
	.help = "Start your shell ($SHELL) in a box: a kernel of its own that has GPUs.",
	.options = vi915_boxopts_table,
};

/**
 * vi915_cmd_shell() - vi915 shell [OPTION]...
 * @argc: number of words, the subcommand's name being the first
 * @argv: the words
 *
 * Return: the exit code.
 */
int vi915_cmd_shell(int argc, char **argv)
{
	char *shell[] = { getenv("SHELL"), NULL };
	struct vi915_boxopts opts;
	int ret = vi915_boxopts_parse(&opts, &vi915_shell_usage, argc, argv);

	if (!ret && opts.box.argv[0])
		ret = vi915_say("shell: it takes no command; write vi915 run ... -- %s",
				opts.box.argv[0]);
	if (!shell[0] || access(shell[0], X_OK))
		shell[0] = "/bin/sh";
	opts.box.argv = shell;
	if (!ret)
		ret = vi915_box_run(&opts.box);
	vi915_boxopts_fini(&opts);
	return ret == VI915_OPTIONS_HELPED ? 0 : ret;
}
