/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_WAITS_H
#define VI915_WAITS_H

#include <linux/types.h>
#include <linux/xarray.h>

struct dma_fence;

/**
 * struct vi915_waits - the fences that a job waits for
 *
 * Used by the submitter until the job is submitted, then by the scheduler.
 */
struct vi915_waits {
	/** @fences: the last fence of each fence context; references */
	struct xarray fences;
	/** @foreign: how many of @fences need a proxy */
	unsigned int foreign;
	/** @next: fence context at which vi915_waits_next() continues */
	unsigned long next;
};

void vi915_waits_init(struct vi915_waits *waits);
void vi915_waits_fini(struct vi915_waits *waits);
int vi915_waits_add(struct vi915_waits *waits, struct dma_fence *fence);
size_t vi915_waits_cost(const struct vi915_waits *waits);
int vi915_waits_settle(struct vi915_waits *waits);
struct dma_fence *vi915_waits_next(struct vi915_waits *waits);
bool vi915_waits_are_late(struct vi915_waits *waits);

#endif
