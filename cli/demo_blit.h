/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_DEMO_BLIT_H
#define VI915_DEMO_BLIT_H

#include <stddef.h>
#include <stdint.h>

struct vi915_demo_bo;
struct vi915_demo_exec;

/* How pixels lie in a buffer: in rows, or in tiles of a page each. */
enum vi915_demo_tiling {
	VI915_DEMO_LINEAR,
	VI915_DEMO_TILED_X,	/* 512 bytes of 8 rows */
	VI915_DEMO_TILED_Y,	/* 128 bytes of 32 rows, in columns of 16 bytes */
	VI915_DEMO_TILINGS,
};

/**
 * struct vi915_demo_surface - XRGB8888 pixels for the blitter
 * @bo: the buffer
 * @pitch: bytes from row to row
 * @tiling: their layout
 */
struct vi915_demo_surface {
	const struct vi915_demo_bo *bo;
	uint32_t pitch;
	enum vi915_demo_tiling tiling;
};

/**
 * struct vi915_demo_rect - a part of a picture
 * @x: left edge, in pixels
 * @y: upper edge
 * @width: in pixels
 * @height: in pixels
 */
struct vi915_demo_rect {
	uint16_t x, y, width, height;
};

size_t vi915_demo_blit_offset(enum vi915_demo_tiling tiling, uint32_t pitch, uint32_t x,
			      uint32_t y);
void vi915_demo_blit_tiling(struct vi915_demo_exec *exec, const struct vi915_demo_surface *to);
void vi915_demo_blit_fill(struct vi915_demo_exec *exec, const struct vi915_demo_surface *to,
			  const struct vi915_demo_rect *rect, uint32_t colour);
void vi915_demo_blit_copy(struct vi915_demo_exec *exec, const struct vi915_demo_surface *to,
			  const struct vi915_demo_rect *rect,
			  const struct vi915_demo_surface *from, uint16_t x, uint16_t y);
void vi915_demo_blit_all(struct vi915_demo_exec *exec, const struct vi915_demo_surface *to,
			 const struct vi915_demo_surface *from, uint16_t width, uint16_t height);

#endif
