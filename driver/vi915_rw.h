/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_RW_H
#define VI915_RW_H

struct drm_device;
struct drm_file;

int vi915_rw_pread_ioctl(struct drm_device *drm, void *data,
			 struct drm_file *file);
int vi915_rw_pwrite_ioctl(struct drm_device *drm, void *data,
			  struct drm_file *file);

#endif
