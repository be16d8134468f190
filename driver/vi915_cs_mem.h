/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_CS_MEM_H
#define VI915_CS_MEM_H

#include <linux/types.h>

#include "vi915_stray.h"

struct vi915_cs;

bool vi915_cs_load32(struct vi915_cs *cs, u64 addr, u32 *value);
bool vi915_cs_load64(struct vi915_cs *cs, u64 addr, u64 *value);
bool vi915_cs_store32(struct vi915_cs *cs, u64 addr, u32 value);
bool vi915_cs_store64(struct vi915_cs *cs, u64 addr, u64 value);
void *vi915_cs_reach(struct vi915_cs *cs, u64 addr, enum vi915_stray_kind kind,
		     size_t bytes);

static inline u64 vi915_cs_pair(const u32 *dw)
{
	return dw[0] | (u64)dw[1] << 32;
}

#endif
