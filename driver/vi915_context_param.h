/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_CONTEXT_PARAM_H
#define VI915_CONTEXT_PARAM_H

struct drm_device;
struct drm_file;
struct drm_i915_gem_context_param;
struct vi915_context;

int vi915_context_param_set(struct vi915_context *ctx,
			    const struct drm_i915_gem_context_param *param);
int vi915_context_param_get_ioctl(struct drm_device *drm, void *data,
				  struct drm_file *file);
int vi915_context_param_set_ioctl(struct drm_device *drm, void *data,
				  struct drm_file *file);

#endif
