// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/visibility.h>
#include <linux/bits.h>
#include <linux/export.h>
#include <linux/math64.h>
#include <linux/timekeeping.h>
#include <linux/wordpart.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_cs.h"
#include "vi915_cs_regs.h"

/**
 * DOC: registers
 *
 * These are the command streamer's registers that an unprivileged batch can
 * use; all but TIMESTAMP belong to the context. All others, including those of
 * other engines, read as 0 and ignore writes, as in an unprivileged batch on
 * hardware. That is no fault, since drivers write quite a few of them.
 */

/* Both timestamps tick at 12 MHz. */
static u64 vi915_cs_ticks(u64 ns)
{
	return mul_u64_u32_div(ns, 12, 1000);
}

/**
 * vi915_cs_timestamp() - read the clock that all engines share
 *
 * Return: 12 MHz ticks of the monotonic clock.
 */
u64 vi915_cs_timestamp(void)
{
	return vi915_cs_ticks(ktime_get_ns());
}
EXPORT_SYMBOL_IF_KUNIT(vi915_cs_timestamp);

static u32 vi915_cs_runtime(const struct vi915_cs *cs)
{
	/* Include the time that is not accounted yet. */
	u64 ns = cs->regs->runtime_ns + (ktime_get_ns() - cs->clock);

	return vi915_cs_ticks(ns);
}

static u32 vi915_cs_half(u64 value, u32 offset)
{
	return offset & 4 ? upper_32_bits(value) : lower_32_bits(value);
}

static void vi915_cs_set_half(u64 *value, u32 offset, u32 half)
{
	if (offset & 4)
		*value = lower_32_bits(*value) | (u64)half << 32;
	else
		*value = (*value & ~(u64)U32_MAX) | half;
}

/* The 64-bit register that a dword offset is a half of, or NULL. */
static u64 *vi915_cs_reg_wide(struct vi915_cs_regs *regs, u32 reg)
{
	switch (reg & ~4u) {
	case VI915_CS_REG_PREDICATE_SRC0:
		return &regs->predicate_src[0];
	case VI915_CS_REG_PREDICATE_SRC1:
		return &regs->predicate_src[1];
	case VI915_CS_REG_PREDICATE_DATA:
		return &regs->predicate_data;
	}
	if (reg >= VI915_CS_REG_GPR &&
	    reg < VI915_CS_REG_GPR + VI915_CS_GPRS * sizeof(u64))
		return &regs->gpr[(reg - VI915_CS_REG_GPR) / sizeof(u64)];
	return NULL;
}

/**
 * vi915_cs_reg_read() - read a register as a batch does
 * @cs: the streamer
 * @offset: offset of the register in the GPU, not from the engine's first
 *
 * Return: its value; 0 for a register that is not there.
 */
u32 vi915_cs_reg_read(const struct vi915_cs *cs, u32 offset)
{
	struct vi915_cs_regs *regs = cs->regs;
	u32 reg = offset - regs->mmio_base;
	u64 *wide;

	if (offset < regs->mmio_base)
		return 0;
	switch (reg) {
	case VI915_CS_REG_TIMESTAMP:
	case VI915_CS_REG_TIMESTAMP_UDW:
		return vi915_cs_half(vi915_cs_timestamp(),
				     reg - VI915_CS_REG_TIMESTAMP);
	case VI915_CS_REG_CTX_TIMESTAMP:
		return vi915_cs_runtime(cs);
	case VI915_CS_REG_PREDICATE_RESULT:
		return regs->predicate_result;
	case VI915_CS_REG_PREDICATE_RESULT_1:
		return regs->predicate_result_1;
	case VI915_CS_REG_PREDICATE_RESULT_2:
		return regs->predicate_result_2;
	case VI915_CS_REG_SWCTRL:
		return regs->swctrl;
	}
	wide = vi915_cs_reg_wide(regs, reg);
	return wide ? vi915_cs_half(*wide, reg) : 0;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_cs_reg_read);

/**
 * vi915_cs_reg_write() - write a register as a batch does
 * @cs: the streamer
 * @offset: offset of the register in the GPU, not from the engine's first
 * @value: value to write
 */
void vi915_cs_reg_write(struct vi915_cs *cs, u32 offset, u32 value)
{
	struct vi915_cs_regs *regs = cs->regs;
	u32 reg = offset - regs->mmio_base;
	u32 mask = value >> 16;
	u64 *wide;

	if (offset < regs->mmio_base)
		return;
	switch (reg) {
	case VI915_CS_REG_PREDICATE_RESULT:
		regs->predicate_result = value;
		return;
	case VI915_CS_REG_PREDICATE_RESULT_1:
		regs->predicate_result_1 = value;
		return;
	case VI915_CS_REG_PREDICATE_RESULT_2:
		regs->predicate_result_2 = value;
		return;
	case VI915_CS_REG_SWCTRL:
		/* The upper half is the mask for the lower half. */
		if (regs->class == I915_ENGINE_CLASS_COPY)
			regs->swctrl = (regs->swctrl & ~mask) | (value & mask);
		return;
	}
	wide = vi915_cs_reg_wide(regs, reg);
	if (wide)
		vi915_cs_set_half(wide, reg, value);
}
EXPORT_SYMBOL_IF_KUNIT(vi915_cs_reg_write);
