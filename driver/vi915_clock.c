// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/debugfs.h>
#include <linux/ktime.h>
#include <linux/lockdep.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "vi915_clock.h"
#include "vi915_config.h"
#include "vi915_device.h"
#include "vi915_engine.h"
#include "vi915_fence.h"
#include "vi915_job.h"
#include "vi915_ring.h"

/**
 * DOC: the clock
 *
 * The GPU's description decides when a job runs. Until then its target holds
 * the old bytes, so a client that forgot to wait sees them, every time.
 *
 * - now: as soon as possible.
 * - delay: some time after that, as on a slow GPU.
 * - lazy: when a waiter wants it. Such a job is not given to the scheduler
 *   earlier, which would wait for its dependencies and so make them run.
 * - manual: when a user steps it in debugfs.
 *
 * In every case it runs by itself after %VI915_CLOCK_LIMIT_NS (rule R10), the
 * time after which vgem ends a fence of user space.
 */

#define VI915_CLOCK_LIMIT_NS	(10ull * NSEC_PER_SEC)

/**
 * vi915_clock_holds() - are jobs held until a waiter wants them?
 * @engine: engine of the jobs
 *
 * If so, all jobs go to vi915_ring.held, wanted or not: if the scheduler got
 * some of them directly, their order could change.
 *
 * Return: whether they are held.
 */
bool vi915_clock_holds(const struct vi915_engine *engine)
{
	return engine->dev->config.clock == VI915_CLOCK_LAZY;
}

/* List the ring for release if the first job that it holds is wanted. */
static bool vi915_clock_look(struct vi915_ring *ring)
{
	const struct vi915_job *job =
		list_first_entry_or_null(&ring->held, struct vi915_job, turn);

	if (job && job->seqno <= ring->wanted) {
		list_move_tail(&ring->release, &ring->engine->release);
		return true;
	}
	list_del_init(&ring->release);
	return false;
}

/**
 * vi915_clock_hold() - hold a job until a waiter wants it
 * @ring: ring of the job, vi915_engine.lock held
 * @job: the job
 */
void vi915_clock_hold(struct vi915_ring *ring, struct vi915_job *job)
{
	lockdep_assert_held(&ring->engine->lock);

	list_add_tail(&job->turn, &ring->held);
	list_add_tail(&job->held, &ring->engine->held);
	vi915_clock_look(ring);
}

/**
 * vi915_clock_want() - note that vi915_ring.wanted has changed
 * @ring: the ring, vi915_engine.lock held
 *
 * Return: whether a job can be released for it.
 */
bool vi915_clock_want(struct vi915_ring *ring)
{
	lockdep_assert_held(&ring->engine->lock);

	return vi915_clock_look(ring);
}

/**
 * vi915_clock_drop() - take a job, held or not, out of the lists of jobs
 * @job: the job, vi915_engine.lock held; the caller ends its ring's turn
 */
void vi915_clock_drop(struct vi915_job *job)
{
	lockdep_assert_held(&job->ring->engine->lock);

	list_del_init(&job->turn);
	if (list_empty(&job->held))
		return;
	list_del_init(&job->held);
	vi915_clock_look(job->ring);
}

/**
 * vi915_clock_release() - take a held job that is wanted or has waited enough
 * @engine: the engine, its lock held
 * @now: ktime in ns
 * @wake: out, without a job: ktime to ask again; U64_MAX: only when a job is
 *	wanted
 *
 * Return: a job to give to the scheduler now, or NULL.
 */
struct vi915_job *vi915_clock_release(struct vi915_engine *engine, u64 now,
				      u64 *wake)
{
	struct vi915_ring *ring;
	struct vi915_job *job;
	u64 limit;

	lockdep_assert_held(&engine->lock);

	*wake = U64_MAX;
	ring = list_first_entry_or_null(&engine->release, struct vi915_ring,
					release);
	if (ring) {
		job = list_first_entry(&ring->held, struct vi915_job, turn);
	} else {
		/* In order of submission, so it is the first of its ring. */
		job = list_first_entry_or_null(&engine->held, struct vi915_job,
					       held);
		if (!job)
			return NULL;
		limit = job->submit_ns + VI915_CLOCK_LIMIT_NS;
		if (limit > now) {
			*wake = limit;
			return NULL;
		}
	}
	vi915_clock_drop(job);
	job->pushed = true;
	return job;
}

/**
 * vi915_clock_start() - decide when the first job of a ring may run
 * @ring: the ring, vi915_engine.lock held; it takes part in turns afterwards
 * @job: the job
 */
void vi915_clock_start(struct vi915_ring *ring, const struct vi915_job *job)
{
	const struct vi915_config *config = &ring->engine->dev->config;
	u64 not_before = 0;

	lockdep_assert_held(&ring->engine->lock);

	switch (config->clock) {
	case VI915_CLOCK_NOW:
	case VI915_CLOCK_LAZY:
		break;
	case VI915_CLOCK_DELAY:
		not_before = ktime_get_ns() +
			     (u64)config->delay_ms * NSEC_PER_MSEC;
		break;
	case VI915_CLOCK_MANUAL:
		if (!job->stepped)
			not_before = job->submit_ns + VI915_CLOCK_LIMIT_NS;
		break;
	}
	/* A job that is to end has nothing to wait for. */
	vi915_ring_take_part(ring, job->error ? 0 : not_before);
}

/* The first job of a ring, if it waits for a step; or NULL. */
static struct vi915_job *vi915_clock_waits(struct vi915_ring *ring)
{
	struct vi915_job *job =
		list_first_entry_or_null(&ring->jobs, struct vi915_job, turn);

	return job && !job->stepped && !job->start_ns ? job : NULL;
}

/* Count jobs that need a step, even those whose dependencies are not done. */
static unsigned int vi915_clock_count(struct vi915_device *dev)
{
	struct vi915_engine *engine;
	struct vi915_ring *ring;
	struct vi915_job *job;
	unsigned int i, count = 0;

	for (i = 0; i < VI915_NUM_ENGINES; i++) {
		engine = &dev->engines[i];
		spin_lock_irq(&engine->lock);
		list_for_each_entry(ring, &engine->busy, busy)
			list_for_each_entry(job, &ring->live, live)
				count += !job->stepped && !job->start_ns;
		spin_unlock_irq(&engine->lock);
	}
	return count;
}

/* The job of an engine that has waited longest for a step, or NULL. */
static struct vi915_job *vi915_clock_oldest(struct vi915_engine *engine)
{
	struct vi915_job *job, *oldest = NULL;
	struct vi915_ring *ring;

	lockdep_assert_held(&engine->lock);

	list_for_each_entry(ring, &engine->busy, busy) {
		job = vi915_clock_waits(ring);
		if (job && (!oldest || job->submit_ns < oldest->submit_ns))
			oldest = job;
	}
	return oldest;
}

/* Returns the fence of the job that got the step, or NULL when none waits. */
static struct dma_fence *vi915_clock_step_one(struct vi915_device *dev)
{
	struct vi915_engine *engine, *found = NULL;
	struct dma_fence *fence = NULL;
	u64 oldest = U64_MAX;
	struct vi915_job *job;
	unsigned int i;

	/* The schedulers may be about to hand a job over. */
	flush_workqueue(dev->sched_wq);
	for (i = 0; i < VI915_NUM_ENGINES; i++) {
		engine = &dev->engines[i];
		spin_lock_irq(&engine->lock);
		job = vi915_clock_oldest(engine);
		if (job && job->submit_ns < oldest) {
			oldest = job->submit_ns;
			found = engine;
		}
		spin_unlock_irq(&engine->lock);
	}
	if (!found)
		return NULL;

	spin_lock_irq(&found->lock);
	job = vi915_clock_oldest(found);
	if (job) {
		job->stepped = true;
		vi915_clock_start(job->ring, job);
		fence = dma_fence_get(&job->fence->base);
	}
	spin_unlock_irq(&found->lock);

	vi915_engine_kick(found);
	return fence;
}

/* Step jobs one by one: the end of one may let the next one wait for a step. */
static int vi915_clock_step(struct vi915_device *dev, unsigned int n)
{
	struct dma_fence *fence;
	long left = 1;

	while (n-- && left > 0 && (fence = vi915_clock_step_one(dev))) {
		left = dma_fence_wait_timeout(fence, true, HZ);
		dma_fence_put(fence);
	}
	return left < 0 ? left : 0;
}

static int vi915_clock_step_all(struct vi915_device *dev)
{
	struct vi915_engine *engine;
	struct vi915_ring *ring;
	struct vi915_job *job;
	int i;

	for (i = 0; i < VI915_NUM_ENGINES; i++) {
		engine = &dev->engines[i];
		spin_lock_irq(&engine->lock);
		list_for_each_entry(ring, &engine->busy, busy) {
			list_for_each_entry(job, &ring->live, live)
				job->stepped = true;
			if (!list_empty(&ring->jobs))
				vi915_ring_take_part(ring, 0);
		}
		spin_unlock_irq(&engine->lock);
		vi915_engine_kick(engine);
	}

	/* Jobs that do not end by themselves are not waited for. */
	i = vi915_engine_wait_idle(dev, MSEC_PER_SEC);
	return i == -ETIME ? 0 : i;
}

static ssize_t vi915_clock_step_read(struct file *filp, char __user *user,
				     size_t count, loff_t *pos)
{
	struct vi915_device *dev = file_inode(filp)->i_private;
	char text[16];
	int n = scnprintf(text, sizeof(text), "%u\n", vi915_clock_count(dev));

	return simple_read_from_buffer(user, count, pos, text, n);
}

static ssize_t vi915_clock_step_write(struct file *filp,
				      const char __user *user, size_t count,
				      loff_t *pos)
{
	struct vi915_device *dev = file_inode(filp)->i_private;
	char text[16] = "";
	unsigned int n;
	int ret;

	if (count >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, user, count))
		return -EFAULT;

	if (sysfs_streq(text, "all"))
		ret = vi915_clock_step_all(dev);
	else if (kstrtouint(strim(text), 10, &n) || !n)
		ret = -EINVAL;
	else
		ret = vi915_clock_step(dev, n);
	return ret ?: count;
}

static const struct file_operations vi915_clock_step_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = vi915_clock_step_read,
	.write = vi915_clock_step_write,
	.llseek = default_llseek,
};

/**
 * vi915_clock_debugfs() - make the file that steps jobs, for clock=manual
 * @dev: the GPU
 * @root: its folder in debugfs
 *
 * Reading gives the number of jobs that wait for a step. Writing a number lets
 * that many jobs run one after the other, beginning with the one that waited
 * longest; writing "all" lets all of them run.
 */
void vi915_clock_debugfs(struct vi915_device *dev, struct dentry *root)
{
	if (dev->config.clock == VI915_CLOCK_MANUAL)
		debugfs_create_file("vi915_step", 0600, root, dev,
				    &vi915_clock_step_fops);
}
