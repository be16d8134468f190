// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "blit.h"
#include "fail.h"
#include "uapi.h"

#define XY_SETUP_CLIP_BLT (2u << 29 | 0x03u << 22 | 1)
#define XY_FAST_COPY_BLT (2u << 29 | 0x42u << 22 | 8)
#define XY_SRC_TILED (1u << 15)
#define XY_DST_TILED (1u << 11)
#define XY_CLIP (1u << 30)
#define REG_BCS_SWCTRL 0x22200u

static uint32_t blit_at(int x, int y)
{
	return (uint32_t)(y & 0xffff) << 16 | (x & 0xffff);
}

/* In bytes for a linear surface, in dwords for a tiled one. */
static uint32_t blit_pitch(const struct blit_surface *surface)
{
	int32_t pitch = surface->pitch;

	if (surface->tiling != I915_TILING_NONE)
		pitch /= 4;
	return pitch & 0xffff;
}

static uint32_t blit_depth(unsigned int bpp)
{
	switch (bpp) {
	case 8:
		return 0;
	case 16:
		return 1;
	default:
		vi915_require(bpp == 32);
		return 3;
	}
}

static uint32_t blit_fast_depth(unsigned int bpp)
{
	switch (bpp) {
	case 64:
		return 4;
	case 128:
		return 5;
	default:
		return blit_depth(bpp);
	}
}

/* Select Y tiling for the tiled sides. */
static void blit_swctrl(struct batch *batch, bool from_y, bool to_y)
{
	batch_load_imm(batch, REG_BCS_SWCTRL, 3u << 16 | from_y | to_y << 1);
}

static uint32_t blit_br13(const struct blit *blit)
{
	return (blit->clip ? XY_CLIP : 0) | blit_depth(blit->bpp) << 24 |
	       (uint32_t)blit->rop << 16 | blit_pitch(&blit->to);
}

static void blit_target(struct batch *batch, const struct blit *blit)
{
	batch_dword(batch, blit_at(blit->x, blit->y));
	batch_dword(batch, blit_at(blit->x + blit->width, blit->y + blit->height));
	batch_address(batch, blit->to.ptr, true);
}

static void blit_source(struct batch *batch, const struct blit *blit)
{
	batch_dword(batch, blit_at(blit->from_x, blit->from_y));
	batch_dword(batch, blit_pitch(&blit->from));
	batch_address(batch, blit->from.ptr, false);
}

void blit_copy(struct batch *batch, const struct blit *blit)
{
	uint32_t header = XY_SRC_COPY_BLT | blit->channels << 20;

	blit_swctrl(batch, blit->from.tiling == I915_TILING_Y, blit->to.tiling == I915_TILING_Y);
	if (blit->from.tiling != I915_TILING_NONE)
		header |= XY_SRC_TILED;
	if (blit->to.tiling != I915_TILING_NONE)
		header |= XY_DST_TILED;
	batch_dword(batch, header);
	batch_dword(batch, blit_br13(blit));
	blit_target(batch, blit);
	blit_source(batch, blit);
}

void blit_fill(struct batch *batch, const struct blit *blit)
{
	uint32_t header = XY_COLOR_BLT | blit->channels << 20;

	blit_swctrl(batch, false, blit->to.tiling == I915_TILING_Y);
	if (blit->to.tiling != I915_TILING_NONE)
		header |= XY_DST_TILED;
	batch_dword(batch, header);
	batch_dword(batch, blit_br13(blit));
	blit_target(batch, blit);
	batch_dword(batch, blit->colour);
}

void blit_fast_copy(struct batch *batch, const struct blit *blit)
{
	batch_dword(batch, XY_FAST_COPY_BLT | blit->from.tiling << 20 | blit->to.tiling << 13);
	batch_dword(batch, blit_fast_depth(blit->bpp) << 24 | blit_pitch(&blit->to));
	blit_target(batch, blit);
	blit_source(batch, blit);
}

void blit_clip(struct batch *batch, int x1, int y1, int x2, int y2)
{
	batch_dword(batch, XY_SETUP_CLIP_BLT);
	batch_dword(batch, blit_at(x1, y1));
	batch_dword(batch, blit_at(x2, y2));
}

/*
 * The bits of an address within a row of tiles, from the layout of a tile in
 * the manuals: X is x[8:0] below y[2:0]; Y is x[3:0], y[4:0], x[6:4].
 */
int64_t blit_offset(const struct blit_surface *surface, int x, int y)
{
	int64_t row;

	switch (surface->tiling) {
	case I915_TILING_X:
		row = (int64_t)(y >> 3) * surface->pitch * 8;
		return row + ((x >> 9) << 12 | (y & 7) << 9 | (x & 511));
	case I915_TILING_Y:
		row = (int64_t)(y >> 5) * surface->pitch * 32;
		return row + ((x >> 7) << 12 | (x >> 4 & 7) << 9 | (y & 31) << 4 | (x & 15));
	default:
		return (int64_t)y * surface->pitch + x;
	}
}

/* One bit of the result: the code is a table indexed by pattern, source, destination. */
static uint8_t blit_rop(const struct blit *blit, uint8_t pattern, uint8_t source, uint8_t old)
{
	uint8_t result = 0;
	int bit;

	for (bit = 0; bit < 8; bit++) {
		int row = (pattern >> bit & 1) << 2 | (source >> bit & 1) << 1 | (old >> bit & 1);

		result |= (blit->rop >> row & 1) << bit;
	}
	return result;
}

static void blit_byte(const struct blit *blit, uint8_t *to, const uint8_t *from, int byte)
{
	uint8_t colour = blit->colour >> byte * 8;
	unsigned int channel = byte == 3 ? BLIT_ALPHA : BLIT_RGB;

	if (blit->bpp == 32 && !(blit->channels & channel))
		return;
	*to = blit_rop(blit, colour, from ? *from : 0, *to);
}

static void blit_pixel(const struct blit *blit, uint8_t *to, const uint8_t *from, int x, int y)
{
	int bytes = blit->bpp / 8;
	int byte;

	for (byte = 0; byte < bytes; byte++) {
		int64_t there = blit_offset(&blit->to, (blit->x + x) * bytes + byte, blit->y + y);
		int64_t here = 0;

		if (from)
			here = blit_offset(&blit->from, (blit->from_x + x) * bytes + byte,
					   blit->from_y + y);
		blit_byte(blit, to + there, from ? from + here : NULL, byte);
	}
}

void blit_draw(const struct blit *blit, uint8_t *to, const uint8_t *from)
{
	int x, y;

	for (y = 0; y < blit->height; y++)
		for (x = 0; x < blit->width; x++)
			blit_pixel(blit, to, from, x, y);
}
