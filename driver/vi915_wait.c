// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_device.h>
#include <drm/drm_file.h>
#include <linux/dma-resv.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_device.h"
#include "vi915_fence.h"
#include "vi915_gem.h"
#include "vi915_refuse.h"
#include "vi915_view.h"
#include "vi915_wait.h"

/*
 * BUSY's answer for work that is not on an engine of this GPU: every class, and
 * for a writer a last-writer id that no engine has. (Two writers at once,
 * possible with EXEC_OBJECT_ASYNC, give an id that is the OR of both.)
 */
#define VI915_BUSY_FOREIGN_READ		0xffff0000u
#define VI915_BUSY_FOREIGN_WRITE	0xffffffffu

/**
 * vi915_wait_usage() - the usage that covers the fences of a GPU's own jobs
 * @bo: an object of the GPU
 *
 * With implicit=0, jobs add their fences as BOOKKEEP, for the memory manager
 * alone. Other GPUs may do so, too; waiting for their fences errs on the safe
 * side.
 *
 * Return: the usage to test or to wait for, to know that the object is idle.
 */
enum dma_resv_usage vi915_wait_usage(const struct vi915_bo *bo)
{
	return to_vi915_device(bo->base.dev)->config.implicit ?
	       DMA_RESV_USAGE_READ : DMA_RESV_USAGE_BOOKKEEP;
}

static bool vi915_wait_is_own(const struct vi915_bo *bo,
			      struct dma_fence *fence)
{
	const struct vi915_fence *job = to_vi915_fence(fence);

	return job && job->owner == to_vi915_device(bo->base.dev);
}

/* As dma_resv_wait_timeout(), for own fences that implicit=0 hides from it. */
static long vi915_wait_own(struct vi915_bo *bo, unsigned long timeout)
{
	long ret = timeout ?: 1;
	struct dma_resv_iter cursor;
	struct dma_fence *fence;

	dma_resv_iter_begin(&cursor, bo->base.resv, DMA_RESV_USAGE_BOOKKEEP);
	dma_resv_for_each_fence_unlocked(&cursor, fence) {
		if (!vi915_wait_is_own(bo, fence))
			continue;
		ret = dma_fence_wait_timeout(fence, true, timeout);
		if (ret <= 0)
			break;
		if (timeout)
			timeout = ret;
	}
	dma_resv_iter_end(&cursor);
	return ret;
}

static long vi915_wait_fences(struct vi915_bo *bo, enum dma_resv_usage usage,
			      unsigned long timeout)
{
	long ret = dma_resv_wait_timeout(bo->base.resv, usage, true, timeout);

	if (ret <= 0 || to_vi915_device(bo->base.dev)->config.implicit)
		return ret;
	return vi915_wait_own(bo, timeout ? ret : 0);
}

/**
 * vi915_wait_shared() - wait for a buffer's implicit fences
 * @bo: the object, its reservation not held
 * @write: wait for readers too, not only for writers
 *
 * With implicit=0, this GPU's own jobs are not among them.
 *
 * Return: 0, or -ERESTARTSYS.
 */
int vi915_wait_shared(struct vi915_bo *bo, bool write)
{
	long ret = dma_resv_wait_timeout(bo->base.resv,
					 dma_resv_usage_rw(write), true,
					 MAX_SCHEDULE_TIMEOUT);

	return ret < 0 ? ret : 0;
}

/**
 * vi915_wait_bo() - wait until the CPU may access an object
 * @bo: the object, its reservation not held
 * @write: wait for readers too, not only for writers
 *
 * Return: 0, or -ERESTARTSYS.
 */
int vi915_wait_bo(struct vi915_bo *bo, bool write)
{
	long ret = vi915_wait_fences(bo, dma_resv_usage_rw(write),
				     MAX_SCHEDULE_TIMEOUT);

	return ret < 0 ? ret : 0;
}

static unsigned long vi915_wait_jiffies(s64 ns)
{
	if (ns < 0)
		return MAX_SCHEDULE_TIMEOUT;
	if (!ns)
		return 0;
	/* Never shorter than asked: part of the first jiffy has passed. */
	return min_t(u64, nsecs_to_jiffies64(ns) + 1, MAX_JIFFY_OFFSET);
}

/* The rest of a timeout, with which an interrupted call can go on. */
static s64 vi915_wait_left(s64 ns, ktime_t start)
{
	if (ns <= 0)
		return ns;
	return max_t(s64, 0, ns - ktime_to_ns(ktime_sub(ktime_get(), start)));
}

/**
 * vi915_wait_ioctl() - DRM_IOCTL_I915_GEM_WAIT
 * @drm: the GPU
 * @data: &struct drm_i915_gem_wait; the rest of the timeout comes back, in ns;
 *	a negative timeout means no limit and stays
 * @file: file that owns the handle
 *
 * Waits for all submitted work, other clients' too.
 *
 * Return: 0; -EINVAL for flags; -ENOENT; -ETIME; -ERESTARTSYS.
 */
int vi915_wait_ioctl(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_i915_gem_wait *args = data;
	ktime_t start = ktime_get();
	struct vi915_bo *bo;
	long ret;

	if (VI915_REFUSE(drm, args->flags))
		return -EINVAL;

	bo = vi915_bo_lookup(file, args->bo_handle);
	if (!bo)
		return -ENOENT;

	ret = vi915_wait_fences(bo, DMA_RESV_USAGE_READ,
				vi915_wait_jiffies(args->timeout_ns));
	if (ret > 0)
		vi915_view_settle_unlocked(bo);
	vi915_bo_put(bo);

	args->timeout_ns = vi915_wait_left(args->timeout_ns, start);
	if (ret < 0)
		return ret;
	if (ret > 0)
		return 0;
	/* The time is up: any rest comes from rounding to jiffies. */
	args->timeout_ns = 0;
	return -ETIME;
}

static u32 vi915_wait_busy_bits(const struct vi915_device *dev,
				struct dma_fence *fence, bool write)
{
	const struct vi915_fence *job = to_vi915_fence(fence);

	if (!job || job->owner != dev)
		return write ? VI915_BUSY_FOREIGN_WRITE :
			       VI915_BUSY_FOREIGN_READ;
	/* The last writer reads, too. */
	return (0x10000u << job->class) | (write ? job->class + 1 : 0);
}

/**
 * vi915_wait_busy_ioctl() - DRM_IOCTL_I915_GEM_BUSY
 * @drm: the GPU
 * @data: &struct drm_i915_gem_busy
 * @file: file that owns the handle
 *
 * i915 ignores work of other drivers; here BUSY and vi915_wait_ioctl() always
 * agree on whether an object is busy. Polling counts as waiting, so it makes
 * lazy jobs run (clock=lazy). With implicit=0 a job's fence does not say what
 * it writes: all its objects count as written.
 *
 * Return: 0, or -ENOENT.
 */
int vi915_wait_busy_ioctl(struct drm_device *drm, void *data,
			  struct drm_file *file)
{
	struct drm_i915_gem_busy *args = data;
	struct dma_resv_iter cursor;
	enum dma_resv_usage usage;
	struct dma_fence *fence;
	struct vi915_bo *bo;
	u32 busy = 0;

	bo = vi915_bo_lookup(file, args->handle);
	if (!bo)
		return -ENOENT;

	/* The iterator skips signalled fences. */
	dma_resv_iter_begin(&cursor, bo->base.resv, vi915_wait_usage(bo));
	dma_resv_for_each_fence_unlocked(&cursor, fence) {
		if (dma_resv_iter_is_restarted(&cursor))
			busy = 0;
		usage = dma_resv_iter_usage(&cursor);
		if (usage == DMA_RESV_USAGE_BOOKKEEP &&
		    !vi915_wait_is_own(bo, fence))
			continue;
		busy |= vi915_wait_busy_bits(to_vi915_device(drm), fence,
					     usage != DMA_RESV_USAGE_READ);
		dma_fence_enable_sw_signaling(fence);
	}
	dma_resv_iter_end(&cursor);

	args->busy = busy;
	/* A client that sees an idle object has in effect waited for it. */
	if (!busy)
		vi915_view_settle_unlocked(bo);
	vi915_bo_put(bo);
	return 0;
}
