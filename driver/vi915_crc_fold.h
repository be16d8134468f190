/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_CRC_FOLD_H
#define VI915_CRC_FOLD_H

#include <linux/types.h>

/* Pixels folded at a time: 64 bytes. */
#define VI915_CRC_FOLD	16

#if defined(CONFIG_UML) && defined(CONFIG_64BIT)

#include <asm/cpufeature.h>

/*
 * Powers of x modulo the CRC's polynomial, reflected: factors for the two
 * halves of 16 bytes that move them by 64 bytes, and by 16.
 */
static const u64 vi915_crc_fold_by_64[2] __aligned(16) = {
	0x0000000154442bd4ull, 0x00000001c6e41596ull
};

static const u64 vi915_crc_fold_by_16[2] __aligned(16) = {
	0x00000001751997d0ull, 0x00000000ccaa009eull
};

static const u64 vi915_crc_fold_mask[2] __aligned(16) = {
	0x00ffffff00ffffffull, 0x00ffffff00ffffffull
};

/**
 * vi915_crc_can_fold() - can the CPU multiply polynomials?
 *
 * Return: whether vi915_crc_fold() may be called.
 */
static inline bool vi915_crc_can_fold(void)
{
	return boot_cpu_has(X86_FEATURE_PCLMULQDQ);
}

/**
 * vi915_crc_fold() - find 16 bytes that have the same CRC
 * @pixels: little endian; the byte above R counts as zero
 * @count: number of @pixels, a multiple of &VI915_CRC_FOLD and not 0
 * @bytes: out: bytes whose CRC, from a start of 0, is that of all pixels
 *
 * Vector registers: see vi915_copy_16().
 */
static inline void vi915_crc_fold(const u32 *pixels, size_t count, u8 bytes[16])
{
	const u32 *end = pixels + count;

	/* xmm0 to xmm3 hold 64 bytes, xmm4 the factors. */
	asm volatile("movdqa %3, %%xmm6\n\t"
		     "movdqa %4, %%xmm4\n\t"
		     ".irp i, 0, 1, 2, 3\n\t"
		     "movdqu 16*\\i(%0), %%xmm\\i\n\t"
		     "pand %%xmm6, %%xmm\\i\n\t"
		     ".endr\n"
		     "1: add $64, %0\n\t"
		     "cmp %2, %0\n\t"
		     "jae 2f\n\t"
		     ".irp i, 0, 1, 2, 3\n\t"
		     "movdqa %%xmm\\i, %%xmm7\n\t"
		     "pclmulqdq $0x00, %%xmm4, %%xmm\\i\n\t"
		     "pclmulqdq $0x11, %%xmm4, %%xmm7\n\t"
		     "movdqu 16*\\i(%0), %%xmm5\n\t"
		     "pand %%xmm6, %%xmm5\n\t"
		     "pxor %%xmm7, %%xmm\\i\n\t"
		     "pxor %%xmm5, %%xmm\\i\n\t"
		     ".endr\n\t"
		     "jmp 1b\n"
		     "2: movdqa %5, %%xmm4\n\t"
		     ".irp i, 1, 2, 3\n\t"
		     "movdqa %%xmm0, %%xmm7\n\t"
		     "pclmulqdq $0x00, %%xmm4, %%xmm0\n\t"
		     "pclmulqdq $0x11, %%xmm4, %%xmm7\n\t"
		     "pxor %%xmm7, %%xmm0\n\t"
		     "pxor %%xmm\\i, %%xmm0\n\t"
		     ".endr\n\t"
		     "movups %%xmm0, %1"
		     : "+r" (pixels), "=m" (*(u8 (*)[16])bytes)
		     : "r" (end), "m" (vi915_crc_fold_mask),
		       "m" (vi915_crc_fold_by_64), "m" (vi915_crc_fold_by_16)
		     : "memory", "cc");
}

#else

static inline bool vi915_crc_can_fold(void)
{
	return false;
}

static inline void vi915_crc_fold(const u32 *pixels, size_t count, u8 bytes[16])
{
}

#endif

#endif
