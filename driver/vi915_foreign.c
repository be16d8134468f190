// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/container_of.h>
#include <linux/dma-fence.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/timer.h>

#include "vi915_foreign.h"

/**
 * DOC: fences of others
 *
 * A driver's fences signal in bounded time, and so do ours (rule R10). There
 * are some that do not: those of sw_sync signal when user space likes. A job
 * that waited for one for ever would have a fence that never signals either,
 * and whoever waits for that with a lock, such as munmap(2) of user memory that
 * the job uses, would never come back.
 *
 * So a job does not wait for a foreign fence itself, but for one that stands
 * for it and loses patience. The job then ends without having run.
 */

/* Longer than vgem, which waits for user space too, lets its own fences stand. */
#define VI915_FOREIGN_LIMIT	(15 * HZ)

/**
 * struct vi915_foreign - stands for a fence that may never signal
 */
struct vi915_foreign {
	/** @base: signals when @fence does, or with -ETIMEDOUT */
	struct dma_fence base;
	/** @lock: of @base */
	spinlock_t lock;
	/** @fence: the foreign one; a reference */
	struct dma_fence *fence;
	/** @cb: on @fence; holds a reference to @base while it is there */
	struct dma_fence_cb cb;
	/** @timer: likewise, while it is pending */
	struct timer_list timer;
	/** @end: signals when it is no use to wait any more; a reference, or NULL */
	struct dma_fence *end;
	/** @end_cb: on @end; likewise, while it is there */
	struct dma_fence_cb end_cb;
	/** @rcu: frees it after its last reader */
	struct rcu_head rcu;
};

static const char *vi915_foreign_driver_name(struct dma_fence *base)
{
	return "vi915";
}

static const char *vi915_foreign_timeline_name(struct dma_fence *base)
{
	return "foreign";
}

static void vi915_foreign_free(struct rcu_head *rcu)
{
	struct vi915_foreign *foreign =
		container_of(rcu, struct vi915_foreign, rcu);

	dma_fence_put(foreign->end);
	dma_fence_put(foreign->fence);
	kfree(foreign);
	/* The module's exit waits for callbacks such as this to return. */
	module_put(THIS_MODULE);
}

/* Also from a callback of @fence, in whose lock its last put would deadlock. */
static void vi915_foreign_release(struct dma_fence *base)
{
	struct vi915_foreign *foreign =
		container_of(base, struct vi915_foreign, base);

	call_rcu(&foreign->rcu, vi915_foreign_free);
}

static const struct dma_fence_ops vi915_foreign_ops = {
	.get_driver_name = vi915_foreign_driver_name,
	.get_timeline_name = vi915_foreign_timeline_name,
	.release = vi915_foreign_release,
};

/* Whichever of the three comes first. */
static void vi915_foreign_settle(struct vi915_foreign *foreign, int error)
{
	unsigned long flags;

	spin_lock_irqsave(&foreign->lock, flags);
	if (!test_bit(DMA_FENCE_FLAG_SIGNALED_BIT, &foreign->base.flags)) {
		if (error)
			dma_fence_set_error(&foreign->base, error);
		dma_fence_signal_locked(&foreign->base);
	}
	spin_unlock_irqrestore(&foreign->lock, flags);
}

/* Not from a callback of @end itself, which has its lock. */
static void vi915_foreign_forget_end(struct vi915_foreign *foreign)
{
	if (foreign->end &&
	    dma_fence_remove_callback(foreign->end, &foreign->end_cb))
		dma_fence_put(&foreign->base);
}

/* The foreign fence's lock cannot be taken here; it and the timer do no harm. */
static void vi915_foreign_ended(struct dma_fence *end, struct dma_fence_cb *cb)
{
	struct vi915_foreign *foreign =
		container_of(cb, struct vi915_foreign, end_cb);

	vi915_foreign_settle(foreign, -ENODEV);
	dma_fence_put(&foreign->base);
}

static void vi915_foreign_signaled(struct dma_fence *fence,
				   struct dma_fence_cb *cb)
{
	struct vi915_foreign *foreign =
		container_of(cb, struct vi915_foreign, cb);

	vi915_foreign_settle(foreign, 0);
	vi915_foreign_forget_end(foreign);
	if (timer_delete(&foreign->timer))
		dma_fence_put(&foreign->base);
	dma_fence_put(&foreign->base);
}

static void vi915_foreign_timeout(struct timer_list *timer)
{
	struct vi915_foreign *foreign =
		container_of(timer, struct vi915_foreign, timer);

	vi915_foreign_settle(foreign, -ETIMEDOUT);
	vi915_foreign_forget_end(foreign);
	if (dma_fence_remove_callback(foreign->fence, &foreign->cb))
		dma_fence_put(&foreign->base);
	dma_fence_put(&foreign->base);
}

/**
 * vi915_foreign_create() - wait for a foreign fence, but not for ever
 * @fence: any fence that is not a job's of ours; the caller keeps its reference
 * @end: a fence that cuts the wait short, or NULL; likewise
 *
 * Return: a fence, with a reference for the caller, that signals when @fence
 * does, when @end does, and in 15 seconds at the latest; or an ERR_PTR: -ENOMEM.
 */
struct dma_fence *vi915_foreign_create(struct dma_fence *fence,
				       struct dma_fence *end)
{
	struct vi915_foreign *foreign;

	foreign = kzalloc(sizeof(*foreign), GFP_KERNEL_ACCOUNT);
	if (!foreign)
		return ERR_PTR(-ENOMEM);

	/* Somebody who has us open is submitting: the module is held. */
	__module_get(THIS_MODULE);
	spin_lock_init(&foreign->lock);
	foreign->fence = dma_fence_get(fence);
	timer_setup(&foreign->timer, vi915_foreign_timeout, 0);
	dma_fence_init(&foreign->base, &vi915_foreign_ops, &foreign->lock,
		       dma_fence_context_alloc(1), 1);

	/* One for each callback, one for the timer. */
	if (end) {
		foreign->end = dma_fence_get(end);
		dma_fence_get(&foreign->base);
		if (dma_fence_add_callback(end, &foreign->end_cb,
					   vi915_foreign_ended))
			vi915_foreign_ended(end, &foreign->end_cb);
	}
	dma_fence_get(&foreign->base);
	mod_timer(&foreign->timer, jiffies + VI915_FOREIGN_LIMIT);
	dma_fence_get(&foreign->base);
	if (dma_fence_add_callback(fence, &foreign->cb, vi915_foreign_signaled))
		vi915_foreign_signaled(fence, &foreign->cb);
	return &foreign->base;
}

/**
 * vi915_foreign_size() - what such a wait takes
 *
 * Return: in bytes.
 */
size_t vi915_foreign_size(void)
{
	return sizeof(struct vi915_foreign);
}

/**
 * vi915_foreign_is_late() - did a foreign fence not come in time?
 * @fence: any fence
 *
 * Return: whether it is one of vi915_foreign_create() that lost patience.
 */
bool vi915_foreign_is_late(struct dma_fence *fence)
{
	return fence->ops == &vi915_foreign_ops &&
	       dma_fence_get_status(fence) == -ETIMEDOUT;
}
