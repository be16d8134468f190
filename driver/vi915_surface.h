/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_SURFACE_H
#define VI915_SURFACE_H

#include <linux/types.h>

struct vi915_maps;

/**
 * struct vi915_surface - a picture in GPU addresses, as the blitter sees it
 * @base: address of pixel 0,0, in the 48-bit form; page aligned when tiled
 * @pitch: bytes from row to row; when tiled, whole tiles and positive
 * @tiling: I915_TILING_*
 */
struct vi915_surface {
	u64 base;
	s32 pitch;
	u32 tiling;
};

/**
 * struct vi915_rect - a part of a surface
 * @x: first byte of each row; not negative when tiled
 * @y: first row; not negative when tiled
 * @width: width in bytes
 * @height: height in rows
 */
struct vi915_rect {
	s32 x;
	s32 y;
	u32 width;
	u32 height;
};

/* Rows of the highest tile. */
#define VI915_SURFACE_ROWS	32

/**
 * struct vi915_surface_rows - kernel addresses of rows of a linear surface
 * @row: for each row, address of the byte at @x
 * @surface: the surface
 * @x: first byte
 * @y: first row
 * @count: number of rows
 * @left: bytes from @x that lie in one page in every row; 0: no rows known
 */
struct vi915_surface_rows {
	u8 *row[VI915_SURFACE_ROWS];
	const struct vi915_surface *surface;
	s32 x;
	s32 y;
	u32 count;
	u32 left;
};

bool vi915_surface_is_ok(const struct vi915_surface *surface);
u64 vi915_surface_row(const struct vi915_surface *surface, s32 x, s32 y);
u64 vi915_surface_run(const struct vi915_surface *surface, s32 x, s32 y,
		      u32 *bytes);
bool vi915_surface_read(struct vi915_maps *maps,
			const struct vi915_surface *surface,
			const struct vi915_rect *rect, void *buffer,
			u32 stride, u64 *bad);
bool vi915_surface_write(struct vi915_maps *maps,
			 const struct vi915_surface *surface,
			 const struct vi915_rect *rect, void *buffer,
			 u32 stride, u64 *bad);
bool vi915_surface_same_tiles(const struct vi915_surface *surface, s32 x, s32 y,
			      s32 other_x, s32 other_y);
bool vi915_surface_copy_tile(struct vi915_maps *maps,
			     const struct vi915_surface *dst,
			     const struct vi915_rect *to,
			     const struct vi915_surface *src,
			     const struct vi915_rect *from,
			     struct vi915_surface_rows *rows);

#endif
