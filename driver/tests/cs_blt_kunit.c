// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <uapi/drm/i915_drm.h>

#include "../vi915_tiling.h"
#include "cs_world.h"

/* The meaning of blitter commands; vi915_blt tests the pictures themselves. */

#define VI915_XY(opcode, flags)	(2u << 29 | (opcode) << 22 | (flags))
#define VI915_XY_COLOR		VI915_XY(0x50, 3 << 20 | 5)
#define VI915_XY_COPY		VI915_XY(0x53, 3 << 20 | 8)
#define VI915_XY_FAST		VI915_XY(0x42, 8)
#define VI915_XY_AT(x, y)	((u32)(u16)(y) << 16 | (u16)(x))
#define VI915_XY_FILL_32	(3 << 24 | 0xf0 << 16)
#define VI915_XY_COPY_32	(3 << 24 | 0xcc << 16)
#define VI915_XY_CLIP		BIT(30)
#define VI915_XY_SIZE		(VI915_WORLD_DATA_PAGES * PAGE_SIZE)
#define VI915_XY_DATA(n)	VI915_WORLD_ADDR(VI915_WORLD_DATA + (n))

static struct vi915_world *vi915_xy_world(struct kunit *test)
{
	return vi915_world_make(test, I915_ENGINE_CLASS_COPY);
}

/* Number of pixels of a linear 32 bpp picture that have this colour. */
static unsigned int vi915_xy_count(struct vi915_world *world, u32 colour)
{
	unsigned int count = 0;
	u32 i;

	for (i = 0; i < VI915_XY_SIZE; i += sizeof(u32))
		count += vi915_world_peek(world, VI915_WORLD_DATA + i) ==
			 colour;
	return count;
}

static u32 vi915_xy_pixel(struct vi915_world *world, u32 pitch, u32 x, u32 y)
{
	return vi915_world_peek(world, VI915_WORLD_DATA + y * pitch + 4 * x);
}

static void vi915_xy_test_empty(struct kunit *test)
{
	static const struct {
		s16 x1, y1, x2, y2;
	} boxes[] = {
		{ 5, 5, 5, 9 }, { 5, 5, 9, 5 }, { 9, 5, 5, 9 },
		{ 5, 9, 9, 5 }, { 5, 5, -1, 9 }, { 0x7fff, 0, -0x8000, 9 },
	};
	struct vi915_world *world = vi915_xy_world(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(boxes); i++) {
		KUNIT_EXPECT_EQ(test, VI915_CS_DONE,
				VI915_WORLD_DO(world, VI915_XY_COLOR,
					       VI915_XY_FILL_32 | 256,
					       VI915_XY_AT(boxes[i].x1,
							   boxes[i].y1),
					       VI915_XY_AT(boxes[i].x2,
							   boxes[i].y2),
					       VI915_XY_DATA(0), 7,
					       VI915_MI_END));
		KUNIT_EXPECT_EQ(test, world->cs.stats.blits, 1);
		KUNIT_EXPECT_EQ(test, world->cs.stats.bytes, 0);
	}
	KUNIT_EXPECT_EQ(test, vi915_xy_count(world, 7), 0);
}

/* The clipping rectangle applies to commands that enable it, and no other. */
static void vi915_xy_test_clip(struct kunit *test)
{
	struct vi915_world *world = vi915_xy_world(test);
	u32 clip;

	for (clip = 0; clip < 2; clip++) {
		KUNIT_EXPECT_EQ(test, VI915_CS_DONE,
				VI915_WORLD_DO(world, VI915_XY(0x03, 1),
					       VI915_XY_AT(3, 2),
					       VI915_XY_AT(7, 4),
					       VI915_XY_COLOR,
					       VI915_XY_FILL_32 | 256 |
					       clip * VI915_XY_CLIP,
					       VI915_XY_AT(0, 0),
					       VI915_XY_AT(10, 10),
					       VI915_XY_DATA(0), clip + 1,
					       VI915_MI_END));
	}
	KUNIT_EXPECT_EQ(test, vi915_xy_count(world, 2), 8);
	KUNIT_EXPECT_EQ(test, vi915_xy_count(world, 1), 92);
	KUNIT_EXPECT_EQ(test, vi915_xy_pixel(world, 256, 3, 2), 2);
	KUNIT_EXPECT_EQ(test, vi915_xy_pixel(world, 256, 6, 3), 2);
	KUNIT_EXPECT_EQ(test, vi915_xy_pixel(world, 256, 2, 2), 1);
}

/* A clipped copy reads the matching part of the source, not its start. */
static void vi915_xy_test_clipped_source(struct kunit *test)
{
	struct vi915_world *world = vi915_xy_world(test);
	u32 i;

	for (i = 0; i < 64; i++)
		vi915_world_poke(world, VI915_WORLD_DATA + 4 * i, 100 + i);
	KUNIT_EXPECT_EQ(test, VI915_CS_DONE,
			VI915_WORLD_DO(world, VI915_XY(0x03, 1),
				       VI915_XY_AT(2, 1), VI915_XY_AT(4, 2),
				       VI915_XY_COPY,
				       VI915_XY_COPY_32 | VI915_XY_CLIP | 32,
				       VI915_XY_AT(-1, -1), VI915_XY_AT(8, 8),
				       VI915_XY_DATA(PAGE_SIZE),
				       VI915_XY_AT(0, 0), 32,
				       VI915_XY_DATA(0), VI915_MI_END));
	/* Two pixels, whose source is 3 to the right and 2 down. */
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_EQ(test, 100 + 2 * 8 + 3 + i,
				vi915_world_peek(world, VI915_WORLD_DATA +
						 PAGE_SIZE + 32 + 4 * (2 + i)));
	KUNIT_EXPECT_EQ(test, world->cs.stats.bytes, 8);
}

static void vi915_xy_test_setup_pixel(struct kunit *test)
{
	struct vi915_world *world = vi915_xy_world(test);

	KUNIT_EXPECT_EQ(test, VI915_CS_DONE,
			VI915_WORLD_DO(world, VI915_XY(0x01, 3 << 20 | 8),
				       VI915_XY_FILL_32 | VI915_XY_CLIP | 64,
				       VI915_XY_AT(1, 1), VI915_XY_AT(3, 3),
				       VI915_XY_DATA(0), 8, 9, 0, 0,
				       VI915_XY(0x24, 0), VI915_XY_AT(2, 1),
				       VI915_XY(0x24, 0), VI915_XY_AT(3, 1),
				       VI915_XY(0x24, 0), VI915_XY_AT(0, 0),
				       VI915_MI_END));
	KUNIT_EXPECT_EQ(test, vi915_xy_count(world, 9), 1);
	KUNIT_EXPECT_EQ(test, vi915_xy_pixel(world, 64, 2, 1), 9);
	KUNIT_EXPECT_EQ(test, world->cs.stats.blits, 3);
}

/* A negative pitch flips a picture. */
static void vi915_xy_test_negative_pitch(struct kunit *test)
{
	struct vi915_world *world = vi915_xy_world(test);
	u32 i;

	for (i = 0; i < 64; i++)
		vi915_world_poke(world, VI915_WORLD_DATA + 4 * i, 1 + i);
	KUNIT_EXPECT_EQ(test, VI915_CS_DONE,
			VI915_WORLD_DO(world, VI915_XY_COPY,
				       VI915_XY_COPY_32 | (u16)-32,
				       VI915_XY_AT(0, 0), VI915_XY_AT(8, 8),
				       VI915_XY_DATA(PAGE_SIZE + 7 * 32),
				       VI915_XY_AT(0, 0), 32,
				       VI915_XY_DATA(0), VI915_MI_END));
	for (i = 0; i < 64; i++)
		KUNIT_EXPECT_EQ(test, 1 + (7 - i / 8) * 8 + i % 8,
				vi915_world_peek(world, VI915_WORLD_DATA +
						 PAGE_SIZE + 4 * i));
}

/* The commands that give a width in bytes. */
static void vi915_xy_test_flat(struct kunit *test)
{
	struct vi915_world *world = vi915_xy_world(test);

	KUNIT_EXPECT_EQ(test, VI915_CS_DONE,
			VI915_WORLD_DO(world, VI915_XY(0x40, 3 << 20 | 4),
				       VI915_XY_FILL_32 | 64, 3 << 16 | 8,
				       VI915_XY_DATA(0), 5,
				       VI915_XY(0x43, 3 << 20 | 6),
				       VI915_XY_COPY_32 | 32, 2 << 16 | 12,
				       VI915_XY_DATA(PAGE_SIZE), 64,
				       VI915_XY_DATA(64), VI915_MI_END));
	KUNIT_EXPECT_EQ(test, vi915_xy_count(world, 5), 2 * 3 + 2 * 2);
	KUNIT_EXPECT_EQ(test, vi915_xy_pixel(world, 64, 1, 2), 5);
	KUNIT_EXPECT_EQ(test, vi915_xy_pixel(world, 64, 2, 2), 0);
	KUNIT_EXPECT_EQ(test, 5, vi915_world_peek(world, VI915_WORLD_DATA +
						  PAGE_SIZE + 32 + 4));
}

struct vi915_xy_fast_case {
	const char *name;
	u32 depth, cpp;
};

static const struct vi915_xy_fast_case vi915_xy_fast_cases[] = {
	{ "8_bpp", 0, 1 }, { "16_bpp", 1, 2 }, { "32_bpp", 3, 4 },
	{ "64_bpp", 4, 8 }, { "128_bpp", 5, 16 },
};

/* Each depth from and to each tiling; the pitch is one X tile. */
static void vi915_xy_test_fast_copy(struct kunit *test)
{
	static const u32 pitches[] = { 512, 512 / 4, 512 / 4 };
	const struct vi915_xy_fast_case *row = test->param_value;
	struct vi915_world *world = vi915_xy_world(test);
	u32 half = VI915_XY_SIZE / 2;
	u32 at, src, dst, from, to, i;

	for (i = 0; i < half; i += sizeof(u32))
		vi915_world_poke(world, VI915_WORLD_DATA + i, i * 0x9e3779b1);
	for (i = 0; i < 9; i++) {
		src = i / 3;
		dst = i % 3;
		KUNIT_EXPECT_EQ(test, VI915_CS_DONE,
				VI915_WORLD_DO(world, VI915_XY_FAST |
					       src << 20 | dst << 13,
					       row->depth << 24 | pitches[dst],
					       VI915_XY_AT(0, 0),
					       VI915_XY_AT(512 / row->cpp, 64),
					       VI915_XY_DATA(half), 0,
					       pitches[src], VI915_XY_DATA(0),
					       VI915_MI_END));
		for (at = 0; at < 512 * 64; at += sizeof(u32)) {
			from = vi915_tiling_offset(src, 512, at % 512,
						   at / 512);
			to = vi915_tiling_offset(dst, 512, at % 512, at / 512);
			KUNIT_ASSERT_EQ(test, from * 0x9e3779b1,
					vi915_world_peek(world,
							 VI915_WORLD_DATA +
							 half + to));
		}
	}
}

struct vi915_xy_bad_case {
	const char *name;
	u32 header, br13;
	u64 base;
	s16 x1, y1, x2, y2;
	/* 0: the command itself is invalid. */
	u64 bad;
};

#define VI915_XY_TILED	(VI915_XY_COLOR | BIT(11))
#define VI915_XY_END	(VI915_WORLD_DATA + VI915_XY_SIZE)

static const struct vi915_xy_bad_case vi915_xy_bad_cases[] = {
	{ "one_pixel_left", VI915_XY_COLOR, VI915_XY_FILL_32 | 64,
	  VI915_WORLD_DATA, -1, 0, 4, 4, VI915_WORLD_DATA - 4 },
	{ "one_row_up", VI915_XY_COLOR, VI915_XY_FILL_32 | 64,
	  VI915_WORLD_DATA, 0, -1, 4, 4, VI915_WORLD_DATA - 64 },
	{ "one_pixel_right", VI915_XY_COLOR, VI915_XY_FILL_32 | 64,
	  VI915_XY_END - 64, 0, 0, 17, 1, VI915_XY_END },
	{ "one_row_down", VI915_XY_COLOR, VI915_XY_FILL_32 | 64,
	  VI915_XY_END - 64, 0, 0, 4, 2, VI915_XY_END },
	{ "negative_pitch", VI915_XY_COLOR, VI915_XY_FILL_32 | (u16)-64,
	  VI915_WORLD_DATA, 0, 0, 4, 2, VI915_WORLD_DATA - 64 },
	{ "below_address_0", VI915_XY_COLOR, VI915_XY_FILL_32 | (u16)-64,
	  0, 0, 0, 4, 2, -64ull },
	{ "beyond_48_bits", VI915_XY_COLOR, VI915_XY_FILL_32 | 64,
	  BIT_ULL(48) - 64, 0, 0, 4, 2, BIT_ULL(48) },
	{ "not_canonical", VI915_XY_COLOR, VI915_XY_FILL_32 | 64,
	  BIT_ULL(50), 0, 0, 4, 2, BIT_ULL(50) },
	{ "tile_below", VI915_XY_TILED, VI915_XY_FILL_32 | 128,
	  VI915_XY_END - PAGE_SIZE, 0, 0, 4, 9, VI915_XY_END },
	{ "tile_to_the_right", VI915_XY_TILED, VI915_XY_FILL_32 | 256,
	  VI915_XY_END - PAGE_SIZE, 0, 0, 129, 1, VI915_XY_END },
	{ "tiled_to_the_left", VI915_XY_TILED, VI915_XY_FILL_32 | 128,
	  VI915_WORLD_DATA, -1, 0, 4, 4 },
	{ "tiled_upwards", VI915_XY_TILED, VI915_XY_FILL_32 | 128,
	  VI915_WORLD_DATA, 0, -1, 4, 4 },
	{ "tiled_from_within_a_page", VI915_XY_TILED, VI915_XY_FILL_32 | 128,
	  VI915_WORLD_DATA + 64, 0, 0, 4, 4 },
	{ "tiled_negative_pitch", VI915_XY_TILED,
	  VI915_XY_FILL_32 | (u16)-128, VI915_WORLD_DATA, 0, 0, 4, 4 },
	{ "tiled_no_pitch", VI915_XY_TILED, VI915_XY_FILL_32,
	  VI915_WORLD_DATA, 0, 0, 4, 4 },
	{ "half_a_tile_of_pitch", VI915_XY_TILED, VI915_XY_FILL_32 | 64,
	  VI915_WORLD_DATA, 0, 0, 4, 4 },
};

/* Out of bounds or senseless: a fault that gives the address, nothing else. */
static void vi915_xy_test_bad(struct kunit *test)
{
	const struct vi915_xy_bad_case *row = test->param_value;
	struct vi915_world *world = vi915_xy_world(test);

	KUNIT_EXPECT_EQ(test, VI915_CS_FAULT,
			VI915_WORLD_DO(world, row->header, row->br13,
				       VI915_XY_AT(row->x1, row->y1),
				       VI915_XY_AT(row->x2, row->y2),
				       VI915_WORLD_ADDR(row->base), 7,
				       VI915_MI_END));
	KUNIT_EXPECT_EQ(test, world->cs.fault.kind,
			row->bad ? VI915_CS_FAULT_ADDRESS :
				   VI915_CS_FAULT_BLIT);
	KUNIT_EXPECT_EQ(test, world->cs.fault.addr, row->bad);
	KUNIT_EXPECT_EQ(test, world->cs.fault.header, row->header);
	KUNIT_EXPECT_EQ(test, world->cs.fault.pc, VI915_WORLD_BATCH);
	vi915_world_expect_guards(world);
	KUNIT_EXPECT_EQ(test, vi915_world_run(world), VI915_CS_FAULT);
}

/* A source that ends: rows before its end are drawn, later ones are not. */
static void vi915_xy_test_bad_source(struct kunit *test)
{
	struct vi915_world *world = vi915_xy_world(test);
	u32 i;

	for (i = 0; i < VI915_XY_SIZE; i += sizeof(u32))
		vi915_world_poke(world, VI915_WORLD_DATA + i, 7);
	KUNIT_EXPECT_EQ(test, VI915_CS_FAULT,
			VI915_WORLD_DO(world, VI915_XY_COPY,
				       VI915_XY_COPY_32 | 64,
				       VI915_XY_AT(0, 0), VI915_XY_AT(16, 4),
				       0 | VI915_WORLD_WIDE, 0, 64,
				       VI915_WORLD_ADDR(VI915_XY_END - 128)));
	KUNIT_EXPECT_EQ(test, world->cs.fault.addr, VI915_XY_END);
	for (i = 0; i < 64; i++)
		KUNIT_EXPECT_EQ(test, vi915_world_peek(world, 4 * i),
				i < 32 ? 7 : 0);
}

/* Large blits stop at the end of a slice and continue in the next one. */
static void vi915_xy_test_slices(struct kunit *test)
{
	struct vi915_world *world = vi915_xy_world(test);
	const u64 items[] = {
		VI915_XY_COLOR, VI915_XY_FILL_32, VI915_XY_AT(0, 0),
		VI915_XY_AT(1024, 700), VI915_XY_DATA(0), 7, VI915_MI_END,
	};
	unsigned int slices = 0;

	vi915_world_batch(world, VI915_WORLD_BATCH, items, ARRAY_SIZE(items));
	while (vi915_cs_run(&world->cs, 0) == VI915_CS_MORE)
		slices++;
	KUNIT_EXPECT_TRUE(test, world->cs.done);
	KUNIT_EXPECT_GE(test, slices, 6);
	KUNIT_EXPECT_EQ(test, world->cs.stats.bytes, 1024 * 4 * 700);
	KUNIT_EXPECT_EQ(test, world->cs.stats.blits, 1);
	KUNIT_EXPECT_EQ(test, world->cs.stats.commands, 2);
	KUNIT_EXPECT_EQ(test, vi915_xy_count(world, 7), 1024);
}

KUNIT_ARRAY_PARAM_DESC(vi915_xy_bad, vi915_xy_bad_cases, name);
KUNIT_ARRAY_PARAM_DESC(vi915_xy_fast, vi915_xy_fast_cases, name);

static struct kunit_case vi915_xy_cases[] = {
	KUNIT_CASE_PARAM(vi915_xy_test_bad, vi915_xy_bad_gen_params),
	KUNIT_CASE(vi915_xy_test_bad_source),
	KUNIT_CASE(vi915_xy_test_clip),
	KUNIT_CASE(vi915_xy_test_clipped_source),
	KUNIT_CASE(vi915_xy_test_empty),
	KUNIT_CASE_PARAM(vi915_xy_test_fast_copy, vi915_xy_fast_gen_params),
	KUNIT_CASE(vi915_xy_test_flat),
	KUNIT_CASE(vi915_xy_test_negative_pitch),
	KUNIT_CASE(vi915_xy_test_setup_pixel),
	KUNIT_CASE(vi915_xy_test_slices),
	{}
};

static struct kunit_suite vi915_xy_suite = {
	.name = "vi915_cs_blt",
	.test_cases = vi915_xy_cases,
};

kunit_test_suite(vi915_xy_suite);
