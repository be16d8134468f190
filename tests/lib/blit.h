/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Blits of gen9 in all their forms, beyond batch_fill() and batch_copy(). Also
 * the expected result of a blit, worked out pixel by pixel, with no arithmetic
 * shared with the driver.
 */
#ifndef VI915_TESTS_BLIT_H
#define VI915_TESTS_BLIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "batch.h"

/* Channels, at 32 bits a pixel. */
#define BLIT_RGB 1u
#define BLIT_ALPHA 2u
#define BLIT_ARGB 3u

/* Raster operations. */
#define BLIT_ROP_SOURCE 0xccu
#define BLIT_ROP_COLOUR 0xf0u

/**
 * struct blit_surface - a picture
 * @ptr: pixel 0,0
 * @tiling: I915_TILING_x
 * @pitch: bytes from row to row, may be negative when linear
 */
struct blit_surface {
	struct batch_ptr ptr;
	uint32_t tiling;
	int32_t pitch;
};

/**
 * struct blit - one blit
 * @to: drawn to
 * @from: drawn from; ignored by a fill
 * @bpp: bits per pixel: 8, 16, 32; for a fast copy also 64 and 128
 * @rop: raster operation code of three operands
 * @channels: BLIT_x, at 32 bits only
 * @clip: clipped by the clipping rectangle
 * @colour: colour of a fill
 * @x: left, in @to
 * @y: top, in @to
 * @width: in pixels
 * @height: in rows
 * @from_x: left, in @from
 * @from_y: top, in @from
 */
struct blit {
	struct blit_surface to;
	struct blit_surface from;
	unsigned int bpp;
	uint8_t rop;
	unsigned int channels;
	bool clip;
	uint32_t colour;
	int x;
	int y;
	int width;
	int height;
	int from_x;
	int from_y;
};

/* XY_SRC_COPY_BLT, and BCS_SWCTRL before it. */
void blit_copy(struct batch *batch, const struct blit *blit);
/* XY_COLOR_BLT, and BCS_SWCTRL before it. */
void blit_fill(struct batch *batch, const struct blit *blit);
/* XY_FAST_COPY_BLT. */
void blit_fast_copy(struct batch *batch, const struct blit *blit);
/* XY_SETUP_CLIP_BLT. */
void blit_clip(struct batch *batch, int x1, int y1, int x2, int y2);

/**
 * blit_offset() - where a byte of a picture lies in memory
 * @x: byte in the row
 * @y: row
 *
 * Returns: the offset from pixel 0,0.
 */
int64_t blit_offset(const struct blit_surface *surface, int x, int y);

/**
 * blit_draw() - draw in memory what the blit should draw
 * @to: memory of @blit's @to, starting at pixel 0,0
 * @from: memory of its @from before the blit; NULL for a fill
 *
 * @to and @from must not be the same memory: for a blit within one picture, the
 * caller passes a copy of the old contents as @from.
 */
void blit_draw(const struct blit *blit, uint8_t *to, const uint8_t *from);

#endif
