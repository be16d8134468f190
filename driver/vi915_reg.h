/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_REG_H
#define VI915_REG_H

struct drm_device;
struct drm_file;

int vi915_reg_read_ioctl(struct drm_device *drm, void *data,
			 struct drm_file *file);

#endif
