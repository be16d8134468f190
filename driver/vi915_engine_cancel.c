// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/spinlock.h>

#include "vi915_context.h"
#include "vi915_device.h"
#include "vi915_engine.h"
#include "vi915_file.h"
#include "vi915_job.h"
#include "vi915_ring.h"

/**
 * DOC: ending jobs
 *
 * Cancelling marks a job with an errno and puts its ring on a list. The
 * engine's worker reads that list before each slice (vi915_slice.c) and ends
 * the job, whatever it waits for. So cancelling never waits, and all functions
 * here can be called with a fence locked.
 *
 * A pulse is i915's request to an engine to interrupt its work. A job that
 * cannot be interrupted ends after the preempt timeout, even if there is no
 * heartbeat.
 */

/* Jobs of a ring end in order, so mark those before @seqno too. */
static void vi915_engine_mark(struct vi915_ring *ring, u64 seqno, int error)
{
	struct vi915_engine *engine = ring->engine;
	struct vi915_job *job;

	lockdep_assert_held(&engine->lock);

	list_for_each_entry(job, &ring->live, live) {
		if (job->seqno > seqno)
			break;
		if (!job->error)
			job->error = error;
	}
	/* Only jobs keep a ring, so one without jobs must not be listed. */
	if (!list_empty(&ring->live))
		list_move_tail(&ring->cancel, &engine->cancel);
}

/**
 * vi915_engine_cancel_until() - end jobs of a ring, whatever they wait for
 * @ring: the ring
 * @seqno: the last job to end; those before it end as well
 * @error: negative errno for their fences
 *
 * Returns at once; the engine's worker does it.
 */
void vi915_engine_cancel_until(struct vi915_ring *ring, u64 seqno, int error)
{
	struct vi915_engine *engine = ring->engine;
	unsigned long flags;

	spin_lock_irqsave(&engine->lock, flags);
	vi915_engine_mark(ring, seqno, error);
	spin_unlock_irqrestore(&engine->lock, flags);

	vi915_engine_kick(engine);
}

/**
 * vi915_engine_cancel_ring() - end all jobs of a ring, whatever they wait for
 * @ring: the ring
 * @error: negative errno for their fences
 *
 * Returns at once; the engine's worker does it.
 */
void vi915_engine_cancel_ring(struct vi915_ring *ring, int error)
{
	vi915_engine_cancel_until(ring, U64_MAX, error);
}

/**
 * vi915_engine_cancel_all() - end all jobs of a GPU, whatever they wait for
 * @dev: the GPU
 * @error: negative errno for their fences
 *
 * Returns at once; the engines' workers do it.
 */
void vi915_engine_cancel_all(struct vi915_device *dev, int error)
{
	struct vi915_engine *engine;
	struct vi915_ring *ring;
	unsigned long flags;
	unsigned int i;

	for (i = 0; i < VI915_NUM_ENGINES; i++) {
		engine = &dev->engines[i];
		spin_lock_irqsave(&engine->lock, flags);
		list_for_each_entry(ring, &engine->busy, busy)
			vi915_engine_mark(ring, U64_MAX, error);
		spin_unlock_irqrestore(&engine->lock, flags);
		vi915_engine_kick(engine);
	}
}

/* The first job of a ring, if it has begun; or NULL. */
static struct vi915_job *vi915_engine_running(struct vi915_ring *ring)
{
	struct vi915_job *job;

	lockdep_assert_held(&ring->engine->lock);

	job = list_first_entry_or_null(&ring->jobs, struct vi915_job, turn);
	return job && job->start_ns ? job : NULL;
}

/**
 * vi915_engine_reset() - cancel the running jobs, as after a hang
 * @engine: the engine
 *
 * Queued jobs run afterwards, unless their context gets banned.
 */
void vi915_engine_reset(struct vi915_engine *engine)
{
	struct vi915_ring *ring;
	struct vi915_job *job;
	unsigned long flags;

	spin_lock_irqsave(&engine->lock, flags);
	list_for_each_entry(ring, &engine->busy, busy) {
		job = vi915_engine_running(ring);
		if (!job || job->error)
			continue;
		job->error = -EIO;
		job->guilty = true;
		list_move_tail(&ring->cancel, &engine->cancel);
	}
	spin_unlock_irqrestore(&engine->lock, flags);

	vi915_engine_kick(engine);
}

/* Have the running job give way: its context or the heartbeat is gone. */
static void vi915_engine_pulse(struct vi915_ring *ring)
{
	bool heartbeat = READ_ONCE(ring->engine->props.heartbeat_ms);
	struct vi915_job *job;

	lockdep_assert_held(&ring->engine->lock);

	/* No heartbeat would find a hang, no client can name the context. */
	if (!heartbeat && test_bit(VI915_CONTEXT_CLOSED, &ring->ctx->flags)) {
		vi915_engine_mark(ring, U64_MAX, -EIO);
		return;
	}
	job = vi915_engine_running(ring);
	if (job)
		job->pulse = true;
}

/**
 * vi915_engine_close_ring() - limit the jobs of a closed, persistent context
 * @ring: the ring
 *
 * The running job ends if it cannot be interrupted within the preempt timeout.
 * Without a heartbeat all jobs of the ring end.
 */
void vi915_engine_close_ring(struct vi915_ring *ring)
{
	struct vi915_engine *engine = ring->engine;
	unsigned long flags;

	spin_lock_irqsave(&engine->lock, flags);
	vi915_engine_pulse(ring);
	spin_unlock_irqrestore(&engine->lock, flags);

	vi915_engine_kick(engine);
}

/**
 * vi915_engine_set_heartbeat() - how often to ask whether an engine is alive
 * @engine: the engine
 * @ms: interval; 0: stop, after one last pulse
 */
void vi915_engine_set_heartbeat(struct vi915_engine *engine, u64 ms)
{
	struct vi915_ring *ring;
	unsigned long flags;

	WRITE_ONCE(engine->props.heartbeat_ms, ms);
	if (ms)
		return;

	spin_lock_irqsave(&engine->lock, flags);
	list_for_each_entry(ring, &engine->busy, busy)
		vi915_engine_pulse(ring);
	spin_unlock_irqrestore(&engine->lock, flags);

	vi915_engine_kick(engine);
}
