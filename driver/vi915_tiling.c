// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_device.h>
#include <drm/drm_file.h>
#include <kunit/visibility.h>
#include <linux/align.h>
#include <linux/build_bug.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/string.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_gem.h"
#include "vi915_mmap.h"
#include "vi915_refuse.h"
#include "vi915_tiling.h"
#include "vi915_view.h"

/**
 * DOC: tiling
 *
 * A tile is 4096 bytes. An X tile is 512 bytes by 8 rows, row after row. A Y
 * tile is 128 bytes by 32 rows, in columns of 16 bytes. Tiles lie row after
 * row across the pitch. No address bit is swizzled.
 *
 * A row of tiles is a whole number of pages and covers the same range of bytes
 * as its rows of the linear picture. So rows of tiles are converted
 * independently, one tile, which is a page, at a time.
 *
 * (i915 contract, section 8)
 */

/* A fence holds the stride in units of 128 bytes, up to 2048 of them. */
#define VI915_TILING_MAX_STRIDE	(256 * 1024)

#define VI915_TILE_SIZE		4096
#define VI915_TILE_X_WIDTH	512
#define VI915_TILE_X_HEIGHT	8
#define VI915_TILE_Y_WIDTH	128
#define VI915_TILE_Y_HEIGHT	32
#define VI915_TILE_Y_COLUMN	16

/**
 * vi915_tiling_is_ok() - can a fence describe this layout?
 * @mode: I915_TILING_*
 * @stride: bytes per row of the picture; ignored if linear
 *
 * Return: whether it can.
 */
bool vi915_tiling_is_ok(u32 mode, u32 stride)
{
	switch (mode) {
	case I915_TILING_NONE:
		return true;
	case I915_TILING_X:
		return stride && stride <= VI915_TILING_MAX_STRIDE &&
		       IS_ALIGNED(stride, VI915_TILE_X_WIDTH);
	case I915_TILING_Y:
		return stride && stride <= VI915_TILING_MAX_STRIDE &&
		       IS_ALIGNED(stride, VI915_TILE_Y_WIDTH);
	default:
		return false;
	}
}
EXPORT_SYMBOL_IF_KUNIT(vi915_tiling_is_ok);

/**
 * vi915_tiling_offset() - where a byte of a picture lies in memory
 * @mode: I915_TILING_*
 * @stride: bytes per row of the picture; must pass vi915_tiling_is_ok()
 * @x: byte within the row; less than @stride
 * @y: row
 *
 * Return: bytes from the start of the picture.
 */
u64 vi915_tiling_offset(u32 mode, u32 stride, u32 x, u32 y)
{
	u64 tile;

	switch (mode) {
	case I915_TILING_X:
		tile = (u64)(y / VI915_TILE_X_HEIGHT) *
		       (stride / VI915_TILE_X_WIDTH) + x / VI915_TILE_X_WIDTH;
		return tile * VI915_TILE_SIZE +
		       y % VI915_TILE_X_HEIGHT * VI915_TILE_X_WIDTH +
		       x % VI915_TILE_X_WIDTH;
	case I915_TILING_Y:
		tile = (u64)(y / VI915_TILE_Y_HEIGHT) *
		       (stride / VI915_TILE_Y_WIDTH) + x / VI915_TILE_Y_WIDTH;
		x %= VI915_TILE_Y_WIDTH;
		return tile * VI915_TILE_SIZE +
		       x / VI915_TILE_Y_COLUMN * VI915_TILE_Y_COLUMN *
			       VI915_TILE_Y_HEIGHT +
		       y % VI915_TILE_Y_HEIGHT * VI915_TILE_Y_COLUMN +
		       x % VI915_TILE_Y_COLUMN;
	default:
		return (u64)y * stride + x;
	}
}
EXPORT_SYMBOL_IF_KUNIT(vi915_tiling_offset);

/**
 * vi915_tiling_row_size() - the length of a row of tiles
 * @mode: I915_TILING_X or _Y
 * @stride: bytes per row of the picture; must pass vi915_tiling_is_ok()
 *
 * Return: its length in bytes.
 */
unsigned long vi915_tiling_row_size(u32 mode, u32 stride)
{
	return (unsigned long)stride * (mode == I915_TILING_X ?
					VI915_TILE_X_HEIGHT :
					VI915_TILE_Y_HEIGHT);
}
EXPORT_SYMBOL_IF_KUNIT(vi915_tiling_row_size);

/* Address of a byte in a row's linear pages, valid up to its page's end. */
static void *vi915_tiling_linear(struct page *const *linear,
				 unsigned long offset)
{
	return page_address(linear[offset >> PAGE_SHIFT]) +
	       offset_in_page(offset);
}

/* 512 bytes of a line lie together, in one page as 512 divides @stride. */
static void vi915_tiling_convert_x(u32 stride, char *tile, unsigned long at,
				   struct page *const *linear, bool detile)
{
	unsigned int y;

	for (y = 0; y < VI915_TILE_X_HEIGHT; y++) {
		void *line = vi915_tiling_linear(linear, at);

		if (detile)
			memcpy(line, tile, VI915_TILE_X_WIDTH);
		else
			memcpy(tile, line, VI915_TILE_X_WIDTH);
		tile += VI915_TILE_X_WIDTH;
		at += stride;
	}
}

/* Each column has 16 bytes of a line. */
static void vi915_tiling_convert_y(u32 stride, char *tile, unsigned long at,
				   struct page *const *linear, bool detile)
{
	const unsigned int column = VI915_TILE_Y_COLUMN * VI915_TILE_Y_HEIGHT;
	unsigned int x, y;

	for (y = 0; y < VI915_TILE_Y_HEIGHT; y++) {
		char *line = vi915_tiling_linear(linear, at), *piece = tile;

		for (x = 0; x < VI915_TILE_Y_WIDTH; x += VI915_TILE_Y_COLUMN) {
			if (detile)
				memcpy(line + x, piece, VI915_TILE_Y_COLUMN);
			else
				memcpy(piece, line + x, VI915_TILE_Y_COLUMN);
			piece += column;
		}
		tile += VI915_TILE_Y_COLUMN;
		at += stride;
	}
}

/**
 * vi915_tiling_convert() - copy one tile to or from a linear picture
 * @mode: I915_TILING_X or _Y
 * @stride: bytes per row of the picture; must pass vi915_tiling_is_ok()
 * @tile: the tile, one page
 * @column: index of the tile in its row of tiles
 * @linear: the picture's pages that the row of tiles covers; not highmem
 * @detile: true to copy from the tile to the picture
 */
void vi915_tiling_convert(u32 mode, u32 stride, void *tile, unsigned int column,
			  struct page *const *linear, bool detile)
{
	static_assert(VI915_TILE_SIZE == PAGE_SIZE);

	if (mode == I915_TILING_X)
		vi915_tiling_convert_x(stride, tile,
				       column * VI915_TILE_X_WIDTH, linear,
				       detile);
	else
		vi915_tiling_convert_y(stride, tile,
				       column * VI915_TILE_Y_WIDTH, linear,
				       detile);
}
EXPORT_SYMBOL_IF_KUNIT(vi915_tiling_convert);

/* First converts CPU writes back to raw bytes, in the old layout. */
static int vi915_tiling_change(struct vi915_bo *bo, u32 mode, u32 stride)
{
	if (bo->tiling.mode == mode && bo->tiling.stride == stride)
		return 0;
	/* Framebuffers were checked against the old tiling. */
	if (VI915_REFUSE(bo->base.dev, bo->framebuffers))
		return -EBUSY;

	vi915_mmap_zap(bo);
	vi915_view_drop(bo);
	bo->tiling.stride = stride;
	WRITE_ONCE(bo->tiling.mode, mode);
	return 0;
}

/**
 * vi915_tiling_set_ioctl() - DRM_IOCTL_I915_GEM_SET_TILING
 * @drm: the GPU
 * @data: &struct drm_i915_gem_set_tiling; swizzle out
 * @file: file that owns the handle
 *
 * The bytes in memory stay; GTT mappings show them in the new layout. On an
 * import, this only changes how this GPU sees the buffer: clients use it to
 * tell their GPU the layout that a modifier says.
 *
 * Return: 0; -ENOENT; -ENXIO for user memory; -EINVAL for an unknown mode, or a
 * stride that is not whole tiles or above 256 KiB; -EBUSY for a change while a
 * framebuffer uses the object; -EINTR.
 */
int vi915_tiling_set_ioctl(struct drm_device *drm, void *data,
			   struct drm_file *file)
{
	struct drm_i915_gem_set_tiling *args = data;
	struct vi915_bo *bo;
	int ret;

	bo = vi915_bo_lookup(file, args->handle);
	if (!bo)
		return -ENOENT;

	ret = -ENXIO;
	if (VI915_REFUSE(drm, bo->userptr))
		goto out_put_bo;
	ret = -EINVAL;
	if (VI915_REFUSE(drm, !vi915_tiling_is_ok(args->tiling_mode,
						  args->stride)))
		goto out_put_bo;

	ret = vi915_bo_lock(bo);
	if (ret)
		goto out_put_bo;

	if (args->tiling_mode == I915_TILING_NONE)
		args->stride = 0;
	ret = vi915_tiling_change(bo, args->tiling_mode, args->stride);
	/* Like i915, report the tiling in force, even on a refusal. */
	args->tiling_mode = bo->tiling.mode;
	args->stride = bo->tiling.stride;
	vi915_bo_unlock(bo);

	args->swizzle_mode = I915_BIT_6_SWIZZLE_NONE;

out_put_bo:
	vi915_bo_put(bo);
	return ret;
}

/**
 * vi915_tiling_get_ioctl() - DRM_IOCTL_I915_GEM_GET_TILING
 * @drm: the GPU
 * @data: &struct drm_i915_gem_get_tiling
 * @file: file that owns the handle
 *
 * Return: 0, or -ENOENT.
 */
int vi915_tiling_get_ioctl(struct drm_device *drm, void *data,
			   struct drm_file *file)
{
	struct drm_i915_gem_get_tiling *args = data;
	struct vi915_bo *bo;

	bo = vi915_bo_lookup(file, args->handle);
	if (!bo)
		return -ENOENT;

	args->tiling_mode = READ_ONCE(bo->tiling.mode);
	args->swizzle_mode = I915_BIT_6_SWIZZLE_NONE;
	args->phys_swizzle_mode = I915_BIT_6_SWIZZLE_NONE;
	vi915_bo_put(bo);
	return 0;
}
