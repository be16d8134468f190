/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_TAIL_H
#define VI915_TAIL_H

#include <stdio.h>

#include "box/frame.h"

/**
 * struct vi915_tail - the end of a stream
 * @kept: its last bytes
 * @total: bytes of the whole stream
 */
struct vi915_tail {
	struct vi915_queue kept;
	unsigned long long total;
};

void vi915_tail_feed(struct vi915_tail *tail, const char *bytes, size_t len);
void vi915_tail_put_xml(const struct vi915_tail *tail, FILE *file);
void vi915_tail_fini(struct vi915_tail *tail);

#endif
