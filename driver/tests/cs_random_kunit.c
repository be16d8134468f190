// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>
#include <uapi/drm/i915_drm.h>

#include "cs_world.h"

/*
 * Random batches. Every page of the world has a neighbour on both sides that is
 * not mapped; no batch may change these.
 */

#define VI915_RANDOM_BATCHES	100000
#define VI915_RANDOM_DWORDS	64
#define VI915_RANDOM_SLICES	4

static const u8 vi915_random_classes[] = {
	I915_ENGINE_CLASS_RENDER, I915_ENGINE_CLASS_COPY,
	I915_ENGINE_CLASS_VIDEO, I915_ENGINE_CLASS_VIDEO_ENHANCE,
};

/* Headers of commands that access memory, to pass the decoder. */
static const u32 vi915_random_headers[] = {
	VI915_MI(0x1a, 4), VI915_MI(0x1c, BIT(15) | 4 << 12 | 2),
	VI915_MI(0x20, 2), VI915_MI(0x20, BIT(21) | 3), VI915_MI(0x22, 1),
	VI915_MI(0x24, 2), VI915_MI(0x26, 1 << 14 | 3), VI915_MI(0x29, 2),
	VI915_MI(0x2a, 1), VI915_MI(0x2e, 3), VI915_MI(0x2f, 5 << 8 | 1),
	VI915_MI(0x31, 1), VI915_MI(0x31, BIT(22) | 1),
	VI915_MI(0x36, BIT(21) | 2),
	2u << 29 | 0x01 << 22 | 8, 2u << 29 | 0x24 << 22,
	2u << 29 | 0x40 << 22 | 4, 2u << 29 | 0x43 << 22 | 6,
	2u << 29 | 0x42 << 22 | 8, 2u << 29 | 0x50 << 22 | 5,
	2u << 29 | 0x53 << 22 | 8, 2u << 29 | 0x53 << 22 | 3 << 20 | 8,
	2u << 29 | 0x50 << 22 | 3 << 20 | 5, 0x7a000004, 0x7b000005,
};

/* Mapped addresses, and addresses just beside them. */
static const u64 vi915_random_addresses[] = {
	0, VI915_WORLD_BATCH, VI915_WORLD_DATA, VI915_WORLD_HIGH,
	PAGE_SIZE - 4, PAGE_SIZE, VI915_WORLD_DATA - 4,
	VI915_WORLD_DATA + VI915_WORLD_DATA_PAGES * PAGE_SIZE - 4,
	VI915_WORLD_DATA + VI915_WORLD_DATA_PAGES * PAGE_SIZE,
	VI915_WORLD_HIGH | GENMASK_ULL(63, 48), U64_MAX - 3, BIT_ULL(48),
};

static u32 vi915_random_below(struct rnd_state *rnd, u32 below)
{
	return prandom_u32_state(rnd) % below;
}

/* Any dword, or a small one, or an offset in a picture. */
static u32 vi915_random_dword(struct rnd_state *rnd)
{
	u32 any = prandom_u32_state(rnd);

	switch (vi915_random_below(rnd, 4)) {
	case 0:
		return any;
	case 1:
		return any & 0x00ff00ff;
	case 2:
		return any & 0x03ff0fff;
	default:
		return any % 8;
	}
}

static void vi915_random_fill(struct vi915_world *world,
			      struct rnd_state *rnd)
{
	u64 items[VI915_RANDOM_DWORDS];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(items); i++) {
		switch (vi915_random_below(rnd, 5)) {
		case 0:
			items[i] = vi915_random_headers[vi915_random_below(rnd,
					ARRAY_SIZE(vi915_random_headers))];
			break;
		case 1:
			items[i] = VI915_WORLD_WIDE |
				vi915_random_addresses[vi915_random_below(rnd,
					ARRAY_SIZE(vi915_random_addresses))];
			break;
		default:
			items[i] = vi915_random_dword(rnd);
			break;
		}
	}
	vi915_world_batch(world, VI915_WORLD_BATCH, items, ARRAY_SIZE(items));
}

static bool vi915_random_run(struct vi915_world *world)
{
	enum vi915_cs_status status = VI915_CS_MORE;
	unsigned int i;

	for (i = 0; i < VI915_RANDOM_SLICES; i++) {
		status = vi915_cs_run(&world->cs, ktime_get_ns() +
				      100 * NSEC_PER_USEC);
		if (status == VI915_CS_DONE || status == VI915_CS_FAULT)
			break;
	}
	return status <= VI915_CS_FAULT &&
	       (status == VI915_CS_FAULT) ==
	       (world->cs.fault.kind != VI915_CS_FAULT_NONE);
}

static void vi915_random_test(struct kunit *test, bool grammar, bool strays)
{
	struct vi915_world *world =
		vi915_world_make(test, I915_ENGINE_CLASS_COPY);
	u64 faults[VI915_CS_FAULT_BLIT + 1] = {};
	struct rnd_state rnd;
	unsigned int i, j;

	prandom_seed_state(&rnd, 915 + grammar);
	for (i = 0; i < VI915_RANDOM_BATCHES; i++) {
		world->regs.class = vi915_random_classes[i % 4];
		vi915_random_fill(world, &rnd);
		for (j = 0; !grammar && j < VI915_RANDOM_DWORDS; j++)
			vi915_world_poke(world, VI915_WORLD_BATCH + 4 * j,
					 prandom_u32_state(&rnd));
		if (strays)
			vi915_cs_allow_strays(&world->cs);
		KUNIT_ASSERT_TRUE_MSG(test, vi915_random_run(world),
				      "batch %u", i);
		faults[world->cs.fault.kind]++;
		if (i % 1000 == 0)
			cond_resched();
	}
	vi915_world_expect_guards(world);
	/* Random batches must have reached every kind of fault. */
	KUNIT_EXPECT_GT(test, faults[VI915_CS_FAULT_OPCODE], 0);
	KUNIT_EXPECT_GT(test, faults[VI915_CS_FAULT_LENGTH], 0);
	for (j = 0; grammar && j < ARRAY_SIZE(faults); j++)
		KUNIT_EXPECT_EQ_MSG(test, faults[j] > 0, !strays ||
				    j != VI915_CS_FAULT_ADDRESS, "%s",
				    vi915_cs_fault_name(j));
}

static void vi915_random_test_dwords(struct kunit *test)
{
	vi915_random_test(test, false, false);
}

static void vi915_random_test_commands(struct kunit *test)
{
	vi915_random_test(test, true, false);
}

/* The same with unmapped addresses that are no fault. */
static void vi915_random_test_strays(struct kunit *test)
{
	vi915_random_test(test, true, true);
}

static struct kunit_case vi915_random_cases[] = {
	KUNIT_CASE_SLOW(vi915_random_test_commands),
	KUNIT_CASE_SLOW(vi915_random_test_dwords),
	KUNIT_CASE_SLOW(vi915_random_test_strays),
	{}
};

static struct kunit_suite vi915_random_suite = {
	.name = "vi915_cs_random",
	.test_cases = vi915_random_cases,
};

kunit_test_suite(vi915_random_suite);
