/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_FORMATS_H
#define VI915_FORMATS_H

#include <drm/drm_color_mgmt.h>
#include <linux/types.h>

/**
 * struct vi915_yuv - how YUV becomes RGB; factors are fixed point, 1 << 16
 * @black: the luma of black
 * @y: luma to each of R, G, B
 * @r_cr: Cr to R
 * @g_cb: Cb to G, subtracted
 * @g_cr: Cr to G, subtracted
 * @b_cb: Cb to B
 */
struct vi915_yuv {
	s32 black;
	s32 y;
	s32 r_cr;
	s32 g_cb;
	s32 g_cr;
	s32 b_cb;
};

const struct vi915_yuv *vi915_formats_yuv(enum drm_color_encoding encoding,
					  enum drm_color_range range);
bool vi915_formats_is_argb(u32 format);
void vi915_formats_read(u32 format, const struct vi915_yuv *yuv,
			const void *from, const void *chroma, u32 x, u32 *to,
			u32 count);
void vi915_formats_write(u32 format, const u32 *from, void *to, u32 count);
void vi915_formats_rgb(const u32 *from, u8 *to, u32 count);

#endif
