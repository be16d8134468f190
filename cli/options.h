/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_OPTIONS_H
#define VI915_OPTIONS_H

#include <stddef.h>
#include <stdio.h>

/**
 * struct vi915_option - one option of a subcommand
 * @name: without the dashes; a row without one ends a table
 * @value: what its value is called in the usage, or NULL when it has none
 * @help: what it does, in a few words
 * @set: takes the value; returns 0, or the exit code after saying what is
 *	wrong with it
 */
struct vi915_option {
	const char *name;
	const char *value;
	const char *help;
	int (*set)(void *to, const char *value);
};

/**
 * struct vi915_usage - all that can be said to a subcommand
 * @name: its name
 * @rest: what follows the options, or NULL
 * @help: what it does, in one line
 * @options: its options
 */
struct vi915_usage {
	const char *name;
	const char *rest;
	const char *help;
	const struct vi915_option *options;
};

/* What vi915_options_parse() returns when --help was asked for and given. */
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
