/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_WAIT_H
#define VI915_WAIT_H

#include <linux/dma-resv.h>
#include <linux/types.h>

struct drm_device;
struct drm_file;
struct vi915_bo;

enum dma_resv_usage vi915_wait_usage(const struct vi915_bo *bo);
int vi915_wait_shared(struct vi915_bo *bo, bool write);
int vi915_wait_bo(struct vi915_bo *bo, bool write);
int vi915_wait_ioctl(struct drm_device *drm, void *data, struct drm_file *file);
int vi915_wait_busy_ioctl(struct drm_device *drm, void *data,
			  struct drm_file *file);

#endif
