// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_fourcc.h>
#include <kunit/test.h>

#include "../vi915_formats.h"

struct vi915_formats_case {
	const char *name;
	u32 format;
	u32 raw;
	u32 argb;
	u32 written;
};

/*
 * For each format: a pixel, the colour read from it, and the pixel written for
 * it.
 */
static const struct vi915_formats_case vi915_formats_cases[] = {
	{ "xrgb8888", DRM_FORMAT_XRGB8888, 0x00123456, 0xff123456, 0xff123456 },
	{ "argb8888", DRM_FORMAT_ARGB8888, 0x40123456, 0x40123456, 0xff123456 },
	{ "xbgr8888", DRM_FORMAT_XBGR8888, 0x00563412, 0xff123456, 0xff563412 },
	{ "abgr8888", DRM_FORMAT_ABGR8888, 0x40563412, 0x40123456, 0xff563412 },
	{ "rgb565_black", DRM_FORMAT_RGB565, 0x0000, 0xff000000, 0x0000 },
	{ "rgb565_white", DRM_FORMAT_RGB565, 0xffff, 0xffffffff, 0xffff },
	{ "rgb565_red", DRM_FORMAT_RGB565, 0xf800, 0xffff0000, 0xf800 },
	{ "rgb565_green", DRM_FORMAT_RGB565, 0x07e0, 0xff00ff00, 0x07e0 },
	{ "rgb565_blue", DRM_FORMAT_RGB565, 0x001f, 0xff0000ff, 0x001f },
	{ "rgb565_lowest", DRM_FORMAT_RGB565, 0x0821, 0xff080408, 0x0821 },
	{ "rgb565_highest", DRM_FORMAT_RGB565, 0x8410, 0xff848284, 0x8410 },
	{ "xrgb30_black", DRM_FORMAT_XRGB2101010, 0, 0xff000000, 0xc0000000 },
	{ "xrgb30_white", DRM_FORMAT_XRGB2101010, 0x3fffffff, 0xffffffff,
	  0xffffffff },
	{ "xrgb30_red", DRM_FORMAT_XRGB2101010, 0x3ff00000, 0xffff0000,
	  0xfff00000 },
	{ "xrgb30_green", DRM_FORMAT_XRGB2101010, 0x000ffc00, 0xff00ff00,
	  0xc00ffc00 },
	{ "xrgb30_blue", DRM_FORMAT_XRGB2101010, 0x000003ff, 0xff0000ff,
	  0xc00003ff },
	/* Two bits are lost; when written they are copies of the upper bits. */
	{ "xrgb30_low_bits", DRM_FORMAT_XRGB2101010, 0x20080203, 0xff808080,
	  0xe0280a02 },
};

static void vi915_formats_test_rgb(struct kunit *test)
{
	const struct vi915_formats_case *row = test->param_value;
	u32 got = 0, written = 0;

	vi915_formats_read(row->format, NULL, &row->raw, NULL, 0, &got, 1);
	KUNIT_EXPECT_EQ(test, got, row->argb);
	vi915_formats_write(row->format, &got, &written, 1);
	KUNIT_EXPECT_EQ(test, written, row->written);
}

/* Each of the 65536 pixels stays the same when it is read and written. */
static void vi915_formats_test_565_survives(struct kunit *test)
{
	u32 pixel;
	u16 in, out;

	for (in = 0; in < U16_MAX; in++) {
		vi915_formats_read(DRM_FORMAT_RGB565, NULL, &in, NULL, 0,
				   &pixel, 1);
		vi915_formats_write(DRM_FORMAT_RGB565, &pixel, &out, 1);
		KUNIT_ASSERT_EQ(test, in, out);
	}
}

struct vi915_formats_yuv_case {
	const char *name;
	enum drm_color_encoding encoding;
	enum drm_color_range range;
	u8 y;
	u8 cb;
	u8 cr;
	u32 rgb;
};

#define BT601	DRM_COLOR_YCBCR_BT601
#define BT709	DRM_COLOR_YCBCR_BT709
#define BT2020	DRM_COLOR_YCBCR_BT2020
#define LIMITED	DRM_COLOR_YCBCR_LIMITED_RANGE
#define FULL	DRM_COLOR_YCBCR_FULL_RANGE

/*
 * Computed from the standards' Kr and Kb in floating point: primaries rounded
 * as an encoder does, and the exact colours of these values.
 */
static const struct vi915_formats_yuv_case vi915_formats_yuv_cases[] = {
	{ "601_black", BT601, LIMITED, 16, 128, 128, 0x000000 },
	{ "601_white", BT601, LIMITED, 235, 128, 128, 0xffffff },
	{ "601_grey", BT601, LIMITED, 126, 128, 128, 0x808080 },
	{ "601_below_black", BT601, LIMITED, 0, 128, 128, 0x000000 },
	{ "601_above_white", BT601, LIMITED, 255, 128, 128, 0xffffff },
	{ "601_red", BT601, LIMITED, 81, 90, 240, 0xfe0000 },
	{ "601_green", BT601, LIMITED, 145, 54, 34, 0x00ff01 },
	{ "601_blue", BT601, LIMITED, 41, 240, 110, 0x0000ff },
	{ "601_yellow", BT601, LIMITED, 210, 16, 146, 0xffff00 },
	{ "601_skin", BT601, LIMITED, 158, 109, 152, 0xcc997f },
	{ "601_full_black", BT601, FULL, 0, 128, 128, 0x000000 },
	{ "601_full_white", BT601, FULL, 255, 128, 128, 0xffffff },
	{ "601_full_grey", BT601, FULL, 77, 128, 128, 0x4d4d4d },
	{ "601_full_red", BT601, FULL, 76, 85, 255, 0xfe0000 },
	{ "601_full_green", BT601, FULL, 150, 44, 21, 0x00ff01 },
	{ "601_full_blue", BT601, FULL, 29, 255, 107, 0x0000fe },
	{ "601_full_skin", BT601, FULL, 165, 107, 156, 0xcc9880 },
	{ "709_black", BT709, LIMITED, 16, 128, 128, 0x000000 },
	{ "709_white", BT709, LIMITED, 235, 128, 128, 0xffffff },
	{ "709_red", BT709, LIMITED, 63, 102, 240, 0xff0100 },
	{ "709_green", BT709, LIMITED, 173, 42, 26, 0x00ff01 },
	{ "709_blue", BT709, LIMITED, 32, 240, 118, 0x0100ff },
	{ "709_skin", BT709, LIMITED, 155, 112, 151, 0xcb9980 },
	{ "709_full_white", BT709, FULL, 255, 128, 128, 0xffffff },
	{ "709_full_red", BT709, FULL, 54, 99, 255, 0xfe0000 },
	{ "709_full_green", BT709, FULL, 182, 30, 12, 0x00ff00 },
	{ "709_full_blue", BT709, FULL, 18, 255, 116, 0x0000fe },
	{ "709_full_skin", BT709, FULL, 162, 109, 155, 0xcd997f },
	{ "2020_red", BT2020, LIMITED, 74, 97, 240, 0xff0001 },
	{ "2020_green", BT2020, LIMITED, 164, 47, 25, 0x00fe00 },
	{ "2020_blue", BT2020, LIMITED, 29, 240, 119, 0x0000ff },
	{ "2020_skin", BT2020, LIMITED, 158, 111, 151, 0xcc9a81 },
	{ "2020_full_red", BT2020, FULL, 67, 92, 255, 0xfe0000 },
	{ "2020_full_green", BT2020, FULL, 173, 36, 11, 0x00ff00 },
	{ "2020_full_blue", BT2020, FULL, 15, 255, 118, 0x0000fe },
	{ "2020_full_skin", BT2020, FULL, 165, 108, 155, 0xcd997f },
};

static void vi915_formats_test_yuv(struct kunit *test)
{
	const struct vi915_formats_yuv_case *row = test->param_value;
	const struct vi915_yuv *yuv = vi915_formats_yuv(row->encoding,
							row->range);
	u8 chroma[] = { row->cb, row->cr };
	u8 pair[] = { row->y, row->cb, row->y, row->cr };
	u32 nv12 = 0, yuyv = 0;

	vi915_formats_read(DRM_FORMAT_NV12, yuv, &row->y, chroma, 0, &nv12, 1);
	KUNIT_EXPECT_EQ(test, nv12, 0xff000000 | row->rgb);
	vi915_formats_read(DRM_FORMAT_YUYV, yuv, pair, NULL, 0, &yuyv, 1);
	KUNIT_EXPECT_EQ(test, yuyv, 0xff000000 | row->rgb);
}

/* A row may begin and end in the middle of a pair. */
static void vi915_formats_test_pairs(struct kunit *test)
{
	const struct vi915_yuv *yuv = vi915_formats_yuv(BT601, LIMITED);
	static const u8 luma[] = { 81, 81, 41, 41, 145, 145 };
	static const u8 chroma[] = { 90, 240, 240, 110, 54, 34 };
	static const u8 pairs[] = {
		81, 90, 81, 240, 41, 240, 41, 110, 145, 54, 145, 34
	};
	static const u32 expect[] = {
		0xfffe0000, 0xfffe0000, 0xff0000ff, 0xff0000ff, 0xff00ff01,
		0xff00ff01
	};
	u32 x, count, got[6];

	for (x = 0; x < 6; x++) {
		for (count = 0; x + count <= 6; count++) {
			memset(got, 0, sizeof(got));
			vi915_formats_read(DRM_FORMAT_NV12, yuv, luma + x,
					   chroma + x / 2 * 2, x, got, count);
			KUNIT_EXPECT_MEMEQ(test, got, expect + x,
					   count * sizeof(*got));
			memset(got, 0, sizeof(got));
			vi915_formats_read(DRM_FORMAT_YUYV, yuv,
					   pairs + x / 2 * 4, NULL, x, got,
					   count);
			KUNIT_EXPECT_MEMEQ(test, got, expect + x,
					   count * sizeof(*got));
		}
	}
}

static void vi915_formats_test_ppm(struct kunit *test)
{
	static const u32 pixels[] = { 0x00123456, 0xff789abc };
	static const u8 expect[] = { 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc };
	u8 got[6];

	vi915_formats_rgb(pixels, got, 2);
	KUNIT_EXPECT_MEMEQ(test, got, expect, sizeof(expect));
}

static void vi915_formats_describe(const struct vi915_formats_case *row,
				   char *desc)
{
	strscpy(desc, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(vi915_formats, vi915_formats_cases, vi915_formats_describe);

static void vi915_formats_yuv_describe(const struct vi915_formats_yuv_case *row,
				       char *desc)
{
	strscpy(desc, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(vi915_formats_yuv, vi915_formats_yuv_cases,
		  vi915_formats_yuv_describe);

static struct kunit_case vi915_formats_tests[] = {
	KUNIT_CASE_PARAM(vi915_formats_test_rgb, vi915_formats_gen_params),
	KUNIT_CASE(vi915_formats_test_565_survives),
	KUNIT_CASE_PARAM(vi915_formats_test_yuv, vi915_formats_yuv_gen_params),
	KUNIT_CASE(vi915_formats_test_pairs),
	KUNIT_CASE(vi915_formats_test_ppm),
	{}
};

static struct kunit_suite vi915_formats_suite = {
	.name = "vi915_formats",
	.test_cases = vi915_formats_tests,
};

kunit_test_suite(vi915_formats_suite);
