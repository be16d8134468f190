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
	sema_init(&ring->room, VI915_RING_JOBS);
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

/*
 * Counts one more waiting call. Returns the fence of the job whose end makes
 * room for it, with a reference, or NULL.
 */
static struct dma_fence *vi915_ring_makes_room(struct vi915_ring *ring)
{
	struct dma_fence *fence = NULL;
	struct vi915_job *job;
	unsigned int i = 0;

	spin_lock_irq(&ring->engine->lock);
	ring->waiting++;
	list_for_each_entry(job, &ring->live, live) {
		fence = &job->fence->base;
		if (++i == ring->waiting)
			break;
	}
	if (fence)
		dma_fence_get(fence);
	spin_unlock_irq(&ring->engine->lock);
	return fence;
}

static int vi915_ring_wait_room(struct vi915_ring *ring)
{
	struct dma_fence *fence = vi915_ring_makes_room(ring);
	int ret;

	/* With clock=lazy a job runs only when its fence is waited for. */
	if (fence)
		dma_fence_enable_sw_signaling(fence);
	ret = down_interruptible(&ring->room);
	dma_fence_put(fence);

	spin_lock_irq(&ring->engine->lock);
	ring->waiting--;
	spin_unlock_irq(&ring->engine->lock);
	return ret ? -ERESTARTSYS : 0;
}

/**
 * vi915_ring_take_room() - take the right to have one more job under way
 * @ring: the ring, its submit_lock not held
 * @nonblock: fail rather than wait
 *
 * Waiting calls get room in the order in which they came; a later call never
 * gets it before them. The room goes with the job that is submitted, or back by
 * vi915_ring_give_room().
 *
 * Return: 0; -EWOULDBLOCK; -ERESTARTSYS for a signal.
 */
int vi915_ring_take_room(struct vi915_ring *ring, bool nonblock)
{
	if (!down_trylock(&ring->room))
		return 0;
	return nonblock ? -EWOULDBLOCK : vi915_ring_wait_room(ring);
}

/**
 * vi915_ring_give_room() - give back the room of one job
 * @ring: the ring; the job has ended, or was not submitted after all
 */
void vi915_ring_give_room(struct vi915_ring *ring)
{
	up(&ring->room);
}
