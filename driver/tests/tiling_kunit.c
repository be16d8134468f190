// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/test.h>
#include <linux/bitmap.h>
#include <linux/limits.h>
#include <linux/sizes.h>
#include <uapi/drm/i915_drm.h>

#include "../vi915_tiling.h"

struct vi915_tiling_stride_case {
	const char *name;
	u32 mode;
	u32 stride;
	bool ok;
};

static const struct vi915_tiling_stride_case vi915_tiling_stride_cases[] = {
	{ "linear_0", I915_TILING_NONE, 0, true },
	{ "linear_odd", I915_TILING_NONE, 7, true },
	{ "linear_largest", I915_TILING_NONE, U32_MAX, true },
	{ "x_0", I915_TILING_X, 0, false },
	{ "x_half_a_tile", I915_TILING_X, 256, false },
	{ "x_tile_of_y", I915_TILING_X, 128, false },
	{ "x_one_tile", I915_TILING_X, 512, true },
	{ "x_one_byte_more", I915_TILING_X, 513, false },
	{ "x_three_tiles", I915_TILING_X, 1536, true },
	{ "x_as_a_fence_holds", I915_TILING_X, SZ_256K, true },
	{ "x_more_than_a_fence_holds", I915_TILING_X, SZ_256K + 512, false },
	{ "x_largest", I915_TILING_X, U32_MAX - 511, false },
	{ "y_0", I915_TILING_Y, 0, false },
	{ "y_half_a_tile", I915_TILING_Y, 64, false },
	{ "y_one_tile", I915_TILING_Y, 128, true },
	{ "y_one_byte_more", I915_TILING_Y, 129, false },
	{ "y_three_tiles", I915_TILING_Y, 384, true },
	{ "y_as_a_fence_holds", I915_TILING_Y, SZ_256K, true },
	{ "y_more_than_a_fence_holds", I915_TILING_Y, SZ_256K + 128, false },
	{ "y_largest", I915_TILING_Y, U32_MAX - 127, false },
	{ "unknown_mode", I915_TILING_LAST + 1, 512, false },
	{ "largest_mode", U32_MAX, 512, false },
};

/* A stride is a multiple of tiles, at least one, and fits a fence register. */
static void vi915_tiling_test_stride(struct kunit *test)
{
	const struct vi915_tiling_stride_case *row = test->param_value;

	KUNIT_EXPECT_EQ(test, vi915_tiling_is_ok(row->mode, row->stride),
			row->ok);
}

struct vi915_tiling_offset_case {
	const char *name;
	u32 mode;
	u32 stride;
	u32 x;
	u32 y;
	u64 offset;
};

/* Corners, counted by hand in the layout of a tile. */
static const struct vi915_tiling_offset_case vi915_tiling_offset_cases[] = {
	{ "linear_start", I915_TILING_NONE, 100, 0, 0, 0 },
	{ "linear_second_row", I915_TILING_NONE, 100, 99, 1, 199 },
	{ "linear_end_of_all", I915_TILING_NONE, SZ_256K, SZ_256K - 1,
	  U32_MAX, BIT_ULL(50) - 1 },
	{ "x_start", I915_TILING_X, 1024, 0, 0, 0 },
	{ "x_end_of_row", I915_TILING_X, 1024, 511, 0, 511 },
	{ "x_second_row", I915_TILING_X, 1024, 0, 1, 512 },
	{ "x_end_of_tile", I915_TILING_X, 1024, 511, 7, 4095 },
	{ "x_tile_to_the_right", I915_TILING_X, 1024, 512, 0, 4096 },
	{ "x_tile_below", I915_TILING_X, 1024, 0, 8, 8192 },
	{ "x_tile_below_in_one_column", I915_TILING_X, 512, 0, 8, 4096 },
	{ "x_end_of_second_tile_row", I915_TILING_X, 1024, 1023, 15, 16383 },
	{ "x_end_of_all", I915_TILING_X, SZ_256K, SZ_256K - 1, U32_MAX,
	  BIT_ULL(50) - 1 },
	{ "y_start", I915_TILING_Y, 256, 0, 0, 0 },
	{ "y_end_of_column", I915_TILING_Y, 256, 15, 0, 15 },
	{ "y_second_row", I915_TILING_Y, 256, 0, 1, 16 },
	{ "y_second_column", I915_TILING_Y, 256, 16, 0, 512 },
	{ "y_last_of_first_column", I915_TILING_Y, 256, 15, 31, 511 },
	{ "y_last_column", I915_TILING_Y, 256, 112, 0, 3584 },
	{ "y_end_of_tile", I915_TILING_Y, 256, 127, 31, 4095 },
	{ "y_tile_to_the_right", I915_TILING_Y, 256, 128, 0, 4096 },
	{ "y_tile_below", I915_TILING_Y, 256, 0, 32, 8192 },
	{ "y_tile_below_in_one_column", I915_TILING_Y, 128, 0, 32, 4096 },
	{ "y_end_of_second_tile_row", I915_TILING_Y, 256, 255, 63, 16383 },
	{ "y_end_of_all", I915_TILING_Y, SZ_256K, SZ_256K - 1, U32_MAX,
	  BIT_ULL(50) - 1 },
};

static void vi915_tiling_test_offset(struct kunit *test)
{
	const struct vi915_tiling_offset_case *row = test->param_value;

	KUNIT_EXPECT_EQ(test,
			vi915_tiling_offset(row->mode, row->stride, row->x,
					    row->y),
			row->offset);
}

struct vi915_tiling_picture_case {
	const char *name;
	u32 mode;
	/* In tiles. */
	u32 width;
	u32 height;
};

static const struct vi915_tiling_picture_case vi915_tiling_picture_cases[] = {
	{ "x_1_by_1", I915_TILING_X, 1, 1 },
	{ "x_1_by_3", I915_TILING_X, 1, 3 },
	{ "x_3_by_1", I915_TILING_X, 3, 1 },
	{ "x_5_by_3", I915_TILING_X, 5, 3 },
	{ "y_1_by_1", I915_TILING_Y, 1, 1 },
	{ "y_1_by_3", I915_TILING_Y, 1, 3 },
	{ "y_3_by_1", I915_TILING_Y, 3, 1 },
	{ "y_7_by_3", I915_TILING_Y, 7, 3 },
};

static u32 vi915_tiling_tile_width(u32 mode)
{
	return mode == I915_TILING_X ? 512 : 128;
}

static u32 vi915_tiling_tile_height(u32 mode)
{
	return mode == I915_TILING_X ? 8 : 32;
}

/* Walks the memory of the tile at @left, @top byte by byte. */
struct vi915_tiling_walk {
	u32 stride;
	u32 left;
	u32 top;
	u64 address;
};

static void vi915_tiling_visit(struct kunit *test, u32 mode,
			       struct vi915_tiling_walk *walk, u32 x, u32 y)
{
	KUNIT_ASSERT_EQ_MSG(test,
			    vi915_tiling_offset(mode, walk->stride,
						walk->left + x, walk->top + y),
			    walk->address, "at x=%u y=%u", walk->left + x,
			    walk->top + y);
	walk->address++;
}

/* An X tile in memory: rows from top to bottom. */
static void vi915_tiling_walk_x(struct kunit *test,
				struct vi915_tiling_walk *walk)
{
	u32 x, y;

	for (y = 0; y < 8; y++)
		for (x = 0; x < 512; x++)
			vi915_tiling_visit(test, I915_TILING_X, walk, x, y);
}

/* A Y tile in memory: columns of 16 bytes from left to right. */
static void vi915_tiling_walk_y(struct kunit *test,
				struct vi915_tiling_walk *walk)
{
	u32 column, x, y;

	for (column = 0; column < 128; column += 16)
		for (y = 0; y < 32; y++)
			for (x = column; x < column + 16; x++)
				vi915_tiling_visit(test, I915_TILING_Y, walk,
						   x, y);
}

/*
 * Walks the memory of a whole picture byte by byte, tile after tile, and knows
 * the position of each byte in the picture. Nothing is divided, so this shares
 * no arithmetic with the driver.
 */
static void vi915_tiling_test_memory_order(struct kunit *test)
{
	const struct vi915_tiling_picture_case *row = test->param_value;
	u32 tile_width = vi915_tiling_tile_width(row->mode);
	u32 tile_height = vi915_tiling_tile_height(row->mode);
	struct vi915_tiling_walk walk = {
		.stride = row->width * tile_width,
	};
	u32 i, j;

	for (j = 0; j < row->height; j++) {
		walk.top = j * tile_height;
		for (i = 0; i < row->width; i++) {
			walk.left = i * tile_width;
			if (row->mode == I915_TILING_X)
				vi915_tiling_walk_x(test, &walk);
			else
				vi915_tiling_walk_y(test, &walk);
		}
	}
}

/* Every byte of a picture has its own place, and every place is used. */
static void vi915_tiling_test_bijection(struct kunit *test)
{
	const struct vi915_tiling_picture_case *row = test->param_value;
	u32 stride = row->width * vi915_tiling_tile_width(row->mode);
	u32 rows = row->height * vi915_tiling_tile_height(row->mode);
	unsigned int size = stride * rows;
	unsigned long *seen;
	u64 offset;
	u32 x, y;

	seen = kunit_kcalloc(test, BITS_TO_LONGS(size), sizeof(*seen),
			     GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, seen);

	for (y = 0; y < rows; y++) {
		for (x = 0; x < stride; x++) {
			offset = vi915_tiling_offset(row->mode, stride, x, y);
			KUNIT_ASSERT_LT_MSG(test, offset, size,
					    "at x=%u y=%u", x, y);
			KUNIT_ASSERT_FALSE_MSG(test,
					       __test_and_set_bit(offset, seen),
					       "at x=%u y=%u", x, y);
		}
	}
	KUNIT_EXPECT_TRUE(test, bitmap_full(seen, size));
}

KUNIT_ARRAY_PARAM_DESC(vi915_tiling_stride, vi915_tiling_stride_cases, name);
KUNIT_ARRAY_PARAM_DESC(vi915_tiling_offset, vi915_tiling_offset_cases, name);
KUNIT_ARRAY_PARAM_DESC(vi915_tiling_picture, vi915_tiling_picture_cases, name);

static struct kunit_case vi915_tiling_cases[] = {
	KUNIT_CASE_PARAM(vi915_tiling_test_bijection,
			 vi915_tiling_picture_gen_params),
	KUNIT_CASE_PARAM(vi915_tiling_test_memory_order,
			 vi915_tiling_picture_gen_params),
	KUNIT_CASE_PARAM(vi915_tiling_test_offset,
			 vi915_tiling_offset_gen_params),
	KUNIT_CASE_PARAM(vi915_tiling_test_stride,
			 vi915_tiling_stride_gen_params),
	{}
};

static struct kunit_suite vi915_tiling_suite = {
	.name = "vi915_tiling",
	.test_cases = vi915_tiling_cases,
};

kunit_test_suite(vi915_tiling_suite);
