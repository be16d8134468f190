// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/bits.h>
#include <linux/err.h>
#include <linux/math.h>

#include "../vi915_colour.h"

/* Tables and matrices, compared with their definition pixel by pixel. */

#define VI915_HUES_ONE	BIT_ULL(32)
#define VI915_HUES_MINUS	BIT_ULL(63)

struct vi915_hues {
	struct drm_color_lut degamma[VI915_COLOUR_ENTRIES];
	struct drm_color_lut gamma[VI915_COLOUR_ENTRIES];
	struct drm_color_ctm ctm;
	struct vi915_colour_request request;
};

static struct vi915_hues *vi915_hues_make(struct kunit *test)
{
	struct vi915_hues *hues = kunit_kzalloc(test, sizeof(*hues), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, hues);
	return hues;
}

static void vi915_hues_put(void *colour)
{
	vi915_colour_put(colour);
}

static struct vi915_colour *vi915_hues_colour(struct kunit *test,
					      struct vi915_hues *hues)
{
	struct vi915_colour *colour = vi915_colour_create(&hues->request);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, colour);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, vi915_hues_put,
							   colour));
	return colour;
}

static u32 vi915_hues_of(const struct vi915_colour *colour, u32 pixel)
{
	vi915_colour_apply(colour, &pixel, 1);
	return pixel & 0xffffff;
}

/* A straight line from 0 to the largest entry. */
static void vi915_hues_line(struct drm_color_lut *lut, unsigned int size)
{
	unsigned int i;

	for (i = 0; i < size; i++) {
		lut[i].red = i * 65535 / (size - 1);
		lut[i].green = lut[i].red;
		lut[i].blue = lut[i].red;
	}
}

static void vi915_hues_identity(struct vi915_hues *hues)
{
	unsigned int i;

	for (i = 0; i < 9; i++)
		hues->ctm.matrix[i] = i % 4 ? 0 : VI915_HUES_ONE;
}

struct vi915_hues_line_case {
	const char *name;
	bool degamma;
	bool ctm;
	unsigned int gamma;
};

static const struct vi915_hues_line_case vi915_hues_line_cases[] = {
	{ "legacy", false, false, VI915_COLOUR_LEGACY },
	{ "gamma", false, false, VI915_COLOUR_ENTRIES },
	{ "degamma", true, false, 0 },
	{ "both", true, false, VI915_COLOUR_ENTRIES },
	{ "degamma_and_legacy", true, false, VI915_COLOUR_LEGACY },
	{ "ctm", false, true, 0 },
	{ "ctm_and_legacy", false, true, VI915_COLOUR_LEGACY },
	{ "ctm_and_gamma", false, true, VI915_COLOUR_ENTRIES },
	{ "ctm_and_degamma", true, true, 0 },
	{ "all", true, true, VI915_COLOUR_ENTRIES },
};

/* Straight lines and an identity matrix change nothing, in any combination. */
static void vi915_hues_test_lines(struct kunit *test)
{
	const struct vi915_hues_line_case *row = test->param_value;
	struct vi915_hues *hues = vi915_hues_make(test);
	struct vi915_colour *colour;
	u32 value, pixel;

	vi915_hues_line(hues->degamma, VI915_COLOUR_ENTRIES);
	vi915_hues_line(hues->gamma, row->gamma ?: 2);
	vi915_hues_identity(hues);
	hues->request = (struct vi915_colour_request) {
		.degamma = row->degamma ? hues->degamma : NULL,
		.degamma_size = row->degamma ? VI915_COLOUR_ENTRIES : 0,
		.ctm = row->ctm ? &hues->ctm : NULL,
		.gamma = row->gamma ? hues->gamma : NULL,
		.gamma_size = row->gamma,
	};
	colour = vi915_hues_colour(test, hues);
	for (value = 0; value < VI915_COLOUR_VALUES; value++) {
		pixel = value << 16 | (255 - value) << 8 | (value ^ 0x55);
		KUNIT_EXPECT_EQ_MSG(test, vi915_hues_of(colour, pixel), pixel,
				    "value %u", value);
	}
}

/* Each entry of the legacy table is used for exactly one value. */
static void vi915_hues_test_legacy(struct kunit *test)
{
	struct vi915_hues *hues = vi915_hues_make(test);
	struct vi915_colour *colour;
	u32 i, expect;

	for (i = 0; i < VI915_COLOUR_LEGACY; i++) {
		hues->gamma[i].red = i * 7919;
		hues->gamma[i].green = 65535 - i * 257;
		hues->gamma[i].blue = i & 0xf8 ? 65535 : 128;
	}
	hues->request.gamma = hues->gamma;
	hues->request.gamma_size = VI915_COLOUR_LEGACY;
	colour = vi915_hues_colour(test, hues);
	for (i = 0; i < VI915_COLOUR_LEGACY; i++) {
		expect = DIV_ROUND_CLOSEST((i * 7919 & 0xffff) * 255, 65535) << 16 |
			 (255 - i) << 8 | (i & 0xf8 ? 255 : 0);
		KUNIT_EXPECT_EQ_MSG(test, expect,
				    vi915_hues_of(colour, i * 0x010101), "%u", i);
	}
}

/*
 * With one table a value uses the one of 1024 entries that repeats its bits;
 * with two tables, every second entry.
 */
static void vi915_hues_test_which_entry(struct kunit *test)
{
	static const struct {
		u32 value, one, two;
	} rows[] = {
		{ 0, 0, 0 }, { 1, 4, 4 }, { 63, 252, 252 }, { 64, 257, 256 },
		{ 128, 514, 514 }, { 255, 1023, 1023 },
	};
	struct vi915_hues *hues = vi915_hues_make(test);
	struct vi915_colour *colour;
	unsigned int i;

	hues->request.gamma = hues->gamma;
	hues->request.gamma_size = VI915_COLOUR_ENTRIES;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		hues->gamma[rows[i].one].green = 65535;
		colour = vi915_hues_colour(test, hues);
		KUNIT_EXPECT_EQ_MSG(test, 0xff00,
				    vi915_hues_of(colour, rows[i].value << 8),
				    "%u", rows[i].value);
		hues->gamma[rows[i].one].green = 0;
	}

	vi915_hues_line(hues->degamma, VI915_COLOUR_ENTRIES);
	hues->request.degamma = hues->degamma;
	hues->request.degamma_size = VI915_COLOUR_ENTRIES;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		hues->gamma[rows[i].two].green = 65535;
		colour = vi915_hues_colour(test, hues);
		KUNIT_EXPECT_EQ_MSG(test, 0xff00,
				    vi915_hues_of(colour, rows[i].value << 8),
				    "%u of two", rows[i].value);
		hues->gamma[rows[i].two].green = 0;
	}
}

struct vi915_hues_matrix_case {
	const char *name;
	u64 matrix[9];
	u32 pixel;
	u32 result;
};

static const struct vi915_hues_matrix_case vi915_hues_matrix_cases[] = {
	{ "swap_red_and_blue",
	  { 0, 0, VI915_HUES_ONE, 0, VI915_HUES_ONE, 0, VI915_HUES_ONE, 0, 0 },
	  0x123456, 0x563412 },
	{ "half", { VI915_HUES_ONE / 2, 0, 0, 0, VI915_HUES_ONE / 2, 0,
		    0, 0, VI915_HUES_ONE / 2 }, 0xff8002, 0x804001 },
	{ "too_much_is_white",
	  { VI915_HUES_ONE, VI915_HUES_ONE, 0, 0, VI915_HUES_ONE, 0,
	    0, 0, VI915_HUES_ONE }, 0x808001, 0xff8001 },
	{ "too_little_is_black",
	  { VI915_HUES_ONE, VI915_HUES_MINUS | VI915_HUES_ONE, 0,
	    VI915_HUES_MINUS | VI915_HUES_ONE, 0, 0, 0, 0, VI915_HUES_ONE },
	  0x203040, 0x000040 },
	{ "difference",
	  { VI915_HUES_ONE, VI915_HUES_MINUS | VI915_HUES_ONE, 0,
	    0, VI915_HUES_ONE, 0, 0, 0, VI915_HUES_ONE }, 0x503001, 0x203001 },
	{ "factors_end_below_4",
	  { 100 * VI915_HUES_ONE, 0, 0, 0, VI915_HUES_MINUS - 1, 0,
	    0, 0, U64_MAX }, 0x102030, 0x408000 },
	{ "nothing", {}, 0xffffff, 0 },
};

static void vi915_hues_test_matrix(struct kunit *test)
{
	const struct vi915_hues_matrix_case *row = test->param_value;
	struct vi915_hues *hues = vi915_hues_make(test);

	memcpy(hues->ctm.matrix, row->matrix, sizeof(row->matrix));
	hues->request.ctm = &hues->ctm;
	KUNIT_EXPECT_EQ(test, row->result,
			vi915_hues_of(vi915_hues_colour(test, hues),
				      row->pixel | 0xab000000));
}

KUNIT_ARRAY_PARAM_DESC(vi915_hues_line, vi915_hues_line_cases, name);
KUNIT_ARRAY_PARAM_DESC(vi915_hues_matrix, vi915_hues_matrix_cases, name);

static struct kunit_case vi915_hues_cases[] = {
	KUNIT_CASE(vi915_hues_test_legacy),
	KUNIT_CASE_PARAM(vi915_hues_test_lines, vi915_hues_line_gen_params),
	KUNIT_CASE_PARAM(vi915_hues_test_matrix, vi915_hues_matrix_gen_params),
	KUNIT_CASE(vi915_hues_test_which_entry),
	{}
};

static struct kunit_suite vi915_hues_suite = {
	.name = "vi915_colour",
	.test_cases = vi915_hues_cases,
};

kunit_test_suite(vi915_hues_suite);
