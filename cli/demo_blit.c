// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Commands of the gen9 blitter: a fill, a copy, and a copy that changes the tiling. Pitches of
 * tiled surfaces are in dwords. XY_COLOR_BLT and XY_SRC_COPY_BLT have one bit for tiling; a
 * register of the engine says whether it means X or Y. XY_FAST_COPY_BLT does not need that.
 */
#include "demo_blit.h"

#include "demo_exec.h"
#include "demo_gpu.h"

#define VI915_DEMO_MI_FLUSH_DW		(0x26u << 23 | 2)
#define VI915_DEMO_MI_LOAD_REGISTER	(0x22u << 23 | 1)
#define VI915_DEMO_BCS_SWCTRL		0x22200u
#define VI915_DEMO_BCS_SRC_Y		(1u << 0)
#define VI915_DEMO_BCS_DST_Y		(1u << 1)

#define VI915_DEMO_XY_COLOR		(2u << 29 | 0x50u << 22 | 5)
#define VI915_DEMO_XY_SRC_COPY		(2u << 29 | 0x53u << 22 | 8)
#define VI915_DEMO_XY_FAST_COPY		(2u << 29 | 0x42u << 22 | 8)
#define VI915_DEMO_XY_RGBA		(3u << 20)
#define VI915_DEMO_XY_DST_TILED		(1u << 11)
#define VI915_DEMO_XY_SRC_TILED		(1u << 15)
#define VI915_DEMO_FAST_SRC(tiling)	((uint32_t)(tiling) << 20)
#define VI915_DEMO_FAST_DST(tiling)	((uint32_t)(tiling) << 13)
#define VI915_DEMO_32BPP		(3u << 24)
#define VI915_DEMO_ROP_COPY		(0xccu << 16)
#define VI915_DEMO_ROP_PATTERN		(0xf0u << 16)

#define VI915_DEMO_PIXEL 4u

static uint32_t vi915_demo_blit_pitch(const struct vi915_demo_surface *surface)
{
	return surface->tiling ? surface->pitch / 4 : surface->pitch;
}

/**
 * vi915_demo_blit_offset() - compute the offset of a pixel in a surface
 * @tiling: how pixels lie
 * @pitch: bytes from row to row, of whole tiles
 * @x: from the left
 * @y: from the top
 *
 * Return: the offset in bytes.
 */
size_t vi915_demo_blit_offset(enum vi915_demo_tiling tiling, uint32_t pitch, uint32_t x,
			      uint32_t y)
{
	uint32_t byte = x * VI915_DEMO_PIXEL;

	switch (tiling) {
	case VI915_DEMO_TILED_X:
		return (size_t)(y / 8) * pitch * 8 + byte / 512 * 4096 + y % 8 * 512 + byte % 512;
	case VI915_DEMO_TILED_Y:
		return (size_t)(y / 32) * pitch * 32 + byte / 128 * 4096 + byte % 128 / 16 * 512 +
		       y % 32 * 16 + byte % 16;
	default:
		return (size_t)y * pitch + byte;
	}
}

static void vi915_demo_blit_flush(struct vi915_demo_exec *exec)
{
	vi915_demo_exec_put(exec, VI915_DEMO_MI_FLUSH_DW);
	for (int i = 0; i < 3; i++)
		vi915_demo_exec_put(exec, 0);
}

/* Adds the destination to a command, and counts the blit and its bytes. */
static void vi915_demo_blit_target(struct vi915_demo_exec *exec,
				   const struct vi915_demo_surface *to,
				   const struct vi915_demo_rect *rect)
{
	vi915_demo_exec_put(exec, (uint32_t)rect->y << 16 | rect->x);
	vi915_demo_exec_put(exec, (uint32_t)(rect->y + rect->height) << 16 |
					  (uint32_t)(rect->x + rect->width));
	vi915_demo_exec_put_address(exec, to->bo->address);
	exec->blits++;
	exec->moved += (uint64_t)rect->width * rect->height * VI915_DEMO_PIXEL;
}

static void vi915_demo_blit_source(struct vi915_demo_exec *exec,
				   const struct vi915_demo_surface *from, uint16_t x, uint16_t y)
{
	vi915_demo_exec_put(exec, (uint32_t)y << 16 | x);
	vi915_demo_exec_put(exec, vi915_demo_blit_pitch(from));
	vi915_demo_exec_put_address(exec, from->bo->address);
}

/**
 * vi915_demo_blit_tiling() - set what "tiled" means in the following fills and copies
 * @exec: the job; the setting ends with it
 * @to: the surface that they write; the surfaces that they read are linear
 */
void vi915_demo_blit_tiling(struct vi915_demo_exec *exec, const struct vi915_demo_surface *to)
{
	uint32_t mask = VI915_DEMO_BCS_SRC_Y | VI915_DEMO_BCS_DST_Y;

	/* Blits under way must not see the register change. */
	vi915_demo_blit_flush(exec);
	vi915_demo_exec_put(exec, VI915_DEMO_MI_LOAD_REGISTER);
	vi915_demo_exec_put(exec, VI915_DEMO_BCS_SWCTRL);
	vi915_demo_exec_put(exec, mask << 16 | (to->tiling == VI915_DEMO_TILED_Y ?
						  VI915_DEMO_BCS_DST_Y : 0));
}

/**
 * vi915_demo_blit_fill() - fill a part with a colour
 * @exec: the job
 * @to: the surface to write
 * @rect: the part
 * @colour: XRGB8888
 */
void vi915_demo_blit_fill(struct vi915_demo_exec *exec, const struct vi915_demo_surface *to,
			  const struct vi915_demo_rect *rect, uint32_t colour)
{
	vi915_demo_exec_put(exec, VI915_DEMO_XY_COLOR | VI915_DEMO_XY_RGBA |
					  (to->tiling ? VI915_DEMO_XY_DST_TILED : 0));
	vi915_demo_exec_put(exec, VI915_DEMO_32BPP | VI915_DEMO_ROP_PATTERN |
					  vi915_demo_blit_pitch(to));
	vi915_demo_blit_target(exec, to, rect);
	vi915_demo_exec_put(exec, colour);
}

/**
 * vi915_demo_blit_copy() - copy a part of one picture into another
 * @exec: the job
 * @to: the surface to write
 * @rect: the part of @to
 * @from: the surface to read
 * @x: left edge of the copied part in @from
 * @y: upper edge of the copied part in @from
 */
void vi915_demo_blit_copy(struct vi915_demo_exec *exec, const struct vi915_demo_surface *to,
			  const struct vi915_demo_rect *rect,
			  const struct vi915_demo_surface *from, uint16_t x, uint16_t y)
{
	vi915_demo_exec_put(exec, VI915_DEMO_XY_SRC_COPY | VI915_DEMO_XY_RGBA |
					  (to->tiling ? VI915_DEMO_XY_DST_TILED : 0) |
					  (from->tiling ? VI915_DEMO_XY_SRC_TILED : 0));
	vi915_demo_exec_put(exec, VI915_DEMO_32BPP | VI915_DEMO_ROP_COPY |
					  vi915_demo_blit_pitch(to));
	vi915_demo_blit_target(exec, to, rect);
	vi915_demo_blit_source(exec, from, x, y);
}

/**
 * vi915_demo_blit_all() - copy a whole picture from one tiling into another
 * @exec: the job
 * @to: the surface to write
 * @from: the surface to read
 * @width: of both, in pixels
 * @height: of both, in pixels
 */
void vi915_demo_blit_all(struct vi915_demo_exec *exec, const struct vi915_demo_surface *to,
			 const struct vi915_demo_surface *from, uint16_t width, uint16_t height)
{
	const struct vi915_demo_rect rect = { .width = width, .height = height };

	vi915_demo_exec_put(exec, VI915_DEMO_XY_FAST_COPY |
					  VI915_DEMO_FAST_DST(to->tiling) |
					  VI915_DEMO_FAST_SRC(from->tiling));
	vi915_demo_exec_put(exec, VI915_DEMO_32BPP | vi915_demo_blit_pitch(to));
	vi915_demo_blit_target(exec, to, &rect);
	vi915_demo_blit_source(exec, from, 0, 0);
}
