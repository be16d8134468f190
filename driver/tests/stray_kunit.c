// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <uapi/drm/i915_drm.h>

#include "cs_world.h"

/* Reads and writes of jobs at unmapped addresses, when these are no fault. */

#define VI915_STRAYS_DATA(n)	VI915_WORLD_ADDR(VI915_WORLD_DATA + (n))
#define VI915_STRAYS_SIZE	(VI915_WORLD_DATA_PAGES * PAGE_SIZE)
#define VI915_STRAYS_END	(VI915_WORLD_DATA + VI915_STRAYS_SIZE)
/* Far from every mapped address. */
#define VI915_STRAYS_NOWHERE	0x300000000000ull
#define VI915_STRAYS_AT(n)	VI915_WORLD_ADDR(VI915_STRAYS_NOWHERE + (n))

#define VI915_STRAYS_COPY_MEM	VI915_MI(0x2e, 3)
#define VI915_STRAYS_XY(opcode, flags) (2u << 29 | (opcode) << 22 | (flags))
#define VI915_STRAYS_XY_COPY	VI915_STRAYS_XY(0x53, 3 << 20 | 8)
#define VI915_STRAYS_COPY_32	(3 << 24 | 0xcc << 16)
#define VI915_STRAYS_XOR_32	(3 << 24 | 0x66 << 16)
#define VI915_STRAYS_XY_AT(x, y) ((u32)(y) << 16 | (x))

#define VI915_STRAYS_DO(world, ...) ({					\
	struct vi915_world *world_ = (world);				\
	const u64 items_[] = { __VA_ARGS__ };				\
									\
	vi915_world_batch(world_, VI915_WORLD_BATCH, items_,		\
			  ARRAY_SIZE(items_));				\
	vi915_cs_allow_strays(&world_->cs);				\
	vi915_world_run(world_);					\
})

static struct vi915_world *vi915_strays_world(struct kunit *test)
{
	return vi915_world_make(test, I915_ENGINE_CLASS_COPY);
}

static u32 vi915_strays_data(struct vi915_world *world, u64 offset)
{
	return vi915_world_peek(world, VI915_WORLD_DATA + offset);
}

/* A store is dropped, so even the same batch cannot load it. */
static void vi915_strays_test_store_then_load(struct kunit *test)
{
	struct vi915_world *world = vi915_strays_world(test);

	vi915_world_poke(world, VI915_WORLD_DATA, 5);
	vi915_world_poke(world, VI915_WORLD_DATA + 4, 5);
	KUNIT_EXPECT_EQ(test, VI915_CS_DONE,
			VI915_STRAYS_DO(world, VI915_STORE, VI915_STRAYS_AT(8), 7,
					VI915_STRAYS_COPY_MEM,
					VI915_STRAYS_DATA(0), VI915_STRAYS_AT(8),
					VI915_STORE, VI915_STRAYS_DATA(4), 9,
					VI915_MI_END));
	KUNIT_EXPECT_EQ(test, vi915_strays_data(world, 0), 0);
	KUNIT_EXPECT_EQ(test, vi915_strays_data(world, 4), 9);
	KUNIT_EXPECT_EQ(test, world->cs.stray.count, 2);
	KUNIT_EXPECT_EQ(test, world->cs.stray.first, VI915_STRAYS_NOWHERE + 8);
	vi915_world_expect_guards(world);
}

/* Each command that accesses memory, once with an unmapped address. */
static void vi915_strays_test_commands(struct kunit *test)
{
	static const struct {
		u64 items[6];
		enum vi915_cs_status status;
	} rows[] = {
		/* Quadwords, one of them not aligned. */
		{ { VI915_MI(0x20, BIT(21) | 3), VI915_STRAYS_AT(0), 1, 2 } },
		{ { VI915_MI(0x20, BIT(21) | 3), VI915_STRAYS_AT(4), 1, 2 } },
		{ { VI915_SRM, VI915_WORLD_BASE + 0x600, VI915_STRAYS_AT(0) } },
		{ { VI915_MI(0x29, 2), VI915_WORLD_BASE + 0x600,
		    VI915_STRAYS_AT(0) } },
		{ { VI915_MI(0x2f, 5 << 8 | 1), VI915_STRAYS_AT(0) } },
		{ { VI915_MI(0x26, 1 << 14 | 2), VI915_STRAYS_AT(0), 1 } },
		/*
		 * Waits for 0, which unmapped memory reads as; for 7, which
		 * never comes.
		 */
		{ { VI915_MI(0x1c, 4 << 12 | 2), 0, VI915_STRAYS_AT(0) } },
		{ { VI915_MI(0x1c, 4 << 12 | 2), 7, VI915_STRAYS_AT(0) },
		  VI915_CS_POLL },
		/* Continues while the value is greater than 0. */
		{ { VI915_MI(0x36, BIT(21) | 2), 0, VI915_STRAYS_AT(0) } },
	};
	struct vi915_world *world = vi915_strays_world(test);
	u64 batch[ARRAY_SIZE(rows[0].items) + 1];
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		memcpy(batch, rows[i].items, sizeof(rows[i].items));
		for (j = ARRAY_SIZE(batch) - 1; j && !batch[j - 1]; j--)
			;
		batch[j++] = VI915_MI_END;
		vi915_world_batch(world, VI915_WORLD_BATCH, batch, j);
		vi915_cs_allow_strays(&world->cs);
		KUNIT_EXPECT_EQ_MSG(test, vi915_world_run(world),
				    rows[i].status, "row %u", i);
		KUNIT_EXPECT_GT_MSG(test, world->cs.stray.count, 0, "row %u",
				    i);
	}
	vi915_world_expect_guards(world);
}

/* The mapped half of a quadword is written. */
static void vi915_strays_test_half_a_quadword(struct kunit *test)
{
	struct vi915_world *world = vi915_strays_world(test);

	KUNIT_EXPECT_EQ(test, VI915_CS_DONE,
			VI915_STRAYS_DO(world, VI915_MI(0x20, BIT(21) | 3),
					VI915_STRAYS_DATA(VI915_STRAYS_SIZE - 4),
					11, 12, VI915_MI_END));
	KUNIT_EXPECT_EQ(test, vi915_strays_data(world, VI915_STRAYS_SIZE - 4),
			11);
	KUNIT_EXPECT_EQ(test, world->cs.stray.count, 1);
	KUNIT_EXPECT_EQ(test, world->cs.stray.first, VI915_STRAYS_END);
	vi915_world_expect_guards(world);
}

/* The hardware ignores bits 63:48. */
static void vi915_strays_test_high_bits(struct kunit *test)
{
	struct vi915_world *world = vi915_strays_world(test);

	/* Written as two dwords, since bit 63 of an item marks an address. */
	KUNIT_EXPECT_EQ(test, VI915_CS_DONE,
			VI915_STRAYS_DO(world, VI915_STORE,
					lower_32_bits(VI915_WORLD_DATA),
					upper_32_bits(VI915_WORLD_DATA) |
					0x12340000, 7, VI915_MI_END));
	KUNIT_EXPECT_EQ(test, vi915_strays_data(world, 0), 7);
	KUNIT_EXPECT_EQ(test, world->cs.stray.count, 0);
}

struct vi915_strays_blit_case {
	const char *name;
	u32 tiled;		/* bits of BR00 */
	u32 br13;
	bool src_is_stray;
};

static const struct vi915_strays_blit_case vi915_strays_blit_cases[] = {
	{ "linear_from", 0, VI915_STRAYS_COPY_32, true },
	{ "linear_to", 0, VI915_STRAYS_COPY_32, false },
	{ "linear_xor_from", 0, VI915_STRAYS_XOR_32, true },
	{ "linear_xor_to", 0, VI915_STRAYS_XOR_32, false },
	{ "x_from", BIT(15), VI915_STRAYS_COPY_32, true },
	{ "x_to", BIT(11), VI915_STRAYS_COPY_32, false },
	{ "x_both_from", BIT(15) | BIT(11), VI915_STRAYS_COPY_32, true },
	{ "x_both_to", BIT(15) | BIT(11), VI915_STRAYS_COPY_32, false },
};

/*
 * A surface of 8 rows of 512 bytes is one page, tiled or not. Two of them are
 * copied, one above the other; the lower one is unmapped on one side.
 */
static void vi915_strays_test_blit(struct kunit *test)
{
	const struct vi915_strays_blit_case *row = test->param_value;
	struct vi915_world *world = vi915_strays_world(test);
	u32 last = VI915_STRAYS_SIZE - PAGE_SIZE;
	u32 src = row->src_is_stray ? last : 0;
	u32 dst = row->src_is_stray ? 0 : last;
	bool xors = row->br13 == VI915_STRAYS_XOR_32;
	u32 src_pitch = row->tiled & BIT(15) ? 128 : 512;
	u32 dst_pitch = row->tiled & BIT(11) ? 128 : 512;
	u32 i;

	for (i = 0; i < VI915_STRAYS_SIZE; i += 4)
		vi915_world_poke(world, VI915_WORLD_DATA + i, 0x100);
	for (i = 0; i < PAGE_SIZE; i += 4)
		vi915_world_poke(world, VI915_WORLD_DATA + src + i, 0x203);

	KUNIT_EXPECT_EQ(test, VI915_CS_DONE,
			VI915_STRAYS_DO(world, VI915_STRAYS_XY_COPY | row->tiled,
					row->br13 | dst_pitch,
					VI915_STRAYS_XY_AT(0, 0),
					VI915_STRAYS_XY_AT(128, 16),
					VI915_STRAYS_DATA(dst), 0, src_pitch,
					VI915_STRAYS_DATA(src), VI915_MI_END));
	for (i = 0; i < PAGE_SIZE; i += 4)
		KUNIT_ASSERT_EQ(test, vi915_strays_data(world, dst + i),
				xors ? 0x303 : 0x203);
	/*
	 * Unmapped memory reads as zeros, and writes to it change no neighbour.
	 */
	for (i = PAGE_SIZE; row->src_is_stray && i < 2 * PAGE_SIZE; i += 4)
		KUNIT_ASSERT_EQ(test, vi915_strays_data(world, i),
				xors ? 0x100 : 0);
	KUNIT_EXPECT_EQ(test, vi915_strays_data(world, 2 * PAGE_SIZE), 0x100);
	KUNIT_EXPECT_EQ(test, world->cs.stray.first, VI915_STRAYS_END);
	KUNIT_EXPECT_GT(test, world->cs.stray.count, 0);
	vi915_world_expect_guards(world);
}

/* Between two objects there are zeros, so MI_NOOP, up to the next object. */
static void vi915_strays_test_noops_to_the_next(struct kunit *test)
{
	struct vi915_world *world = vi915_strays_world(test);
	static const u64 start[] = { VI915_STORE, VI915_STRAYS_DATA(0), 3 };
	static const u64 next[] = { VI915_STORE, VI915_STRAYS_DATA(4), 4,
				    VI915_MI_END };

	vi915_world_batch(world, VI915_WORLD_BATCH, next, ARRAY_SIZE(next));
	vi915_world_batch(world, 0, start, ARRAY_SIZE(start));
	vi915_cs_allow_strays(&world->cs);
	KUNIT_EXPECT_EQ(test, vi915_world_run(world), VI915_CS_DONE);
	KUNIT_EXPECT_EQ(test, vi915_strays_data(world, 0), 3);
	KUNIT_EXPECT_EQ(test, vi915_strays_data(world, 4), 4);
	KUNIT_EXPECT_EQ(test, world->cs.stray.count,
			(VI915_WORLD_BATCH >> PAGE_SHIFT) - 1);
	KUNIT_EXPECT_EQ(test, world->cs.stray.first, PAGE_SIZE);
}

/* Behind the last object it never ends, so every slice gives up for a while. */
static void vi915_strays_test_lost(struct kunit *test)
{
	struct vi915_world *world = vi915_strays_world(test);
	u64 noop = 0;
	unsigned int i;

	vi915_world_batch(world, BIT_ULL(48) - sizeof(u32), &noop, 1);
	vi915_cs_allow_strays(&world->cs);
	for (i = 0; i < 10; i++)
		KUNIT_EXPECT_EQ(test, vi915_world_run(world), VI915_CS_POLL);
	/* It never reached a place where it could be preempted. */
	KUNIT_EXPECT_GT(test, world->cs.stuck_ns, 0);
	KUNIT_EXPECT_FALSE(test, world->cs.arbitrated);
}

KUNIT_ARRAY_PARAM_DESC(vi915_strays_blit, vi915_strays_blit_cases, name);

static struct kunit_case vi915_strays_cases[] = {
	KUNIT_CASE_PARAM(vi915_strays_test_blit, vi915_strays_blit_gen_params),
	KUNIT_CASE(vi915_strays_test_commands),
	KUNIT_CASE(vi915_strays_test_half_a_quadword),
	KUNIT_CASE(vi915_strays_test_high_bits),
	KUNIT_CASE(vi915_strays_test_lost),
	KUNIT_CASE(vi915_strays_test_noops_to_the_next),
	KUNIT_CASE(vi915_strays_test_store_then_load),
	{}
};

static struct kunit_suite vi915_strays_suite = {
	.name = "vi915_stray",
	.test_cases = vi915_strays_cases,
};

kunit_test_suite(vi915_strays_suite);
