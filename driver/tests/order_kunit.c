// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/test.h>
#include <linux/bitmap.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../vi915_config.h"

/**
 * struct vi915_order_case - a list, and the numbers of its cards
 * @name: name of the case
 * @list: text of the list
 * @minors: expected numbers, one for each device, as text; NULL: from 0 to the
 *	number of devices - 1, in any order
 * @reason: text of the refusal, for a list that is refused
 */
struct vi915_order_case {
	const char *name;
	const char *list;
	const char *minors;
	const char *reason;
};

static const struct vi915_order_case vi915_order_cases[] = {
	{ "nothing is said of order", "3", "-1 -1 -1" },
	{ "each has its number", "a,order=2;b,order=0;c,order=9", "2 0 9" },
	{ "the others share the lowest", "a;b,order=1;c;d,order=0;e", "2 1 3 0 4" },
	{ "all of a split one", "a,split=1,order=1;b", "1 0 2" },
	{ "a seed", "4,order=seed:1", NULL },
	{ "a seed and split ones", "3,split=1,order=seed:2", NULL },
	{ "64 of them", "64,order=seed:3", NULL },
	{ "two seeds", "a,order=seed:1;b,order=seed:2;c,order=seed:1", NULL },
	{ "a seed leaves the others", "a;b,order=seed:5;c,order=2", "0 1 2" },
	{ "no GPU", "0", "" },
	{ "one number twice", "a,order=5;b;c,order=5", NULL,
	  "'a' and 'c' have order=5; give each a number of its own" },
	{ "65 devices", "33,split=1", NULL,
	  "these GPUs are 66 devices, and there can be up to 64; a GPU with split=1 is two" },
	{ "a part's name", "a-render;a,split=1", NULL,
	  "'a' has split=1, so 'a-render' is its second part; call the other GPU something else" },
};

KUNIT_ARRAY_PARAM_DESC(vi915_order, vi915_order_cases, name);

/* Data of a case, too large for the stack. */
struct vi915_order_list {
	struct vi915_config configs[VI915_MAX_GPUS];
	int minors[VI915_MAX_GPUS];
	char text[256];
	char reason[VI915_REASON_LEN];
	char numbers[VI915_REASON_LEN];
};

/* Return: number of devices that @text makes; sets their numbers. */
static int vi915_order_read(struct vi915_order_list *list, const char *text)
{
	int count, devices = 0, i;

	strscpy(list->text, text, sizeof(list->text));
	count = vi915_config_parse_list(list->configs, VI915_MAX_GPUS, list->text,
					list->reason);
	if (count < 0)
		return count;
	vi915_config_minors(list->configs, count, list->minors);
	for (i = 0; i < count; i++)
		devices += vi915_config_parts(&list->configs[i]);
	return devices;
}

static void vi915_order_test_list(struct kunit *test)
{
	const struct vi915_order_case *one = test->param_value;
	struct vi915_order_list *list;
	DECLARE_BITMAP(seen, VI915_MAX_GPUS) = { 0 };
	int devices, i, n = 0;

	list = kunit_kzalloc(test, sizeof(*list), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, list);
	devices = vi915_order_read(list, one->list);
	if (one->reason) {
		KUNIT_EXPECT_EQ(test, devices, -EINVAL);
		KUNIT_EXPECT_STREQ(test, list->reason, one->reason);
		return;
	}
	KUNIT_ASSERT_GE_MSG(test, devices, 0, "%s", list->reason);

	for (i = 0; i < devices; i++)
		n += scnprintf(list->numbers + n, sizeof(list->numbers) - n,
			       "%s%d", i ? " " : "", list->minors[i]);
	if (one->minors) {
		KUNIT_EXPECT_STREQ(test, list->numbers, one->minors);
		return;
	}
	for (i = 0; i < devices; i++) {
		KUNIT_ASSERT_GE(test, list->minors[i], 0);
		KUNIT_ASSERT_LT(test, list->minors[i], devices);
		__set_bit(list->minors[i], seen);
	}
	KUNIT_EXPECT_EQ_MSG(test, bitmap_weight(seen, VI915_MAX_GPUS), devices,
			    "%s", list->numbers);
}

/* There are 24 orders of four: 50 seeds give most of them, and repeatably. */
static void vi915_order_test_seeds(struct kunit *test)
{
	struct vi915_order_list *list;
	DECLARE_BITMAP(seen, 256) = { 0 };
	unsigned int seed, again, code, first;
	char text[32];

	list = kunit_kzalloc(test, sizeof(*list), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, list);
	for (seed = 0; seed < 50; seed++) {
		for (again = 0, first = 0; again < 2; again++) {
			snprintf(text, sizeof(text), "4,order=seed:%u", seed);
			KUNIT_ASSERT_EQ(test, vi915_order_read(list, text), 4);
			code = list->minors[0] | list->minors[1] << 2 |
			       list->minors[2] << 4 | list->minors[3] << 6;
			if (again)
				KUNIT_EXPECT_EQ(test, code, first);
			first = code;
		}
		__set_bit(code, seen);
	}
	KUNIT_EXPECT_GE(test, bitmap_weight(seen, 256), 15);
}

/* GPUs that are plugged one by one get different numbers too. */
static void vi915_order_test_alone(struct kunit *test)
{
	struct vi915_config config;
	DECLARE_BITMAP(seen, VI915_MAX_GPUS) = { 0 };
	unsigned int i;
	int minor;

	vi915_config_init(&config, 0);
	KUNIT_EXPECT_EQ(test, vi915_config_minor(&config, 0, 5), -1);

	config.order.kind = VI915_ORDER_MINOR;
	config.order.number = 7;
	KUNIT_EXPECT_EQ(test, vi915_config_minor(&config, 0, 5), 7);
	KUNIT_EXPECT_EQ(test, vi915_config_minor(&config, 1, 6), -1);

	config.order.kind = VI915_ORDER_SEED;
	for (i = 0; i < VI915_MAX_GPUS; i++) {
		minor = vi915_config_minor(&config, 0, i);
		KUNIT_ASSERT_GE(test, minor, 0);
		KUNIT_ASSERT_LT(test, minor, VI915_MAX_GPUS);
		__set_bit(minor, seen);
	}
	KUNIT_EXPECT_TRUE(test, bitmap_full(seen, VI915_MAX_GPUS));
}

/* A seed must always give the same numbers, which users rely on. */
static void vi915_order_test_promise(struct kunit *test)
{
	struct vi915_order_list *list;

	list = kunit_kzalloc(test, sizeof(*list), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, list);
	KUNIT_ASSERT_EQ(test, vi915_order_read(list, "4,order=seed:1"), 4);
	snprintf(list->numbers, sizeof(list->numbers), "%d%d%d%d",
		 list->minors[0], list->minors[1], list->minors[2],
		 list->minors[3]);
	KUNIT_EXPECT_STREQ(test, list->numbers, "2301");
}

static struct kunit_case vi915_order_kunit_cases[] = {
	KUNIT_CASE_PARAM(vi915_order_test_list, vi915_order_gen_params),
	KUNIT_CASE(vi915_order_test_alone),
	KUNIT_CASE(vi915_order_test_promise),
	KUNIT_CASE(vi915_order_test_seeds),
	{}
};

static struct kunit_suite vi915_order_suite = {
	.name = "vi915_order",
	.test_cases = vi915_order_kunit_cases,
};

kunit_test_suite(vi915_order_suite);
