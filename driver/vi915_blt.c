// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/visibility.h>
#include <linux/export.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/prefetch.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_blt.h"
#include "vi915_copy.h"
#include "vi915_maps.h"
#include "vi915_rop.h"

/**
 * DOC: blits
 *
 * A blit is cut into blocks: a tile where a surface is tiled, else a piece of a
 * row. A block is read into a buffer that stays in the cache, combined with the
 * destination if need be, and written: so each layout is handled in one place,
 * and each pair of layouts works. A plain copy needs no buffer if neither side
 * is tiled Y, so that runs of a row lie together in memory, or if it copies
 * whole tiles to equal tiles, or between tiles and linear rows.
 *
 * Overlap: if both surfaces have the same tiling and pitch and, when tiled, the
 * same base, the result is as if all of the source had been read first. A
 * program that moves things in one picture needs that. Blocks are then drawn
 * from the side to which the picture moves. Otherwise the order is from left to
 * right, from top to bottom.
 *
 * Outside the job's memory a blit reads zeros and its writes are lost. Where
 * strays are faults it ends at the first block that has an unmapped byte: the
 * blocks before are drawn, nothing else is touched. &struct vi915_blt keeps the
 * position after each block, so a big blit can take several slices.
 */

/* Bytes of a directly copied row per step. */
#define VI915_BLT_LONG	SZ_64K

/**
 * vi915_blt_is_ok() - check whether a blit can be drawn
 * @blt: the decoded blit
 *
 * Return: whether the surfaces are valid and the blit leaves no tiled one
 * upwards or to the left.
 */
bool vi915_blt_is_ok(const struct vi915_blt *blt)
{
	if (!vi915_surface_is_ok(&blt->dst))
		return false;
	if (blt->dst.tiling != I915_TILING_NONE &&
	    (blt->rect.x < 0 || blt->rect.y < 0))
		return false;
	if (blt->fill)
		return true;
	if (!vi915_surface_is_ok(&blt->src))
		return false;
	return blt->src.tiling == I915_TILING_NONE ||
	       (blt->src_x >= 0 && blt->src_y >= 0);
}
EXPORT_SYMBOL_IF_KUNIT(vi915_blt_is_ok);

/* Range of addresses that a rectangle can touch; it may be too wide. */
static void vi915_blt_extent(const struct vi915_surface *surface, s32 x, s32 y,
			     const struct vi915_rect *rect, s64 *first,
			     s64 *last)
{
	s64 top, bottom;
	u32 bottom_y = y + rect->height - 1;

	if (surface->tiling == I915_TILING_NONE) {
		top = vi915_surface_row(surface, x, y);
		bottom = vi915_surface_row(surface, x, bottom_y);
		*first = min(top, bottom);
		*last = max(top, bottom) + rect->width - 1;
		return;
	}
	/* A tile has at most 32 rows, and is at most 512 bytes wide. */
	top = round_down(y, 32);
	bottom = round_up(bottom_y + 1, 32);
	*first = surface->base + top * surface->pitch;
	*last = surface->base + bottom * surface->pitch +
		round_up((u64)x + rect->width, 512) * 32;
}

static bool vi915_blt_overlaps(const struct vi915_blt *blt)
{
	s64 dst_first, dst_last, src_first, src_last;

	vi915_blt_extent(&blt->dst, blt->rect.x, blt->rect.y, &blt->rect,
			 &dst_first, &dst_last);
	vi915_blt_extent(&blt->src, blt->src_x, blt->src_y, &blt->rect,
			 &src_first, &src_last);
	return dst_first <= src_last && src_first <= dst_last;
}

/* Choose the order so that no block is overwritten before it is read. */
static void vi915_blt_order(struct vi915_blt *blt)
{
	u64 dst, src;

	if (blt->dst.tiling != blt->src.tiling ||
	    blt->dst.pitch != blt->src.pitch)
		return;
	if (blt->dst.tiling == I915_TILING_NONE) {
		dst = vi915_surface_row(&blt->dst, blt->rect.x, blt->rect.y);
		src = vi915_surface_row(&blt->src, blt->src_x, blt->src_y);
		blt->right_to_left = (s64)dst > (s64)src;
		blt->bottom_up = dst != src &&
				 blt->right_to_left == (blt->dst.pitch > 0);
		return;
	}
	if (blt->dst.base != blt->src.base)
		return;
	blt->right_to_left = blt->rect.x > blt->src_x;
	blt->bottom_up = blt->rect.y > blt->src_y;
}

/* Rows without gaps between them are one long row. */
static void vi915_blt_flatten(struct vi915_blt *blt)
{
	u64 bytes = (u64)blt->rect.width * blt->rect.height;

	if (blt->dst.pitch != blt->rect.width ||
	    blt->src.pitch != blt->rect.width || bytes > SZ_1G)
		return;
	blt->rect.width = bytes;
	blt->rect.height = 1;
}

static bool vi915_blt_is_plain_copy(const struct vi915_blt *blt)
{
	return !blt->fill && blt->rop == VI915_ROP_COPY && !~blt->mask;
}

/* A plain copy without overlap may need no buffer. */
static void vi915_blt_shorten(struct vi915_blt *blt)
{
	bool from_linear = blt->src.tiling == I915_TILING_NONE;
	bool to_linear = blt->dst.tiling == I915_TILING_NONE;

	if (from_linear && to_linear) {
		blt->direct = true;
		vi915_blt_flatten(blt);
		return;
	}
	blt->by_tile = from_linear || to_linear ||
		       (blt->src.tiling == blt->dst.tiling &&
			vi915_surface_same_tiles(&blt->dst, blt->rect.x,
						 blt->rect.y, blt->src_x,
						 blt->src_y));
	blt->direct = !blt->by_tile && blt->dst.tiling != I915_TILING_Y &&
		      blt->src.tiling != I915_TILING_Y;
}

/* The block is a tile of one of the surfaces, or part of a row. */
static void vi915_blt_cut(struct vi915_blt *blt)
{
	const struct vi915_surface *grid = &blt->dst;
	u32 src_tiling = blt->fill ? I915_TILING_NONE : blt->src.tiling;
	s32 x = blt->rect.x;
	s32 y = blt->rect.y;

	blt->phase_x = 0;
	blt->phase_y = 0;
	if (blt->direct) {
		blt->width = VI915_BLT_LONG;
		blt->height = 1;
		return;
	}
	if (grid->tiling == I915_TILING_NONE && src_tiling == I915_TILING_NONE) {
		blt->width = VI915_BLT_BLOCK;
		blt->height = 1;
		return;
	}
	if (grid->tiling == I915_TILING_NONE ||
	    (grid->tiling == I915_TILING_X && src_tiling == I915_TILING_Y)) {
		grid = &blt->src;
		x = blt->src_x;
		y = blt->src_y;
	}
	blt->width = grid->tiling == I915_TILING_X ? 512 : 128;
	blt->height = VI915_BLT_BLOCK / blt->width;
	blt->phase_x = (u32)x % blt->width;
	blt->phase_y = (u32)y % blt->height;
}

/**
 * vi915_blt_start() - plan how to draw a blit
 * @blt: the decoded blit, for which vi915_blt_is_ok()
 */
void vi915_blt_start(struct vi915_blt *blt)
{
	blt->direct = false;
	blt->by_tile = false;
	blt->right_to_left = false;
	blt->bottom_up = false;
	blt->column = 0;
	blt->band = 0;
	blt->busy = blt->rect.width && blt->rect.height;
	if (!blt->busy)
		return;

	if (!blt->fill && vi915_blt_overlaps(blt))
		vi915_blt_order(blt);
	else if (vi915_blt_is_plain_copy(blt))
		vi915_blt_shorten(blt);
	vi915_blt_cut(blt);
	blt->columns = DIV_ROUND_UP(blt->rect.width + blt->phase_x, blt->width);
	blt->bands = DIV_ROUND_UP(blt->rect.height + blt->phase_y, blt->height);
}
EXPORT_SYMBOL_IF_KUNIT(vi915_blt_start);

/* Next block to draw, relative to the rectangle's top left corner. */
static void vi915_blt_next(const struct vi915_blt *blt,
			   struct vi915_rect *part)
{
	u32 column = blt->right_to_left ? blt->columns - 1 - blt->column :
					  blt->column;
	u32 band = blt->bottom_up ? blt->bands - 1 - blt->band : blt->band;
	u32 left = column * blt->width;
	u32 top = band * blt->height;
	u32 right = min(left + blt->width, blt->rect.width + blt->phase_x);
	u32 bottom = min(top + blt->height, blt->rect.height + blt->phase_y);

	left = max(left, blt->phase_x);
	top = max(top, blt->phase_y);
	part->x = left - blt->phase_x;
	part->y = top - blt->phase_y;
	part->width = right - left;
	part->height = bottom - top;
}

/*
 * Adjacent GPU pages are scattered in the kernel's memory: prefetch the next
 * one while this one is copied.
 */
static __always_inline void vi915_blt_foresee(struct vi915_maps *maps, u64 addr)
{
	size_t left;
	void *memory;

	if (addr & ~PAGE_MASK)
		return;
	memory = vi915_maps_find(maps, addr, &left);
	if (memory)
		prefetchw(memory);
}

/* Copy without a buffer; neither side is tiled Y, and they do not overlap. */
static bool vi915_blt_copy(struct vi915_blt *blt, struct vi915_maps *maps,
			   const struct vi915_rect *part)
{
	/* Each side caches its own last look-up, or each would be a search. */
	struct vi915_maps src_maps = *maps;
	u32 x = part->x;
	u32 end = part->x + part->width;
	size_t dst_left, src_left;
	void *to, *from;
	u64 dst, src;
	u32 bytes;

	for (; x < end; x += bytes) {
		bytes = end - x;
		src = vi915_surface_run(&blt->src, blt->src_x + x,
					blt->src_y + part->y, &bytes);
		dst = vi915_surface_run(&blt->dst, blt->rect.x + x,
					blt->rect.y + part->y, &bytes);
		from = vi915_maps_reach_run(&src_maps, src, VI915_STRAY_READ,
					    bytes, &src_left);
		if (!from) {
			blt->bad = src;
			return false;
		}
		to = vi915_maps_reach_run(maps, dst, VI915_STRAY_WRITE, bytes,
					  &dst_left);
		if (!to) {
			blt->bad = dst;
			return false;
		}
		bytes = min3((size_t)bytes, src_left, dst_left);
		vi915_blt_foresee(maps, dst + bytes);
		vi915_blt_foresee(&src_maps, src + bytes);
		vi915_copy(to, from, bytes);
	}
	return true;
}

static bool vi915_blt_block(struct vi915_blt *blt, struct vi915_maps *maps,
			    struct vi915_blt_scratch *scratch,
			    const struct vi915_rect *part)
{
	struct vi915_rect dst = *part;
	struct vi915_rect src = *part;
	void *result = scratch->operand;

	dst.x += blt->rect.x;
	dst.y += blt->rect.y;
	src.x += blt->src_x;
	src.y += blt->src_y;
	if (blt->by_tile && vi915_surface_copy_tile(maps, &blt->dst, &dst,
						    &blt->src, &src,
						    &scratch->rows))
		return true;
	if (!blt->fill &&
	    !vi915_surface_read(maps, &blt->src, &src, scratch->operand,
				blt->width, &blt->bad))
		return false;
	if (blt->rop != VI915_ROP_COPY || ~blt->mask) {
		if (!vi915_surface_read(maps, &blt->dst, &dst, scratch->target,
					blt->width, &blt->bad))
			return false;
		vi915_rop_apply(blt->rop, blt->mask, scratch->target,
				scratch->operand,
				DIV_ROUND_UP((part->height - 1) * blt->width +
					     part->width, sizeof(u64)));
		result = scratch->target;
	}
	return vi915_surface_write(maps, &blt->dst, &dst, result, blt->width,
				   &blt->bad);
}

/**
 * vi915_blt_run() - draw the next blocks of a blit
 * @blt: a blit that is started and busy
 * @maps: memory that the job can reach
 * @scratch: buffers
 * @budget: bytes after which to stop
 * @moved: out: bytes drawn
 *
 * Return: how far it got.
 */
enum vi915_blt_status vi915_blt_run(struct vi915_blt *blt,
				    struct vi915_maps *maps,
				    struct vi915_blt_scratch *scratch,
				    size_t budget, u64 *moved)
{
	struct vi915_rect part;
	bool ok;

	*moved = 0;
	scratch->rows.left = 0;
	if (blt->fill)
		memset64(scratch->operand, blt->colour,
			 ARRAY_SIZE(scratch->operand));
	while (blt->band < blt->bands) {
		if (*moved >= budget)
			return VI915_BLT_MORE;
		vi915_blt_next(blt, &part);
		if (blt->direct)
			ok = vi915_blt_copy(blt, maps, &part);
		else
			ok = vi915_blt_block(blt, maps, scratch, &part);
		if (!ok) {
			blt->busy = false;
			return VI915_BLT_UNMAPPED;
		}
		*moved += (u64)part.width * part.height;
		if (++blt->column == blt->columns) {
			blt->column = 0;
			blt->band++;
		}
	}
	blt->busy = false;
	return VI915_BLT_DONE;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_blt_run);
