// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <stdarg.h>
#include <stdio.h>

#include "say.h"

/**
 * vi915_say() - tell the user what failed, on what, and what to do
 * @format: one sentence, as for printf, without a newline
 *
 * Return: VI915_EXIT_FAILED, so that a function can end with it.
 */
int vi915_say(const char *format, ...)
{
	char text[4096];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	/* In one write, so that boxes side by side do not mix their words. */
	fprintf(stderr, "vi915: %s\n", text);
	return VI915_EXIT_FAILED;
}
