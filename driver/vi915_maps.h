/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_MAPS_H
#define VI915_MAPS_H

#include <linux/compiler.h>
#include <linux/mm.h>
#include <linux/types.h>

#include "vi915_stray.h"

/* Bits of a GPU address; bits 63:48 repeat bit 47 or are zero. */
#define VI915_MAPS_BITS	48

/**
 * struct vi915_map - one range of GPU addresses a job can reach
 * @start: first byte; page aligned, in the 48-bit form
 * @end: byte after the last; page aligned, at most 1 << 48
 * @frames: page frame number of each page; all pages have a kernel address and
 *	stay as long as the job
 */
struct vi915_map {
	u64 start;
	u64 end;
	const unsigned long *frames;
};

/**
 * struct vi915_maps - all memory that a job can reach
 * @map: ranges sorted by start, without overlap; fixed while the job lives
 * @count: number of @map
 * @last: index of the range of the last lookup; only one thread uses it
 * @stray: takes accesses to unmapped addresses; NULL: these are faults
 */
struct vi915_maps {
	struct vi915_map *map;
	unsigned int count;
	unsigned int last;
	struct vi915_stray *stray;
};

bool vi915_maps_plain(u64 *addr);
bool vi915_maps_take(const struct vi915_maps *maps, u64 *addr);
void vi915_maps_sort(struct vi915_maps *maps);
bool vi915_maps_search(struct vi915_maps *maps, u64 addr);
void *vi915_maps_at(struct vi915_maps *maps, u64 addr,
		    enum vi915_stray_kind kind, size_t *left);

static inline bool vi915_maps_holds(const struct vi915_map *map, u64 addr)
{
	return addr >= map->start && addr < map->end;
}

/**
 * vi915_maps_find() - translate a GPU address in the 48-bit form
 * @maps: all memory that the job can reach
 * @addr: the address; from 1 << 48 on none is mapped
 * @left: out: bytes from @addr to the end of its page
 *
 * Return: the byte; NULL if nothing is mapped there.
 */
static inline void *vi915_maps_find(struct vi915_maps *maps, u64 addr,
				    size_t *left)
{
	const struct vi915_map *map;
	size_t in_page = addr & ~PAGE_MASK;
	unsigned long frame;

	if (unlikely(maps->last >= maps->count ||
		     !vi915_maps_holds(&maps->map[maps->last], addr)) &&
	    !vi915_maps_search(maps, addr))
		return NULL;
	map = &maps->map[maps->last];
	frame = map->frames[(addr - map->start) >> PAGE_SHIFT];
	*left = PAGE_SIZE - in_page;
	return page_address(pfn_to_page(frame)) + in_page;
}

/**
 * vi915_maps_reach() - translate a GPU address for an access
 * @maps: all memory that the job can reach
 * @addr: the address, in the 48-bit form or beyond
 * @kind: kind of the access
 * @left: out: bytes from @addr to the end of its page
 *
 * Return: the byte, or memory used in its place; NULL if there is neither.
 */
static inline void *vi915_maps_reach(struct vi915_maps *maps, u64 addr,
				     enum vi915_stray_kind kind, size_t *left)
{
	void *memory = vi915_maps_find(maps, addr, left);

	if (likely(memory) || !maps->stray)
		return memory;
	return vi915_stray_access(maps->stray, addr, kind, left);
}

/**
 * vi915_maps_reach_run() - translate the start of a run of bytes
 * @maps: all memory that the job can reach
 * @addr: the address, in the 48-bit form or beyond
 * @kind: kind of the access
 * @bytes: length of the run
 * @left: out: bytes from @addr that are contiguous in memory; not counted much
 *	beyond @bytes
 *
 * Return: the byte, or memory used in its place; NULL if there is neither.
 */
static inline void *vi915_maps_reach_run(struct vi915_maps *maps, u64 addr,
					 enum vi915_stray_kind kind,
					 size_t bytes, size_t *left)
{
	void *memory = vi915_maps_find(maps, addr, left);
	const unsigned long *frame, *last;
	const struct vi915_map *map;

	if (unlikely(!memory))
		return vi915_maps_reach(maps, addr, kind, left);
	map = &maps->map[maps->last];
	frame = &map->frames[(addr - map->start) >> PAGE_SHIFT];
	last = &map->frames[(map->end - map->start - 1) >> PAGE_SHIFT];
	for (; *left < bytes && frame < last && frame[1] == frame[0] + 1; frame++)
		*left += PAGE_SIZE;
	return memory;
}

#endif
