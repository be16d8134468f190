/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_COPY_H
#define VI915_COPY_H

#include <linux/string.h>
#include <linux/types.h>

/* From here on the CPU's own copy is the faster one. */
#define VI915_COPY_LONG	256

/**
 * vi915_copy() - copy as fast as the CPU can
 * @to: where
 * @from: overlaps nothing of it
 * @bytes: how many
 *
 * Kernels that run on a CPU choose a memcpy() for it. One that runs in a
 * process does not, and has one that moves 8 bytes at a time. KASAN looks into
 * memcpy() only.
 */
static __always_inline void vi915_copy(void *to, const void *from, size_t bytes)
{
#if defined(CONFIG_UML) && defined(CONFIG_64BIT) && !defined(CONFIG_KASAN)
	size_t words = bytes / sizeof(u64);

	if (bytes >= VI915_COPY_LONG) {
		asm volatile("rep movsq"
			     : "+D" (to), "+S" (from), "+c" (words)
			     : : "memory");
		bytes %= sizeof(u64);
	}
#endif
	if (bytes)
		memcpy(to, from, bytes);
}

/**
 * vi915_copy_16() - copy 16 bytes
 * @to: where
 * @from: overlaps nothing of it
 *
 * In place of a call, which takes longer than the bytes do. A kernel that runs
 * in a process has the vector registers at hand: the host keeps them through
 * signals, and nothing else of the kernel uses them.
 */
static __always_inline void vi915_copy_16(u8 *to, const u8 *from)
{
#if defined(CONFIG_KASAN)
	memcpy(to, from, 16);
#elif defined(CONFIG_UML) && defined(CONFIG_64BIT)
	asm volatile("movups %1, %%xmm0\n\tmovups %%xmm0, %0"
		     : "=m" (*(u8 (*)[16])to)
		     : "m" (*(const u8 (*)[16])from));
#else
	__builtin_memcpy(to, from, 16);
#endif
}

#endif
