/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_PNGFILE_H
#define VI915_PNGFILE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/**
 * struct vi915_png - a picture to write as PNG
 * @pixels: the pixels, from the first row on
 * @pitch: bytes from row to row
 * @width: in pixels
 * @height: in pixels
 * @rgb: a pixel is three bytes, R, G, B; else XRGB8888
 */
struct vi915_png {
	const uint8_t *pixels;
	uint32_t pitch;
	uint32_t width;
	uint32_t height;
	bool rgb;
};

int vi915_png_put(FILE *file, const struct vi915_png *png);
int vi915_png_write(const char *path, const uint8_t *pixels, uint32_t pitch, uint32_t width,
		    uint32_t height);

#endif
