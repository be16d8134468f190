// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/align.h>
#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/overflow.h>

#include "vi915_cs.h"
#include "vi915_cs_math.h"
#include "vi915_cs_mem.h"

/* Bits 31:20 of an instruction of MI_MATH. */
#define VI915_ALU_NOOP		0x000
#define VI915_ALU_LOAD		0x080
#define VI915_ALU_LOAD0		0x081
#define VI915_ALU_ADD		0x100
#define VI915_ALU_SUB		0x101
#define VI915_ALU_AND		0x102
#define VI915_ALU_OR		0x103
#define VI915_ALU_XOR		0x104
#define VI915_ALU_STORE		0x180
/* Flag of loads and stores. */
#define VI915_ALU_INVERT	0x400

#define VI915_ALU_SRCA		0x20
#define VI915_ALU_SRCB		0x21
#define VI915_ALU_ACCU		0x31
#define VI915_ALU_ZF		0x32
#define VI915_ALU_CF		0x33

/* State of one MI_MATH. Flags are all ones or zero, as stores write them. */
struct vi915_alu {
	u64 *gpr;
	u64 src[2];
	u64 accu;
	u64 zf;
	u64 cf;
};

static u64 *vi915_alu_operand(struct vi915_alu *alu, u32 name)
{
	if (name < VI915_CS_GPRS)
		return &alu->gpr[name];
	switch (name) {
	case VI915_ALU_ACCU:
		return &alu->accu;
	case VI915_ALU_ZF:
		return &alu->zf;
	case VI915_ALU_CF:
		return &alu->cf;
	}
	return NULL;
}

static bool vi915_alu_move(struct vi915_alu *alu, u32 instruction)
{
	u32 opcode = instruction >> 20;
	u32 first = instruction >> 10 & 0x3ff;
	u32 second = instruction & 0x3ff;
	u64 flip = opcode & VI915_ALU_INVERT ? U64_MAX : 0;
	u64 *from;

	opcode &= ~VI915_ALU_INVERT;
	if (opcode == VI915_ALU_STORE) {
		from = vi915_alu_operand(alu, second);
		if (!from || second < VI915_CS_GPRS || first >= VI915_CS_GPRS)
			return false;
		alu->gpr[first] = *from ^ flip;
		return true;
	}
	if (first != VI915_ALU_SRCA && first != VI915_ALU_SRCB)
		return false;
	if (opcode == VI915_ALU_LOAD0) {
		alu->src[first - VI915_ALU_SRCA] = flip;
		return true;
	}
	from = vi915_alu_operand(alu, second);
	if (!from)
		return false;
	alu->src[first - VI915_ALU_SRCA] = *from ^ flip;
	return true;
}

static bool vi915_alu_step(struct vi915_alu *alu, u32 instruction)
{
	u64 a = alu->src[0];
	u64 b = alu->src[1];
	bool carry = false;

	switch (instruction >> 20) {
	case VI915_ALU_NOOP:
		return true;
	case VI915_ALU_LOAD:
	case VI915_ALU_LOAD0:
	case VI915_ALU_STORE:
	case VI915_ALU_LOAD | VI915_ALU_INVERT:
	case VI915_ALU_LOAD0 | VI915_ALU_INVERT:
	case VI915_ALU_STORE | VI915_ALU_INVERT:
		return vi915_alu_move(alu, instruction);
	case VI915_ALU_ADD:
		carry = check_add_overflow(a, b, &alu->accu);
		break;
	case VI915_ALU_SUB:
		carry = check_sub_overflow(a, b, &alu->accu);
		break;
	case VI915_ALU_AND:
		alu->accu = a & b;
		break;
	case VI915_ALU_OR:
		alu->accu = a | b;
		break;
	case VI915_ALU_XOR:
		alu->accu = a ^ b;
		break;
	default:
		return false;
	}
	alu->cf = carry ? U64_MAX : 0;
	alu->zf = alu->accu ? 0 : U64_MAX;
	return true;
}

/**
 * vi915_cs_math() - MI_MATH
 * @cs: the streamer
 * @len: dwords
 *
 * Sources, accumulator and flags last for one command; registers persist.
 *
 * Return: status; a reserved instruction is a fault after those before it ran.
 */
enum vi915_cs_status vi915_cs_math(struct vi915_cs *cs, unsigned int len)
{
	struct vi915_alu alu = { .gpr = cs->regs->gpr };
	unsigned int i;

	for (i = 1; i < len; i++)
		if (!vi915_alu_step(&alu, cs->dw[i]))
			return vi915_cs_refuse(cs, VI915_CS_FAULT_FIELD);
	return VI915_CS_MORE;
}

/**
 * vi915_cs_predicate() - MI_PREDICATE
 * @cs: the streamer
 * @len: dwords
 *
 * Return: status.
 */
enum vi915_cs_status vi915_cs_predicate(struct vi915_cs *cs, unsigned int len)
{
	struct vi915_cs_regs *regs = cs->regs;
	bool old = regs->predicate_result & 1;
	bool compared, result;
	u64 delta;

	switch (cs->dw[0] & 0x3) {
	case 0:
		compared = true;
		break;
	case 1:
		compared = false;
		break;
	case 2:
		compared = regs->predicate_src[0] == regs->predicate_src[1];
		break;
	default:
		delta = regs->predicate_src[0] - regs->predicate_src[1];
		compared = delta == regs->predicate_data;
		break;
	}
	switch (cs->dw[0] >> 3 & 0x3) {
	case 0:
		result = compared;
		break;
	case 1:
		result = old && compared;
		break;
	case 2:
		result = old || compared;
		break;
	default:
		result = old != compared;
		break;
	}
	switch (cs->dw[0] >> 6 & 0x3) {
	case 0:
		break;
	case 2:
		regs->predicate_result = result;
		break;
	case 3:
		regs->predicate_result = !result;
		break;
	default:
		return vi915_cs_refuse(cs, VI915_CS_FAULT_FIELD);
	}
	return VI915_CS_MORE;
}

#define VI915_ATOMIC_RETURN	BIT(16)
#define VI915_ATOMIC_INLINE	BIT(18)
#define VI915_ATOMIC_LENGTH	3
#define VI915_ATOMIC_INLINE_LENGTH 11
/* Bit of the operation: it works on a quadword. */
#define VI915_ATOMIC_WIDE	0x20

/* For 32-bit operations @memory, @a and @b come sign extended. */
static bool vi915_atomic_result(u32 operation, u64 memory, u64 a, u64 b,
				u64 *result)
{
	switch (operation) {
	case 0x1:
		*result = memory & a;
		return true;
	case 0x2:
		*result = memory | a;
		return true;
	case 0x3:
		*result = memory ^ a;
		return true;
	case 0x4:
		*result = a;
		return true;
	case 0x5:
		*result = memory + 1;
		return true;
	case 0x6:
		*result = memory - 1;
		return true;
	case 0x7:
		*result = memory + a;
		return true;
	case 0x8:
		*result = memory - a;
		return true;
	case 0x9:
		*result = a - memory;
		return true;
	case 0xa:
		*result = (s64)memory > (s64)a ? memory : a;
		return true;
	case 0xb:
		*result = (s64)memory < (s64)a ? memory : a;
		return true;
	case 0xc:
		*result = memory > a ? memory : a;
		return true;
	case 0xd:
		*result = memory < a ? memory : a;
		return true;
	case 0xe:
		/* Compare with the first operand, store the second. */
		*result = memory == a ? b : memory;
		return true;
	default:
		return false;
	}
}

static u64 vi915_atomic_widen(u64 value)
{
	return (s64)(s32)value;
}

static bool vi915_atomic_narrow(u32 *memory, u32 operation, u64 a, u64 b)
{
	u32 old = READ_ONCE(*memory);
	u64 result;

	do {
		if (!vi915_atomic_result(operation, vi915_atomic_widen(old),
					 vi915_atomic_widen(a),
					 vi915_atomic_widen(b), &result))
			return false;
	} while (!try_cmpxchg(memory, &old, (u32)result));
	return true;
}

static bool vi915_atomic_wide(u64 *memory, u32 operation, u64 a, u64 b)
{
	u64 old = READ_ONCE(*memory);
	u64 result;

	do {
		if (!vi915_atomic_result(operation, old, a, b, &result))
			return false;
	} while (!try_cmpxchg(memory, &old, result));
	return true;
}

/**
 * vi915_cs_atomic() - MI_ATOMIC
 * @cs: the streamer
 * @len: dwords
 *
 * Works on a dword or a quadword; operands are in the command or in CS_GPR 0
 * and 1. Octwords, and returning the old value, are not supported.
 *
 * Return: status.
 */
enum vi915_cs_status vi915_cs_atomic(struct vi915_cs *cs, unsigned int len)
{
	const u32 *dw = cs->dw;
	u32 operation = dw[0] >> 8 & 0xff;
	bool wide = operation & VI915_ATOMIC_WIDE;
	size_t bytes = wide ? sizeof(u64) : sizeof(u32);
	u64 a = cs->regs->gpr[0];
	u64 b = cs->regs->gpr[1];
	void *memory;
	bool ok;

	if (len != (dw[0] & VI915_ATOMIC_INLINE ? VI915_ATOMIC_INLINE_LENGTH :
						  VI915_ATOMIC_LENGTH))
		return vi915_cs_refuse(cs, VI915_CS_FAULT_LENGTH);
	if (dw[0] & VI915_ATOMIC_RETURN || (dw[0] >> 19 & 0x3) != wide)
		return vi915_cs_refuse(cs, VI915_CS_FAULT_FIELD);
	if (dw[0] & VI915_ATOMIC_INLINE) {
		a = dw[3] | (u64)dw[5] << 32;
		b = dw[4] | (u64)dw[6] << 32;
	}
	memory = vi915_cs_reach(cs, ALIGN_DOWN(vi915_cs_pair(dw + 1), bytes),
				VI915_STRAY_WRITE, bytes);
	if (!memory)
		return VI915_CS_FAULT;
	operation &= ~VI915_ATOMIC_WIDE;
	ok = wide ? vi915_atomic_wide(memory, operation, a, b) :
		    vi915_atomic_narrow(memory, operation, a, b);
	if (!ok)
		return vi915_cs_refuse(cs, VI915_CS_FAULT_FIELD);
	return VI915_CS_MORE;
}
