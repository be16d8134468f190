// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_file.h>
#include <linux/dma-fence-unwrap.h>
#include <linux/dma-resv.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>

#include "vi915_context.h"
#include "vi915_device.h"
#include "vi915_engine.h"
#include "vi915_fence.h"
#include "vi915_file.h"
#include "vi915_gem.h"
#include "vi915_job.h"
#include "vi915_maps.h"
#include "vi915_queue.h"
#include "vi915_refuse.h"
#include "vi915_ring.h"
#include "vi915_view.h"
#include "vi915_vm.h"

/**
 * DOC: jobs
 *
 * A job holds references to its context, and thereby to ring and address space,
 * and to its objects. Pages need no count of their own: the job's fence is in
 * the reservation of each object until the job is complete, and pages under
 * such a fence stay (vi915_pages.c). So the array of page frames that each map
 * points to is valid while the job runs, and running takes no lock.
 *
 * Dropping objects takes reservations, whose holders may wait for a fence. So
 * the code that signals fences does not free jobs: a worker retires them, and
 * no fence waits for that worker.
 */

static void vi915_job_free(struct vi915_job *job)
{
	unsigned int i;

	for (i = 0; i < job->num_bos; i++) {
		vi915_vm_retire_bo(job->ctx->vm, job->bos[i]);
		vi915_view_retire(job->bos[i]);
		vi915_bo_put(job->bos[i]);
	}
	if (job->fence)
		dma_fence_put(&job->fence->base);
	vi915_waits_fini(&job->waits);
	vi915_file_uncharge(job->ctx->file, job->charge);
	vi915_context_put(job->ctx);
	kvfree(job->maps);
	kvfree(job->bos);
	kfree(job);
}

/* Charges the job's file for more memory, until the job is freed. */
static int vi915_job_charge(struct vi915_job *job, size_t bytes)
{
	int ret = vi915_file_charge(job->ctx->file, bytes);

	if (!ret)
		job->charge += bytes;
	return ret;
}

/**
 * vi915_job_create() - make an empty job
 * @ring: ring that it will run in; the caller holds the ring's context
 * @num_bos: number of objects it uses
 * @file: file of the submitter
 *
 * Return: the job, to be abandoned or submitted; or an ERR_PTR: -ENOMEM, also
 * when the file reaches its memory limit.
 */
struct vi915_job *vi915_job_create(struct vi915_ring *ring,
				   unsigned int num_bos,
				   struct drm_file *file)
{
	gfp_t gfp = GFP_KERNEL_ACCOUNT | __GFP_NOWARN | __GFP_RETRY_MAYFAIL;
	struct vi915_job *job;
	int ret;

	job = kzalloc(sizeof(*job), GFP_KERNEL_ACCOUNT);
	if (!job)
		return ERR_PTR(-ENOMEM);
	job->ring = ring;
	job->ctx = vi915_context_get(ring->ctx);
	vi915_programs_submitter(&job->submitter);
	vi915_waits_init(&job->waits);
	INIT_LIST_HEAD(&job->live);
	INIT_LIST_HEAD(&job->turn);
	INIT_LIST_HEAD(&job->held);

	ret = vi915_job_charge(job, sizeof(*job) + sizeof(*job->fence) +
			       num_bos * (sizeof(*job->bos) +
					  sizeof(*job->maps)));
	if (ret)
		goto err_free;
	ret = -ENOMEM;
	job->bos = kvcalloc(num_bos, sizeof(*job->bos), gfp);
	job->maps = kvcalloc(num_bos, sizeof(*job->maps), gfp);
	if (!job->bos || !job->maps)
		goto err_free;

	ret = drm_sched_job_init(&job->base, &ring->entity, 1, NULL,
				 file->client_id);
	if (ret)
		goto err_free;
	return job;

err_free:
	vi915_job_free(job);
	return ERR_PTR(ret);
}

/**
 * vi915_job_abandon() - free a job that was not submitted after all
 * @job: from vi915_job_create()
 */
void vi915_job_abandon(struct vi915_job *job)
{
	drm_sched_job_cleanup(&job->base);
	vi915_job_free(job);
}

static int vi915_job_depend_one(struct vi915_job *job, struct dma_fence *fence)
{
	/* Jobs of one ring run in order anyway. */
	if (fence->context == job->ring->fence_context)
		return 0;
	return vi915_waits_add(&job->waits, fence);
}

/**
 * vi915_job_depend() - let a job wait for a fence
 * @job: not settled yet
 * @fence: the fence to wait for; the caller keeps its reference
 * @left: most fences that chains and arrays may still have; counted down
 *
 * Return: 0; -EINVAL when there are more than @left; -ENOMEM; -EINTR.
 */
int vi915_job_depend(struct vi915_job *job, struct dma_fence *fence,
		     unsigned int *left)
{
	struct drm_device *drm = &job->ctx->dev->drm;
	struct dma_fence_unwrap cursor;
	struct dma_fence *one;
	int ret = 0;

	dma_fence_unwrap_for_each(one, &cursor, fence) {
		ret = vi915_relax(*left);
		if (!ret && VI915_REFUSE(drm, !*left))
			ret = -EINVAL;
		if (!ret)
			ret = vi915_job_depend_one(job, one);
		if (ret)
			break;
		(*left)--;
	}
	/* The cursor holds the chain that it stopped in. */
	if (ret)
		dma_fence_put(cursor.chain);
	return ret;
}

/**
 * vi915_job_depend_bo() - let a job wait for earlier users of an object
 * @job: not settled yet
 * @bo: the object, its reservation held
 * @write: the job writes it, so readers count too (rule R9)
 *
 * With implicit=0 it waits only for moves of the object's memory.
 *
 * Return: 0; -ENOMEM; -EINTR.
 */
int vi915_job_depend_bo(struct vi915_job *job, struct vi915_bo *bo, bool write)
{
	enum dma_resv_usage usage = job->ctx->dev->config.implicit ?
				    dma_resv_usage_rw(write) :
				    DMA_RESV_USAGE_KERNEL;
	struct dma_resv_iter cursor;
	struct dma_fence *fence;
	size_t i = 1;
	int ret;

	dma_resv_for_each_fence(&cursor, bo->base.resv, usage, fence) {
		ret = vi915_relax(i++) ?: vi915_job_depend_one(job, fence);
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * vi915_job_settle() - complete the list of a job's dependencies
 * @job: the job; no dependency is added later
 *
 * Waits for foreign fences get a time limit (rule R10).
 *
 * Return: 0; -ENOMEM, also when the file reaches its memory limit; -EINTR.
 */
int vi915_job_settle(struct vi915_job *job)
{
	return vi915_job_charge(job, vi915_waits_cost(&job->waits)) ?:
	       vi915_waits_settle(&job->waits);
}

static void vi915_job_retire_work(struct work_struct *work)
{
	struct vi915_device *dev = container_of(work, struct vi915_device,
						retire_work);
	struct llist_node *list = llist_del_all(&dev->retired);
	struct vi915_job *job, *next;

	/* The last job may hold the last reference to the device. */
	llist_for_each_entry_safe(job, next, llist_reverse_order(list), retired)
		vi915_job_free(job);
}

/**
 * vi915_job_retire() - let the worker free a job that has run
 * @job: complete, and released by the scheduler
 *
 * May be called where fences depend on it: allocates nothing, never waits.
 */
void vi915_job_retire(struct vi915_job *job)
{
	struct vi915_device *dev = job->ctx->dev;

	if (llist_add(&job->retired, &dev->retired))
		vi915_queue_add(&dev->retire_work);
}

/**
 * vi915_job_flush_retired() - wait until all retired jobs are freed
 * @dev: the GPU; no reservation held
 */
void vi915_job_flush_retired(struct vi915_device *dev)
{
	flush_work(&dev->retire_work);
}

/**
 * vi915_job_init_device() - prepare a device for jobs
 * @dev: the GPU, being made
 */
void vi915_job_init_device(struct vi915_device *dev)
{
	init_llist_head(&dev->retired);
	INIT_WORK(&dev->retire_work, vi915_job_retire_work);
}
