// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --gpu gpu0 --gpu gpu1
/*
 * Several threads make, change, plug, unplug and remove the same few GPUs,
 * while others use them. Each call either works or has one of few errnos, and
 * in the end all GPUs can be removed and the module unloaded. Nothing works
 * after that, so this has a box of its own and that case is the last.
 */
#include "share_fixture.h"

#include <stdio.h>
#include <sys/syscall.h>

#include "config.h"
#include "share_race.h"

#define SECONDS 6
#define NAMES 3

FIXTURE(race)
{
	unsigned long plugged;
	unsigned long refused;
	unsigned long used;
	struct race race;
};

#define RACE FIXTURE_DATA(race)

FIXTURE_SETUP(race)
{
	self->race = (struct race){ .arg = self, .rounds = ~0u, .seconds = SECONDS };
}

/* All GPUs of a race can be removed, and a new one works. */
FIXTURE_TEARDOWN(race)
{
	char name[8];
	int i, fd;

	for (i = 0; i < NAMES; i++) {
		snprintf(name, sizeof(name), "r%d", i);
		race_allow(__config_remove(name), ENOENT);
	}
	if (access(CONFIG_DIR, F_OK))
		return;
	config_make("r0");
	config_plug("r0");
	fd = vi915_open_render("r0");
	EXPECT_EQ(0, vi915_object_count(fd));
	close(fd);
	config_remove("r0");
}

static int any_name(uint32_t *seed, char name[8])
{
	return snprintf(name, 8, "r%u", share_rand(seed, NAMES));
}

static void count(unsigned long *counter, bool yes)
{
	if (yes)
		__atomic_add_fetch(counter, 1, __ATOMIC_RELAXED);
}

static void make_and_remove(struct race *race, int index, uint32_t *seed)
{
	char name[8];

	(void)race;
	(void)index;
	any_name(seed, name);
	if (share_rand(seed, 4))
		race_allow(__config_make(name), EEXIST);
	else
		race_allow(__config_remove(name), ENOENT);
	usleep(share_rand(seed, 1000));
}

/* ENOENT: removed meanwhile. EBUSY: another card has the number. */
static void plug_and_unplug(struct race *race, int index, uint32_t *seed)
{
	RACE *self = race->arg;
	char name[8];
	int ret;

	(void)index;
	any_name(seed, name);
	if (share_rand(seed, 3)) {
		ret = __config_plug(name);
		race_allow(ret, ENOENT, EBUSY);
		count(&self->plugged, !ret);
	} else {
		race_allow(__config_unplug(name), ENOENT);
	}
}

static void change(struct race *race, int index, uint32_t *seed)
{
	static const char *const words[][2] = {
		{ "split", "1" }, { "split", "0" }, { "outputs", "2" }, { "outputs", "1" },
		{ "late", "1" }, { "late", "0" }, { "order", "20" }, { "order", "auto" },
		{ "order", "seed:1" }, { "set", "intel" },
	};
	const char *const *word = words[share_rand(seed, sizeof(words) / sizeof(words[0]))];
	RACE *self = race->arg;
	char name[8];
	int ret;

	(void)index;
	any_name(seed, name);
	ret = __config_set(name, word[0], word[1]);
	race_allow(ret, ENOENT, EBUSY);
	count(&self->refused, ret == -EBUSY);
}

/* By the device's name, which may already belong to another GPU. */
static void unbind_and_bind(struct race *race, int index, uint32_t *seed)
{
	char devices[CONFIG_TEXT], name[8];

	(void)race;
	(void)index;
	any_name(seed, name);
	if (__config_get(name, "devices", devices) || !*devices)
		return;
	devices[strcspn(devices, " ")] = '\0';
	race_allow(__share_unbind(devices), ENODEV);
	race_allow(__share_bind(devices), ENODEV, EBUSY);
}

/* Render nodes behind those of gpu0 and gpu1 belong to the raced GPUs. */
static void use(struct race *race, int index, uint32_t *seed)
{
	struct vi915_version version;
	uint64_t size = SHARE_SIZE;
	RACE *self = race->arg;
	uint32_t handle = 0;
	int fd, ret, dmabuf;
	char path[64];

	snprintf(path, sizeof(path), "/dev/dri/renderD%u", 130 + share_rand(seed, NAMES));
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		usleep(500);
		return;
	}
	/* It may be a node of a peer, which has no such ioctl. */
	ret = __gem_create(fd, &size, &handle);
	if (ret == -EINVAL && !__vi915_version(fd, &version) &&
	    strcmp(version.name, "i915")) {
		close(fd);
		return;
	}
	race_allow(ret, ENODEV);
	ret = ret ?: __prime_export(fd, handle, DRM_CLOEXEC | DRM_RDWR, &dmabuf);
	race_allow(ret, ENODEV);
	if (!ret) {
		share_writes(dmabuf, SHARE_SIZE, index);
		usleep(share_rand(seed, 2000));
		share_reads(dmabuf, SHARE_SIZE, index);
		close(dmabuf);
	}
	close(fd);
	count(&self->used, !ret);
}

static void judge(struct __test_metadata *_metadata, RACE *self)
{
	vi915_note("%lu times plugged in, %lu times frozen, %lu times used", self->plugged,
		   self->refused, self->used);
	EXPECT_GE(self->plugged, 5);
}

TEST_F_TIMEOUT(race, made_plugged_and_removed, 60)
{
	self->race.seed = 701;
	self->race.threads = 5;
	self->race.fns[0] = self->race.fns[1] = make_and_remove;
	self->race.fns[2] = self->race.fns[3] = plug_and_unplug;
	self->race.fns[4] = change;
	race_run(&self->race, "GPUs made, plugged and removed");
	judge(_metadata, self);
}

TEST_F_TIMEOUT(race, one_gpu_plugged_by_four, 60)
{
	config_make("r0");
	config_make("r1");
	config_make("r2");
	self->race.seed = 702;
	self->race.threads = 5;
	self->race.fns[0] = self->race.fns[1] = plug_and_unplug;
	self->race.fns[2] = self->race.fns[3] = plug_and_unplug;
	self->race.fns[4] = change;
	race_run(&self->race, "one GPU plugged by four");
	judge(_metadata, self);
	EXPECT_GE(self->refused, 1);
}

TEST_F_TIMEOUT(race, used_while_all_of_it_happens, 60)
{
	self->race.seed = 703;
	self->race.threads = 6;
	self->race.fns[0] = make_and_remove;
	self->race.fns[1] = plug_and_unplug;
	self->race.fns[2] = change;
	self->race.fns[3] = unbind_and_bind;
	self->race.fns[4] = self->race.fns[5] = use;
	race_run(&self->race, "GPUs used while they come and go");
	judge(_metadata, self);
	EXPECT_GE(self->used, 1);
}

static int unload(void)
{
	return syscall(SYS_delete_module, "vi915", O_NONBLOCK) ? -errno : 0;
}

/* A folder made by a user holds the module, a GPU of gpus= does not, even if late. */
TEST_F(race, unloaded_in_the_end)
{
	char name[CONFIG_TEXT];
	int fd;

	config_make("r1");
	EXPECT_ERR(EWOULDBLOCK, unload());
	config_set("r1", "late", "60000");
	config_plug("r1");
	EXPECT_ERR(EWOULDBLOCK, unload());
	config_remove("r1");

	fd = open(CONFIG_DIR "/gpu1/live", O_RDWR | O_CLOEXEC);
	EXPECT_ERR(EWOULDBLOCK, unload());
	close(fd);

	config_unplug("gpu1");
	config_set("gpu1", "late", "60000");
	config_set("gpu1", "split", "1");
	config_plug("gpu1");
	EXPECT_STREQ("vi915.1 vi915.2", config_get("gpu1", "devices", name));
	EXPECT_OK(unload());
	EXPECT_EQ(-1, access(CONFIG_DIR, F_OK));
	EXPECT_EQ(-1, access("/sys/devices/platform/vi915.1", F_OK));
	EXPECT_EQ(-1, config_card("gpu0"));
}

TEST_HARNESS_MAIN
