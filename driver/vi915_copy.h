/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_COPY_H
#define VI915_COPY_H

#include <linux/string.h>
#include <linux/types.h>

/* From this many bytes on, rep movs is faster than memcpy(). */
#define VI915_COPY_LONG	256

/**
 * vi915_copy() - copy as fast as the CPU can
 * @to: destination
 * @from: source; does not overlap the destination
 * @bytes: number of bytes
 *
 * Other kernels choose a memcpy() that suits the CPU. UML does not: its own
 * moves 8 bytes at a time. With KASAN memcpy() is used, as KASAN checks only
 * that.
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
 * @to: destination
 * @from: source; does not overlap the destination
 *
 * Inlined, as a call takes longer than the copy. UML can use vector registers:
 * the host saves them across signals, and nothing else in the kernel uses them.
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
