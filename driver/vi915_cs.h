/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_CS_H
#define VI915_CS_H

#include <linux/types.h>

#include "vi915_blt.h"
#include "vi915_cs_regs.h"
#include "vi915_maps.h"
#include "vi915_stray.h"

/* The longest command whose dwords matter: MI_LOAD_REGISTER_IMM, MI_MATH. */
#define VI915_CS_MAX_DWORDS	257

/**
 * enum vi915_cs_status - why the streamer came back
 * @VI915_CS_DONE: the batch has ended
 * @VI915_CS_MORE: the slice is over, there is more to do
 * @VI915_CS_POLL: it waits for memory to change, or goes round in circles;
 *	come back later
 * @VI915_CS_FAULT: the batch is broken; &vi915_cs.fault says how
 */
enum vi915_cs_status {
	VI915_CS_DONE,
	VI915_CS_MORE,
	VI915_CS_POLL,
	VI915_CS_FAULT,
};

/**
 * enum vi915_cs_fault_kind - what is wrong with a batch
 * @VI915_CS_FAULT_NONE: nothing
 * @VI915_CS_FAULT_OPCODE: no such command on this engine
 * @VI915_CS_FAULT_LENGTH: not as long as the command is
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
 * @kind: how
 * @pc: GPU address of the command
 * @addr: that could not be reached; of VI915_CS_FAULT_ADDRESS only
 * @header: first dword of the command; 0 if it could not be read
 */
struct vi915_cs_fault {
	enum vi915_cs_fault_kind kind;
	u64 pc;
	u64 addr;
	u32 header;
};

/**
 * struct vi915_cs_stats - what a job did
 * @commands: executed or stepped over
 * @skipped: 3D and media commands, of which nothing is done
 * @blits: begun
 * @bytes: moved or filled by blits
 */
struct vi915_cs_stats {
	u64 commands;
	u64 skipped;
	u64 blits;
	u64 bytes;
};

/**
 * struct vi915_cs - the command streamer at work on one job
 * @maps: what the job can reach
 * @stray: accesses to where nothing is mapped, unless they are faults
 * @regs: context image
 * @stats: what was done so far
 * @fault: what went wrong
 * @pc: address of the command at hand, 48-bit form
 * @next: address of the one after it
 * @back: where the second-level batch was called from
 * @nested: in a second-level batch
 * @done: ended
 * @arb_off: MI_ARB_ON_OFF said not to preempt
 * @arbitrated: came by an arbitration point since @clock
 * @stuck_ns: time spent since the last arbitration point
 * @spent_ns: time it had the engine, with what it waited, as hardware would
 * @clock: when time was last accounted, of ktime_get_ns()
 * @waited: came back with VI915_CS_POLL last time
 * @jumps: backward, in this slice, since the last blit
 * @hangs: on order, at its first command
 * @page: page of @window, in units of pages
 * @window: memory of the page that commands are read from
 * @blt: the blit at hand
 * @dw: private copy of the command at hand
 */
struct vi915_cs {
	struct vi915_maps maps;
	struct vi915_stray stray;
	struct vi915_cs_regs *regs;
	struct vi915_cs_stats stats;
	struct vi915_cs_fault fault;
	u64 pc;
	u64 next;
	u64 back;
	bool nested;
	bool done;
	bool arb_off;
	bool arbitrated;
	u64 stuck_ns;
	u64 spent_ns;
	u64 clock;
	bool waited;
	unsigned int jumps;
	bool hangs;
	u64 page;
	const u32 *window;
	struct vi915_blt blt;
	u32 dw[VI915_CS_MAX_DWORDS];
};

/**
 * struct vi915_cs_op - one command
 * @min: dwords at least; 0: there is no such command
 * @max: dwords at most
 * @always: also while MI_SET_PREDICATE turns commands off
 * @run: carry out; the dwords are in &vi915_cs.dw. NULL: step over
 */
struct vi915_cs_op {
	u16 min;
	u16 max;
	bool always;
	enum vi915_cs_status (*run)(struct vi915_cs *cs, unsigned int len);
};

void vi915_cs_init(struct vi915_cs *cs, struct vi915_cs_regs *regs,
		   struct vi915_map *map, unsigned int count, u64 start);
void vi915_cs_allow_strays(struct vi915_cs *cs);
void vi915_cs_hang(struct vi915_cs *cs);
enum vi915_cs_status vi915_cs_run(struct vi915_cs *cs, u64 until);
unsigned int vi915_cs_dump(struct vi915_cs *cs, u64 addr, u32 *dwords,
			   unsigned int count);
const char *vi915_cs_fault_name(enum vi915_cs_fault_kind kind);

enum vi915_cs_status vi915_cs_refuse(struct vi915_cs *cs,
				     enum vi915_cs_fault_kind kind);
enum vi915_cs_status vi915_cs_unmapped(struct vi915_cs *cs, u64 addr);

#endif
