/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_DEMO_PAINT_H
#define VI915_DEMO_PAINT_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct vi915_demo_canvas - XRGB8888 pixels in somebody's mapping
 * @pixels: the first row
 * @pitch: bytes from row to row
 * @width: in pixels
 * @height: in pixels
 */
struct vi915_demo_canvas {
	uint8_t *pixels;
	uint32_t pitch;
	uint32_t width;
	uint32_t height;
};

size_t vi915_demo_paint(const struct vi915_demo_canvas *to, const struct vi915_demo_canvas *photo,
			double progress);

#endif
