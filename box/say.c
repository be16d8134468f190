// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "say.h"

#define VI915_SAY_KEPT 8192

/* The errors and warnings so far, for a report to repeat. */
static char vi915_said_text[VI915_SAY_KEPT];
static char vi915_warned_text[VI915_SAY_KEPT];

/*
 * One write per line keeps the lines of boxes side by side apart. A guest's
 * words must not control the user's terminal.
 */
static void vi915_say_line(char *text)
{
	char *c;

	for (c = text; *c; c++)
		if (iscntrl((unsigned char)*c) && !strchr("\n\t", *c))
			*c = '?';
	fprintf(stderr, "vi915: %s\n", text);
}

static void vi915_say_keep(char text[VI915_SAY_KEPT], const char *line)
{
	size_t used = strlen(text);

	snprintf(text + used, VI915_SAY_KEPT - used, "%s\n", line);
}

/* Says it, and adds it to @kept unless that is NULL. */
static void vi915_say_text(char *kept, const char *format, va_list args)
{
	char text[4096];

	vsnprintf(text, sizeof(text), format, args);
	vi915_say_line(text);
	if (kept)
		vi915_say_keep(kept, text);
}

/**
 * vi915_say() - tell the user what failed, on what, and what to do
 * @format: one sentence, as for printf, without a newline
 *
 * Return: VI915_EXIT_FAILED, so that a function can end with it.
 */
int vi915_say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vi915_say_text(vi915_said_text, format, args);
	va_end(args);
	return VI915_EXIT_FAILED;
}

/**
 * vi915_tell() - tell the user something that he asked for
 * @format: one line, as for printf, without a newline
 *
 * It is no failure, and vi915_said() does not repeat it.
 */
void vi915_tell(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vi915_say_text(NULL, format, args);
	va_end(args);
}

/**
 * vi915_said() - what vi915_say() has said
 *
 * Return: its sentences, a line each; the first 8 KiB.
 */
const char *vi915_said(void)
{
	return vi915_said_text;
}

/**
 * vi915_warn() - tell the user what is missing; the run goes on
 * @format: one sentence, as for printf, without a newline
 *
 * It is no reason for the exit code; vi915_warned() repeats it.
 */
void vi915_warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vi915_say_text(vi915_warned_text, format, args);
	va_end(args);
}

/**
 * vi915_warned() - what vi915_warn() has said
 *
 * Return: its sentences, a line each; the first 8 KiB.
 */
const char *vi915_warned(void)
{
	return vi915_warned_text;
}
