// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/mm.h>
#include <uapi/drm/i915_drm.h>

#include "cs_world.h"

#define VI915_MI_DATA		VI915_WORLD_ADDR(VI915_WORLD_DATA)
#define VI915_MI_DATA_AT(n)	VI915_WORLD_ADDR(VI915_WORLD_DATA + (n))
#define VI915_MI_REG(offset)	(VI915_WORLD_BASE + (offset))
#define VI915_MI_GPR(n)		VI915_MI_REG(0x600 + 8 * (n))
#define VI915_MI_ALU(op, a, b)	((op) << 20 | (a) << 10 | (b))

static struct vi915_world *vi915_mi_world(struct kunit *test)
{
	return vi915_world_make(test, I915_ENGINE_CLASS_COPY);
}

static u32 vi915_mi_data(struct vi915_world *world, unsigned int offset)
{
	return vi915_world_peek(world, VI915_WORLD_DATA + offset);
}

/* Low bits of an address are ignored; a quadword may cross pages. */
static void vi915_mi_test_store(struct kunit *test)
{
	struct vi915_world *world = vi915_mi_world(test);

	KUNIT_EXPECT_EQ(test, VI915_CS_DONE,
			VI915_WORLD_DO(world, VI915_STORE, VI915_MI_DATA_AT(3), 1,
				       VI915_MI(0x20, BIT(21) | 3),
				       VI915_MI_DATA_AT(8), 2, 3,
				       VI915_MI(0x20, BIT(21) | 3),
				       VI915_MI_DATA_AT(PAGE_SIZE - 4), 4, 5,
				       VI915_MI(0x20, BIT(22) | 2),
				       VI915_MI_DATA_AT(16), 6, VI915_MI_END));
	KUNIT_EXPECT_EQ(test, vi915_mi_data(world, 0), 1);
	KUNIT_EXPECT_EQ(test, vi915_mi_data(world, 4), 0);
	KUNIT_EXPECT_EQ(test, vi915_mi_data(world, 8), 2);
	KUNIT_EXPECT_EQ(test, vi915_mi_data(world, 12), 3);
	KUNIT_EXPECT_EQ(test, vi915_mi_data(world, PAGE_SIZE - 4), 4);
	KUNIT_EXPECT_EQ(test, vi915_mi_data(world, PAGE_SIZE), 5);
	KUNIT_EXPECT_EQ(test, vi915_mi_data(world, 16), 6);
	vi915_world_expect_guards(world);
}

static void vi915_mi_test_registers(struct kunit *test)
{
	struct vi915_world *world = vi915_mi_world(test);

	vi915_world_poke(world, VI915_WORLD_DATA + 64, 0x1234);
	KUNIT_EXPECT_EQ(test, VI915_CS_DONE,
			VI915_WORLD_DO(world,
				       VI915_MI(0x22, 3), VI915_MI_GPR(1), 11,
				       VI915_MI_GPR(1) + 4, 22,
				       VI915_MI(0x29, 2), VI915_MI_GPR(15),
				       VI915_MI_DATA_AT(64),
				       VI915_MI(0x2a, 1), VI915_MI_GPR(1) + 4,
				       VI915_MI_GPR(2),
				       VI915_SRM, VI915_MI_GPR(2), VI915_MI_DATA_AT(0),
				       VI915_SRM, VI915_MI_GPR(15), VI915_MI_DATA_AT(4),
				       VI915_MI(0x2e, 3), VI915_MI_DATA_AT(8),
				       VI915_MI_DATA_AT(64), VI915_MI_END));
	KUNIT_EXPECT_EQ(test, world->regs.gpr[1], 22ull << 32 | 11);
	KUNIT_EXPECT_EQ(test, vi915_mi_data(world, 0), 22);
	KUNIT_EXPECT_EQ(test, vi915_mi_data(world, 4), 0x1234);
	KUNIT_EXPECT_EQ(test, vi915_mi_data(world, 8), 0x1234);
}

/* Unknown registers read as 0 and ignore writes. */
static void vi915_mi_test_other_registers(struct kunit *test)
{
	static const u32 others[] = {
		0, 0x2600, 0x7010, VI915_MI_REG(0x67c) + 4, 0x7ffffc,
	};
	struct vi915_world *world = vi915_mi_world(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(others); i++) {
		vi915_world_poke(world, VI915_WORLD_DATA, 1);
		KUNIT_EXPECT_EQ(test, VI915_CS_DONE,
				VI915_WORLD_DO(world,
					       VI915_LRI, others[i], ~0u,
					       VI915_SRM, others[i], VI915_MI_DATA_AT(0),
					       VI915_MI_END));
		KUNIT_EXPECT_EQ(test, vi915_mi_data(world, 0), 0);
	}
	for (i = 0; i < VI915_CS_GPRS; i++)
		KUNIT_EXPECT_EQ(test, world->regs.gpr[i], 0);
}

static void vi915_mi_test_masked_register(struct kunit *test)
{
	struct vi915_world *world = vi915_mi_world(test);
	u32 reg = VI915_MI_REG(0x200);

	KUNIT_EXPECT_EQ(test, VI915_CS_DONE,
			VI915_WORLD_DO(world, VI915_LRI, reg, 0x30003,
				       VI915_LRI, reg, 0x10000,
				       VI915_LRI, reg, 0x1, VI915_MI_END));
	KUNIT_EXPECT_EQ(test, world->regs.swctrl, 2);
}

struct vi915_mi_math_case {
	const char *name;
	u32 op;
	u64 a, b;
	u64 accu, zf, cf;
};

static const struct vi915_mi_math_case vi915_mi_math_cases[] = {
	{ "add", 0x100, 3, 4, 7, 0, 0 },
	{ "add_carries", 0x100, U64_MAX, 1, 0, U64_MAX, U64_MAX },
	{ "add_wide", 0x100, U32_MAX, 1, 1ull << 32, 0, 0 },
	{ "sub", 0x101, 4, 3, 1, 0, 0 },
	{ "sub_borrows", 0x101, 3, 4, U64_MAX, 0, U64_MAX },
	{ "sub_same", 0x101, 4, 4, 0, U64_MAX, 0 },
	{ "and", 0x102, 6, 3, 2, 0, 0 },
	{ "and_nothing", 0x102, 4, 3, 0, U64_MAX, 0 },
	{ "or", 0x103, 6, 3, 7, 0, 0 },
	{ "xor", 0x104, 6, 3, 5, 0, 0 },
};

static void vi915_mi_test_math(struct kunit *test)
{
	const struct vi915_mi_math_case *row = test->param_value;
	struct vi915_world *world = vi915_mi_world(test);
	u64 *gpr = world->regs.gpr;

	gpr[0] = row->a;
	gpr[1] = row->b;
	KUNIT_EXPECT_EQ(test, VI915_CS_DONE,
			VI915_WORLD_DO(world, VI915_MI(0x1a, 10),
				       VI915_MI_ALU(0x080, 0x20, 0),
				       VI915_MI_ALU(0x080, 0x21, 1),
				       VI915_MI_ALU(row->op, 0, 0),
				       VI915_MI_ALU(0x180, 2, 0x31),
				       VI915_MI_ALU(0x180, 3, 0x32),
				       VI915_MI_ALU(0x180, 4, 0x33),
				       VI915_MI_ALU(0x580, 5, 0x33),
				       VI915_MI_ALU(0x000, 0, 0),
				       VI915_MI_ALU(0x480, 0x20, 2),
				       VI915_MI_ALU(0x481, 0x20, 0),
				       VI915_MI_ALU(0x081, 0x21, 0),
				       VI915_MI_END));
	KUNIT_EXPECT_EQ(test, gpr[2], row->accu);
	KUNIT_EXPECT_EQ(test, gpr[3], row->zf);
	KUNIT_EXPECT_EQ(test, gpr[4], row->cf);
	KUNIT_EXPECT_EQ(test, gpr[5], ~row->cf);
}

/* Inverting loads and the two constants. */
static void vi915_mi_test_math_loads(struct kunit *test)
{
	struct vi915_world *world = vi915_mi_world(test);
	u64 *gpr = world->regs.gpr;

	gpr[0] = 5;
	KUNIT_EXPECT_EQ(test, VI915_CS_DONE,
			VI915_WORLD_DO(world, VI915_MI(0x1a, 7),
				       VI915_MI_ALU(0x480, 0x20, 0),
				       VI915_MI_ALU(0x081, 0x21, 0),
				       VI915_MI_ALU(0x100, 0, 0),
				       VI915_MI_ALU(0x180, 1, 0x31),
				       VI915_MI_ALU(0x481, 0x20, 0),
				       VI915_MI_ALU(0x103, 0, 0),
				       VI915_MI_ALU(0x180, 2, 0x31),
				       VI915_MI_ALU(0x000, 0, 0),
				       VI915_MI_END));
	KUNIT_EXPECT_EQ(test, gpr[1], ~5ull);
	KUNIT_EXPECT_EQ(test, gpr[2], U64_MAX);
}

static void vi915_mi_test_predicate(struct kunit *test)
{
	static const struct {
		u32 command;
		u64 src0, src1, data;
		u32 old, result;
	} rows[] = {
		{ 2 << 6 | 0 << 3 | 0, 0, 0, 0, 0, 1 },
		{ 2 << 6 | 0 << 3 | 1, 0, 0, 0, 1, 0 },
		{ 2 << 6 | 0 << 3 | 2, 5, 5, 0, 0, 1 },
		{ 2 << 6 | 0 << 3 | 2, 5ull << 32, 5, 0, 1, 0 },
		{ 2 << 6 | 0 << 3 | 3, 7, 5, 2, 0, 1 },
		{ 2 << 6 | 0 << 3 | 3, 7, 5, 3, 1, 0 },
		{ 3 << 6 | 0 << 3 | 2, 5, 5, 0, 1, 0 },
		{ 2 << 6 | 1 << 3 | 0, 0, 0, 0, 0, 0 },
		{ 2 << 6 | 1 << 3 | 0, 0, 0, 0, 1, 1 },
		{ 2 << 6 | 2 << 3 | 1, 0, 0, 0, 1, 1 },
		{ 2 << 6 | 3 << 3 | 0, 0, 0, 0, 1, 0 },
		{ 0 << 6 | 0 << 3 | 1, 0, 0, 0, 1, 1 },
	};
	struct vi915_world *world = vi915_mi_world(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		world->regs.predicate_src[0] = rows[i].src0;
		world->regs.predicate_src[1] = rows[i].src1;
		world->regs.predicate_data = rows[i].data;
		world->regs.predicate_result = rows[i].old;
		vi915_world_poke(world, VI915_WORLD_DATA, 0);
		KUNIT_EXPECT_EQ(test, VI915_CS_DONE,
				VI915_WORLD_DO(world,
					       VI915_MI(0x0c, rows[i].command),
					       VI915_LRI, VI915_MI_GPR(0), 1,
					       VI915_MI(0x24, BIT(21) | 2),
					       VI915_MI_GPR(0), VI915_MI_DATA,
					       VI915_MI_END));
		KUNIT_EXPECT_EQ_MSG(test, world->regs.predicate_result,
				    rows[i].result, "row %u", i);
		KUNIT_EXPECT_EQ(test, vi915_mi_data(world, 0), rows[i].result);
	}
}

struct vi915_mi_atomic_case {
	const char *name;
	u32 op;
	u64 memory, a, b, result;
};

static const struct vi915_mi_atomic_case vi915_mi_atomic_cases[] = {
	{ "and", 0x01, 6, 3, 0, 2 },
	{ "or", 0x02, 6, 3, 0, 7 },
	{ "xor", 0x03, 6, 3, 0, 5 },
	{ "move", 0x04, 6, 3, 0, 3 },
	{ "increment_wraps", 0x05, U32_MAX, 0, 0, 0 },
	{ "decrement_wraps", 0x06, 0, 0, 0, U32_MAX },
	{ "add", 0x07, 6, 3, 0, 9 },
	{ "sub", 0x08, 6, 3, 0, 3 },
	{ "reverse_sub", 0x09, 3, 6, 0, 3 },
	{ "signed_max", 0x0a, U32_MAX, 3, 0, 3 },
	{ "signed_min", 0x0b, U32_MAX, 3, 0, U32_MAX },
	{ "unsigned_max", 0x0c, U32_MAX, 3, 0, U32_MAX },
	{ "unsigned_min", 0x0d, U32_MAX, 3, 0, 3 },
	{ "compare_same", 0x0e, 6, 6, 9, 9 },
	{ "compare_other", 0x0e, 6, 7, 9, 6 },
	{ "wide_increment", 0x25, U32_MAX, 0, 0, 1ull << 32 },
	{ "wide_decrement", 0x26, 0, 0, 0, U64_MAX },
	{ "wide_signed_max", 0x2a, U64_MAX, 1ull << 40, 0, 1ull << 40 },
};

static void vi915_mi_test_atomic(struct kunit *test)
{
	const struct vi915_mi_atomic_case *row = test->param_value;
	struct vi915_world *world = vi915_mi_world(test);
	u32 size = row->op & 0x20 ? 1 << 19 : 0;
	u64 result;
	int i;

	world->regs.gpr[0] = row->a;
	world->regs.gpr[1] = row->b;
	for (i = 0; i < 2; i++) {
		vi915_world_poke(world, VI915_WORLD_DATA, row->memory);
		vi915_world_poke(world, VI915_WORLD_DATA + 4,
				 row->memory >> 32);
		if (i)
			VI915_WORLD_DO(world,
				       VI915_MI(0x2f, row->op << 8 | size | 1),
				       VI915_MI_DATA, VI915_MI_END);
		else
			VI915_WORLD_DO(world,
				       VI915_MI(0x2f, row->op << 8 | size |
						BIT(18) | 9),
				       VI915_MI_DATA, (u32)row->a, (u32)row->b,
				       (u32)(row->a >> 32),
				       (u32)(row->b >> 32), 0, 0, 0, 0,
				       VI915_MI_END);
		result = vi915_mi_data(world, 0) |
			 (u64)vi915_mi_data(world, 4) << 32;
		KUNIT_EXPECT_EQ(test, result, row->result);
		KUNIT_EXPECT_TRUE(test, world->cs.done);
	}
}

static void vi915_mi_test_flush(struct kunit *test)
{
	struct vi915_world *world = vi915_mi_world(test);
	u64 before = vi915_cs_timestamp();
	u64 stamp;

	vi915_world_poke(world, VI915_WORLD_DATA + 12, 9);
	KUNIT_EXPECT_EQ(test, VI915_CS_DONE,
			VI915_WORLD_DO(world,
				       VI915_MI(0x26, 2), 0, 0, 0,
				       VI915_MI(0x26, 1 << 14 | 3),
				       VI915_MI_DATA, 1, 2,
				       VI915_MI(0x26, 1 << 14 | 2),
				       VI915_MI_DATA_AT(8), 3,
				       VI915_MI(0x26, 3 << 14 | 2),
				       VI915_MI_DATA_AT(16), 0, VI915_MI_END));
	KUNIT_EXPECT_EQ(test, vi915_mi_data(world, 0), 1);
	KUNIT_EXPECT_EQ(test, vi915_mi_data(world, 4), 2);
	KUNIT_EXPECT_EQ(test, vi915_mi_data(world, 8), 3);
	KUNIT_EXPECT_EQ(test, vi915_mi_data(world, 12), 9);
	stamp = vi915_mi_data(world, 16) | (u64)vi915_mi_data(world, 20) << 32;
	KUNIT_EXPECT_GE(test, stamp, before);
	KUNIT_EXPECT_LE(test, stamp, vi915_cs_timestamp());
}

static void vi915_mi_test_pipe_control(struct kunit *test)
{
	struct vi915_world *world =
		vi915_world_make(test, I915_ENGINE_CLASS_RENDER);

	vi915_world_poke(world, VI915_WORLD_DATA + 16, 5);
	KUNIT_EXPECT_EQ(test, VI915_CS_DONE,
			VI915_WORLD_DO(world, 0x7a000004,
				       BIT(20) | 1 << 14, VI915_MI_DATA, 1, 2,
				       0x7a000004, 3 << 14,
				       VI915_MI_DATA_AT(8), 0, 0,
				       0x7a000004, 2 << 14,
				       VI915_MI_DATA_AT(16), 0, 0,
				       0x7a000004, BIT(20), 0, 0, 0, 0,
				       VI915_MI_END));
	KUNIT_EXPECT_EQ(test, vi915_mi_data(world, 0), 1);
	KUNIT_EXPECT_EQ(test, vi915_mi_data(world, 4), 2);
	KUNIT_EXPECT_NE(test, vi915_mi_data(world, 8), 0);
	KUNIT_EXPECT_EQ(test, vi915_mi_data(world, 16), 0);
}

/* Both run at 12 MHz: one always, the other while the context runs. */
static void vi915_mi_test_timestamps(struct kunit *test)
{
	struct vi915_world *world = vi915_mi_world(test);
	u64 before, start, passed;

	world->regs.runtime_ns = 1000;
	VI915_WORLD_DO(world, VI915_SRM, VI915_MI_REG(0x3a8), VI915_MI_DATA_AT(0),
		       VI915_SRM, VI915_MI_REG(0x358), VI915_MI_DATA_AT(4),
		       VI915_SRM, VI915_MI_REG(0x35c), VI915_MI_DATA_AT(8), VI915_MI_END);
	before = vi915_cs_timestamp();
	KUNIT_EXPECT_GE(test, vi915_mi_data(world, 0), 12);
	KUNIT_EXPECT_LT(test, vi915_mi_data(world, 0), 12000000);
	KUNIT_EXPECT_LE(test, vi915_mi_data(world, 4) |
			(u64)vi915_mi_data(world, 8) << 32, before);
	KUNIT_EXPECT_GT(test, world->regs.runtime_ns, 1000);

	/*
	 * 12 ticks per microsecond; mdelay() is inexact, so measure the time.
	 */
	start = ktime_get_ns();
	mdelay(10);
	passed = ktime_get_ns() - start;
	KUNIT_EXPECT_GE(test, vi915_cs_timestamp() - before,
			div_u64(passed * 12, NSEC_PER_USEC));
}

KUNIT_ARRAY_PARAM_DESC(vi915_mi_atomic, vi915_mi_atomic_cases, name);
KUNIT_ARRAY_PARAM_DESC(vi915_mi_math, vi915_mi_math_cases, name);

static struct kunit_case vi915_mi_cases[] = {
	KUNIT_CASE_PARAM(vi915_mi_test_atomic, vi915_mi_atomic_gen_params),
	KUNIT_CASE(vi915_mi_test_flush),
	KUNIT_CASE(vi915_mi_test_masked_register),
	KUNIT_CASE_PARAM(vi915_mi_test_math, vi915_mi_math_gen_params),
	KUNIT_CASE(vi915_mi_test_math_loads),
	KUNIT_CASE(vi915_mi_test_other_registers),
	KUNIT_CASE(vi915_mi_test_pipe_control),
	KUNIT_CASE(vi915_mi_test_predicate),
	KUNIT_CASE(vi915_mi_test_registers),
	KUNIT_CASE(vi915_mi_test_store),
	KUNIT_CASE(vi915_mi_test_timestamps),
	{}
};

static struct kunit_suite vi915_mi_suite = {
	.name = "vi915_cs_mi",
	.test_cases = vi915_mi_cases,
};

kunit_test_suite(vi915_mi_suite);
