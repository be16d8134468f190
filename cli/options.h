/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_OPTIONS_H
#define VI915_OPTIONS_H

#include <stddef.h>
#include <stdio.h>

/**
 * struct vi915_option - one option of a subcommand
 * @name: its name without the dashes; a row without one ends a table
 * @value: name of its value in the usage, or NULL when it has none
 * @help: a few words about it
 * @set: stores the value; returns 0, or the exit code after printing an error
 */
struct vi915_option {
	const char *name;
	const char *value;
	const char *help;
	int (*set)(void *to, const char *value);
};

/**
 * struct vi915_usage - the usage of a subcommand
 * @name: its name
 * @rest: names of its arguments after the options, or NULL
 * @help: one line about it
 * @options: its options
 */
struct vi915_usage {
	const char *name;
	const char *rest;
	const char *help;
	const struct vi915_option *options;
};

/* Returned by vi915_options_parse() when it has printed the help for --help. */
#define VI915_OPTIONS_HELPED (-1)

int vi915_options_parse(const struct vi915_usage *usage, void *to, int argc,
			char **argv, int *rest);
int vi915_options_number(const char *option, const char *text,
			 unsigned long min, unsigned long max,
			 unsigned long *number);
const struct vi915_option *vi915_options_find(const struct vi915_usage *usage, const char *name,
					      size_t len);
void vi915_options_print(const struct vi915_usage *usage, FILE *file);

#endif
