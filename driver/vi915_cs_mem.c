// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/align.h>
#include <linux/compiler.h>

#include "vi915_cs.h"
#include "vi915_cs_mem.h"

/**
 * DOC: memory of commands
 *
 * Loads and stores of one or two dwords. The hardware ignores bits 1:0 of an
 * address, and so do these. An aligned quadword is one access; an unaligned one
 * is two dwords, which may be in two pages: both are looked up before either is
 * written. An access to an unmapped address is a stray, or a fault of the
 * command.
 */

/**
 * vi915_cs_reach() - look up memory that a command names
 * @cs: the streamer
 * @addr: address as in the command; naturally aligned for @bytes
 * @kind: kind of access
 * @bytes: length of the access
 *
 * Return: the memory, mapped for @bytes; NULL after a fault was noted.
 */
void *vi915_cs_reach(struct vi915_cs *cs, u64 addr, enum vi915_stray_kind kind,
		     size_t bytes)
{
	size_t left;
	void *memory = vi915_maps_at(&cs->maps, addr, kind, &left);

	if (!memory || left < bytes) {
		vi915_cs_unmapped(cs, addr);
		return NULL;
	}
	return memory;
}

static u64 vi915_cs_dword(u64 addr)
{
	return ALIGN_DOWN(addr, sizeof(u32));
}

/**
 * vi915_cs_load32() - read a dword
 * @cs: the streamer
 * @addr: address as in the command
 * @value: out: the dword
 *
 * Return: whether it could be read; else the fault is noted.
 */
bool vi915_cs_load32(struct vi915_cs *cs, u64 addr, u32 *value)
{
	u32 *memory = vi915_cs_reach(cs, vi915_cs_dword(addr),
				     VI915_STRAY_READ, sizeof(u32));

	if (!memory)
		return false;
	*value = READ_ONCE(*memory);
	return true;
}

/**
 * vi915_cs_load64() - read a quadword
 * @cs: the streamer
 * @addr: address as in the command
 * @value: out: the quadword
 *
 * Return: whether it could be read; else the fault is noted.
 */
bool vi915_cs_load64(struct vi915_cs *cs, u64 addr, u64 *value)
{
	u64 *memory;
	u32 low, high;

	addr = vi915_cs_dword(addr);
	if (IS_ALIGNED(addr, sizeof(u64))) {
		memory = vi915_cs_reach(cs, addr, VI915_STRAY_READ, sizeof(u64));
		if (memory)
			*value = READ_ONCE(*memory);
		return memory;
	}
	if (!vi915_cs_load32(cs, addr, &low) ||
	    !vi915_cs_load32(cs, addr + sizeof(u32), &high))
		return false;
	*value = low | (u64)high << 32;
	return true;
}

/**
 * vi915_cs_store32() - write a dword
 * @cs: the streamer
 * @addr: address as in the command
 * @value: the dword
 *
 * Return: whether it was written; else the fault is noted.
 */
bool vi915_cs_store32(struct vi915_cs *cs, u64 addr, u32 value)
{
	u32 *memory = vi915_cs_reach(cs, vi915_cs_dword(addr),
				     VI915_STRAY_WRITE, sizeof(u32));

	if (!memory)
		return false;
	WRITE_ONCE(*memory, value);
	return true;
}

/**
 * vi915_cs_store64() - write a quadword
 * @cs: the streamer
 * @addr: address as in the command
 * @value: the quadword
 *
 * Return: whether all of it was written; else nothing is, and the fault is
 * noted.
 */
bool vi915_cs_store64(struct vi915_cs *cs, u64 addr, u64 value)
{
	u32 *low, *high;
	u64 *memory;

	addr = vi915_cs_dword(addr);
	if (IS_ALIGNED(addr, sizeof(u64))) {
		memory = vi915_cs_reach(cs, addr, VI915_STRAY_WRITE, sizeof(u64));
		if (memory)
			WRITE_ONCE(*memory, value);
		return memory;
	}
	low = vi915_cs_reach(cs, addr, VI915_STRAY_WRITE, sizeof(u32));
	if (!low)
		return false;
	high = vi915_cs_reach(cs, addr + sizeof(u32), VI915_STRAY_WRITE, sizeof(u32));
	if (!high)
		return false;
	WRITE_ONCE(*low, value);
	WRITE_ONCE(*high, value >> 32);
	return true;
}
