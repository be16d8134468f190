// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/test.h>
#include <linux/errno.h>

#include "../vi915_inject.h"

/* Most calls in a row of the table. */
#define VI915_INJECT_CALLS	12

struct vi915_inject_case {
	const char *name;
	struct vi915_when when;
	/* One character per call: '.' succeeds, 'x' fails. */
	const char *calls;
};

static const struct vi915_inject_case vi915_inject_cases[] = {
	{ "never", { VI915_WHEN_NEVER, 0 }, "............" },
	{ "the_first", { VI915_WHEN_ONCE, 1 }, "x..........." },
	{ "the_second", { VI915_WHEN_ONCE, 2 }, ".x.........." },
	{ "the_last", { VI915_WHEN_ONCE, 12 }, "...........x" },
	{ "later", { VI915_WHEN_ONCE, 13 }, "............" },
	{ "each", { VI915_WHEN_EVERY, 1 }, "xxxxxxxxxxxx" },
	{ "every_other", { VI915_WHEN_EVERY, 2 }, ".x.x.x.x.x.x" },
	{ "every_third", { VI915_WHEN_EVERY, 3 }, "..x..x..x..x" },
	{ "every_fifth", { VI915_WHEN_EVERY, 5 }, "....x....x.." },
	{ "after_one", { VI915_WHEN_AFTER, 1 }, ".xxxxxxxxxxx" },
	{ "after_eleven", { VI915_WHEN_AFTER, 11 }, "...........x" },
	{ "after_all", { VI915_WHEN_AFTER, 12 }, "............" },
	{ "the_last_number", { VI915_WHEN_ONCE, INT_MAX - 1 }, "............" },
	{ "every_last_number", { VI915_WHEN_EVERY, INT_MAX - 1 },
	  "............" },
	{ "after_the_last_number", { VI915_WHEN_AFTER, INT_MAX - 1 },
	  "............" },
};

static void vi915_inject_describe(const struct vi915_inject_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(vi915_inject, vi915_inject_cases, vi915_inject_describe);

/* A copy of a point for the test, whose lock no other thread takes. */
static struct vi915_inject_point *vi915_inject_alloc(struct kunit *test)
{
	struct vi915_inject_point *point;

	point = kunit_kzalloc(test, sizeof(*point), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, point);
	return point;
}

static void vi915_inject_expect(struct kunit *test,
				struct vi915_inject_point *point,
				const char *calls)
{
	u64 failures = point->failures, before = point->calls;
	unsigned int i;
	bool strikes;
	int error;

	for (i = 0; i < VI915_INJECT_CALLS; i++) {
		error = vi915_inject_strike(point, &strikes);
		KUNIT_EXPECT_EQ_MSG(test, strikes, calls[i] == 'x', "call %u",
				    i + 1);
		KUNIT_EXPECT_EQ(test, error, strikes ? -ENODEV : 0);
		failures += strikes;
		KUNIT_EXPECT_EQ(test, point->calls, before + i + 1);
		KUNIT_EXPECT_EQ(test, point->failures, failures);
	}
}

/* Whichever framework decides in this kernel. */
static void vi915_inject_test_calls(struct kunit *test)
{
	const struct vi915_inject_case *c = test->param_value;
	struct vi915_inject_point *point = vi915_inject_alloc(test);

	vi915_inject_init_point(point, &c->when, -ENODEV);
	vi915_inject_expect(test, point, c->calls);
}

/* The driver's own counting, used in kernels without the framework. */
static void vi915_inject_test_due(struct kunit *test)
{
	const struct vi915_inject_case *c = test->param_value;
	unsigned int i;

	for (i = 0; i < VI915_INJECT_CALLS; i++)
		KUNIT_EXPECT_EQ_MSG(test, vi915_inject_is_due(&c->when, i + 1),
				    c->calls[i] == 'x', "call %u", i + 1);
}

/* A new order counts from the next call, and forgets the last one. */
static void vi915_inject_test_order(struct kunit *test)
{
	static const struct vi915_when others[] = {
		{ VI915_WHEN_NEVER, 0 }, { VI915_WHEN_ONCE, 3 },
		{ VI915_WHEN_ONCE, 100 }, { VI915_WHEN_EVERY, 7 },
		{ VI915_WHEN_AFTER, 5 },
	};
	const struct vi915_inject_case *c = test->param_value;
	struct vi915_inject_point *point = vi915_inject_alloc(test);
	unsigned int i, k;
	bool strikes;

	vi915_inject_init_point(point, &c->when, -ENODEV);
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		vi915_inject_order(point, &others[i]);
		for (k = 0; k < 5; k++)
			vi915_inject_strike(point, &strikes);
		vi915_inject_order(point, &c->when);
		vi915_inject_expect(test, point, c->calls);
	}
}

static struct kunit_case vi915_inject_kunit_cases[] = {
	KUNIT_CASE_PARAM(vi915_inject_test_calls, vi915_inject_gen_params),
	KUNIT_CASE_PARAM(vi915_inject_test_due, vi915_inject_gen_params),
	KUNIT_CASE_PARAM(vi915_inject_test_order, vi915_inject_gen_params),
	{}
};

static struct kunit_suite vi915_inject_suite = {
	.name = "vi915_inject",
	.test_cases = vi915_inject_kunit_cases,
};

kunit_test_suite(vi915_inject_suite);
