/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_DEMO_CANVAS_H
#define VI915_DEMO_CANVAS_H

#include <stdint.h>

/**
 * struct vi915_demo_canvas - linear XRGB8888 pixels in a mapping
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

#endif
