/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_CRC_H
#define VI915_CRC_H

#include <linux/types.h>

/**
 * struct vi915_crc - tables and factors for CRCs of pictures
 * @table: table[n][byte]: CRC of a byte with n zero bytes behind it
 * @count: number of pixels that the factors below are for
 * @quarter: factor to append a quarter of them, see vi915_crc_pixels()
 * @whole: factor to append all of them
 * @fold: vi915_crc_fold() can be used
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
