// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/timekeeping.h>
#include <uapi/drm/i915_drm.h>

#include "cs_world.h"

#define VI915_FLOW_DATA		VI915_WORLD_ADDR(VI915_WORLD_DATA)
#define VI915_FLOW_BATCH	VI915_WORLD_ADDR(VI915_WORLD_BATCH)
#define VI915_FLOW_DATA_AT(n)	VI915_WORLD_ADDR(VI915_WORLD_DATA + (n))
#define VI915_FLOW_REG(offset)	(VI915_WORLD_BASE + (offset))

static struct vi915_world *vi915_flow_world(struct kunit *test)
{
	return vi915_world_make(test, I915_ENGINE_CLASS_COPY);
}

static u32 vi915_flow_data(struct vi915_world *world, unsigned int offset)
{
	return vi915_world_peek(world, VI915_WORLD_DATA + offset);
}

struct vi915_flow_compare_case {
	const char *name;
	u32 op;
	bool less, same, more;
};

static const struct vi915_flow_compare_case vi915_flow_compare_cases[] = {
	{ "greater", 0, false, false, true },
	{ "greater_or_equal", 1, false, true, true },
	{ "less", 2, true, false, false },
	{ "less_or_equal", 3, true, true, false },
	{ "equal", 4, false, true, false },
	{ "not_equal", 5, true, false, true },
};

/* A semaphore compares memory with the command's value, without a sign. */
static void vi915_flow_test_semaphore(struct kunit *test)
{
	const struct vi915_flow_compare_case *row = test->param_value;
	struct vi915_world *world = vi915_flow_world(test);
	const struct {
		u32 memory;
		bool holds;
	} tries[] = {
		{ 0x7fffffff, row->less },
		{ 0x80000000, row->same },
		{ 0x80000001, row->more },
	};
	enum vi915_cs_status expect;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tries); i++) {
		vi915_world_poke(world, VI915_WORLD_DATA, tries[i].memory);
		expect = tries[i].holds ? VI915_CS_DONE : VI915_CS_POLL;
		KUNIT_EXPECT_EQ(test, expect,
				VI915_WORLD_DO(world,
					       VI915_MI(0x1c, BIT(15) |
							row->op << 12 | 2),
					       0x80000000, VI915_FLOW_DATA,
					       VI915_MI_END));
	}
}

/* It waits as long as it takes, and goes on when memory changes. */
static void vi915_flow_test_semaphore_waits(struct kunit *test)
{
	struct vi915_world *world = vi915_flow_world(test);
	unsigned int i;

	KUNIT_EXPECT_EQ(test, VI915_CS_POLL,
			VI915_WORLD_DO(world, VI915_STORE, VI915_FLOW_DATA_AT(4), 1,
				       VI915_MI(0x1c, 4 << 12 | 2), 7,
				       VI915_FLOW_DATA, VI915_STORE, VI915_FLOW_DATA_AT(4), 2,
				       VI915_MI_END));
	for (i = 0; i < 10; i++) {
		KUNIT_EXPECT_EQ(test, vi915_world_run(world), VI915_CS_POLL);
		KUNIT_EXPECT_EQ(test, world->cs.stuck_ns, 0);
	}
	KUNIT_EXPECT_EQ(test, vi915_flow_data(world, 4), 1);
	vi915_world_poke(world, VI915_WORLD_DATA, 7);
	KUNIT_EXPECT_EQ(test, vi915_world_run(world), VI915_CS_DONE);
	KUNIT_EXPECT_EQ(test, vi915_world_run(world), VI915_CS_DONE);
	KUNIT_EXPECT_EQ(test, vi915_flow_data(world, 4), 2);
	KUNIT_EXPECT_EQ(test, world->cs.stats.commands, 4);
}

/* Goes on while memory is greater; ends a nested batch only. */
static void vi915_flow_test_conditional_end(struct kunit *test)
{
	static const struct {
		u32 flags, memory, mask, limit;
		bool ends;
	} rows[] = {
		{ BIT(21), 6, 0, 5, false },
		{ BIT(21), 5, 0, 5, true },
		{ BIT(21), 4, 0, 5, true },
		{ BIT(21), 0xffffffff, 0, 0x05000000, false },
		{ BIT(21) | BIT(19), 0xf6, 0x0f, 5, false },
		{ BIT(21) | BIT(19), 0xf6, 0xf0, 0xf0, true },
		{ 0, 4, 0, 5, false },
	};
	struct vi915_world *world = vi915_flow_world(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		vi915_world_poke(world, VI915_WORLD_DATA, rows[i].memory);
		vi915_world_poke(world, VI915_WORLD_DATA + 4, rows[i].mask);
		vi915_world_poke(world, VI915_WORLD_DATA + 8, 0);
		KUNIT_EXPECT_EQ(test, VI915_CS_DONE,
				VI915_WORLD_DO(world,
					       VI915_MI(0x36,
							rows[i].flags | 2),
					       rows[i].limit, VI915_FLOW_DATA,
					       VI915_STORE, VI915_FLOW_DATA_AT(8), 1,
					       VI915_MI_END));
		KUNIT_EXPECT_EQ_MSG(test, vi915_flow_data(world, 8),
				    !rows[i].ends, "row %u", i);
	}
}

static void vi915_flow_test_chain_and_nest(struct kunit *test)
{
	struct vi915_world *world = vi915_flow_world(test);
	u64 second = VI915_WORLD_BATCH + PAGE_SIZE;
	u64 third = VI915_WORLD_BATCH + 2 * PAGE_SIZE;
	const u64 nested[] = {
		VI915_STORE, VI915_FLOW_DATA_AT(0), 1,
		/* Stays below: a chained batch has the level of its chainer. */
		VI915_MI(0x31, 1), VI915_WORLD_ADDR(third),
	};
	const u64 chained[] = { VI915_STORE, VI915_FLOW_DATA_AT(4), 2, VI915_MI_END };
	const u64 deeper[] = { VI915_MI(0x31, BIT(22) | 1),
			       VI915_WORLD_ADDR(third) };

	vi915_world_batch(world, second, nested, ARRAY_SIZE(nested));
	vi915_world_batch(world, third, chained, ARRAY_SIZE(chained));
	KUNIT_EXPECT_EQ(test, VI915_CS_DONE,
			VI915_WORLD_DO(world,
				       VI915_MI(0x31, BIT(22) | BIT(8) | 1),
				       VI915_WORLD_ADDR(second),
				       VI915_STORE, VI915_FLOW_DATA_AT(8), 3, VI915_MI_END));
	KUNIT_EXPECT_EQ(test, vi915_flow_data(world, 0), 1);
	KUNIT_EXPECT_EQ(test, vi915_flow_data(world, 4), 2);
	KUNIT_EXPECT_EQ(test, vi915_flow_data(world, 8), 3);

	vi915_world_batch(world, second, deeper, ARRAY_SIZE(deeper));
	KUNIT_EXPECT_EQ(test, VI915_CS_FAULT,
			VI915_WORLD_DO(world, VI915_MI(0x31, BIT(22) | 1),
				       VI915_WORLD_ADDR(second)));
	KUNIT_EXPECT_EQ(test, world->cs.fault.kind, VI915_CS_FAULT_NESTING);
	KUNIT_EXPECT_EQ(test, world->cs.fault.pc, second);
}

/* A predicated start looks at MI_PREDICATE_RESULT_1, bit 0. */
static void vi915_flow_test_predicated_start(struct kunit *test)
{
	struct vi915_world *world = vi915_flow_world(test);
	u64 other = VI915_WORLD_BATCH + PAGE_SIZE;
	u64 end[] = { VI915_MI_END };
	u32 result;

	vi915_world_batch(world, other, end, 1);
	for (result = 0; result < 3; result++) {
		vi915_world_poke(world, VI915_WORLD_DATA, 0);
		KUNIT_EXPECT_EQ(test, VI915_CS_DONE,
				VI915_WORLD_DO(world,
					       VI915_LRI, VI915_FLOW_REG(0x41c), result,
					       VI915_MI(0x31, BIT(15) | 1),
					       VI915_WORLD_ADDR(other),
					       VI915_STORE, VI915_FLOW_DATA_AT(0), 1,
					       VI915_MI_END));
		KUNIT_EXPECT_EQ(test, vi915_flow_data(world, 0), !(result & 1));
	}
}

/* While commands are off only the end, arbitration and the switch run. */
static void vi915_flow_test_set_predicate(struct kunit *test)
{
	static const struct {
		u32 enable, result, result_2;
		bool off;
	} rows[] = {
		{ 0, 0, 0, false }, { 1, 1, 0, true }, { 1, 0, 1, false },
		{ 2, 0, 1, true }, { 2, 1, 0, false }, { 3, 0, 1, true },
		{ 3, 1, 0, false }, { 4, 1, 0, true }, { 4, 0, 1, false },
		{ 15, 1, 1, true },
	};
	struct vi915_world *world = vi915_flow_world(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		world->regs.predicate_result = rows[i].result;
		world->regs.predicate_result_2 = rows[i].result_2;
		vi915_world_poke(world, VI915_WORLD_DATA, 0);
		vi915_world_poke(world, VI915_WORLD_DATA + 4, 0);
		KUNIT_EXPECT_EQ(test, VI915_CS_DONE,
				VI915_WORLD_DO(world,
					       VI915_MI(0x01, rows[i].enable),
					       VI915_STORE, VI915_FLOW_DATA_AT(0), 1,
					       VI915_MI(0x01, 0),
					       VI915_STORE, VI915_FLOW_DATA_AT(4), 1,
					       VI915_MI_END));
		KUNIT_EXPECT_EQ_MSG(test, vi915_flow_data(world, 0),
				    !rows[i].off, "row %u", i);
		KUNIT_EXPECT_EQ(test, vi915_flow_data(world, 4), 1);
	}
}

/*
 * Let time pass between slices; returns how much of it counts at least. A delay
 * of this kernel is a number of loops, not a time.
 */
static u64 vi915_flow_pass_time(void)
{
	u64 start = ktime_get_ns();

	mdelay(2);
	return min_t(u64, ktime_get_ns() - start, 2 * NSEC_PER_MSEC);
}

/* A loop comes back to be asked again, and counts as stuck if it is. */
static void vi915_flow_test_spinner(struct kunit *test)
{
	static const u64 loops[] = { 0, VI915_MI(0x05, 0) };
	struct vi915_world *world = vi915_flow_world(test);
	u64 stuck, passed;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(loops); i++) {
		vi915_world_poke(world, VI915_WORLD_DATA, ~0u);
		KUNIT_EXPECT_EQ(test, VI915_CS_POLL,
				VI915_WORLD_DO(world, loops[i],
					       VI915_MI(0x36, BIT(21) | 2),
					       0x05000000, VI915_FLOW_DATA,
					       VI915_MI(0x31, 1),
					       VI915_FLOW_BATCH));
		stuck = world->cs.stuck_ns;
		passed = vi915_flow_pass_time();
		KUNIT_EXPECT_EQ(test, vi915_world_run(world), VI915_CS_POLL);
		if (loops[i])
			KUNIT_EXPECT_EQ(test, world->cs.stuck_ns, 0);
		else
			KUNIT_EXPECT_GE(test, world->cs.stuck_ns,
					stuck + passed);
		vi915_world_poke(world, VI915_WORLD_DATA, 0x05000000);
		KUNIT_EXPECT_EQ(test, vi915_world_run(world), VI915_CS_DONE);
	}
}

/* Leaves the job alone for a while; how much of that counts as the job's. */
static u64 vi915_flow_charge_of_others(struct vi915_world *world)
{
	u64 spent = world->cs.spent_ns, start;

	msleep(100);
	start = ktime_get_ns();
	vi915_cs_run(&world->cs, 0);
	spent = world->cs.spent_ns - spent;
	return spent - min(spent, ktime_get_ns() - start);
}

/*
 * The 30 seconds that a job may take are its own: others' turns do not count
 * while it has something to do, and only 10 ms of each while it polls.
 */
static void vi915_flow_test_turns_of_others(struct kunit *test)
{
	struct vi915_world *busy = vi915_flow_world(test);
	struct vi915_world *polls = vi915_flow_world(test);
	u64 charge;

	vi915_world_poke(busy, VI915_WORLD_BATCH + 4, 0x7fffff);
	KUNIT_ASSERT_EQ(test, vi915_cs_run(&busy->cs, 0), VI915_CS_MORE);
	KUNIT_EXPECT_EQ(test, vi915_flow_charge_of_others(busy), 0);

	KUNIT_ASSERT_EQ(test, VI915_CS_POLL,
			VI915_WORLD_DO(polls, VI915_MI(0x1c, 4 << 12 | 2), 7,
				       VI915_FLOW_DATA, VI915_MI_END));
	charge = vi915_flow_charge_of_others(polls);
	KUNIT_EXPECT_GT(test, charge, 0);
	KUNIT_EXPECT_LE(test, charge, 10 * NSEC_PER_MSEC);
}

/* With arbitration off, passing a check is no way to stay alive. */
static void vi915_flow_test_arbitration_off(struct kunit *test)
{
	struct vi915_world *world = vi915_flow_world(test);
	u64 passed;

	KUNIT_EXPECT_EQ(test, VI915_CS_POLL,
			VI915_WORLD_DO(world, VI915_MI(0x08, 0),
				       VI915_MI(0x05, 0), VI915_MI(0x31, 1),
				       VI915_FLOW_BATCH));
	passed = vi915_flow_pass_time();
	vi915_world_run(world);
	KUNIT_EXPECT_GE(test, world->cs.stuck_ns, passed);
	KUNIT_EXPECT_EQ(test, VI915_CS_POLL,
			VI915_WORLD_DO(world, VI915_MI(0x08, 1),
				       VI915_MI(0x31, 1),
				       VI915_FLOW_BATCH));
	KUNIT_EXPECT_EQ(test, world->cs.stuck_ns, 0);
}

/* A slice that is over is over, also among MI_NOOP; all of them are passed. */
static void vi915_flow_test_slice(struct kunit *test)
{
	struct vi915_world *world = vi915_flow_world(test);
	u64 last = VI915_WORLD_BATCH + VI915_WORLD_BATCH_PAGES * PAGE_SIZE - 4;
	unsigned int slices = 0;

	vi915_world_poke(world, last, VI915_MI_END);
	vi915_world_poke(world, VI915_WORLD_BATCH + 4, 0x7fffff);
	while (vi915_cs_run(&world->cs, 0) == VI915_CS_MORE)
		slices++;
	KUNIT_EXPECT_TRUE(test, world->cs.done);
	KUNIT_EXPECT_GE(test, slices, VI915_WORLD_BATCH_PAGES - 1);
	KUNIT_EXPECT_LE(test, slices, 2 * VI915_WORLD_BATCH_PAGES);
	KUNIT_EXPECT_EQ(test, world->cs.stats.commands,
			VI915_WORLD_BATCH_PAGES * PAGE_SIZE / sizeof(u32));
}

KUNIT_ARRAY_PARAM_DESC(vi915_flow_compare, vi915_flow_compare_cases, name);

static struct kunit_case vi915_flow_cases[] = {
	KUNIT_CASE(vi915_flow_test_arbitration_off),
	KUNIT_CASE(vi915_flow_test_chain_and_nest),
	KUNIT_CASE(vi915_flow_test_conditional_end),
	KUNIT_CASE(vi915_flow_test_predicated_start),
	KUNIT_CASE_PARAM(vi915_flow_test_semaphore, vi915_flow_compare_gen_params),
	KUNIT_CASE(vi915_flow_test_semaphore_waits),
	KUNIT_CASE(vi915_flow_test_set_predicate),
	KUNIT_CASE(vi915_flow_test_slice),
	KUNIT_CASE(vi915_flow_test_spinner),
	KUNIT_CASE(vi915_flow_test_turns_of_others),
	{}
};

static struct kunit_suite vi915_flow_suite = {
	.name = "vi915_cs_flow",
	.test_cases = vi915_flow_cases,
};

kunit_test_suite(vi915_flow_suite);
