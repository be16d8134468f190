// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/visibility.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "vi915_contig.h"
#include "vi915_device.h"
#include "vi915_gem.h"
#include "vi915_pages.h"
#include "vi915_refuse.h"

/**
 * DOC: memory in one piece
 *
 * Displays without page tables of their own show only contiguous memory. A GPU
 * with contiguous=1 and outputs is like that: each object of its own gets one
 * piece of memory when it is made, or ENOMEM, and keeps it to its end. Foreign
 * buffers are checked when they are to be shown; a GPU that can only display
 * checks them on import.
 *
 * Drivers of such displays take memory from an area that the kernel keeps free
 * for them (CMA). A module cannot have one, and the page allocator's pieces end
 * at a few MiB. Larger pieces are made of neighbours: blocks of the largest
 * size are taken until enough of them lie side by side, and the others are
 * given back. So the size of the largest piece depends on the other users of
 * memory, as with a CMA area that is shared.
 */

/* Most surplus blocks that are taken in a search, 4 MiB each on x86. */
#define VI915_CONTIG_SPARE	64

/**
 * struct vi915_contig_hunt - blocks of memory, taken to find neighbours
 * @blocks: the blocks, sorted by address
 * @count: number of blocks
 * @order: order of each block
 */
struct vi915_contig_hunt {
	struct page **blocks;
	unsigned int count;
	unsigned int order;
};

/**
 * vi915_contig_wanted() - must buffers that a GPU shows be contiguous?
 * @dev: the GPU
 *
 * Return: whether its description says so, and it has outputs.
 */
bool vi915_contig_wanted(const struct vi915_device *dev)
{
	return dev->config.contiguous && dev->config.outputs;
}

static bool vi915_contig_adjoin(const struct vi915_contig_hunt *hunt,
				unsigned int left)
{
	return page_to_pfn(hunt->blocks[left]) + (1UL << hunt->order) ==
	       page_to_pfn(hunt->blocks[left + 1]);
}

static unsigned int vi915_contig_insert(struct vi915_contig_hunt *hunt,
					struct page *block)
{
	unsigned int at = hunt->count++;

	while (at && page_to_pfn(hunt->blocks[at - 1]) > page_to_pfn(block)) {
		hunt->blocks[at] = hunt->blocks[at - 1];
		at--;
	}
	hunt->blocks[at] = block;
	return at;
}

/* Count the adjacent blocks around one; @first is the index of their first. */
static unsigned int vi915_contig_run(const struct vi915_contig_hunt *hunt,
				     unsigned int at, unsigned int *first)
{
	unsigned int last = at;

	while (at && vi915_contig_adjoin(hunt, at - 1))
		at--;
	while (last + 1 < hunt->count && vi915_contig_adjoin(hunt, last))
		last++;
	*first = at;
	return last - at + 1;
}

/* Try hard for the blocks that are needed, not for the surplus ones. */
static struct page *vi915_contig_take(const struct vi915_contig_hunt *hunt,
				      unsigned int need)
{
	gfp_t effort = hunt->count < need ? __GFP_RETRY_MAYFAIL :
					    __GFP_NORETRY;

	return alloc_pages(GFP_KERNEL_ACCOUNT | __GFP_NOWARN | effort,
			   hunt->order);
}

static int vi915_contig_search(struct vi915_contig_hunt *hunt,
			       unsigned int need, unsigned int *first)
{
	struct page *block;
	unsigned int at;

	while (hunt->count < need + VI915_CONTIG_SPARE &&
	       !fatal_signal_pending(current)) {
		block = vi915_contig_take(hunt, need);
		if (!block)
			break;
		at = vi915_contig_insert(hunt, block);
		if (vi915_contig_run(hunt, at, first) >= need)
			return 0;
		cond_resched();
	}
	return -ENOMEM;
}

/* Split the blocks into pages, which are freed one by one; free the excess. */
static void vi915_contig_split(const struct vi915_contig_hunt *hunt,
			       unsigned int first, struct page **list,
			       pgoff_t count)
{
	pgoff_t size = 1UL << hunt->order, i;
	pgoff_t all = ALIGN(count, size);
	struct page *page;

	for (i = 0; i < all; i++) {
		page = hunt->blocks[first + i / size] + i % size;
		if (i % size == 0) {
			cond_resched();
			split_page(page, hunt->order);
		}
		if (i < count)
			list[i] = page;
		else
			__free_page(page);
	}
}

static void vi915_contig_give_back(struct vi915_contig_hunt *hunt,
				   unsigned int first, unsigned int kept)
{
	unsigned int i;

	for (i = 0; i < hunt->count; i++)
		if (i < first || i >= first + kept)
			__free_pages(hunt->blocks[i], hunt->order);
	kvfree(hunt->blocks);
}

static int vi915_contig_fill(struct page **list, pgoff_t count)
{
	struct vi915_contig_hunt hunt = {
		.order = min_t(unsigned int, get_order(count << PAGE_SHIFT),
			       MAX_PAGE_ORDER),
	};
	unsigned int need = DIV_ROUND_UP(count, 1UL << hunt.order), first;
	pgoff_t i;
	int ret;

	hunt.blocks = kvmalloc_array(need + VI915_CONTIG_SPARE,
				     sizeof(*hunt.blocks), GFP_KERNEL);
	if (!hunt.blocks)
		return -ENOMEM;

	ret = vi915_contig_search(&hunt, need, &first);
	if (!ret)
		vi915_contig_split(&hunt, first, list, count);
	vi915_contig_give_back(&hunt, ret ? 0 : first, ret ? 0 : need);

	/* New objects are zeroed, so they leak nothing. */
	for (i = 0; !ret && i < count; i++) {
		cond_resched();
		clear_highpage(list[i]);
	}
	return ret;
}

/**
 * vi915_contig_alloc() - allocate contiguous memory
 * @count: its length in pages; not 0
 *
 * Return: its pages in order, zeroed, to be freed by vi915_contig_free(); or
 * an ERR_PTR: -ENOMEM.
 */
struct page **vi915_contig_alloc(pgoff_t count)
{
	struct page **list;
	int ret;

	/* Refuse at once rather than after taking all memory. */
	if (count > totalram_pages())
		return ERR_PTR(-ENOMEM);
	list = kvmalloc_array(count, sizeof(*list), GFP_KERNEL | __GFP_NOWARN);
	if (!list)
		return ERR_PTR(-ENOMEM);

	ret = vi915_contig_fill(list, count);
	if (ret) {
		kvfree(list);
		return ERR_PTR(ret);
	}
	return list;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_contig_alloc);

/**
 * vi915_contig_free() - free contiguous memory
 * @list: from vi915_contig_alloc()
 * @count: its length in pages
 */
void vi915_contig_free(struct page **list, pgoff_t count)
{
	pgoff_t i;

	for (i = 0; i < count; i++) {
		cond_resched();
		__free_page(list[i]);
	}
	kvfree(list);
}
EXPORT_SYMBOL_IF_KUNIT(vi915_contig_free);

/**
 * vi915_contig_check_locked() - check that the GPU's outputs can show pages
 * @bo: the object, its reservation held, its pages present
 *
 * Return: 0, or -EINVAL if the pages must be contiguous and are not.
 */
int vi915_contig_check_locked(const struct vi915_bo *bo)
{
	const struct vi915_device *dev = to_vi915_device(bo->base.dev);
	unsigned long first = vi915_pages_frame(bo, 0);
	pgoff_t i;

	if (!vi915_contig_wanted(dev) || bo->pages.kind == VI915_PAGES_CONTIG)
		return 0;
	for (i = 1; i < vi915_bo_pages(bo); i++)
		if (VI915_REFUSE(&dev->drm,
				 vi915_pages_frame(bo, i) != first + i))
			return -EINVAL;
	return 0;
}

/**
 * vi915_contig_check() - check that the GPU's outputs can show an object
 * @bo: the object, its reservation not held
 *
 * An import is mapped for this if the answer depends on its pages.
 *
 * Return: as vi915_contig_check_locked(), as vi915_pages_ensure(), or -EINTR.
 */
int vi915_contig_check(struct vi915_bo *bo)
{
	int ret;

	if (!vi915_contig_wanted(to_vi915_device(bo->base.dev)) ||
	    bo->pages.kind == VI915_PAGES_CONTIG)
		return 0;

	ret = vi915_bo_lock(bo);
	if (ret)
		return ret;
	ret = vi915_pages_ensure(bo, DMA_BIDIRECTIONAL);
	if (!ret)
		ret = vi915_contig_check_locked(bo);
	vi915_bo_unlock(bo);
	return ret;
}
