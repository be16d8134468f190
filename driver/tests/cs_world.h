/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_TESTS_CS_WORLD_H
#define VI915_TESTS_CS_WORLD_H

#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/types.h>

#include "../vi915_cs.h"

struct kunit;
struct page;

/* Addresses of the mapped memory. */
#define VI915_WORLD_BATCH	0x100000ull
#define VI915_WORLD_DATA	0x7fffff000000ull
#define VI915_WORLD_HIGH	0xffffffffe000ull

#define VI915_WORLD_BATCH_PAGES	4
#define VI915_WORLD_DATA_PAGES	24
#define VI915_WORLD_ZERO_PAGES	1
#define VI915_WORLD_HIGH_PAGES	2
#define VI915_WORLD_MAPS	4
#define VI915_WORLD_PAGES	(VI915_WORLD_BATCH_PAGES + \
				 VI915_WORLD_DATA_PAGES + \
				 VI915_WORLD_ZERO_PAGES + \
				 VI915_WORLD_HIGH_PAGES)

#define VI915_WORLD_BASE	0x22000

/*
 * A context with one ring and a little memory: page 0, a batch, data, and the
 * last pages of the address space. An unmapped page lies between any two pages.
 */
struct vi915_world {
	struct kunit *test;
	struct vi915_cs cs;
	struct vi915_cs_regs regs;
	struct vi915_cs_scratch scratch;
	struct vi915_map map[VI915_WORLD_MAPS];
	unsigned long frames[VI915_WORLD_PAGES];
	struct page *pages[2 * VI915_WORLD_PAGES + 1];
};

struct vi915_world *vi915_world_make(struct kunit *test, u8 class);
void vi915_world_batch(struct vi915_world *world, u64 addr, const u64 *items,
		       unsigned int count);
enum vi915_cs_status vi915_world_run(struct vi915_world *world);
u32 vi915_world_peek(struct vi915_world *world, u64 addr);
void vi915_world_poke(struct vi915_world *world, u64 addr, u32 value);
void vi915_world_expect_guards(struct vi915_world *world);

/* Writes these items to the start of the batch and runs it. */
#define VI915_WORLD_DO(world, ...) ({					\
	struct vi915_world *world_ = (world);				\
	const u64 items_[] = { __VA_ARGS__ };				\
									\
	vi915_world_batch(world_, VI915_WORLD_BATCH, items_,		\
			  ARRAY_SIZE(items_));				\
	vi915_world_run(world_);					\
})

/* A batch item of two dwords; all others are one. */
#define VI915_WORLD_WIDE	BIT_ULL(63)
#define VI915_WORLD_ADDR(addr)	((addr) | VI915_WORLD_WIDE)

#define VI915_MI(opcode, flags)	((u32)(opcode) << 23 | (flags))
#define VI915_MI_END		VI915_MI(0x0a, 0)
#define VI915_STORE		VI915_MI(0x20, 2)
#define VI915_LRI		VI915_MI(0x22, 1)
#define VI915_SRM		VI915_MI(0x24, 2)

#endif
