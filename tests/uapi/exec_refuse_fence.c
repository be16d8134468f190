// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * How EXECBUFFER2 refuses fences: sync_files, syncobjs, and points of a
 * timeline. As in exec_refuse, nothing has happened after a refusal.
 */
#include "refuse_fixture.h"

#include <fcntl.h>
#include <sys/resource.h>

#include "syncobj.h"

/* Files that are not sync_files. */
TEST_F(exec, an_in_fence_that_is_none_is_einval)
{
	static const uint64_t flags[] = { I915_EXEC_FENCE_IN, I915_EXEC_FENCE_SUBMIT };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int dmabuf = prime_export(self->fd, self->target);
	int fds[] = { -1, 1000000, null, dmabuf, self->fd, 0 };
	unsigned int i, k;

	for (i = 0; i < 2; i++) {
		for (k = 0; k < 6; k++) {
			self->exec.arg.flags |= flags[i];
			self->exec.arg.rsvd2 = (uint32_t)fds[k];
			REFUSED(EINVAL);
		}
	}
	close(null);
	close(dmabuf);
}

TEST_F(exec, an_in_fence_of_both_kinds_is_einval)
{
	int timeline = sw_timeline(), fence = sw_fence(timeline, 1);

	self->exec.arg.flags |= I915_EXEC_FENCE_IN | I915_EXEC_FENCE_SUBMIT;
	self->exec.arg.rsvd2 = fence;
	REFUSED(EINVAL);
	close(fence);
	close(timeline);
}

TEST_F(exec, refused_with_an_out_fence_gives_none)
{
	int timeline = sw_timeline(), fence = sw_fence(timeline, 1), next;

	self->exec.arg.flags |= I915_EXEC_FENCE_OUT | I915_EXEC_FENCE_IN;
	self->exec.arg.rsvd2 = (uint32_t)fence;
	self->last->handle = BAD_HANDLE;
	REFUSED(ENOENT);
	/* The refused calls have kept no descriptor either. */
	next = dup(fence);
	EXPECT_EQ(fence + 1, next);
	close(next);
	close(fence);
	close(timeline);
}

TEST_F(exec, an_out_fence_without_a_descriptor_left_is_emfile)
{
	struct rlimit all, none;

	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &all));
	none = (struct rlimit){ 0, all.rlim_max };
	self->exec.arg.flags |= I915_EXEC_FENCE_OUT;
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &none));
	REFUSED(EMFILE);
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &all));
}

static int set_fences(EXEC *self, const struct drm_i915_gem_exec_fence *fences,
		      unsigned int n)
{
	self->exec.arg.flags |= I915_EXEC_FENCE_ARRAY;
	self->exec.arg.num_cliprects = n;
	self->exec.arg.cliprects_ptr = (uintptr_t)fences;
	return 0;
}

TEST_F(exec, fence_array_flags_are_einval)
{
	struct drm_i915_gem_exec_fence fence = {
		.handle = syncobj_create(self->fd, DRM_SYNCOBJ_CREATE_SIGNALED),
	};
	unsigned int bit;

	for (bit = 2; bit < 32; bit++) {
		fence.flags = I915_EXEC_FENCE_SIGNAL | 1u << bit;
		set_fences(self, &fence, 1);
		REFUSED(EINVAL);
	}
}

TEST_F(exec, fence_array_with_a_bad_handle_is_enoent)
{
	struct drm_i915_gem_exec_fence fences[] = {
		{ .handle = syncobj_create(self->fd, 0), .flags = I915_EXEC_FENCE_SIGNAL },
		{ .handle = 0, .flags = I915_EXEC_FENCE_SIGNAL },
	};

	set_fences(self, fences, 2);
	REFUSED(ENOENT);
	fences[1].handle = BAD_HANDLE;
	set_fences(self, fences, 2);
	REFUSED(ENOENT);
	/* All or nothing: the valid entry got no fence. */
	EXPECT_ERR(EINVAL, __syncobj_wait(self->fd, fences[0].handle, 0, 0));
}

TEST_F(exec, fence_array_that_waits_for_no_fence_is_einval)
{
	struct drm_i915_gem_exec_fence fence = {
		.handle = syncobj_create(self->fd, 0), .flags = I915_EXEC_FENCE_WAIT,
	};

	set_fences(self, &fence, 1);
	REFUSED(EINVAL);
	fence.flags |= I915_EXEC_FENCE_SIGNAL;
	set_fences(self, &fence, 1);
	REFUSED(EINVAL);
}

TEST_F(exec, fence_array_that_cannot_be_read_is_efault)
{
	set_fences(self, NULL, 1);
	REFUSED(EFAULT);
	set_fences(self, BAD_POINTER, 1);
	REFUSED(EFAULT);
	set_fences(self, (void *)(1UL << 63), 1);
	REFUSED(EFAULT);
}

TEST_F(exec, more_fences_than_can_be_are_einval)
{
	set_fences(self, NULL, (1 << 20) + 1);
	REFUSED(EINVAL);
	set_fences(self, NULL, UINT32_MAX);
	REFUSED(EINVAL);
}

TEST_F(exec, a_later_error_signals_no_syncobj)
{
	struct drm_i915_gem_exec_fence fence = {
		.handle = syncobj_create(self->fd, 0), .flags = I915_EXEC_FENCE_SIGNAL,
	};

	set_fences(self, &fence, 1);
	self->last->handle = BAD_HANDLE;
	REFUSED(ENOENT);
	EXPECT_ERR(EINVAL, __syncobj_wait(self->fd, fence.handle, 0, 0));
}

static void set_extension(EXEC *self, const void *ext)
{
	self->exec.arg.flags |= I915_EXEC_USE_EXTENSIONS;
	self->exec.arg.cliprects_ptr = (uintptr_t)ext;
}

static struct drm_i915_gem_execbuffer_ext_timeline_fences
timeline_ext(const struct drm_i915_gem_exec_fence *fence, const uint64_t *point)
{
	return (struct drm_i915_gem_execbuffer_ext_timeline_fences){
		.base.name = DRM_I915_GEM_EXECBUFFER_EXT_TIMELINE_FENCES,
		.fence_count = 1,
		.handles_ptr = (uintptr_t)fence,
		.values_ptr = (uintptr_t)point,
	};
}

TEST_F(exec, extensions_and_what_else_uses_the_pointer_are_einval)
{
	struct drm_i915_gem_exec_fence fence = {
		.handle = syncobj_create(self->fd, 0), .flags = I915_EXEC_FENCE_SIGNAL,
	};
	uint64_t point = 1;
	struct drm_i915_gem_execbuffer_ext_timeline_fences ext = timeline_ext(&fence, &point);

	set_extension(self, &ext);
	self->exec.arg.flags |= I915_EXEC_FENCE_ARRAY;
	REFUSED(EINVAL);
	set_extension(self, &ext);
	self->exec.arg.num_cliprects = 1;
	REFUSED(EINVAL);
}

TEST_F(exec, extensions_are_checked)
{
	struct drm_i915_gem_execbuffer_ext_timeline_fences ext = {};

	set_extension(self, BAD_POINTER);
	REFUSED(EFAULT);
	ext.base.name = 1;
	set_extension(self, &ext);
	REFUSED(EINVAL);
	ext.base.name = 0;
	ext.base.flags = 1;
	set_extension(self, &ext);
	REFUSED(EINVAL);
	ext.base.flags = 0;
	ext.base.rsvd[3] = 1;
	set_extension(self, &ext);
	REFUSED(EINVAL);
	ext.base.rsvd[3] = 0;
	ext.base.next_extension = (uintptr_t)BAD_POINTER;
	set_extension(self, &ext);
	REFUSED(EFAULT);
	ext.base.next_extension = (uintptr_t)&ext;
	set_extension(self, &ext);
	REFUSED(E2BIG);
}

TEST_F(exec, timeline_flags_are_einval)
{
	struct drm_i915_gem_exec_fence fence = { .handle = syncobj_create(self->fd, 0) };
	uint64_t point = 1;
	struct drm_i915_gem_execbuffer_ext_timeline_fences ext = timeline_ext(&fence, &point);

	/* The flags of the extension itself are a field that 6.12 ignores. */
	fence.flags = I915_EXEC_FENCE_SIGNAL | 4;
	set_extension(self, &ext);
	REFUSED(EINVAL);
	/* Waiting for the point that the same job signals. */
	fence.flags = I915_EXEC_FENCE_SIGNAL | I915_EXEC_FENCE_WAIT;
	set_extension(self, &ext);
	REFUSED(EINVAL);
}

TEST_F(exec, timeline_handles_and_points_are_checked)
{
	struct drm_i915_gem_exec_fence fence = { .flags = I915_EXEC_FENCE_SIGNAL };
	uint64_t point = 1;
	struct drm_i915_gem_execbuffer_ext_timeline_fences ext = timeline_ext(&fence, &point);

	set_extension(self, &ext);
	REFUSED(ENOENT);
	fence.handle = BAD_HANDLE;
	set_extension(self, &ext);
	REFUSED(ENOENT);
	fence.handle = syncobj_create(self->fd, 0);
	ext.values_ptr = (uintptr_t)BAD_POINTER;
	set_extension(self, &ext);
	REFUSED(EFAULT);
	ext.values_ptr = (uintptr_t)&point;
	ext.handles_ptr = (uintptr_t)BAD_POINTER;
	set_extension(self, &ext);
	REFUSED(EFAULT);
	ext.handles_ptr = (uintptr_t)&fence;
	ext.fence_count = ~0ULL;
	set_extension(self, &ext);
	REFUSED(EINVAL);
}

TEST_F(exec, to_wait_for_a_point_and_signal_it_is_einval)
{
	struct drm_i915_gem_exec_fence fence = {
		.handle = syncobj_create(self->fd, 0),
		.flags = I915_EXEC_FENCE_WAIT | I915_EXEC_FENCE_SIGNAL,
	};
	uint64_t point = 5;
	struct drm_i915_gem_execbuffer_ext_timeline_fences ext = timeline_ext(&fence, &point);

	/* Also a point that exists. */
	syncobj_signal_point(self->fd, fence.handle, point);
	set_extension(self, &ext);
	REFUSED(EINVAL);
}

TEST_F(exec, to_wait_for_a_point_that_is_not_there_is_einval)
{
	struct drm_i915_gem_exec_fence fence = {
		.handle = syncobj_create(self->fd, 0), .flags = I915_EXEC_FENCE_WAIT,
	};
	uint64_t point = 5;
	struct drm_i915_gem_execbuffer_ext_timeline_fences ext = timeline_ext(&fence, &point);

	set_extension(self, &ext);
	REFUSED(EINVAL);
	/* A timeline that has not reached this point. */
	syncobj_signal_point(self->fd, fence.handle, 3);
	set_extension(self, &ext);
	REFUSED(EINVAL);
}

TEST_HARNESS_MAIN
