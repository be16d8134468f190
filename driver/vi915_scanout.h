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
	/** @count: how many there are */
	atomic_t count;
	/** @gone: woken when @count becomes 0 */
	wait_queue_head_t gone;
};

/**
 * struct vi915_scanout - a framebuffer whose pages stay where they are
 *
 * Nothing changes between its making and its end, so whoever holds a reference
 * may look without a lock. It may also be written, by whoever knows that
 * nobody minds: imports are mapped for both directions.
 */
struct vi915_scanout {
	/** @ref: who shows it, or looks at it */
	struct kref ref;
	/** @dev: whose; a reference */
	struct vi915_device *dev;
	/** @fb: a reference */
	struct drm_framebuffer *fb;
	/** @map: per plane of the format, all of its object */
	struct vi915_map map[DRM_FORMAT_MAX_PLANES];
	/** @pitch: per plane of the format, from a row to the next in bytes */
	u32 pitch[DRM_FORMAT_MAX_PLANES];
	/** @missing: rows of the framebuffer, the last, that are in no object */
	u32 missing;
	/** @pinned: per plane of the format, the exporter keeps the pages too */
	bool pinned[DRM_FORMAT_MAX_PLANES];
	/**
	 * @cpu: per plane of the format, the exporter's mapping for the kernel;
	 * null where there is none
	 */
	struct iosys_map cpu[DRM_FORMAT_MAX_PLANES];
	/** @held: planes of the format whose pages are held */
	unsigned int held;
	/** @work: the end, where reservations may be waited for */
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
