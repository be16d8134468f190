// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/test.h>
#include <linux/bits.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "../vi915_maps.h"

#define VI915_MAPS_LAST	(BIT_ULL(48) - PAGE_SIZE)

struct vi915_maps_plain_case {
	const char *name;
	u64 addr;
	bool ok;
	u64 plain;
};

static const struct vi915_maps_plain_case vi915_maps_plain_cases[] = {
	{ "zero", 0, true, 0 },
	{ "top_of_the_lower_half", BIT_ULL(47) - 1, true, BIT_ULL(47) - 1 },
	{ "upper_half_as_48_bits", BIT_ULL(47), true, BIT_ULL(47) },
	{ "upper_half_canonical", GENMASK_ULL(63, 47), true, BIT_ULL(47) },
	{ "last_as_48_bits", BIT_ULL(48) - 1, true, BIT_ULL(48) - 1 },
	{ "last_canonical", U64_MAX, true, BIT_ULL(48) - 1 },
	{ "bit_48", BIT_ULL(48), false },
	{ "bit_63", BIT_ULL(63), false },
	{ "sign_without_bit_47", GENMASK_ULL(63, 48), false },
	{ "sign_with_a_hole", GENMASK_ULL(63, 47) & ~BIT_ULL(55), false },
};

static void vi915_maps_test_plain(struct kunit *test)
{
	const struct vi915_maps_plain_case *row = test->param_value;
	u64 addr = row->addr;

	KUNIT_EXPECT_EQ(test, vi915_maps_plain(&addr), row->ok);
	KUNIT_EXPECT_EQ(test, addr, row->ok ? row->plain : row->addr);
}

/* Frames that certainly exist; their memory is never accessed. */
#define VI915_MAPS_FRAME	1000

struct vi915_maps_world {
	struct vi915_maps maps;
	struct vi915_map map[5];
	unsigned long frames[8];
};

static void vi915_maps_add(struct vi915_maps_world *world, u64 start,
			   unsigned int pages, unsigned int frame)
{
	struct vi915_map *map = &world->map[world->maps.count++];

	map->start = start;
	map->end = start + pages * PAGE_SIZE;
	map->frames = world->frames + frame;
}

/* Two adjacent maps, one alone, the first page and the last, all unsorted. */
static void vi915_maps_make(struct vi915_maps_world *world)
{
	unsigned int i;

	memset(world, 0, sizeof(*world));
	world->maps.map = world->map;
	/* All frames differ, and none follows the one before. */
	for (i = 0; i < ARRAY_SIZE(world->frames); i++)
		world->frames[i] = VI915_MAPS_FRAME + 16 - 2 * i;
	vi915_maps_add(world, VI915_MAPS_LAST, 1, 0);
	vi915_maps_add(world, 0x5000, 2, 1);
	vi915_maps_add(world, 0x7000, 2, 3);
	vi915_maps_add(world, 0, 1, 5);
	vi915_maps_add(world, BIT_ULL(40), 2, 6);
	vi915_maps_sort(&world->maps);
}

static void *vi915_maps_memory(struct vi915_maps_world *world, int frame)
{
	return page_address(pfn_to_page(world->frames[frame]));
}

struct vi915_maps_find_case {
	const char *name;
	u64 addr;
	/* Index of the frame; -1: not mapped. */
	int frame;
};

static const struct vi915_maps_find_case vi915_maps_find_cases[] = {
	{ "first_byte", 0, 5 },
	{ "end_of_first_page", PAGE_SIZE - 1, 5 },
	{ "behind_first_page", PAGE_SIZE, -1 },
	{ "before_two", 0x4fff, -1 },
	{ "first_of_two", 0x5000, 1 },
	{ "in_the_second_page", 0x6123, 2 },
	{ "end_of_first_of_two", 0x6fff, 2 },
	{ "second_of_two", 0x7000, 3 },
	{ "end_of_two", 0x8fff, 4 },
	{ "behind_two", 0x9000, -1 },
	{ "far", BIT_ULL(40) + PAGE_SIZE, 7 },
	{ "behind_far", BIT_ULL(40) + 2 * PAGE_SIZE, -1 },
	{ "last_byte", BIT_ULL(48) - 1, 0 },
	{ "before_last_page", VI915_MAPS_LAST - 1, -1 },
	{ "last_byte_canonical", U64_MAX, 0 },
	{ "beyond_48_bits", BIT_ULL(48), -1 },
	{ "not_canonical", BIT_ULL(60), -1 },
};

/* From any map that the last look-up may have found. */
static void vi915_maps_test_find(struct kunit *test)
{
	const struct vi915_maps_find_case *row = test->param_value;
	size_t in_page = row->addr & ~PAGE_MASK;
	struct vi915_maps_world *world;
	unsigned int last;
	void *expect;
	size_t left;

	world = kunit_kzalloc(test, sizeof(*world), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, world);
	vi915_maps_make(world);
	for (last = 0; last < world->maps.count; last++) {
		world->maps.last = last;
		left = 0;
		expect = NULL;
		if (row->frame >= 0)
			expect = vi915_maps_memory(world, row->frame) + in_page;
		KUNIT_EXPECT_PTR_EQ(test, expect,
				    vi915_maps_at(&world->maps, row->addr,
						  VI915_STRAY_READ, &left));
		KUNIT_EXPECT_EQ(test, left, expect ? PAGE_SIZE - in_page : 0);
	}
}

static void vi915_maps_test_nothing_mapped(struct kunit *test)
{
	struct vi915_maps maps = {};
	size_t left;

	vi915_maps_sort(&maps);
	KUNIT_EXPECT_NULL(test, vi915_maps_at(&maps, 0, VI915_STRAY_READ,
					      &left));
	KUNIT_EXPECT_NULL(test, vi915_maps_at(&maps, U64_MAX,
					      VI915_STRAY_READ, &left));
}

KUNIT_ARRAY_PARAM_DESC(vi915_maps_find, vi915_maps_find_cases, name);
KUNIT_ARRAY_PARAM_DESC(vi915_maps_plain, vi915_maps_plain_cases, name);

static struct kunit_case vi915_maps_cases[] = {
	KUNIT_CASE_PARAM(vi915_maps_test_find, vi915_maps_find_gen_params),
	KUNIT_CASE(vi915_maps_test_nothing_mapped),
	KUNIT_CASE_PARAM(vi915_maps_test_plain, vi915_maps_plain_gen_params),
	{}
};

static struct kunit_suite vi915_maps_suite = {
	.name = "vi915_maps",
	.test_cases = vi915_maps_cases,
};

kunit_test_suite(vi915_maps_suite);
