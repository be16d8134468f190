/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_PAGES_H
#define VI915_PAGES_H

#include <linux/dma-direction.h>
#include <linux/types.h>

struct device;
struct page;
struct sg_table;
struct vi915_bo;

/**
 * enum vi915_pages_kind - where an object's pages come from
 * @VI915_PAGES_SHMEM: memory of its own
 * @VI915_PAGES_IMPORT: a foreign dma-buf
 * @VI915_PAGES_USERPTR: a process's memory
 * @VI915_PAGES_CONTIG: memory of its own in one piece, allocated on creation
 */
enum vi915_pages_kind {
	VI915_PAGES_SHMEM,
	VI915_PAGES_IMPORT,
	VI915_PAGES_USERPTR,
	VI915_PAGES_CONTIG,
};

/**
 * enum vi915_madv - are the contents still needed?
 * @VI915_MADV_WILLNEED: yes
 * @VI915_MADV_DONTNEED: no; they may be purged when memory is short
 * @VI915_MADV_PURGED: no; they are gone for good
 */
enum vi915_madv {
	VI915_MADV_WILLNEED,
	VI915_MADV_DONTNEED,
	VI915_MADV_PURGED,
};

/**
 * struct vi915_pages - an object's memory
 *
 * Present pages of every kind have one form: an array of page frame numbers as
 * the GPU sees them. sg tables exist only for dma-buf, at the border to other
 * drivers.
 *
 * All fields but @kind are guarded by the object's reservation.
 */
struct vi915_pages {
	/** @kind: set on creation */
	enum vi915_pages_kind kind;
	/** @madv: see &enum vi915_madv */
	enum vi915_madv madv;
	/** @frames: one page frame number per page, or NULL: not present */
	unsigned long *frames;
	/** @list: the pages behind @frames; NULL for an import */
	struct page **list;
	/** @sgt: the exporter's mapping behind @frames of an import */
	struct sg_table *sgt;
	/** @bare: some of @frames have no struct page */
	bool bare;
	/** @stale: the exporter announced a move: map anew at the next use */
	bool stale;
	/** @dir: direction that @sgt is mapped for; DMA_NONE without one */
	enum dma_data_direction dir;
	/** @users: how many vi915_pages_get() keep the pages in place */
	unsigned int users;
	/**
	 * @shares: mappings handed to importers; importers that did not pin
	 * return theirs when notified of a move
	 */
	unsigned int shares;
};

void vi915_pages_init(struct vi915_bo *bo, enum vi915_pages_kind kind);
void vi915_pages_fini(struct vi915_bo *bo);

int vi915_pages_ensure(struct vi915_bo *bo, enum dma_data_direction dir);
int vi915_pages_get(struct vi915_bo *bo, enum dma_data_direction dir);
void vi915_pages_put(struct vi915_bo *bo);
int vi915_pages_drop(struct vi915_bo *bo);
int vi915_pages_evict(struct vi915_bo *bo);
void vi915_pages_move_notify(struct vi915_bo *bo);
void vi915_pages_unplug(struct vi915_bo *bo);
enum vi915_madv vi915_pages_advise(struct vi915_bo *bo, enum vi915_madv madv);

struct sg_table *vi915_pages_share(struct vi915_bo *bo, struct device *dev,
				   enum dma_data_direction dir);
void vi915_pages_unshare(struct vi915_bo *bo, struct device *dev,
			 struct sg_table *sgt, enum dma_data_direction dir);

unsigned long vi915_pages_frame(const struct vi915_bo *bo, pgoff_t index);

#endif
