/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_SCANOUT_H
#define VI915_SCANOUT_H

#include <drm/drm_fourcc.h>
#include <linux/atomic.h>
#include <linux/iosys-map.h>
#include <linux/kref.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "vi915_maps.h"

struct drm_framebuffer;
struct vi915_device;
struct vi915_surface;

/**
 * struct vi915_scanouts - all scanouts of a GPU
 */
struct vi915_scanouts {
	/** @count: number of scanouts */
	atomic_t count;
	/** @gone: woken when @count becomes 0 */
	wait_queue_head_t gone;
};

/**
 * struct vi915_scanout - a framebuffer whose pages are held in place
 *
 * It does not change after its creation, so with a reference it can be read
 * without a lock. A caller that has excluded other users may also write the
 * pages: imports are mapped for both directions.
 */
struct vi915_scanout {
	/** @ref: held by frames and by readers */
	struct kref ref;
	/** @dev: the GPU; a reference */
	struct vi915_device *dev;
	/** @fb: the framebuffer; a reference */
	struct drm_framebuffer *fb;
	/** @map: for each plane of the format, all of its object */
	struct vi915_map map[DRM_FORMAT_MAX_PLANES];
	/** @pitch: for each plane of the format, bytes from row to row */
	u32 pitch[DRM_FORMAT_MAX_PLANES];
	/** @missing: number of last rows that lie beyond an object's end */
	u32 missing;
	/** @pinned: for each plane of the format, dma_buf_pin() was done */
	bool pinned[DRM_FORMAT_MAX_PLANES];
	/**
	 * @cpu: for each plane of the format, the exporter's mapping for the
	 * kernel; null if there is none
	 */
	struct iosys_map cpu[DRM_FORMAT_MAX_PLANES];
	/** @held: planes of the format whose pages are held */
	unsigned int held;
	/** @work: releases it, where waiting for reservations is allowed */
	struct work_struct work;
};

void vi915_scanout_init_device(struct vi915_device *dev);
void vi915_scanout_unplug(struct vi915_device *dev);

struct vi915_scanout *vi915_scanout_create(struct drm_framebuffer *fb);
struct vi915_scanout *vi915_scanout_get(struct vi915_scanout *scanout);
void vi915_scanout_put(struct vi915_scanout *scanout);
void vi915_scanout_refresh(const struct vi915_scanout *scanout);
void vi915_scanout_surface(const struct vi915_scanout *scanout,
			   unsigned int plane, struct vi915_map *map,
			   struct vi915_maps *maps,
			   struct vi915_surface *surface);
u32 vi915_scanout_rows(const struct vi915_scanout *scanout, unsigned int plane);

#endif
