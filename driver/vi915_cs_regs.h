/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_CS_REGS_H
#define VI915_CS_REGS_H

#include <linux/mm.h>
#include <linux/types.h>

#include "vi915_blt.h"

struct vi915_cs;

#define VI915_CS_GPRS	16

/* Offsets from the engine's first register. */
#define VI915_CS_REG_SWCTRL		0x200
#define VI915_CS_REG_TIMESTAMP		0x358
#define VI915_CS_REG_TIMESTAMP_UDW	0x35c
#define VI915_CS_REG_CTX_TIMESTAMP	0x3a8
#define VI915_CS_REG_PREDICATE_RESULT_2	0x3bc
#define VI915_CS_REG_PREDICATE_SRC0	0x400
#define VI915_CS_REG_PREDICATE_SRC1	0x408
#define VI915_CS_REG_PREDICATE_DATA	0x410
#define VI915_CS_REG_PREDICATE_RESULT	0x418
#define VI915_CS_REG_PREDICATE_RESULT_1	0x41c
#define VI915_CS_REG_GPR		0x600

/* BCS_SWCTRL: a tiled surface is tiled Y, not X. */
#define VI915_CS_SWCTRL_SRC_Y	0x1
#define VI915_CS_SWCTRL_DST_Y	0x2

/**
 * struct vi915_cs_setup - state that XY_SETUP_BLT sets for later commands
 * @clip_x1: first column of the clipping rectangle
 * @clip_y1: its first row
 * @clip_x2: the column after its last
 * @clip_y2: the row after its last
 * @header: first dword of the set-up: channels and tiling
 * @br13: second dword: depth, operation, pitch
 * @base: GPU address of the destination
 * @foreground: colour of XY_PIXEL_BLT
 */
struct vi915_cs_setup {
	s16 clip_x1;
	s16 clip_y1;
	s16 clip_x2;
	s16 clip_y2;
	u32 header;
	u32 br13;
	u64 base;
	u32 foreground;
};

/**
 * struct vi915_cs_scratch - memory with no contents to keep between commands
 * @blt: buffers of the blitter
 * @sink: page that takes writes to unmapped addresses; never read
 */
struct vi915_cs_scratch {
	struct vi915_blt_scratch blt;
	u64 sink[PAGE_SIZE / sizeof(u64)];
};

/**
 * struct vi915_cs_regs - context image of one ring, zeroed with the ring
 * @mmio_base: offset of the engine's first register; set with the ring
 * @class: I915_ENGINE_CLASS_* of the engine; set with the ring
 * @runtime_ns: run time of all batches of this ring; the streamer adds to it
 * @gpr: CS_GPR
 * @predicate_src: MI_PREDICATE_SRC0 and 1
 * @predicate_data: MI_PREDICATE_DATA
 * @predicate_result: MI_PREDICATE_RESULT, bit 0 counts
 * @predicate_result_1: MI_PREDICATE_RESULT_1, bit 0 counts
 * @predicate_result_2: MI_PREDICATE_RESULT_2, bit 0 counts
 * @predicate_enable: VI915_CS_OFF_*, as MI_SET_PREDICATE set it
 * @swctrl: BCS_SWCTRL
 * @setup: set-up state of the blitter
 * @scratch: buffers of the engine for the job it runs; no context state
 */
struct vi915_cs_regs {
	u32 mmio_base;
	u8 class;
	u64 runtime_ns;
	u64 gpr[VI915_CS_GPRS];
	u64 predicate_src[2];
	u64 predicate_data;
	u32 predicate_result;
	u32 predicate_result_1;
	u32 predicate_result_2;
	u32 predicate_enable;
	u32 swctrl;
	struct vi915_cs_setup setup;
	struct vi915_cs_scratch *scratch;
};

u64 vi915_cs_timestamp(void);
u32 vi915_cs_reg_read(const struct vi915_cs *cs, u32 offset);
void vi915_cs_reg_write(struct vi915_cs *cs, u32 offset, u32 value);

#endif
