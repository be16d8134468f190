// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/timekeeping.h>
#include <uapi/drm/i915_drm.h>

#include "cs_world.h"

#define VI915_CS_COPY	I915_ENGINE_CLASS_COPY
#define VI915_CS_DATA	VI915_WORLD_ADDR(VI915_WORLD_DATA)
#define VI915_CS_LOW	((u32)VI915_WORLD_DATA)
#define VI915_CS_HIGH	((u32)(VI915_WORLD_DATA >> 32))
#define VI915_CS_GPR(n)	(VI915_WORLD_BASE + 0x600 + 8 * (n))
#define VI915_CS_GOOD	0x600d600d

/*
 * Lengths of commands: each as defined and a dword longer, followed by the end
 * of the batch. Execution must continue where the table says.
 */
struct vi915_cs_length_case {
	const char *name;
	u8 class;
	u32 header;
	/* 0: two more than the length field. */
	unsigned int length;
};

#define VI915_CS_LENGTH(name, opcode, flags, length) \
	{ name, VI915_CS_COPY, VI915_MI(opcode, flags), length }
#define VI915_CS_XY(name, opcode, more) \
	{ name, VI915_CS_COPY, 2u << 29 | (opcode) << 22 | (more), 0 }
#define VI915_CS_RENDER(name, header, length) \
	{ name, I915_ENGINE_CLASS_RENDER, header, length }

static const struct vi915_cs_length_case vi915_cs_length_cases[] = {
	VI915_CS_LENGTH("noop", 0x00, 0, 1),
	VI915_CS_LENGTH("noop_with_a_number", 0x00, 0x7fffff, 1),
	VI915_CS_LENGTH("set_predicate", 0x01, 0, 1),
	VI915_CS_LENGTH("user_interrupt", 0x02, 0, 1),
	VI915_CS_LENGTH("wait_for_event", 0x03, 0, 1),
	VI915_CS_LENGTH("arb_check", 0x05, 0, 1),
	VI915_CS_LENGTH("rs_control", 0x06, 0, 1),
	VI915_CS_LENGTH("report_head", 0x07, 0, 1),
	VI915_CS_LENGTH("arb_on_off", 0x08, 0, 1),
	VI915_CS_LENGTH("urb_atomic_alloc", 0x09, 0, 1),
	VI915_CS_LENGTH("suspend_flush", 0x0b, 0, 1),
	VI915_CS_LENGTH("predicate", 0x0c, 0, 1),
	VI915_CS_LENGTH("topology_filter", 0x0d, 0, 1),
	VI915_CS_LENGTH("set_appid", 0x0e, 0, 1),
	VI915_CS_LENGTH("rs_context", 0x0f, 0, 1),
	VI915_CS_LENGTH("load_scan_lines_incl", 0x12, 0, 2),
	VI915_CS_LENGTH("load_scan_lines_excl", 0x13, 0, 2),
	VI915_CS_LENGTH("display_flip", 0x14, 1, 3),
	VI915_CS_LENGTH("urb_clear", 0x19, 0, 2),
	VI915_CS_LENGTH("semaphore_signal", 0x1b, 0, 2),
	VI915_CS_LENGTH("semaphore_wait", 0x1c, BIT(15) | 4 << 12 | 2, 4),
	VI915_CS_LENGTH("store_dword_imm", 0x20, 2, 4),
	VI915_CS_LENGTH("store_qword_imm", 0x20, BIT(21) | 3, 5),
	VI915_CS_LENGTH("store_data_index", 0x21, 2, 4),
	VI915_CS_LENGTH("store_register_mem", 0x24, 2, 4),
	VI915_CS_LENGTH("flush_to_the_status_page", 0x26,
			BIT(21) | 1 << 14 | 3, 5),
	VI915_CS_LENGTH("report_perf_count", 0x28, 2, 4),
	VI915_CS_LENGTH("load_register_mem", 0x29, 2, 4),
	VI915_CS_LENGTH("load_register_reg", 0x2a, 1, 3),
	VI915_CS_LENGTH("rs_store_data_imm", 0x2b, 2, 4),
	VI915_CS_LENGTH("load_urb_mem", 0x2c, 2, 4),
	VI915_CS_LENGTH("store_urb_mem", 0x2d, 2, 4),
	VI915_CS_LENGTH("copy_mem_mem", 0x2e, 3, 5),
	VI915_CS_LENGTH("atomic_inc", 0x2f, 5 << 8 | 1, 3),
	VI915_CS_LENGTH("atomic_inc_inline", 0x2f, BIT(18) | 5 << 8 | 9, 11),
	VI915_CS_LENGTH("conditional_end_off", 0x36, 2, 4),
	VI915_CS_XY("xy_setup_blt", 0x01, 8),
	VI915_CS_XY("xy_setup_clip_blt", 0x03, 1),
	VI915_CS_XY("xy_setup_mono_pattern_blt", 0x11, 8),
	VI915_CS_XY("color_blt", 0x40, 4),
	VI915_CS_XY("xy_fast_copy_blt", 0x42, 8),
	VI915_CS_XY("src_copy_blt", 0x43, 6),
	VI915_CS_XY("xy_color_blt", 0x50, 5),
	VI915_CS_XY("xy_src_copy_blt", 0x53, 8),
	VI915_CS_RENDER("pipe_control", 0x7a000004, 6),
};

/*
 * All other dwords are zero: address 0 is mapped, and an empty blit is valid.
 */
static void vi915_cs_test_length(struct kunit *test)
{
	const struct vi915_cs_length_case *row = test->param_value;
	struct vi915_world *world = vi915_world_make(test, row->class);
	unsigned int length = row->length ?: (row->header & 0xff) + 2;
	u64 dwords[16] = { row->header };

	dwords[length] = VI915_MI_END;
	vi915_world_batch(world, VI915_WORLD_BATCH, dwords,
			  ARRAY_SIZE(dwords));
	KUNIT_EXPECT_EQ(test, vi915_world_run(world), VI915_CS_DONE);
	KUNIT_EXPECT_EQ(test, world->cs.pc,
			VI915_WORLD_BATCH + (length + 1) * sizeof(u32));
	KUNIT_EXPECT_EQ(test, world->cs.stats.commands, 2);
	vi915_world_expect_guards(world);
	if (length == 1)
		return;

	dwords[0]++;
	vi915_world_batch(world, VI915_WORLD_BATCH, dwords,
			  ARRAY_SIZE(dwords));
	KUNIT_EXPECT_EQ(test, vi915_world_run(world), VI915_CS_FAULT);
	KUNIT_EXPECT_EQ(test, world->cs.fault.kind, VI915_CS_FAULT_LENGTH);
	KUNIT_EXPECT_EQ(test, world->cs.fault.header, row->header + 1);
	KUNIT_EXPECT_EQ(test, world->cs.fault.pc, VI915_WORLD_BATCH);
}

struct vi915_cs_fault_case {
	const char *name;
	u8 class;
	enum vi915_cs_fault_kind kind;
	u64 addr;
	u64 dwords[12];
};

#define VI915_CS_FAULT(name, kind, ...) \
	{ name, VI915_CS_COPY, VI915_CS_FAULT_##kind, 0, { __VA_ARGS__ } }
#define VI915_CS_UNMAPPED(name, addr, ...) \
	{ name, VI915_CS_COPY, VI915_CS_FAULT_ADDRESS, addr, { __VA_ARGS__ } }

#define VI915_CS_END_OF_DATA \
	(VI915_WORLD_DATA + VI915_WORLD_DATA_PAGES * PAGE_SIZE)

static const struct vi915_cs_fault_case vi915_cs_fault_cases[] = {
	VI915_CS_FAULT("invalid_cs", OPCODE, 0xdeadbeef),
	VI915_CS_FAULT("all_ones", OPCODE, 0xffffffff),
	VI915_CS_FAULT("mi_flush_of_older_gpus", OPCODE, VI915_MI(0x04, 0)),
	VI915_CS_FAULT("semaphore_mbox_of_older_gpus", OPCODE,
		       VI915_MI(0x16, 1)),
	VI915_CS_FAULT("batch_buffer_of_older_gpus", OPCODE,
		       VI915_MI(0x30, 1)),
	VI915_CS_FAULT("xy_fast_color_of_newer_gpus", OPCODE,
		       2u << 29 | 0x44 << 22 | 14),
	VI915_CS_FAULT("3dprimitive_on_the_blitter", OPCODE, 0x7b000005),
	{ "blit_on_the_render_engine", I915_ENGINE_CLASS_RENDER,
	  VI915_CS_FAULT_OPCODE, 0, { 2u << 29 | 0x50 << 22 | 5 } },
	{ "pipe_control_on_video", I915_ENGINE_CLASS_VIDEO,
	  VI915_CS_FAULT_OPCODE, 0, { 0x7a000004 } },
	VI915_CS_FAULT("half_a_pair", LENGTH, VI915_MI(0x22, 2)),
	VI915_CS_FAULT("atomic_half_inline", LENGTH,
		       VI915_MI(0x2f, 5 << 8 | 5)),
	VI915_CS_FAULT("quadword_without_its_bit", LENGTH, VI915_MI(0x20, 3)),
	VI915_CS_FAULT("start_of_older_gpus", LENGTH, VI915_MI(0x31, 0)),
	VI915_CS_FAULT("math_that_is_none", FIELD, VI915_MI(0x1a, 0),
		       0x7ff00000),
	VI915_CS_FAULT("math_store_of_a_register", FIELD, VI915_MI(0x1a, 0),
		       0x18000001),
	VI915_CS_FAULT("math_load_of_what_is_not", FIELD, VI915_MI(0x1a, 0),
		       0x08000000 | 0x20 << 10 | 0x10),
	VI915_CS_FAULT("semaphore_on_a_register", FIELD,
		       VI915_MI(0x1c, BIT(16) | BIT(15) | 2)),
	VI915_CS_FAULT("semaphore_compares_how", FIELD,
		       VI915_MI(0x1c, BIT(15) | 7 << 12 | 2)),
	VI915_CS_FAULT("atomic_octword", FIELD, VI915_MI(0x2f, 0x4e << 8 |
		       2 << 19 | 1)),
	VI915_CS_FAULT("atomic_returns", FIELD, VI915_MI(0x2f, 5 << 8 |
		       BIT(16) | 1)),
	VI915_CS_FAULT("set_predicate_reserved", FIELD, VI915_MI(0x01, 9)),
	VI915_CS_FAULT("flush_counts_pixels", FIELD,
		       VI915_MI(0x26, 2 << 14 | 2)),
	VI915_CS_FAULT("set_context", PRIVILEGE, VI915_MI(0x18, 0)),
	VI915_CS_FAULT("update_gtt", PRIVILEGE, VI915_MI(0x23, 1)),
	VI915_CS_FAULT("xy_pat_blt", BLIT, 2u << 29 | 0x51 << 22 | 6),
	VI915_CS_FAULT("copy_with_a_pattern", BLIT,
		       2u << 29 | 0x53 << 22 | 8, 0xf0 << 16),
	VI915_CS_FAULT("colour_with_a_source", BLIT,
		       2u << 29 | 0x50 << 22 | 5, 0xcc << 16),
	VI915_CS_FAULT("fast_copy_of_yf", BLIT,
		       2u << 29 | 0x42 << 22 | 2 << 20 | 8, BIT(31)),
	VI915_CS_FAULT("fast_copy_of_ys", BLIT,
		       2u << 29 | 0x42 << 22 | 3 << 13 | 8),
	VI915_CS_FAULT("fast_copy_of_no_depth", BLIT,
		       2u << 29 | 0x42 << 22 | 8, 2 << 24),
	VI915_CS_UNMAPPED("store_behind_the_data", VI915_CS_END_OF_DATA,
			  VI915_STORE, VI915_WORLD_ADDR(VI915_CS_END_OF_DATA), 1),
	VI915_CS_UNMAPPED("store_before_the_data", VI915_WORLD_DATA - 4,
			  VI915_STORE, VI915_WORLD_ADDR(VI915_WORLD_DATA - 4), 1),
	VI915_CS_UNMAPPED("store_not_canonical", 0x7fffff000000ull | BIT_ULL(60),
			  VI915_STORE, VI915_WORLD_ADDR(VI915_WORLD_DATA | BIT_ULL(60)), 1),
	VI915_CS_UNMAPPED("store_beyond_48_bits", BIT_ULL(48),
			  VI915_STORE, VI915_WORLD_ADDR(BIT_ULL(48)), 1),
	VI915_CS_UNMAPPED("half_a_quadword_outside", VI915_CS_END_OF_DATA,
			  VI915_MI(0x20, BIT(21) | 3),
			  VI915_WORLD_ADDR(VI915_CS_END_OF_DATA - 4), 1, 1),
	VI915_CS_UNMAPPED("jump_to_nowhere", 0x200000,
			  VI915_MI(0x31, 1), 0x200000, 0),
	VI915_CS_UNMAPPED("jump_not_canonical", BIT_ULL(62),
			  VI915_MI(0x31, 1), VI915_WORLD_ADDR(BIT_ULL(62))),
};

/* Each kind of fault gives its address, has no effect, and persists. */
static void vi915_cs_test_fault(struct kunit *test)
{
	const struct vi915_cs_fault_case *row = test->param_value;
	struct vi915_world *world = vi915_world_make(test, row->class);
	const struct vi915_cs_fault *fault = &world->cs.fault;

	vi915_world_batch(world, VI915_WORLD_BATCH, row->dwords,
			  ARRAY_SIZE(row->dwords));
	KUNIT_EXPECT_EQ(test, vi915_world_run(world), VI915_CS_FAULT);
	KUNIT_EXPECT_STREQ(test, vi915_cs_fault_name(fault->kind),
			   vi915_cs_fault_name(row->kind));
	KUNIT_EXPECT_EQ(test, fault->addr, row->addr);
	if (row->dwords[0] >> 23 != 0x31) {
		KUNIT_EXPECT_EQ(test, fault->pc, VI915_WORLD_BATCH);
		KUNIT_EXPECT_EQ(test, fault->header, row->dwords[0]);
	}
	KUNIT_EXPECT_EQ(test, vi915_world_run(world), VI915_CS_FAULT);
	vi915_world_expect_guards(world);
	KUNIT_EXPECT_EQ(test, 0, vi915_world_peek(world,
						  VI915_CS_END_OF_DATA - 4));
}

/* A batch without an end faults at its end, whatever follows in memory. */
static void vi915_cs_test_runs_off_the_end(struct kunit *test)
{
	struct vi915_world *world = vi915_world_make(test, VI915_CS_COPY);
	u64 end = VI915_WORLD_BATCH + VI915_WORLD_BATCH_PAGES * PAGE_SIZE;
	u64 half[] = { VI915_MI(0x20, 2), VI915_CS_LOW };

	KUNIT_EXPECT_EQ(test, vi915_world_run(world), VI915_CS_FAULT);
	KUNIT_EXPECT_EQ(test, world->cs.fault.kind, VI915_CS_FAULT_ADDRESS);
	KUNIT_EXPECT_EQ(test, world->cs.fault.addr, end);

	vi915_world_batch(world, end - 2 * sizeof(u32), half, ARRAY_SIZE(half));
	KUNIT_EXPECT_EQ(test, vi915_world_run(world), VI915_CS_FAULT);
	KUNIT_EXPECT_EQ(test, world->cs.fault.kind, VI915_CS_FAULT_ADDRESS);
	KUNIT_EXPECT_EQ(test, world->cs.fault.addr, end);
	KUNIT_EXPECT_EQ(test, world->cs.fault.pc, end - 2 * sizeof(u32));
}

/* The last dword of the address space may end a batch; nothing follows it. */
static void vi915_cs_test_last_dword(struct kunit *test)
{
	struct vi915_world *world = vi915_world_make(test, VI915_CS_COPY);
	u64 last = BIT_ULL(48) - sizeof(u32);
	u64 end = VI915_MI_END;
	u64 noop = 0;

	vi915_world_batch(world, last, &end, 1);
	KUNIT_EXPECT_EQ(test, vi915_world_run(world), VI915_CS_DONE);
	vi915_world_batch(world, last, &noop, 1);
	KUNIT_EXPECT_EQ(test, vi915_world_run(world), VI915_CS_FAULT);
	KUNIT_EXPECT_EQ(test, world->cs.fault.addr, BIT_ULL(48));
	/* The canonical form means the same address. */
	vi915_world_batch(world, last | GENMASK_ULL(63, 48), &end, 1);
	KUNIT_EXPECT_EQ(test, vi915_world_run(world), VI915_CS_DONE);
}

/* A command may span two pages that are not adjacent in memory. */
static void vi915_cs_test_across_pages(struct kunit *test)
{
	struct vi915_world *world = vi915_world_make(test, VI915_CS_COPY);
	const u64 dwords[] = {
		VI915_MI(0x20, 2), VI915_CS_DATA, VI915_CS_GOOD, VI915_MI_END,
	};

	vi915_world_batch(world, VI915_WORLD_BATCH + PAGE_SIZE - 8, dwords,
			  ARRAY_SIZE(dwords));
	KUNIT_EXPECT_EQ(test, vi915_world_run(world), VI915_CS_DONE);
	KUNIT_EXPECT_EQ(test, vi915_world_peek(world, VI915_WORLD_DATA),
			VI915_CS_GOOD);
}

/* The dwords around a fault can be read as far as they are mapped. */
static void vi915_cs_test_dump(struct kunit *test)
{
	struct vi915_world *world = vi915_world_make(test, VI915_CS_COPY);
	u64 end = VI915_WORLD_BATCH + VI915_WORLD_BATCH_PAGES * PAGE_SIZE;
	u32 dwords[8] = {};

	vi915_world_poke(world, end - 8, 1);
	vi915_world_poke(world, end - 4, 2);
	KUNIT_EXPECT_EQ(test,
			vi915_cs_dump(&world->cs, end - 8, dwords, 8), 2);
	KUNIT_EXPECT_EQ(test, dwords[0], 1);
	KUNIT_EXPECT_EQ(test, dwords[1], 2);
	KUNIT_EXPECT_EQ(test, vi915_cs_dump(&world->cs, end, dwords, 8), 0);
	KUNIT_EXPECT_EQ(test, vi915_cs_dump(&world->cs, U64_MAX, dwords, 8), 1);
}

/* 3D and media commands are skipped with any contents, and counted. */
static void vi915_cs_test_steps_over_3d(struct kunit *test)
{
	struct vi915_world *world =
		vi915_world_make(test, I915_ENGINE_CLASS_RENDER);
	static const u32 headers[][2] = {
		{ 0x61010011, 19 }, { 0x69040300, 1 }, { 0x680b0000, 1 },
		{ 0x7b000005, 7 }, { 0x780b0000, 2 }, { 0x70000007, 9 },
		{ 0x7105000d, 15 }, { 0x71050d0d, 15 }, { 0x73a2000e, 16 },
		{ 0x6801ffff, 1 },
	};
	unsigned int at = 0;
	unsigned int i, j;
	u64 dwords[128];

	for (i = 0; i < ARRAY_SIZE(headers); i++) {
		dwords[at++] = headers[i][0];
		for (j = 1; j < headers[i][1]; j++)
			dwords[at++] = 0xdeadbeef;
	}
	dwords[at++] = VI915_MI_END;
	vi915_world_batch(world, VI915_WORLD_BATCH, dwords, at);
	KUNIT_EXPECT_EQ(test, vi915_world_run(world), VI915_CS_DONE);
	KUNIT_EXPECT_EQ(test, world->cs.stats.skipped, ARRAY_SIZE(headers));
	KUNIT_EXPECT_EQ(test, world->cs.stats.commands,
			ARRAY_SIZE(headers) + 1);
}

KUNIT_ARRAY_PARAM_DESC(vi915_cs_length, vi915_cs_length_cases, name);
KUNIT_ARRAY_PARAM_DESC(vi915_cs_fault, vi915_cs_fault_cases, name);

static struct kunit_case vi915_cs_cases[] = {
	KUNIT_CASE(vi915_cs_test_across_pages),
	KUNIT_CASE(vi915_cs_test_dump),
	KUNIT_CASE_PARAM(vi915_cs_test_fault, vi915_cs_fault_gen_params),
	KUNIT_CASE(vi915_cs_test_last_dword),
	KUNIT_CASE_PARAM(vi915_cs_test_length, vi915_cs_length_gen_params),
	KUNIT_CASE(vi915_cs_test_runs_off_the_end),
	KUNIT_CASE(vi915_cs_test_steps_over_3d),
	{}
};

static struct kunit_suite vi915_cs_suite = {
	.name = "vi915_cs",
	.test_cases = vi915_cs_cases,
};

kunit_test_suite(vi915_cs_suite);
