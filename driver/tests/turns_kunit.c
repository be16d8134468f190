// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/test.h>
#include <linux/time64.h>

#include "../vi915_turns.h"

#define VI915_TURNS_SLICE	NSEC_PER_MSEC
#define VI915_TURNS_CLIENTS	3
#define VI915_TURNS_ENTRIES	400

struct vi915_turns_world {
	struct vi915_turns turns;
	struct vi915_turns_client clients[VI915_TURNS_CLIENTS];
	struct vi915_turns_entry entries[VI915_TURNS_ENTRIES];
	/* Turns of each client, and of each timeline. */
	unsigned int had[VI915_TURNS_CLIENTS];
	unsigned int taken[VI915_TURNS_ENTRIES];
	u64 now;
};

static int vi915_turns_test_init(struct kunit *test)
{
	struct vi915_turns_world *world;
	unsigned int i;

	world = kunit_kzalloc(test, sizeof(*world), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, world);
	vi915_turns_init(&world->turns);
	for (i = 0; i < VI915_TURNS_CLIENTS; i++)
		vi915_turns_init_client(&world->clients[i]);
	world->now = NSEC_PER_SEC;
	test->priv = world;
	return 0;
}

static struct vi915_turns_entry *
vi915_turns_add(struct vi915_turns_world *world, unsigned int entry,
		unsigned int client, int priority, u64 not_before)
{
	vi915_turns_init_entry(&world->entries[entry], &world->clients[client]);
	vi915_turns_put(&world->turns, &world->entries[entry], priority,
			not_before);
	return &world->entries[entry];
}

/* Returns: whose turn it was, charged with a slice of @ns; or NULL. */
static struct vi915_turns_entry *
vi915_turns_take(struct vi915_turns_world *world, u64 ns)
{
	struct vi915_turns_entry *entry;
	u64 wake;

	entry = vi915_turns_next(&world->turns, world->now, &wake);
	if (!entry)
		return NULL;
	world->now += ns;
	vi915_turns_charge(&world->turns, entry, world->now, ns, ns);
	world->had[entry->owner - world->clients]++;
	world->taken[entry - world->entries]++;
	return entry;
}

static void vi915_turns_test_clients_share(struct kunit *test)
{
	struct vi915_turns_world *world = test->priv;
	unsigned int i;

	/* One client with 399 timelines, and one with a single timeline. */
	for (i = 1; i < VI915_TURNS_ENTRIES; i++)
		vi915_turns_add(world, i, 0, 0, 0);
	vi915_turns_add(world, 0, 1, 0, 0);
	for (i = 0; i < 2000; i++)
		vi915_turns_take(world, VI915_TURNS_SLICE);
	KUNIT_EXPECT_EQ(test, world->had[0], 1000);
	KUNIT_EXPECT_EQ(test, world->had[1], 1000);
	/* The timelines of one client take turns too. */
	for (i = 1; i < VI915_TURNS_ENTRIES; i++) {
		KUNIT_EXPECT_GE(test, world->taken[i], 2);
		KUNIT_EXPECT_LE(test, world->taken[i], 3);
	}
}

static void vi915_turns_test_time_is_shared(struct kunit *test)
{
	struct vi915_turns_world *world = test->priv;
	u64 had[2] = {}, wake;
	unsigned int i;

	vi915_turns_add(world, 0, 0, 0, 0);
	vi915_turns_add(world, 1, 1, 0, 0);
	for (i = 0; i < 1000; i++) {
		struct vi915_turns_entry *entry =
			vi915_turns_next(&world->turns, world->now, &wake);
		/* One uses whole slices, the other a quarter of one. */
		u64 ns = entry == &world->entries[0] ? VI915_TURNS_SLICE :
						      VI915_TURNS_SLICE / 4;

		world->now += ns;
		vi915_turns_charge(&world->turns, entry, world->now, ns, ns);
		had[entry - world->entries] += ns;
	}
	KUNIT_EXPECT_LE(test, had[0], had[1] + VI915_TURNS_SLICE);
	KUNIT_EXPECT_LE(test, had[1], had[0] + VI915_TURNS_SLICE);
}

static void vi915_turns_test_who_comes_is_next(struct kunit *test)
{
	struct vi915_turns_world *world = test->priv;
	struct vi915_turns_entry *late;
	unsigned int i;

	vi915_turns_add(world, 0, 0, 0, 0);
	vi915_turns_add(world, 1, 1, 0, 0);
	for (i = 0; i < 100; i++)
		vi915_turns_take(world, VI915_TURNS_SLICE);
	/* At most the clients that used as little go before it. */
	late = vi915_turns_add(world, 2, 2, 0, 0);
	for (i = 0; i < 2 && vi915_turns_take(world, VI915_TURNS_SLICE) != late;)
		i++;
	KUNIT_EXPECT_LT(test, i, 2);
	/* But it gets no credit for time that it did not use. */
	for (i = 0; i < 30; i++)
		vi915_turns_take(world, VI915_TURNS_SLICE);
	KUNIT_EXPECT_LE(test, world->had[2], 12);
}

static void vi915_turns_test_highest_priority_first(struct kunit *test)
{
	struct vi915_turns_world *world = test->priv;
	struct vi915_turns_entry *low, *high;
	unsigned int i;

	low = vi915_turns_add(world, 0, 0, -1, 0);
	high = vi915_turns_add(world, 1, 1, 1023, 0);
	vi915_turns_add(world, 2, 0, -1023, 0);
	for (i = 0; i < 10; i++)
		KUNIT_EXPECT_PTR_EQ(test, high,
				    vi915_turns_take(world, VI915_TURNS_SLICE));
	vi915_turns_remove(&world->turns, high);
	for (i = 0; i < 10; i++)
		KUNIT_EXPECT_PTR_EQ(test, low,
				    vi915_turns_take(world, VI915_TURNS_SLICE));
	/* A new priority takes effect when the entry is put again. */
	vi915_turns_put(&world->turns, &world->entries[2], 5, 0);
	KUNIT_EXPECT_PTR_EQ(test, &world->entries[2],
			    vi915_turns_take(world, VI915_TURNS_SLICE));
}

static void vi915_turns_test_low_priority_lags_only_so_far(struct kunit *test)
{
	struct vi915_turns_world *world = test->priv;
	struct vi915_turns_entry *high;
	unsigned int i;

	/* The first entry waits seconds behind a higher priority. */
	vi915_turns_add(world, 0, 0, -5, 0);
	high = vi915_turns_add(world, 1, 1, 0, 0);
	for (i = 0; i < 3000; i++)
		vi915_turns_take(world, VI915_TURNS_SLICE);
	vi915_turns_remove(&world->turns, high);
	/* A later entry of the same low priority waits less. */
	vi915_turns_add(world, 2, 2, -5, 0);
	for (i = 0; i < 20; i++)
		vi915_turns_take(world, VI915_TURNS_SLICE);
	KUNIT_EXPECT_GE(test, world->had[2], 7);
}

static void vi915_turns_test_sleepers(struct kunit *test)
{
	struct vi915_turns_world *world = test->priv;
	u64 wake;

	vi915_turns_add(world, 0, 0, 0, world->now + 200);
	vi915_turns_add(world, 1, 1, 0, world->now + 100);
	KUNIT_EXPECT_FALSE(test, vi915_turns_is_empty(&world->turns));
	KUNIT_EXPECT_NULL(test, vi915_turns_next(&world->turns, world->now,
						 &wake));
	KUNIT_EXPECT_EQ(test, wake, world->now + 100);
	KUNIT_EXPECT_PTR_EQ(test, &world->entries[1],
			    vi915_turns_next(&world->turns, world->now + 100,
					     &wake));
	KUNIT_EXPECT_EQ(test, wake, U64_MAX);
	vi915_turns_remove(&world->turns, &world->entries[1]);
	/* Removing an entry twice is allowed. */
	vi915_turns_remove(&world->turns, &world->entries[1]);
	/* A sleeping entry can be woken by putting it again. */
	vi915_turns_put(&world->turns, &world->entries[0], 0, 0);
	KUNIT_EXPECT_PTR_EQ(test, &world->entries[0],
			    vi915_turns_take(world, VI915_TURNS_SLICE));
	vi915_turns_remove(&world->turns, &world->entries[0]);
	KUNIT_EXPECT_TRUE(test, vi915_turns_is_empty(&world->turns));
	KUNIT_EXPECT_NULL(test, vi915_turns_next(&world->turns, U64_MAX,
						 &wake));
	KUNIT_EXPECT_EQ(test, wake, U64_MAX);
}

static void vi915_turns_test_all_that_are_gone_are_one(struct kunit *test)
{
	struct vi915_turns_world *world = test->priv;
	unsigned int i, calls[2] = { 1, 1 };

	for (i = 0; i < 200; i++)
		vi915_turns_add(world, i, 0, 0, 0);
	/* With any priority. */
	for (; i < 399; i++)
		vi915_turns_add(world, i, 1, 1000, 0);
	vi915_turns_add(world, 399, 2, 0, 0);
	for (i = 0; i < 2; i++)
		while (!vi915_turns_leave(&world->turns, &world->clients[i]))
			calls[i]++;
	/* The lock is dropped meanwhile. */
	KUNIT_EXPECT_GT(test, calls[0], 1);
	for (i = 0; i < 1000; i++)
		vi915_turns_take(world, VI915_TURNS_SLICE);
	KUNIT_EXPECT_EQ(test, world->had[2], 500);
	KUNIT_EXPECT_EQ(test, world->had[0] + world->had[1], 500);
	KUNIT_EXPECT_GT(test, world->had[0], 200);
}

static void vi915_turns_test_who_is_gone_has_so_much_time(struct kunit *test)
{
	struct vi915_turns_world *world = test->priv;
	struct vi915_turns_entry *entry;
	u64 left = VI915_TURNS_GONE_NS, wake;

	/* It sleeps when its client leaves. */
	entry = vi915_turns_add(world, 0, 0, 0, world->now + 1);
	KUNIT_EXPECT_TRUE(test, vi915_turns_leave(&world->turns,
						  &world->clients[0]));
	world->now += 1;
	for (; left; left -= NSEC_PER_SEC) {
		KUNIT_EXPECT_FALSE(test, vi915_turns_is_over(&world->turns,
							     entry));
		KUNIT_EXPECT_PTR_EQ(test, entry,
				    vi915_turns_next(&world->turns, world->now,
						     &wake));
		world->now += NSEC_PER_SEC;
		vi915_turns_charge(&world->turns, entry, world->now, 1,
				   NSEC_PER_SEC);
		/* A second charge of the same time counts nothing. */
		vi915_turns_charge(&world->turns, entry, world->now, 1,
				   NSEC_PER_SEC);
	}
	KUNIT_EXPECT_FALSE(test, vi915_turns_is_over(&world->turns, entry));
	vi915_turns_charge(&world->turns, entry, world->now + 1, 1, 1);
	KUNIT_EXPECT_TRUE(test, vi915_turns_is_over(&world->turns, entry));

	/*
	 * A client that leaves later has its own time; other clients never end.
	 */
	entry = vi915_turns_add(world, 1, 1, 0, 0);
	KUNIT_EXPECT_FALSE(test, vi915_turns_is_over(&world->turns, entry));
	vi915_turns_leave(&world->turns, &world->clients[1]);
	KUNIT_EXPECT_FALSE(test, vi915_turns_is_over(&world->turns, entry));
}

static struct kunit_case vi915_turns_cases[] = {
	KUNIT_CASE(vi915_turns_test_all_that_are_gone_are_one),
	KUNIT_CASE(vi915_turns_test_clients_share),
	KUNIT_CASE(vi915_turns_test_highest_priority_first),
	KUNIT_CASE(vi915_turns_test_low_priority_lags_only_so_far),
	KUNIT_CASE(vi915_turns_test_sleepers),
	KUNIT_CASE(vi915_turns_test_time_is_shared),
	KUNIT_CASE(vi915_turns_test_who_comes_is_next),
	KUNIT_CASE(vi915_turns_test_who_is_gone_has_so_much_time),
	{}
};

static struct kunit_suite vi915_turns_suite = {
	.name = "vi915_turns",
	.init = vi915_turns_test_init,
	.test_cases = vi915_turns_cases,
};

kunit_test_suite(vi915_turns_suite);
