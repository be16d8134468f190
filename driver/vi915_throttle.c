// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_device.h>
#include <drm/drm_file.h>
#include <linux/dma-fence.h>
#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/xarray.h>

#include "vi915_context.h"
#include "vi915_engine.h"
#include "vi915_fence.h"
#include "vi915_file.h"
#include "vi915_job.h"
#include "vi915_ring.h"
#include "vi915_throttle.h"

/* i915's idea of how far a client may be ahead of the GPU. */
#define VI915_THROTTLE_NS	(20 * NSEC_PER_MSEC)

/* Fence of the last job that a ring got until @then, or NULL. */
static struct dma_fence *vi915_throttle_ring(struct vi915_ring *ring, u64 then)
{
	struct vi915_engine *engine = ring->engine;
	struct dma_fence *fence = NULL;
	struct vi915_job *job;

	spin_lock_irq(&engine->lock);
	list_for_each_entry_reverse(job, &ring->live, live) {
		if (job->submit_ns > then)
			continue;
		fence = dma_fence_get(&job->fence->base);
		break;
	}
	spin_unlock_irq(&engine->lock);
	return fence;
}

static struct dma_fence *vi915_throttle_slot(struct vi915_context *ctx,
					     unsigned int slot, u64 then)
{
	struct dma_fence *fence = NULL;

	/* The client may still replace the context's engine map. */
	mutex_lock(&ctx->lock);
	if (slot < ctx->num_slots && ctx->slots[slot].ring)
		fence = vi915_throttle_ring(ctx->slots[slot].ring, then);
	mutex_unlock(&ctx->lock);
	return fence;
}

static int vi915_throttle_context(struct vi915_context *ctx, u64 then)
{
	struct dma_fence *fence;
	unsigned int slot;
	int ret;

	for (slot = 0; slot < VI915_CONTEXT_SLOTS; slot++) {
		fence = vi915_throttle_slot(ctx, slot, then);
		if (!fence)
			continue;
		ret = dma_fence_wait(fence, true);
		dma_fence_put(fence);
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * vi915_throttle_ioctl() - DRM_IOCTL_I915_GEM_THROTTLE
 * @drm: the GPU
 * @data: not used
 * @file: file of the caller
 *
 * Waits for jobs that this file submitted more than 20 ms ago. i915's -EIO, for
 * a GPU that is lost, never comes: the GPU recovers from every hang.
 *
 * Return: 0, or -ERESTARTSYS.
 */
int vi915_throttle_ioctl(struct drm_device *drm, void *data,
			 struct drm_file *file)
{
	struct vi915_file *vfile = file->driver_priv;
	u64 then = ktime_get_ns() - VI915_THROTTLE_NS;
	struct vi915_context *ctx;
	unsigned long id;
	int ret;

	ret = vi915_throttle_context(vfile->default_ctx, then);
	if (ret)
		return ret;

	/* @ctx has no reference and may be gone, so look its id up again. */
	xa_for_each(&vfile->contexts, id, ctx) {
		ctx = vi915_context_lookup(vfile, id);
		if (!ctx)
			continue;
		ret = vi915_throttle_context(ctx, then);
		vi915_context_put(ctx);
		if (ret)
			return ret;
	}
	return 0;
}
