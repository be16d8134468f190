/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_ENGINE_H
#define VI915_ENGINE_H

#include <drm/gpu_scheduler.h>
#include <linux/hrtimer.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "vi915_cs_stats.h"
#include "vi915_turns.h"

struct vi915_context;
struct vi915_device;
struct vi915_fence;
struct vi915_file;
struct vi915_job;
struct vi915_ring;

/**
 * enum vi915_engine_id - the engines of a Skylake GT2, in the order of QUERY;
 * media engines come last, as a GPU may lack them
 * @VI915_RCS0: render; 3D commands are stepped over
 * @VI915_BCS0: copy: the blitter
 * @VI915_VCS0: video; media commands are stepped over
 * @VI915_VECS0: video enhancement; its commands are stepped over
 * @VI915_NUM_ENGINES: number of engines
 */
enum vi915_engine_id {
	VI915_RCS0,
	VI915_BCS0,
	VI915_VCS0,
	VI915_VECS0,
	VI915_NUM_ENGINES,
};

/**
 * struct vi915_engine_info - constant data of an engine
 * @name: name for clients and sysfs
 * @class: I915_ENGINE_CLASS_*
 * @mmio_base: offset of its first register
 */
struct vi915_engine_info {
	const char *name;
	u8 class;
	u32 mmio_base;
};

/**
 * struct vi915_engine_props - tunables in sysfs, all in ms but one
 * @heartbeat_ms: interval of checks whether an engine is alive; 0: never
 * @preempt_timeout_ms: how long a job may refuse to be interrupted; 0: for ever
 * @timeslice_ms: how long a job runs while others want the engine
 * @stop_timeout_ms: only kept for sysfs; nothing uses it
 * @busywait_ns: only kept for sysfs; nothing uses it
 */
struct vi915_engine_props {
	u64 heartbeat_ms;
	u64 preempt_timeout_ms;
	u64 timeslice_ms;
	u64 stop_timeout_ms;
	u64 busywait_ns;
};

/**
 * struct vi915_engine_stats - counters of an engine since its GPU appeared
 * @cs: sum over all jobs that ended
 * @jobs: jobs that ended, with or without an error
 * @busy_ns: time in which a job ran
 * @hangs: jobs that were found hung
 * @strays: accesses to unmapped addresses by jobs that ended
 */
struct vi915_engine_stats {
	struct vi915_cs_stats cs;
	u64 jobs;
	u64 busy_ns;
	u64 hangs;
	u64 strays;
};

/**
 * struct vi915_engine - runs batches, one slice of a job at a time
 */
struct vi915_engine {
	/** @dev: the GPU it belongs to */
	struct vi915_device *dev;
	/** @info: its fixed data */
	const struct vi915_engine_info *info;
	/** @sched: lets a job through when its dependencies have signalled */
	struct drm_gpu_scheduler sched;
	/** @wq: ordered; runs the slices */
	struct workqueue_struct *wq;
	/** @work: runs one slice */
	struct work_struct work;
	/** @timer: queues @work when a waiting job's time has come */
	struct hrtimer timer;
	/** @scratch: buffers of the running job */
	struct vi915_cs_scratch *scratch;
	/** @props: tunables; written by sysfs, read with READ_ONCE() */
	struct vi915_engine_props props;

	/**
	 * @lock: guards what follows, and the job lists of the engine's rings.
	 * Innermost: taken in fence callbacks, with a fence's lock held and
	 * interrupts off, where neither a mutex nor a reservation will do.
	 */
	spinlock_t lock;
	/** @turns: rings with jobs to run, linked by vi915_ring.turn */
	struct vi915_turns turns;
	/** @busy: rings with jobs that are not complete, by vi915_ring.busy */
	struct list_head busy;
	/** @cancel: rings with jobs that are to end, by vi915_ring.cancel */
	struct list_head cancel;
	/** @held: held jobs, the oldest first, by vi915_job.held (clock=lazy) */
	struct list_head held;
	/** @release: rings with held jobs that are wanted, by vi915_ring.release */
	struct list_head release;
	/** @queued: jobs submitted and not yet handed over by @sched */
	unsigned int queued;
	/** @running: jobs handed over and not yet complete */
	unsigned int running;
	/** @stats: see &struct vi915_engine_stats */
	struct vi915_engine_stats stats;
};

extern const struct vi915_engine_info vi915_engine_infos[VI915_NUM_ENGINES];
extern const struct vi915_engine_props vi915_engine_default_props;

unsigned int vi915_engine_count(const struct vi915_device *dev);
int vi915_engine_init_all(struct vi915_device *dev);
void vi915_engine_unplug_all(struct vi915_device *dev);
unsigned int vi915_engine_id(const struct vi915_engine *engine);
struct vi915_engine *vi915_engine_lookup(struct vi915_device *dev, u16 class,
					 u16 instance);
void vi915_engine_kick(struct vi915_engine *engine);
void vi915_engine_kick_at(struct vi915_engine *engine, u64 ns);
void vi915_engine_want(struct vi915_ring *ring, u64 seqno);
void vi915_engine_submit(struct vi915_job *job);
void vi915_engine_read_stats(struct vi915_engine *engine,
			     struct vi915_engine_stats *stats);
int vi915_engine_wait_idle(struct vi915_device *dev, unsigned int ms);
void vi915_engine_leave_all(struct vi915_file *file);

/* In vi915_engine_cancel.c. */
void vi915_engine_reset(struct vi915_engine *engine);
void vi915_engine_cancel_all(struct vi915_device *dev, int error);
void vi915_engine_cancel_ring(struct vi915_ring *ring, int error);
void vi915_engine_cancel_until(struct vi915_ring *ring, u64 seqno, int error);
void vi915_engine_close_ring(struct vi915_ring *ring);
void vi915_engine_set_heartbeat(struct vi915_engine *engine, u64 ms);

#endif
