/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_RING_H
#define VI915_RING_H

#include <drm/gpu_scheduler.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/semaphore.h>
#include <linux/types.h>

#include "vi915_cs_regs.h"
#include "vi915_turns.h"

struct vi915_context;
struct vi915_engine;
struct vi915_job;

/* Most unfinished jobs in one ring; i915's rings hold about as many. */
#define VI915_RING_JOBS 256

/**
 * struct vi915_ring - one timeline: the jobs of a context on an engine
 *
 * Belongs to its context; jobs hold the context.
 */
struct vi915_ring {
	/** @ctx: context it belongs to */
	struct vi915_context *ctx;
	/** @engine: engine that runs its jobs */
	struct vi915_engine *engine;
	/** @entity: its queue in the scheduler */
	struct drm_sched_entity entity;
	/**
	 * @fence_context: context of its jobs' fences; the next number is that
	 * of their vi915_fence.started
	 */
	u64 fence_context;
	/** @regs: registers kept from job to job; for the engine's worker */
	struct vi915_cs_regs regs;
	/**
	 * @submit_lock: orders submissions: seqno, fences and queue must agree.
	 * Taken before reservations, so that a caller that waits for room in
	 * the ring holds none.
	 */
	struct mutex submit_lock;
	/** @seqno: number of the last job; under @submit_lock */
	u64 seqno;
	/** @room: for VI915_RING_JOBS jobs, less those that are under way */
	struct semaphore room;

	/* The rest is guarded by vi915_engine.lock. */

	/** @turn: in vi915_engine.turns while @jobs is not empty */
	struct vi915_turns_entry turn;
	/** @busy: in vi915_engine.busy while @live is not empty */
	struct list_head busy;
	/** @cancel: in vi915_engine.cancel while some of @live must end */
	struct list_head cancel;
	/** @release: in vi915_engine.release while some of @held are wanted */
	struct list_head release;
	/** @held: jobs held until they are wanted (clock=lazy) */
	struct list_head held;
	/** @jobs: jobs that may run, in order; only the first one runs */
	struct list_head jobs;
	/** @live: all jobs submitted and not complete, in order */
	struct list_head live;
	/** @count: number of @live */
	unsigned int count;
	/** @waiting: how many calls wait for @room */
	unsigned int waiting;
	/** @wanted: number of the last job with a waiter */
	u64 wanted;
	/** @backoff_ns: for how long to leave a polling job alone */
	u64 backoff_ns;
};

struct vi915_ring *vi915_ring_create(struct vi915_context *ctx,
				     struct vi915_engine *engine);
void vi915_ring_destroy(struct vi915_ring *ring);
void vi915_ring_take_part(struct vi915_ring *ring, u64 not_before);
int vi915_ring_take_room(struct vi915_ring *ring, bool nonblock);
void vi915_ring_give_room(struct vi915_ring *ring);

#endif
