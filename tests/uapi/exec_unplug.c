// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --peers vgem
/*
 * A GPU is unplugged while jobs are queued and running: their fences signal
 * with an error, waiters wake up, and later calls return ENODEV. gpu1 is
 * unplugged and comes back in each case, so this has a box of its own.
 */
#include "share_fixture.h"

#include <poll.h>

#include "ctx.h"
#include "exec.h"

FIXTURE(unplug)
{
	int a;
	int b;
	char name[64];
	/* An object of gpu1 that gpu0 has imported. */
	uint32_t own;
	int dmabuf;
	uint32_t import;
	struct spin spin;
};

FIXTURE_SETUP(unplug)
{
	self->a = vi915_open_render("gpu0");
	self->b = vi915_open_render("gpu1");
	share_platform(self->b, self->name);
	self->own = gem_create(self->b, SHARE_SIZE);
	self->dmabuf = prime_export(self->b, self->own);
	share_writes(self->dmabuf, SHARE_SIZE, SHARE_SEED);
	self->import = prime_import(self->a, self->dmabuf);
	spin_start_on(&self->spin, self->b, 0, I915_EXEC_RENDER, SPIN_WRITE, self->own);
}

FIXTURE_TEARDOWN(unplug)
{
	int gpu;

	__share_bind(self->name);
	close(self->spin.fence);
	gem_munmap((void *)self->spin.map, VI915_PAGE);
	close(self->dmabuf);
	close(self->b);
	close(self->a);
	gpu = vi915_open_render("gpu1");
	EXPECT_EQ(0, vi915_object_count(gpu));
	close(gpu);
}

TEST_F(unplug, a_running_job_ends_with_an_error)
{
	spin_wait_running(&self->spin);
	share_unbind(self->name);
	EXPECT_EQ(POLLIN, fd_poll(self->spin.fence, POLLIN, 10000));
	EXPECT_LT(sync_file_status(self->spin.fence), 0);
}

TEST_F(unplug, a_job_that_does_not_yield_ends_too)
{
	uint32_t ctx = ctx_create(self->b);
	struct spin spin;

	spin_start_on(&spin, self->b, ctx, I915_EXEC_BLT, SPIN_NO_PREEMPTION, 0);
	spin_wait_running(&spin);
	share_unbind(self->name);
	EXPECT_EQ(POLLIN, fd_poll(spin.fence, POLLIN, 10000));
	EXPECT_LT(sync_file_status(spin.fence), 0);
	close(spin.fence);
	gem_munmap((void *)spin.map, VI915_PAGE);
}

TEST_F(unplug, queued_jobs_end_with_an_error)
{
	int timeline = sw_timeline(), fence = sw_fence(timeline, 1), behind, held;

	behind = exec_nop_fence(self->b, 0, I915_EXEC_RENDER, -1);
	/* The job waits for a fence that signals after the GPU is gone. */
	held = exec_nop_fence(self->b, 0, I915_EXEC_BSD, fence);
	share_unbind(self->name);
	EXPECT_EQ(POLLIN, fd_poll(behind, POLLIN, 10000));
	EXPECT_LT(sync_file_status(behind), 0);
	EXPECT_EQ(POLLIN, fd_poll(held, POLLIN, 10000));
	EXPECT_LT(sync_file_status(held), 0);
	sw_signal(timeline, 1);
	close(held);
	close(behind);
	close(fence);
	close(timeline);
}

static void unbind_later(void *arg)
{
	share_unbind(arg);
}

TEST_F(unplug, who_waits_for_the_object_is_let_go)
{
	vi915_after(100000000, unbind_later, self->name);
	exec_sync(self->a, self->import);
	EXPECT_EQ(POLLIN, fd_poll(self->dmabuf, POLLIN, 10000));
	dmabuf_sync(self->dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ);
	dmabuf_sync(self->dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ);
}

TEST_F(unplug, who_waits_with_the_gpu_itself_is_let_go)
{
	int64_t timeout = 20000000000;
	int ret;

	vi915_after(100000000, unbind_later, self->name);
	ret = __gem_wait(self->b, self->own, &timeout);
	EXPECT_TRUE(!ret || ret == -ENODEV);
	EXPECT_EQ(POLLIN, fd_poll(self->spin.fence, POLLIN, 10000));
}

TEST_F(unplug, the_other_gpus_job_goes_on)
{
	uint32_t mine = gem_create(self->a, SHARE_SIZE);
	int out = exec_nop_fence(self->a, 0, I915_EXEC_BLT, self->spin.fence), copy;

	/* One job waits by explicit fence, one reads what the spinner writes. */
	copy = exec_copy_fence(self->a, ctx_create(self->a), I915_EXEC_BLT, mine, self->import,
			       SHARE_SIZE / VI915_PAGE, -1);
	share_unbind(self->name);
	EXPECT_EQ(POLLIN, fd_poll(out, POLLIN, 10000));
	EXPECT_EQ(POLLIN, fd_poll(copy, POLLIN, 10000));
	close(out);
	close(copy);
	/* gpu0 is not affected. */
	exec_store(self->a, 0, I915_EXEC_BLT, mine, 0, 9);
	exec_sync(self->a, mine);
	EXPECT_EQ(9, exec_read(self->a, mine, 0));
}

TEST_F(unplug, every_call_is_enodev)
{
	struct drm_i915_reg_read reg = { .offset = 0x2358 };
	struct drm_i915_reset_stats stats;
	struct batch batch;
	struct exec exec;
	uint32_t id;
	uint64_t value;

	batch_init(&batch, self->b, VI915_PAGE);
	batch_end(&batch);
	exec_init(&exec, self->b, 0, I915_EXEC_DEFAULT);
	exec_add_batch(&exec, &batch);
	share_unbind(self->name);
	EXPECT_ERR(ENODEV, __exec_submit(&exec));
	EXPECT_ERR(ENODEV, __ctx_create(self->b, &id));
	EXPECT_ERR(ENODEV, __ctx_destroy(self->b, 1));
	EXPECT_ERR(ENODEV, __ctx_get(self->b, 0, I915_CONTEXT_PARAM_GTT_SIZE, &value));
	EXPECT_ERR(ENODEV, __ctx_set(self->b, 0, I915_CONTEXT_PARAM_RECOVERABLE, 0));
	EXPECT_ERR(ENODEV, __vm_create(self->b, &id));
	EXPECT_ERR(ENODEV, __vm_destroy(self->b, 1));
	EXPECT_ERR(ENODEV, __ctx_reset_stats(self->b, 0, &stats));
	EXPECT_ERR(ENODEV, vi915_ioctl(self->b, DRM_IOCTL_I915_REG_READ, &reg));
	EXPECT_ERR(ENODEV, vi915_ioctl(self->b, DRM_IOCTL_I915_GEM_THROTTLE, NULL));
	gem_munmap(batch.cs, VI915_PAGE);
}

TEST_F(unplug, fences_stay_what_they_were)
{
	struct sync_fence_info fences[1] = {};
	struct sync_file_info info = { .num_fences = 1, .sync_fence_info = (uintptr_t)fences };
	int done = exec_nop_fence(self->b, ctx_create(self->b), I915_EXEC_BLT, -1);

	EXPECT_EQ(1, exec_fence_wait(done));
	share_unbind(self->name);
	EXPECT_EQ(1, sync_file_status(done));
	/* The fence's names outlive the driver that they name. */
	EXPECT_OK(vi915_ioctl(done, SYNC_IOC_FILE_INFO, &info));
	EXPECT_NE(0, fences[0].driver_name[0]);
	close(done);
}

TEST_F(unplug, the_one_that_comes_back_runs_jobs)
{
	uint32_t handle;
	int gpu;

	share_unbind(self->name);
	share_bind(self->name);
	gpu = vi915_open_render("gpu1");
	handle = gem_create(gpu, VI915_PAGE);
	exec_store(gpu, 0, I915_EXEC_VEBOX, handle, 0, 3);
	exec_sync(gpu, handle);
	EXPECT_EQ(3, exec_read(gpu, handle, 0));
	close(gpu);
}

/* Unplug again and again under a stream of jobs. */
TEST_F_TIMEOUT(unplug, jobs_in_any_state_survive_it, 120)
{
	int round, gpu, fence[24], i;
	uint32_t handle;

	share_unbind(self->name);
	for (round = 0; round < 8; round++) {
		share_bind(self->name);
		gpu = vi915_open_render("gpu1");
		handle = gem_create(gpu, SHARE_SIZE);
		for (i = 0; i < 24; i++)
			fence[i] = exec_store_fence(gpu, 0, 1 + i % 4, handle, 4 * i, i, -1);
		usleep(500 * round);
		share_unbind(self->name);
		for (i = 0; i < 24; i++) {
			EXPECT_EQ(POLLIN, fd_poll(fence[i], POLLIN, 10000));
			close(fence[i]);
		}
		close(gpu);
	}
}

TEST_HARNESS_MAIN
