// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_drv.h>
#include <kunit/visibility.h>
#include <linux/dma-buf.h>
#include <linux/dma-direct.h>
#include <linux/dma-mapping.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/scatterlist.h>
#include <linux/shmem_fs.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "vi915_contig.h"
#include "vi915_device.h"
#include "vi915_export.h"
#include "vi915_fence.h"
#include "vi915_gem.h"
#include "vi915_mmap.h"
#include "vi915_pages.h"
#include "vi915_trace.h"
#include "vi915_userptr.h"
#include "vi915_view.h"

/**
 * DOC: pages
 *
 * Pages come on first use and stay after the last use, so that the next use
 * costs nothing. They go under memory pressure, when their exporter wants to
 * move them, when their device goes, and with the object. Memory in one piece
 * exists from the start, and goes only with the object.
 *
 * vi915_pages_ensure() is for work under the reservation; vi915_pages_get()
 * also keeps the pages in place after it is released.
 *
 * An imported buffer is mapped for the direction of its current use. A later
 * use in a wider direction maps it anew (rule R6).
 */

/**
 * vi915_pages_init() - set up an object without pages
 * @bo: the object, being made
 * @kind: where its pages will come from
 */
void vi915_pages_init(struct vi915_bo *bo, enum vi915_pages_kind kind)
{
	bo->pages.kind = kind;
	bo->pages.dir = DMA_NONE;
}

/**
 * vi915_pages_frame() - the page frame behind a page of an object
 * @bo: the object, its pages present
 * @index: index of the page
 *
 * Return: a page frame number, as the GPU sees it.
 */
unsigned long vi915_pages_frame(const struct vi915_bo *bo, pgoff_t index)
{
	return bo->pages.frames[index];
}
EXPORT_SYMBOL_IF_KUNIT(vi915_pages_frame);

static unsigned long *vi915_pages_alloc_frames(struct vi915_bo *bo)
{
	return kvmalloc_array(vi915_bo_pages(bo), sizeof(unsigned long),
			      GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
}

static int vi915_pages_acquire_list(struct vi915_bo *bo, struct page **list)
{
	unsigned long *frames;
	pgoff_t i;

	frames = vi915_pages_alloc_frames(bo);
	if (!frames)
		return -ENOMEM;

	for (i = 0; i < vi915_bo_pages(bo); i++)
		frames[i] = page_to_pfn(list[i]);

	bo->pages.list = list;
	bo->pages.frames = frames;
	return 0;
}

static int vi915_pages_acquire_shmem(struct vi915_bo *bo)
{
	struct page **list;
	int ret;

	/* Refuse at once, not after all memory has been allocated. */
	if (vi915_bo_pages(bo) > totalram_pages())
		return -ENOMEM;

	list = drm_gem_get_pages(&bo->base);
	if (IS_ERR(list))
		return PTR_ERR(list);

	ret = vi915_pages_acquire_list(bo, list);
	if (ret)
		drm_gem_put_pages(&bo->base, list, false, false);
	return ret;
}

static int vi915_pages_acquire_userptr(struct vi915_bo *bo)
{
	struct page **list;
	int ret;

	list = vi915_userptr_take(bo->userptr);
	if (IS_ERR(list))
		return PTR_ERR(list);

	ret = vi915_pages_acquire_list(bo, list);
	if (ret)
		vi915_userptr_give_back(bo->userptr, list);
	return ret;
}

static int vi915_pages_acquire_contig(struct vi915_bo *bo)
{
	struct page **list;
	int ret;

	list = vi915_contig_alloc(vi915_bo_pages(bo));
	if (IS_ERR(list))
		return PTR_ERR(list);

	ret = vi915_pages_acquire_list(bo, list);
	if (ret)
		vi915_contig_free(list, vi915_bo_pages(bo));
	return ret;
}

/* Reads the page frames from DMA addresses: a device may use no others. */
static int vi915_pages_read_frames(struct vi915_bo *bo, struct sg_table *sgt,
				   unsigned long *frames)
{
	struct device *dev = bo->base.dev->dev;
	struct scatterlist *sg;
	pgoff_t i = 0;
	size_t at;
	int entry;

	bo->pages.bare = false;
	for_each_sgtable_dma_sg(sgt, sg, entry) {
		/* Part of a page would expose the rest of the page to us. */
		if (!PAGE_ALIGNED(sg_dma_address(sg)) ||
		    !PAGE_ALIGNED(sg_dma_len(sg)))
			return -EINVAL;

		for (at = 0; at < sg_dma_len(sg); at += PAGE_SIZE) {
			dma_addr_t addr = sg_dma_address(sg) + at;

			if (i == vi915_bo_pages(bo))
				return -EINVAL;
			frames[i] = PHYS_PFN(dma_to_phys(dev, addr));
			bo->pages.bare |= !pfn_valid(frames[i++]);
		}
	}

	return i == vi915_bo_pages(bo) ? 0 : -EINVAL;
}

/*
 * Ask for both directions from (1) exporters that cache their mapping
 * (udmabuf), since it cannot change later, (2) static exporters with CPU-access
 * hooks (system heap), which would sync our mapping for the CPU's direction.
 */
static enum dma_data_direction
vi915_pages_import_dir(const struct dma_buf *dma_buf,
		       enum dma_data_direction dir)
{
	const struct dma_buf_ops *ops = dma_buf->ops;

	if (ops->cache_sgt_mapping || (!ops->pin && ops->begin_cpu_access))
		return DMA_BIDIRECTIONAL;
	return dir;
}

static int vi915_pages_acquire_import(struct vi915_bo *bo,
				      enum dma_data_direction dir)
{
	struct dma_buf_attachment *attach = bo->base.import_attach;
	unsigned long *frames;
	struct sg_table *sgt;
	int ret;

	/* The mappings of a device that is gone would have no owner. */
	if (drm_dev_is_unplugged(bo->base.dev))
		return -ENODEV;

	frames = vi915_pages_alloc_frames(bo);
	if (!frames)
		return -ENOMEM;

	dir = vi915_pages_import_dir(attach->dmabuf, dir);
	sgt = dma_buf_map_attachment(attach, dir);
	if (IS_ERR(sgt)) {
		ret = PTR_ERR(sgt);
		goto err_free_frames;
	}

	ret = vi915_pages_read_frames(bo, sgt, frames);
	if (ret)
		goto err_unmap;

	bo->pages.sgt = sgt;
	bo->pages.dir = dir;
	bo->pages.frames = frames;
	trace_vi915_map(to_vi915_device(bo->base.dev), attach, dir);
	return 0;

err_unmap:
	dma_buf_unmap_attachment(attach, sgt, dir);
err_free_frames:
	kvfree(frames);
	return ret;
}

static int vi915_pages_acquire(struct vi915_bo *bo, enum dma_data_direction dir)
{
	switch (bo->pages.kind) {
	case VI915_PAGES_SHMEM:
		return vi915_pages_acquire_shmem(bo);
	case VI915_PAGES_IMPORT:
		return vi915_pages_acquire_import(bo, dir);
	case VI915_PAGES_USERPTR:
		return vi915_pages_acquire_userptr(bo);
	case VI915_PAGES_CONTIG:
		return vi915_pages_acquire_contig(bo);
	}
	return -EINVAL;
}

static void vi915_pages_release(struct vi915_bo *bo)
{
	struct vi915_pages *pages = &bo->pages;

	switch (pages->kind) {
	case VI915_PAGES_SHMEM:
		drm_gem_put_pages(&bo->base, pages->list, true, true);
		break;
	case VI915_PAGES_IMPORT:
		trace_vi915_unmap(to_vi915_device(bo->base.dev),
				  bo->base.import_attach, pages->dir);
		dma_buf_unmap_attachment(bo->base.import_attach, pages->sgt,
					 pages->dir);
		break;
	case VI915_PAGES_USERPTR:
		vi915_userptr_give_back(bo->userptr, pages->list);
		break;
	case VI915_PAGES_CONTIG:
		vi915_contig_free(pages->list, vi915_bo_pages(bo));
		break;
	}

	kvfree(pages->frames);
	pages->frames = NULL;
	pages->list = NULL;
	pages->sgt = NULL;
	pages->stale = false;
	pages->bare = false;
	pages->dir = DMA_NONE;
}

static void vi915_pages_update_lru(struct vi915_bo *bo)
{
	struct vi915_device *dev = to_vi915_device(bo->base.dev);

	if (!bo->pages.frames || bo->pages.users ||
	    bo->pages.kind == VI915_PAGES_CONTIG)
		drm_gem_lru_move_tail(&dev->kept, &bo->base);
	else if (bo->pages.madv == VI915_MADV_DONTNEED)
		drm_gem_lru_move_tail(&dev->purgeable, &bo->base);
	else
		drm_gem_lru_move_tail(&dev->evictable, &bo->base);
}

/* Do the pages serve a use? A one-way mapping serves only its direction. */
static bool vi915_pages_serve(const struct vi915_bo *bo,
			      enum dma_data_direction dir)
{
	if (!bo->pages.frames)
		return false;
	if (bo->pages.kind == VI915_PAGES_USERPTR)
		return !vi915_userptr_is_stale(bo->userptr);
	if (bo->pages.stale)
		return false;
	return bo->pages.dir == DMA_NONE || bo->pages.dir == DMA_BIDIRECTIONAL ||
	       bo->pages.dir == dir;
}

/*
 * Maps an import anew while its pages are in use, as its exporter asked by
 * move_notify. The pages are pinned, so the frames must be the same, and users
 * may keep reading @frames.
 */
static int vi915_pages_renew(struct vi915_bo *bo)
{
	struct dma_buf_attachment *attach = bo->base.import_attach;
	unsigned long *frames = vi915_pages_alloc_frames(bo);
	struct sg_table *sgt;
	int ret;

	if (!frames)
		return -ENOMEM;

	sgt = dma_buf_map_attachment(attach, bo->pages.dir);
	ret = PTR_ERR_OR_ZERO(sgt);
	if (ret)
		goto out_free_frames;

	ret = vi915_pages_read_frames(bo, sgt, frames);
	if (!ret && memcmp(frames, bo->pages.frames,
			   vi915_bo_pages(bo) * sizeof(*frames)))
		ret = -EBUSY;
	if (!ret) {
		swap(bo->pages.sgt, sgt);
		bo->pages.stale = false;
	}
	dma_buf_unmap_attachment(attach, sgt, bo->pages.dir);

out_free_frames:
	kvfree(frames);
	return ret;
}

/**
 * vi915_pages_ensure() - make an object's pages present
 * @bo: the object, its reservation held
 * @dir: DMA_TO_DEVICE to read them, DMA_BIDIRECTIONAL to write them too
 *
 * Return: 0; -EFAULT for an object marked DONTNEED or purged, or whose user
 * memory is gone; -ENOMEM; -ENODEV for an import after unplug; -EBUSY for an
 * import in use for a narrower direction, or whose pages moved while in use;
 * -EINVAL for an exporter whose table does not cover the buffer in whole pages;
 * or the exporter's error.
 */
int vi915_pages_ensure(struct vi915_bo *bo, enum dma_data_direction dir)
{
	int ret;

	dma_resv_assert_held(bo->base.resv);

	/* Held pages cannot be purged, so they are still usable. */
	if (bo->pages.madv != VI915_MADV_WILLNEED && !bo->pages.users)
		return -EFAULT;

	ret = bo->pages.stale && bo->pages.users ? vi915_pages_renew(bo) : 0;
	if (ret || vi915_pages_serve(bo, dir))
		return ret;

	if (bo->pages.frames) {
		ret = vi915_pages_drop(bo);
		if (ret)
			return ret;
		/* An earlier use may return in its direction: map for both. */
		if (bo->pages.kind == VI915_PAGES_IMPORT)
			dir = DMA_BIDIRECTIONAL;
	}

	ret = vi915_pages_acquire(bo, dir);
	if (!ret)
		vi915_pages_update_lru(bo);
	return ret;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_pages_ensure);

/**
 * vi915_pages_get() - make an object's pages present and keep them in place
 * @bo: the object, its reservation held
 * @dir: as for vi915_pages_ensure()
 *
 * Return: as vi915_pages_ensure(). On success vi915_pages_put() must follow.
 */
int vi915_pages_get(struct vi915_bo *bo, enum dma_data_direction dir)
{
	int ret = vi915_pages_ensure(bo, dir);

	if (!ret && !bo->pages.users++)
		vi915_pages_update_lru(bo);
	return ret;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_pages_get);

/**
 * vi915_pages_put() - undo one vi915_pages_get()
 * @bo: the object, its reservation held
 *
 * The pages stay until the memory is needed.
 */
void vi915_pages_put(struct vi915_bo *bo)
{
	dma_resv_assert_held(bo->base.resv);

	if (drm_WARN_ON(bo->base.dev, !bo->pages.users))
		return;
	if (!--bo->pages.users)
		vi915_pages_update_lru(bo);
}
EXPORT_SYMBOL_IF_KUNIT(vi915_pages_put);

/* A job reads @frames without a lock until its fence has signalled. */
static bool vi915_pages_in_job(const struct vi915_bo *bo)
{
	const struct vi915_device *dev = to_vi915_device(bo->base.dev);
	struct dma_resv_iter cursor;
	struct vi915_fence *job;
	struct dma_fence *fence;

	dma_resv_for_each_fence(&cursor, bo->base.resv, DMA_RESV_USAGE_BOOKKEEP,
				fence) {
		job = to_vi915_fence(fence);
		if (job && job->owner == dev && !dma_fence_is_signaled(fence))
			return true;
	}
	return false;
}

static int vi915_pages_drop_idle(struct vi915_bo *bo)
{
	if (bo->pages.users)
		return -EBUSY;
	if (bo->pages.shares)
		vi915_export_notify(bo);
	if (bo->pages.shares)
		return -EBUSY;

	vi915_mmap_zap(bo);
	vi915_view_drop(bo);
	vi915_pages_release(bo);
	vi915_pages_update_lru(bo);
	return 0;
}

/**
 * vi915_pages_drop() - release an object's pages
 * @bo: the object, its reservation held
 *
 * First notifies importers that did not pin, and zaps all CPU mappings, which
 * fault again on the next access. The contents stay with the source of the
 * pages.
 *
 * Return: 0, also without pages; -EBUSY while they are in use, by a job or
 * otherwise, and always for memory in one piece, which is the only place of its
 * contents.
 */
int vi915_pages_drop(struct vi915_bo *bo)
{
	dma_resv_assert_held(bo->base.resv);

	if (!bo->pages.frames)
		return 0;
	if (bo->pages.kind == VI915_PAGES_CONTIG)
		return -EBUSY;
	return vi915_pages_in_job(bo) ? -EBUSY : vi915_pages_drop_idle(bo);
}
EXPORT_SYMBOL_IF_KUNIT(vi915_pages_drop);

static void vi915_pages_truncate(struct vi915_bo *bo)
{
	shmem_truncate_range(file_inode(bo->base.filp), 0, (loff_t)-1);
	bo->pages.madv = VI915_MADV_PURGED;
}

/**
 * vi915_pages_evict() - release an object's pages if they are idle
 * @bo: the object, its reservation held
 *
 * Purges the contents too, if they are in our own memory and marked DONTNEED.
 * May be called in reclaim: allocates nothing and waits for nothing.
 *
 * Return: 0, or -EBUSY.
 */
int vi915_pages_evict(struct vi915_bo *bo)
{
	int ret;

	if (!dma_resv_test_signaled(bo->base.resv, DMA_RESV_USAGE_BOOKKEEP))
		return -EBUSY;

	ret = vi915_pages_drop(bo);
	if (!ret && bo->pages.madv == VI915_MADV_DONTNEED &&
	    bo->pages.kind == VI915_PAGES_SHMEM)
		vi915_pages_truncate(bo);
	return ret;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_pages_evict);

/**
 * vi915_pages_advise() - mark an object's contents as needed or not
 * @bo: the object, its reservation held
 * @madv: WILLNEED or DONTNEED
 *
 * As with i915, unneeded contents without pages are purged at once.
 *
 * Return: the state from now on; PURGED stays PURGED.
 */
enum vi915_madv vi915_pages_advise(struct vi915_bo *bo, enum vi915_madv madv)
{
	dma_resv_assert_held(bo->base.resv);

	if (bo->pages.madv != VI915_MADV_PURGED)
		bo->pages.madv = madv;
	if (bo->pages.madv == VI915_MADV_DONTNEED && !bo->pages.frames &&
	    bo->pages.kind == VI915_PAGES_SHMEM)
		vi915_pages_truncate(bo);

	vi915_pages_update_lru(bo);
	return bo->pages.madv;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_pages_advise);

/**
 * vi915_pages_move_notify() - let an import's exporter move its pages
 * @bo: the object, its reservation held; possibly in reclaim
 *
 * The exporter waits for the fence of a job that still uses the pages before it
 * moves them; the next use maps them anew.
 */
void vi915_pages_move_notify(struct vi915_bo *bo)
{
	if (vi915_pages_drop(bo))
		bo->pages.stale = true;
}

/**
 * vi915_pages_unplug() - drop an import's DMA mapping with its device
 * @bo: the object
 *
 * An object's own memory stays readable through existing references.
 */
void vi915_pages_unplug(struct vi915_bo *bo)
{
	if (bo->pages.kind != VI915_PAGES_IMPORT)
		return;

	dma_resv_lock(bo->base.resv, NULL);
	drm_WARN_ON(bo->base.dev, vi915_pages_drop(bo));
	vi915_bo_unlock(bo);
}

/**
 * vi915_pages_fini() - release an object's pages after its last reference
 * @bo: the object
 *
 * Its jobs are done, since they held references. A fence of this GPU in the
 * reservation of an import belongs to another import of the same buffer.
 */
void vi915_pages_fini(struct vi915_bo *bo)
{
	if (!bo->pages.frames)
		return;

	/* An import's reservation is shared with the exporter: take it. */
	dma_resv_lock(bo->base.resv, NULL);
	/* A move by the exporter or an unplug may have released them. */
	if (bo->pages.frames)
		drm_WARN_ON(bo->base.dev, vi915_pages_drop_idle(bo));
	vi915_bo_unlock(bo);
}
