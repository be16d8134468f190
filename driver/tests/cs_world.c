// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "cs_world.h"

#define VI915_WORLD_GUARD	0x5a
#define VI915_WORLD_SLICE_NS	(5 * NSEC_PER_SEC)

static void vi915_world_free(void *arg)
{
	struct vi915_world *world = arg;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(world->pages); i++)
		if (world->pages[i])
			__free_page(world->pages[i]);
}

/* One block, so that the neighbours of each mapped page are known. */
static void vi915_world_alloc(struct vi915_world *world)
{
	struct kunit *test = world->test;
	unsigned int order = get_order(sizeof(world->pages) /
				       sizeof(*world->pages) * PAGE_SIZE);
	struct page *block = alloc_pages(GFP_KERNEL, order);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, block);
	split_page(block, order);
	for (i = 0; i < 1u << order; i++) {
		if (i >= ARRAY_SIZE(world->pages)) {
			__free_page(block + i);
			continue;
		}
		world->pages[i] = block + i;
		memset(page_address(block + i), i % 2 ? 0 : VI915_WORLD_GUARD,
		       PAGE_SIZE);
	}
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, vi915_world_free,
						  world));
}

struct vi915_world *vi915_world_make(struct kunit *test, u8 class)
{
	static const struct {
		u64 start;
		unsigned int pages;
	} ranges[VI915_WORLD_MAPS] = {
		{ VI915_WORLD_HIGH, VI915_WORLD_HIGH_PAGES },
		{ VI915_WORLD_BATCH, VI915_WORLD_BATCH_PAGES },
		{ 0, VI915_WORLD_ZERO_PAGES },
		{ VI915_WORLD_DATA, VI915_WORLD_DATA_PAGES },
	};
	struct vi915_world *world =
		kunit_kzalloc(test, sizeof(*world), GFP_KERNEL);
	unsigned int used = 0;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, world);
	world->test = test;
	vi915_world_alloc(world);
	/*
	 * In reverse order, so that no two pages follow each other in memory.
	 */
	for (i = 0; i < VI915_WORLD_PAGES; i++)
		world->frames[i] =
			page_to_pfn(world->pages[2 * (VI915_WORLD_PAGES - i) -
						 1]);
	for (i = 0; i < VI915_WORLD_MAPS; i++) {
		world->map[i].start = ranges[i].start;
		world->map[i].end = ranges[i].start +
				    ranges[i].pages * PAGE_SIZE;
		world->map[i].frames = world->frames + used;
		used += ranges[i].pages;
	}
	world->regs.mmio_base = VI915_WORLD_BASE;
	world->regs.class = class;
	world->regs.scratch = &world->scratch;
	vi915_cs_init(&world->cs, &world->regs, world->map, VI915_WORLD_MAPS,
		      VI915_WORLD_BATCH);
	return world;
}

static u32 *vi915_world_at(struct vi915_world *world, u64 addr)
{
	size_t left;
	u32 *memory = vi915_maps_at(&world->cs.maps, addr,
				    VI915_STRAY_WRITE, &left);

	KUNIT_ASSERT_NOT_NULL_MSG(world->test, memory, "at %#llx", addr);
	return memory;
}

u32 vi915_world_peek(struct vi915_world *world, u64 addr)
{
	return *vi915_world_at(world, addr);
}

void vi915_world_poke(struct vi915_world *world, u64 addr, u32 value)
{
	*vi915_world_at(world, addr) = value;
}

/* Writes a batch to @addr, and has the next run start there. */
void vi915_world_batch(struct vi915_world *world, u64 addr, const u64 *items,
		       unsigned int count)
{
	u64 at = addr;
	unsigned int i;

	for (i = 0; i < count; i++) {
		vi915_world_poke(world, at, items[i]);
		at += sizeof(u32);
		if (!(items[i] & VI915_WORLD_WIDE))
			continue;
		vi915_world_poke(world, at,
				 (items[i] & ~VI915_WORLD_WIDE) >> 32);
		at += sizeof(u32);
	}
	vi915_cs_init(&world->cs, &world->regs, world->map, VI915_WORLD_MAPS,
		      addr);
}

enum vi915_cs_status vi915_world_run(struct vi915_world *world)
{
	return vi915_cs_run(&world->cs,
			    ktime_get_ns() + VI915_WORLD_SLICE_NS);
}

void vi915_world_expect_guards(struct vi915_world *world)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(world->pages); i += 2)
		KUNIT_EXPECT_NULL_MSG(world->test,
				      memchr_inv(page_address(world->pages[i]),
						 VI915_WORLD_GUARD, PAGE_SIZE),
				      "page %u", i);
}
