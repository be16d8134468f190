// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_device.h>
#include <drm/drm_print.h>
#include <linux/dma-resv.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_export.h"
#include "vi915_gem.h"
#include "vi915_mmap.h"
#include "vi915_pages.h"
#include "vi915_tiling.h"
#include "vi915_view.h"
#include "vi915_wait.h"

/**
 * DOC: linear views of tiled objects
 *
 * A GTT mapping of a tiled object looks linear. Hardware translates addresses
 * on each access; here the mapping shows a second, linear copy of the object's
 * bytes. The unit of conversion is a row of tiles: a whole number of pages, at
 * the same place on both sides. So units are independent, and each one records
 * which sides are valid.
 *
 * If only one side is valid, it may be mapped writable, and the other is not
 * mapped at all. If both are valid, both may be mapped, but read-only. So each
 * access that could make them differ is a fault, which zaps the other side's
 * mappings, and a thread always reads what it wrote, through either view. A
 * copy that was only read is never converted back.
 *
 * Jobs, importers and the kernel change raw bytes without a fault. Each of them
 * makes the raw side valid when it begins. A fault does not wait for them, so a
 * unit converted meanwhile may be outdated: at the next point where the client
 * has waited (WAIT, BUSY that is idle, SET_DOMAIN, DMA_BUF_IOCTL_SYNC), or when
 * a mapping goes, the raw side counts as the newest. Importers that follow
 * moves are asked to unmap instead: they map again before their next use, and
 * so announce it.
 *
 * If a job and the CPU write a unit at the same time, one of the writes is
 * lost, where hardware would mix them. To limit the loss to one unit, a write
 * fault while raw bytes are in use makes only its own unit writable.
 *
 * Converting back is possible in reclaim: it allocates nothing, since the raw
 * pages outlive the copy.
 */

static void vi915_view_layout(const struct vi915_bo *bo, pgoff_t *unit,
			      pgoff_t *units)
{
	*unit = vi915_tiling_row_size(bo->tiling.mode, bo->tiling.stride) >>
		PAGE_SHIFT;
	/* An incomplete last row of tiles is in no unit and stays raw. */
	*units = vi915_bo_pages(bo) / *unit;
}

/**
 * vi915_view_side() - the side that a mapping shows
 * @bo: the object, its reservation held
 * @gtt: whether the mapping is a GTT one; all others are raw
 *
 * Return: the side.
 */
enum vi915_side vi915_view_side(const struct vi915_bo *bo, bool gtt)
{
	if (gtt && bo->tiling.mode != I915_TILING_NONE)
		return VI915_SIDE_COPY;
	return VI915_SIDE_RAW;
}

/**
 * vi915_view_is_split() - must a mapping check which pages are valid?
 * @bo: the object, its reservation held
 * @side: the side to map
 *
 * Return: false if all of the object's pages can be mapped as they are.
 */
bool vi915_view_is_split(const struct vi915_bo *bo, enum vi915_side side)
{
	return side == VI915_SIDE_COPY || bo->view.pages;
}

static u8 vi915_view_valid(const struct vi915_bo *bo, pgoff_t index)
{
	const struct vi915_view_copy *view = &bo->view;

	if (!view->pages || index / view->unit >= view->units)
		return VI915_SIDE_RAW;
	return view->valid[index / view->unit];
}

/* Do both sides have the same page here? */
static bool vi915_view_is_single(const struct vi915_bo *bo, pgoff_t index)
{
	return !bo->view.pages || index / bo->view.unit >= bo->view.units;
}

/**
 * vi915_view_is_valid() - may a page be mapped?
 * @bo: the object, its reservation held and its pages present
 * @side: the side to look at
 * @index: index of the page
 *
 * Return: whether it holds the newest bytes.
 */
bool vi915_view_is_valid(const struct vi915_bo *bo, enum vi915_side side,
			 pgoff_t index)
{
	return vi915_view_is_single(bo, index) ||
	       vi915_view_valid(bo, index) & side;
}

/**
 * vi915_view_is_writable() - may a page be mapped writable?
 * @bo: the object, its reservation held and its pages present
 * @side: the side to look at
 * @index: index of the page
 *
 * Return: whether it holds the newest bytes, and the other side has outdated
 * ones or the same page.
 */
bool vi915_view_is_writable(const struct vi915_bo *bo, enum vi915_side side,
			    pgoff_t index)
{
	return vi915_view_is_single(bo, index) ||
	       vi915_view_valid(bo, index) == side;
}

/**
 * vi915_view_frame() - the page frame behind a page of one side
 * @bo: the object, its reservation held and its pages present
 * @side: the side, valid there
 * @index: index of the page
 *
 * Return: a page frame number.
 */
unsigned long vi915_view_frame(const struct vi915_bo *bo, enum vi915_side side,
			       pgoff_t index)
{
	if (side == VI915_SIDE_RAW || vi915_view_is_single(bo, index))
		return vi915_pages_frame(bo, index);
	return page_to_pfn(bo->view.pages[index]);
}

static int vi915_view_create(struct vi915_bo *bo)
{
	struct vi915_view_copy *view = &bo->view;
	pgoff_t unit, units;

	if (view->pages)
		return 0;

	vi915_view_layout(bo, &unit, &units);
	/* An object of less than one row of tiles stays raw. */
	if (!units)
		return 0;

	view->valid = kvmalloc(units, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!view->valid)
		return -ENOMEM;
	memset(view->valid, VI915_SIDE_RAW, units);

	view->pages = kvcalloc(units * unit, sizeof(*view->pages),
			       GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!view->pages) {
		kvfree(view->valid);
		view->valid = NULL;
		return -ENOMEM;
	}

	view->unit = unit;
	view->units = units;
	return 0;
}

/* On failure, pages allocated so far stay for the next attempt. */
static int vi915_view_alloc(struct vi915_view_copy *view, pgoff_t from,
			    pgoff_t to)
{
	pgoff_t i;

	for (i = from * view->unit; i < to * view->unit; i++) {
		if (view->pages[i])
			continue;
		view->pages[i] = alloc_page(GFP_USER | __GFP_ACCOUNT |
					    __GFP_RETRY_MAYFAIL |
					    __GFP_NOWARN);
		if (!view->pages[i])
			return -ENOMEM;
		view->count++;
	}
	return 0;
}

/* Brings one unit of @side up to date from the other side. */
static int vi915_view_convert(struct vi915_bo *bo, enum vi915_side side,
			      pgoff_t unit)
{
	struct vi915_view_copy *view = &bo->view;
	pgoff_t first = unit * view->unit, i;

	for (i = 0; i < view->unit; i++) {
		unsigned long pfn = vi915_pages_frame(bo, first + i);
		void *tile;

		/* Device memory has no struct pages to map. */
		if (!pfn_valid(pfn))
			return -EFAULT;

		tile = kmap_local_page(pfn_to_page(pfn));
		vi915_tiling_convert(bo->tiling.mode, bo->tiling.stride, tile,
				     i, view->pages + first,
				     side == VI915_SIDE_COPY);
		kunmap_local(tile);
	}
	return 0;
}

static u8 vi915_view_next(u8 valid, enum vi915_side side, bool write)
{
	return write ? side : valid | side;
}

/* The part of @from to @to whose state has to change. */
static void vi915_view_trim(const struct vi915_view_copy *view,
			    enum vi915_side side, bool write, pgoff_t *from,
			    pgoff_t *to)
{
	while (*from < *to && vi915_view_next(view->valid[*from], side,
					      write) == view->valid[*from])
		++*from;
	while (*from < *to && vi915_view_next(view->valid[*to - 1], side,
					      write) == view->valid[*to - 1])
		--*to;
}

static int vi915_view_move(struct vi915_bo *bo, enum vi915_side side,
			   pgoff_t from, pgoff_t to, bool write)
{
	struct vi915_view_copy *view = &bo->view;
	pgoff_t i;
	int ret;

	vi915_view_trim(view, side, write, &from, &to);
	if (from == to)
		return 0;

	if (side == VI915_SIDE_COPY) {
		ret = vi915_view_alloc(view, from, to);
		if (ret)
			return ret;
	}

	/* First, so that no CPU writes during the conversion. */
	vi915_mmap_zap_pages(bo, from * view->unit, (to - from) * view->unit);

	for (i = from; i < to; i++) {
		if (!(view->valid[i] & side)) {
			ret = vi915_view_convert(bo, side, i);
			if (ret)
				return ret;
		}
		view->valid[i] = vi915_view_next(view->valid[i], side, write);
		/* An object may be as large as memory. */
		cond_resched();
	}
	return 0;
}

static int vi915_view_move_pages(struct vi915_bo *bo, enum vi915_side side,
				 pgoff_t first, pgoff_t end, bool write)
{
	struct vi915_view_copy *view = &bo->view;
	int ret;

	if (side == VI915_SIDE_COPY) {
		ret = vi915_view_create(bo);
		if (ret)
			return ret;
	}
	if (!view->pages)
		return 0;

	first /= view->unit;
	end = min(DIV_ROUND_UP(end, view->unit), view->units);
	if (first >= end)
		return 0;
	return vi915_view_move(bo, side, first, end, write);
}

/**
 * vi915_view_to_raw() - make all raw bytes valid for a user
 * @bo: the object, its reservation held and its pages present
 * @write: the user may write them, which invalidates the copy
 *
 * Return: 0, or as vi915_view_access().
 */
int vi915_view_to_raw(struct vi915_bo *bo, bool write)
{
	dma_resv_assert_held(bo->base.resv);

	if (!bo->view.pages)
		return 0;
	return vi915_view_move_pages(bo, VI915_SIDE_RAW, 0, vi915_bo_pages(bo),
				     write);
}

/**
 * vi915_view_settle() - make only the raw bytes valid, if unsure
 * @bo: the object, its reservation held
 *
 * Return: 0, or as vi915_view_access().
 */
int vi915_view_settle(struct vi915_bo *bo)
{
	int ret;

	if (!bo->view.unsure)
		return 0;

	ret = vi915_view_to_raw(bo, true);
	if (ret)
		return ret;
	/* Last: a lockless reader that sees false sees no old mapping. */
	smp_store_release(&bo->view.unsure, false);
	return 0;
}

/* Can nothing write raw bytes now? Jobs can, even those declared to read. */
static bool vi915_view_is_quiet(const struct vi915_bo *bo)
{
	return !bo->base.import_attach && !bo->pages.users &&
	       !bo->pages.shares &&
	       dma_resv_test_signaled(bo->base.resv, vi915_wait_usage(bo));
}

/* Before a use of the copy: asks importers to unmap; notes other raw users. */
static int vi915_view_listen(struct vi915_bo *bo)
{
	/* An importer with a pending job cannot unmap, so it is noted. */
	if (bo->pages.shares &&
	    dma_resv_test_signaled(bo->base.resv, DMA_RESV_USAGE_BOOKKEEP))
		vi915_export_notify(bo);

	if (!vi915_view_is_quiet(bo)) {
		WRITE_ONCE(bo->view.unsure, true);
		return 0;
	}
	/* Raw users that ran during an earlier conversion are done. */
	return vi915_view_settle(bo);
}

/**
 * vi915_view_access() - make one side of some pages valid
 * @bo: the object, its reservation held and its pages present
 * @side: the side
 * @first: the first page
 * @end: the page after the last
 * @write: the caller may write it, which invalidates the other side
 *
 * Return: 0; to use the copy also -ENOMEM, or -EFAULT for memory that the
 * kernel cannot read.
 */
int vi915_view_access(struct vi915_bo *bo, enum vi915_side side, pgoff_t first,
		      pgoff_t end, bool write)
{
	int ret;

	dma_resv_assert_held(bo->base.resv);

	if (side == VI915_SIDE_COPY) {
		ret = vi915_view_listen(bo);
		if (ret)
			return ret;
	}
	return vi915_view_move_pages(bo, side, first, end, write);
}

/**
 * vi915_view_fault() - as vi915_view_access(), for a fault
 * @bo: the object, its reservation held and its pages present
 * @side: the side
 * @first: the first page of the window to map
 * @end: the page after the last
 * @at: the page of the fault
 * @write: whether it is a write fault
 *
 * Return: as vi915_view_access().
 */
int vi915_view_fault(struct vi915_bo *bo, enum vi915_side side, pgoff_t first,
		     pgoff_t end, pgoff_t at, bool write)
{
	int ret;

	dma_resv_assert_held(bo->base.resv);

	if (side == VI915_SIDE_COPY) {
		ret = vi915_view_listen(bo);
		if (ret)
			return ret;
		if (write && bo->view.unsure) {
			first = at;
			end = at + 1;
		}
	}
	return vi915_view_move_pages(bo, side, first, end, write);
}

/**
 * vi915_view_to_gpu() - make raw bytes valid for a job
 * @bo: the object, its reservation held and its pages present; the job's fence
 *	must be added before the reservation is released
 *
 * A batch may write any of its objects, whatever their flags say.
 *
 * Return: 0, or as vi915_view_access().
 */
int vi915_view_to_gpu(struct vi915_bo *bo)
{
	return vi915_view_to_raw(bo, true);
}

/**
 * vi915_view_settle_unlocked() - vi915_view_settle() without the reservation
 * @bo: the object, its reservation not held
 */
void vi915_view_settle_unlocked(struct vi915_bo *bo)
{
	/* Pairs with the release in vi915_view_settle(). */
	if (!smp_load_acquire(&bo->view.unsure))
		return;

	/* Not interruptible: the caller's wait is over and cannot fail. */
	dma_resv_lock(bo->base.resv, NULL);
	vi915_view_settle(bo);
	vi915_bo_unlock(bo);
}

/**
 * vi915_view_retire() - settle an object after a job that used it
 * @bo: the object, its reservation not held
 *
 * The driver does not notice waits for syncobjs and sync files: this makes GTT
 * views show what the job wrote soon after such waits, too.
 */
void vi915_view_retire(struct vi915_bo *bo)
{
	if (!READ_ONCE(bo->view.unsure))
		return;

	dma_resv_lock(bo->base.resv, NULL);
	/* Else a later job's retirement will settle it. */
	if (dma_resv_test_signaled(bo->base.resv, vi915_wait_usage(bo)))
		vi915_view_settle(bo);
	vi915_bo_unlock(bo);
}

/**
 * vi915_view_drop() - convert the copy's bytes back and free it
 * @bo: the object, its reservation held, its pages still present and no CPU
 *	mapping left
 *
 * May be called in reclaim: allocates nothing and waits for nothing.
 */
void vi915_view_drop(struct vi915_bo *bo)
{
	struct vi915_view_copy *view = &bo->view;
	pgoff_t i;

	dma_resv_assert_held(bo->base.resv);

	if (!view->pages)
		return;

	/*
	 * Converting back cannot fail after converting once. After the last
	 * reference, only an exporter's bytes can still be read.
	 */
	if (bo->pages.kind == VI915_PAGES_IMPORT ||
	    kref_read(&bo->base.refcount))
		drm_WARN_ON(bo->base.dev, vi915_view_to_raw(bo, true));

	for (i = 0; i < view->units * view->unit; i++) {
		if (view->pages[i])
			__free_page(view->pages[i]);
		cond_resched();
	}
	kvfree(view->pages);
	kvfree(view->valid);
	view->pages = NULL;
	view->valid = NULL;
	view->count = 0;
	WRITE_ONCE(view->unsure, false);
}
