// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/visibility.h>
#include <linux/align.h>
#include <linux/cache.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/prefetch.h>
#include <linux/string.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_copy.h"
#include "vi915_maps.h"
#include "vi915_surface.h"

/**
 * DOC: surfaces
 *
 * Moves rectangles between a buffer and GPU memory of any layout. A tile is a
 * page, so it is looked up once and then copied in rows of 512 bytes (X) or in
 * columns of 16 bytes (Y), never pixel by pixel with an offset computed for
 * each.
 */

#define VI915_SURFACE_X_WIDTH	512
#define VI915_SURFACE_X_HEIGHT	8
#define VI915_SURFACE_Y_WIDTH	128
#define VI915_SURFACE_Y_HEIGHT	32
#define VI915_SURFACE_COLUMN	16
#define VI915_SURFACE_Y_COLUMNS	(VI915_SURFACE_Y_WIDTH / VI915_SURFACE_COLUMN)

/* One move between a surface and a buffer. */
struct vi915_surface_move {
	struct vi915_maps *maps;
	u8 *buffer;
	u32 stride;
	enum vi915_stray_kind kind;
	u64 bad;
};

static u32 vi915_surface_tile_width(const struct vi915_surface *surface)
{
	return surface->tiling == I915_TILING_X ? VI915_SURFACE_X_WIDTH :
						  VI915_SURFACE_Y_WIDTH;
}

static u32 vi915_surface_tile_height(const struct vi915_surface *surface)
{
	return surface->tiling == I915_TILING_X ? VI915_SURFACE_X_HEIGHT :
						  VI915_SURFACE_Y_HEIGHT;
}

/**
 * vi915_surface_is_ok() - is a layout valid?
 * @surface: surface of a command
 *
 * Return: whether a tiled one starts at a tile and is whole tiles wide.
 */
bool vi915_surface_is_ok(const struct vi915_surface *surface)
{
	if (surface->tiling == I915_TILING_NONE)
		return true;
	return PAGE_ALIGNED(surface->base) && surface->pitch > 0 &&
	       IS_ALIGNED(surface->pitch, vi915_surface_tile_width(surface));
}

/**
 * vi915_surface_row() - the address of a byte of a linear surface
 * @surface: linear
 * @x: byte within the row
 * @y: row
 *
 * Return: the address; not in the 48-bit form if the surface leaves that.
 */
u64 vi915_surface_row(const struct vi915_surface *surface, s32 x, s32 y)
{
	return surface->base + (s64)y * surface->pitch + x;
}

/**
 * vi915_surface_run() - the address of a run of bytes, and its length
 * @surface: linear or X
 * @x: byte within the row; not negative when tiled
 * @y: row; likewise
 * @bytes: in: bytes wanted; out: how many of these are contiguous
 *
 * Return: the address.
 */
u64 vi915_surface_run(const struct vi915_surface *surface, s32 x, s32 y,
		      u32 *bytes)
{
	u32 in_tile;

	if (surface->tiling == I915_TILING_NONE)
		return vi915_surface_row(surface, x, y);
	in_tile = (u32)x % VI915_SURFACE_X_WIDTH;
	*bytes = min(*bytes, VI915_SURFACE_X_WIDTH - in_tile);
	/* A row of tiles is as long as 8 rows, whatever the pitch. */
	return surface->base +
	       (u64)((u32)y / VI915_SURFACE_X_HEIGHT) * surface->pitch *
		       VI915_SURFACE_X_HEIGHT +
	       (u64)((u32)x / VI915_SURFACE_X_WIDTH) * PAGE_SIZE +
	       (u32)y % VI915_SURFACE_X_HEIGHT * VI915_SURFACE_X_WIDTH +
	       in_tile;
}

/* Copies bytes; the common case is the width of a Y tile. */
static inline void vi915_surface_copy(u8 *to, const u8 *from, size_t bytes)
{
	size_t done;

	if (bytes > VI915_SURFACE_Y_WIDTH ||
	    bytes % VI915_SURFACE_COLUMN != 0) {
		vi915_copy(to, from, bytes);
		return;
	}
	for (done = 0; done < bytes; done += VI915_SURFACE_COLUMN)
		vi915_copy_16(to + done, from + done);
}

static inline void vi915_surface_bytes(const struct vi915_surface_move *move,
				       u8 *memory, u8 *buffer, size_t bytes)
{
	if (move->kind == VI915_STRAY_WRITE)
		vi915_surface_copy(memory, buffer, bytes);
	else
		vi915_surface_copy(buffer, memory, bytes);
}

static bool vi915_surface_linear(struct vi915_surface_move *move,
				 const struct vi915_surface *surface,
				 const struct vi915_rect *rect)
{
	size_t left, bytes, done;
	void *memory;
	u64 addr;
	u32 row;

	for (row = 0; row < rect->height; row++) {
		addr = vi915_surface_row(surface, rect->x, rect->y + row);
		for (done = 0; done < rect->width; done += bytes) {
			memory = vi915_maps_reach(move->maps, addr + done,
						  move->kind, &left);
			if (!memory) {
				move->bad = addr + done;
				return false;
			}
			bytes = min_t(size_t, left, rect->width - done);
			vi915_surface_bytes(move, memory, move->buffer +
					    row * move->stride + done, bytes);
		}
	}
	return true;
}

/* Copies @part of an X tile, with coordinates within the tile. */
static void vi915_surface_x_tile(const struct vi915_surface_move *move,
				 u8 *tile, u8 *buffer,
				 const struct vi915_rect *part)
{
	u32 row;

	tile += part->y * VI915_SURFACE_X_WIDTH + part->x;
	for (row = 0; row < part->height; row++) {
		vi915_surface_bytes(move, tile, buffer, part->width);
		tile += VI915_SURFACE_X_WIDTH;
		buffer += move->stride;
	}
}

/* Copies rows of one column, in its whole width. */
static void vi915_surface_column(const struct vi915_surface_move *move,
				 u8 *column, u8 *buffer, u32 rows)
{
	bool write = move->kind == VI915_STRAY_WRITE;
	const u8 *from = write ? buffer : column;
	u32 from_step = write ? move->stride : VI915_SURFACE_COLUMN;
	u8 *to = write ? column : buffer;
	u32 to_step = write ? VI915_SURFACE_COLUMN : move->stride;

	for (; rows; rows--, from += from_step, to += to_step)
		vi915_copy_16(to, from);
}

/* Copies @part of a Y tile, with coordinates within the tile. */
static void vi915_surface_y_tile(const struct vi915_surface_move *move,
				 u8 *tile, u8 *buffer,
				 const struct vi915_rect *part)
{
	u32 x = part->x;
	u32 end = part->x + part->width;
	u32 bytes, row;
	u8 *column;

	for (; x < end; x += bytes, buffer += bytes) {
		bytes = min(VI915_SURFACE_COLUMN - x % VI915_SURFACE_COLUMN,
			    end - x);
		column = tile + x / VI915_SURFACE_COLUMN *
				VI915_SURFACE_COLUMN * VI915_SURFACE_Y_HEIGHT +
			 part->y * VI915_SURFACE_COLUMN +
			 x % VI915_SURFACE_COLUMN;
		if (bytes == VI915_SURFACE_COLUMN) {
			vi915_surface_column(move, column, buffer,
					     part->height);
			continue;
		}
		for (row = 0; row < part->height; row++)
			vi915_surface_bytes(move,
					    column + row * VI915_SURFACE_COLUMN,
					    buffer + row * move->stride,
					    bytes);
	}
}

/* Needs no division: a row of tiles is as long as the rows it covers. */
static u64 vi915_surface_tile(const struct vi915_surface *surface, u32 x, u32 y)
{
	if (surface->tiling == I915_TILING_X)
		return surface->base +
		       (u64)round_down(y, VI915_SURFACE_X_HEIGHT) *
			       surface->pitch +
		       (u64)(x / VI915_SURFACE_X_WIDTH) * PAGE_SIZE;
	return surface->base +
	       (u64)round_down(y, VI915_SURFACE_Y_HEIGHT) * surface->pitch +
	       (u64)(x / VI915_SURFACE_Y_WIDTH) * PAGE_SIZE;
}

static bool vi915_surface_tiled(struct vi915_surface_move *move,
				const struct vi915_surface *surface,
				const struct vi915_rect *rect)
{
	u32 width = vi915_surface_tile_width(surface);
	u32 height = vi915_surface_tile_height(surface);
	u32 right = rect->x + rect->width;
	u32 bottom = rect->y + rect->height;
	struct vi915_rect part;
	u32 x, y;
	size_t left;
	u64 addr;
	u8 *tile, *buffer;

	for (y = rect->y; y < bottom; y += part.height) {
		part.y = y & (height - 1);
		part.height = min(height - part.y, bottom - y);
		for (x = rect->x; x < right; x += part.width) {
			part.x = x & (width - 1);
			part.width = min(width - part.x, right - x);
			addr = vi915_surface_tile(surface, x, y);
			tile = vi915_maps_reach(move->maps, addr, move->kind,
						&left);
			if (!tile) {
				move->bad = addr;
				return false;
			}
			buffer = move->buffer + (y - rect->y) * move->stride +
				 (x - rect->x);
			if (surface->tiling == I915_TILING_X)
				vi915_surface_x_tile(move, tile, buffer, &part);
			else
				vi915_surface_y_tile(move, tile, buffer, &part);
		}
	}
	return true;
}

static bool vi915_surface_move(struct vi915_surface_move *move,
			       const struct vi915_surface *surface,
			       const struct vi915_rect *rect)
{
	if (surface->tiling == I915_TILING_NONE)
		return vi915_surface_linear(move, surface, rect);
	return vi915_surface_tiled(move, surface, rect);
}

/**
 * vi915_surface_read() - copy a rectangle out of GPU memory
 * @maps: all memory that the job can reach
 * @surface: a surface that passes vi915_surface_is_ok()
 * @rect: the part
 * @buffer: out: row after row
 * @stride: bytes from row to row in @buffer
 * @bad: out: an address in the rectangle that cannot be accessed
 *
 * Return: whether all of it is mapped, or read as zeros instead.
 */
bool vi915_surface_read(struct vi915_maps *maps,
			const struct vi915_surface *surface,
			const struct vi915_rect *rect, void *buffer,
			u32 stride, u64 *bad)
{
	struct vi915_surface_move move = {
		.maps = maps, .buffer = buffer, .stride = stride,
		.kind = VI915_STRAY_READ,
	};
	bool ok = vi915_surface_move(&move, surface, rect);

	*bad = move.bad;
	return ok;
}

/**
 * vi915_surface_write() - copy a rectangle into GPU memory
 * @maps: all memory that the job can reach
 * @surface: a surface that passes vi915_surface_is_ok()
 * @rect: the part
 * @buffer: row after row; not changed
 * @stride: bytes from row to row in @buffer
 * @bad: out: an address in the rectangle that cannot be accessed
 *
 * Return: whether all of it is mapped, or its writes may vanish; else only
 * bytes before @bad, tile after tile, are written.
 */
bool vi915_surface_write(struct vi915_maps *maps,
			 const struct vi915_surface *surface,
			 const struct vi915_rect *rect, void *buffer,
			 u32 stride, u64 *bad)
{
	struct vi915_surface_move move = {
		.maps = maps, .buffer = buffer, .stride = stride,
		.kind = VI915_STRAY_WRITE,
	};
	bool ok = vi915_surface_move(&move, surface, rect);

	*bad = move.bad;
	return ok;
}

/**
 * vi915_surface_same_tiles() - do two points have the same place in a tile?
 * @surface: tiled
 * @x: byte of a row
 * @y: row
 * @other_x: byte of a row, in a surface of the same tiling
 * @other_y: row, likewise
 *
 * Return: whether tiles begin at the same distances from both points.
 */
bool vi915_surface_same_tiles(const struct vi915_surface *surface, s32 x, s32 y,
			      s32 other_x, s32 other_y)
{
	return IS_ALIGNED(x - other_x, vi915_surface_tile_width(surface)) &&
	       IS_ALIGNED(y - other_y, vi915_surface_tile_height(surface));
}

static bool vi915_surface_is_tile(const struct vi915_surface *surface,
				  const struct vi915_rect *rect)
{
	u32 width = vi915_surface_tile_width(surface);
	u32 height = vi915_surface_tile_height(surface);

	return rect->width == width && rect->height == height &&
	       IS_ALIGNED(rect->x, width) && IS_ALIGNED(rect->y, height);
}

/* Prefetches the bytes of a row of the next Y tile. */
static __always_inline void vi915_surface_foresee(const u8 *at, bool write)
{
	u32 done;

	for (done = 0; done < VI915_SURFACE_Y_WIDTH; done += SMP_CACHE_BYTES) {
		if (write)
			prefetchw(at + done);
		else
			prefetch(at + done);
	}
}

/*
 * Copies rows of a Y tile; each of its columns has 16 bytes of each row. The
 * rows are too short and too many for the CPU's own prefetcher, so prefetch the
 * same rows of the @next tile.
 */
static __always_inline void vi915_surface_y_rows(u8 *tile, u8 *next,
						 const struct vi915_surface_rows *rows,
						 u32 skip, bool tile_is_dst)
{
	u8 *in_tile, *linear;
	u32 row, column;

	for (row = 0; row < VI915_SURFACE_Y_HEIGHT; row++) {
		in_tile = tile + row * VI915_SURFACE_COLUMN;
		linear = rows->row[row] + skip;
		vi915_surface_foresee(next, tile_is_dst);
		vi915_surface_foresee(linear + VI915_SURFACE_Y_WIDTH,
				      !tile_is_dst);
		next += VI915_SURFACE_Y_WIDTH;
#pragma GCC unroll 8
		for (column = 0; column < VI915_SURFACE_Y_COLUMNS; column++) {
			if (tile_is_dst)
				vi915_copy_16(in_tile, linear);
			else
				vi915_copy_16(linear, in_tile);
			in_tile += VI915_SURFACE_COLUMN * VI915_SURFACE_Y_HEIGHT;
			linear += VI915_SURFACE_COLUMN;
		}
	}
}

/* Copies between a tile and linear rows, from @skip bytes after their start. */
static void vi915_surface_tile_rows(u32 tiling, u8 *tile, u8 *next,
				    const struct vi915_surface_rows *rows,
				    u32 skip, bool tile_is_dst)
{
	u32 row;

	if (tiling == I915_TILING_Y) {
		if (tile_is_dst)
			vi915_surface_y_rows(tile, next, rows, skip, true);
		else
			vi915_surface_y_rows(tile, next, rows, skip, false);
		return;
	}
	for (row = 0; row < VI915_SURFACE_X_HEIGHT; row++) {
		if (tile_is_dst)
			vi915_copy(tile, rows->row[row] + skip,
				   VI915_SURFACE_X_WIDTH);
		else
			vi915_copy(rows->row[row] + skip, tile,
				   VI915_SURFACE_X_WIDTH);
		tile += VI915_SURFACE_X_WIDTH;
	}
}

/* Looks up rows, unless the tile to their left has found them already. */
static bool vi915_surface_find_rows(struct vi915_surface_rows *rows,
				    struct vi915_maps *maps,
				    const struct vi915_surface *surface,
				    const struct vi915_rect *rect)
{
	size_t left;
	u32 row;

	if (rows->left && rows->surface == surface && rows->y == rect->y &&
	    rows->count == rect->height && rect->x >= rows->x &&
	    rect->x - rows->x + rect->width <= rows->left)
		return true;

	rows->surface = surface;
	rows->x = rect->x;
	rows->y = rect->y;
	rows->count = rect->height;
	rows->left = PAGE_SIZE;
	for (row = 0; row < rect->height; row++) {
		rows->row[row] = vi915_maps_find(maps,
						 vi915_surface_row(surface,
								   rect->x,
								   rect->y + row),
						 &left);
		if (!rows->row[row] || left < rect->width) {
			rows->left = 0;
			return false;
		}
		rows->left = min_t(u32, rows->left, left);
	}
	return true;
}

static u8 *vi915_surface_find_tile(struct vi915_maps *maps,
				   const struct vi915_surface *surface,
				   const struct vi915_rect *rect)
{
	size_t left;

	if (!vi915_surface_is_tile(surface, rect))
		return NULL;
	return vi915_maps_find(maps,
			       vi915_surface_tile(surface, rect->x, rect->y),
			       &left);
}

/* The next tile of the row, or @tile if there is none. */
static u8 *vi915_surface_next_tile(struct vi915_maps *maps,
				   const struct vi915_surface *surface,
				   const struct vi915_rect *rect, u8 *tile)
{
	size_t left;
	u8 *next;

	next = vi915_maps_find(maps, vi915_surface_tile(surface, rect->x,
							rect->y) + PAGE_SIZE,
			       &left);
	return next ?: tile;
}

/**
 * vi915_surface_copy_tile() - copy a whole tile without a buffer
 * @maps: all memory that the job can reach
 * @dst: surface to copy to; passes vi915_surface_is_ok()
 * @to: part to copy to
 * @src: surface to copy from, likewise; not linear if @dst is
 * @from: part to copy from, of the same size; does not overlap @to
 * @rows: known rows of the linear one; keep for the next tile of the same two
 *
 * Return: whether it was copied: one part must be a tile, and the other a tile
 * of the same kind, or linear rows that each lie in one page. Else nothing is
 * copied.
 */
bool vi915_surface_copy_tile(struct vi915_maps *maps,
			     const struct vi915_surface *dst,
			     const struct vi915_rect *to,
			     const struct vi915_surface *src,
			     const struct vi915_rect *from,
			     struct vi915_surface_rows *rows)
{
	u8 *to_tile = NULL, *from_tile = NULL;

	if (dst->tiling != I915_TILING_NONE) {
		to_tile = vi915_surface_find_tile(maps, dst, to);
		if (!to_tile)
			return false;
	}
	if (src->tiling != I915_TILING_NONE) {
		from_tile = vi915_surface_find_tile(maps, src, from);
		if (!from_tile)
			return false;
	}
	if (to_tile && from_tile) {
		if (dst->tiling != src->tiling)
			return false;
		vi915_copy(to_tile, from_tile, PAGE_SIZE);
		return true;
	}
	if (to_tile) {
		if (!vi915_surface_find_rows(rows, maps, src, from))
			return false;
		vi915_surface_tile_rows(dst->tiling, to_tile,
					vi915_surface_next_tile(maps, dst, to,
								to_tile), rows,
					from->x - rows->x, true);
		return true;
	}
	if (!vi915_surface_find_rows(rows, maps, dst, to))
		return false;
	vi915_surface_tile_rows(src->tiling, from_tile,
				vi915_surface_next_tile(maps, src, from,
							from_tile), rows,
				to->x - rows->x, false);
	return true;
}
