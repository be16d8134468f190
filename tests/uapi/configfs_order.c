// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --gpu gpu0,order=2 --gpu gpu1,order=0 --gpu gpu2,order=3 --gpu gpu3,order=1
/* Which card number a GPU gets, and when: order= and late=. */
#include "test.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "gpu.h"
#include "share.h"

#define PLATFORM "/sys/devices/platform/"

FIXTURE(order)
{
	char text[CONFIG_TEXT];
};

FIXTURE_SETUP(order)
{
	config_make("a");
}

FIXTURE_TEARDOWN(order)
{
	EXPECT_OK(__config_remove("a"));
}

/* A late GPU appears at some time; the test's time limit ends this loop. */
static int wait_for_card(const char *name)
{
	int card;

	while ((card = config_card(name)) < 0)
		usleep(10000);
	return card;
}

TEST_F(order, a_list_has_the_numbers_it_asked_for)
{
	EXPECT_EQ(2, config_card("gpu0"));
	EXPECT_EQ(0, config_card("gpu1"));
	EXPECT_EQ(3, config_card("gpu2"));
	EXPECT_EQ(1, config_card("gpu3"));
	EXPECT_STREQ("vi915.0", config_get("gpu0", "devices", self->text));
	EXPECT_STREQ("vi915.3", config_get("gpu3", "devices", self->text));
}

/* Render nodes take the next free number. */
TEST_F(order, a_list_is_plugged_in_by_its_numbers)
{
	static const char *const names[] = { "gpu1", "gpu3", "gpu0", "gpu2" };
	struct vi915_gpu gpu;
	int i;

	for (i = 0; i < 4; i++) {
		vi915_gpu_find(names[i], &gpu);
		EXPECT_EQ(128 + i, gpu.render);
	}
}

TEST_F(order, a_card_gets_the_number_it_asks_for)
{
	config_set("a", "order", "63");
	config_plug("a");
	EXPECT_EQ(63, config_card("a"));
	config_unplug("a");
	config_set("a", "order", "4");
	config_plug("a");
	EXPECT_EQ(4, config_card("a"));
	config_unplug("a");
	/* The earlier order= leaves nothing behind. */
	config_set("a", "order", "auto");
	config_plug("a");
	EXPECT_EQ(4, config_card("a"));
}

TEST_F(order, a_number_that_is_taken_is_refused)
{
	config_set("a", "order", "2");
	EXPECT_ERR(EBUSY, __config_plug("a"));
	EXPECT_STREQ("'a' has order=2, and there is a card2; write another number or order=auto, or close what has the old one open",
		     config_get("a", "error", self->text));
	EXPECT_STREQ("0", config_get("a", "live", self->text));
	EXPECT_STREQ("", config_get("a", "devices", self->text));
}

TEST_F(order, a_number_is_taken_as_long_as_somebody_has_it_open)
{
	int fd;

	config_set("a", "order", "9");
	config_plug("a");
	fd = vi915_open("a");
	config_unplug("a");
	EXPECT_ERR(EBUSY, __config_plug("a"));
	close(fd);
	EXPECT_OK(__config_plug("a"));
	EXPECT_EQ(9, config_card("a"));
}

TEST_F(order, a_seed_says_which_number)
{
	char seed[32];
	int cards[8], i, j, same = 0;

	for (i = 0; i < 8; i++) {
		snprintf(seed, sizeof(seed), "seed:%d", i);
		config_set("a", "order", seed);
		config_plug("a");
		cards[i] = config_card("a");
		EXPECT_LE(0, cards[i]);
		EXPECT_GT(64, cards[i]);
		config_unplug("a");
		config_plug("a");
		EXPECT_EQ(cards[i], config_card("a"));
		config_unplug("a");
	}
	for (i = 0; i < 8; i++)
		for (j = 0; j < i; j++)
			same += cards[i] == cards[j];
	EXPECT_GT(5, same);
}

TEST_F(order, late_is_not_there_yet)
{
	char path[CONFIG_TEXT + 64];

	config_set("a", "late", "60000");
	config_plug("a");
	EXPECT_STREQ("1", config_get("a", "live", self->text));
	EXPECT_EQ(-1, config_card("a"));
	/* Its device exists, but cannot be bound. */
	config_get("a", "devices", self->text);
	snprintf(path, sizeof(path), PLATFORM "%s", self->text);
	EXPECT_OK(access(path, F_OK));
	EXPECT_ERR(ENODEV, __share_bind(self->text));
	EXPECT_EQ(-1, config_card("a"));
	EXPECT_ERR(EBUSY, __config_set("a", "late", "0"));
	config_unplug("a");
	EXPECT_EQ(-1, access(path, F_OK));
	EXPECT_EQ(-1, config_card("a"));
	config_set("a", "late", "0");
	config_plug("a");
	EXPECT_LE(0, config_card("a"));
}

TEST_F(order, late_comes_later)
{
	config_set("a", "late", "200");
	config_set("a", "order", "30");
	config_plug("a");
	EXPECT_EQ(30, wait_for_card("a"));
	EXPECT_STREQ("1", config_get("a", "live", self->text));
	config_unplug("a");
	EXPECT_EQ(-1, config_card("a"));
}

TEST_F(order, both_parts_of_a_split_one_are_late)
{
	config_set("a", "late", "200");
	config_set("a", "split", "1");
	config_plug("a");
	wait_for_card("a");
	wait_for_card("a-render");
}

TEST_F(order, late_is_refused_in_its_folder)
{
	config_make("b");
	config_set("b", "order", "31");
	config_plug("b");
	config_set("a", "order", "31");
	config_set("a", "late", "100");
	EXPECT_OK(__config_plug("a"));
	while (!*config_get("a", "error", self->text))
		usleep(10000);
	EXPECT_STREQ("'a' has order=31, and there is a card31; write another number or order=auto, or close what has the old one open",
		     self->text);
	EXPECT_EQ(-1, config_card("a"));
	config_remove("b");
}

TEST_HARNESS_MAIN
