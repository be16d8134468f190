/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_QUERY_H
#define VI915_QUERY_H

#include <linux/types.h>

struct drm_device;
struct drm_file;

u64 vi915_query_capabilities(u8 class);

int vi915_query_ioctl(struct drm_device *drm, void *data,
		      struct drm_file *file);
int vi915_query_aperture_ioctl(struct drm_device *drm, void *data,
			       struct drm_file *file);

#endif
