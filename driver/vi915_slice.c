// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/wait.h>

#include "vi915_clock.h"
#include "vi915_context.h"
#include "vi915_cs.h"
#include "vi915_device.h"
#include "vi915_engine.h"
#include "vi915_error.h"
#include "vi915_fence.h"
#include "vi915_file.h"
#include "vi915_job.h"
#include "vi915_programs.h"
#include "vi915_ring.h"
#include "vi915_slice.h"
#include "vi915_trace.h"
#include "vi915_turns.h"

/**
 * DOC: slices
 *
 * An engine runs one slice of one job at a time. vi915_turns.c chooses among
 * the rings whose first job can run. A job that polls memory or runs in a loop
 * is left alone for a while, longer each time, so that it costs little and the
 * work that it waits for gets the CPU.
 *
 * A job hangs if it runs too long without a point at which it could be
 * interrupted, if it has had the engine far too long in total, not counting the
 * turns of others, or if it faults. Its context goes on with its next job,
 * unless it is banned for the hang. Other contexts are not affected.
 *
 * Fences depend on all of this: it allocates nothing, and takes only spinlocks.
 */

/* Bounds preemptible jobs, which no timeout would end (rule R10). */
#define VI915_SLICE_MAX_JOB_NS		(30ull * NSEC_PER_SEC)
/* Shortest and longest time for which a polling job is left alone. */
#define VI915_SLICE_MIN_BACKOFF_NS	(20 * NSEC_PER_USEC)
#define VI915_SLICE_MAX_BACKOFF_NS	(1 * NSEC_PER_MSEC)
/* Longest slice, however long the engine's timeslice is. */
#define VI915_SLICE_MAX_NS		(2 * NSEC_PER_MSEC)

/* The job whose turn it is; NULL and a time in *wake if no ring is ready. */
static struct vi915_job *vi915_slice_pick(struct vi915_engine *engine, u64 now,
					  u64 *wake)
{
	struct vi915_turns_entry *entry;
	struct vi915_ring *ring;

	lockdep_assert_held(&engine->lock);

	entry = vi915_turns_next(&engine->turns, now, wake);
	if (!entry)
		return NULL;

	ring = container_of(entry, struct vi915_ring, turn);
	return list_first_entry(&ring->jobs, struct vi915_job, turn);
}

static void vi915_slice_count(struct vi915_engine *engine,
			      struct vi915_job *job)
{
	struct vi915_file *file = job->ctx->file;
	const struct vi915_cs_stats *cs = &job->cs.stats;
	u8 class = engine->info->class;

	engine->stats.jobs++;
	engine->stats.strays += job->cs.stray.count;
	engine->stats.cs.commands += cs->commands;
	engine->stats.cs.skipped += cs->skipped;
	engine->stats.cs.blits += cs->blits;
	engine->stats.cs.bytes += cs->bytes;

	atomic64_inc(&file->jobs[class]);
	atomic64_add(cs->skipped, &file->skipped[class]);
	atomic64_add(job->cs.stray.count, &file->strays);
	atomic64_add(job->cs.stray.count, &job->ctx->strays);
}

/*
 * Ends a job, successfully or not; the caller must not use it afterwards. The
 * job holds its ring until its fence has signalled, because a waiter that
 * enables signalling uses the ring.
 */
static void vi915_slice_complete(struct vi915_job *job, int error)
{
	struct vi915_ring *ring = job->ring;
	struct vi915_engine *engine = ring->engine;
	struct vi915_fence *fence = job->fence;
	bool retire, was_first;

	trace_vi915_job_complete(job, error);
	vi915_programs_note(job);
	dma_fence_get(&fence->base);

	spin_lock_irq(&engine->lock);
	if (list_empty(&job->turn) || !job->pushed)
		engine->queued--;
	else
		engine->running--;
	vi915_slice_count(engine, job);
	job->complete = true;
	was_first = list_first_entry_or_null(&ring->jobs, struct vi915_job,
					     turn) == job;
	list_del(&job->live);
	vi915_clock_drop(job);
	if (!--ring->count) {
		list_del_init(&ring->busy);
		list_del_init(&ring->cancel);
	}
	if (was_first && list_empty(&ring->jobs))
		vi915_turns_remove(&engine->turns, &ring->turn);
	else if (was_first)
		vi915_clock_start(ring, list_first_entry(&ring->jobs,
							 struct vi915_job,
							 turn));
	spin_unlock_irq(&engine->lock);

	vi915_ring_give_room(ring);
	/* With clock=lazy, a cancelled job may never have been pushed. */
	if (!job->pushed)
		drm_sched_job_cleanup(&job->base);
	vi915_fence_complete(fence, error);

	spin_lock_irq(&engine->lock);
	job->over = true;
	retire = !job->pushed || job->released;
	spin_unlock_irq(&engine->lock);
	if (retire)
		vi915_job_retire(job);
	dma_fence_put(&fence->base);
}

static const char vi915_slice_stuck[] = "cannot be interrupted";
/* Reported, but does not count towards a ban of the context. */
static const char vi915_slice_too_long[] = "runs for longer than any job may";
/* Not even reported: closing a context is no mistake. */
static const char vi915_slice_left_over[] = "its context is closed";

static void vi915_slice_hang(struct vi915_job *job, const char *reason)
{
	struct vi915_context *ctx = job->ctx;
	bool capture = !test_bit(VI915_CONTEXT_NO_ERROR_CAPTURE, &ctx->flags);
	struct vi915_engine *engine = job->ring->engine;

	spin_lock_irq(&engine->lock);
	engine->stats.hangs++;
	spin_unlock_irq(&engine->lock);

	vi915_error_hang(ctx->dev, job, reason, capture);
	if (reason != vi915_slice_too_long)
		vi915_context_hung(ctx);
	vi915_slice_complete(job, -EIO);
}

/* Has the job ignored a request to release the engine for too long? */
static bool vi915_slice_is_deaf(struct vi915_job *job, u64 timeout_ns)
{
	if (READ_ONCE(job->pulse)) {
		WRITE_ONCE(job->pulse, false);
		job->patience_ns = job->cs.stuck_ns + timeout_ns;
	}
	if (!job->cs.stuck_ns)
		job->patience_ns = 0;
	return job->patience_ns && job->cs.stuck_ns > job->patience_ns;
}

/* The reason why an unfinished job must end, or NULL. */
static const char *vi915_slice_judge(const struct vi915_engine *engine,
				     struct vi915_job *job)
{
	u64 timeout = READ_ONCE(engine->props.preempt_timeout_ms);
	u64 heartbeat = READ_ONCE(engine->props.heartbeat_ms);

	if (job->cs.spent_ns > VI915_SLICE_MAX_JOB_NS)
		return vi915_slice_too_long;
	if (!timeout)
		return NULL;
	if (vi915_slice_is_deaf(job, timeout * NSEC_PER_MSEC))
		return test_bit(VI915_CONTEXT_CLOSED, &job->ctx->flags) ?
		       vi915_slice_left_over : vi915_slice_stuck;
	if (!heartbeat || !READ_ONCE(engine->dev->params.hangcheck))
		return NULL;
	if (div_u64(job->cs.stuck_ns, NSEC_PER_MSEC) > heartbeat + timeout)
		return vi915_slice_stuck;
	return NULL;
}

static void vi915_slice_begin(struct vi915_job *job, u64 now)
{
	spin_lock_irq(&job->ring->engine->lock);
	job->start_ns = now;
	job->ring->backoff_ns = 0;
	spin_unlock_irq(&job->ring->engine->lock);

	trace_vi915_job_run(job, 0);
	vi915_fence_start(job->fence);
}

/* A job that polls is left alone, longer each time. */
static void vi915_slice_back_off(struct vi915_ring *ring, u64 now)
{
	lockdep_assert_held(&ring->engine->lock);

	ring->backoff_ns = clamp_t(u64, ring->backoff_ns * 2,
				   VI915_SLICE_MIN_BACKOFF_NS,
				   VI915_SLICE_MAX_BACKOFF_NS);
	vi915_ring_take_part(ring, now + ring->backoff_ns);
}

static enum vi915_cs_status vi915_slice_take(struct vi915_job *job)
{
	struct vi915_ring *ring = job->ring;
	struct vi915_engine *engine = ring->engine;
	u64 slice = READ_ONCE(engine->props.timeslice_ms) * NSEC_PER_MSEC;
	u64 start = ktime_get_ns(), spent = job->cs.spent_ns, now;
	enum vi915_cs_status status;

	if (!job->start_ns)
		vi915_slice_begin(job, start);

	slice = clamp_t(u64, slice, NSEC_PER_MSEC, VI915_SLICE_MAX_NS);
	status = vi915_cs_run(&job->cs, start + slice);
	now = ktime_get_ns();
	atomic64_add(now - start,
		     &job->ctx->file->busy_ns[engine->info->class]);

	spin_lock_irq(&engine->lock);
	engine->stats.busy_ns += now - start;
	vi915_turns_charge(&engine->turns, &ring->turn, now, now - start,
			   job->cs.spent_ns - spent);
	if (status == VI915_CS_POLL)
		vi915_slice_back_off(ring, now);
	spin_unlock_irq(&engine->lock);
	return status;
}

/* Is the time of a closed file's jobs used up? Then the whole ring ends. */
static bool vi915_slice_is_over(struct vi915_ring *ring)
{
	bool over;

	spin_lock_irq(&ring->engine->lock);
	over = vi915_turns_is_over(&ring->engine->turns, &ring->turn);
	spin_unlock_irq(&ring->engine->lock);
	return over;
}

static void vi915_slice_run(struct vi915_job *job)
{
	enum vi915_cs_status status = vi915_slice_take(job);
	const char *reason;

	if (status == VI915_CS_DONE) {
		vi915_slice_complete(job, 0);
		return;
	}
	if (status == VI915_CS_FAULT) {
		vi915_slice_hang(job, vi915_cs_fault_name(job->cs.fault.kind));
		return;
	}

	reason = vi915_slice_judge(job->ring->engine, job);
	if (reason == vi915_slice_left_over)
		vi915_slice_complete(job, -EIO);
	else if (reason)
		vi915_slice_hang(job, reason);
	else if (vi915_slice_is_over(job->ring))
		vi915_engine_cancel_ring(job->ring, -EIO);
}

/* The next job to be ended early, or NULL. */
static struct vi915_job *vi915_slice_next_cancelled(struct vi915_engine *engine)
{
	struct vi915_ring *ring, *next;
	struct vi915_job *job;

	lockdep_assert_held(&engine->lock);

	list_for_each_entry_safe(ring, next, &engine->cancel, cancel) {
		list_for_each_entry(job, &ring->live, live)
			if (job->error)
				return job;
		list_del_init(&ring->cancel);
	}
	return NULL;
}

static void vi915_slice_cancel(struct vi915_engine *engine)
{
	struct vi915_job *job;

	for (;;) {
		spin_lock_irq(&engine->lock);
		job = vi915_slice_next_cancelled(engine);
		spin_unlock_irq(&engine->lock);
		if (!job)
			return;

		if (job->guilty) {
			vi915_slice_hang(job, VI915_ERROR_BY_HAND);
		} else {
			if (job->error == -EIO)
				atomic_inc(&job->ctx->victims);
			vi915_slice_complete(job, job->error);
		}
	}
}

/* Pushes held jobs that are due to the scheduler (clock=lazy). */
static void vi915_slice_release_held(struct vi915_engine *engine, u64 *wake)
{
	struct vi915_job *job;

	for (;;) {
		spin_lock_irq(&engine->lock);
		job = vi915_clock_release(engine, ktime_get_ns(), wake);
		spin_unlock_irq(&engine->lock);
		if (!job)
			return;

		drm_sched_job_arm(&job->base);
		drm_sched_entity_push_job(&job->base);
	}
}

/* If no timeline has a job, the next submission kicks the engine. */
static bool vi915_slice_is_wanted(struct vi915_engine *engine)
{
	bool wanted;

	spin_lock_irq(&engine->lock);
	wanted = !vi915_turns_is_empty(&engine->turns);
	spin_unlock_irq(&engine->lock);
	return wanted;
}

/**
 * vi915_slice_work() - cancel and release jobs, then run one slice of one
 * @work: an engine's work
 */
void vi915_slice_work(struct work_struct *work)
{
	struct vi915_engine *engine = container_of(work, struct vi915_engine,
						   work);
	bool signalling = dma_fence_begin_signalling();
	u64 held_wake, wake;
	struct vi915_job *job;

	vi915_slice_cancel(engine);
	vi915_slice_release_held(engine, &held_wake);

	spin_lock_irq(&engine->lock);
	job = vi915_slice_pick(engine, ktime_get_ns(), &wake);
	spin_unlock_irq(&engine->lock);

	if (job)
		vi915_slice_run(job);

	/* Others get their turn at the workqueue before the next slice. */
	if (job && vi915_slice_is_wanted(engine))
		vi915_engine_kick(engine);
	else if (min(wake, held_wake) != U64_MAX)
		vi915_engine_kick_at(engine, min(wake, held_wake));

	dma_fence_end_signalling(signalling);
}
