/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_CRC_H
#define VI915_CRC_H

#include <linux/types.h>

/**
 * struct vi915_crc - what is needed to work out CRCs of pictures
 * @table: the CRC of a byte with so many zero bytes behind it
 * @count: of the pixels that the factors below are for
 * @quarter: appends a quarter of them, see vi915_crc_pixels()
 * @whole: appends all of them
 * @fold: the CPU does most of it, see vi915_crc_fold()
 */
struct vi915_crc {
	u32 table[8][256];
	size_t count;
	u32 quarter;
	u32 whole;
	bool fold;
};

void vi915_crc_init(struct vi915_crc *crc);
u32 vi915_crc_pixels(struct vi915_crc *crc, const u32 *pixels, size_t count);
u32 vi915_crc_append(struct vi915_crc *crc, u32 before, u32 next, size_t count);

#endif
