// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <stdbool.h>
#include <string.h>

#include "klog.h"
#include "say.h"
#include "vain.h"

/**
 * DOC: 3D and video commands without effect
 *
 * A program that decodes a video with one of our GPUs gets blank frames and ends with status 0, so
 * its user would not know. The driver notes that in the kernel's log, once for each program and
 * GPU; this file prints it on stderr, once for each program. Root inside can write into the log, so
 * the text from it is limited in length and number and to printable characters.
 */

/* How many programs are named. */
#define VI915_VAIN_MAX	8
#define VI915_VAIN_LEN	160

static const char vi915_vain_begin[] = ": process ";
static const char vi915_vain_end[] = " commands, which were stepped over";

/* Copies the message out of a line of the log; false if the line has none. */
static bool vi915_vain_line(const char *line, size_t len, char text[VI915_VAIN_LEN])
{
	const char *at = memmem(line, len, vi915_vain_begin, strlen(vi915_vain_begin));
	size_t i;

	if (!at || !memmem(at, line + len - at, vi915_vain_end, strlen(vi915_vain_end)))
		return false;
	at += strlen(": ");
	for (i = 0; i + 1 < VI915_VAIN_LEN && at + i < line + len; i++)
		text[i] = at[i] >= ' ' && at[i] <= '~' ? at[i] : '?';
	text[i] = '\0';
	return true;
}

/* The message from the program's name on, without the number of the process. */
static const char *vi915_vain_key(const char *text)
{
	const char *name = strchr(text, '(');

	return name ? name : text;
}

/**
 * vi915_vain_tell() - print the programs whose 3D or video commands had no effect
 * @klog: the log, loaded
 */
void vi915_vain_tell(const struct vi915_klog *klog)
{
	char told[VI915_VAIN_MAX][VI915_VAIN_LEN], text[VI915_VAIN_LEN];
	unsigned int num = 0, more = 0, i;
	const char *at = klog->text;

	for (; at && *at; at += strcspn(at, "\n"), at += !!*at) {
		if (!vi915_vain_line(at, strcspn(at, "\r\n"), text))
			continue;
		for (i = 0; i < num; i++)
			if (!strcmp(vi915_vain_key(told[i]), vi915_vain_key(text)))
				break;
		if (i < num)
			continue;
		if (num == VI915_VAIN_MAX) {
			more++;
			continue;
		}
		memcpy(told[num++], text, sizeof(text));
		vi915_tell("%s", text);
	}
	if (more)
		vi915_tell("so did more programs, in %u lines of the kernel's log; keep it with --log FILE",
			   more);
}
