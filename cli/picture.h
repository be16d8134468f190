/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_PICTURE_H
#define VI915_PICTURE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct vi915_outdir;

/**
 * struct vi915_picture - a picture of an output
 * @width: in pixels
 * @height: in pixels
 * @rgb: red, green, blue of each pixel, row by row without padding
 * @ppm: the allocated bytes that @rgb points into, or NULL if the picture does not own them
 */
struct vi915_picture {
	uint32_t width;
	uint32_t height;
	const uint8_t *rgb;
	char *ppm;
};

int vi915_picture_parse(struct vi915_picture *picture, const char *ppm, size_t len);
int vi915_picture_take(struct vi915_picture *picture, const char *path);
int vi915_picture_write(const struct vi915_picture *picture, FILE *file);
int vi915_picture_save(const struct vi915_picture *picture, const char *path);
int vi915_picture_save_in(const struct vi915_picture *picture, const struct vi915_outdir *dir,
			  const char *name);
void vi915_picture_fini(struct vi915_picture *picture);
int vi915_picture_folder(const char *option, const char *path);

#endif
