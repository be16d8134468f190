// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_device.h>
#include <drm/drm_file.h>
#include <linux/dma-resv.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_device.h"
#include "vi915_drv.h"
#include "vi915_fence.h"
#include "vi915_gem.h"
#include "vi915_view.h"
#include "vi915_wait.h"

/*
 * What BUSY says of work that is not on an engine of this GPU: every class,
 * and for a writer a last-writer id that no engine has. (Two writers at once,
 * possible with EXEC_OBJECT_ASYNC, give an id that is the bits of both.)
 */
#define VI915_BUSY_FOREIGN_READ		0xffff0000u
#define VI915_BUSY_FOREIGN_WRITE	0xffffffffu

/**
 * vi915_wait_bo() - wait for what stands against a CPU access
 * @bo: the object, its reservation not held
 * @write: wait for readers too, not only for writers
 *
 * Return: 0, or -ERESTARTSYS.
 */
int vi915_wait_bo(struct vi915_bo *bo, bool write)
{
	long ret = dma_resv_wait_timeout(bo->base.resv,
					 dma_resv_usage_rw(write), true,
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

/* What is left of a timeout, so that an interrupted call can go on. */
static s64 vi915_wait_left(s64 ns, ktime_t start)
{
	if (ns <= 0)
		return ns;
	return max_t(s64, 0, ns - ktime_to_ns(ktime_sub(ktime_get(), start)));
}

/**
 * vi915_wait_ioctl() - DRM_IOCTL_I915_GEM_WAIT
 * @drm: the GPU
 * @data: &struct drm_i915_gem_wait; what is left of the timeout comes back,
 *	in ns; below 0 there is none and the field stays
 * @file: whose handle
 *
 * Waits for all that was submitted, whoever did.
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

	ret = dma_resv_wait_timeout(bo->base.resv, DMA_RESV_USAGE_READ, true,
				    vi915_wait_jiffies(args->timeout_ns));
	if (ret > 0)
		vi915_view_settle_unlocked(bo);
	vi915_bo_put(bo);

	args->timeout_ns = vi915_wait_left(args->timeout_ns, start);
	if (ret < 0)
		return ret;
	if (ret > 0)
		return 0;
	/* A jiffy is longer than a nanosecond: what is left is rounding. */
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
 * @file: whose handle
 *
 * Unlike i915, which leaves out what other drivers do, this and
 * vi915_wait_ioctl() always agree on whether an object is busy. Who asks waits
 * in his own way: a job that runs when somebody wants it (clock=lazy) does.
 *
 * Return: 0, or -ENOENT.
 */
int vi915_wait_busy_ioctl(struct drm_device *drm, void *data,
			  struct drm_file *file)
{
	struct drm_i915_gem_busy *args = data;
	struct dma_resv_iter cursor;
	struct dma_fence *fence;
	struct vi915_bo *bo;
	u32 busy = 0;

	bo = vi915_bo_lookup(file, args->handle);
	if (!bo)
		return -ENOENT;

	/* Signalled fences are not among those that come by. */
	dma_resv_iter_begin(&cursor, bo->base.resv, DMA_RESV_USAGE_READ);
	dma_resv_for_each_fence_unlocked(&cursor, fence) {
		if (dma_resv_iter_is_restarted(&cursor))
			busy = 0;
		busy |= vi915_wait_busy_bits(to_vi915_device(drm), fence,
					     dma_resv_iter_usage(&cursor) <=
					     DMA_RESV_USAGE_WRITE);
		dma_fence_enable_sw_signaling(fence);
	}
	dma_resv_iter_end(&cursor);

	args->busy = busy;
	/* To be told that it is idle is as good as to wait for it. */
	if (!busy)
		vi915_view_settle_unlocked(bo);
	vi915_bo_put(bo);
	return 0;
}
