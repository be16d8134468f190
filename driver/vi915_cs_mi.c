// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/bits.h>
#include <linux/compiler.h>

#include "vi915_cs.h"
#include "vi915_cs_math.h"
#include "vi915_cs_mem.h"
#include "vi915_cs_mi.h"

/**
 * DOC: MI commands
 *
 * Commands of the streamer itself. Addresses are always in the context's own
 * address space: the bits that ask for the global one are ignored. Commands
 * that only a display, performance counters or the render engine's shared
 * functions would notice are stepped over. Kernel commands are refused, except
 * stores to the kernel's status page: programs use those to pass the time, and
 * they are stepped over too.
 */

#define VI915_MI_OPCODE(header)	((header) >> 23 & 0x3f)
#define VI915_MI_FLUSH_DW	0x26

/* MI_STORE_REGISTER_MEM: store only if the predicate result is set. */
#define VI915_MI_PREDICATED	BIT(21)

/* Backward jumps in a slice after which a batch counts as going in circles. */
#define VI915_MI_JUMPS		32

static enum vi915_cs_status vi915_mi_privileged(struct vi915_cs *cs,
						unsigned int len)
{
	return vi915_cs_refuse(cs, VI915_CS_FAULT_PRIVILEGE);
}

static enum vi915_cs_status vi915_mi_arb_check(struct vi915_cs *cs,
					       unsigned int len)
{
	if (!cs->arb_off)
		cs->arbitrated = true;
	return VI915_CS_MORE;
}

static enum vi915_cs_status vi915_mi_arb_on_off(struct vi915_cs *cs,
						unsigned int len)
{
	cs->arb_off = !(cs->dw[0] & 1);
	return vi915_mi_arb_check(cs, len);
}

static enum vi915_cs_status vi915_mi_set_predicate(struct vi915_cs *cs,
						   unsigned int len)
{
	u32 enable = cs->dw[0] & 0xf;

	if (enable > VI915_CS_OFF_SET && enable != VI915_CS_OFF_ALWAYS)
		return vi915_cs_refuse(cs, VI915_CS_FAULT_FIELD);
	cs->regs->predicate_enable = enable;
	return VI915_CS_MORE;
}

/* The end of a second-level batch returns to the first level. */
static enum vi915_cs_status vi915_mi_end(struct vi915_cs *cs, unsigned int len)
{
	if (cs->nested) {
		cs->nested = false;
		cs->next = cs->back;
		return VI915_CS_MORE;
	}
	cs->done = true;
	return VI915_CS_DONE;
}

/*
 * There is no stack: only one level is below the batch, and a chained batch
 * stays on the level of the batch that jumps to it.
 */
static enum vi915_cs_status vi915_mi_start(struct vi915_cs *cs,
					   unsigned int len)
{
	u64 target = vi915_cs_pair(cs->dw + 1);

	if (cs->dw[0] & BIT(15) && !(cs->regs->predicate_result_1 & 1))
		return VI915_CS_MORE;
	if (cs->dw[0] & BIT(22)) {
		if (cs->nested)
			return vi915_cs_refuse(cs, VI915_CS_FAULT_NESTING);
		cs->nested = true;
		cs->back = cs->next;
	}
	target &= ~3ull;
	if (!vi915_maps_take(&cs->maps, &target))
		return vi915_cs_unmapped(cs, target);
	cs->next = target;
	if (target <= cs->pc && ++cs->jumps >= VI915_MI_JUMPS)
		return VI915_CS_POLL;
	return VI915_CS_MORE;
}

/* The batch goes on only while the value in memory is greater. */
static enum vi915_cs_status vi915_mi_conditional_end(struct vi915_cs *cs,
						     unsigned int len)
{
	u64 addr = vi915_cs_pair(cs->dw + 2);
	u32 value, mask;

	if (!(cs->dw[0] & BIT(21)))
		return VI915_CS_MORE;
	if (!vi915_cs_load32(cs, addr, &value))
		return VI915_CS_FAULT;
	if (cs->dw[0] & BIT(19)) {
		if (!vi915_cs_load32(cs, addr + sizeof(u32), &mask))
			return VI915_CS_FAULT;
		value &= mask;
	}
	if (value > cs->dw[1])
		return VI915_CS_MORE;
	return vi915_mi_end(cs, len);
}

static enum vi915_cs_status vi915_mi_semaphore_wait(struct vi915_cs *cs,
						    unsigned int len)
{
	u32 limit = cs->dw[1];
	bool holds;
	u32 value;

	/* This bit polls a register instead of memory. */
	if (cs->dw[0] & BIT(16))
		return vi915_cs_refuse(cs, VI915_CS_FAULT_FIELD);
	if (!vi915_cs_load32(cs, vi915_cs_pair(cs->dw + 2), &value))
		return VI915_CS_FAULT;
	switch (cs->dw[0] >> 12 & 0x7) {
	case 0:
		holds = value > limit;
		break;
	case 1:
		holds = value >= limit;
		break;
	case 2:
		holds = value < limit;
		break;
	case 3:
		holds = value <= limit;
		break;
	case 4:
		holds = value == limit;
		break;
	case 5:
		holds = value != limit;
		break;
	default:
		return vi915_cs_refuse(cs, VI915_CS_FAULT_FIELD);
	}
	if (holds)
		return VI915_CS_MORE;
	/* Run the same command again; a waiting job can be preempted. */
	cs->next = cs->pc;
	cs->stats.commands--;
	vi915_mi_arb_check(cs, len);
	return VI915_CS_POLL;
}

static enum vi915_cs_status vi915_mi_store_imm(struct vi915_cs *cs,
					       unsigned int len)
{
	bool quad = cs->dw[0] & BIT(21);
	u64 addr = vi915_cs_pair(cs->dw + 1);
	bool ok;

	if (len != 4 + quad)
		return vi915_cs_refuse(cs, VI915_CS_FAULT_LENGTH);
	ok = quad ? vi915_cs_store64(cs, addr, vi915_cs_pair(cs->dw + 3)) :
		    vi915_cs_store32(cs, addr, cs->dw[3]);
	return ok ? VI915_CS_MORE : VI915_CS_FAULT;
}

static u32 vi915_mi_register(u32 dword)
{
	return dword & GENMASK(22, 2);
}

static enum vi915_cs_status vi915_mi_load_imm(struct vi915_cs *cs,
					      unsigned int len)
{
	unsigned int i;

	/* Registers and values come in pairs; byte masks are not supported. */
	if (len % 2 == 0)
		return vi915_cs_refuse(cs, VI915_CS_FAULT_LENGTH);
	if (cs->dw[0] & GENMASK(11, 8))
		return vi915_cs_refuse(cs, VI915_CS_FAULT_FIELD);
	for (i = 1; i < len; i += 2)
		vi915_cs_reg_write(cs, vi915_mi_register(cs->dw[i]),
				   cs->dw[i + 1]);
	return VI915_CS_MORE;
}

static enum vi915_cs_status vi915_mi_store_register(struct vi915_cs *cs,
						    unsigned int len)
{
	u32 value = vi915_cs_reg_read(cs, vi915_mi_register(cs->dw[1]));

	if (cs->dw[0] & VI915_MI_PREDICATED &&
	    !(cs->regs->predicate_result & 1))
		return VI915_CS_MORE;
	if (!vi915_cs_store32(cs, vi915_cs_pair(cs->dw + 2), value))
		return VI915_CS_FAULT;
	return VI915_CS_MORE;
}

static enum vi915_cs_status vi915_mi_load_register(struct vi915_cs *cs,
						   unsigned int len)
{
	u32 value;

	if (!vi915_cs_load32(cs, vi915_cs_pair(cs->dw + 2), &value))
		return VI915_CS_FAULT;
	vi915_cs_reg_write(cs, vi915_mi_register(cs->dw[1]), value);
	return VI915_CS_MORE;
}

static enum vi915_cs_status vi915_mi_move_register(struct vi915_cs *cs,
						   unsigned int len)
{
	u32 value = vi915_cs_reg_read(cs, vi915_mi_register(cs->dw[1]));

	vi915_cs_reg_write(cs, vi915_mi_register(cs->dw[2]), value);
	return VI915_CS_MORE;
}

static enum vi915_cs_status vi915_mi_copy_memory(struct vi915_cs *cs,
						 unsigned int len)
{
	u32 value;

	if (!vi915_cs_load32(cs, vi915_cs_pair(cs->dw + 3), &value) ||
	    !vi915_cs_store32(cs, vi915_cs_pair(cs->dw + 1), value))
		return VI915_CS_FAULT;
	return VI915_CS_MORE;
}

/* A flush has nothing to wait for: do the write that follows it. */
static enum vi915_cs_status vi915_mi_post_sync(struct vi915_cs *cs,
					       u32 flags, u64 addr, u64 value,
					       bool quad)
{
	bool ok = true;

	addr &= ~7ull;
	/* Writes to the status page do nothing, as with STORE_DATA_INDEX. */
	if (flags & BIT(21))
		return VI915_CS_MORE;
	switch (flags >> 14 & 0x3) {
	case 0:
		break;
	case 1:
		ok = quad ? vi915_cs_store64(cs, addr, value) :
			    vi915_cs_store32(cs, addr, value);
		break;
	case 2:
		/* PIPE_CONTROL only: count of pixels drawn, which is 0. */
		if (VI915_MI_OPCODE(cs->dw[0]) == VI915_MI_FLUSH_DW)
			return vi915_cs_refuse(cs, VI915_CS_FAULT_FIELD);
		ok = vi915_cs_store64(cs, addr, 0);
		break;
	default:
		ok = vi915_cs_store64(cs, addr, vi915_cs_timestamp());
		break;
	}
	return ok ? VI915_CS_MORE : VI915_CS_FAULT;
}

static enum vi915_cs_status vi915_mi_flush(struct vi915_cs *cs,
					   unsigned int len)
{
	bool quad = len == 5;
	u64 value = quad ? vi915_cs_pair(cs->dw + 3) : cs->dw[3];

	return vi915_mi_post_sync(cs, cs->dw[0], vi915_cs_pair(cs->dw + 1),
				  value, quad);
}

/**
 * vi915_cs_pipe_control() - PIPE_CONTROL
 * @cs: the streamer
 * @len: dwords
 *
 * Return: status.
 */
enum vi915_cs_status vi915_cs_pipe_control(struct vi915_cs *cs,
					   unsigned int len)
{
	return vi915_mi_post_sync(cs, cs->dw[1], vi915_cs_pair(cs->dw + 2),
				  vi915_cs_pair(cs->dw + 4), true);
}

static const struct vi915_cs_op vi915_mi_ops[64] = {
	[0x01] = { 1, 1, true, vi915_mi_set_predicate },
	[0x02] = { 1, 1 },			/* USER_INTERRUPT */
	[0x03] = { 1, 1 },			/* WAIT_FOR_EVENT */
	[0x05] = { 1, 1, true, vi915_mi_arb_check },
	[0x06] = { 1, 1 },			/* RS_CONTROL */
	[0x07] = { 1, 1 },			/* REPORT_HEAD */
	[0x08] = { 1, 1, true, vi915_mi_arb_on_off },
	[0x09] = { 1, 1 },			/* URB_ATOMIC_ALLOC */
	[0x0a] = { 1, 1, true, vi915_mi_end },
	[0x0b] = { 1, 1 },			/* SUSPEND_FLUSH */
	[0x0c] = { 1, 1, false, vi915_cs_predicate },
	[0x0d] = { 1, 1 },			/* TOPOLOGY_FILTER */
	[0x0e] = { 1, 1 },			/* SET_APPID */
	[0x0f] = { 1, 1 },			/* RS_CONTEXT */
	[0x12] = { 2, 2 },			/* LOAD_SCAN_LINES_INCL */
	[0x13] = { 2, 2 },			/* LOAD_SCAN_LINES_EXCL */
	[0x14] = { 3, 3 },			/* DISPLAY_FLIP */
	[0x18] = { 2, 2, false, vi915_mi_privileged },	/* SET_CONTEXT */
	[0x19] = { 2, 2 },			/* URB_CLEAR */
	[0x1a] = { 2, 257, false, vi915_cs_math },
	[0x1b] = { 2, 2 },			/* SEMAPHORE_SIGNAL */
	[0x1c] = { 4, 4, false, vi915_mi_semaphore_wait },
	[0x20] = { 4, 5, false, vi915_mi_store_imm },
	[0x21] = { 3, 4 },			/* STORE_DATA_INDEX */
	[0x22] = { 3, 257, false, vi915_mi_load_imm },
	[0x23] = { 3, 257, false, vi915_mi_privileged },	/* UPDATE_GTT */
	[0x24] = { 4, 4, false, vi915_mi_store_register },
	[0x26] = { 4, 5, false, vi915_mi_flush },
	[0x27] = { 3, 257 },			/* CLFLUSH */
	[0x28] = { 4, 4 },			/* REPORT_PERF_COUNT */
	[0x29] = { 4, 4, false, vi915_mi_load_register },
	[0x2a] = { 3, 3, false, vi915_mi_move_register },
	[0x2b] = { 4, 4 },			/* RS_STORE_DATA_IMM */
	[0x2c] = { 4, 4 },			/* LOAD_URB_MEM */
	[0x2d] = { 4, 4 },			/* STORE_URB_MEM */
	[0x2e] = { 5, 5, false, vi915_mi_copy_memory },
	[0x2f] = { 3, 11, false, vi915_cs_atomic },
	[0x31] = { 3, 3, false, vi915_mi_start },
	[0x36] = { 4, 4, false, vi915_mi_conditional_end },
};

/**
 * vi915_cs_mi_op() - find an MI command
 * @header: its first dword
 *
 * Return: its table entry; @min is 0 in that of an unknown command.
 */
const struct vi915_cs_op *vi915_cs_mi_op(u32 header)
{
	return &vi915_mi_ops[VI915_MI_OPCODE(header)];
}

/**
 * vi915_cs_mi_length() - length that an MI command says it has
 * @header: its first dword
 *
 * Return: dwords.
 */
unsigned int vi915_cs_mi_length(u32 header)
{
	/* Opcodes below 0x10 have no length field. */
	if (VI915_MI_OPCODE(header) < 0x10)
		return 1;
	/* This one has flags from bit 7 up. */
	if (VI915_MI_OPCODE(header) == VI915_MI_FLUSH_DW)
		return (header & 0x3f) + 2;
	return (header & 0xff) + 2;
}
