/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_CREATE_H
#define VI915_CREATE_H

struct drm_device;
struct drm_file;
struct drm_mode_create_dumb;

int vi915_create_ioctl(struct drm_device *drm, void *data,
		       struct drm_file *file);
int vi915_create_ext_ioctl(struct drm_device *drm, void *data,
			   struct drm_file *file);
int vi915_create_dumb(struct drm_file *file, struct drm_device *drm,
		      struct drm_mode_create_dumb *args);

#endif
