// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/visibility.h>
#include <linux/export.h>

#include "vi915_rop.h"

/**
 * DOC: raster operations
 *
 * BR13 names one of 256 functions of three bits: pattern, source, destination.
 * The code is the function's truth table: bit (P << 2 | S << 1 | D) is the
 * result. A command has one operand besides the destination, so only the 16
 * functions that do not depend on the missing operand make sense: four bits
 * suffice.
 */

/**
 * vi915_rop_of_source() - reduce a code for a command with a source
 * @rop3: operation code of BR13
 *
 * Return: a function of source and destination; -1 if it needs a pattern.
 */
int vi915_rop_of_source(u8 rop3)
{
	if (rop3 >> 4 != (rop3 & 0xf))
		return -1;
	return rop3 & 0xf;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_rop_of_source);

/**
 * vi915_rop_of_pattern() - reduce a code for a command with a colour
 * @rop3: operation code of BR13
 *
 * Return: a function of colour and destination; -1 if it needs a source.
 */
int vi915_rop_of_pattern(u8 rop3)
{
	if ((rop3 >> 2 & 0x33) != (rop3 & 0x33))
		return -1;
	return (rop3 >> 2 & 0xc) | (rop3 & 0x3);
}
EXPORT_SYMBOL_IF_KUNIT(vi915_rop_of_pattern);

/**
 * vi915_rop_reads_dst() - does the result depend on the destination?
 * @rop: one of the 16 functions
 *
 * Return: whether it does.
 */
bool vi915_rop_reads_dst(u8 rop)
{
	return (rop >> 1 & 0x5) != (rop & 0x5);
}
EXPORT_SYMBOL_IF_KUNIT(vi915_rop_reads_dst);

static u64 vi915_rop_word(u8 rop, u64 s, u64 d)
{
	u64 result = 0;

	if (rop & 1)
		result |= ~s & ~d;
	if (rop & 2)
		result |= ~s & d;
	if (rop & 4)
		result |= s & ~d;
	if (rop & 8)
		result |= s & d;
	return result;
}

/**
 * vi915_rop_apply() - combine an operand with the destination
 * @rop: one of the 16 functions
 * @mask: bits of each word that may change
 * @dst: destination; in and out
 * @operand: source or colour
 * @words: number of words of both
 */
void vi915_rop_apply(u8 rop, u64 mask, u64 *dst, const u64 *operand,
		     size_t words)
{
	size_t i;

	/* The commonest case here: a copy of some channels. */
	if (rop == VI915_ROP_COPY) {
		for (i = 0; i < words; i++)
			dst[i] ^= (dst[i] ^ operand[i]) & mask;
		return;
	}
	for (i = 0; i < words; i++)
		dst[i] ^= (dst[i] ^ vi915_rop_word(rop, operand[i], dst[i])) &
			  mask;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_rop_apply);
