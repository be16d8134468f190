/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_EXEC_CHECK_H
#define VI915_EXEC_CHECK_H

struct drm_device;
struct drm_i915_gem_exec_object2;
struct drm_i915_gem_execbuffer2;
struct vi915_bo;
struct vi915_execbuf;

int vi915_exec_check_args(struct drm_device *drm,
			  struct drm_i915_gem_execbuffer2 *args);
int vi915_exec_check_legacy_slot(const struct vi915_execbuf *eb);
int vi915_exec_check_object(const struct vi915_execbuf *eb,
			    struct drm_i915_gem_exec_object2 *o,
			    const struct vi915_bo *bo);
int vi915_exec_check_batch(const struct vi915_execbuf *eb);

#endif
