/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_STRAY_H
#define VI915_STRAY_H

#include <linux/types.h>

/**
 * enum vi915_stray_kind - how a command accesses memory
 * @VI915_STRAY_READ: to read it
 * @VI915_STRAY_WRITE: to write it; it may be read first, if the bytes that were
 *	read go nowhere but back into it
 */
enum vi915_stray_kind {
	VI915_STRAY_READ,
	VI915_STRAY_WRITE,
};

/**
 * struct vi915_stray - accesses of one job to unmapped addresses
 * @sink: one page of memory that takes writes; reads never see it
 * @count: lookups that found nothing, each for a page or less
 * @first: address of the first of them
 */
struct vi915_stray {
	void *sink;
	u64 count;
	u64 first;
};

void *vi915_stray_access(struct vi915_stray *stray, u64 addr,
			 enum vi915_stray_kind kind, size_t *left);

#endif
