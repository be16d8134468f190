// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * BUSY and WAIT on foreign fences in an object's reservation: of software
 * timelines and of vgem. Such a fence belongs to no engine of this GPU: BUSY
 * shows it as a reader on every class, and for a writer with an id that no
 * engine has.
 */
#include "gpu_fixture.h"

#include <signal.h>
#include <sys/ioctl.h>

#include "peer.h"

#define MS 1000000LL

FIXTURE(busy)
{
	int fd;
	uint32_t handle;
	int timeline;
	int fence;
};

FIXTURE_VARIANT(busy)
{
	uint32_t usage;
	uint32_t busy;
};

FIXTURE_VARIANT_ADD(busy, reader)
{
	.usage = DMA_BUF_SYNC_READ,
	.busy = 0xffff0000,
};

FIXTURE_VARIANT_ADD(busy, writer)
{
	.usage = DMA_BUF_SYNC_WRITE,
	.busy = 0xffffffff,
};

FIXTURE_SETUP(busy)
{
	self->fd = vi915_open_render("gpu0");
	self->handle = gem_create(self->fd, VI915_PAGE);
	self->timeline = sw_timeline();
	self->fence = sw_fence(self->timeline, 1);
	gem_attach_fence(self->fd, self->handle, self->fence, variant->usage);
}

FIXTURE_TEARDOWN(busy)
{
	close(self->timeline);
	close(self->fd);
}

static void signal_later(void *arg)
{
	sw_signal(*(int *)arg, 1);
}

TEST_F(busy, wait_with_timeout_0_is_etime)
{
	int64_t timeout = 0;

	EXPECT_ERR(ETIME, __gem_wait(self->fd, self->handle, &timeout));
	EXPECT_EQ(0, timeout);
}

TEST_F(busy, wait_is_etime_after_its_timeout_and_no_time_is_left)
{
	int64_t timeout = 80 * MS, start = vi915_now();

	EXPECT_ERR(ETIME, __gem_wait(self->fd, self->handle, &timeout));
	EXPECT_EQ(0, timeout);
	EXPECT_GE(vi915_now() - start, 79 * MS);
	EXPECT_EQ(0, sync_file_status(self->fence));
}

TEST_F(busy, wait_ends_when_the_fence_signals)
{
	int64_t timeout = 20000 * MS;

	vi915_after(50 * MS, signal_later, &self->timeline);
	EXPECT_OK(__gem_wait(self->fd, self->handle, &timeout));
	EXPECT_EQ(1, sync_file_status(self->fence));
	EXPECT_GT(timeout, 0);
	EXPECT_LT(timeout, 20000 * MS);
}

TEST_F(busy, wait_with_a_negative_timeout_waits_and_keeps_it)
{
	int64_t timeout = -5;

	vi915_after(50 * MS, signal_later, &self->timeline);
	EXPECT_OK(__gem_wait(self->fd, self->handle, &timeout));
	EXPECT_EQ(-5, timeout);
	EXPECT_EQ(1, sync_file_status(self->fence));
}

TEST_F(busy, wait_on_a_signalled_fence_is_fine_at_once)
{
	int64_t timeout = 0;

	sw_signal(self->timeline, 1);
	EXPECT_OK(__gem_wait(self->fd, self->handle, &timeout));
}

TEST_F(busy, wait_asks_for_every_fence)
{
	int timeline = sw_timeline();
	int64_t timeout = 0;

	gem_attach_fence(self->fd, self->handle, sw_fence(timeline, 1), DMA_BUF_SYNC_READ);
	sw_signal(self->timeline, 1);
	EXPECT_ERR(ETIME, __gem_wait(self->fd, self->handle, &timeout));
	sw_signal(timeline, 1);
	EXPECT_OK(__gem_wait(self->fd, self->handle, &timeout));
}

TEST_F(busy, wait_on_one_object_does_not_ask_another)
{
	int64_t timeout = 0;

	EXPECT_OK(__gem_wait(self->fd, gem_create(self->fd, VI915_PAGE), &timeout));
}

TEST_F(busy, busy_shows_the_fence_until_it_signals)
{
	EXPECT_EQ(variant->busy, gem_busy(self->fd, self->handle));
	sw_signal(self->timeline, 1);
	EXPECT_EQ(0, gem_busy(self->fd, self->handle));
}

TEST_F(busy, busy_shows_readers_beside_writers)
{
	int timeline = sw_timeline();

	gem_attach_fence(self->fd, self->handle, sw_fence(timeline, 1), DMA_BUF_SYNC_WRITE);
	EXPECT_EQ(0xffffffff, gem_busy(self->fd, self->handle));
	sw_signal(timeline, 1);
	EXPECT_EQ(variant->busy, gem_busy(self->fd, self->handle));
	close(timeline);
}

TEST_F(busy, a_mapping_can_be_touched_while_the_object_is_busy)
{
	char *gtt = gem_mmap_gtt(self->fd, self->handle, VI915_PAGE);
	char *wb = gem_mmap_type(self->fd, self->handle, VI915_PAGE, I915_MMAP_OFFSET_WB);

	/* A fault that waits would end in the harness's timeout. */
	EXPECT_EQ(0, vi915_write_signal(gtt));
	EXPECT_EQ(0, vi915_write_signal(wb));
	EXPECT_EQ(0, sync_file_status(self->fence));
}

TEST_F(busy, state_can_be_changed_while_the_object_is_busy)
{
	uint32_t caching;

	EXPECT_OK(__gem_set_tiling(self->fd, self->handle, I915_TILING_X, 512));
	EXPECT_OK(__gem_get_caching(self->fd, self->handle, &caching));
	EXPECT_EQ(1, gem_madvise(self->fd, self->handle, I915_MADV_WILLNEED));
	EXPECT_EQ(0, sync_file_status(self->fence));
}

TEST_F(busy, a_busy_object_can_be_closed)
{
	EXPECT_OK(__gem_close(self->fd, self->handle));
	EXPECT_EQ(0, sync_file_status(self->fence));
	sw_signal(self->timeline, 1);
	EXPECT_EQ(1, sync_file_status(self->fence));
}

static volatile int alarms;

static void on_alarm(int sig)
{
	(void)sig;
	alarms++;
}

TEST_F(busy, a_signal_interrupts_wait_and_the_time_counts_on)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct drm_i915_gem_wait arg = { .bo_handle = self->handle, .timeout_ns = 20000 * MS };

	sigaction(SIGALRM, &action, NULL);
	/* Repeated, since the first signal may come before the call on a slow machine. */
	ualarm(50000, 50000);
	errno = 0;
	EXPECT_EQ(-1, ioctl(self->fd, DRM_IOCTL_I915_GEM_WAIT, &arg));
	EXPECT_EQ(EINTR, errno);
	ualarm(0, 0);
	EXPECT_GE(alarms, 1);
	EXPECT_LT(arg.timeout_ns, 20000 * MS);
	EXPECT_GT(arg.timeout_ns, 0);
}

TEST_F(busy, signals_do_not_confuse_wait)
{
	struct sigaction action = { .sa_handler = on_alarm };
	int64_t timeout = 300 * MS, start = vi915_now();

	sigaction(SIGALRM, &action, NULL);
	ualarm(20000, 20000);
	EXPECT_ERR(ETIME, __gem_wait(self->fd, self->handle, &timeout));
	ualarm(0, 0);
	EXPECT_EQ(0, timeout);
	EXPECT_GE(vi915_now() - start, 299 * MS);
	EXPECT_GT(alarms, 2);
}

TEST_F(gpu, an_idle_object_is_not_busy)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE), busy = ~0u;
	int64_t timeout = 0;

	EXPECT_OK(__gem_busy(self->fd, handle, &busy));
	EXPECT_EQ(0, busy);
	EXPECT_OK(__gem_wait(self->fd, handle, &timeout));
	timeout = 1000 * MS;
	EXPECT_OK(__gem_wait(self->fd, handle, &timeout));
	EXPECT_GT(timeout, 0);
}

TEST_F(gpu, wait_flags_are_einval)
{
	struct drm_i915_gem_wait arg = { .bo_handle = gem_create(self->fd, VI915_PAGE) };
	int bit;

	for (bit = 0; bit < 32; bit++) {
		arg.flags = 1u << bit;
		EXPECT_ERR(EINVAL, vi915_ioctl(self->fd, DRM_IOCTL_I915_GEM_WAIT, &arg));
	}
}

TEST_F(gpu, wait_and_busy_of_an_unknown_handle_are_enoent)
{
	int64_t timeout = 0;
	uint32_t busy;

	EXPECT_ERR(ENOENT, __gem_wait(self->fd, 0, &timeout));
	EXPECT_ERR(ENOENT, __gem_wait(self->fd, BAD_HANDLE, &timeout));
	EXPECT_ERR(ENOENT, __gem_busy(self->fd, 0, &busy));
	EXPECT_ERR(ENOENT, __gem_busy(self->fd, BAD_HANDLE, &busy));
}

TEST_F(gpu, wait_waits_for_a_fence_of_vgem)
{
	uint32_t handle = gem_create(self->fd, 4 * VI915_PAGE), fence;
	int vgem = vi915_driver_open("vgem");
	int64_t timeout = 0;

	fence = vgem_fence_attach(vgem, prime_import(vgem, prime_export(self->fd, handle)),
				  VGEM_FENCE_WRITE);
	EXPECT_ERR(ETIME, __gem_wait(self->fd, handle, &timeout));
	vgem_fence_signal(vgem, fence);
	EXPECT_OK(__gem_wait(self->fd, handle, &timeout));
	close(vgem);
}

TEST_HARNESS_MAIN
