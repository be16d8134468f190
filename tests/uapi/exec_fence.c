// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Fences of EXECBUFFER2 as sync_files: in, out, SUBMIT; and ASYNC without them. */
#include "fence_fixture.h"

#include <fcntl.h>
#include <poll.h>

TEST_F(fence, out_is_a_sync_file_of_the_job)
{
	struct sync_fence_info fences[2] = {};
	struct sync_file_info info = { .num_fences = 2, .sync_fence_info = (uintptr_t)fences };
	struct spin spin;

	spin_start(&spin, self->fd, 0, I915_EXEC_BLT);
	EXPECT_EQ(0, sync_file_status(spin.fence));
	EXPECT_EQ(0, fd_poll(spin.fence, POLLIN, 0));
	spin_end(&spin);
	EXPECT_EQ(POLLIN, fd_poll(spin.fence, POLLIN, 20000));
	EXPECT_EQ(1, sync_file_status(spin.fence));
	EXPECT_OK(vi915_ioctl(spin.fence, SYNC_IOC_FILE_INFO, &info));
	EXPECT_EQ(1, info.num_fences);
	EXPECT_GT(fences[0].timestamp_ns, 0);
	EXPECT_NE(0, fences[0].driver_name[0]);
	spin_free(&spin);
}

TEST_F(fence, out_goes_to_the_upper_half_and_keeps_the_lower)
{
	self->exec.arg.rsvd2 = 0xdeadbeef00000000 | (uint32_t)self->fence;
	self->exec.arg.flags |= I915_EXEC_FENCE_IN | I915_EXEC_FENCE_OUT;
	exec_submit(&self->exec);
	EXPECT_EQ(self->fence, (int)self->exec.arg.rsvd2);
	EXPECT_NE(self->fence, exec_out_fence(&self->exec));
	EXPECT_EQ(0, sync_file_status(exec_out_fence(&self->exec)));
	sw_signal(self->timeline, 1);
	EXPECT_EQ(1, exec_fence_wait(exec_out_fence(&self->exec)));
}

TEST_F(fence, out_has_close_on_exec)
{
	exec_want_out_fence(&self->exec);
	exec_submit(&self->exec);
	EXPECT_EQ(FD_CLOEXEC, fcntl(exec_out_fence(&self->exec), F_GETFD));
}

TEST_F(fence, out_outlives_context_and_file)
{
	int other = vi915_reopen(self->fd), fence;
	uint32_t ctx = ctx_create(other);

	fence = exec_nop_fence(other, ctx, I915_EXEC_RENDER, self->fence);
	ctx_destroy(other, ctx);
	close(other);
	EXPECT_EQ(0, sync_file_status(fence));
	sw_signal(self->timeline, 1);
	EXPECT_EQ(1, exec_fence_wait(fence));
	close(fence);
}

TEST_F(fence, in_holds_the_job_until_it_signals)
{
	int out = exec_store_fence(self->fd, 0, I915_EXEC_BLT, self->handle, 0, 8, self->fence);

	usleep(A_WHILE_US);
	EXPECT_EQ(0, sync_file_status(out));
	EXPECT_NE(0, gem_busy(self->fd, self->handle));
	sw_signal(self->timeline, 1);
	EXPECT_EQ(1, exec_fence_wait(out));
	EXPECT_EQ(8, exec_read(self->fd, self->handle, 0));
	close(out);
}

TEST_F(fence, in_holds_no_other_context_of_the_engine)
{
	int out = exec_nop_fence(self->fd, 0, I915_EXEC_BLT, self->fence);
	int other = exec_nop_fence(self->fd, ctx_create(self->fd), I915_EXEC_BLT, -1);

	EXPECT_EQ(1, exec_fence_wait(other));
	EXPECT_EQ(0, sync_file_status(out));
	sw_signal(self->timeline, 1);
	EXPECT_EQ(1, exec_fence_wait(out));
	close(out);
	close(other);
}

TEST_F(fence, in_that_has_signalled_is_no_wait)
{
	sw_signal(self->timeline, 1);
	EXPECT_EQ(1, exec_fence_wait(exec_nop_fence(self->fd, 0, I915_EXEC_BLT, self->fence)));
}

TEST_F(fence, in_may_be_closed_at_once)
{
	int fence = sw_fence(self->timeline, 1), out;

	out = exec_nop_fence(self->fd, 0, I915_EXEC_BLT, fence);
	close(fence);
	EXPECT_EQ(0, sync_file_status(out));
	sw_signal(self->timeline, 1);
	EXPECT_EQ(1, exec_fence_wait(out));
	close(out);
}

TEST_F(fence, in_may_be_a_job_of_another_engine_and_device)
{
	int b = vi915_open_render("gpu1"), out;
	struct spin spin;

	spin_start(&spin, b, 0, I915_EXEC_VEBOX);
	out = exec_nop_fence(self->fd, 0, I915_EXEC_BLT, spin.fence);
	usleep(A_WHILE_US);
	EXPECT_EQ(0, sync_file_status(out));
	EXPECT_EQ(1, spin_free(&spin));
	EXPECT_EQ(1, exec_fence_wait(out));
	close(out);
	close(b);
}

TEST_F(fence, a_chain_of_ins_and_outs_runs_in_its_order)
{
	static const unsigned int engines[] = { I915_EXEC_RENDER, I915_EXEC_BLT, I915_EXEC_BSD };
	uint32_t ctx[3], i;
	int in = dup(self->fence), out;

	for (i = 0; i < 3; i++)
		ctx[i] = ctx_create(self->fd);
	for (i = 0; i < 30; i++) {
		out = exec_nop_fence(self->fd, ctx[i % 3], engines[i % 3], in);
		close(in);
		in = out;
	}
	EXPECT_EQ(0, sync_file_status(in));
	sw_signal(self->timeline, 1);
	EXPECT_EQ(1, exec_fence_wait(in));
	close(in);
}

/* The job runs or fails, but does not wait for ever. */
TEST_F(fence, in_that_fails_does_not_hold_the_job)
{
	int in = exec_break(self->fd, ctx_create(self->fd), I915_EXEC_RENDER), out;

	out = exec_nop_fence(self->fd, 0, I915_EXEC_BLT, in);
	EXPECT_EQ(-EIO, exec_fence_wait(in));
	EXPECT_NE(0, exec_fence_wait(out));
	close(in);
	close(out);
}

TEST_F(fence, after_a_hang_the_sync_file_says_eio)
{
	int out = exec_break(self->fd, ctx_create(self->fd), I915_EXEC_BLT);

	EXPECT_EQ(-EIO, exec_fence_wait(out));
	EXPECT_EQ(POLLIN, fd_poll(out, POLLIN, 0));
	close(out);
}

TEST_F(fence, submit_starts_no_earlier_than_the_other)
{
	struct spin blocker, first;
	int out;

	/* The first job cannot start behind another one of its context. */
	spin_start(&blocker, self->fd, 0, I915_EXEC_RENDER);
	spin_start(&first, self->fd, 0, I915_EXEC_RENDER);
	make_job(self);
	self->exec.arg.flags |= I915_EXEC_FENCE_SUBMIT | I915_EXEC_FENCE_OUT;
	self->exec.arg.rsvd2 = (uint32_t)first.fence;
	exec_submit(&self->exec);
	out = exec_out_fence(&self->exec);
	usleep(A_WHILE_US);
	EXPECT_EQ(0, sync_file_status(out));
	/* When it starts, the job runs beside it. */
	EXPECT_EQ(1, spin_free(&blocker));
	EXPECT_EQ(1, exec_fence_wait(out));
	EXPECT_EQ(0, sync_file_status(first.fence));
	EXPECT_EQ(1, spin_free(&first));
	close(out);
}

TEST_F(fence, submit_of_what_never_begins_is_let_go_when_that_ends)
{
	uint32_t ctx = ctx_create(self->fd);
	int never, out;

	ctx_set(self->fd, ctx, I915_CONTEXT_PARAM_PERSISTENCE, 0);
	never = exec_nop_fence(self->fd, ctx, I915_EXEC_RENDER, self->fence);
	make_job(self);
	self->exec.arg.flags |= I915_EXEC_FENCE_SUBMIT | I915_EXEC_FENCE_OUT;
	self->exec.arg.rsvd2 = (uint32_t)never;
	exec_submit(&self->exec);
	out = exec_out_fence(&self->exec);
	usleep(A_WHILE_US);
	EXPECT_EQ(0, sync_file_status(out));
	/* Destroying its context cancels it. */
	ctx_destroy(self->fd, ctx);
	EXPECT_EQ(-EIO, exec_fence_wait(never));
	EXPECT_EQ(1, exec_fence_wait(out));
	close(out);
	close(never);
}

TEST_F(fence, submit_of_a_foreign_fence_waits_for_it)
{
	self->exec.arg.flags |= I915_EXEC_FENCE_SUBMIT | I915_EXEC_FENCE_OUT;
	self->exec.arg.rsvd2 = (uint32_t)self->fence;
	exec_submit(&self->exec);
	usleep(A_WHILE_US);
	EXPECT_EQ(0, sync_file_status(exec_out_fence(&self->exec)));
	sw_signal(self->timeline, 1);
	EXPECT_EQ(1, exec_fence_wait(exec_out_fence(&self->exec)));
}

/* Implicit fences, and ASYNC. */

TEST_F(fence, async_does_not_wait_for_the_objects_fences)
{
	int out;

	gem_attach_fence(self->fd, self->handle, self->fence, DMA_BUF_SYNC_WRITE);
	self->exec.objects[0].flags |= EXEC_OBJECT_ASYNC;
	exec_want_out_fence(&self->exec);
	exec_submit(&self->exec);
	EXPECT_EQ(1, exec_fence_wait(exec_out_fence(&self->exec)));
	EXPECT_EQ(0, sync_file_status(self->fence));
	/* Without ASYNC it waits. */
	make_job(self);
	exec_want_out_fence(&self->exec);
	exec_submit(&self->exec);
	out = exec_out_fence(&self->exec);
	usleep(A_WHILE_US);
	EXPECT_EQ(0, sync_file_status(out));
	sw_signal(self->timeline, 1);
	EXPECT_EQ(1, exec_fence_wait(out));
}

TEST_F(fence, an_async_job_still_makes_its_object_busy)
{
	int out;

	self->exec.objects[0].flags |= EXEC_OBJECT_ASYNC | EXEC_OBJECT_WRITE;
	exec_in_fence(&self->exec, self->fence);
	exec_want_out_fence(&self->exec);
	exec_submit(&self->exec);
	out = exec_out_fence(&self->exec);
	EXPECT_EQ(I915_ENGINE_CLASS_COPY + 1, gem_busy(self->fd, self->handle) & 0xffff);
	sw_signal(self->timeline, 1);
	EXPECT_EQ(1, exec_fence_wait(out));
	EXPECT_EQ(0, gem_busy(self->fd, self->handle));
}

TEST_HARNESS_MAIN
