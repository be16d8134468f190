// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --peers vgem
/*
 * The card's folder in sysfs when its GPU is unplugged and comes back. gpu1
 * does so in each case, so this has a box of its own.
 */
#include "share_fixture.h"

#include <fcntl.h>
#include <inttypes.h>

#include "ctx.h"
#include "exec.h"
#include "sysfs.h"

FIXTURE(card)
{
	char name[64];
	char folder[64];
};

FIXTURE_SETUP(card)
{
	struct vi915_gpu gpu;
	int fd;

	/* A failed case may have left it unbound. */
	__share_bind("vi915.1");
	fd = vi915_open("gpu1");
	share_platform(fd, self->name);
	close(fd);
	vi915_gpu_find("gpu1", &gpu);
	snprintf(self->folder, sizeof(self->folder), "/sys/class/drm/card%d", gpu.card);
}

FIXTURE_TEARDOWN(card)
{
	__share_bind(self->name);
}

static int open_file(const char *folder, const char *file, int flags)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	fd = open(path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

TEST_F(card, the_files_go_with_the_gpu_and_come_back)
{
	char text[64];

	vi915_check(__vi915_sysfs_write("gpu1", "engine/rcs0/stop_timeout_ms", "7"));
	EXPECT_EQ(7, vi915_sysfs_number("gpu1", "engine/rcs0/stop_timeout_ms"));
	share_unbind(self->name);
	EXPECT_ERR(ENOENT, open_file(self->folder, "engine/rcs0/name", O_RDONLY));
	EXPECT_ERR(ENOENT, open_file(self->folder, "error", O_RDONLY));
	share_bind(self->name);
	EXPECT_EQ(100, vi915_sysfs_number("gpu1", "engine/rcs0/stop_timeout_ms"));
	vi915_check(__vi915_sysfs_read("gpu1", "error", text, sizeof(text)));
	EXPECT_STREQ("No error state collected\n", text);
}

TEST_F(card, an_open_file_is_enodev_afterwards)
{
	static const char *const files[] = {
		"engine/rcs0/name", "engine/vecs0/heartbeat_interval_ms",
		"engine/bcs0/.defaults/preempt_timeout_ms", "error",
	};
	int fds[ARRAY_SIZE(files)];
	unsigned int i;
	char byte;

	for (i = 0; i < ARRAY_SIZE(files); i++) {
		fds[i] = open_file(self->folder, files[i], O_RDONLY);
		ASSERT_GE(fds[i], 0);
	}
	share_unbind(self->name);
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		EXPECT_EQ(-1, read(fds[i], &byte, 1));
		EXPECT_EQ(ENODEV, errno);
		close(fds[i]);
	}
}

TEST_F(card, a_report_goes_with_the_gpu)
{
	int fd = vi915_open_render("gpu1"), fence;
	char text[64];

	fence = exec_break(fd, ctx_create(fd), I915_EXEC_RENDER);
	EXPECT_EQ(-EIO, exec_fence_wait(fence));
	vi915_check(__vi915_sysfs_read("gpu1", "error", text, sizeof(text)));
	EXPECT_EQ(0, strncmp(text, "GPU hang", 8));
	share_unbind(self->name);
	share_bind(self->name);
	vi915_check(__vi915_sysfs_read("gpu1", "error", text, sizeof(text)));
	EXPECT_STREQ("No error state collected\n", text);
	close(fence);
	close(fd);
}

/* Uevents of hangs may be pending when the card goes. */
TEST_F(card, a_gpu_can_go_in_the_middle_of_its_hangs)
{
	int fd, fence[16];
	unsigned int i, round;

	for (round = 0; round < 5; round++) {
		fd = vi915_open_render("gpu1");
		for (i = 0; i < ARRAY_SIZE(fence); i++)
			fence[i] = exec_break(fd, ctx_create(fd), I915_EXEC_RENDER);
		share_unbind(self->name);
		for (i = 0; i < ARRAY_SIZE(fence); i++) {
			EXPECT_NE(0, sync_file_status(fence[i]));
			close(fence[i]);
		}
		close(fd);
		share_bind(self->name);
	}
}

/* Files that are used meanwhile: wedged, error and an engine's name. */
static void use_files(void *arg, int index)
{
	char text[4096];
	int fd = *(int *)arg, i;

	for (i = 0; i < 200; i++) {
		if (index == 0)
			__vi915_debugfs_write(fd, "i915_wedged", "1");
		else if (index == 1)
			__vi915_sysfs_write("gpu1", "error", "1");
		else
			__vi915_sysfs_read("gpu1", "engine/rcs0/name", text, sizeof(text));
	}
}

static void come_and_go(void *arg)
{
	const char *name = arg;
	int i;

	for (i = 0; i < 10; i++) {
		__share_unbind(name);
		__share_bind(name);
	}
}

TEST_F(card, its_files_can_be_in_use_while_it_comes_and_goes)
{
	int fd = vi915_open("gpu1");
	pid_t child = vi915_child(come_and_go, self->name);

	vi915_threads(3, use_files, &fd);
	vi915_child_join(child);
	close(fd);
}

TEST_HARNESS_MAIN
