/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_CMD_H
#define VI915_CMD_H

/*
 * One function per subcommand. @argv[0] is the subcommand's name; what they
 * return is the exit code.
 */
int vi915_cmd_check(int argc, char **argv);
int vi915_cmd_demo(int argc, char **argv);
int vi915_cmd_graph(int argc, char **argv);
int vi915_cmd_info(int argc, char **argv);
int vi915_cmd_run(int argc, char **argv);
int vi915_cmd_shell(int argc, char **argv);
int vi915_cmd_shot(int argc, char **argv);

#endif
