// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/test.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/pgtable.h>

#include "../vi915_fault.h"

#define VI915_FAULT_BYTES	((unsigned long)VI915_FAULT_PAGES << PAGE_SHIFT)

/* An address at the start of a window, with windows on both sides. */
#define VI915_FAULT_BASE	(VI915_FAULT_BYTES * 1000)

/* The last address that a mapping can end at. */
#define VI915_FAULT_TOP		(ULONG_MAX & PAGE_MASK)

struct vi915_fault_case {
	const char *name;
	unsigned long start;
	unsigned long end;
	unsigned long address;
	/* Page numbers relative to the start of the mapping. */
	pgoff_t first_page;
	pgoff_t end_page;
};

/* Address of page @n, counted from the base. */
#define VI915_PAGE(n)	(VI915_FAULT_BASE + (unsigned long)(n) * PAGE_SIZE)

static const struct vi915_fault_case vi915_fault_cases[] = {
	{ "one_page", VI915_PAGE(5), VI915_PAGE(6), VI915_PAGE(5), 0, 1 },
	{ "one_page_at_start_of_window", VI915_PAGE(0), VI915_PAGE(1),
	  VI915_PAGE(0), 0, 1 },
	{ "one_page_at_end_of_window", VI915_PAGE(511), VI915_PAGE(512),
	  VI915_PAGE(511), 0, 1 },
	{ "in_the_middle_of_a_page", VI915_PAGE(5), VI915_PAGE(8),
	  VI915_PAGE(6) + 123, 0, 3 },
	{ "last_byte_of_mapping", VI915_PAGE(5), VI915_PAGE(8),
	  VI915_PAGE(8) - 1, 0, 3 },
	{ "whole_window", VI915_PAGE(0), VI915_PAGE(512), VI915_PAGE(100),
	  0, 512 },
	{ "first_of_two_windows", VI915_PAGE(0), VI915_PAGE(1024),
	  VI915_PAGE(511), 0, 512 },
	{ "second_of_two_windows", VI915_PAGE(0), VI915_PAGE(1024),
	  VI915_PAGE(512), 512, 1024 },
	{ "mapping_across_a_border_below", VI915_PAGE(510), VI915_PAGE(514),
	  VI915_PAGE(511), 0, 2 },
	{ "mapping_across_a_border_above", VI915_PAGE(510), VI915_PAGE(514),
	  VI915_PAGE(512), 2, 4 },
	{ "misaligned_start", VI915_PAGE(7), VI915_PAGE(1024), VI915_PAGE(7),
	  0, 505 },
	{ "misaligned_middle", VI915_PAGE(7), VI915_PAGE(2000),
	  VI915_PAGE(600), 505, 1017 },
	{ "misaligned_end", VI915_PAGE(0), VI915_PAGE(1025),
	  VI915_PAGE(1024), 1024, 1025 },
	{ "start_of_the_address_space", 0, 2 * VI915_FAULT_BYTES, PAGE_SIZE,
	  0, 512 },
	{ "huge_mapping_start", PAGE_SIZE, VI915_FAULT_TOP, PAGE_SIZE,
	  0, 511 },
	{ "huge_mapping_end", PAGE_SIZE, VI915_FAULT_TOP,
	  VI915_FAULT_TOP - PAGE_SIZE,
	  (VI915_FAULT_TOP >> PAGE_SHIFT) - 512,
	  (VI915_FAULT_TOP >> PAGE_SHIFT) - 1 },
	{ "last_page_of_the_address_space", VI915_FAULT_TOP - PAGE_SIZE,
	  VI915_FAULT_TOP, VI915_FAULT_TOP - PAGE_SIZE, 0, 1 },
	{ "last_window_of_the_address_space",
	  VI915_FAULT_TOP - 2 * VI915_FAULT_BYTES, VI915_FAULT_TOP,
	  VI915_FAULT_TOP - PAGE_SIZE, 513, 1024 },
};

static void vi915_fault_test_around(struct kunit *test)
{
	const struct vi915_fault_case *row = test->param_value;
	struct vi915_fault_range range;

	range = vi915_fault_around(row->address, row->start, row->end);
	KUNIT_EXPECT_EQ(test, range.first, row->first_page);
	KUNIT_EXPECT_EQ(test, range.end, row->end_page);
}

struct vi915_fault_cover_case {
	const char *name;
	/* In pages; the start is relative to the base. */
	unsigned long start;
	unsigned long length;
};

static const struct vi915_fault_cover_case vi915_fault_cover_cases[] = {
	{ "one_page", 0, 1 },
	{ "one_window", 0, 512 },
	{ "one_page_less_than_a_window", 0, 511 },
	{ "one_page_more_than_a_window", 0, 513 },
	{ "window_moved_by_one", 1, 512 },
	{ "window_moved_back_by_one", 511, 512 },
	{ "border_between_two_pages", 511, 2 },
	{ "many_windows", 300, 5000 },
};

/*
 * For any mapping, the ranges of all its faults cover it exactly once; each
 * lies within a window, and all of its pages give the same range.
 */
static void vi915_fault_test_ranges_cover(struct kunit *test)
{
	const struct vi915_fault_cover_case *row = test->param_value;
	unsigned long start = VI915_PAGE(row->start);
	unsigned long end = start + row->length * PAGE_SIZE;
	struct vi915_fault_range range = {};
	pgoff_t page, expected = 0;

	for (page = 0; page < row->length; page++) {
		unsigned long address = start + page * PAGE_SIZE;

		/* At the start of a window, a range starts too. */
		if (page && address % VI915_FAULT_BYTES == 0) {
			KUNIT_ASSERT_EQ(test, range.end, page);
			expected = page;
		}

		range = vi915_fault_around(address, start, end);
		KUNIT_ASSERT_EQ(test, range.first, expected);
		KUNIT_ASSERT_GT(test, range.end, page);
		KUNIT_ASSERT_LE(test, range.end,
				min(range.first + VI915_FAULT_PAGES,
				    row->length));
	}
	KUNIT_EXPECT_EQ(test, range.end, row->length);
}

/* Byte @offset behind the @n-th address that a huge page can be mapped at. */
#define VI915_HUGE(n, offset)	(PMD_SIZE * (n) + (offset))
#define VI915_HUGE_PAGES	(PMD_SIZE >> PAGE_SHIFT)

struct vi915_fault_huge_case {
	const char *name;
	unsigned long start;
	unsigned long end;
	unsigned long address;
	bool fits;
	/* Page number relative to the start of the mapping. */
	pgoff_t first_page;
};

static const struct vi915_fault_huge_case vi915_fault_huge_cases[] = {
	{ "exactly_one", VI915_HUGE(5, 0), VI915_HUGE(6, 0),
	  VI915_HUGE(5, 0), true, 0 },
	{ "exactly_one_last_byte", VI915_HUGE(5, 0), VI915_HUGE(6, 0),
	  VI915_HUGE(6, -1), true, 0 },
	{ "second_of_two", VI915_HUGE(5, 0), VI915_HUGE(7, 0),
	  VI915_HUGE(6, PAGE_SIZE), true, VI915_HUGE_PAGES },
	{ "after_one_page", VI915_HUGE(5, -PAGE_SIZE), VI915_HUGE(6, 0),
	  VI915_HUGE(5, 0), true, 1 },
	{ "before_one_page", VI915_HUGE(5, 0), VI915_HUGE(6, PAGE_SIZE),
	  VI915_HUGE(5, 7), true, 0 },
	{ "page_before", VI915_HUGE(5, -PAGE_SIZE), VI915_HUGE(6, 0),
	  VI915_HUGE(5, -1), false },
	{ "page_after", VI915_HUGE(5, 0), VI915_HUGE(6, PAGE_SIZE),
	  VI915_HUGE(6, 0), false },
	{ "starts_a_page_late", VI915_HUGE(5, PAGE_SIZE), VI915_HUGE(6, 0),
	  VI915_HUGE(5, PAGE_SIZE), false },
	{ "ends_a_page_early", VI915_HUGE(5, 0), VI915_HUGE(6, -PAGE_SIZE),
	  VI915_HUGE(5, 0), false },
	{ "as_long_but_across_a_border", VI915_HUGE(5, PAGE_SIZE),
	  VI915_HUGE(6, PAGE_SIZE), VI915_HUGE(5, PAGE_SIZE), false },
	{ "one_page", VI915_HUGE(5, 0), VI915_HUGE(5, PAGE_SIZE),
	  VI915_HUGE(5, 0), false },
	{ "start_of_the_address_space", 0, VI915_HUGE(1, 0), 0, true, 0 },
	{ "end_of_the_address_space", VI915_HUGE(5, 0), VI915_FAULT_TOP,
	  VI915_FAULT_TOP - PAGE_SIZE, false },
};

static void vi915_fault_test_around_huge(struct kunit *test)
{
	const struct vi915_fault_huge_case *row = test->param_value;
	struct vi915_fault_range range;
	bool fits;

	fits = vi915_fault_around_huge(row->address, row->start, row->end,
				       &range);
	KUNIT_ASSERT_EQ(test, fits, row->fits);
	if (!fits)
		return;
	KUNIT_EXPECT_EQ(test, range.first, row->first_page);
	KUNIT_EXPECT_EQ(test, range.end, row->first_page + VI915_HUGE_PAGES);
}

KUNIT_ARRAY_PARAM_DESC(vi915_fault, vi915_fault_cases, name);
KUNIT_ARRAY_PARAM_DESC(vi915_fault_cover, vi915_fault_cover_cases, name);
KUNIT_ARRAY_PARAM_DESC(vi915_fault_huge, vi915_fault_huge_cases, name);

static struct kunit_case vi915_fault_test_cases[] = {
	KUNIT_CASE_PARAM(vi915_fault_test_around, vi915_fault_gen_params),
	KUNIT_CASE_PARAM(vi915_fault_test_ranges_cover,
			 vi915_fault_cover_gen_params),
	KUNIT_CASE_PARAM(vi915_fault_test_around_huge,
			 vi915_fault_huge_gen_params),
	{}
};

static struct kunit_suite vi915_fault_suite = {
	.name = "vi915_fault",
	.test_cases = vi915_fault_test_cases,
};

kunit_test_suite(vi915_fault_suite);
