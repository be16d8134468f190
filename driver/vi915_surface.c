// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/visibility.h>
#include <linux/align.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_maps.h"
#include "vi915_surface.h"

/**
 * DOC: surfaces
 *
 * Moves rectangles between a buffer and GPU memory, whatever the layout. A tile
 * is a page, so it is looked up once and then copied by its rows of 512 bytes
 * (X), or in its columns of 16 (Y): never a pixel at a time, and never an
 * offset worked out for each.
 */

#define VI915_SURFACE_X_WIDTH	512
#define VI915_SURFACE_X_HEIGHT	8
#define VI915_SURFACE_Y_WIDTH	128
#define VI915_SURFACE_Y_HEIGHT	32
#define VI915_SURFACE_COLUMN	16

/* One move between a surface and a buffer. */
struct vi915_surface_move {
	struct vi915_maps *maps;
	u8 *buffer;
	u32 stride;
	bool write;
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
 * vi915_surface_is_ok() - is there such a layout?
 * @surface: from a command
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
 * vi915_surface_row() - where a byte of a linear surface is
 * @surface: linear
 * @x: byte within the row
 * @y: row
 *
 * Return: the address; outside the 48-bit form where the surface leaves it.
 */
u64 vi915_surface_row(const struct vi915_surface *surface, s32 x, s32 y)
{
	return surface->base + (s64)y * surface->pitch + x;
}

/**
 * vi915_surface_run() - where a byte is, and how many follow it in memory
 * @surface: linear or X
 * @x: byte within the row; not negative when tiled
 * @y: row; likewise
 * @bytes: in: how many are of interest; out: how many of these are in one piece
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

/* As wide as a column of a Y tile. */
struct vi915_surface_piece {
	u64 half[2];
} __packed;

/* Two moves, where a call of memcpy() would take longer than they do. */
static inline void vi915_surface_piece(u8 *to, const u8 *from)
{
	*(struct vi915_surface_piece *)to =
		*(const struct vi915_surface_piece *)from;
}

/* From somewhere to somewhere else: mostly as wide as a tile of Y. */
static inline void vi915_surface_copy(u8 *to, const u8 *from, size_t bytes)
{
	size_t done;

	if (bytes > VI915_SURFACE_Y_WIDTH ||
	    bytes % VI915_SURFACE_COLUMN != 0) {
		memcpy(to, from, bytes);
		return;
	}
	for (done = 0; done < bytes; done += VI915_SURFACE_COLUMN)
		vi915_surface_piece(to + done, from + done);
}

static inline void vi915_surface_bytes(const struct vi915_surface_move *move,
				       u8 *memory, u8 *buffer, size_t bytes)
{
	if (move->write)
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
			memory = vi915_maps_find(move->maps, addr + done,
						 &left);
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

/* The part of an X tile from @x, @y within it. */
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

/* Whole columns. */
static void vi915_surface_column(const struct vi915_surface_move *move,
				 u8 *column, u8 *buffer, u32 rows)
{
	const u8 *from = move->write ? buffer : column;
	u32 from_step = move->write ? move->stride : VI915_SURFACE_COLUMN;
	u8 *to = move->write ? column : buffer;
	u32 to_step = move->write ? VI915_SURFACE_COLUMN : move->stride;

	for (; rows; rows--, from += from_step, to += to_step)
		vi915_surface_piece(to, from);
}

/* The part of a Y tile from @x, @y within it. */
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

static bool vi915_surface_tiled(struct vi915_surface_move *move,
				const struct vi915_surface *surface,
				const struct vi915_rect *rect)
{
	u32 width = vi915_surface_tile_width(surface);
	u32 height = vi915_surface_tile_height(surface);
	u32 across = surface->pitch / width;
	u32 right = rect->x + rect->width;
	u32 bottom = rect->y + rect->height;
	struct vi915_rect part;
	u32 x, y;
	size_t left;
	u64 addr;
	u8 *tile, *buffer;

	for (y = rect->y; y < bottom; y += part.height) {
		part.y = y % height;
		part.height = min(height - part.y, bottom - y);
		for (x = rect->x; x < right; x += part.width) {
			part.x = x % width;
			part.width = min(width - part.x, right - x);
			addr = surface->base +
			       ((u64)(y / height) * across + x / width) *
				       PAGE_SIZE;
			tile = vi915_maps_find(move->maps, addr, &left);
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
 * @maps: what the job can reach
 * @surface: that passes vi915_surface_is_ok()
 * @rect: which part
 * @buffer: out: row after row
 * @stride: from a row to the next in @buffer
 * @bad: out: an address in the rectangle that is not mapped
 *
 * Return: whether all of it is mapped.
 */
bool vi915_surface_read(struct vi915_maps *maps,
			const struct vi915_surface *surface,
			const struct vi915_rect *rect, void *buffer,
			u32 stride, u64 *bad)
{
	struct vi915_surface_move move = {
		.maps = maps, .buffer = buffer, .stride = stride,
	};
	bool ok = vi915_surface_move(&move, surface, rect);

	*bad = move.bad;
	return ok;
}

/**
 * vi915_surface_write() - copy a rectangle into GPU memory
 * @maps: what the job can reach
 * @surface: that passes vi915_surface_is_ok()
 * @rect: which part
 * @buffer: row after row; not changed
 * @stride: from a row to the next in @buffer
 * @bad: out: an address in the rectangle that is not mapped
 *
 * Return: whether all of it is mapped; else only what comes before @bad, tile
 * after tile, is written.
 */
bool vi915_surface_write(struct vi915_maps *maps,
			 const struct vi915_surface *surface,
			 const struct vi915_rect *rect, void *buffer,
			 u32 stride, u64 *bad)
{
	struct vi915_surface_move move = {
		.maps = maps, .buffer = buffer, .stride = stride,
		.write = true,
	};
	bool ok = vi915_surface_move(&move, surface, rect);

	*bad = move.bad;
	return ok;
}
