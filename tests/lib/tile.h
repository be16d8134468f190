/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Where the bytes of tiled pictures lie, derived from the layout of a tile and
 * not from the driver's arithmetic.
 */
#ifndef VI915_TESTS_TILE_H
#define VI915_TESTS_TILE_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct tiled - how an object is tiled
 * @mode: I915_TILING_x
 * @stride: bytes in a row
 * @size: size of the object in bytes
 */
struct tiled {
	uint32_t mode;
	uint32_t stride;
	uint64_t size;
};

/**
 * tile_row_size() - bytes in a row of tiles; 0 when linear
 */
uint64_t tile_row_size(const struct tiled *t);

/**
 * tile_raw() - where a byte of the linear view lies in memory
 * @linear: offset in the view; bytes behind the last whole row of tiles are not
 *	tiled
 */
uint64_t tile_raw(const struct tiled *t, uint64_t linear);

/**
 * tile_differs() - compare a linear view with raw memory
 * @linear: the linear view
 * @raw: the raw memory
 * @from: first offset to compare, in the view
 * @end: offset behind the last byte to compare
 *
 * Returns: offset in the view of the first difference, or -1.
 */
int64_t tile_differs(const struct tiled *t, const void *linear, const void *raw, uint64_t from,
		     uint64_t end);

#endif
