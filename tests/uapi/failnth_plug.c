// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --gpu gpu0 --gpu gpu1
/*
 * Describing GPUs and taking them away, by configfs and sysfs, when memory runs
 * out: each allocation of each call fails once. GPUs go here, so this has a box
 * of its own.
 */
#include "test.h"

#include <unistd.h>

#include "config.h"
#include "failnth.h"
#include "gpu.h"
#include "innocent.h"
#include "share.h"

/* The GPU that comes and goes. */
#define NAME "nth"

FIXTURE(plug)
{
	int fd;
	struct innocent innocent;
	struct failnth_balance before;
};

FIXTURE_SETUP(plug)
{
	self->fd = vi915_open_render("gpu0");
	innocent_open(&self->innocent, "gpu0");
	innocent_round(&self->innocent);
}

FIXTURE_TEARDOWN(plug)
{
	innocent_close(&self->innocent);
}

FIXTURE_VARIANT(plug)
{
	struct failnth_call call;
};

#define PLUG(...) FAILNTH_VARIANT(plug, __VA_ARGS__)
/* A whole GPU takes more than 1,000 allocations. */
#define PLUG_GPU(name, ...) FAILNTH_VARIANT_BY(plug, name, 16, __VA_ARGS__)

/* The neighbour draws on, and nothing of the GPU that did not come is left. */
TEST_F_TIMEOUT(plug, fails_cleanly_whichever_allocation_does, 600)
{
	struct failnth_result result;

	failnth_balance(&self->before, &self->fd, 1);
	result = failnth_sweep(&variant->call, self);
	vi915_note("%u allocations, without %u of them it is refused", result.chances,
		   result.refused);
	EXPECT_LT(0, result.chances);
	EXPECT_EQ(-1, config_card(NAME));
	ASSERT_OK(__config_make(NAME));
	EXPECT_OK(__config_plug(NAME));
	EXPECT_OK(__config_unplug(NAME));
	EXPECT_OK(__config_remove(NAME));
	innocent_round(&self->innocent);
	failnth_same(&self->before);
}

static void make(void *arg)
{
	(void)arg;
	config_make(NAME);
}

static void unmake(void *arg)
{
	(void)arg;
	config_remove(NAME);
}

static int make_folder(void *arg)
{
	(void)arg;
	return __config_make(NAME);
}

/* With memory again: rmdir takes some too. */
static void unmake_if_made(void *arg)
{
	int ret = __config_remove(NAME);

	(void)arg;
	vi915_require(!ret || ret == -ENOENT);
}

/* One value of each kind. */
static int describe(void *arg)
{
	static const char *const values[][2] = {
		{ "set", "arm-like" }, { "outputs", "3" }, { "split", "1" }, { "clock", "lazy" },
		{ "fault", "import:ENODEV@every:3" }, { "order", "seed:3" },
	};
	unsigned int i;
	int ret = 0;

	(void)arg;
	for (i = 0; !ret && i < sizeof(values) / sizeof(*values); i++)
		ret = __config_set(NAME, values[i][0], values[i][1]);
	return ret;
}

static int plug(void *arg)
{
	(void)arg;
	return __config_plug(NAME);
}

static int unplug(void *arg)
{
	(void)arg;
	return __config_unplug(NAME);
}

static void unplug_and_unmake(void *arg)
{
	config_unplug(NAME);
	unmake(arg);
}

static void make_with_outputs(void *arg)
{
	make(arg);
	config_set(NAME, "outputs", "2");
	config_set(NAME, "split", "1");
}

static void make_plugged(void *arg)
{
	make(arg);
	config_plug(NAME);
}

PLUG(mkdir, NULL, make_folder, unmake_if_made);
PLUG(description, make, describe, unmake);
/* EINVAL is the driver core's, for a device that has no memory for its name. */
PLUG_GPU(live, make, plug, unplug_and_unmake, EINVAL);
PLUG_GPU(live_with_outputs, make_with_outputs, plug, unplug_and_unmake, EINVAL);
PLUG(not_live, make_plugged, unplug, unplug_and_unmake);

/* A driver that lets its device go, and takes it again. */

static char platform[64];

static void find_platform(void)
{
	int fd;

	if (*platform)
		return;
	fd = vi915_open_render("gpu1");
	share_platform(fd, platform);
	close(fd);
}

static void unbind_second(void *arg)
{
	(void)arg;
	find_platform();
	share_unbind(platform);
}

static int bind_second(void *arg)
{
	(void)arg;
	return __share_bind(platform);
}

/*
 * It is bound afterwards, whether it was or not, and all of it is there: files in
 * debugfs may be missing of a device that was bound without memory for them.
 */
static void have_bound(void *arg)
{
	int ret = __share_unbind(platform);

	(void)arg;
	vi915_require(!ret || ret == -ENODEV);
	share_bind(platform);
}

static int unbind_once(void *arg)
{
	(void)arg;
	find_platform();
	return __share_unbind(platform);
}

PLUG_GPU(bind, unbind_second, bind_second, have_bound);
PLUG(unbind, NULL, unbind_once, have_bound);

TEST_HARNESS_MAIN
