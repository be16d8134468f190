// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/test.h>
#include <linux/crc32.h>
#include <linux/prandom.h>

#include "../vi915_crc.h"

#define VI915_CRC_LONGEST	4096

/* The kernel's own CRC-32 of the same pixels with X = 0. */
static u32 vi915_crc_expected(u32 before, u32 *pixels, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		pixels[i] &= 0xffffff;
	return crc32_le(before, (u8 *)pixels, count * sizeof(*pixels));
}

/* Lengths with every possible remainder, and some without one. */
static void vi915_crc_check_lengths(struct kunit *test, struct vi915_crc *crc)
{
	u32 *pixels = kunit_kzalloc(test, VI915_CRC_LONGEST * sizeof(*pixels),
				    GFP_KERNEL);
	struct rnd_state rnd;
	size_t count;
	u32 got;

	KUNIT_ASSERT_NOT_NULL(test, pixels);
	prandom_seed_state(&rnd, 1);
	for (count = 0; count <= VI915_CRC_LONGEST;
	     count += count < 40 ? 1 : 507) {
		prandom_bytes_state(&rnd, pixels, count * sizeof(*pixels));
		got = vi915_crc_pixels(crc, pixels, count);
		KUNIT_EXPECT_EQ_MSG(test, got,
				    vi915_crc_expected(0, pixels, count),
				    "of %zu pixels", count);
	}
}

static void vi915_crc_test_lengths(struct kunit *test)
{
	struct vi915_crc *crc = kunit_kzalloc(test, sizeof(*crc), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, crc);
	vi915_crc_init(crc);
	vi915_crc_check_lengths(test, crc);
}

/* The code for CPUs without suitable instructions. */
static void vi915_crc_test_without_fold(struct kunit *test)
{
	struct vi915_crc *crc = kunit_kzalloc(test, sizeof(*crc), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, crc);
	vi915_crc_init(crc);
	if (!crc->fold)
		kunit_skip(test, "the CPU has no PCLMULQDQ: the other test did it");
	crc->fold = false;
	vi915_crc_check_lengths(test, crc);
}

/* The CRCs of bands of different lengths combine to that of the whole. */
static void vi915_crc_test_appends(struct kunit *test)
{
	static const size_t bands[] = { 640, 640, 0, 1, 16, 333, 640 };
	struct vi915_crc *crc = kunit_kzalloc(test, sizeof(*crc), GFP_KERNEL);
	u32 *pixels = kunit_kzalloc(test, VI915_CRC_LONGEST * sizeof(*pixels),
				    GFP_KERNEL);
	u32 got = U32_MAX, next;
	struct rnd_state rnd;
	size_t i, done = 0;

	KUNIT_ASSERT_NOT_NULL(test, crc);
	KUNIT_ASSERT_NOT_NULL(test, pixels);
	vi915_crc_init(crc);
	prandom_seed_state(&rnd, 2);
	prandom_bytes_state(&rnd, pixels, VI915_CRC_LONGEST * sizeof(*pixels));
	for (i = 0; i < ARRAY_SIZE(bands); i++) {
		/* Each starts at a multiple of 8 bytes. */
		u32 *band = kunit_kmalloc(test, 640 * sizeof(*band), GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, band);
		memcpy(band, pixels + done, bands[i] * sizeof(*band));
		next = vi915_crc_pixels(crc, band, bands[i]);
		got = vi915_crc_append(crc, got, next, bands[i]);
		done += bands[i];
		KUNIT_EXPECT_EQ(test, got,
				vi915_crc_expected(U32_MAX, pixels, done));
	}
}

/* A reference value: zlib.crc32(bytes(4 * 1024)) in Python. */
static void vi915_crc_test_zlib(struct kunit *test)
{
	struct vi915_crc *crc = kunit_kzalloc(test, sizeof(*crc), GFP_KERNEL);
	u32 *pixels = kunit_kzalloc(test, 1024 * sizeof(*pixels), GFP_KERNEL);
	u32 got;

	KUNIT_ASSERT_NOT_NULL(test, crc);
	KUNIT_ASSERT_NOT_NULL(test, pixels);
	vi915_crc_init(crc);
	memset(pixels, 0, 1024 * sizeof(*pixels));
	got = vi915_crc_append(crc, U32_MAX,
			       vi915_crc_pixels(crc, pixels, 1024), 1024);
	KUNIT_EXPECT_EQ(test, ~got, 0xc71c0011u);
	memset(pixels, 0xff, 1024 * sizeof(*pixels));
	got = vi915_crc_append(crc, U32_MAX,
			       vi915_crc_pixels(crc, pixels, 1024), 1024);
	KUNIT_EXPECT_EQ(test, ~got, 0x1d897201u);
}

static struct kunit_case vi915_crc_tests[] = {
	KUNIT_CASE(vi915_crc_test_lengths),
	KUNIT_CASE(vi915_crc_test_without_fold),
	KUNIT_CASE(vi915_crc_test_appends),
	KUNIT_CASE(vi915_crc_test_zlib),
	{}
};

static struct kunit_suite vi915_crc_suite = {
	.name = "vi915_crc",
	.test_cases = vi915_crc_tests,
};

kunit_test_suite(vi915_crc_suite);
