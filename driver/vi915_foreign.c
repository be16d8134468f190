// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/container_of.h>
#include <linux/dma-fence.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/timer.h>

#include "vi915_foreign.h"

/**
 * DOC: foreign fences
 *
 * Fences of drivers, ours too (rule R10), signal in bounded time. Some other
 * fences do not: those of sw_sync signal when user space likes. The fence of a
 * job that waited for one for ever would never signal either, and a thread that
 * waits for that job with a lock held, such as munmap(2) of user memory that
 * the job uses, would hang.
 *
 * So a job waits for a proxy of a foreign fence, which gives up after a time
 * limit. The job then ends without having run.
 */

/* Longer than vgem, whose fences wait for user space too, allows its own. */
#define VI915_FOREIGN_LIMIT	(15 * HZ)

/**
 * struct vi915_foreign - proxy of a fence that may never signal
 */
struct vi915_foreign {
	/** @base: signals with @fence, or -ETIMEDOUT, or -ENODEV for @end */
	struct dma_fence base;
	/** @lock: lock of @base */
	spinlock_t lock;
	/** @fence: the foreign fence; a reference */
	struct dma_fence *fence;
	/** @cb: callback on @fence; holds a reference to @base while there */
	struct dma_fence_cb cb;
	/** @timer: time limit; holds a reference to @base while pending */
	struct timer_list timer;
	/** @end: signals when a wait becomes pointless; a reference, or NULL */
	struct dma_fence *end;
	/** @end_cb: callback on @end; holds a reference to @base while there */
	struct dma_fence_cb end_cb;
	/** @rcu: frees it after the last RCU reader */
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

/* May run in a callback of @fence, under the lock that its last put takes. */
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

/* The first of the three callbacks to come decides. */
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

/* Never called from the callback of @end itself, which holds its lock. */
static void vi915_foreign_forget_end(struct vi915_foreign *foreign)
{
	if (foreign->end &&
	    dma_fence_remove_callback(foreign->end, &foreign->end_cb))
		dma_fence_put(&foreign->base);
}

/*
 * Leaves @cb and @timer in place: the foreign fence's lock cannot be taken
 * here, and they do no harm.
 */
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
 * vi915_foreign_create() - make a proxy of a foreign fence, with a time limit
 * @fence: any fence but that of one of our jobs; the caller keeps its reference
 * @end: a fence that ends the wait early, or NULL; likewise
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

	/* The submitter has a file of ours open, which holds the module. */
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
 * vi915_foreign_size() - memory that one proxy takes
 *
 * Return: size in bytes.
 */
size_t vi915_foreign_size(void)
{
	return sizeof(struct vi915_foreign);
}

/**
 * vi915_foreign_is_late() - did a proxy reach its time limit?
 * @fence: any fence
 *
 * Return: whether it is from vi915_foreign_create() and timed out.
 */
bool vi915_foreign_is_late(struct dma_fence *fence)
{
	return fence->ops == &vi915_foreign_ops &&
	       dma_fence_get_status(fence) == -ETIMEDOUT;
}
