// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "pngfile.h"

#include <errno.h>
#include <png.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdio.h>

/* Higher levels hardly make a desktop's picture smaller, and take three times as long. */
#define VI915_PNG_LEVEL 3

/**
 * vi915_png_put() - write a picture as PNG
 * @file: the open file
 * @png: the picture
 *
 * Return: 0 or a negative errno.
 */
int vi915_png_put(FILE *file, const struct vi915_png *png)
{
	png_structp write = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = write ? png_create_info_struct(write) : NULL;

	if (!info) {
		png_destroy_write_struct(&write, NULL);
		return -ENOMEM;
	}
	errno = 0;
	if (setjmp(png_jmpbuf(write))) {
		png_destroy_write_struct(&write, &info);
		return errno ? -errno : -EIO;
	}
	png_init_io(write, file);
	png_set_compression_level(write, VI915_PNG_LEVEL);
	png_set_IHDR(write, info, png->width, png->height, 8, PNG_COLOR_TYPE_RGB,
		     PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	png_write_info(write, info);
	/* XRGB8888 is B, G, R, X in memory. */
	if (!png->rgb) {
		png_set_bgr(write);
		png_set_filler(write, 0, PNG_FILLER_AFTER);
	}
	for (uint32_t y = 0; y < png->height; y++)
		png_write_row(write, png->pixels + (size_t)y * png->pitch);
	png_write_end(write, NULL);
	png_destroy_write_struct(&write, &info);
	return 0;
}

/**
 * vi915_png_write() - write a picture as a PNG file
 * @path: path of the file; replaced if it exists, removed if this fails
 * @pixels: XRGB8888
 * @pitch: bytes from row to row
 * @width: in pixels
 * @height: in pixels
 *
 * Return: 0 or a negative errno.
 */
int vi915_png_write(const char *path, const uint8_t *pixels, uint32_t pitch, uint32_t width,
		    uint32_t height)
{
	const struct vi915_png png = {
		.pixels = pixels,
		.pitch = pitch,
		.width = width,
		.height = height,
	};
	FILE *file = fopen(path, "wbe");
	int ret;

	if (!file)
		return -errno;
	ret = vi915_png_put(file, &png);
	if (fclose(file) && !ret)
		ret = -errno;
	if (ret)
		remove(path);
	return ret;
}
