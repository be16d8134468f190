// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The end of a command's output, for a report, since a failing test mostly says why at its end.
 */
#include "tail.h"

#include <string.h>

#include "xml.h"

#define VI915_TAIL_MAX ((size_t)64 * 1024)

/**
 * vi915_tail_feed() - add output
 * @tail: all zero at first
 * @bytes: the output
 * @len: how many bytes
 */
void vi915_tail_feed(struct vi915_tail *tail, const char *bytes, size_t len)
{
	size_t has = vi915_queue_len(&tail->kept);

	tail->total += len;
	if (len > VI915_TAIL_MAX) {
		bytes += len - VI915_TAIL_MAX;
		len = VI915_TAIL_MAX;
	}
	if (has + len > VI915_TAIL_MAX)
		vi915_queue_taken(&tail->kept, has + len - VI915_TAIL_MAX);
	vi915_queue_put(&tail->kept, bytes, len);
}

/**
 * vi915_tail_put_xml() - write the kept bytes, from the beginning of a line on
 * @tail: the end of the stream
 * @file: the file to write to
 */
void vi915_tail_put_xml(const struct vi915_tail *tail, FILE *file)
{
	const char *bytes = vi915_queue_head(&tail->kept), *newline;
	size_t len = vi915_queue_len(&tail->kept);

	if (tail->total > len) {
		newline = memchr(bytes, '\n', len);
		if (newline && newline + 1 < bytes + len) {
			len -= newline + 1 - bytes;
			bytes = newline + 1;
		}
		fprintf(file, "[the first %llu bytes are left out]\n", tail->total - len);
	}
	vi915_xml_put(file, bytes, len);
}

/**
 * vi915_tail_fini() - free the kept bytes
 * @tail: then all zero
 */
void vi915_tail_fini(struct vi915_tail *tail)
{
	vi915_queue_fini(&tail->kept);
	tail->total = 0;
}
