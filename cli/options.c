// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "box/say.h"
#include "options.h"

/* Where the texts begin in a printed table. */
#define VI915_OPTIONS_COLUMN 26

/**
 * vi915_options_print() - print the usage of a subcommand
 * @usage: the subcommand
 * @file: the file to print to
 */
void vi915_options_print(const struct vi915_usage *usage, FILE *file)
{
	const struct vi915_option *option;
	int n;

	fprintf(file, "usage: vi915 %s [OPTION]...%s%s\n%s\n\n", usage->name,
		usage->rest ? " " : "", usage->rest ? usage->rest : "",
		usage->help);
	for (option = usage->options; option->name; option++) {
		n = fprintf(file, "  --%s%s%s", option->name,
			    option->value ? " " : "",
			    option->value ? option->value : "");
		if (n >= VI915_OPTIONS_COLUMN)
			n = fprintf(file, "\n") - 1;
		fprintf(file, "%*s%s\n", VI915_OPTIONS_COLUMN - n, "",
			option->help);
	}
	fprintf(file, "  --help%*sprint this\n", VI915_OPTIONS_COLUMN - 8, "");
}

/* Prints that @word is unknown, and the options that there are. */
static int vi915_options_unknown(const struct vi915_usage *usage,
				 const char *word)
{
	const struct vi915_option *option;
	char names[512] = "";
	size_t n = 0;

	for (option = usage->options; option->name; option++)
		n += snprintf(names + n, sizeof(names) - n, "--%s, ",
			      option->name);
	return vi915_say("%s: there is no option %s; the options are %s--help",
			 usage->name, word, names);
}

/**
 * vi915_options_find() - look up an option
 * @usage: the subcommand
 * @name: its name, without the dashes
 * @len: bytes of @name
 *
 * Return: the option, or NULL when there is none of that name.
 */
const struct vi915_option *vi915_options_find(const struct vi915_usage *usage, const char *name,
					      size_t len)
{
	const struct vi915_option *option;

	for (option = usage->options; option->name; option++)
		if (strlen(option->name) == len &&
		    !memcmp(option->name, name, len))
			return option;
	return NULL;
}

/* Reads one option at @argv[*at]: "--name value", "--name=value" or "--name". */
static int vi915_options_one(const struct vi915_usage *usage, void *to,
			     char **argv, int *at)
{
	const char *word = argv[*at];
	const char *equals = strchr(word, '=');
	size_t len = equals ? (size_t)(equals - word) : strlen(word);
	const struct vi915_option *option = NULL;
	const char *value = equals ? equals + 1 : NULL;

	if (word[1] == '-')
		option = vi915_options_find(usage, word + 2, len - 2);
	else if (!strcmp(word, "-v"))
		option = vi915_options_find(usage, "verbose", strlen("verbose"));
	if (!option)
		return vi915_options_unknown(usage, word);
	if (!option->value && value)
		return vi915_say("%s: --%s takes no value; write --%s alone",
				 usage->name, option->name, option->name);
	if (option->value && !value) {
		value = argv[++*at];
		/* A value of "--" can be written as --name=--. */
		if (!value || !strcmp(value, "--"))
			return vi915_say("%s: --%s needs a value; write --%s %s",
					 usage->name, option->name,
					 option->name, option->value);
	}
	++*at;
	return option->set(to, value);
}

/**
 * vi915_options_parse() - read the options of a subcommand
 * @usage: the subcommand
 * @to: given to the options' @set
 * @argc: number of words
 * @argv: the words, the subcommand's name being the first
 * @rest: filled with the index of the first word behind the options
 *
 * Options end at "--" and at the first word that is no option.
 *
 * Return: 0, VI915_OPTIONS_HELPED, or the exit code after printing an error.
 */
int vi915_options_parse(const struct vi915_usage *usage, void *to, int argc,
			char **argv, int *rest)
{
	int at = 1, ret;

	while (at < argc && argv[at][0] == '-' && argv[at][1]) {
		if (!strcmp(argv[at], "--")) {
			at++;
			break;
		}
		if (!strcmp(argv[at], "--help") || !strcmp(argv[at], "-h")) {
			vi915_options_print(usage, stdout);
			return VI915_OPTIONS_HELPED;
		}
		ret = vi915_options_one(usage, to, argv, &at);
		if (ret)
			return ret;
	}
	*rest = at;
	return 0;
}

/**
 * vi915_options_number() - read a whole number
 * @option: name of the option, for the error message
 * @text: the value
 * @min: smallest valid number
 * @max: largest valid number
 * @number: filled
 *
 * Return: 0, or the exit code after printing an error.
 */
int vi915_options_number(const char *option, const char *text,
			 unsigned long min, unsigned long max,
			 unsigned long *number)
{
	char *end;

	errno = 0;
	*number = strtoul(text, &end, 10);
	if (!isdigit((unsigned char)*text) || *end || errno ||
	    *number < min || *number > max)
		return vi915_say("--%s %s: write a whole number from %lu to %lu",
				 option, text, min, max);
	return 0;
}
