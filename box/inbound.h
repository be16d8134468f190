/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_INBOUND_H
#define VI915_INBOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frame.h"

/**
 * struct vi915_inbound - the types of frames that a guest has sent so far
 * @seen: bit n is set when a frame of type n has come
 */
struct vi915_inbound {
	uint32_t seen;
};

bool vi915_inbound_takes(struct vi915_inbound *inbound, const struct vi915_frame *frame);
void vi915_inbound_text(const struct vi915_frame *frame, char *text, size_t size);

#endif
