// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* GET_RESET_STATS. */
#include "gpu_fixture.h"

#include "ctx.h"
#include "exec.h"

#define NOBODY 65534

TEST_F(gpu, a_context_that_did_nothing_has_lost_nothing)
{
	struct drm_i915_reset_stats stats = ctx_reset_stats(self->fd, ctx_create(self->fd));

	EXPECT_EQ(0, stats.batch_active);
	EXPECT_EQ(0, stats.batch_pending);
	stats = ctx_reset_stats(self->fd, 0);
	EXPECT_EQ(0, stats.batch_active);
}

TEST_F(gpu, work_that_ends_is_not_counted)
{
	uint32_t ctx = ctx_create(self->fd), handle = gem_create(self->fd, VI915_PAGE);
	struct drm_i915_reset_stats before = ctx_reset_stats(self->fd, ctx), after;

	exec_store(self->fd, ctx, I915_EXEC_RENDER, handle, 0, 1);
	exec_sync(self->fd, handle);
	after = ctx_reset_stats(self->fd, ctx);
	EXPECT_EQ(0, after.batch_active);
	EXPECT_EQ(0, after.batch_pending);
	EXPECT_EQ(before.reset_count, after.reset_count);
}

TEST_F(gpu, a_hang_is_counted_for_the_guilty)
{
	uint32_t guilty = ctx_create(self->fd), other = ctx_create(self->fd);
	uint32_t before = ctx_reset_stats(self->fd, 0).reset_count;
	int fence = exec_break(self->fd, guilty, I915_EXEC_RENDER);

	EXPECT_EQ(-EIO, exec_fence_wait(fence));
	close(fence);
	EXPECT_EQ(1, ctx_reset_stats(self->fd, guilty).batch_active);
	EXPECT_EQ(0, ctx_reset_stats(self->fd, other).batch_active);
	EXPECT_EQ(0, ctx_reset_stats(self->fd, 0).batch_active);
	EXPECT_GT(ctx_reset_stats(self->fd, 0).reset_count, before);
}

TEST_F(gpu, what_goes_with_a_ban_is_pending_and_not_active)
{
	uint32_t ctx = ctx_create(self->fd);
	struct drm_i915_reset_stats stats;
	int hung, behind[2], i;
	struct spin spin;

	ctx_set(self->fd, ctx, I915_CONTEXT_PARAM_RECOVERABLE, 0);
	spin_start(&spin, self->fd, ctx, I915_EXEC_RENDER);
	hung = exec_break(self->fd, ctx, I915_EXEC_RENDER);
	for (i = 0; i < 2; i++)
		behind[i] = exec_nop_fence(self->fd, ctx, I915_EXEC_RENDER, -1);
	EXPECT_EQ(1, spin_free(&spin));
	EXPECT_EQ(-EIO, exec_fence_wait(hung));
	close(hung);
	for (i = 0; i < 2; i++) {
		EXPECT_EQ(-EIO, exec_fence_wait(behind[i]));
		close(behind[i]);
	}
	stats = ctx_reset_stats(self->fd, ctx);
	EXPECT_EQ(1, stats.batch_active);
	EXPECT_EQ(2, stats.batch_pending);
}

TEST_F(gpu, the_global_count_is_for_root)
{
	int fence = exec_break(self->fd, ctx_create(self->fd), I915_EXEC_RENDER);

	EXPECT_EQ(-EIO, exec_fence_wait(fence));
	close(fence);
	EXPECT_NE(0, ctx_reset_stats(self->fd, 0).reset_count);
	ASSERT_EQ(0, seteuid(NOBODY));
	EXPECT_EQ(0, ctx_reset_stats(self->fd, 0).reset_count);
	ASSERT_EQ(0, seteuid(0));
}

TEST_F(gpu, flags_and_pad_are_einval)
{
	struct drm_i915_reset_stats stats = { .flags = 1 };

	EXPECT_ERR(EINVAL, vi915_ioctl(self->fd, DRM_IOCTL_I915_GET_RESET_STATS, &stats));
	stats.flags = 0;
	stats.pad = 1;
	EXPECT_ERR(EINVAL, vi915_ioctl(self->fd, DRM_IOCTL_I915_GET_RESET_STATS, &stats));
}

TEST_F(gpu, an_unknown_context_is_enoent)
{
	struct drm_i915_reset_stats stats;

	EXPECT_ERR(ENOENT, __ctx_reset_stats(self->fd, 1, &stats));
	EXPECT_ERR(ENOENT, __ctx_reset_stats(self->fd, ~0u, &stats));
}

TEST_HARNESS_MAIN
