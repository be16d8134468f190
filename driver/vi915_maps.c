// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/visibility.h>
#include <linux/bits.h>
#include <linux/export.h>
#include <linux/sort.h>

#include "vi915_maps.h"

/**
 * DOC: maps
 *
 * A job sees memory through a flat, sorted array of ranges with a page frame
 * number for each page. The array is built when the job is submitted and never
 * changes while the job lives, so translating an address takes no lock, no
 * allocation and no tree: usually the range is that of the last lookup, else a
 * binary search finds it. Every access of the command streamer and the blitter
 * is translated here: nothing else keeps a batch away from kernel memory. An
 * address that is not found is a stray (vi915_stray.c) or a fault.
 */

/**
 * vi915_maps_plain() - bring an address into the 48-bit form
 * @addr: as user space wrote it; in and out
 *
 * The hardware ignores bits 63:48. Here they must be as careful clients write
 * them: copies of bit 47, or zero.
 *
 * Return: whether the address is valid.
 */
bool vi915_maps_plain(u64 *addr)
{
	u64 plain = *addr & GENMASK_ULL(VI915_MAPS_BITS - 1, 0);
	u64 high = *addr >> (VI915_MAPS_BITS - 1);

	/* All of bits 63:47 zero, only bit 47 set, or all of them set. */
	if (high > 1 && high != GENMASK_ULL(63 - (VI915_MAPS_BITS - 1), 0))
		return false;
	*addr = plain;
	return true;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_maps_plain);

static int vi915_maps_compare(const void *a, const void *b)
{
	const struct vi915_map *left = a;
	const struct vi915_map *right = b;

	if (left->start == right->start)
		return 0;
	return left->start < right->start ? -1 : 1;
}

/**
 * vi915_maps_sort() - sort the ranges for lookups
 * @maps: ranges that do not overlap, in any order
 */
void vi915_maps_sort(struct vi915_maps *maps)
{
	unsigned int i;

	for (i = 1; i < maps->count; i++) {
		if (maps->map[i].start >= maps->map[i - 1].start)
			continue;
		/* sort() takes its time even if all is in order. */
		sort(maps->map, maps->count, sizeof(*maps->map),
		     vi915_maps_compare, NULL);
		break;
	}
	maps->last = 0;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_maps_sort);

/**
 * vi915_maps_search() - find the range of an address
 * @maps: all memory that the job can reach
 * @addr: in the 48-bit form
 *
 * Return: whether there is one; its index is then in @maps->last.
 */
bool vi915_maps_search(struct vi915_maps *maps, u64 addr)
{
	unsigned int low = 0;
	unsigned int high = maps->count;
	unsigned int middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (vi915_maps_holds(&maps->map[middle], addr)) {
			maps->last = middle;
			return true;
		}
		if (addr < maps->map[middle].start)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_maps_search);

/**
 * vi915_maps_take() - bring an address of a command into the 48-bit form
 * @maps: all memory that the job can reach
 * @addr: as user space wrote it; in and out
 *
 * If strays behave as on the hardware, so does this: it ignores bits 63:48.
 *
 * Return: whether the address is valid.
 */
bool vi915_maps_take(const struct vi915_maps *maps, u64 *addr)
{
	if (!maps->stray)
		return vi915_maps_plain(addr);
	*addr &= GENMASK_ULL(VI915_MAPS_BITS - 1, 0);
	return true;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_maps_take);

/**
 * vi915_maps_at() - translate a GPU address of a command
 * @maps: all memory that the job can reach
 * @addr: the address, as user space wrote it
 * @kind: kind of the access
 * @left: out: bytes from @addr to the end of its page
 *
 * Return: the byte, or memory used in its place; NULL if there is neither.
 */
void *vi915_maps_at(struct vi915_maps *maps, u64 addr,
		    enum vi915_stray_kind kind, size_t *left)
{
	if (!vi915_maps_take(maps, &addr))
		return NULL;
	return vi915_maps_reach(maps, addr, kind, left);
}
EXPORT_SYMBOL_IF_KUNIT(vi915_maps_at);
