/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_VIEW_H
#define VI915_VIEW_H

#include <linux/bits.h>
#include <linux/types.h>

struct page;
struct vi915_bo;

/**
 * enum vi915_side - whose bytes a CPU mapping shows
 * @VI915_SIDE_RAW: the object's pages, as the GPU and other devices have them
 * @VI915_SIDE_COPY: the copy, converted
 */
enum vi915_side {
	VI915_SIDE_RAW = BIT(0),
	VI915_SIDE_COPY = BIT(1),
};

/**
 * struct vi915_view_copy - an object's bytes once more, as one view shows them
 *
 * Exists only while the object has pages. All fields are guarded by the
 * object's reservation; @unsure may be read without.
 */
struct vi915_view_copy {
	/** @pages: one per page of @units, NULL where not needed yet; or NULL */
	struct page **pages;
	/** @valid: by unit, the sides that hold its bytes, &enum vi915_side */
	u8 *valid;
	/** @unit: how many pages are converted together */
	pgoff_t unit;
	/** @units: how many; the pages behind them have no copy */
	pgoff_t units;
	/** @count: how many pages the copy has */
	pgoff_t count;
	/** @unsure: somebody may have changed raw bytes and not told */
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
