// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/visibility.h>
#include <linux/align.h>
#include <linux/array_size.h>
#include <linux/compiler.h>
#include <linux/export.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_cs.h"
#include "vi915_cs_blt.h"
#include "vi915_cs_mi.h"

/**
 * DOC: the command streamer
 *
 * The streamer takes a batch one command at a time: it reads the header, finds
 * length and handler in a table, copies the dwords once and passes them to the
 * handler. Another thread may write to the batch meanwhile: the copy decides
 * what the command is. A loop reads its commands anew each time, so a spinning
 * batch can be ended by a write to it.
 *
 * The streamer runs on the way to a fence: it takes no lock, allocates nothing
 * and never sleeps. After every few commands, each page of MI_NOOP and each
 * piece of a blit it looks at the clock, and returns if its slice is over;
 * &struct vi915_cs holds everything it needs to go on.
 *
 * A broken command ends the batch. Commands before it are done and nothing of
 * the command itself is, except for blits: see vi915_blt.c.
 */

/* Work between two looks at the clock. */
#define VI915_CS_COMMANDS	64
#define VI915_CS_BLIT_BYTES	(256 * 1024)

/* Most waiting time charged to a job between two of its slices. */
#define VI915_CS_WAIT_NS	(10 * NSEC_PER_MSEC)

#define VI915_CS_TYPE_MI	0
#define VI915_CS_TYPE_BLT	2
#define VI915_CS_TYPE_RENDER	3

/* MI_NOOP has only an opcode; the number in bits 22:0 has no meaning here. */
#define VI915_CS_IS_NOOP(header)	(!((header) >> 23))

#define VI915_CS_PIPE_CONTROL	0x7a00
#define VI915_CS_PIPE_LENGTH	6

/**
 * vi915_cs_init() - begin a job
 * @cs: the streamer
 * @regs: context image; used by one job at a time
 * @map: memory that the job can reach; sorted here, must outlive the job
 * @count: entries of @map
 * @start: GPU address of the first command, in any form
 */
void vi915_cs_init(struct vi915_cs *cs, struct vi915_cs_regs *regs,
		   struct vi915_map *map, unsigned int count, u64 start)
{
	memset(cs, 0, offsetof(struct vi915_cs, dw));
	cs->dw[0] = 0;
	cs->regs = regs;
	cs->maps.map = map;
	cs->maps.count = count;
	vi915_maps_sort(&cs->maps);
	/* An invalid address is found when the first command is read. */
	vi915_maps_plain(&start);
	cs->pc = start;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_cs_init);

/**
 * vi915_cs_allow_strays() - let a job survive accesses to unmapped addresses
 * @cs: the streamer, before it runs
 */
void vi915_cs_allow_strays(struct vi915_cs *cs)
{
	cs->stray.sink = cs->regs->scratch->sink;
	cs->maps.stray = &cs->stray;
	vi915_maps_take(&cs->maps, &cs->pc);
}
EXPORT_SYMBOL_IF_KUNIT(vi915_cs_allow_strays);

/**
 * vi915_cs_hang() - make a job hang at its first command
 * @cs: the streamer, before it runs
 *
 * The job behaves like a wait that never ends and cannot be preempted: it is
 * polled now and then, and its time counts.
 */
void vi915_cs_hang(struct vi915_cs *cs)
{
	cs->hangs = true;
}

/**
 * vi915_cs_refuse() - note that the command at hand is broken
 * @cs: the streamer
 * @kind: what is wrong with it
 *
 * Return: VI915_CS_FAULT.
 */
enum vi915_cs_status vi915_cs_refuse(struct vi915_cs *cs,
				     enum vi915_cs_fault_kind kind)
{
	cs->fault.kind = kind;
	cs->fault.pc = cs->pc;
	cs->fault.addr = 0;
	cs->fault.header = cs->dw[0];
	return VI915_CS_FAULT;
}

/**
 * vi915_cs_unmapped() - note that the command at hand names unmapped memory
 * @cs: the streamer
 * @addr: GPU address that it names
 *
 * Return: VI915_CS_FAULT.
 */
enum vi915_cs_status vi915_cs_unmapped(struct vi915_cs *cs, u64 addr)
{
	vi915_cs_refuse(cs, VI915_CS_FAULT_ADDRESS);
	cs->fault.addr = addr;
	return VI915_CS_FAULT;
}

static const char *const vi915_cs_fault_names[] = {
	[VI915_CS_FAULT_NONE] = "none",
	[VI915_CS_FAULT_OPCODE] = "unknown command",
	[VI915_CS_FAULT_LENGTH] = "wrong length",
	[VI915_CS_FAULT_FIELD] = "reserved value",
	[VI915_CS_FAULT_ADDRESS] = "unmapped address",
	[VI915_CS_FAULT_PRIVILEGE] = "privileged command",
	[VI915_CS_FAULT_NESTING] = "batches nested too deep",
	[VI915_CS_FAULT_BLIT] = "impossible blit",
};

/**
 * vi915_cs_fault_name() - a fault in words
 * @kind: the fault
 *
 * Return: static text for the error report.
 */
const char *vi915_cs_fault_name(enum vi915_cs_fault_kind kind)
{
	if (kind >= ARRAY_SIZE(vi915_cs_fault_names))
		return "unknown";
	return vi915_cs_fault_names[kind];
}
EXPORT_SYMBOL_IF_KUNIT(vi915_cs_fault_name);

/* A page is looked up once, its dwords are read from memory each time. */
static bool vi915_cs_fetch(struct vi915_cs *cs, u64 addr, u32 *dword)
{
	size_t left;

	if (!cs->window || addr >> PAGE_SHIFT != cs->page) {
		cs->window = vi915_maps_reach(&cs->maps, addr & PAGE_MASK,
					      VI915_STRAY_READ, &left);
		cs->page = addr >> PAGE_SHIFT;
		if (!cs->window) {
			vi915_cs_unmapped(cs, addr);
			return false;
		}
	}
	*dword = READ_ONCE(cs->window[(addr & ~PAGE_MASK) / sizeof(u32)]);
	return true;
}

/* Strays read zeros, MI_NOOP: behind the last map nothing ends the batch. */
static bool vi915_cs_is_lost(const struct vi915_cs *cs)
{
	const struct vi915_maps *maps = &cs->maps;

	return maps->stray &&
	       (!maps->count || cs->pc >= maps->map[maps->count - 1].end);
}

/* Skip MI_NOOPs up to the end of the page, as fast as memory can be read. */
static enum vi915_cs_status vi915_cs_noops(struct vi915_cs *cs)
{
	unsigned int first = (cs->pc & ~PAGE_MASK) / sizeof(u32);
	unsigned int i;

	for (i = first; i < PAGE_SIZE / sizeof(u32); i++)
		if (!VI915_CS_IS_NOOP(READ_ONCE(cs->window[i])))
			break;
	cs->stats.commands += i - first;
	cs->pc += (i - first) * sizeof(u32);
	return vi915_cs_is_lost(cs) ? VI915_CS_POLL : VI915_CS_MORE;
}

static bool vi915_cs_is_off(const struct vi915_cs *cs)
{
	const struct vi915_cs_regs *regs = cs->regs;

	switch (regs->predicate_enable) {
	case VI915_CS_OFF_NEVER:
		return false;
	case VI915_CS_OFF_CLEAR_2:
		return !(regs->predicate_result_2 & 1);
	case VI915_CS_OFF_SET_2:
		return regs->predicate_result_2 & 1;
	case VI915_CS_OFF_CLEAR:
		return !(regs->predicate_result & 1);
	case VI915_CS_OFF_SET:
		return regs->predicate_result & 1;
	default:
		return true;
	}
}

/* Copy the dwords behind the header; the header is copied already. */
static bool vi915_cs_copy(struct vi915_cs *cs, unsigned int len)
{
	unsigned int i;

	for (i = 1; i < len; i++)
		if (!vi915_cs_fetch(cs, cs->pc + i * sizeof(u32), &cs->dw[i]))
			return false;
	return true;
}

static enum vi915_cs_status vi915_cs_execute(struct vi915_cs *cs,
					     const struct vi915_cs_op *op,
					     unsigned int len)
{
	enum vi915_cs_status status = VI915_CS_MORE;

	if (!op->min)
		return vi915_cs_refuse(cs, VI915_CS_FAULT_OPCODE);
	if (len < op->min || len > op->max)
		return vi915_cs_refuse(cs, VI915_CS_FAULT_LENGTH);

	cs->next = cs->pc + len * sizeof(u32);
	if (op->run && (op->always || !vi915_cs_is_off(cs))) {
		if (!vi915_cs_copy(cs, len))
			return VI915_CS_FAULT;
		status = op->run(cs, len);
		if (status == VI915_CS_FAULT)
			return status;
	}
	cs->stats.commands++;
	/* The streamer stays at a blit until all of it is drawn. */
	if (!cs->blt.busy)
		cs->pc = cs->next;
	return status;
}

/* Length of a 3D or media command in dwords; 0 if there is no such command. */
static unsigned int vi915_cs_render_length(u32 header)
{
	u32 pipeline = header >> 27 & 0x3;
	u32 opcode = header >> 24 & 0x7;
	u32 command = header >> 16;

	switch (pipeline) {
	case 0:
		return opcode < 2 ? (header & 0xff) + 2 : 0;
	case 1:
		return opcode < 2 ? 1 : 0;
	case 2:
		/* MEDIA_* and GPGPU_WALKER have flags above bit 7. */
		if (opcode == 0 || command == 0x7105)
			return (header & 0xff) + 2;
		return (header & (opcode < 3 ? 0xffff : 0xfff)) + 2;
	default:
		return opcode < 4 ? (header & 0xff) + 2 : 0;
	}
}

static enum vi915_cs_status vi915_cs_render(struct vi915_cs *cs, u32 header)
{
	static const struct vi915_cs_op pipe_control = {
		.min = VI915_CS_PIPE_LENGTH, .max = VI915_CS_PIPE_LENGTH,
		.run = vi915_cs_pipe_control,
	};
	unsigned int len = vi915_cs_render_length(header);

	if (cs->regs->class == I915_ENGINE_CLASS_COPY || !len)
		return vi915_cs_refuse(cs, VI915_CS_FAULT_OPCODE);
	if (header >> 16 == VI915_CS_PIPE_CONTROL) {
		if (cs->regs->class != I915_ENGINE_CLASS_RENDER)
			return vi915_cs_refuse(cs, VI915_CS_FAULT_OPCODE);
		return vi915_cs_execute(cs, &pipe_control, len);
	}
	cs->stats.commands++;
	cs->stats.skipped++;
	cs->pc += len * sizeof(u32);
	return VI915_CS_MORE;
}

static enum vi915_cs_status vi915_cs_command(struct vi915_cs *cs)
{
	const struct vi915_cs_op *op;
	u32 header;

	cs->dw[0] = 0;
	if (!vi915_cs_fetch(cs, cs->pc, &header))
		return VI915_CS_FAULT;
	cs->dw[0] = header;
	switch (header >> 29) {
	case VI915_CS_TYPE_MI:
		if (VI915_CS_IS_NOOP(header))
			return vi915_cs_noops(cs);
		op = vi915_cs_mi_op(header);
		return vi915_cs_execute(cs, op, vi915_cs_mi_length(header));
	case VI915_CS_TYPE_BLT:
		if (cs->regs->class != I915_ENGINE_CLASS_COPY)
			break;
		op = vi915_cs_blt_op(header);
		return vi915_cs_execute(cs, op, (header & 0xff) + 2);
	case VI915_CS_TYPE_RENDER:
		return vi915_cs_render(cs, header);
	}
	return vi915_cs_refuse(cs, VI915_CS_FAULT_OPCODE);
}

static enum vi915_cs_status vi915_cs_blit(struct vi915_cs *cs)
{
	enum vi915_blt_status status;
	u64 bytes;

	status = vi915_blt_run(&cs->blt, &cs->maps, &cs->regs->scratch->blt,
			       VI915_CS_BLIT_BYTES, &bytes);
	cs->stats.bytes += bytes;
	cs->jumps = 0;
	if (status == VI915_BLT_UNMAPPED)
		return vi915_cs_unmapped(cs, cs->blt.bad);
	if (status == VI915_BLT_DONE)
		cs->pc = cs->next;
	return VI915_CS_MORE;
}

/* Charge the job for the time since the last look at the clock. */
static void vi915_cs_account(struct vi915_cs *cs, u64 now, u64 most)
{
	u64 spent = min(now - cs->clock, most);

	cs->clock = now;
	cs->regs->runtime_ns += spent;
	cs->spent_ns += spent;
	cs->stuck_ns = cs->arbitrated ? 0 : cs->stuck_ns + spent;
	cs->arbitrated = false;
}

static enum vi915_cs_status vi915_cs_slice(struct vi915_cs *cs, u64 until)
{
	enum vi915_cs_status status;
	unsigned int commands = 0;
	u64 page;
	u64 now;

	for (;;) {
		page = cs->pc >> PAGE_SHIFT;
		status = cs->blt.busy ? vi915_cs_blit(cs) :
					vi915_cs_command(cs);
		if (status != VI915_CS_MORE)
			return status;
		if (++commands % VI915_CS_COMMANDS && !cs->blt.busy &&
		    cs->pc >> PAGE_SHIFT == page)
			continue;
		now = ktime_get_ns();
		vi915_cs_account(cs, now, U64_MAX);
		if (now >= until)
			return VI915_CS_MORE;
	}
}

/**
 * vi915_cs_run() - go on with a job for a while
 * @cs: the streamer
 * @until: end of the slice, of ktime_get_ns(); one step is always taken
 *
 * After VI915_CS_POLL the time until the next call is charged to the job too,
 * up to 10 ms: on hardware it would have been spinning.
 *
 * Return: why the streamer returned.
 */
enum vi915_cs_status vi915_cs_run(struct vi915_cs *cs, u64 until)
{
	enum vi915_cs_status status;
	u64 now = ktime_get_ns();

	if (cs->done)
		return VI915_CS_DONE;
	if (cs->fault.kind != VI915_CS_FAULT_NONE)
		return VI915_CS_FAULT;

	if (cs->waited)
		vi915_cs_account(cs, now, VI915_CS_WAIT_NS);
	cs->clock = now;
	cs->jumps = 0;
	status = cs->hangs ? VI915_CS_POLL : vi915_cs_slice(cs, until);
	vi915_cs_account(cs, ktime_get_ns(), U64_MAX);
	cs->waited = status == VI915_CS_POLL;
	return status;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_cs_run);

/**
 * vi915_cs_dump() - read a piece of a batch for the error report
 * @cs: the streamer
 * @addr: GPU address of the first dword
 * @dwords: out: the dwords
 * @count: number of dwords wanted
 *
 * Return: number of dwords read; reading stops where nothing is mapped.
 */
unsigned int vi915_cs_dump(struct vi915_cs *cs, u64 addr, u32 *dwords,
			   unsigned int count)
{
	unsigned int i;
	size_t left;
	u32 *memory;

	if (!vi915_maps_plain(&addr))
		return 0;
	addr = ALIGN_DOWN(addr, sizeof(u32));
	for (i = 0; i < count; i++) {
		memory = vi915_maps_find(&cs->maps, addr + i * sizeof(u32),
					 &left);
		if (!memory)
			break;
		dwords[i] = READ_ONCE(*memory);
	}
	return i;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_cs_dump);
