/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_TILING_H
#define VI915_TILING_H

#include <linux/types.h>

struct drm_device;
struct drm_file;
struct page;

/**
 * struct vi915_tiling - how an object's bytes are laid out
 * @mode: I915_TILING_*; under the reservation, may be read without
 * @stride: bytes per row; 0 if linear; under the reservation
 */
struct vi915_tiling {
	u32 mode;
	u32 stride;
};

bool vi915_tiling_is_ok(u32 mode, u32 stride);
u64 vi915_tiling_offset(u32 mode, u32 stride, u32 x, u32 y);
unsigned long vi915_tiling_row_size(u32 mode, u32 stride);
void vi915_tiling_convert(u32 mode, u32 stride, void *tile, unsigned int column,
			  struct page *const *linear, bool detile);

int vi915_tiling_set_ioctl(struct drm_device *drm, void *data,
			   struct drm_file *file);
int vi915_tiling_get_ioctl(struct drm_device *drm, void *data,
			   struct drm_file *file);

#endif
