/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_COMPOSER_H
#define VI915_COMPOSER_H

#include <linux/types.h>

struct vi915_frame;

/* Rows of a band: those of the highest tile. */
#define VI915_BAND_ROWS	32

/**
 * struct vi915_composer - buffers to make a picture, a band at a time
 * @width: width of the widest picture, in pixels
 * @band: &VI915_BAND_ROWS rows of a picture
 * @raw: the same part of a layer, in its own format
 * @line: a row of a layer, as ARGB8888
 */
struct vi915_composer {
	u32 width;
	u32 *band;
	u8 *raw;
	u32 *line;
};

struct vi915_composer *vi915_composer_create(u32 width);
void vi915_composer_destroy(struct vi915_composer *composer);
const u32 *vi915_composer_band(struct vi915_composer *composer,
			       const struct vi915_frame *frame, u32 y,
			       u32 *rows);

u32 vi915_composer_blend(u32 below, u32 pixel, u16 alpha, u16 blend_mode);

#endif
