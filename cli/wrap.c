// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <stdio.h>
#include <string.h>

#include "wrap.h"

/* Longest line that is printed. */
#define VI915_WRAP_COLUMNS 100

/**
 * vi915_wrap_print() - print words to the end of a line, and wrap them if needed
 * @column: column where the words begin, on this and on all further lines
 * @words: the words, with single spaces between them
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
