/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_ROP_H
#define VI915_ROP_H

#include <linux/types.h>

/* One of 16 functions of operand and destination; bit (operand << 1 | dst). */
#define VI915_ROP_COPY	0xc

int vi915_rop_of_source(u8 rop3);
int vi915_rop_of_pattern(u8 rop3);
bool vi915_rop_reads_dst(u8 rop);
void vi915_rop_apply(u8 rop, u64 mask, u64 *dst, const u64 *operand,
		     size_t words);

#endif
