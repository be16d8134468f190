/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_EXECBUF_H
#define VI915_EXECBUF_H

struct drm_device;
struct drm_file;

int vi915_execbuf_ioctl(struct drm_device *drm, void *data,
			struct drm_file *file);

#endif
