/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_MAPS_H
#define VI915_MAPS_H

#include <linux/types.h>

/* What a GPU address has: bits 63:48 repeat bit 47 or are zero. */
#define VI915_MAPS_BITS	48

/**
 * struct vi915_map - one range of GPU addresses a job can reach
 * @start: first byte; page aligned, in the 48-bit form
 * @end: behind the last byte; page aligned, at most 1 << 48
 * @frames: page frame number of each page; all have a kernel address and stay
 *	as long as the job
 */
struct vi915_map {
	u64 start;
	u64 end;
	const unsigned long *frames;
};

/**
 * struct vi915_maps - all that a job can reach
 * @map: sorted by start, none overlap; does not change while the job lives
 * @count: of @map
 * @last: the map that the last look-up was in; only one thread looks
 */
struct vi915_maps {
	struct vi915_map *map;
	unsigned int count;
	unsigned int last;
};

bool vi915_maps_plain(u64 *addr);
void vi915_maps_sort(struct vi915_maps *maps);
void *vi915_maps_find(struct vi915_maps *maps, u64 addr, size_t *left);
void *vi915_maps_at(struct vi915_maps *maps, u64 addr, size_t *left);

#endif
