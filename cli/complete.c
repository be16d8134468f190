// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include "complete.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/**
 * vi915_complete_offer() - offer what a word may become, if it may
 * @word: the word as far as it is there
 * @kept: so many of its bytes stay as they are
 * @tail: what may follow these
 * @end: where it ends, or NULL for all of @tail
 * @help: what that does, in one line, or NULL
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
 * vi915_complete_values() - offer values as the usage writes them
 * @word: the word as far as it is there
 * @kept: so many of its bytes come before the value
 * @values: "now|delay=MS|FILE": what is in capitals is for the user to say
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
