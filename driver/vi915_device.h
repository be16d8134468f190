/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_DEVICE_H
#define VI915_DEVICE_H

#include <drm/drm_device.h>
#include <drm/drm_gem.h>
#include <linux/atomic.h>
#include <linux/container_of.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>

#include "vi915_config.h"
#include "vi915_display.h"
#include "vi915_engine.h"
#include "vi915_error.h"
#include "vi915_inject.h"
#include "vi915_params.h"
#include "vi915_programs.h"
#include "vi915_scanout.h"
#include "vi915_sysfs.h"

struct file;
struct shrinker;

/**
 * struct vi915_device - one GPU
 */
struct vi915_device {
	/** @drm: base; its lifetime is this struct's */
	struct drm_device drm;
	/** @config: description of this GPU; never changes */
	struct vi915_config config;

	/**
	 * @bos_lock: guards @bos. Taken on creation and last put of an object,
	 * also in reclaim, so nothing is allocated under it; innermost.
	 */
	struct mutex bos_lock;
	/** @bos: every object of this device, linked by vi915_bo.link */
	struct list_head bos;
	/** @freed: objects whose last reference was put with locks held */
	struct llist_head freed;
	/** @free_work: frees objects of @freed; may take locks */
	struct work_struct free_work;

	/** @engines: engines that run jobs, by &enum vi915_engine_id */
	struct vi915_engine engines[VI915_NUM_ENGINES];
	/** @sched_wq: ordered; runs the engines' schedulers */
	struct workqueue_struct *sched_wq;
	/** @params: see &struct vi915_params */
	struct vi915_params params;
	/** @programs: programs that asked for something unsupported */
	struct vi915_programs programs;
	/** @error: hang reports */
	struct vi915_error error;
	/** @inject: calls that are to fail, see &struct vi915_inject */
	struct vi915_inject inject;
	/** @bind_passes: counts execbufs, to tell their objects from others */
	atomic64_t bind_passes;
	/** @retired: jobs that do not run any more */
	struct llist_head retired;
	/** @retire_work: frees jobs of @retired; may take reservations */
	struct work_struct retire_work;

	/**
	 * @lru_lock: guards the lists below, and each object's place in
	 * them, as drm_gem_lru asks for. Taken with a reservation held and in
	 * reclaim; nothing is allocated under it.
	 */
	struct mutex lru_lock;
	/** @purgeable: objects whose contents may be dropped */
	struct drm_gem_lru purgeable;
	/** @evictable: objects with pages that are not in use now */
	struct drm_gem_lru evictable;
	/**
	 * @kept: other objects that were in one of the lists above. They are
	 * moved here instead of being removed, as drm_gem_lru_remove() takes
	 * the lock from the object's list, and that may be one on the stack of
	 * a scan that ends meanwhile.
	 */
	struct drm_gem_lru kept;
	/** @shrinker: frees pages of @purgeable and @evictable in reclaim */
	struct shrinker *shrinker;

	/**
	 * @mmap_file: the file of all mappings made through the DRM node, or
	 * NULL while there are none. Not a reference: the mappings hold those.
	 * Read and replaced as described in vi915_mmap.c.
	 */
	struct file *mmap_file;

	/** @display: its outputs */
	struct vi915_display display;
	/** @scanouts: see &struct vi915_scanouts */
	struct vi915_scanouts scanouts;

	/** @sysfs: its folders in sysfs, beside those of the card */
	struct vi915_sysfs sysfs;
};

/**
 * to_vi915_device() - from the DRM device to ours
 * @drm: a DRM device of this driver
 *
 * Return: the GPU it is part of.
 */
static inline struct vi915_device *to_vi915_device(struct drm_device *drm)
{
	return container_of(drm, struct vi915_device, drm);
}

#endif
