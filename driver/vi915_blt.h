/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_BLT_H
#define VI915_BLT_H

#include <linux/types.h>

#include "vi915_surface.h"

struct vi915_maps;

#define VI915_BLT_BLOCK	4096

/**
 * struct vi915_blt_scratch - buffers for blocks
 * @operand: a block of the source or of the colour
 * @target: a block of the destination
 * @rows: rows of a linear surface that whole tiles are copied from or to
 *
 * Nothing in it is kept between two calls of vi915_blt_run().
 */
struct vi915_blt_scratch {
	u64 operand[VI915_BLT_BLOCK / sizeof(u64)];
	u64 target[VI915_BLT_BLOCK / sizeof(u64)];
	struct vi915_surface_rows rows;
};

/**
 * enum vi915_blt_status - how far a blit got
 * @VI915_BLT_DONE: all is drawn
 * @VI915_BLT_MORE: call again to draw the rest
 * @VI915_BLT_UNMAPPED: ended where nothing is mapped, see &vi915_blt.bad
 */
enum vi915_blt_status {
	VI915_BLT_DONE,
	VI915_BLT_MORE,
	VI915_BLT_UNMAPPED,
};

/**
 * struct vi915_blt - one blit and how far it got
 * @dst: surface that is drawn to
 * @src: surface that is copied from; unused for a fill
 * @rect: part of @dst to draw, already clipped; in bytes and rows
 * @src_x: byte of @src that goes to the left of @rect
 * @src_y: row of @src that goes to the top of @rect
 * @fill: draw @colour and not @src
 * @colour: pattern of 8 bytes to fill with
 * @rop: raster operation, one of the 16 of vi915_rop.h
 * @mask: bits of each 8 bytes that may change
 * @bad: an unmapped address, after VI915_BLT_UNMAPPED
 * @busy: the blit is started and not finished
 * @direct: rows are copied without a buffer
 * @by_tile: whole tiles are copied without a buffer
 * @right_to_left: order of blocks, so that an overlapped source is read first
 * @bottom_up: likewise
 * @width: width of a block in bytes
 * @height: height of a block in rows
 * @phase_x: bytes that the first block lacks, so that all others are tiles
 * @phase_y: likewise in rows
 * @columns: blocks across
 * @bands: blocks down
 * @column: blocks done in this band
 * @band: bands done
 */
struct vi915_blt {
	struct vi915_surface dst;
	struct vi915_surface src;
	struct vi915_rect rect;
	s32 src_x;
	s32 src_y;
	bool fill;
	u64 colour;
	u8 rop;
	u64 mask;
	u64 bad;
	bool busy;
	bool direct;
	bool by_tile;
	bool right_to_left;
	bool bottom_up;
	u32 width;
	u32 height;
	u32 phase_x;
	u32 phase_y;
	u32 columns;
	u32 bands;
	u32 column;
	u32 band;
};

bool vi915_blt_is_ok(const struct vi915_blt *blt);
void vi915_blt_start(struct vi915_blt *blt);
enum vi915_blt_status vi915_blt_run(struct vi915_blt *blt,
				    struct vi915_maps *maps,
				    struct vi915_blt_scratch *scratch,
				    size_t budget, u64 *moved);

#endif
