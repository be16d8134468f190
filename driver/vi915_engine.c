// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_managed.h>
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_clock.h"
#include "vi915_context.h"
#include "vi915_device.h"
#include "vi915_engine.h"
#include "vi915_fence.h"
#include "vi915_file.h"
#include "vi915_job.h"
#include "vi915_ring.h"
#include "vi915_slice.h"
#include "vi915_trace.h"

/**
 * DOC: engines
 *
 * An engine is a drm_gpu_scheduler and a worker. The scheduler lets a job
 * through when its dependencies have signalled. The job then waits in its ring,
 * and the clients of an engine take turns (vi915_turns.c), a slice each
 * (vi915_slice.c). Jobs are handed over on a workqueue of their own, beside the
 * slices: on a common one, each of the thousands of jobs that a client may
 * submit would delay the next client's job by a slice.
 *
 * The scheduler's own timeouts are not used. They count from when a job was
 * handed over, which is right where jobs run one after another. Here other jobs
 * may run in between, and only time without a point at which the job could be
 * preempted must count; the command streamer keeps it (&vi915_cs.stuck_ns).
 */

const struct vi915_engine_info vi915_engine_infos[VI915_NUM_ENGINES] = {
	[VI915_RCS0] = { "rcs0", I915_ENGINE_CLASS_RENDER, 0x2000 },
	[VI915_BCS0] = { "bcs0", I915_ENGINE_CLASS_COPY, 0x22000 },
	[VI915_VCS0] = { "vcs0", I915_ENGINE_CLASS_VIDEO, 0x12000 },
	[VI915_VECS0] = { "vecs0", I915_ENGINE_CLASS_VIDEO_ENHANCE, 0x1a000 },
};

const struct vi915_engine_props vi915_engine_default_props = {
	.heartbeat_ms = 2500,
	.preempt_timeout_ms = 640,
	.timeslice_ms = 1,
	.stop_timeout_ms = 100,
	.busywait_ns = 8000,
};

/**
 * vi915_engine_count() - count the engines that clients see
 * @dev: the GPU
 *
 * Return: number of engines; they are the first of &enum vi915_engine_id.
 */
unsigned int vi915_engine_count(const struct vi915_device *dev)
{
	return dev->config.media ? VI915_NUM_ENGINES : VI915_VCS0;
}

/**
 * vi915_engine_id() - find the id of an engine
 * @engine: the engine
 *
 * Return: an &enum vi915_engine_id.
 */
unsigned int vi915_engine_id(const struct vi915_engine *engine)
{
	return engine - engine->dev->engines;
}

/**
 * vi915_engine_lookup() - find the engine that user space names by class
 * @dev: the GPU
 * @class: I915_ENGINE_CLASS_*
 * @instance: always 0 here
 *
 * Return: the engine, or NULL.
 */
struct vi915_engine *vi915_engine_lookup(struct vi915_device *dev, u16 class,
					 u16 instance)
{
	unsigned int i;

	if (instance)
		return NULL;
	for (i = 0; i < vi915_engine_count(dev); i++)
		if (vi915_engine_infos[i].class == class)
			return &dev->engines[i];
	return NULL;
}

/**
 * vi915_engine_kick() - have the worker look for something to do
 * @engine: the engine
 */
void vi915_engine_kick(struct vi915_engine *engine)
{
	queue_work(engine->wq, &engine->work);
}

/**
 * vi915_engine_kick_at() - have the worker look for something to do, later
 * @engine: the engine
 * @ns: ktime of the look, in ns
 */
void vi915_engine_kick_at(struct vi915_engine *engine, u64 ns)
{
	hrtimer_start(&engine->timer, ns_to_ktime(ns), HRTIMER_MODE_ABS);
}

static enum hrtimer_restart vi915_engine_timer(struct hrtimer *timer)
{
	vi915_engine_kick(container_of(timer, struct vi915_engine, timer));
	return HRTIMER_NORESTART;
}

/**
 * vi915_engine_want() - note that a fence's waiter wants a job to run
 * @ring: ring of the job
 * @seqno: the job, not complete
 *
 * Called with the job's fence locked and interrupts off.
 */
void vi915_engine_want(struct vi915_ring *ring, u64 seqno)
{
	struct vi915_engine *engine = ring->engine;
	unsigned long flags;
	bool release;

	spin_lock_irqsave(&engine->lock, flags);
	if (seqno > ring->wanted)
		ring->wanted = seqno;
	release = vi915_clock_want(ring);
	spin_unlock_irqrestore(&engine->lock, flags);

	if (release)
		vi915_engine_kick(engine);
}

static struct dma_fence *vi915_engine_prepare_job(struct drm_sched_job *base,
						  struct drm_sched_entity *entity)
{
	return vi915_waits_next(&to_vi915_job(base)->waits);
}

static struct dma_fence *vi915_engine_run_job(struct drm_sched_job *base)
{
	struct vi915_job *job = to_vi915_job(base);
	struct vi915_ring *ring = job->ring;
	struct vi915_engine *engine = ring->engine;
	bool late = vi915_waits_are_late(&job->waits);
	unsigned long flags;

	spin_lock_irqsave(&engine->lock, flags);
	if (job->complete) {
		/* The job was cancelled while it waited. */
		spin_unlock_irqrestore(&engine->lock, flags);
		return NULL;
	}

	engine->queued--;
	engine->running++;
	if (late && !job->error) {
		job->error = -EIO;
		list_move_tail(&ring->cancel, &engine->cancel);
	}
	list_add_tail(&job->turn, &ring->jobs);
	if (list_is_singular(&ring->jobs))
		vi915_clock_start(ring, job);
	spin_unlock_irqrestore(&engine->lock, flags);

	vi915_engine_kick(engine);
	/*
	 * No fence: for the scheduler the job is done. It frees jobs in order,
	 * so one that spins would keep all jobs behind it.
	 */
	return NULL;
}

/* Scheduler or ring, whichever lets go of the job last, retires it. */
static void vi915_engine_free_job(struct drm_sched_job *base)
{
	struct vi915_job *job = to_vi915_job(base);
	struct vi915_engine *engine = job->ring->engine;
	bool retire;

	drm_sched_job_cleanup(base);

	spin_lock_irq(&engine->lock);
	job->released = true;
	retire = job->over;
	spin_unlock_irq(&engine->lock);
	if (retire)
		vi915_job_retire(job);
}

static const struct drm_sched_backend_ops vi915_engine_sched_ops = {
	.prepare_job = vi915_engine_prepare_job,
	.run_job = vi915_engine_run_job,
	.free_job = vi915_engine_free_job,
};

/**
 * vi915_engine_submit() - hand over a job, and its ownership
 * @job: the job, ready to run, its fence published; its ring's submit_lock is
 *	held
 *
 * Nothing here can fail.
 */
void vi915_engine_submit(struct vi915_job *job)
{
	struct vi915_ring *ring = job->ring;
	struct vi915_engine *engine = ring->engine;
	bool hold = vi915_clock_holds(engine);
	unsigned long flags;

	lockdep_assert_held(&ring->submit_lock);

	job->submit_ns = ktime_get_ns();
	trace_vi915_job_submit(job, 0);

	spin_lock_irqsave(&engine->lock, flags);
	engine->queued++;
	if (!ring->count++)
		list_add_tail(&ring->busy, &engine->busy);
	list_add_tail(&job->live, &ring->live);
	/* Its user memory was unmapped during submission. */
	if (job->error)
		list_move_tail(&ring->cancel, &engine->cancel);
	if (hold)
		vi915_clock_hold(ring, job);
	else
		job->pushed = true;
	spin_unlock_irqrestore(&engine->lock, flags);

	if (hold) {
		/* It is pushed when a waiter wants it or its time is up. */
		vi915_engine_kick(engine);
		return;
	}
	drm_sched_job_arm(&job->base);
	drm_sched_entity_push_job(&job->base);
}

/**
 * vi915_engine_read_stats() - read the counters of an engine
 * @engine: the engine
 * @stats: out: a consistent copy
 */
void vi915_engine_read_stats(struct vi915_engine *engine,
			     struct vi915_engine_stats *stats)
{
	unsigned long flags;

	spin_lock_irqsave(&engine->lock, flags);
	*stats = engine->stats;
	spin_unlock_irqrestore(&engine->lock, flags);
}

/**
 * vi915_engine_leave_all() - have the jobs of a closed file yield to others
 * @file: open file that is being closed; nothing more is submitted for it
 *
 * Jobs of persistent contexts go on.
 */
void vi915_engine_leave_all(struct vi915_file *file)
{
	struct vi915_engine *engine;
	unsigned int i;
	bool all;

	for (i = 0; i < VI915_NUM_ENGINES; i++) {
		engine = &file->dev->engines[i];
		do {
			spin_lock_irq(&engine->lock);
			all = vi915_turns_leave(&engine->turns,
						&file->turns[i]);
			spin_unlock_irq(&engine->lock);
		} while (!all);
	}
}

/* The fence of the last job in any ring of an engine, or NULL. */
static struct dma_fence *vi915_engine_last_fence(struct vi915_engine *engine)
{
	struct dma_fence *fence = NULL;
	struct vi915_ring *ring;
	struct vi915_job *job;
	unsigned long flags;

	spin_lock_irqsave(&engine->lock, flags);
	ring = list_first_entry_or_null(&engine->busy, struct vi915_ring, busy);
	if (ring) {
		job = list_last_entry(&ring->live, struct vi915_job, live);
		fence = dma_fence_get(&job->fence->base);
	}
	spin_unlock_irqrestore(&engine->lock, flags);
	return fence;
}

/*
 * The scheduler frees jobs some time after it has let them through, one in each
 * turn of its workqueue. The number of turns is limited, so that jobs submitted
 * meanwhile are not waited for.
 */
static int vi915_engine_wait_released(struct vi915_engine *engine)
{
	unsigned int turns = 4 * VI915_RING_JOBS;

	/* The worker may not have retired the job of the last fence yet. */
	flush_work(&engine->work);
	while (turns-- && !list_empty_careful(&engine->sched.pending_list)) {
		if (signal_pending(current))
			return -ERESTARTSYS;
		flush_workqueue(engine->dev->sched_wq);
	}
	return 0;
}

/**
 * vi915_engine_wait_idle() - wait until no engine has a job
 * @dev: the GPU
 * @ms: timeout in ms; 0: none
 *
 * Return: 0; -ETIME; -ERESTARTSYS for a signal.
 */
int vi915_engine_wait_idle(struct vi915_device *dev, unsigned int ms)
{
	long left = ms ? msecs_to_jiffies(ms) + 1 : MAX_SCHEDULE_TIMEOUT;
	struct dma_fence *fence;
	unsigned int i;
	int ret = 0;

	for (i = 0; i < VI915_NUM_ENGINES; i++) {
		while ((fence = vi915_engine_last_fence(&dev->engines[i]))) {
			left = dma_fence_wait_timeout(fence, true, left);
			dma_fence_put(fence);
			if (left <= 0)
				return left ? left : -ETIME;
		}
	}
	for (i = 0; i < VI915_NUM_ENGINES && !ret; i++)
		ret = vi915_engine_wait_released(&dev->engines[i]);
	vi915_job_flush_retired(dev);
	return ret;
}

/**
 * vi915_engine_unplug_all() - end every job of an unplugged GPU
 * @dev: the GPU; no new job can come
 *
 * On return all fences of this GPU are signalled and nothing runs. Jobs that
 * the scheduler still holds, for a foreign fence, touch nothing.
 */
void vi915_engine_unplug_all(struct vi915_device *dev)
{
	unsigned int i;

	vi915_engine_cancel_all(dev, -ENODEV);
	for (i = 0; i < VI915_NUM_ENGINES; i++)
		flush_work(&dev->engines[i].work);
}

static void vi915_engine_fini(struct drm_device *drm, void *data)
{
	struct vi915_engine *engine = data;

	drm_sched_fini(&engine->sched);
	hrtimer_cancel(&engine->timer);
	destroy_workqueue(engine->wq);
}

static int vi915_engine_init(struct vi915_device *dev,
			     struct vi915_engine *engine,
			     const struct vi915_engine_info *info)
{
	struct drm_sched_init_args args = {
		.ops = &vi915_engine_sched_ops,
		.num_rqs = DRM_SCHED_PRIORITY_COUNT,
		.credit_limit = INT_MAX,
		.timeout = MAX_SCHEDULE_TIMEOUT,
		.submit_wq = dev->sched_wq,
		.name = info->name,
		.dev = dev->drm.dev,
	};
	int ret;

	engine->dev = dev;
	engine->info = info;
	engine->props = vi915_engine_default_props;
	spin_lock_init(&engine->lock);
	vi915_turns_init(&engine->turns);
	INIT_LIST_HEAD(&engine->busy);
	INIT_LIST_HEAD(&engine->cancel);
	INIT_LIST_HEAD(&engine->held);
	INIT_LIST_HEAD(&engine->release);
	INIT_WORK(&engine->work, vi915_slice_work);
	hrtimer_init(&engine->timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
	engine->timer.function = vi915_engine_timer;
	engine->scratch = drmm_kzalloc(&dev->drm, sizeof(*engine->scratch),
				       GFP_KERNEL);
	if (!engine->scratch)
		return -ENOMEM;

	/* Reclaim may wait for jobs, so the queue needs a rescuer. */
	engine->wq = alloc_ordered_workqueue("vi915-%s-%s", WQ_MEM_RECLAIM,
					     dev->config.name, info->name);
	if (!engine->wq)
		return -ENOMEM;

	ret = drm_sched_init(&engine->sched, &args);
	if (ret) {
		destroy_workqueue(engine->wq);
		return ret;
	}
	return drmm_add_action_or_reset(&dev->drm, vi915_engine_fini, engine);
}

static void vi915_engine_destroy_wq(struct drm_device *drm, void *wq)
{
	destroy_workqueue(wq);
}

/**
 * vi915_engine_init_all() - give a GPU its engines
 * @dev: the GPU, being made
 *
 * Return: 0 or -ENOMEM.
 */
int vi915_engine_init_all(struct vi915_device *dev)
{
	unsigned int i;
	int ret;

	dev->sched_wq = alloc_ordered_workqueue("vi915-%s", WQ_MEM_RECLAIM,
						dev->config.name);
	if (!dev->sched_wq)
		return -ENOMEM;
	ret = drmm_add_action_or_reset(&dev->drm, vi915_engine_destroy_wq,
				       dev->sched_wq);
	if (ret)
		return ret;

	for (i = 0; i < VI915_NUM_ENGINES; i++) {
		ret = vi915_engine_init(dev, &dev->engines[i],
					&vi915_engine_infos[i]);
		if (ret)
			return ret;
	}
	return 0;
}
