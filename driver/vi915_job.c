// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_file.h>
#include <linux/dma-fence-unwrap.h>
#include <linux/dma-resv.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>

#include "vi915_context.h"
#include "vi915_device.h"
#include "vi915_drv.h"
#include "vi915_engine.h"
#include "vi915_fence.h"
#include "vi915_foreign.h"
#include "vi915_gem.h"
#include "vi915_job.h"
#include "vi915_maps.h"
#include "vi915_ring.h"
#include "vi915_view.h"
#include "vi915_vm.h"

/**
 * DOC: jobs
 *
 * A job holds all it uses: its context, and with it ring and address space, and
 * its objects. Pages need no count of their own: the job's fence stands in the
 * reservation of each object until it is complete, and pages under such a fence
 * do not go (vi915_pages.c). So the array of page frames that each map points
 * to is good for as long as the job runs, and running takes no lock.
 *
 * Letting go of objects takes reservations, which may be held by somebody who
 * waits for a fence. So jobs are not freed by those who signal fences: they are
 * retired, by a worker that nobody waits for.
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
	vi915_context_put(job->ctx);
	kvfree(job->maps);
	kvfree(job->bos);
	kfree(job);
}

/**
 * vi915_job_create() - make a job, with nothing in it yet
 * @ring: where it will run; the caller holds its context
 * @max_bos: how many objects it may name
 * @file: who submits it
 *
 * Return: the job, to be abandoned or submitted; or an ERR_PTR: -ENOMEM.
 */
struct vi915_job *vi915_job_create(struct vi915_ring *ring,
				   unsigned int max_bos,
				   struct drm_file *file)
{
	gfp_t gfp = GFP_KERNEL | __GFP_NOWARN | __GFP_RETRY_MAYFAIL;
	struct vi915_job *job;
	int ret;

	job = kzalloc(sizeof(*job), GFP_KERNEL);
	if (!job)
		return ERR_PTR(-ENOMEM);

	job->bos = kvcalloc(max_bos, sizeof(*job->bos), gfp);
	job->maps = kvcalloc(max_bos, sizeof(*job->maps), gfp);
	ret = -ENOMEM;
	if (!job->bos || !job->maps)
		goto err_free;

	ret = drm_sched_job_init(&job->base, &ring->entity, 1, NULL,
				 file->client_id);
	if (ret)
		goto err_free;

	job->ring = ring;
	job->ctx = vi915_context_get(ring->ctx);
	vi915_programs_submitter(&job->submitter);
	INIT_LIST_HEAD(&job->live);
	INIT_LIST_HEAD(&job->turn);
	return job;

err_free:
	kvfree(job->maps);
	kvfree(job->bos);
	kfree(job);
	return ERR_PTR(ret);
}

/**
 * vi915_job_abandon() - the job was not submitted after all
 * @job: from vi915_job_create()
 */
void vi915_job_abandon(struct vi915_job *job)
{
	drm_sched_job_cleanup(&job->base);
	vi915_job_free(job);
}

static int vi915_job_depend_one(struct vi915_job *job, struct dma_fence *fence)
{
	if (fence->context == job->ring->fence_context ||
	    dma_fence_is_signaled(fence))
		return 0;
	if (vi915_fence_is_ours(fence))
		return drm_sched_job_add_dependency(&job->base,
						    dma_fence_get(fence));

	fence = vi915_foreign_create(fence, NULL);
	if (IS_ERR(fence))
		return PTR_ERR(fence);
	return drm_sched_job_add_dependency(&job->base, fence);
}

/**
 * vi915_job_depend() - let a job wait for a fence
 * @job: not submitted yet
 * @fence: what to wait for; the caller keeps its reference
 *
 * Jobs of one ring run in order without being told. What is not ours is waited
 * for only so long (rule R10), also where it comes in a chain or an array.
 *
 * Return: 0 or -ENOMEM.
 */
int vi915_job_depend(struct vi915_job *job, struct dma_fence *fence)
{
	struct dma_fence_unwrap cursor;
	struct dma_fence *one;
	int ret = 0;

	dma_fence_unwrap_for_each(one, &cursor, fence)
		if (!ret)
			ret = vi915_job_depend_one(job, one);
	return ret;
}

/**
 * vi915_job_is_late() - did a fence it waited for not come in time?
 * @job: handed over by the scheduler
 *
 * Return: whether it is to end without having run.
 */
bool vi915_job_is_late(struct vi915_job *job)
{
	struct dma_fence *fence;
	unsigned long index;

	xa_for_each(&job->base.dependencies, index, fence)
		if (vi915_foreign_is_late(fence))
			return true;
	return false;
}

/**
 * vi915_job_depend_bo() - let a job wait for who used an object before
 * @job: not submitted yet
 * @bo: the object, its reservation held
 * @write: the job writes it, so readers count too (rule R9)
 *
 * With implicit=0 nobody counts but who moves its memory.
 *
 * Return: 0 or -ENOMEM.
 */
int vi915_job_depend_bo(struct vi915_job *job, struct vi915_bo *bo, bool write)
{
	enum dma_resv_usage usage = job->ctx->dev->config.implicit ?
				    dma_resv_usage_rw(write) :
				    DMA_RESV_USAGE_KERNEL;
	struct dma_resv_iter cursor;
	struct dma_fence *fence;
	int ret;

	dma_resv_for_each_fence(&cursor, bo->base.resv, usage, fence) {
		ret = vi915_job_depend(job, fence);
		if (ret)
			return ret;
	}
	return 0;
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
 * vi915_job_retire() - nobody runs the job any more: free it soon
 * @job: complete, and let go of by the scheduler
 *
 * May be called on the way to a fence: allocates nothing, waits for nothing.
 */
void vi915_job_retire(struct vi915_job *job)
{
	struct vi915_device *dev = job->ctx->dev;

	if (llist_add(&job->retired, &dev->retired))
		vi915_drv_queue(&dev->retire_work);
}

/**
 * vi915_job_flush_retired() - see that retired jobs are freed
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
