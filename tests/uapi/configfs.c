// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --gpu gpu0 --gpu gpu1,outputs=2
/*
 * GPUs as folders in configfs: what can be written to them, when, what is
 * refused, and with which text.
 */
#include "test.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "gpu.h"

/* Every key, its default value, and another valid value. */
static const struct {
	const char *key;
	const char *usual;
	const char *other;
	const char *bad;
} keys[] = {
	{ "clock", "now", "delay=20", "delay=0" },
	{ "contiguous", "0", "1", "2" },
	{ "exports", "1", "own", "2" },
	{ "fault", "none", "create:ENOMEM@every:3+import:ENODEV@after:2", "create" },
	{ "fbdev", "0", "1", "yes" },
	{ "hang", "never", "after:7", "0" },
	{ "height_align", "1", "8", "3" },
	{ "implicit", "1", "0", "-1" },
	{ "imports", "gpu", "cpu", "" },
	{ "in_fence", "1", "0", "on" },
	{ "late", "0", "60000", "60001" },
	{ "max_handles", "0", "100", "1048577" },
	{ "max_size", "0", "3M", "3T" },
	{ "media", "1", "0", "2" },
	{ "mmap", "1", "0", "00" },
	{ "modifiers", "linear+x+y", "linear+x", "z" },
	{ "order", "auto", "40", "64" },
	{ "outputs", "1", "8", "9" },
	{ "pitch", "reject", "round", "floor" },
	{ "pitch_align", "64", "256", "2" },
	{ "render", "1", "0", "x" },
	{ "set", "intel", "intel", "nouveau" },
	{ "split", "0", "1", "3" },
	{ "unmapped", "scratch", "hang", "zero" },
	{ "vblank", "mode", "off", "on" },
	{ "vmap", "1", "0", "1 0" },
};

#define NUM_KEYS (sizeof(keys) / sizeof(keys[0]))

FIXTURE(config)
{
	char text[CONFIG_TEXT];
};

FIXTURE_SETUP(config)
{
	config_make("new");
}

FIXTURE_TEARDOWN(config)
{
	EXPECT_OK(__config_remove("new"));
	EXPECT_EQ(-1, config_card("new"));
}

#define EXPECT_VALUE(name, file, value) \
	EXPECT_STREQ(value, config_get(name, file, self->text))

TEST_F(config, the_folder_has_a_file_for_each_key)
{
	unsigned int files = 0, i;
	struct dirent *entry;
	DIR *dir;

	dir = opendir(CONFIG_DIR "/new");
	ASSERT_NE(NULL, dir);
	while ((entry = readdir(dir)))
		files += entry->d_name[0] != '.';
	closedir(dir);
	for (i = 0; i < NUM_KEYS; i++)
		EXPECT_VALUE("new", keys[i].key, keys[i].usual);
	EXPECT_EQ(NUM_KEYS + 3, files) {
		TH_LOG("is there a key that keys[] does not have?");
	}
	EXPECT_VALUE("new", "devices", "");
	EXPECT_VALUE("new", "error", "");
	EXPECT_VALUE("new", "live", "0");
}

TEST_F(config, every_key_is_written_and_read_back)
{
	unsigned int i;

	for (i = 0; i < NUM_KEYS; i++) {
		EXPECT_OK(__config_set("new", keys[i].key, keys[i].other));
		EXPECT_VALUE("new", keys[i].key, keys[i].other);
	}
}

TEST_F(config, what_was_written_is_what_is_plugged_in)
{
	char path[64], line[CONFIG_TEXT] = "", word[128];
	unsigned int i;
	int fd;

	for (i = 0; i < NUM_KEYS; i++)
		if (strcmp(keys[i].key, "render") && strcmp(keys[i].key, "split") &&
		    strcmp(keys[i].key, "late"))
			config_set("new", keys[i].key, keys[i].other);
	config_plug("new");
	ASSERT_EQ(40, config_card("new"));
	snprintf(path, sizeof(path), VI915_DRI_DEBUGFS "/40/vi915_description");
	fd = open(path, O_RDONLY);
	ASSERT_LE(0, fd);
	ASSERT_LT(0, read(fd, line, sizeof(line) - 2));
	close(fd);
	line[strcspn(line, "\n")] = ' ';
	for (i = 0; i < NUM_KEYS; i++) {
		snprintf(word, sizeof(word), " %s=%s ", keys[i].key,
			 config_get("new", keys[i].key, self->text));
		EXPECT_NE(NULL, strstr(line, word)) {
			TH_LOG("no %s in %s", word, line);
		}
	}
}

TEST_F(config, a_bad_value_changes_nothing)
{
	unsigned int i;

	for (i = 0; i < NUM_KEYS; i++) {
		EXPECT_ERR(EINVAL, __config_set("new", keys[i].key, keys[i].bad));
		EXPECT_VALUE("new", keys[i].key, keys[i].usual);
	}
	EXPECT_ERR(EINVAL, __config_set("new", "outputs", "9"));
	EXPECT_VALUE("new", "error", "outputs cannot be '9'; write a number from 0 to 8");
	EXPECT_ERR(EINVAL, __config_set("new", "live", "on"));
	EXPECT_VALUE("new", "error", "live cannot be 'on'; write 0 or 1");
	EXPECT_ERR(EACCES, __config_set("new", "error", "") ?: -EACCES);
}

TEST_F(config, all_is_frozen_while_it_is_plugged_in)
{
	unsigned int i;

	config_plug("new");
	EXPECT_VALUE("new", "live", "1");
	for (i = 0; i < NUM_KEYS; i++) {
		EXPECT_ERR(EBUSY, __config_set("new", keys[i].key, keys[i].other));
		EXPECT_VALUE("new", keys[i].key, keys[i].usual);
	}
	EXPECT_VALUE("new", "error",
		     "'new' is plugged in, so vmap cannot change; unplug it first: write 0 to live");
	config_unplug("new");
	EXPECT_OK(__config_set("new", "vmap", "0"));
}

TEST_F(config, what_makes_no_gpu_is_refused_when_it_is_plugged_in)
{
	config_set("new", "render", "0");
	config_set("new", "outputs", "0");
	EXPECT_ERR(EINVAL, __config_plug("new"));
	EXPECT_VALUE("new", "error",
		     "'new' has neither a render node nor outputs; write render=1 or outputs=1");
	EXPECT_VALUE("new", "live", "0");
	config_set("new", "outputs", "1");
	EXPECT_OK(__config_plug("new"));
}

TEST_F(config, a_manual_clock_goes_without_implicit_fences)
{
	config_set("new", "clock", "manual");
	config_set("new", "implicit", "0");
	EXPECT_OK(__config_plug("new"));
	EXPECT_LE(0, config_card("new"));
}

TEST_F(config, a_set_changes_what_it_is_about)
{
	config_set("new", "outputs", "2");
	config_set("new", "set", "nvidia-like");
	EXPECT_VALUE("new", "implicit", "0");
	EXPECT_VALUE("new", "outputs", "2");
	config_set("new", "implicit", "1");
	EXPECT_VALUE("new", "set", "nvidia-like");
	EXPECT_VALUE("new", "implicit", "1");
}

TEST_F(config, plugging_twice_is_plugging_once)
{
	int card;

	EXPECT_OK(__config_unplug("new"));
	EXPECT_OK(__config_plug("new"));
	card = config_card("new");
	EXPECT_LE(0, card);
	EXPECT_OK(__config_plug("new"));
	EXPECT_EQ(card, config_card("new"));
	EXPECT_OK(__config_unplug("new"));
	EXPECT_EQ(-1, config_card("new"));
	EXPECT_OK(__config_unplug("new"));
}

TEST_F(config, a_name_is_a_letter_and_what_may_follow)
{
	EXPECT_ERR(EINVAL, __config_make("1"));
	EXPECT_ERR(EINVAL, __config_make("a b"));
	EXPECT_ERR(EINVAL, __config_make("a,b"));
	EXPECT_ERR(EINVAL, __config_make("a;b"));
	EXPECT_ERR(EINVAL, __config_make("-a"));
	EXPECT_ERR(EINVAL, __config_make("a123456789012345678901234567890123"));
	EXPECT_ERR(EINVAL, __config_make("a1234567890123456789012345678901"));
	EXPECT_OK(__config_make("a123456789012345678901234567890"));
	EXPECT_OK(__config_remove("a123456789012345678901234567890"));
}

TEST_F(config, a_name_that_is_taken_is_refused)
{
	EXPECT_ERR(EEXIST, __config_make("new"));
	EXPECT_ERR(EEXIST, __config_make("gpu0"));
}

TEST_F(config, it_is_removed_once)
{
	config_make("once");
	EXPECT_OK(__config_remove("once"));
	EXPECT_ERR(ENOENT, __config_remove("once"));
}

TEST_F(config, there_are_64_and_no_65)
{
	char name[16];
	int made, i;

	for (made = 0; made < 70; made++) {
		snprintf(name, sizeof(name), "many%d", made);
		if (__config_make(name))
			break;
	}
	EXPECT_ERR(ENOSPC, __config_make("more"));
	/* 64 cards without gpu0, gpu1 and new. */
	EXPECT_EQ(64 - 3, made);
	config_set("new", "split", "1");
	EXPECT_ERR(ENOSPC, __config_plug("new"));
	EXPECT_VALUE("new", "error",
		     "'new' has split=1, and there are 64 devices already; remove a GPU");
	EXPECT_OK(__config_plug("many60"));
	for (i = 0; i < made; i++) {
		snprintf(name, sizeof(name), "many%d", i);
		EXPECT_OK(__config_remove(name));
	}
	EXPECT_OK(__config_plug("new"));
}

TEST_F(config, a_split_one_is_two_devices)
{
	struct vi915_gpu gpu;

	config_set("new", "split", "1");
	config_plug("new");
	EXPECT_VALUE("new", "devices", "vi915.2 vi915.3");
	vi915_gpu_find("new", &gpu);
	EXPECT_EQ(-1, gpu.render);
	vi915_gpu_find("new-render", &gpu);
	EXPECT_LE(0, gpu.render);
	config_unplug("new");
	EXPECT_ERR(ENOENT, __vi915_gpu_find("new-render", &gpu));
	EXPECT_VALUE("new", "devices", "");
}

TEST_F(config, no_two_devices_have_one_name)
{
	config_make("new-render");
	config_set("new", "split", "1");
	config_plug("new-render");
	EXPECT_ERR(EEXIST, __config_plug("new"));
	EXPECT_VALUE("new", "error",
		     "there is a 'new-render' already; of a GPU with split=1 it is the second part; unplug the other one");
	EXPECT_EQ(-1, config_card("new"));
	config_remove("new-render");
	EXPECT_OK(__config_plug("new"));
}

TEST_F(config, a_gpu_of_the_module_cannot_be_removed)
{
	EXPECT_ERR(EPERM, __config_remove("gpu1"));
	EXPECT_LE(0, config_card("gpu1"));
}

TEST_F(config, a_gpu_of_the_module_can_be_changed)
{
	EXPECT_VALUE("gpu1", "live", "1");
	EXPECT_VALUE("gpu1", "outputs", "2");
	EXPECT_VALUE("gpu1", "devices", "vi915.1");
	EXPECT_ERR(EBUSY, __config_set("gpu1", "imports", "cpu"));
	config_unplug("gpu1");
	EXPECT_EQ(-1, config_card("gpu1"));
	config_set("gpu1", "imports", "cpu");
	config_plug("gpu1");
	EXPECT_VALUE("gpu1", "devices", "vi915.1");
	EXPECT_LE(0, config_card("gpu1"));
	config_unplug("gpu1");
	config_set("gpu1", "imports", "gpu");
	config_plug("gpu1");
}

TEST_F(config, a_file_that_was_open_is_of_no_gpu_any_more)
{
	char byte;
	int fd;

	config_make("once");
	fd = open(CONFIG_DIR "/once/live", O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, fd);
	config_remove("once");
	EXPECT_EQ(-1, write(fd, "1", 1));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_EQ(-1, read(fd, &byte, 1));
	EXPECT_EQ(ENOENT, errno);
	close(fd);
}

TEST_HARNESS_MAIN
