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
 * DOC: views that show other bytes
 *
 * A GTT mapping of a tiled object looks linear. Hardware turns addresses
 * around on each access; here the object has a second copy of its bytes, and
 * the mapping shows that. A unit of conversion is a row of tiles, which is a
 * whole number of pages on either side and lies at the same place in both: so
 * each unit is by itself, and knows which sides hold its bytes.
 *
 * One side alone: it may be mapped writable, the other is not mapped at all.
 * Both sides: either may be mapped, read-only. So every access that could part
 * them is a fault, which takes the other side's mappings away, and one thread
 * always reads what it wrote, through whichever view. Nothing is converted
 * back that was only read.
 *
 * Raw bytes also change without a fault: by a job, by an importer, in the
 * kernel. Each of them makes the raw side valid when it begins. A fault waits
 * for none of them, so a unit that is converted meanwhile is one that nobody
 * can be sure of: at the next point where the client says that it waited
 * (WAIT, BUSY that is idle, SET_DOMAIN, DMA_BUF_IOCTL_SYNC), or when a mapping
 * goes, the raw side is taken for the newest. Importers that follow moves are
 * asked to: they map anew when they go on, and that is heard.
 *
 * Of a unit that both a job and the CPU write at the same time one of the two
 * is lost, which hardware would mix. So that it is no more than that unit,
 * only the unit of the fault becomes writable then.
 *
 * Converting back allocates nothing, since the raw pages outlive the copy: it
 * can be done in reclaim.
 */

static void vi915_view_layout(const struct vi915_bo *bo, pgoff_t *unit,
			      pgoff_t *units)
{
	*unit = vi915_tiling_row_size(bo->tiling.mode, bo->tiling.stride) >>
		PAGE_SHIFT;
	/* What is left of the last row of tiles is in no unit: it is raw. */
	*units = vi915_bo_pages(bo) / *unit;
}

/**
 * vi915_view_side() - what a mapping shows
 * @bo: the object, its reservation held
 * @gtt: a mapping through the GTT; all others are raw
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
 * vi915_view_is_split() - does it matter which side is mapped?
 * @bo: the object, its reservation held
 * @side: which one is to be
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

/* Is there only one page, whichever side is asked for? */
static bool vi915_view_is_single(const struct vi915_bo *bo, pgoff_t index)
{
	return !bo->view.pages || index / bo->view.unit >= bo->view.units;
}

/**
 * vi915_view_is_valid() - may a page be mapped?
 * @bo: the object, its reservation held and its pages present
 * @side: which side's
 * @index: which page
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
 * @side: which side's
 * @index: which page
 *
 * Return: whether it holds the newest bytes, and the other side does not.
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
 * @side: which side's; valid
 * @index: which page
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
	/* An object of less than one row of tiles is all rest. */
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

/* What was got before memory ran out stays, for the next attempt. */
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

		/* Memory of a device has no pages to look at. */
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

	/* First, so that nobody writes while it is converted. */
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
 * vi915_view_to_raw() - somebody is going to use all raw bytes
 * @bo: the object, its reservation held and its pages present
 * @write: to write them too
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
 * vi915_view_settle() - all that used the raw bytes is said to be done
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
	/* Last: who sees it false, without the lock, sees no old mapping. */
	smp_store_release(&bo->view.unsure, false);
	return 0;
}

/* A job may write what it said it reads. */
static bool vi915_view_is_quiet(const struct vi915_bo *bo)
{
	return !bo->base.import_attach && !bo->pages.users &&
	       !bo->pages.shares &&
	       dma_resv_test_signaled(bo->base.resv, vi915_wait_usage(bo));
}

/* Before the copy is used: who can hear of it does, of the rest we take note. */
static int vi915_view_listen(struct vi915_bo *bo)
{
	/* One whose job is under way can let nothing go: it will be noted. */
	if (bo->pages.shares &&
	    dma_resv_test_signaled(bo->base.resv, DMA_RESV_USAGE_BOOKKEEP))
		vi915_export_notify(bo);

	if (!vi915_view_is_quiet(bo)) {
		WRITE_ONCE(bo->view.unsure, true);
		return 0;
	}
	/* What was going on when it was converted is over. */
	return vi915_view_settle(bo);
}

/**
 * vi915_view_access() - make one side of some pages the right one to use
 * @bo: the object, its reservation held and its pages present
 * @side: which side
 * @first: the first page
 * @end: the page after the last
 * @write: to write it, which ends the other side's validity
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
 * @side: which side
 * @first: the first page that would be mapped
 * @end: the page after the last
 * @at: the page of the fault
 * @write: whether the fault is one for writing
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
 * vi915_view_to_gpu() - a job is about to use an object
 * @bo: the object, its reservation held and its pages present; the job's fence
 *	must be in the reservation before that is let go
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
 * vi915_view_settle_unlocked() - vi915_view_settle() for who holds no lock
 * @bo: the object, its reservation not held
 */
void vi915_view_settle_unlocked(struct vi915_bo *bo)
{
	/* Pairs with the release in vi915_view_settle(). */
	if (!smp_load_acquire(&bo->view.unsure))
		return;

	/* Not interruptible: what was waited for cannot be told again. */
	dma_resv_lock(bo->base.resv, NULL);
	vi915_view_settle(bo);
	vi915_bo_unlock(bo);
}

/**
 * vi915_view_retire() - a job that used an object is complete
 * @bo: the object, its reservation not held
 *
 * For who waited in a way that this driver does not hear of, such as syncobjs
 * and sync files: soon after, a GTT view shows what the job wrote.
 */
void vi915_view_retire(struct vi915_bo *bo)
{
	if (!READ_ONCE(bo->view.unsure))
		return;

	dma_resv_lock(bo->base.resv, NULL);
	/* Other jobs will retire, too. */
	if (dma_resv_test_signaled(bo->base.resv, vi915_wait_usage(bo)))
		vi915_view_settle(bo);
	vi915_bo_unlock(bo);
}

/**
 * vi915_view_drop() - let go of the copy, its bytes converted back
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
	 * What was converted once can be converted back. With the last
	 * reference nobody is left to read it, unless it is an exporter's.
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
