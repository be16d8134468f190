// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <uapi/drm/i915_drm.h>

#include "../vi915_tiling.h"

struct vi915_view_case {
	const char *name;
	u32 mode;
	u32 stride;
	/* In rows of tiles. */
	u32 rows;
};

static const struct vi915_view_case vi915_view_cases[] = {
	{ "x_one_tile", I915_TILING_X, 512, 1 },
	{ "x_one_column", I915_TILING_X, 512, 3 },
	{ "x_lines_that_cross_pages", I915_TILING_X, 1536, 2 },
	{ "x_a_line_is_a_page", I915_TILING_X, 4096, 2 },
	{ "x_a_line_is_more_than_a_page", I915_TILING_X, 4608, 2 },
	{ "x_as_wide_as_a_fence", I915_TILING_X, SZ_256K, 1 },
	{ "y_one_tile", I915_TILING_Y, 128, 1 },
	{ "y_one_column", I915_TILING_Y, 128, 3 },
	{ "y_lines_that_cross_pages", I915_TILING_Y, 384, 2 },
	{ "y_five_tiles", I915_TILING_Y, 640, 2 },
	{ "y_a_line_is_a_page", I915_TILING_Y, 4096, 2 },
	{ "y_a_line_is_more_than_a_page", I915_TILING_Y, 4224, 1 },
};

KUNIT_ARRAY_PARAM_DESC(vi915_view, vi915_view_cases, name);

/* Both sides of a picture: tiles in memory order, and linear pages. */
struct vi915_view_picture {
	const struct vi915_view_case *row;
	pgoff_t per_row;
	pgoff_t num_pages;
	u8 *tiled;
	struct page **linear;
};

static void vi915_view_init_picture(struct kunit *test,
				    struct vi915_view_picture *picture)
{
	const struct vi915_view_case *row = test->param_value;
	pgoff_t i;

	picture->row = row;
	picture->per_row = vi915_tiling_row_size(row->mode, row->stride) >>
			   PAGE_SHIFT;
	picture->num_pages = picture->per_row * row->rows;
	picture->tiled = kvzalloc(picture->num_pages * PAGE_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, picture->tiled);
	picture->linear = kunit_kcalloc(test, picture->num_pages,
					sizeof(*picture->linear), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, picture->linear);
	for (i = 0; i < picture->num_pages; i++) {
		picture->linear[i] = alloc_page(GFP_KERNEL | __GFP_ZERO);
		KUNIT_ASSERT_NOT_NULL(test, picture->linear[i]);
	}
}

static void vi915_view_fini_picture(struct vi915_view_picture *picture)
{
	pgoff_t i;

	for (i = 0; i < picture->num_pages; i++)
		__free_page(picture->linear[i]);
	kvfree(picture->tiled);
}

static u8 *vi915_view_linear(struct vi915_view_picture *picture, u64 at)
{
	return (u8 *)page_address(picture->linear[at >> PAGE_SHIFT]) +
	       offset_in_page(at);
}

/* Differs between bytes at every distance that tiles cause. */
static u8 vi915_view_byte(u64 at)
{
	return (at * 0x9e3779b97f4a7c15ull) >> 56;
}

static void vi915_view_convert_all(struct vi915_view_picture *picture,
				   bool detile)
{
	pgoff_t i;

	for (i = 0; i < picture->num_pages; i++) {
		pgoff_t column = i % picture->per_row;

		vi915_tiling_convert(picture->row->mode, picture->row->stride,
				     picture->tiled + i * PAGE_SIZE, column,
				     picture->linear + i - column, detile);
	}
}

/* Walks the linear side, and looks up each byte on the other side. */
static void vi915_view_compare(struct kunit *test,
			       struct vi915_view_picture *picture)
{
	u32 stride = picture->row->stride, wrong = 0;
	u64 at, size = (u64)picture->num_pages << PAGE_SHIFT;

	for (at = 0; at < size && !wrong; at++) {
		u64 tiled = vi915_tiling_offset(picture->row->mode, stride,
						at % stride, at / stride);

		KUNIT_ASSERT_LT(test, tiled, size);
		if (*vi915_view_linear(picture, at) != picture->tiled[tiled])
			wrong++;
	}
	KUNIT_EXPECT_EQ_MSG(test, wrong, 0, "byte %llu", at - 1);
}

static void vi915_view_test_detile(struct kunit *test)
{
	struct vi915_view_picture picture;
	u64 at;

	vi915_view_init_picture(test, &picture);
	for (at = 0; at < picture.num_pages << PAGE_SHIFT; at++)
		picture.tiled[at] = vi915_view_byte(at);

	vi915_view_convert_all(&picture, true);
	vi915_view_compare(test, &picture);
	for (at = 0; at < picture.num_pages << PAGE_SHIFT; at += 61)
		KUNIT_ASSERT_EQ(test, picture.tiled[at], vi915_view_byte(at));
	vi915_view_fini_picture(&picture);
}

static void vi915_view_test_tile(struct kunit *test)
{
	struct vi915_view_picture picture;
	u64 at;

	vi915_view_init_picture(test, &picture);
	for (at = 0; at < picture.num_pages << PAGE_SHIFT; at++)
		*vi915_view_linear(&picture, at) = vi915_view_byte(at);

	vi915_view_convert_all(&picture, false);
	vi915_view_compare(test, &picture);
	vi915_view_fini_picture(&picture);
}

/* Converting one tile touches its own bytes only. */
static void vi915_view_test_one_tile(struct kunit *test)
{
	const struct vi915_view_case *row = test->param_value;
	struct vi915_view_picture picture;
	u64 at, inside = 0, outside = 0;
	pgoff_t column;

	vi915_view_init_picture(test, &picture);
	column = picture.per_row - 1;
	memset(picture.tiled, 0xff, picture.num_pages * PAGE_SIZE);
	vi915_tiling_convert(row->mode, row->stride,
			     picture.tiled + column * PAGE_SIZE, column,
			     picture.linear, true);

	for (at = 0; at < picture.num_pages << PAGE_SHIFT; at++) {
		u64 tiled = vi915_tiling_offset(row->mode, row->stride,
						at % row->stride,
						at / row->stride);

		if (*vi915_view_linear(&picture, at) == 0)
			continue;
		if (tiled >> PAGE_SHIFT == column)
			inside++;
		else
			outside++;
	}
	KUNIT_EXPECT_EQ(test, inside, PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, outside, 0);
	vi915_view_fini_picture(&picture);
}

static struct kunit_case vi915_view_kunit_cases[] = {
	KUNIT_CASE_PARAM(vi915_view_test_detile, vi915_view_gen_params),
	KUNIT_CASE_PARAM(vi915_view_test_one_tile, vi915_view_gen_params),
	KUNIT_CASE_PARAM(vi915_view_test_tile, vi915_view_gen_params),
	{}
};

static struct kunit_suite vi915_view_suite = {
	.name = "vi915_view",
	.test_cases = vi915_view_kunit_cases,
};

kunit_test_suite(vi915_view_suite);
