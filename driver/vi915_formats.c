// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_fourcc.h>
#include <kunit/visibility.h>
#include <linux/bug.h>
#include <linux/export.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "vi915_formats.h"

/**
 * DOC: formats
 *
 * Pictures are made of ARGB8888 words. Other formats become such words, and
 * words become the format that writeback was asked for, by these rules:
 *
 * - a channel of 5 or 6 bits is extended by a copy of its high bits, so that
 *   all ones become 255; a channel of 10 bits is cut to its upper 8. Writing
 *   cuts the low bits, or appends the high ones, so that 5 and 6 bits survive
 *   reading and writing again unchanged;
 * - YUV is multiplied in 16.16 fixed point and rounded to the nearest; values
 *   out of range become 0 or 255. A chroma sample counts for all of the pixels
 *   that share it, without interpolation;
 * - a channel without meaning (X) is read as opaque, and written as all ones.
 */

#define VI915_FORMATS_OPAQUE	0xff000000u
#define VI915_FORMATS_HALF	0x8000

/*
 * Factors from Kr and Kb of the three standards by the usual formulas, times
 * 65536. Limited range has 219 steps of luma and 224 of chroma for 255.
 */
static const struct vi915_yuv
vi915_formats_yuvs[DRM_COLOR_ENCODING_MAX][DRM_COLOR_RANGE_MAX] = {
	[DRM_COLOR_YCBCR_BT601] = {
		[DRM_COLOR_YCBCR_LIMITED_RANGE] = {
			16, 76309, 104597, 25675, 53279, 132201
		},
		[DRM_COLOR_YCBCR_FULL_RANGE] = {
			0, 65536, 91881, 22553, 46802, 116130
		},
	},
	[DRM_COLOR_YCBCR_BT709] = {
		[DRM_COLOR_YCBCR_LIMITED_RANGE] = {
			16, 76309, 117489, 13975, 34925, 138438
		},
		[DRM_COLOR_YCBCR_FULL_RANGE] = {
			0, 65536, 103206, 12276, 30679, 121609
		},
	},
	[DRM_COLOR_YCBCR_BT2020] = {
		[DRM_COLOR_YCBCR_LIMITED_RANGE] = {
			16, 76309, 110014, 12277, 42626, 140363
		},
		[DRM_COLOR_YCBCR_FULL_RANGE] = {
			0, 65536, 96639, 10784, 37444, 123299
		},
	},
};

/**
 * vi915_formats_yuv() - how a plane's YUV becomes RGB
 * @encoding: the plane's
 * @range: the plane's
 *
 * Return: the factors.
 */
const struct vi915_yuv *vi915_formats_yuv(enum drm_color_encoding encoding,
					  enum drm_color_range range)
{
	if (WARN_ON(encoding >= DRM_COLOR_ENCODING_MAX ||
		    range >= DRM_COLOR_RANGE_MAX))
		return &vi915_formats_yuvs[0][0];
	return &vi915_formats_yuvs[encoding][range];
}
EXPORT_SYMBOL_IF_KUNIT(vi915_formats_yuv);

/**
 * vi915_formats_is_argb() - is a format read without conversion?
 * @format: DRM_FORMAT_*
 *
 * Return: whether its words are a picture's, except for the byte above R.
 */
bool vi915_formats_is_argb(u32 format)
{
	return format == DRM_FORMAT_XRGB8888 || format == DRM_FORMAT_ARGB8888;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_formats_is_argb);

static u32 vi915_formats_swap(u32 pixel)
{
	return (pixel & 0xff00ff00) | (pixel >> 16 & 0xff) |
	       (pixel & 0xff) << 16;
}

static u32 vi915_formats_from_565(u32 pixel)
{
	u32 r = pixel >> 11 & 0x1f;
	u32 g = pixel >> 5 & 0x3f;
	u32 b = pixel & 0x1f;

	return VI915_FORMATS_OPAQUE | (r << 3 | r >> 2) << 16 |
	       (g << 2 | g >> 4) << 8 | (b << 3 | b >> 2);
}

static u32 vi915_formats_from_30(u32 pixel)
{
	return VI915_FORMATS_OPAQUE | (pixel >> 22 & 0xff) << 16 |
	       (pixel >> 12 & 0xff) << 8 | (pixel >> 2 & 0xff);
}

static u32 vi915_formats_clamp(s32 fixed)
{
	return clamp(fixed >> 16, 0, 255);
}

/* The part of R, G and B that the pixels of one chroma sample share. */
struct vi915_formats_chroma {
	s32 r;
	s32 g;
	s32 b;
};

static struct vi915_formats_chroma
vi915_formats_chroma(const struct vi915_yuv *yuv, u8 cb, u8 cr)
{
	s32 u = cb - 128;
	s32 v = cr - 128;

	return (struct vi915_formats_chroma){
		.r = VI915_FORMATS_HALF + yuv->r_cr * v,
		.g = VI915_FORMATS_HALF - yuv->g_cb * u - yuv->g_cr * v,
		.b = VI915_FORMATS_HALF + yuv->b_cb * u,
	};
}

static u32 vi915_formats_from_yuv(const struct vi915_yuv *yuv, u8 y,
				  const struct vi915_formats_chroma *chroma)
{
	s32 luma = (y - yuv->black) * yuv->y;

	return VI915_FORMATS_OPAQUE |
	       vi915_formats_clamp(luma + chroma->r) << 16 |
	       vi915_formats_clamp(luma + chroma->g) << 8 |
	       vi915_formats_clamp(luma + chroma->b);
}

/*
 * Reads pixels in pairs that share a chroma sample: a pixel every @step bytes,
 * Cb and Cr every @step * 2. The first pixel may be the second of its pair, the
 * last pixel the first.
 */
static __always_inline void
vi915_formats_read_pairs(const struct vi915_yuv *yuv, const u8 *luma,
			 const u8 *cb, const u8 *cr, u32 step, u32 x, u32 *to,
			 u32 count)
{
	struct vi915_formats_chroma chroma;
	u32 odd = min(x % 2, count);
	u32 pairs = (count - odd) / 2;
	u32 i;

	if (odd) {
		chroma = vi915_formats_chroma(yuv, *cb, *cr);
		*to++ = vi915_formats_from_yuv(yuv, *luma, &chroma);
		luma += step;
		cb += step * 2;
		cr += step * 2;
	}
	for (i = 0; i < pairs; i++) {
		chroma = vi915_formats_chroma(yuv, cb[i * step * 2],
					      cr[i * step * 2]);
		to[i * 2] = vi915_formats_from_yuv(yuv, luma[i * step * 2],
						   &chroma);
		to[i * 2 + 1] = vi915_formats_from_yuv(yuv,
						       luma[i * step * 2 + step],
						       &chroma);
	}
	if ((count - odd) % 2) {
		chroma = vi915_formats_chroma(yuv, cb[i * step * 2],
					      cr[i * step * 2]);
		to[i * 2] = vi915_formats_from_yuv(yuv, luma[i * step * 2],
						   &chroma);
	}
}

/* @luma starts at the first pixel, @pair at the sample that it shares. */
static void vi915_formats_read_nv12(const struct vi915_yuv *yuv, const u8 *luma,
				    const u8 *pair, u32 x, u32 *to, u32 count)
{
	vi915_formats_read_pairs(yuv, luma, pair, pair + 1, 1, x, to, count);
}

/* @pair starts at the pair that the first pixel is in. */
static void vi915_formats_read_yuyv(const struct vi915_yuv *yuv, const u8 *pair,
				    u32 x, u32 *to, u32 count)
{
	vi915_formats_read_pairs(yuv, pair + x % 2 * 2, pair + 1, pair + 3, 2,
				 x, to, count);
}

/**
 * vi915_formats_read() - convert pixels to ARGB8888
 * @format: DRM_FORMAT_*, one that planes take
 * @yuv: factors for YUV formats; else NULL
 * @from: the first pixel; for YUYV the pair that it is in
 * @chroma: for NV12, the CbCr pair of the first pixel; else NULL
 * @x: column of the first pixel; an odd one is the second of its pair
 * @to: out: the pixels
 * @count: how many
 */
void vi915_formats_read(u32 format, const struct vi915_yuv *yuv,
			const void *from, const void *chroma, u32 x, u32 *to,
			u32 count)
{
	const u32 *words = from;
	const u16 *halves = from;
	u32 i;

	switch (format) {
	case DRM_FORMAT_ARGB8888:
		memcpy(to, from, count * sizeof(*to));
		break;
	case DRM_FORMAT_XRGB8888:
		for (i = 0; i < count; i++)
			to[i] = words[i] | VI915_FORMATS_OPAQUE;
		break;
	case DRM_FORMAT_ABGR8888:
		for (i = 0; i < count; i++)
			to[i] = vi915_formats_swap(words[i]);
		break;
	case DRM_FORMAT_XBGR8888:
		for (i = 0; i < count; i++)
			to[i] = vi915_formats_swap(words[i]) |
				VI915_FORMATS_OPAQUE;
		break;
	case DRM_FORMAT_RGB565:
		for (i = 0; i < count; i++)
			to[i] = vi915_formats_from_565(halves[i]);
		break;
	case DRM_FORMAT_XRGB2101010:
		for (i = 0; i < count; i++)
			to[i] = vi915_formats_from_30(words[i]);
		break;
	case DRM_FORMAT_NV12:
		vi915_formats_read_nv12(yuv, from, chroma, x, to, count);
		break;
	case DRM_FORMAT_YUYV:
		vi915_formats_read_yuyv(yuv, from, x, to, count);
		break;
	default:
		WARN_ON_ONCE(1);
		memset(to, 0, count * sizeof(*to));
	}
}
EXPORT_SYMBOL_IF_KUNIT(vi915_formats_read);

static u16 vi915_formats_to_565(u32 pixel)
{
	return (pixel >> 19 & 0x1f) << 11 | (pixel >> 10 & 0x3f) << 5 |
	       (pixel >> 3 & 0x1f);
}

static u32 vi915_formats_to_30(u32 pixel)
{
	u32 r = pixel >> 16 & 0xff;
	u32 g = pixel >> 8 & 0xff;
	u32 b = pixel & 0xff;

	return 0xc0000000 | (r << 2 | r >> 6) << 20 | (g << 2 | g >> 6) << 10 |
	       (b << 2 | b >> 6);
}

/**
 * vi915_formats_write() - convert pixels of a picture to another format
 * @format: DRM_FORMAT_*, one that writeback offers
 * @from: the pixels; the byte above R is ignored
 * @to: out: the pixels in @format
 * @count: how many
 */
void vi915_formats_write(u32 format, const u32 *from, void *to, u32 count)
{
	u32 *words = to;
	u16 *halves = to;
	u32 i;

	switch (format) {
	case DRM_FORMAT_XRGB8888:
	case DRM_FORMAT_ARGB8888:
		for (i = 0; i < count; i++)
			words[i] = from[i] | VI915_FORMATS_OPAQUE;
		break;
	case DRM_FORMAT_XBGR8888:
	case DRM_FORMAT_ABGR8888:
		for (i = 0; i < count; i++)
			words[i] = vi915_formats_swap(from[i]) |
				   VI915_FORMATS_OPAQUE;
		break;
	case DRM_FORMAT_RGB565:
		for (i = 0; i < count; i++)
			halves[i] = vi915_formats_to_565(from[i]);
		break;
	case DRM_FORMAT_XRGB2101010:
		for (i = 0; i < count; i++)
			words[i] = vi915_formats_to_30(from[i]);
		break;
	default:
		WARN_ON_ONCE(1);
	}
}
EXPORT_SYMBOL_IF_KUNIT(vi915_formats_write);

/**
 * vi915_formats_rgb() - convert pixels of a picture to PPM's bytes
 * @from: the pixels; the byte above R is ignored
 * @to: out: three bytes per pixel, R first
 * @count: how many
 */
void vi915_formats_rgb(const u32 *from, u8 *to, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++, to += 3) {
		to[0] = from[i] >> 16;
		to[1] = from[i] >> 8;
		to[2] = from[i];
	}
}
EXPORT_SYMBOL_IF_KUNIT(vi915_formats_rgb);
