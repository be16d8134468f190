// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/module.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "vi915_context.h"
#include "vi915_device.h"
#include "vi915_engine.h"
#include "vi915_fence.h"
#include "vi915_ring.h"

/**
 * DOC: fences
 *
 * Each job has one fence of ours for all waiters, made at submission; the
 * scheduler's fence stays hidden. So enable_signaling() tells when the first
 * waiter comes, and clock=lazy runs a job only then. Waiters are poll(2), a
 * wait for a syncobj or sync file, a wait in the kernel, and every scheduler
 * with a job that depends on it.
 *
 * Foreign drivers may keep a fence long after GPU and job are gone.
 */

static const char *vi915_fence_driver_name(struct dma_fence *fence)
{
	return "vi915";
}

static const char *vi915_fence_timeline_name(struct dma_fence *base)
{
	return container_of(base, struct vi915_fence, base)->timeline;
}

/* Called with the fence's lock held, and only while it is not signalled. */
static bool vi915_fence_enable_signaling(struct dma_fence *base)
{
	struct vi915_fence *fence = container_of(base, struct vi915_fence, base);

	vi915_engine_want(fence->ring, base->seqno);
	return true;
}

static void vi915_fence_free(struct rcu_head *rcu)
{
	kfree(container_of(rcu, struct vi915_fence, rcu));
	/* The module's exit waits for callbacks such as this to return. */
	module_put(THIS_MODULE);
}

static void vi915_fence_release(struct dma_fence *base)
{
	struct vi915_fence *fence = container_of(base, struct vi915_fence, base);

	dma_fence_put(&fence->started);
}

const struct dma_fence_ops vi915_fence_ops = {
	.get_driver_name = vi915_fence_driver_name,
	.get_timeline_name = vi915_fence_timeline_name,
	.enable_signaling = vi915_fence_enable_signaling,
	.release = vi915_fence_release,
};

static const char *vi915_fence_started_name(struct dma_fence *started)
{
	return container_of(started, struct vi915_fence, started)->timeline;
}

/* @base holds a reference to @started, so this goes last and frees both. */
static void vi915_fence_started_release(struct dma_fence *started)
{
	struct vi915_fence *fence =
		container_of(started, struct vi915_fence, started);

	call_rcu(&fence->rcu, vi915_fence_free);
}

/*
 * Waiting for a job to begin makes it wanted, too. Both fences share a lock,
 * which keeps the job from completing meanwhile.
 */
static bool vi915_fence_started_enable(struct dma_fence *started)
{
	struct vi915_fence *fence =
		container_of(started, struct vi915_fence, started);

	vi915_engine_want(fence->ring, fence->base.seqno);
	return true;
}

static const struct dma_fence_ops vi915_fence_started_ops = {
	.get_driver_name = vi915_fence_driver_name,
	.get_timeline_name = vi915_fence_started_name,
	.enable_signaling = vi915_fence_started_enable,
	.release = vi915_fence_started_release,
};

/**
 * vi915_fence_is_ours() - does a fence belong to a job of any of our GPUs?
 * @fence: any fence
 *
 * Return: whether it signals the end or the beginning of such a job.
 */
bool vi915_fence_is_ours(const struct dma_fence *fence)
{
	return fence->ops == &vi915_fence_ops ||
	       fence->ops == &vi915_fence_started_ops;
}

/**
 * vi915_fence_alloc() - memory for a fence
 *
 * Return: a fence to be passed to vi915_fence_init() or vi915_fence_discard(),
 * or NULL.
 */
struct vi915_fence *vi915_fence_alloc(void)
{
	return kzalloc(sizeof(struct vi915_fence), GFP_KERNEL_ACCOUNT);
}

/**
 * vi915_fence_discard() - free a fence that was not needed after all
 * @fence: from vi915_fence_alloc(), not initialised; or NULL
 */
void vi915_fence_discard(struct vi915_fence *fence)
{
	kfree(fence);
}

/**
 * vi915_fence_init() - initialise a fence, with one reference for the caller
 * @fence: from vi915_fence_alloc()
 * @ring: ring that the job is in
 * @seqno: the job's number in @ring
 */
void vi915_fence_init(struct vi915_fence *fence, struct vi915_ring *ring,
		      u64 seqno)
{
	const struct vi915_context *ctx = ring->ctx;

	/* The submitter has a file of ours open, which holds the module. */
	__module_get(THIS_MODULE);
	spin_lock_init(&fence->lock);
	fence->ring = ring;
	fence->owner = ctx->dev;
	fence->vm = ctx->vm;
	fence->class = ring->engine->info->class;
	scnprintf(fence->timeline, sizeof(fence->timeline), "%.15s %s ctx%u %d",
		  ctx->dev->config.name, ring->engine->info->name, ctx->id,
		  pid_nr(ctx->pid));
	dma_fence_init(&fence->base, &vi915_fence_ops, &fence->lock,
		       ring->fence_context, seqno);
	dma_fence_init(&fence->started, &vi915_fence_started_ops, &fence->lock,
		       ring->fence_context + 1, seqno);
}

/**
 * vi915_fence_cancel() - cancel a fence's job and all earlier jobs of its ring
 * @base: any fence; foreign ones are left alone
 * @error: negative errno for the cancelled jobs' fences
 *
 * Does not wait. The fence's lock keeps the job from completing, and thereby
 * its ring alive.
 */
void vi915_fence_cancel(struct dma_fence *base, int error)
{
	struct vi915_fence *fence = to_vi915_fence(base);
	unsigned long flags;

	if (!fence)
		return;

	spin_lock_irqsave(&fence->lock, flags);
	if (!test_bit(DMA_FENCE_FLAG_SIGNALED_BIT, &base->flags))
		vi915_engine_cancel_until(fence->ring, base->seqno, error);
	spin_unlock_irqrestore(&fence->lock, flags);
}

/**
 * vi915_fence_start() - signal that the job has begun
 * @fence: its fence
 */
void vi915_fence_start(struct vi915_fence *fence)
{
	dma_fence_signal(&fence->started);
}

/**
 * vi915_fence_complete() - signal that the job is over
 * @fence: its fence; the caller holds a reference
 * @error: 0, or a negative errno that says what went wrong
 *
 * Also signals @started, first: waiters for the beginning must not wait for a
 * job that ended without one.
 */
void vi915_fence_complete(struct vi915_fence *fence, int error)
{
	if (error)
		dma_fence_set_error(&fence->base, error);
	dma_fence_signal(&fence->started);
	dma_fence_signal(&fence->base);
}
