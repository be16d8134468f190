// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --gpu lazy,clock=lazy --gpu manual,clock=manual --peers vgem
/*
 * Observing must not start jobs: on a GPU whose jobs run when something waits
 * for them, reading the driver's state is not a wait. A call that asks for an
 * idle GPU does wait. (The clock itself is tested in clock.c.)
 */
#include "gpu_fixture.h"

#include "ctx.h"
#include "exec.h"
#include "fdinfo.h"
#include "sysfs.h"

#define OLD 0x0d0d0d0du
#define NEW 0x11111111u

FIXTURE(held)
{
	int fd;
	uint32_t handle;
	volatile uint32_t *map;
	int fence;
};

FIXTURE_VARIANT(held)
{
	const char *gpu;
};

FIXTURE_VARIANT_ADD(held, lazy) { .gpu = "lazy" };
FIXTURE_VARIANT_ADD(held, manual) { .gpu = "manual" };

/* A held job would write NEW over OLD. */
FIXTURE_SETUP(held)
{
	self->fd = vi915_open(variant->gpu);
	self->handle = gem_create(self->fd, VI915_PAGE);
	self->map = gem_mmap_wb(self->fd, self->handle, 0, VI915_PAGE);
	self->map[0] = OLD;
	self->fence = exec_store_fence(self->fd, 0, I915_EXEC_BLT, self->handle, 0, NEW, -1);
}

FIXTURE_TEARDOWN(held)
{
	/* Ends the job, which would not run by itself with a manual clock. */
	vi915_drop_caches(self->fd, DROP_RESET_ACTIVE);
	close(self->fence);
	gem_munmap((void *)self->map, VI915_PAGE);
	close(self->fd);
}

#define EXPECT_HELD() \
	do { \
		usleep(20000); \
		EXPECT_EQ(OLD, self->map[0]); \
	} while (0)

TEST_F(held, reading_debugfs_is_no_wait)
{
	static const char *const files[] = {
		"i915_engine_info", "i915_gem_drop_caches", "i915_gem_objects",
		"i915_wedged", "vi915_description", "vi915_engines", "vi915_handles",
		"vi915_objects",
	};
	char text[8192];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(files); i++)
		EXPECT_GT(__vi915_debugfs_read(self->fd, files[i], text, sizeof(text)), 0);
	EXPECT_HELD();
}

TEST_F(held, reading_sysfs_is_no_wait)
{
	char text[8192];

	EXPECT_GT(__vi915_sysfs_read(variant->gpu, "error", text, sizeof(text)), 0);
	EXPECT_GT(__vi915_sysfs_read(variant->gpu, "engine/bcs0/name", text, sizeof(text)), 0);
	EXPECT_HELD();
}

TEST_F(held, reading_fdinfo_is_no_wait)
{
	EXPECT_EQ(0, vi915_fdinfo(self->fd, "drm-engine-copy"));
	EXPECT_LE(VI915_PAGE, vi915_fdinfo(self->fd, "drm-active-system0"));
	EXPECT_HELD();
}

TEST_F(held, dropping_pages_is_no_wait)
{
	vi915_drop_caches(self->fd, DROP_PAGES | DROP_FREED | DROP_RETIRE | DROP_RCU);
	EXPECT_HELD();
}

TEST_F(held, throttling_is_no_wait_for_what_is_new)
{
	int fresh = vi915_reopen(self->fd);

	EXPECT_OK(vi915_ioctl(fresh, DRM_IOCTL_I915_GEM_THROTTLE, NULL));
	close(fresh);
	EXPECT_HELD();
}

TEST_F(held, resetting_what_runs_leaves_alone_what_does_not)
{
	EXPECT_OK(__vi915_debugfs_write(self->fd, "i915_wedged", "1"));
	EXPECT_HELD();
}

TEST_F(held, reset_active_ends_it_one_way_or_the_other)
{
	vi915_drop_caches(self->fd, DROP_RESET_ACTIVE);
	/* A lazy GPU gets 200 ms and a waiter, so the job completes. */
	if (!strcmp(variant->gpu, "lazy")) {
		EXPECT_EQ(1, sync_file_status(self->fence));
		EXPECT_EQ(NEW, self->map[0]);
	} else {
		EXPECT_EQ(-EIO, sync_file_status(self->fence));
		EXPECT_EQ(OLD, self->map[0]);
	}
}

static int held_lazily(uint32_t **map)
{
	int fd = vi915_open("lazy");
	uint32_t handle = gem_create(fd, VI915_PAGE);

	*map = gem_mmap_wb(fd, handle, 0, VI915_PAGE);
	**map = OLD;
	exec_store(fd, 0, I915_EXEC_BLT, handle, 0, NEW);
	usleep(50000);
	return fd;
}

TEST(drop_caches_with_active_waits)
{
	uint32_t *map;
	int fd = held_lazily(&map);

	EXPECT_EQ(OLD, *map);
	vi915_drop_caches(fd, DROP_ACTIVE);
	EXPECT_EQ(NEW, *map);
	close(fd);
}

TEST(throttle_waits_for_what_is_old)
{
	uint32_t *map;
	int fd = held_lazily(&map);

	EXPECT_EQ(OLD, *map);
	EXPECT_OK(vi915_ioctl(fd, DRM_IOCTL_I915_GEM_THROTTLE, NULL));
	EXPECT_EQ(NEW, *map);
	close(fd);
}

TEST(throttle_waits_for_every_context_of_the_file)
{
	int fd = vi915_open("lazy"), fence;

	fence = exec_nop_fence(fd, ctx_create(fd), I915_EXEC_RENDER, -1);
	usleep(40000);
	EXPECT_EQ(0, sync_file_status(fence));
	EXPECT_OK(vi915_ioctl(fd, DRM_IOCTL_I915_GEM_THROTTLE, NULL));
	EXPECT_EQ(1, sync_file_status(fence));
	close(fence);
	close(fd);
}

TEST_HARNESS_MAIN
