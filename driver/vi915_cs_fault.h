/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_CS_FAULT_H
#define VI915_CS_FAULT_H

#include <linux/types.h>

/**
 * enum vi915_cs_fault_kind - what is wrong with a batch
 * @VI915_CS_FAULT_NONE: nothing
 * @VI915_CS_FAULT_OPCODE: no such command on this engine
 * @VI915_CS_FAULT_LENGTH: a length that the command cannot have
 * @VI915_CS_FAULT_FIELD: a reserved value, or one this GPU does not have
 * @VI915_CS_FAULT_ADDRESS: nothing is mapped at &vi915_cs_fault.addr
 * @VI915_CS_FAULT_PRIVILEGE: only the kernel may do that
 * @VI915_CS_FAULT_NESTING: a third level of batches
 * @VI915_CS_FAULT_BLIT: a blit that cannot be drawn
 */
enum vi915_cs_fault_kind {
	VI915_CS_FAULT_NONE,
	VI915_CS_FAULT_OPCODE,
	VI915_CS_FAULT_LENGTH,
	VI915_CS_FAULT_FIELD,
	VI915_CS_FAULT_ADDRESS,
	VI915_CS_FAULT_PRIVILEGE,
	VI915_CS_FAULT_NESTING,
	VI915_CS_FAULT_BLIT,
};

/**
 * struct vi915_cs_fault - where a batch broke
 * @kind: what is wrong
 * @pc: GPU address of the command
 * @addr: GPU address with nothing mapped; 0 unless VI915_CS_FAULT_ADDRESS
 * @header: first dword of the command; 0 if it could not be read
 */
struct vi915_cs_fault {
	enum vi915_cs_fault_kind kind;
	u64 pc;
	u64 addr;
	u32 header;
};

#endif
