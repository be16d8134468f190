/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_SHOTS_H
#define VI915_SHOTS_H

#include "frame.h"

struct vi915_box_options;

/* Bytes of a name, with its NUL. */
#define VI915_SHOT_NAME 80
/* Most pictures and documents that a guest may send. */
#define VI915_SHOTS_MAX_BYTES (1ull << 30)
#define VI915_SHOTS_MAX_NUM 1024

/**
 * struct vi915_shot - a picture of an output, or another file from the guest
 * @name: its name, such as gpu0-HDMI-A-1
 * @document: it is a document, not a picture
 * @bytes: the bytes of it that have come
 */
struct vi915_shot {
	char name[VI915_SHOT_NAME];
	bool document;
	struct vi915_queue bytes;
};

/**
 * struct vi915_shots - the pictures and other files that a guest has sent
 * @all: the files; the last one may be incomplete
 * @num: how many
 * @bytes: bytes of all files together
 */
struct vi915_shots {
	struct vi915_shot *all;
	size_t num;
	unsigned long long bytes;
};

int vi915_shots_frame(struct vi915_shots *shots, const struct vi915_frame *frame);
int vi915_shots_give(const struct vi915_shots *shots, const struct vi915_box_options *options);
void vi915_shots_fini(struct vi915_shots *shots);

#endif
