// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Rule R10 when a foreign fence never signals. Each case takes the 15 seconds
 * that a job waits for such a fence.
 */
#include "fence_fixture.h"

#include <sys/mman.h>

TEST_F(fence, r10_a_job_that_waits_for_a_fence_that_never_comes_is_eio)
{
	uint32_t target = gem_create(self->fd, VI915_PAGE);
	int first, second, other;

	first = exec_store_fence(self->fd, 0, I915_EXEC_BLT, target, 0, 0xbad, self->fence);
	/* Next in its ring, without an in-fence of its own. */
	second = exec_nop_fence(self->fd, 0, I915_EXEC_BLT, -1);
	other = exec_nop_fence(self->fd, 0, I915_EXEC_RENDER, -1);
	EXPECT_EQ(1, exec_fence_wait(other));
	EXPECT_EQ(0, sync_file_status(first));

	EXPECT_EQ(-EIO, exec_fence_wait(first));
	EXPECT_EQ(1, exec_fence_wait(second));
	EXPECT_EQ(0, exec_read(self->fd, target, 0));
	/* The context that waited is not blamed. */
	exec_nop(self->fd, 0, I915_EXEC_BLT);
	/* The fence changes nothing when it signals too late. */
	sw_signal(self->timeline, 1);
	EXPECT_EQ(-EIO, sync_file_status(first));
	EXPECT_EQ(0, exec_read(self->fd, target, 0));
	close(first);
	close(second);
	close(other);
}

TEST_F(fence, r10_unmapping_user_memory_of_such_a_job_comes_back)
{
	void *memory = mmap(NULL, VI915_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			    -1, 0);
	uint32_t handle = gem_userptr(self->fd, memory, VI915_PAGE, 0);
	int fence;

	fence = exec_store_fence(self->fd, 0, I915_EXEC_BLT, handle, 0, 1, self->fence);
	EXPECT_EQ(0, munmap(memory, VI915_PAGE));
	EXPECT_EQ(-EIO, sync_file_status(fence));
	close(fence);
}

TEST_HARNESS_MAIN
