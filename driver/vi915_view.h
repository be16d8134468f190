/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_VIEW_H
#define VI915_VIEW_H

#include <linux/bits.h>
#include <linux/types.h>

struct page;
struct vi915_bo;

/**
 * enum vi915_side - the form of an object's bytes that a CPU mapping shows
 * @VI915_SIDE_RAW: the object's pages, as the GPU and other devices use them
 * @VI915_SIDE_COPY: the linear copy
 */
enum vi915_side {
	VI915_SIDE_RAW = BIT(0),
	VI915_SIDE_COPY = BIT(1),
};

/**
 * struct vi915_view_copy - the linear copy of a tiled object's bytes
 *
 * Exists only while the object has pages. The object's reservation guards all
 * fields; @unsure may be read without it.
 */
struct vi915_view_copy {
	/** @pages: one per page of @units, NULL where not needed yet; or NULL */
	struct page **pages;
	/** @valid: for each unit, mask of valid sides, &enum vi915_side */
	u8 *valid;
	/** @unit: pages per unit of conversion */
	pgoff_t unit;
	/** @units: number of units; the pages behind them have no copy */
	pgoff_t units;
	/** @count: number of pages allocated for the copy */
	pgoff_t count;
	/** @unsure: raw bytes may have changed without notice */
	bool unsure;
};

enum vi915_side vi915_view_side(const struct vi915_bo *bo, bool gtt);
bool vi915_view_is_split(const struct vi915_bo *bo, enum vi915_side side);
bool vi915_view_is_valid(const struct vi915_bo *bo, enum vi915_side side,
			 pgoff_t index);
bool vi915_view_is_writable(const struct vi915_bo *bo, enum vi915_side side,
			    pgoff_t index);
unsigned long vi915_view_frame(const struct vi915_bo *bo, enum vi915_side side,
			       pgoff_t index);

int vi915_view_access(struct vi915_bo *bo, enum vi915_side side, pgoff_t first,
		      pgoff_t end, bool write);
int vi915_view_fault(struct vi915_bo *bo, enum vi915_side side, pgoff_t first,
		     pgoff_t end, pgoff_t at, bool write);
int vi915_view_to_raw(struct vi915_bo *bo, bool write);
int vi915_view_to_gpu(struct vi915_bo *bo);
int vi915_view_settle(struct vi915_bo *bo);
void vi915_view_settle_unlocked(struct vi915_bo *bo);
void vi915_view_retire(struct vi915_bo *bo);
void vi915_view_drop(struct vi915_bo *bo);

#endif
