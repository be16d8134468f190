/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_PNGFILE_H
#define VI915_PNGFILE_H

#include <stdint.h>

int vi915_png_write(const char *path, const uint8_t *pixels, uint32_t pitch, uint32_t width,
		    uint32_t height);

#endif
