// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_device.h>
#include <drm/drm_drv.h>
#include <drm/drm_exec.h>
#include <drm/drm_file.h>
#include <linux/dma-resv.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_context.h"
#include "vi915_cs.h"
#include "vi915_device.h"
#include "vi915_engine.h"
#include "vi915_exec.h"
#include "vi915_exec_bind.h"
#include "vi915_exec_check.h"
#include "vi915_exec_list.h"
#include "vi915_execbuf.h"
#include "vi915_fence.h"
#include "vi915_file.h"
#include "vi915_gem.h"
#include "vi915_inject.h"
#include "vi915_job.h"
#include "vi915_maps.h"
#include "vi915_pages.h"
#include "vi915_refuse.h"
#include "vi915_ring.h"
#include "vi915_userptr.h"
#include "vi915_view.h"
#include "vi915_vm.h"

/**
 * DOC: EXECBUFFER2
 *
 * A batch becomes a job in phases, each a function:
 *
 * - check: the arguments, without looking anything up
 * - copy: the object list
 * - collect: explicit fences
 * - look up: context, ring, objects
 * - lock: all reservations, through drm_exec, with the ring's submit_lock
 *   around them so that seqno, fences and queue agree
 * - bind: pages and addresses; pinned objects first
 * - relocate: make sure that addresses can be written into the objects
 * - arm: dependencies, and all memory that is still needed
 * - publish: write the addresses, add the fences; nothing here can fail
 *
 * If an object is busy or in the way, the call waits for it with nothing held,
 * and starts over from "lock". Nothing is visible before "publish".
 */

static int vi915_execbuf_look_up_ring(struct vi915_execbuf *eb)
{
	int ret, slot;

	eb->ctx = vi915_context_lookup(eb->file->driver_priv,
				       i915_execbuffer2_get_context_id(*eb->args));
	if (!eb->ctx)
		return -ENOENT;
	ret = vi915_context_seal(eb->ctx);
	if (ret)
		return ret;

	slot = eb->ctx->user_map ? eb->args->flags & I915_EXEC_RING_MASK :
				   vi915_exec_check_legacy_slot(eb);
	if (slot < 0)
		return slot;
	eb->ring = vi915_context_ring(eb->ctx, slot);
	if (IS_ERR(eb->ring))
		return PTR_ERR(eb->ring);

	if (test_bit(VI915_CONTEXT_BANNED, &eb->ctx->flags))
		return -EIO;
	return 0;
}

static int vi915_execbuf_look_up(struct vi915_execbuf *eb)
{
	int ret;

	ret = vi915_execbuf_look_up_ring(eb);
	if (ret)
		return ret;
	ret = vi915_exec_list_look_up(eb);
	if (ret)
		return ret;
	ret = vi915_exec_check_batch(eb);
	if (ret)
		return ret;

	eb->job = vi915_job_create(eb->ring, eb->num_entries, eb->file);
	if (IS_ERR(eb->job)) {
		ret = PTR_ERR(eb->job);
		eb->job = NULL;
		return ret;
	}
	vi915_exec_list_give(eb);
	/* There may be many fences, so add them before anything is locked. */
	return vi915_exec_fence_depend(&eb->fences, eb->job);
}

/* User memory is pinned before anything is locked. */
static int vi915_execbuf_prepare_userptrs(struct vi915_execbuf *eb)
{
	unsigned int i;
	int ret;

	for (i = 0; i < eb->num_entries; i++) {
		ret = vi915_relax(i);
		if (!ret && eb->entries[i].bo->userptr)
			ret = vi915_userptr_prepare(eb->entries[i].bo);
		if (ret == -EBUSY)
			vi915_exec_set_busy(eb, eb->entries[i].bo);
		if (ret)
			return ret;
	}
	return 0;
}

static int vi915_execbuf_lock(struct vi915_execbuf *eb)
{
	unsigned int i;
	int ret;

	for (i = 0; i < eb->num_entries; i++) {
		/* Two imports may share a reservation: one writes, one reads. */
		ret = drm_exec_prepare_obj(&eb->exec, &eb->entries[i].bo->base,
					   2) ?: vi915_relax(i);
		if (ret)
			return ret;
	}
	return 0;
}

/* Has an object moved despite NO_RELOC, and can relocations correct that? */
static bool vi915_execbuf_moved(const struct vi915_execbuf *eb)
{
	bool relocs = false, moved = false;
	unsigned int i;

	for (i = 0; i < eb->count; i++) {
		moved |= vi915_execbuf_entry(eb, i)->address !=
			 eb->objects[i].offset;
		relocs |= eb->objects[i].relocation_count;
	}
	return moved && relocs;
}

/* -EAGAIN: the relocations have to be read first. */
static int vi915_execbuf_relocate(struct vi915_execbuf *eb)
{
	if (!eb->relocs.loaded && vi915_execbuf_moved(eb)) {
		eb->need_relocs = true;
		return -EAGAIN;
	}
	return vi915_reloc_prepare(eb);
}

static int vi915_execbuf_arm(struct vi915_execbuf *eb)
{
	struct vi915_job *job = eb->job;
	unsigned int i;
	int ret;

	for (i = 0; i < eb->num_entries; i++) {
		ret = vi915_relax(i);
		if (!ret && !(eb->entries[i].flags & EXEC_OBJECT_ASYNC))
			ret = vi915_job_depend_bo(job, eb->entries[i].bo,
						  eb->entries[i].flags &
						  EXEC_OBJECT_WRITE);
		if (ret)
			return ret;
	}
	if (eb->ctx->single && eb->ctx->last_fence) {
		ret = vi915_waits_add(&job->waits, eb->ctx->last_fence);
		if (ret)
			return ret;
	}
	ret = vi915_job_settle(job);
	if (ret)
		return ret;

	vi915_fence_init(eb->fence, eb->ring, ++eb->ring->seqno);
	/* The job owns the fence now. */
	job->fence = eb->fence;
	eb->fence = NULL;
	job->seqno = eb->ring->seqno;
	job->batch_start = vi915_execbuf_entry(eb, eb->batch)->address +
			   eb->args->batch_start_offset;
	vi915_cs_init(&job->cs, &eb->ring->regs, job->maps, job->num_maps,
		      job->batch_start);
	return vi915_exec_fence_prepare(&eb->fences, &job->fence->base);
}

static void vi915_execbuf_add_fence(const struct vi915_exec_entry *entry,
				    struct dma_fence *fence)
{
	enum dma_resv_usage usage = entry->flags & EXEC_OBJECT_WRITE ?
				    DMA_RESV_USAGE_WRITE : DMA_RESV_USAGE_READ;

	/* With implicit=0 only the memory manager waits for our fences. */
	if (!to_vi915_device(entry->bo->base.dev)->config.implicit)
		usage = DMA_RESV_USAGE_BOOKKEEP;
	dma_resv_add_fence(entry->bo->base.resv, fence, usage);
}

/*
 * A process may have unmapped user memory since its pages were pinned. From now
 * on the mmu notifier waits for the job's fence; an earlier change is found
 * here, and the job then ends without touching the memory.
 */
static void vi915_execbuf_check_userptrs(struct vi915_execbuf *eb)
{
	unsigned int i;

	/* Pairs with the barrier in vi915_userptr_invalidate(). */
	smp_mb();
	for (i = 0; i < eb->num_entries; i++) {
		struct vi915_bo *bo = eb->entries[i].bo;

		if (bo->userptr && vi915_userptr_is_stale(bo->userptr))
			eb->job->error = -EFAULT;
	}
}

/* Nothing here can fail. The engine owns the job afterwards. */
static void vi915_execbuf_publish(struct vi915_execbuf *eb)
{
	struct vi915_job *job = eb->job;
	struct dma_fence *fence = &job->fence->base;
	unsigned int i;

	for (i = 0; i < eb->num_entries; i++)
		vi915_execbuf_add_fence(&eb->entries[i], fence);
	vi915_execbuf_check_userptrs(eb);
	vi915_exec_fence_publish(&eb->fences, eb->args, fence);
	if (eb->ctx->single) {
		dma_fence_put(eb->ctx->last_fence);
		eb->ctx->last_fence = dma_fence_get(fence);
	}

	eb->job = NULL;
	if (vi915_inject_hang(eb->dev))
		vi915_cs_hang(&job->cs);
	if (eb->dev->config.unmapped == VI915_UNMAPPED_SCRATCH)
		vi915_cs_allow_strays(&job->cs);
	vi915_engine_submit(job);
}

/*
 * If two imports share a reservation, contention on one makes drm_exec drop
 * both: start over then.
 */
static int vi915_execbuf_check_locks(struct vi915_execbuf *eb)
{
	unsigned int i;

	for (i = 0; i < eb->num_entries; i++)
		if (dma_resv_locking_ctx(eb->entries[i].bo->base.resv) !=
		    &eb->exec.ticket)
			return -EAGAIN;
	return 0;
}

/*
 * Takes the reservations, does everything that needs them, and drops them.
 * Unplugging the GPU waits for this and ends every job afterwards.
 */
static int vi915_execbuf_with_locks(struct vi915_execbuf *eb)
{
	int ret = 0, idx;

	if (!drm_dev_enter(&eb->dev->drm, &idx))
		return -ENODEV;

	drm_exec_init(&eb->exec, DRM_EXEC_INTERRUPTIBLE_WAIT |
		      DRM_EXEC_IGNORE_DUPLICATES, eb->num_entries);
	drm_exec_until_all_locked(&eb->exec) {
		ret = vi915_execbuf_lock(eb);
		if (!ret)
			ret = vi915_exec_bind(eb);
		drm_exec_retry_on_contention(&eb->exec);
		if (ret)
			break;
	}

	if (!ret)
		ret = vi915_execbuf_check_locks(eb);
	if (!ret)
		ret = vi915_execbuf_relocate(eb);
	if (!ret)
		ret = vi915_execbuf_arm(eb);
	if (!ret) {
		vi915_reloc_apply(eb);
		vi915_execbuf_publish(eb);
	}
	drm_exec_fini(&eb->exec);
	drm_dev_exit(idx);
	return ret;
}

/*
 * A context with a single timeline for several rings takes one submission at a
 * time. Its lock comes before those of the rings.
 */
static int vi915_execbuf_lock_context(struct vi915_execbuf *eb)
{
	if (eb->ctx->single && mutex_lock_interruptible(&eb->ctx->lock))
		return -EINTR;
	if (!mutex_lock_interruptible(&eb->ring->submit_lock))
		return 0;
	if (eb->ctx->single)
		mutex_unlock(&eb->ctx->lock);
	return -EINTR;
}

static void vi915_execbuf_unlock_context(struct vi915_execbuf *eb)
{
	mutex_unlock(&eb->ring->submit_lock);
	if (eb->ctx->single)
		mutex_unlock(&eb->ctx->lock);
}

/* Here and below, -EAGAIN means: try again. */
static int vi915_execbuf_try(struct vi915_execbuf *eb)
{
	int ret;

	ret = vi915_execbuf_prepare_userptrs(eb);
	if (ret)
		return ret;

	ret = vi915_execbuf_lock_context(eb);
	if (ret)
		return ret;
	/* The context may have been banned while this call waited. */
	if (test_bit(VI915_CONTEXT_BANNED, &eb->ctx->flags))
		ret = -EIO;
	else
		ret = vi915_execbuf_with_locks(eb);
	vi915_execbuf_unlock_context(eb);
	return ret;
}

/* Wait for the object or place that was busy, with nothing held. */
static int vi915_execbuf_wait_busy(struct vi915_execbuf *eb)
{
	long ret;

	if (eb->occupied) {
		ret = dma_fence_wait(eb->occupied, true);
		dma_fence_put(eb->occupied);
		eb->occupied = NULL;
		return ret;
	}
	ret = dma_resv_wait_timeout(eb->busy->base.resv,
				    DMA_RESV_USAGE_BOOKKEEP, true,
				    MAX_SCHEDULE_TIMEOUT);
	vi915_bo_put(eb->busy);
	eb->busy = NULL;
	return ret < 0 ? ret : 0;
}

static int vi915_execbuf_submit(struct vi915_execbuf *eb)
{
	bool nonblock = eb->file->filp->f_flags & O_NONBLOCK;
	int ret;

	eb->need_relocs = !(eb->args->flags & I915_EXEC_NO_RELOC);
	do {
		if (eb->need_relocs) {
			ret = vi915_reloc_load(eb);
			if (ret)
				return ret;
		}
		/* -EWOULDBLOCK, which equals -EAGAIN, goes to the caller. */
		ret = vi915_ring_take_room(eb->ring, nonblock);
		if (ret)
			return ret;

		ret = vi915_execbuf_try(eb);
		if (ret)
			vi915_ring_give_room(eb->ring);
		if (ret == -EBUSY && (eb->busy || eb->occupied))
			ret = vi915_execbuf_wait_busy(eb) ?: -EAGAIN;
		if (ret == -EAGAIN && signal_pending(current))
			return -ERESTARTSYS;
		cond_resched();
	} while (ret == -EAGAIN);

	return ret;
}

static void vi915_execbuf_release(struct vi915_execbuf *eb)
{
	vi915_exec_fence_release(&eb->fences);
	vi915_reloc_release(eb);
	if (eb->job)
		vi915_job_abandon(eb->job);
	vi915_fence_discard(eb->fence);
	if (eb->ctx)
		vi915_context_put(eb->ctx);
	vi915_exec_list_release(eb);
}

/**
 * vi915_execbuf_ioctl() - DRM_IOCTL_I915_GEM_EXECBUFFER2 and _WR
 * @drm: the GPU
 * @data: &struct drm_i915_gem_execbuffer2
 * @file: open file of the client
 *
 * Return: 0; -EINVAL from vi915_exec_check_*() and for malformed fences and
 * relocations; -ENOENT for a bad context, handle, syncobj or relocation target;
 * -EPERM for SECURE; -EFAULT for unreadable arguments, and for contents or user
 * memory that are gone; -ENOSPC if the objects do not fit into the address
 * space together; -EIO for a banned context; -EWOULDBLOCK if the ring is full
 * and the file O_NONBLOCK; -ENODEV; -ENOMEM; -EMFILE; -EINTR and -ERESTARTSYS,
 * as if the call had not been made.
 * (i915 contract, section 9)
 */
int vi915_execbuf_ioctl(struct drm_device *drm, void *data,
			struct drm_file *file)
{
	struct drm_i915_gem_execbuffer2 *args = data;
	struct vi915_execbuf eb = {
		.dev = to_vi915_device(drm),
		.file = file,
		.args = args,
		.fences = { .out_fd = -1 },
	};
	int ret;

	ret = vi915_exec_check_args(drm, args);
	if (ret)
		return ret;

	eb.count = args->buffer_count;
	eb.batch = args->flags & I915_EXEC_BATCH_FIRST ? 0 : eb.count - 1;
	ret = vi915_exec_list_copy(&eb);
	if (!ret)
		ret = vi915_exec_fence_collect(&eb.fences, drm, file, args);
	if (!ret)
		ret = vi915_execbuf_look_up(&eb);
	if (!ret)
		ret = vi915_inject(eb.dev, VI915_FAULT_EXECBUF);
	if (ret)
		goto out_release;

	ret = -ENOMEM;
	eb.fence = vi915_fence_alloc();
	if (!eb.fence)
		goto out_release;

	ret = vi915_execbuf_submit(&eb);
	if (ret)
		goto out_release;
	vi915_context_check_closed(eb.ctx, eb.ring);
	vi915_exec_list_write_back(&eb);
	vi915_reloc_write_back(&eb);

out_release:
	vi915_execbuf_release(&eb);
	return ret;
}
