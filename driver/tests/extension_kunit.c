// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched/mm.h>
#include <linux/uaccess.h>
#include <uapi/drm/i915_drm.h>

#include "../vi915_extension.h"

/* Longest chain that the walk must accept. */
#define VI915_EXTENSION_TEST_MAX	512

/* Room for one extension more. */
#define VI915_EXTENSION_TEST_SIZE					\
	PAGE_ALIGN((VI915_EXTENSION_TEST_MAX + 1) *			\
		   sizeof(struct i915_user_extension))

struct vi915_extension_seen {
	unsigned int count;
	/* Number of handlers that succeed before one returns @error. */
	unsigned int good;
	int error;
	struct i915_user_extension __user *last;
};

static int vi915_extension_see(struct i915_user_extension __user *ext,
			       void *data)
{
	struct vi915_extension_seen *seen = data;

	if (seen->error && seen->count == seen->good)
		return seen->error;
	seen->count++;
	seen->last = ext;
	return 0;
}

/* Names 0 and 2 are known, 1 is a hole. */
static const vi915_extension_fn vi915_extension_handlers[] = {
	[0] = vi915_extension_see,
	[2] = vi915_extension_see,
};

static int vi915_extension_walk_all(struct i915_user_extension __user *chain,
				    struct vi915_extension_seen *seen)
{
	return vi915_extension_walk((uintptr_t)chain, vi915_extension_handlers,
				    ARRAY_SIZE(vi915_extension_handlers),
				    seen);
}

KUNIT_DEFINE_ACTION_WRAPPER(vi915_extension_drop_mm, mmdrop,
			    struct mm_struct *);

/* User memory of @size bytes, whole pages. Once per case. */
static struct i915_user_extension __user *
vi915_extension_alloc(struct kunit *test, size_t size)
{
	unsigned long addr =
		kunit_vm_mmap(test, NULL, 0, size, PROT_READ | PROT_WRITE,
			      MAP_ANONYMOUS | MAP_PRIVATE, 0);

	KUNIT_ASSERT_NE(test, addr, 0);
	/* KUnit gave this thread an mm, and leaks one reference to it. */
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, vi915_extension_drop_mm,
						  current->mm));
	KUNIT_ASSERT_FALSE(test, IS_ERR_VALUE(addr));
	return (struct i915_user_extension __user *)addr;
}

static void vi915_extension_put(struct kunit *test,
				struct i915_user_extension __user *at,
				const struct i915_user_extension *ext)
{
	KUNIT_ASSERT_EQ(test, copy_to_user(at, ext, sizeof(*ext)), 0);
}

/* A chain of @count valid extensions; the last one points to @end. */
static struct i915_user_extension __user *
vi915_extension_chain(struct kunit *test, unsigned int count, unsigned long end)
{
	struct i915_user_extension __user *chain =
		vi915_extension_alloc(test, VI915_EXTENSION_TEST_SIZE);
	unsigned int i;

	for (i = 0; i < count; i++) {
		struct i915_user_extension ext = {
			.name = i % 2 ? 2 : 0,
			.next_extension = i + 1 < count ?
				(uintptr_t)(chain + i + 1) : end,
		};

		vi915_extension_put(test, chain + i, &ext);
	}
	return chain;
}

/* An empty chain is valid, also where no extension is known. */
static void vi915_extension_test_none(struct kunit *test)
{
	struct vi915_extension_seen seen = {};

	KUNIT_EXPECT_EQ(test, vi915_extension_walk_all(NULL, &seen), 0);
	KUNIT_EXPECT_EQ(test, vi915_extension_walk(0, NULL, 0, NULL), 0);
	KUNIT_EXPECT_EQ(test, seen.count, 0);
}

/* Every extension of a chain is handled, in order. */
static void vi915_extension_test_chain(struct kunit *test)
{
	const unsigned int *count = test->param_value;
	struct i915_user_extension __user *chain =
		vi915_extension_chain(test, *count, 0);
	struct vi915_extension_seen seen = {};

	KUNIT_EXPECT_EQ(test, vi915_extension_walk_all(chain, &seen), 0);
	KUNIT_EXPECT_EQ(test, seen.count, *count);
	KUNIT_EXPECT_PTR_EQ(test, seen.last, chain + *count - 1);
}

/* The walk ends even if the chain is a cycle. */
static void vi915_extension_test_too_long(struct kunit *test)
{
	struct i915_user_extension __user *chain =
		vi915_extension_chain(test, VI915_EXTENSION_TEST_MAX + 1, 0);
	struct vi915_extension_seen seen = {};

	KUNIT_EXPECT_EQ(test, vi915_extension_walk_all(chain, &seen), -E2BIG);
	KUNIT_EXPECT_EQ(test, seen.count, VI915_EXTENSION_TEST_MAX);
}

static void vi915_extension_test_ring(struct kunit *test)
{
	struct i915_user_extension __user *chain =
		vi915_extension_chain(test, 1, 0);
	const struct i915_user_extension ext = {
		.next_extension = (uintptr_t)chain,
	};
	struct vi915_extension_seen seen = {};

	vi915_extension_put(test, chain, &ext);
	KUNIT_EXPECT_EQ(test, vi915_extension_walk_all(chain, &seen), -E2BIG);
	KUNIT_EXPECT_EQ(test, seen.count, VI915_EXTENSION_TEST_MAX);
}

/* An error of a handler ends the walk. */
static void vi915_extension_test_handler_refuses(struct kunit *test)
{
	struct i915_user_extension __user *chain =
		vi915_extension_chain(test, 5, 0);
	struct vi915_extension_seen seen = { .good = 3, .error = -ENODEV };

	KUNIT_EXPECT_EQ(test, vi915_extension_walk_all(chain, &seen), -ENODEV);
	KUNIT_EXPECT_EQ(test, seen.count, 3);
}

struct vi915_extension_refusal_case {
	const char *name;
	struct i915_user_extension ext;
};

static const struct vi915_extension_refusal_case
vi915_extension_refusal_cases[] = {
	{ "name_in_a_hole", { .name = 1 } },
	{ "name_after_the_last", { .name = 3 } },
	{ "largest_name", { .name = U32_MAX } },
	{ "first_flag", { .flags = 1 } },
	{ "last_flag", { .flags = BIT(31) } },
	{ "reserved_0", { .rsvd = { 1, 0, 0, 0 } } },
	{ "reserved_1", { .rsvd = { 0, 1, 0, 0 } } },
	{ "reserved_2", { .rsvd = { 0, 0, 1, 0 } } },
	{ "reserved_3", { .rsvd = { 0, 0, 0, BIT(31) } } },
};

/* One fault each, behind a valid extension, which is handled before. */
static void vi915_extension_test_refusal(struct kunit *test)
{
	const struct vi915_extension_refusal_case *row = test->param_value;
	struct i915_user_extension __user *chain =
		vi915_extension_chain(test, 2, 0);
	struct vi915_extension_seen seen = {};

	vi915_extension_put(test, chain + 1, &row->ext);
	KUNIT_EXPECT_EQ(test, vi915_extension_walk_all(chain, &seen), -EINVAL);
	KUNIT_EXPECT_EQ(test, seen.count, 1);
}

/* Where no extension is known, any is refused. */
static void vi915_extension_test_none_known(struct kunit *test)
{
	struct i915_user_extension __user *chain =
		vi915_extension_chain(test, 1, 0);

	KUNIT_EXPECT_EQ(test,
			vi915_extension_walk((uintptr_t)chain, NULL, 0, NULL),
			-EINVAL);
}

/* An unreadable extension is a fault, even if only its last byte is. */
static void vi915_extension_test_unreadable(struct kunit *test)
{
	unsigned long page =
		(uintptr_t)vi915_extension_alloc(test, 2 * PAGE_SIZE);
	unsigned long last = page + PAGE_SIZE -
			     sizeof(struct i915_user_extension);
	struct vi915_extension_seen seen = {};

	KUNIT_ASSERT_EQ(test, vm_munmap(page + PAGE_SIZE, PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test,
			vi915_extension_walk_all((void __user *)(page + PAGE_SIZE),
						 &seen),
			-EFAULT);
	KUNIT_EXPECT_EQ(test,
			vi915_extension_walk_all((void __user *)(last + 1),
						 &seen),
			-EFAULT);
	KUNIT_EXPECT_EQ(test, seen.count, 0);
	KUNIT_EXPECT_EQ(test,
			vi915_extension_walk_all((void __user *)last, &seen),
			0);
	KUNIT_EXPECT_EQ(test, seen.count, 1);
}

/* The same for the second extension, to which the first one points. */
static void vi915_extension_test_leads_nowhere(struct kunit *test)
{
	struct i915_user_extension __user *chain =
		vi915_extension_chain(test, 1, -PAGE_SIZE);
	struct vi915_extension_seen seen = {};

	KUNIT_EXPECT_EQ(test, vi915_extension_walk_all(chain, &seen), -EFAULT);
	KUNIT_EXPECT_EQ(test, seen.count, 1);
}

static const unsigned int vi915_extension_counts[] = {
	1, 2, VI915_EXTENSION_TEST_MAX,
};

static void vi915_extension_describe_count(const unsigned int *count,
					   char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "extensions_%u", *count);
}

KUNIT_ARRAY_PARAM(vi915_extension_count, vi915_extension_counts,
		  vi915_extension_describe_count);
KUNIT_ARRAY_PARAM_DESC(vi915_extension_refusal, vi915_extension_refusal_cases,
		       name);

static struct kunit_case vi915_extension_cases[] = {
	KUNIT_CASE_PARAM(vi915_extension_test_chain,
			 vi915_extension_count_gen_params),
	KUNIT_CASE(vi915_extension_test_handler_refuses),
	KUNIT_CASE(vi915_extension_test_leads_nowhere),
	KUNIT_CASE(vi915_extension_test_none),
	KUNIT_CASE(vi915_extension_test_none_known),
	KUNIT_CASE_PARAM(vi915_extension_test_refusal,
			 vi915_extension_refusal_gen_params),
	KUNIT_CASE(vi915_extension_test_ring),
	KUNIT_CASE(vi915_extension_test_too_long),
	KUNIT_CASE(vi915_extension_test_unreadable),
	{}
};

static struct kunit_suite vi915_extension_suite = {
	.name = "vi915_extension",
	.test_cases = vi915_extension_cases,
};

kunit_test_suite(vi915_extension_suite);
