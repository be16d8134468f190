// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <math.h>
#include <stdlib.h>

#include "picture.h"
#include "uapi.h"

void picture_init(struct picture *picture, uint32_t width, uint32_t height)
{
	picture->width = width;
	picture->height = height;
	picture->pixels = calloc((size_t)width * height, sizeof(*picture->pixels));
	if (!picture->pixels)
		vi915_fail("no memory for a picture");
}

void picture_fini(struct picture *picture)
{
	free(picture->pixels);
	picture->pixels = NULL;
}

void picture_noise(struct picture *picture, uint32_t seed)
{
	uint32_t i, word = seed * 2654435761u + 1;

	for (i = 0; i < picture->width * picture->height; i++) {
		word ^= word << 13;
		word ^= word >> 17;
		word ^= word << 5;
		picture->pixels[i] = word;
	}
}

void picture_fill(struct picture *picture, int x, int y, int width, int height, uint32_t pixel)
{
	int row, column;

	for (row = y; row < y + height; row++)
		for (column = x; column < x + width; column++)
			if (row >= 0 && column >= 0 && row < (int)picture->height &&
			    column < (int)picture->width)
				picture->pixels[row * picture->width + column] = pixel;
}

static uint32_t picture_channel(uint32_t below, uint32_t above, int shift, double part,
				double rest)
{
	double sum = (above >> shift & 0xff) * part + (below >> shift & 0xff) * rest;

	return (uint32_t)fmin(floor(sum + 0.5), 255) << shift;
}

static uint32_t picture_mix(uint32_t below, uint32_t above, uint32_t plane_alpha, int mode)
{
	double plane = plane_alpha / 65535.0, alpha = (above >> 24) / 255.0;
	double part = mode == PICTURE_COVERAGE ? plane * alpha : plane;
	double rest = 1 - (mode == PICTURE_NONE ? plane : plane * alpha);

	return picture_channel(below, above, 0, part, rest) |
	       picture_channel(below, above, 8, part, rest) |
	       picture_channel(below, above, 16, part, rest);
}

void picture_blend(struct picture *below, const struct picture *above, int x, int y,
		   uint32_t alpha, int mode)
{
	int row, column;
	uint32_t *at;

	for (row = 0; row < (int)above->height; row++)
		for (column = 0; column < (int)above->width; column++) {
			if (y + row < 0 || x + column < 0 || y + row >= (int)below->height ||
			    x + column >= (int)below->width)
				continue;
			at = &below->pixels[(y + row) * below->width + x + column];
			*at = picture_mix(*at, above->pixels[row * above->width + column],
					  alpha, mode);
		}
}

uint32_t picture_crc(const struct picture *picture)
{
	uint32_t crc = UINT32_MAX, table[256], i, bit;

	for (i = 0; i < 256; i++) {
		table[i] = i;
		for (bit = 0; bit < 8; bit++)
			table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320 : 0);
	}
	for (i = 0; i < picture->width * picture->height; i++) {
		uint32_t pixel = picture->pixels[i] & 0xffffff;

		for (bit = 0; bit < 32; bit += 8)
			crc = crc >> 8 ^ table[(crc ^ pixel >> bit) & 0xff];
	}
	return ~crc;
}

int64_t picture_differs(const struct picture *a, const struct picture *b, int tolerance)
{
	uint32_t i, shift;

	for (i = 0; i < a->width * a->height; i++)
		for (shift = 0; shift < 24; shift += 8)
			if (abs((int)(a->pixels[i] >> shift & 0xff) -
				(int)(b->pixels[i] >> shift & 0xff)) > tolerance)
				return i;
	return -1;
}

void picture_same_at(const char *at, const struct picture *expected, const struct picture *seen,
		     int tolerance)
{
	int64_t i;

	if (expected->width != seen->width || expected->height != seen->height)
		vi915_fail_at(at, "the picture is %ux%u, expected %ux%u", seen->width,
			      seen->height, expected->width, expected->height);
	i = picture_differs(expected, seen, tolerance);
	if (i >= 0)
		vi915_fail_at(at, "pixel %u,%u is %06x, expected %06x",
			      (uint32_t)i % seen->width, (uint32_t)i / seen->width,
			      seen->pixels[i] & 0xffffff, expected->pixels[i] & 0xffffff);
}

static uint32_t picture_byte(double value)
{
	return (uint32_t)fmin(fmax(floor(value * 255 + 0.5), 0), 255);
}

static uint32_t picture_yuv(int y, int cb, int cr, int bt709, int full)
{
	double kr = bt709 ? 0.2126 : 0.299, kb = bt709 ? 0.0722 : 0.114, kg = 1 - kr - kb;
	double luma = full ? y / 255.0 : (y - 16) / 219.0;
	double pb = (cb - 128) / (full ? 255.0 : 224.0);
	double pr = (cr - 128) / (full ? 255.0 : 224.0);
	double r = luma + 2 * (1 - kr) * pr, b = luma + 2 * (1 - kb) * pb;
	double g = (luma - kr * r - kb * b) / kg;

	return 0xff000000 | picture_byte(r) << 16 | picture_byte(g) << 8 | picture_byte(b);
}

uint32_t picture_decode(const uint8_t *bytes, uint32_t format, int odd, int bt709, int full)
{
	uint32_t word = bytes[0] | bytes[1] << 8;

	switch (format) {
	case DRM_FORMAT_NV12:
		return picture_yuv(bytes[0], bytes[1], bytes[2], bt709, full);
	case DRM_FORMAT_YUYV:
		return picture_yuv(bytes[odd ? 2 : 0], bytes[1], bytes[3], bt709, full);
	case DRM_FORMAT_RGB565:
		/* The high bits are repeated below, so that all ones give 255. */
		return 0xff000000 | (word >> 11 << 3 | word >> 13) << 16 |
		       ((word >> 5 & 63) << 2 | (word >> 9 & 3)) << 8 |
		       ((word & 31) << 3 | (word >> 2 & 7));
	}
	word |= (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
	switch (format) {
	case DRM_FORMAT_XRGB2101010:
		return 0xff000000 | (word >> 22 & 0xff) << 16 | (word >> 12 & 0xff) << 8 |
		       (word >> 2 & 0xff);
	case DRM_FORMAT_XBGR8888:
	case DRM_FORMAT_ABGR8888:
		word = (word & 0xff00ff00) | (word & 0xff) << 16 | (word >> 16 & 0xff);
	}
	if (format == DRM_FORMAT_XRGB8888 || format == DRM_FORMAT_XBGR8888)
		word |= 0xff000000;
	return word;
}
