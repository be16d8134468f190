/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Pictures as they should be: made by a pixel at a time, with fractions, told
 * from what blending and formats mean and not from the driver's arithmetic.
 */
#ifndef VI915_TESTS_PICTURE_H
#define VI915_TESTS_PICTURE_H

#include <stdint.h>

#include "fail.h"

/**
 * struct picture - pixels in memory
 * @width: of a row, without a gap
 * @height: in rows
 * @pixels: ARGB8888
 */
struct picture {
	uint32_t width;
	uint32_t height;
	uint32_t *pixels;
};

/* Black, of no alpha. */
void picture_init(struct picture *picture, uint32_t width, uint32_t height);
void picture_fini(struct picture *picture);

/* Anything, but the same each time. */
void picture_noise(struct picture *picture, uint32_t seed);
/* What is outside of the picture is left out. */
void picture_fill(struct picture *picture, int x, int y, int width, int height, uint32_t pixel);

/**
 * picture_blend() - put one on another, its corner at @x, @y
 * @alpha: the plane's, of 65535
 * @mode: DRM_MODE_BLEND_x: see PICTURE_x
 */
void picture_blend(struct picture *below, const struct picture *above, int x, int y,
		   uint32_t alpha, int mode);
#define PICTURE_PREMULTIPLIED	0
#define PICTURE_COVERAGE	1
#define PICTURE_NONE		2

/* What zlib's crc32() says of it as XRGB8888 with X = 0. */
uint32_t picture_crc(const struct picture *picture);

/**
 * picture_differs() - compare what can be seen
 * @tolerance: by how much a channel may differ
 *
 * Returns: the number of the first pixel that differs, or -1.
 */
int64_t picture_differs(const struct picture *a, const struct picture *b, int tolerance);

/* The test ends when they differ. */
void picture_same_at(const char *at, const struct picture *expected, const struct picture *seen,
		     int tolerance);
#define picture_same(expected, seen) picture_same_at(VI915_AT, expected, seen, 0)

/**
 * picture_decode() - what a pixel of a format is
 * @bytes: of it; of YUYV, of the pair; of NV12, luma, Cb, Cr
 * @format: DRM_FORMAT_x
 * @odd: the second one of a pair
 * @bt709: else BT.601; of YUV
 * @full: else limited range; of YUV
 */
uint32_t picture_decode(const uint8_t *bytes, uint32_t format, int odd, int bt709, int full);

#endif
