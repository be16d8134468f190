/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_CS_H
#define VI915_CS_H

#include <linux/types.h>

#include "vi915_blt.h"
#include "vi915_cs_fault.h"
#include "vi915_cs_regs.h"
#include "vi915_cs_stats.h"
#include "vi915_maps.h"
#include "vi915_stray.h"

/* Longest command that is executed: MI_LOAD_REGISTER_IMM or MI_MATH. */
#define VI915_CS_MAX_DWORDS	257

/**
 * enum vi915_cs_status - why the streamer returned
 * @VI915_CS_DONE: the batch has ended
 * @VI915_CS_MORE: the slice is over, there is more to do
 * @VI915_CS_POLL: the batch waits for memory to change, or runs in a loop;
 *	call again later
 * @VI915_CS_FAULT: the batch is broken; &vi915_cs.fault says how
 */
enum vi915_cs_status {
	VI915_CS_DONE,
	VI915_CS_MORE,
	VI915_CS_POLL,
	VI915_CS_FAULT,
};

/**
 * struct vi915_cs - the command streamer at work on one job
 * @maps: memory that the job can reach
 * @stray: accesses to unmapped addresses, if they are no faults
 * @regs: context image
 * @stats: work done so far
 * @fault: what went wrong
 * @pc: address of the current command, 48-bit form
 * @next: address of the command after it
 * @back: return address of the second-level batch
 * @nested: the streamer is in a second-level batch
 * @done: the batch has ended
 * @arb_off: MI_ARB_ON_OFF turned preemption off
 * @arbitrated: an arbitration point was passed since @clock
 * @stuck_ns: time spent since the last arbitration point
 * @spent_ns: time that the job had the engine, including its polling
 * @clock: time that is accounted up to, of ktime_get_ns()
 * @waited: the last slice returned VI915_CS_POLL
 * @jumps: backward jumps in this slice since the last blit
 * @hangs: an injected fault holds the job at its first command
 * @page: number of the page that @window shows
 * @window: memory of the page that commands are read from
 * @blt: the current blit
 * @dw: private copy of the current command
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
 * @min: least number of dwords; 0: there is no such command
 * @max: greatest number of dwords
 * @always: runs even while MI_SET_PREDICATE turns commands off
 * @run: executes the dwords in &vi915_cs.dw; NULL: the command is stepped over
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
