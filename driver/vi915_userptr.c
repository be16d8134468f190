// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_device.h>
#include <drm/drm_file.h>
#include <linux/dma-resv.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/pagemap.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_device.h"
#include "vi915_fence.h"
#include "vi915_gem.h"
#include "vi915_refuse.h"
#include "vi915_userptr.h"

/**
 * DOC: user memory as an object
 *
 * The memory belongs to the process that made the object, and its mappings may
 * change at any time. An interval notifier counts the changes: pages pinned
 * before the last one are stale and are never used again.
 *
 * Pinning takes the mmap lock, which comes before any reservation. So the
 * pages are pinned first, by vi915_userptr_prepare(), and taken over under the
 * reservation, by vi915_userptr_take() from vi915_pages.c. A change in between
 * makes the user of the object start over.
 */

/* For how long jobs may delay an unmapping; as long as one job may run. */
#define VI915_USERPTR_PATIENCE	(30 * HZ)
/* Interval of checks whether to cancel the jobs earlier. */
#define VI915_USERPTR_LOOK	msecs_to_jiffies(20)

/**
 * struct vi915_userptr - a piece of a process's memory
 */
struct vi915_userptr {
	/** @notifier: hears of changes to the mappings */
	struct mmu_interval_notifier notifier;
	/** @lock: held to change the notifier's count, and to check it */
	spinlock_t lock;
	/** @resv: fences of jobs that use the memory; the object's own */
	struct dma_resv *resv;
	/** @start: user address of the first byte */
	unsigned long start;
	/** @num_pages: length in pages */
	pgoff_t num_pages;
	/** @seq: the notifier's count at pinning; under the reservation */
	unsigned long seq;
	/** @list: pinned pages not taken yet, or NULL; under the reservation */
	struct page **list;
};

/* Takes no reservation: this may run in reclaim. */
static void vi915_userptr_cancel(struct dma_resv *resv)
{
	struct dma_resv_iter cursor;
	struct dma_fence *fence;

	dma_resv_iter_begin(&cursor, resv, DMA_RESV_USAGE_BOOKKEEP);
	dma_resv_for_each_fence_unlocked(&cursor, fence)
		vi915_fence_cancel(fence, -EFAULT);
	dma_resv_iter_end(&cursor);
}

/*
 * New jobs do not use the memory. Jobs that use it end by themselves, in
 * bounded time (rule R10), but there may be hundreds. So a dying process
 * cancels them, and any other waits no longer than one job may take.
 */
static void vi915_userptr_wait(struct dma_resv *resv, bool dying)
{
	unsigned long until = jiffies + VI915_USERPTR_PATIENCE;

	do {
		if (dying || fatal_signal_pending(current) ||
		    time_after(jiffies, until))
			vi915_userptr_cancel(resv);
		/* Repeat: a job being submitted can be cancelled only later. */
	} while (!dma_resv_wait_timeout(resv, DMA_RESV_USAGE_BOOKKEEP, false,
					VI915_USERPTR_LOOK));
}

static bool vi915_userptr_invalidate(struct mmu_interval_notifier *notifier,
				     const struct mmu_notifier_range *range,
				     unsigned long seq)
{
	struct vi915_userptr *userptr =
		container_of(notifier, struct vi915_userptr, notifier);
	struct dma_resv *resv;

	if (!mmu_notifier_range_blockable(range))
		return false;

	spin_lock(&userptr->lock);
	mmu_interval_set_seq(notifier, seq);
	spin_unlock(&userptr->lock);

	/* Pairs with the barrier in vi915_execbuf_check_userptrs(). */
	smp_mb();
	resv = READ_ONCE(userptr->resv);
	if (resv)
		vi915_userptr_wait(resv, range->event == MMU_NOTIFY_RELEASE);
	return true;
}

static const struct mmu_interval_notifier_ops vi915_userptr_notifier_ops = {
	.invalidate = vi915_userptr_invalidate,
};

static struct vi915_userptr *vi915_userptr_create(unsigned long start,
						  unsigned long size)
{
	struct vi915_userptr *userptr;
	int ret;

	userptr = kzalloc(sizeof(*userptr), GFP_KERNEL_ACCOUNT);
	if (!userptr)
		return ERR_PTR(-ENOMEM);

	spin_lock_init(&userptr->lock);
	userptr->start = start;
	userptr->num_pages = size >> PAGE_SHIFT;

	ret = mmu_interval_notifier_insert(&userptr->notifier, current->mm,
					   start, size,
					   &vi915_userptr_notifier_ops);
	if (ret) {
		kfree(userptr);
		return ERR_PTR(ret);
	}
	return userptr;
}

static void vi915_userptr_unpin(struct page **list, pgoff_t count)
{
	unpin_user_pages(list, count);
	kvfree(list);
}

/**
 * vi915_userptr_destroy() - free the user memory of an object that is freed
 * @userptr: its memory; all pages given back
 */
void vi915_userptr_destroy(struct vi915_userptr *userptr)
{
	mmu_interval_notifier_remove(&userptr->notifier);
	if (userptr->list)
		vi915_userptr_unpin(userptr->list, userptr->num_pages);
	kfree(userptr);
}

/**
 * vi915_userptr_is_stale() - are pinned pages out of date?
 * @userptr: the memory, the object's reservation held
 *
 * Return: whether the process has changed its mappings since the pages were
 * pinned, so that they must not be used any more.
 */
bool vi915_userptr_is_stale(struct vi915_userptr *userptr)
{
	return mmu_interval_check_retry(&userptr->notifier, userptr->seq);
}

/**
 * vi915_userptr_take() - take over pages that were pinned
 * @userptr: the memory, the object's reservation held
 *
 * Return: the pages, to be given back; or an ERR_PTR: -EAGAIN without valid
 * ones, so that vi915_userptr_prepare() must be called (again).
 */
struct page **vi915_userptr_take(struct vi915_userptr *userptr)
{
	struct page **list = userptr->list;

	if (!list || vi915_userptr_is_stale(userptr))
		return ERR_PTR(-EAGAIN);

	userptr->list = NULL;
	return list;
}

/**
 * vi915_userptr_give_back() - unpin pages from vi915_userptr_take()
 * @userptr: the memory, the object's reservation held
 * @list: the pages
 */
void vi915_userptr_give_back(struct vi915_userptr *userptr, struct page **list)
{
	pgoff_t i;

	/*
	 * The GPU may have written them. In reclaim the page may be locked by
	 * us already, so the lock is only tried, as every GPU driver does.
	 */
	for (i = 0; i < userptr->num_pages; i++) {
		if (trylock_page(list[i])) {
			set_page_dirty(list[i]);
			unlock_page(list[i]);
		}
	}
	vi915_userptr_unpin(list, userptr->num_pages);
}

static struct page **vi915_userptr_pin(struct vi915_userptr *userptr)
{
	struct page **list;
	pgoff_t done = 0;
	int ret;

	/* Addresses cost a client nothing, but the list costs memory. */
	if (userptr->num_pages > totalram_pages())
		return ERR_PTR(-ENOMEM);

	list = kvcalloc(userptr->num_pages, sizeof(*list),
			GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!list)
		return ERR_PTR(-ENOMEM);

	while (done < userptr->num_pages) {
		ret = pin_user_pages_fast(userptr->start + done * PAGE_SIZE,
					  userptr->num_pages - done,
					  FOLL_WRITE, list + done);
		if (ret <= 0) {
			vi915_userptr_unpin(list, done);
			return ERR_PTR(ret ?: -EFAULT);
		}
		done += ret;
	}
	return list;
}

/* Drops stale pages. Returns 1 if there are valid pages already. */
static int vi915_userptr_clear(struct vi915_bo *bo, unsigned long seq)
{
	struct vi915_userptr *userptr = bo->userptr;
	int ret;

	ret = vi915_bo_lock(bo);
	if (ret)
		return ret;

	if (userptr->seq == seq && (bo->pages.frames || userptr->list)) {
		ret = 1;
		goto out_unlock;
	}

	ret = vi915_pages_drop(bo);
	if (!ret && userptr->list) {
		vi915_userptr_unpin(userptr->list, userptr->num_pages);
		userptr->list = NULL;
	}

out_unlock:
	vi915_bo_unlock(bo);
	return ret;
}

static int vi915_userptr_install(struct vi915_bo *bo, struct page **list,
				 unsigned long seq)
{
	struct vi915_userptr *userptr = bo->userptr;
	int ret;

	ret = vi915_bo_lock(bo);
	if (ret)
		return ret;

	spin_lock(&userptr->lock);
	if (mmu_interval_read_retry(&userptr->notifier, seq) ||
	    bo->pages.frames || userptr->list)
		ret = -EAGAIN;
	spin_unlock(&userptr->lock);
	if (!ret) {
		userptr->seq = seq;
		userptr->list = list;
	}

	vi915_bo_unlock(bo);
	return ret;
}

/**
 * vi915_userptr_prepare() - pin an object's user memory if need be
 * @bo: an object with user memory, its reservation not held
 *
 * Return: 0; -EFAULT if the memory is not mapped, not writable, or not the
 * caller's; -EAGAIN if its mapping changed meanwhile; -EBUSY if stale pages are
 * in use; -ENOMEM; -EINTR.
 */
int vi915_userptr_prepare(struct vi915_bo *bo)
{
	struct vi915_userptr *userptr = bo->userptr;
	struct page **list;
	unsigned long seq;
	int ret;

	if (VI915_REFUSE(bo->base.dev, userptr->notifier.mm != current->mm))
		return -EFAULT;

	seq = mmu_interval_read_begin(&userptr->notifier);
	ret = vi915_userptr_clear(bo, seq);
	if (ret)
		return ret < 0 ? ret : 0;

	list = vi915_userptr_pin(userptr);
	if (IS_ERR(list))
		return PTR_ERR(list);

	ret = vi915_userptr_install(bo, list, seq);
	if (ret)
		vi915_userptr_unpin(list, userptr->num_pages);
	return ret;
}

/* Is all of the range mapped, and by ordinary memory, which can be pinned? */
static int vi915_userptr_probe(unsigned long start, unsigned long size)
{
	struct mm_struct *mm = current->mm;
	unsigned long end = start + size, at = start;
	struct vm_area_struct *vma;
	struct vma_iterator vmi;

	vma_iter_init(&vmi, mm, start);
	if (mmap_read_lock_killable(mm))
		return -EINTR;
	for_each_vma_range(vmi, vma, end) {
		if (vma->vm_start > at ||
		    vma->vm_flags & (VM_PFNMAP | VM_MIXEDMAP))
			break;
		at = vma->vm_end;
	}
	mmap_read_unlock(mm);

	return at < end ? -EFAULT : 0;
}

#define VI915_USERPTR_FLAGS						\
	(I915_USERPTR_READ_ONLY | I915_USERPTR_UNSYNCHRONIZED |		\
	 I915_USERPTR_PROBE)

static int vi915_userptr_check(struct drm_device *drm,
			       const struct drm_i915_gem_userptr *args)
{
	int ret;

	if (VI915_REFUSE(drm, args->flags & ~VI915_USERPTR_FLAGS))
		return -EINVAL;
	ret = vi915_bo_check_size(to_vi915_device(drm), args->user_size);
	if (ret)
		return ret;
	if (VI915_REFUSE(drm, offset_in_page(args->user_ptr) ||
			 offset_in_page(args->user_size)))
		return -EINVAL;
	if (!access_ok(u64_to_user_ptr(args->user_ptr), args->user_size))
		return -EFAULT;
	/* No page of a gen9 address space can be read-only. */
	if (args->flags & (I915_USERPTR_UNSYNCHRONIZED | I915_USERPTR_READ_ONLY))
		return -ENODEV;
	if (args->flags & I915_USERPTR_PROBE)
		return vi915_userptr_probe(args->user_ptr, args->user_size);
	return 0;
}

/**
 * vi915_userptr_ioctl() - DRM_IOCTL_I915_GEM_USERPTR
 * @drm: the GPU
 * @data: &struct drm_i915_gem_userptr
 * @file: file to get the handle
 *
 * Return: 0; -EINVAL for unknown flags, no size, or parts of pages; -E2BIG;
 * -EFAULT for addresses outside user space, or, with PROBE, unmapped memory;
 * -ENODEV for UNSYNCHRONIZED and READ_ONLY; -ENOMEM; -EINTR.
 */
int vi915_userptr_ioctl(struct drm_device *drm, void *data,
			struct drm_file *file)
{
	struct drm_i915_gem_userptr *args = data;
	struct vi915_userptr *userptr;
	struct vi915_bo *bo;
	int ret;

	ret = vi915_userptr_check(drm, args);
	if (ret)
		return ret;

	userptr = vi915_userptr_create(args->user_ptr, args->user_size);
	if (IS_ERR(userptr))
		return PTR_ERR(userptr);

	bo = vi915_bo_create_userptr(to_vi915_device(drm), args->user_size,
				     userptr);
	if (IS_ERR(bo)) {
		vi915_userptr_destroy(userptr);
		return PTR_ERR(bo);
	}
	/* The object owns the memory now. */
	WRITE_ONCE(userptr->resv, bo->base.resv);

	return vi915_bo_publish(bo, file, &args->handle);
}
