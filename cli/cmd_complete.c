// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "boxopts.h"
#include "cmd.h"
#include "complete.h"
#include "options.h"

/**
 * DOC: completion
 *
 * `vi915 complete WORD...` prints the completions of the last word, one per line, with a tab and a
 * help text if there is one. It is for the scripts cli/complete.*, which know nothing about vi915;
 * all completions come from the tables by which the command reads its words. A line that begins
 * with a colon asks the shell for completions of its own:
 *
 * - ":files PREFIX", ":folders PREFIX": PREFIX stays, a path follows;
 * - ":command N": the words from the Nth on, counted from 0, are a command.
 */

static void vi915_complete_options(const struct vi915_usage *usage, const char *word)
{
	const struct vi915_option *option;
	size_t dashes = strspn(word, "-");

	if (dashes > 2)
		return;
	if (dashes < 2)
		word = "--";
	for (option = usage->options; option->name; option++)
		vi915_complete_offer(word, 2, option->name, NULL, option->help);
	vi915_complete_offer(word, 2, "help", NULL, "print this");
}

static void vi915_complete_files(const char *word, size_t kept)
{
	printf(":files %.*s\n", (int)kept, word);
}

static void vi915_complete_folders(const char *word, size_t kept)
{
	printf(":folders %.*s\n", (int)kept, word);
}

/* Names of values in the tables of options that need a function to complete them. */
static const struct {
	const char *value;
	void (*complete)(const char *word, size_t kept);
} vi915_complete_kinds[] = {
	{ "DIR", vi915_complete_folders },
	{ "FILE", vi915_complete_files },
	{ "N[,key=value...]", vi915_gpus_complete_number },
	{ "NAME[,NAME...]", vi915_boxopts_complete_peers },
	{ "NAME[,key=value...]", vi915_gpus_complete },
	{ "PATH", vi915_complete_files },
};

static void vi915_complete_value(const char *value, const char *word, size_t kept)
{
	size_t i;

	for (i = 0; i < sizeof(vi915_complete_kinds) / sizeof(vi915_complete_kinds[0]); i++)
		if (!strcmp(value, vi915_complete_kinds[i].value)) {
			vi915_complete_kinds[i].complete(word, kept);
			return;
		}
	vi915_complete_values(word, kept, value);
}

static void vi915_complete_rest(const struct vi915_usage *usage, unsigned int from)
{
	if (usage->rest && strstr(usage->rest, "CMD"))
		printf(":command %u\n", from);
	else if (usage->rest && strstr(usage->rest, "FILE"))
		vi915_complete_files("", 0);
}

/* @words[0] is the subcommand's name, @words[@last] the word to complete. */
static void vi915_complete_words(const struct vi915_usage *usage, char **words, unsigned int last)
{
	const struct vi915_option *option;
	const char *equals;
	unsigned int i;

	for (i = 1; i < last && words[i][0] == '-' && words[i][1]; i++) {
		if (!strcmp(words[i], "--")) {
			vi915_complete_rest(usage, i + 1);
			return;
		}
		option = vi915_options_find(usage, words[i] + 2, strlen(words[i] + 2));
		if (option && option->value && ++i == last) {
			vi915_complete_value(option->value, words[last], 0);
			return;
		}
	}
	equals = strchr(words[last], '=');
	if (i < last) {
		vi915_complete_rest(usage, i);
	} else if (words[last][0] != '-') {
		if (usage->rest)
			vi915_complete_rest(usage, i);
		else if (!words[last][0])
			vi915_complete_options(usage, words[last]);
	} else if (equals) {
		option = vi915_options_find(usage, words[last] + 2, equals - words[last] - 2);
		if (option && option->value)
			vi915_complete_value(option->value, words[last], equals + 1 - words[last]);
	} else {
		vi915_complete_options(usage, words[last]);
	}
}

/* As vi915_complete_words(), for vi915 gpu, which has verbs. */
static void vi915_complete_gpu(char **words, unsigned int last)
{
	const struct vi915_usage *verb;

	if (last == 1 && words[1][0] == '-') {
		vi915_complete_words(&vi915_gpu_usage, words, last);
		return;
	}
	for (unsigned int i = 0; (verb = vi915_gpu_verb(i)); i++) {
		const char *name = strchr(verb->name, ' ') + 1;

		if (last == 1)
			vi915_complete_offer(words[1], 0, name, NULL, verb->help);
		else if (!strcmp(words[1], name))
			vi915_complete_words(verb, words + 1, last - 1);
	}
}

/**
 * vi915_cmd_complete() - vi915 complete WORD...
 * @argc: number of words, the subcommand's name being the first
 * @argv: the words
 *
 * Return: 0.
 */
int vi915_cmd_complete(int argc, char **argv)
{
	const struct vi915_command *command;

	for (command = vi915_commands; argc == 2 && command->name; command++)
		vi915_complete_offer(argv[1], 0, command->name, NULL, command->help);
	for (command = vi915_commands; argc > 2 && command->name; command++)
		if (command->usage == &vi915_gpu_usage && !strcmp(command->name, argv[1]))
			vi915_complete_gpu(argv + 1, argc - 2);
		else if (!strcmp(command->name, argv[1]))
			vi915_complete_words(command->usage, argv + 1, argc - 2);
	return 0;
}
