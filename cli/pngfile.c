// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "pngfile.h"

#include <errno.h>
#include <png.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdio.h>

static int vi915_png_encode(FILE *file, const uint8_t *pixels, uint32_t pitch, uint32_t width,
			    uint32_t height)
{
	png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png ? png_create_info_struct(png) : NULL;

	if (!info) {
		png_destroy_write_struct(&png, NULL);
		return -ENOMEM;
	}
	if (setjmp(png_jmpbuf(png))) {
		png_destroy_write_struct(&png, &info);
		return errno ? -errno : -EIO;
	}
	png_init_io(png, file);
	png_set_IHDR(png, info, width, height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
		     PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	png_write_info(png, info);
	/* XRGB8888 is B, G, R, X in memory. */
	png_set_bgr(png);
	png_set_filler(png, 0, PNG_FILLER_AFTER);
	for (uint32_t y = 0; y < height; y++)
		png_write_row(png, pixels + (size_t)y * pitch);
	png_write_end(png, NULL);
	png_destroy_write_struct(&png, &info);
	return 0;
}

/**
 * vi915_png_write() - write a picture as a PNG file
 * @path: of the file; replaced if it is there, removed if this fails
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
	FILE *file = fopen(path, "wbe");
	int ret;

	if (!file)
		return -errno;
	errno = 0;
	ret = vi915_png_encode(file, pixels, pitch, width, height);
	if (fclose(file) && !ret)
		ret = -errno;
	if (ret)
		remove(path);
	return ret;
}
