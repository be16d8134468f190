/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_CONTIG_H
#define VI915_CONTIG_H

#include <linux/types.h>

struct page;
struct vi915_bo;
struct vi915_device;

bool vi915_contig_wanted(const struct vi915_device *dev);
struct page **vi915_contig_alloc(pgoff_t count);
void vi915_contig_free(struct page **list, pgoff_t count);
int vi915_contig_check_locked(const struct vi915_bo *bo);
int vi915_contig_check(struct vi915_bo *bo);

#endif
