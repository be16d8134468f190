/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_DOMAIN_H
#define VI915_DOMAIN_H

#include <linux/types.h>

struct drm_device;
struct drm_file;
struct vi915_bo;

/**
 * struct vi915_domain - domains of an object, and how it is cached
 *
 * All memory is coherent, so a change of domain flushes nothing; it only waits
 * for the fences of conflicting uses.
 */
struct vi915_domain {
	/** @read: I915_GEM_DOMAIN_* that may read; under the reservation */
	u32 read;
	/** @write: the domain that may write, or 0; under the reservation */
	u32 write;
	/** @caching: I915_CACHING_*; read without a lock */
	u32 caching;
	/** @brackets: CPU accesses begun and not ended; under the reservation */
	unsigned int brackets;
};

void vi915_domain_init(struct vi915_bo *bo);
int vi915_domain_begin_cpu(struct vi915_bo *bo, bool write);
int vi915_domain_end_cpu(struct vi915_bo *bo);

int vi915_domain_set_ioctl(struct drm_device *drm, void *data,
			   struct drm_file *file);
int vi915_domain_sw_finish_ioctl(struct drm_device *drm, void *data,
				 struct drm_file *file);
int vi915_domain_set_caching_ioctl(struct drm_device *drm, void *data,
				   struct drm_file *file);
int vi915_domain_get_caching_ioctl(struct drm_device *drm, void *data,
				   struct drm_file *file);

#endif
