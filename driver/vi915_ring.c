// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/dma-fence.h>
#include <linux/err.h>
#include <linux/slab.h>

#include "vi915_context.h"
#include "vi915_engine.h"
#include "vi915_fence.h"
#include "vi915_file.h"
#include "vi915_job.h"
#include "vi915_ring.h"

/**
 * vi915_ring_create() - make a timeline
 * @ctx: the context, which owns the ring
 * @engine: engine that runs its jobs
 *
 * Return: the ring, or an ERR_PTR: -ENOMEM, also when its file reaches its
 * memory limit.
 */
struct vi915_ring *vi915_ring_create(struct vi915_context *ctx,
				     struct vi915_engine *engine)
{
	struct drm_gpu_scheduler *sched = &engine->sched;
	struct vi915_ring *ring;
	int ret;

	ret = vi915_file_charge(ctx->file, sizeof(*ring));
	if (ret)
		return ERR_PTR(ret);
	ring = kzalloc(sizeof(*ring), GFP_KERNEL_ACCOUNT);
	if (!ring) {
		ret = -ENOMEM;
		goto err_uncharge;
	}

	/* The engine decides on turns; to the scheduler all are equal. */
	ret = drm_sched_entity_init(&ring->entity, DRM_SCHED_PRIORITY_NORMAL,
				    &sched, 1, NULL);
	if (ret)
		goto err_free;

	ring->ctx = ctx;
	ring->engine = engine;
	ring->fence_context = dma_fence_context_alloc(2);
	ring->regs.mmio_base = engine->info->mmio_base;
	ring->regs.class = engine->info->class;
	ring->regs.scratch = engine->scratch;
	mutex_init(&ring->submit_lock);
	init_waitqueue_head(&ring->room);
	vi915_turns_init_entry(&ring->turn,
			       &ctx->file->turns[vi915_engine_id(engine)]);
	INIT_LIST_HEAD(&ring->busy);
	INIT_LIST_HEAD(&ring->cancel);
	INIT_LIST_HEAD(&ring->release);
	INIT_LIST_HEAD(&ring->held);
	INIT_LIST_HEAD(&ring->jobs);
	INIT_LIST_HEAD(&ring->live);
	return ring;

err_free:
	kfree(ring);
err_uncharge:
	vi915_file_uncharge(ctx->file, sizeof(*ring));
	return ERR_PTR(ret);
}

/**
 * vi915_ring_destroy() - free an unused ring without jobs
 * @ring: the ring, or NULL
 */
void vi915_ring_destroy(struct vi915_ring *ring)
{
	if (!ring)
		return;

	drm_sched_entity_destroy(&ring->entity);
	mutex_destroy(&ring->submit_lock);
	vi915_file_uncharge(ring->ctx->file, sizeof(*ring));
	kfree(ring);
}

/**
 * vi915_ring_take_part() - let the first job of a ring wait for its turn
 * @ring: the ring, vi915_engine.lock held
 * @not_before: ktime in ns until which it is left alone; 0: not at all
 *
 * A changed priority counts from here on.
 */
void vi915_ring_take_part(struct vi915_ring *ring, u64 not_before)
{
	lockdep_assert_held(&ring->engine->lock);

	vi915_turns_put(&ring->engine->turns, &ring->turn,
			READ_ONCE(ring->ctx->priority), not_before);
}

/**
 * vi915_ring_has_room() - can a ring take one more job?
 * @ring: the ring; with its submit_lock held, "yes" stays true
 *
 * Return: whether it can.
 */
bool vi915_ring_has_room(struct vi915_ring *ring)
{
	return READ_ONCE(ring->count) < VI915_RING_JOBS;
}

/**
 * vi915_ring_wait_room() - wait until a ring can take one more job
 * @ring: the ring, its submit_lock not held
 * @nonblock: do not wait
 *
 * Each job that ends wakes one waiter, so a caller that has waited must call
 * vi915_ring_pass_room() in the end, whether it has submitted or not.
 *
 * Return: 0; -EWOULDBLOCK; -ERESTARTSYS after a signal.
 */
int vi915_ring_wait_room(struct vi915_ring *ring, bool nonblock)
{
	struct dma_fence *fence = NULL;
	struct vi915_job *job;
	int ret;

	if (vi915_ring_has_room(ring))
		return 0;
	if (nonblock)
		return -EWOULDBLOCK;

	/* Waiting for room is waiting for the oldest job (clock=lazy). */
	spin_lock_irq(&ring->engine->lock);
	job = list_first_entry_or_null(&ring->live, struct vi915_job, live);
	if (job)
		fence = dma_fence_get(&job->fence->base);
	spin_unlock_irq(&ring->engine->lock);
	if (fence)
		dma_fence_enable_sw_signaling(fence);

	ret = wait_event_interruptible_exclusive(ring->room,
						 vi915_ring_has_room(ring));
	dma_fence_put(fence);
	return ret;
}

/**
 * vi915_ring_pass_room() - wake the next waiter if there is still room
 * @ring: the ring
 */
void vi915_ring_pass_room(struct vi915_ring *ring)
{
	if (wq_has_sleeper(&ring->room) && vi915_ring_has_room(ring))
		wake_up(&ring->room);
}
