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
 * When a job runs is up to the GPU's description. Until it has run, its target
 * holds the old bytes, so a client that forgot to wait sees them, every time.
 *
 * - now: as soon as it can.
 * - delay: some time after it could, as on a slow GPU.
 * - lazy: when somebody waits for it. Such a job is not even given to the
 *   scheduler, which would wait for its dependencies, and by that make them run.
 * - manual: when a person says so in debugfs.
 *
 * In every case it runs by itself after %VI915_CLOCK_LIMIT_NS (rule R10), which
 * is as long as vgem lets a fence of user space stand.
 */

#define VI915_CLOCK_LIMIT_NS	(10ull * NSEC_PER_SEC)

/**
 * vi915_clock_holds() - are jobs to wait until somebody wants them?
 * @engine: where they run
 *
 * Then all of them go to vi915_ring.held, wanted or not: the scheduler gets
 * them from one place, or their order could change on the way.
 *
 * Return: whether they are.
 */
bool vi915_clock_holds(const struct vi915_engine *engine)
{
	return engine->dev->config.clock == VI915_CLOCK_LAZY;
}

/* Is the first job that a ring holds wanted? Then the ring's place says so. */
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
 * vi915_clock_hold() - a job waits until somebody wants it
 * @ring: its ring, vi915_engine.lock held
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
 * vi915_clock_want() - vi915_ring.wanted has changed
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
 * vi915_clock_drop() - a job that may be held is to end without having run
 * @job: the job, vi915_engine.lock held; its turn is the caller's to end
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
 * vi915_clock_release() - a held job whose time has come
 * @engine: the engine, its lock held
 * @now: ktime in ns
 * @wake: without a job, when to ask again; U64_MAX: not before somebody wants
 *	one
 *
 * Return: a job that goes to the scheduler now, or NULL.
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
		/* In the order of their coming; the oldest is its ring's first. */
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
 * vi915_clock_start() - a job is the first of its ring: when may it run?
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

/* Also those that have others to wait for first: each takes a step. */
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

/* The one that was submitted first, or NULL. */
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

	/* The schedulers may be about to hand one over. */
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

/* One after the other: what a job lets go on may be the next to wait. */
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

	/* What does not end by itself is not waited for. */
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
 * vi915_clock_debugfs() - the file that steps jobs, for clock=manual
 * @dev: the GPU
 * @root: its folder
 *
 * Read: how many jobs wait for a step. Write: a number of jobs to let run one
 * after the other, the one that waited longest first; or "all" that there are.
 */
void vi915_clock_debugfs(struct vi915_device *dev, struct dentry *root)
{
	if (dev->config.clock == VI915_CLOCK_MANUAL)
		debugfs_create_file("vi915_step", 0600, root, dev,
				    &vi915_clock_step_fops);
}
