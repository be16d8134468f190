// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <stdio.h>
#include <string.h>

#include "wrap.h"

/* No line of ours is longer. */
#define VI915_WRAP_COLUMNS 100

/**
 * vi915_wrap_print() - end a line with words, and more lines where one is too short
 * @column: where on the line the words begin, and will begin on the others
 * @words: with single spaces between them
 */
void vi915_wrap_print(int column, const char *words)
{
	int at = column;
	size_t len;

	for (; *words; words += len + !!words[len]) {
		len = strcspn(words, " ");
		if (at > column && at + 1 + len > VI915_WRAP_COLUMNS)
			at = printf("\n%*s", column, "") - 1;
		at += printf("%s%.*s", at > column ? " " : "", (int)len, words);
	}
	putchar('\n');
}
