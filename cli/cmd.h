/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_CMD_H
#define VI915_CMD_H

struct vi915_usage;

/**
 * struct vi915_command - one subcommand
 * @name: its name; a row without one ends the table
 * @help: one line about it
 * @run: runs it; returns the exit code
 * @usage: its options and arguments
 */
struct vi915_command {
	const char *name;
	const char *help;
	int (*run)(int argc, char **argv);
	const struct vi915_usage *usage;
};

extern const struct vi915_command vi915_commands[];

/*
 * One function per subcommand. @argv[0] is the subcommand's name; the functions return the exit
 * code.
 */
int vi915_cmd_check(int argc, char **argv);
int vi915_cmd_complete(int argc, char **argv);
int vi915_cmd_demo(int argc, char **argv);
int vi915_cmd_gpu(int argc, char **argv);
int vi915_cmd_graph(int argc, char **argv);
int vi915_cmd_info(int argc, char **argv);
int vi915_cmd_run(int argc, char **argv);
int vi915_cmd_shell(int argc, char **argv);
int vi915_cmd_shot(int argc, char **argv);

extern const struct vi915_usage vi915_check_usage;
extern const struct vi915_usage vi915_demo_usage;
extern const struct vi915_usage vi915_gpu_usage;
extern const struct vi915_usage vi915_graph_usage;
extern const struct vi915_usage vi915_info_usage;
extern const struct vi915_usage vi915_run_usage;
extern const struct vi915_usage vi915_shell_usage;
extern const struct vi915_usage vi915_shot_usage;

const struct vi915_usage *vi915_gpu_verb(unsigned int index);

#endif
