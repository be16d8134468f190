/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Expected pictures: made pixel by pixel, with fractions, from the definitions
 * of blending and formats and not from the driver's arithmetic.
 */
#ifndef VI915_TESTS_PICTURE_H
#define VI915_TESTS_PICTURE_H

#include <stdint.h>

#include "fail.h"

/**
 * struct picture - pixels in memory
 * @width: pixels in a row; rows follow without a gap
 * @height: number of rows
 * @pixels: ARGB8888
 */
struct picture {
	uint32_t width;
	uint32_t height;
	uint32_t *pixels;
};

/* All pixels black and transparent. */
void picture_init(struct picture *picture, uint32_t width, uint32_t height);
void picture_fini(struct picture *picture);

/* Random pixels, the same for each seed. */
void picture_noise(struct picture *picture, uint32_t seed);
/* Fill a rectangle, clipped to the picture. */
void picture_fill(struct picture *picture, int x, int y, int width, int height, uint32_t pixel);

/**
 * picture_blend() - blend @above onto @below, its corner at @x, @y
 * @alpha: alpha of the plane, out of 65535
 * @mode: PICTURE_x, which stands for DRM_MODE_BLEND_x
 */
void picture_blend(struct picture *below, const struct picture *above, int x, int y,
		   uint32_t alpha, int mode);
#define PICTURE_PREMULTIPLIED	0
#define PICTURE_COVERAGE	1
#define PICTURE_NONE		2

/* zlib's crc32() of the picture as XRGB8888 with X = 0. */
uint32_t picture_crc(const struct picture *picture);

/**
 * picture_differs() - compare the visible channels of two pictures
 * @tolerance: by how much a channel may differ
 *
 * Returns: the number of the first pixel that differs, or -1.
 */
int64_t picture_differs(const struct picture *a, const struct picture *b, int tolerance);

/* Ends the test when they differ. */
void picture_same_at(const char *at, const struct picture *expected, const struct picture *seen,
		     int tolerance);
#define picture_same(expected, seen) picture_same_at(VI915_AT, expected, seen, 0)

/**
 * picture_decode() - the colour of a pixel of a format
 * @bytes: bytes of the pixel; for YUYV, of the pair; for NV12, luma, Cb, Cr
 * @format: DRM_FORMAT_x
 * @odd: decode the second pixel of a pair
 * @bt709: BT.709 instead of BT.601, for YUV
 * @full: full instead of limited range, for YUV
 */
uint32_t picture_decode(const uint8_t *bytes, uint32_t format, int odd, int bt709, int full);

#endif
