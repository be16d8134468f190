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
struct platform_device;
struct shrinker;

/**
 * struct vi915_device - one GPU
 */
struct vi915_device {
	/** @drm: base; its lifetime is this struct's */
	struct drm_device drm;
	/** @config: what this GPU is like; never changes */
	struct vi915_config config;

	/**
	 * @bos_lock: guards @bos. Taken on creation and last put of an object,
	 * also in reclaim, so nothing is allocated under it; innermost.
	 */
	struct mutex bos_lock;
	/** @bos: every object of this device, linked by vi915_bo.link */
	struct list_head bos;
	/** @freed: objects whose last reference went where locks are held */
	struct llist_head freed;
	/** @free_work: frees them, where locks may be waited for */
	struct work_struct free_work;

	/** @engines: what runs jobs, by &enum vi915_engine_id */
	struct vi915_engine engines[VI915_NUM_ENGINES];
	/** @sched_wq: ordered; their schedulers hand jobs over on it */
	struct workqueue_struct *sched_wq;
	/** @params: see &struct vi915_params */
	struct vi915_params params;
	/** @programs: who asked for what it does not do */
	struct vi915_programs programs;
	/** @error: the last hang */
	struct vi915_error error;
	/** @inject: what fails on order */
	struct vi915_inject inject;
	/** @bind_passes: counts execbufs, to tell their objects from others */
	atomic64_t bind_passes;
	/** @retired: jobs that nobody runs any more */
	struct llist_head retired;
	/** @retire_work: frees them, where reservations may be waited for */
	struct work_struct retire_work;

	/**
	 * @lru_lock: guards the lists below, and each object's place in
	 * them, as drm_gem_lru asks for. Taken with a reservation held and in
	 * reclaim; nothing is allocated under it.
	 */
	struct mutex lru_lock;
	/** @purgeable: objects with pages that nobody will miss */
	struct drm_gem_lru purgeable;
	/** @evictable: objects with pages that nobody uses now */
	struct drm_gem_lru evictable;
	/**
	 * @kept: the others, once they were in one of these. They are moved
	 * here instead of being removed, as drm_gem_lru_remove() takes the lock
	 * from the list that the object is in, and that may be one on the stack
	 * of a scan that ends meanwhile.
	 */
	struct drm_gem_lru kept;
	/** @shrinker: gives back pages of the first two under pressure */
	struct shrinker *shrinker;

	/**
	 * @mmap_file: the file all mappings made through the DRM node live on,
	 * or NULL while there are none. Not a reference: the mappings hold
	 * those; read and replaced as described in vi915_mmap.c.
	 */
	struct file *mmap_file;

	/** @display: its outputs */
	struct vi915_display display;
	/** @scanouts: see &struct vi915_scanouts */
	struct vi915_scanouts scanouts;

	/** @sysfs: its folders beside its card's */
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

int vi915_device_probe(struct platform_device *pdev);
void vi915_device_remove(struct platform_device *pdev);

#endif
