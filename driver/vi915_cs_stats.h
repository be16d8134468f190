/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_CS_STATS_H
#define VI915_CS_STATS_H

#include <linux/types.h>

/**
 * struct vi915_cs_stats - what a job did
 * @commands: commands executed or stepped over
 * @skipped: 3D and media commands, which are only stepped over
 * @blits: blits begun
 * @bytes: bytes moved or filled by blits
 */
struct vi915_cs_stats {
	u64 commands;
	u64 skipped;
	u64 blits;
	u64 bytes;
};

#endif
