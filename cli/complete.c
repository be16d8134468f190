// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include "complete.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/**
 * vi915_complete_offer() - print a completion, if it fits the word
 * @word: the word so far
 * @kept: bytes of @word that stay as they are
 * @tail: a possible text after these
 * @end: end of that text, or NULL for all of @tail
 * @help: one line about it, or NULL
 */
void vi915_complete_offer(const char *word, size_t kept, const char *tail, const char *end,
			  const char *help)
{
	size_t len = end ? (size_t)(end - tail) : strlen(tail);
	size_t typed = strlen(word + kept);

	if (typed > len || memcmp(word + kept, tail, typed))
		return;
	printf("%.*s%.*s", (int)kept, word, (int)len, tail);
	/* The help of some options has several lines. */
	if (help)
		printf("\t%.*s", (int)strcspn(help, "\n"), help);
	putchar('\n');
}

/**
 * vi915_complete_values() - print completions of a value
 * @word: the word so far
 * @kept: bytes of @word before the value
 * @values: as in the usage, "now|delay=MS|FILE"; parts in capitals are left to the user
 */
void vi915_complete_values(const char *word, size_t kept, const char *values)
{
	const char *value = values, *end, *fixed;

	while (*value) {
		end = value + strcspn(value, "|");
		for (fixed = value; fixed < end && !isupper((unsigned char)*fixed); fixed++)
			;
		if (fixed > value)
			vi915_complete_offer(word, kept, value, fixed, NULL);
		value = end + (*end == '|');
	}
}
