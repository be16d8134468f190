// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <stdio.h>
#include <string.h>

#include "box/say.h"
#include "cmd.h"

/* The subcommands for people; `complete` is for scripts. */
const struct vi915_command vi915_commands[] = {
	{ "check", "see whether this machine can run a box", vi915_cmd_check,
	  &vi915_check_usage },
	{ "demo", "see two GPUs render and show for each other", vi915_cmd_demo,
	  &vi915_demo_usage },
	{ "gpu", "add, change and remove GPUs at run time", vi915_cmd_gpu,
	  &vi915_gpu_usage },
	{ "graph", "show which buffer is shared by whom", vi915_cmd_graph,
	  &vi915_graph_usage },
	{ "info", "show the GPUs that are here", vi915_cmd_info,
	  &vi915_info_usage },
	{ "run", "run a command in a box", vi915_cmd_run,
	  &vi915_run_usage },
	{ "shell", "start a shell in a box", vi915_cmd_shell,
	  &vi915_shell_usage },
	{ "shot", "make a picture of what is on an output", vi915_cmd_shot,
	  &vi915_shot_usage },
	{ 0 }
};

#define VI915_NUM_COMMANDS (sizeof(vi915_commands) / sizeof(vi915_commands[0]) - 1)

static void vi915_print_usage(FILE *file)
{
	size_t i;

	fputs("usage: vi915 COMMAND [OPTION]...\n"
	      "GPUs made of software, in a kernel of their own.\n\n", file);
	for (i = 0; i < VI915_NUM_COMMANDS; i++)
		fprintf(file, "  %-8s%s\n", vi915_commands[i].name,
			vi915_commands[i].help);
	fputs("\n'vi915 COMMAND --help' says more.\n", file);
}

static int vi915_unknown_command(const char *name)
{
	char names[256] = "";
	size_t n = 0, i;

	for (i = 0; i < VI915_NUM_COMMANDS; i++)
		n += snprintf(names + n, sizeof(names) - n, "%s%s",
			      i ? ", " : "", vi915_commands[i].name);
	return vi915_say("there is no command '%s'; the commands are %s", name,
			 names);
}

int main(int argc, char **argv)
{
	size_t i;

	if (argc < 2) {
		vi915_print_usage(stderr);
		return VI915_EXIT_FAILED;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") ||
	    !strcmp(argv[1], "help")) {
		vi915_print_usage(stdout);
		return 0;
	}
	if (!strcmp(argv[1], "complete"))
		return vi915_cmd_complete(argc - 1, argv + 1);
	for (i = 0; i < VI915_NUM_COMMANDS; i++)
		if (!strcmp(argv[1], vi915_commands[i].name))
			return vi915_commands[i].run(argc - 1, argv + 1);
	return vi915_unknown_command(argv[1]);
}
