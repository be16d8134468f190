// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/container_of.h>
#include <linux/dma-fence.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "vi915_outfence.h"

/**
 * DOC: fences that outlive their GPU
 *
 * The fences that the DRM core makes for OUT_FENCE_PTR and for
 * WRITEBACK_OUT_FENCE_PTR have their lock and their names in the CRTC and in
 * the connector. A sync file holds such a fence, but not CRTC and connector.
 * These are freed when a GPU is unplugged and the last of its files is closed,
 * and a sync file that is polled or closed later would take a freed lock.
 *
 * Our GPUs can be unplugged, so before such a fence is visible to others, it
 * gets a lock and names that live as long as the fence.
 */

/**
 * struct vi915_outfence - what an adopted fence needs besides itself
 */
struct vi915_outfence {
	/** @lock: lock of the fence; freed with it */
	spinlock_t lock;
};

static const char *vi915_outfence_driver_name(struct dma_fence *fence)
{
	return "vi915";
}

static const char *vi915_outfence_timeline_name(struct dma_fence *fence)
{
	return "output";
}

static void vi915_outfence_free(struct rcu_head *rcu)
{
	struct dma_fence *fence = container_of(rcu, struct dma_fence, rcu);

	kfree(container_of(fence->lock, struct vi915_outfence, lock));
	kfree(fence);
	/* The module's exit waits for callbacks such as this to return. */
	module_put(THIS_MODULE);
}

static void vi915_outfence_release(struct dma_fence *fence)
{
	call_rcu(&fence->rcu, vi915_outfence_free);
}

static const struct dma_fence_ops vi915_outfence_ops = {
	.get_driver_name = vi915_outfence_driver_name,
	.get_timeline_name = vi915_outfence_timeline_name,
	.release = vi915_outfence_release,
};

/**
 * vi915_outfence_adopt() - let a fence outlive its CRTC or connector
 * @fence: fence that the DRM core made for a commit that is being checked or
 *	prepared, so that no file descriptor refers to it yet; or NULL
 *
 * Return: 0 or -ENOMEM.
 */
int vi915_outfence_adopt(struct dma_fence *fence)
{
	struct vi915_outfence *own;

	if (!fence || fence->ops == &vi915_outfence_ops)
		return 0;

	own = kmalloc(sizeof(*own), GFP_KERNEL);
	if (!own)
		return -ENOMEM;
	spin_lock_init(&own->lock);

	/* The committer has a file of ours open, which holds the module. */
	__module_get(THIS_MODULE);
	fence->lock = &own->lock;
	fence->ops = &vi915_outfence_ops;
	return 0;
}
