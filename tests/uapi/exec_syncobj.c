// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* FENCE_ARRAY and timelines: EXECBUFFER2 waits for syncobjs and signals them. */
#include "fence_fixture.h"

#include "syncobj.h"

static void set_fences(FENCE *self, struct drm_i915_gem_exec_fence *fences,
		       unsigned int n)
{
	make_job(self);
	self->exec.arg.flags |= I915_EXEC_FENCE_ARRAY | I915_EXEC_FENCE_OUT;
	self->exec.arg.num_cliprects = n;
	self->exec.arg.cliprects_ptr = (uintptr_t)fences;
}

TEST_F(fence, array_signals_every_syncobj)
{
	struct drm_i915_gem_exec_fence fences[4];
	struct spin spin;
	unsigned int i;

	spin_start(&spin, self->fd, 0, I915_EXEC_BLT);
	for (i = 0; i < 4; i++)
		fences[i] = (struct drm_i915_gem_exec_fence){
			.handle = syncobj_create(self->fd, 0), .flags = I915_EXEC_FENCE_SIGNAL,
		};
	set_fences(self, fences, 4);
	exec_submit(&self->exec);
	for (i = 0; i < 4; i++)
		EXPECT_ERR(ETIME, __syncobj_wait(self->fd, fences[i].handle, 0, 0));
	EXPECT_EQ(1, spin_free(&spin));
	for (i = 0; i < 4; i++)
		syncobj_wait(self->fd, fences[i].handle);
}

TEST_F(fence, array_waits_for_every_syncobj)
{
	struct drm_i915_gem_exec_fence fences[3];
	int timeline[3], out;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		timeline[i] = sw_timeline();
		fences[i] = (struct drm_i915_gem_exec_fence){
			.handle = syncobj_create(self->fd, 0), .flags = I915_EXEC_FENCE_WAIT,
		};
		syncobj_import_sync_file(self->fd, fences[i].handle, sw_fence(timeline[i], 1));
	}
	set_fences(self, fences, 3);
	exec_submit(&self->exec);
	out = exec_out_fence(&self->exec);
	for (i = 0; i < 3; i++) {
		usleep(A_WHILE_US / 2);
		EXPECT_EQ(0, sync_file_status(out));
		sw_signal(timeline[i], 1);
	}
	EXPECT_EQ(1, exec_fence_wait(out));
}

TEST_F(fence, array_that_waits_and_signals_replaces_the_fence_after_the_wait)
{
	struct drm_i915_gem_exec_fence fence = {
		.handle = syncobj_create(self->fd, 0),
		.flags = I915_EXEC_FENCE_WAIT | I915_EXEC_FENCE_SIGNAL,
	};
	int out, replaced;

	syncobj_import_sync_file(self->fd, fence.handle, self->fence);
	set_fences(self, &fence, 1);
	exec_submit(&self->exec);
	out = exec_out_fence(&self->exec);
	replaced = syncobj_export_sync_file(self->fd, fence.handle);
	usleep(A_WHILE_US);
	EXPECT_EQ(0, sync_file_status(out));
	EXPECT_EQ(0, sync_file_status(replaced));
	sw_signal(self->timeline, 1);
	EXPECT_EQ(1, exec_fence_wait(replaced));
	EXPECT_EQ(1, exec_fence_wait(out));
}

TEST_F(fence, array_without_flags_does_nothing)
{
	struct drm_i915_gem_exec_fence fence = { .handle = syncobj_create(self->fd, 0) };

	set_fences(self, &fence, 1);
	EXPECT_OK(__exec_submit(&self->exec));
	EXPECT_ERR(EINVAL, __syncobj_wait(self->fd, fence.handle, 0, 0));
}

TEST_F(fence, an_empty_array_is_fine)
{
	set_fences(self, NULL, 0);
	EXPECT_OK(__exec_submit(&self->exec));
}

TEST_F(fence, a_syncobj_after_a_hang_still_wakes_its_waiter)
{
	struct drm_i915_gem_exec_fence fence = {
		.handle = syncobj_create(self->fd, 0), .flags = I915_EXEC_FENCE_SIGNAL,
	};
	int file;

	self->batch.cs[0] = BATCH_INVALID;
	set_fences(self, &fence, 1);
	self->exec.arg.rsvd1 = ctx_create(self->fd);
	exec_submit(&self->exec);
	syncobj_wait(self->fd, fence.handle);
	file = syncobj_export_sync_file(self->fd, fence.handle);
	EXPECT_EQ(-EIO, sync_file_status(file));
	close(file);
}

/* Timelines. */

struct points {
	struct drm_i915_gem_execbuffer_ext_timeline_fences ext;
	struct drm_i915_gem_exec_fence fences[4];
	uint64_t values[4];
};

static void set_points(FENCE *self, struct points *points, unsigned int n)
{
	points->ext = (struct drm_i915_gem_execbuffer_ext_timeline_fences){
		.base.name = DRM_I915_GEM_EXECBUFFER_EXT_TIMELINE_FENCES,
		.fence_count = n,
		.handles_ptr = (uintptr_t)points->fences,
		.values_ptr = (uintptr_t)points->values,
	};
	make_job(self);
	self->exec.arg.flags |= I915_EXEC_USE_EXTENSIONS | I915_EXEC_FENCE_OUT;
	self->exec.arg.cliprects_ptr = (uintptr_t)&points->ext;
}

TEST_F(fence, timeline_points_are_signalled)
{
	uint32_t timeline = syncobj_create(self->fd, 0);
	struct points points = {
		.fences = { { timeline, I915_EXEC_FENCE_SIGNAL } }, .values = { 3 },
	};
	struct spin spin;

	spin_start(&spin, self->fd, 0, I915_EXEC_BLT);
	set_points(self, &points, 1);
	exec_submit(&self->exec);
	EXPECT_EQ(0, syncobj_query(self->fd, timeline));
	EXPECT_ERR(ETIME, __syncobj_wait_point(self->fd, timeline, 3, 0, 0));
	EXPECT_EQ(1, spin_free(&spin));
	syncobj_wait_point(self->fd, timeline, 3);
	EXPECT_EQ(3, syncobj_query(self->fd, timeline));
	/* The next point. */
	points.values[0] = 4;
	set_points(self, &points, 1);
	exec_submit(&self->exec);
	syncobj_wait_point(self->fd, timeline, 4);
	EXPECT_EQ(4, syncobj_query(self->fd, timeline));
}

TEST_F(fence, timeline_points_are_waited_for)
{
	uint32_t first = syncobj_create(self->fd, 0), second = syncobj_create(self->fd, 0);
	struct points points = {
		.fences = { { first, I915_EXEC_FENCE_SIGNAL } }, .values = { 1 },
	};
	struct spin spin;
	int out;

	spin_start(&spin, self->fd, 0, I915_EXEC_BLT);
	set_points(self, &points, 1);
	exec_submit(&self->exec);
	/* Another context waits for that point and signals one of another timeline. */
	points.fences[0].flags = I915_EXEC_FENCE_WAIT;
	points.fences[1] = (struct drm_i915_gem_exec_fence){ second, I915_EXEC_FENCE_SIGNAL };
	points.values[1] = 9;
	set_points(self, &points, 2);
	self->exec.arg.rsvd1 = ctx_create(self->fd);
	self->exec.arg.flags &= ~I915_EXEC_RING_MASK;
	exec_submit(&self->exec);
	out = exec_out_fence(&self->exec);
	usleep(A_WHILE_US);
	EXPECT_EQ(0, sync_file_status(out));
	EXPECT_EQ(1, spin_free(&spin));
	EXPECT_EQ(1, exec_fence_wait(out));
	syncobj_wait_point(self->fd, second, 9);
	EXPECT_EQ(9, syncobj_query(self->fd, second));
}

TEST_F(fence, a_point_that_has_signalled_is_no_wait)
{
	uint32_t timeline = syncobj_create(self->fd, 0);
	struct points points = {
		.fences = { { timeline, I915_EXEC_FENCE_WAIT } }, .values = { 2 },
	};

	syncobj_signal_point(self->fd, timeline, 5);
	set_points(self, &points, 1);
	exec_submit(&self->exec);
	EXPECT_EQ(1, exec_fence_wait(exec_out_fence(&self->exec)));
}

TEST_F(fence, point_0_is_a_binary_syncobj)
{
	uint32_t binary = syncobj_create(self->fd, 0);
	struct points points = {
		.fences = { { binary, I915_EXEC_FENCE_SIGNAL } }, .values = { 0 },
	};

	set_points(self, &points, 1);
	exec_submit(&self->exec);
	syncobj_wait(self->fd, binary);
	points.fences[0].flags |= I915_EXEC_FENCE_WAIT;
	set_points(self, &points, 1);
	exec_submit(&self->exec);
	syncobj_wait(self->fd, binary);
}

TEST_F(fence, extensions_of_a_chain_add_up)
{
	uint32_t a = syncobj_create(self->fd, 0), b = syncobj_create(self->fd, 0);
	struct points first = { .fences = { { a, I915_EXEC_FENCE_SIGNAL } }, .values = { 7 } };
	struct points second = { .fences = { { b, I915_EXEC_FENCE_SIGNAL } }, .values = { 8 } };

	set_points(self, &second, 1);
	set_points(self, &first, 1);
	first.ext.base.next_extension = (uintptr_t)&second.ext;
	exec_submit(&self->exec);
	syncobj_wait_point(self->fd, a, 7);
	syncobj_wait_point(self->fd, b, 8);
}

TEST_HARNESS_MAIN
