// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Rule R9: jobs on a shared buffer are ordered implicitly, across devices. A
 * job waits for the writers of what it reads and for all users of what it
 * writes; outside observers (poll, sync_file, BUSY, WAIT, SYNC) see its fence
 * too.
 */
#include "share_fixture.h"

#include <poll.h>

#include "ctx.h"
#include "exec.h"

/* The harness's name of the fixture's struct, for functions outside of a test. */
#define SHARE FIXTURE_DATA(share)

#define A_WHILE_US 60000
#define PAGES (SHARE_SIZE / VI915_PAGE)

/* gpu1's handle of the object of gpu0. */
static uint32_t import(SHARE *self)
{
	return prime_import(self->b, self->dmabuf);
}

/* Whether fences on the buffer hold a job; @out is its out-fence. */
static bool is_held(int out)
{
	usleep(A_WHILE_US);
	return !sync_file_status(out);
}

/* An empty job that uses the buffer. */
static int touch(int fd, uint32_t handle, uint64_t flags)
{
	struct batch batch;
	struct exec exec;

	batch_init(&batch, fd, VI915_PAGE);
	batch_end(&batch);
	exec_init(&exec, fd, 0, I915_EXEC_RENDER);
	exec_add(&exec, handle, exec_address(handle), EXEC_PINNED | flags);
	exec_add_batch(&exec, &batch);
	exec_want_out_fence(&exec);
	exec_submit(&exec);
	batch_fini(&batch);
	return exec_out_fence(&exec);
}

/* A reader or writer of gpu0, and the job of gpu1 that follows it. */
static const struct order {
	unsigned int first;
	uint64_t second;
	bool waits;
} orders[] = {
	{ SPIN_READ, 0, false },
	{ SPIN_READ, EXEC_OBJECT_WRITE, true },
	{ SPIN_WRITE, 0, true },
	{ SPIN_WRITE, EXEC_OBJECT_WRITE, true },
};

TEST_F(share, r9_a_job_waits_for_the_other_gpus_job)
{
	uint32_t ours = import(self), i;
	struct spin spin;
	int out;

	for (i = 0; i < 4; i++) {
		spin_start_on(&spin, self->a, 0, I915_EXEC_BLT, orders[i].first, self->handle);
		out = touch(self->b, ours, orders[i].second);
		EXPECT_EQ(orders[i].waits, is_held(out));
		EXPECT_EQ(0, sync_file_status(spin.fence));
		EXPECT_EQ(1, spin_free(&spin));
		EXPECT_EQ(1, exec_fence_wait(out));
		close(out);
	}
}

TEST_F(share, r9_the_exporter_waits_for_the_importer)
{
	uint32_t ours = import(self), i;
	struct spin spin;
	int out;

	for (i = 0; i < 4; i++) {
		spin_start_on(&spin, self->b, 0, I915_EXEC_VEBOX, orders[i].first, ours);
		out = touch(self->a, self->handle, orders[i].second);
		EXPECT_EQ(orders[i].waits, is_held(out));
		EXPECT_EQ(1, spin_free(&spin));
		EXPECT_EQ(1, exec_fence_wait(out));
		close(out);
	}
}

TEST_F(share, r9_async_opts_out)
{
	uint32_t ours = import(self);
	struct spin spin;
	int out;

	spin_start_on(&spin, self->a, 0, I915_EXEC_BLT, SPIN_WRITE, self->handle);
	out = touch(self->b, ours, EXEC_OBJECT_WRITE | EXEC_OBJECT_ASYNC);
	EXPECT_EQ(1, exec_fence_wait(out));
	EXPECT_EQ(0, sync_file_status(spin.fence));
	EXPECT_EQ(1, spin_free(&spin));
	close(out);
}

TEST_F(share, r9_a_job_waits_for_a_fence_of_vgem)
{
	int vgem = vi915_driver_open("vgem"), out;
	uint32_t theirs = prime_import(vgem, self->dmabuf), ours = import(self), fence;

	fence = vgem_fence_attach(vgem, theirs, VGEM_FENCE_WRITE);
	out = touch(self->b, ours, 0);
	EXPECT_TRUE(is_held(out));
	vgem_fence_signal(vgem, fence);
	EXPECT_EQ(1, exec_fence_wait(out));
	close(out);
	/* A reader's fence of vgem holds only writers. */
	fence = vgem_fence_attach(vgem, theirs, 0);
	out = touch(self->b, ours, 0);
	EXPECT_EQ(1, exec_fence_wait(out));
	close(out);
	out = touch(self->b, ours, EXEC_OBJECT_WRITE);
	EXPECT_TRUE(is_held(out));
	vgem_fence_signal(vgem, fence);
	EXPECT_EQ(1, exec_fence_wait(out));
	close(out);
	close(vgem);
}

TEST_F(share, r9_a_job_waits_for_fences_on_a_buffer_of_vgem)
{
	int vgem = vi915_driver_open("vgem"), dmabuf, out;
	uint32_t theirs = vgem_create(vgem, SHARE_SIZE), ours, fence;

	dmabuf = prime_export(vgem, theirs);
	ours = prime_import(self->a, dmabuf);
	fence = vgem_fence_attach(vgem, theirs, VGEM_FENCE_WRITE);
	out = exec_fill_fence(self->a, 0, I915_EXEC_BLT, ours, PAGES, 0x77, -1);
	EXPECT_TRUE(is_held(out));
	vgem_fence_signal(vgem, fence);
	EXPECT_EQ(1, exec_fence_wait(out));
	/* In the other direction, vgem sees our job. */
	close(out);
	close(dmabuf);
	close(vgem);
}

TEST_F(share, r9_vgem_sees_our_job)
{
	int vgem = vi915_driver_open("vgem"), dmabuf;
	uint32_t theirs = vgem_create(vgem, SHARE_SIZE), ours, fence;
	struct spin spin;

	dmabuf = prime_export(vgem, theirs);
	ours = prime_import(self->a, dmabuf);
	spin_start_on(&spin, self->a, 0, I915_EXEC_BLT, SPIN_WRITE, ours);
	EXPECT_ERR(EBUSY, __vgem_fence_attach(vgem, theirs, 0, &fence));
	EXPECT_EQ(0, fd_poll(dmabuf, POLLIN, 0));
	EXPECT_EQ(1, spin_free(&spin));
	EXPECT_OK(__vgem_fence_attach(vgem, theirs, 0, &fence));
	vgem_fence_signal(vgem, fence);
	close(dmabuf);
	close(vgem);
}

TEST_F(share, r9_a_job_waits_for_a_sync_file_put_on_the_buffer)
{
	static const uint64_t second[] = { 0, EXEC_OBJECT_WRITE };
	uint32_t usage[] = { DMA_BUF_SYNC_READ, DMA_BUF_SYNC_WRITE }, ours = import(self);
	int timeline, fence, out, i, k;

	for (i = 0; i < 2; i++) {
		for (k = 0; k < 2; k++) {
			timeline = sw_timeline();
			fence = sw_fence(timeline, 1);
			dmabuf_import_sync_file(self->dmabuf, usage[i], fence);
			out = touch(self->b, ours, second[k]);
			EXPECT_EQ(i || k, is_held(out));
			sw_signal(timeline, 1);
			EXPECT_EQ(1, exec_fence_wait(out));
			close(out);
			close(fence);
			close(timeline);
		}
	}
}

/* All observers of the buffer, while @spin reads or writes it. */
TEST_F(share, r9_all_who_look_agree_on_a_writer)
{
	uint32_t ours = import(self);
	int readers, writers;
	int64_t timeout = 0;
	struct spin spin;

	spin_start_on(&spin, self->b, 0, I915_EXEC_BSD, SPIN_WRITE, ours);
	EXPECT_EQ(0, fd_poll(self->dmabuf, POLLIN | POLLOUT, 0));
	readers = dmabuf_export_sync_file(self->dmabuf, DMA_BUF_SYNC_READ);
	writers = dmabuf_export_sync_file(self->dmabuf, DMA_BUF_SYNC_WRITE);
	EXPECT_EQ(0, sync_file_status(readers));
	EXPECT_EQ(0, sync_file_status(writers));
	EXPECT_EQ(I915_ENGINE_CLASS_VIDEO + 1, gem_busy(self->b, ours) & 0xffff);
	/* For gpu0 this is a foreign fence. */
	EXPECT_EQ(0xffffffff, gem_busy(self->a, self->handle));
	EXPECT_ERR(ETIME, __gem_wait(self->a, self->handle, &timeout));
	EXPECT_ERR(ETIME, __gem_wait(self->b, ours, &timeout));
	EXPECT_EQ(1, spin_free(&spin));
	EXPECT_EQ(1, sync_file_status(readers));
	EXPECT_EQ(1, sync_file_status(writers));
	EXPECT_EQ(POLLIN | POLLOUT, fd_poll(self->dmabuf, POLLIN | POLLOUT, 0));
	EXPECT_EQ(0, gem_busy(self->b, ours));
	EXPECT_EQ(0, gem_busy(self->a, self->handle));
	EXPECT_OK(__gem_wait(self->a, self->handle, &timeout));
	close(readers);
	close(writers);
}

TEST_F(share, r9_all_who_look_agree_on_a_reader)
{
	uint32_t ours = import(self);
	int readers, writers;
	int64_t timeout = 0;
	struct spin spin;

	spin_start_on(&spin, self->b, 0, I915_EXEC_BSD, SPIN_READ, ours);
	EXPECT_EQ(POLLIN, fd_poll(self->dmabuf, POLLIN, 0));
	EXPECT_EQ(0, fd_poll(self->dmabuf, POLLOUT, 0));
	readers = dmabuf_export_sync_file(self->dmabuf, DMA_BUF_SYNC_READ);
	writers = dmabuf_export_sync_file(self->dmabuf, DMA_BUF_SYNC_WRITE);
	EXPECT_EQ(1, sync_file_status(readers));
	EXPECT_EQ(0, sync_file_status(writers));
	EXPECT_EQ(0x10000u << I915_ENGINE_CLASS_VIDEO, gem_busy(self->b, ours));
	EXPECT_EQ(0xffff0000, gem_busy(self->a, self->handle));
	EXPECT_ERR(ETIME, __gem_wait(self->a, self->handle, &timeout));
	dmabuf_sync(self->dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ);
	EXPECT_EQ(0, sync_file_status(spin.fence));
	dmabuf_sync(self->dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ);
	EXPECT_EQ(1, spin_free(&spin));
	EXPECT_EQ(POLLOUT, fd_poll(self->dmabuf, POLLOUT, 0));
	close(readers);
	close(writers);
}

static void end_spin(void *arg)
{
	spin_end(arg);
}

TEST_F(share, r9_start_waits_for_the_job)
{
	uint32_t ours = import(self), i;
	struct spin spin;

	for (i = 0; i < 2; i++) {
		spin_start_on(&spin, self->b, 0, I915_EXEC_BLT, i ? SPIN_WRITE : SPIN_READ, ours);
		vi915_after(50000000, end_spin, &spin);
		dmabuf_sync(self->dmabuf, DMA_BUF_SYNC_START |
			    (i ? DMA_BUF_SYNC_READ : DMA_BUF_SYNC_WRITE));
		EXPECT_EQ(1, sync_file_status(spin.fence));
		dmabuf_sync(self->dmabuf, DMA_BUF_SYNC_END |
			    (i ? DMA_BUF_SYNC_READ : DMA_BUF_SYNC_WRITE));
		spin_free(&spin);
	}
}

TEST_F(share, r9_set_domain_and_pread_of_either_side_wait_for_the_job)
{
	uint32_t ours = import(self), value;
	struct spin spin;

	spin_start_on(&spin, self->b, 0, I915_EXEC_BLT, SPIN_WRITE, ours);
	vi915_after(50000000, end_spin, &spin);
	gem_set_domain(self->a, self->handle, I915_GEM_DOMAIN_CPU, 0);
	EXPECT_EQ(1, sync_file_status(spin.fence));
	spin_free(&spin);
	spin_start_on(&spin, self->b, 0, I915_EXEC_BLT, SPIN_WRITE, ours);
	vi915_after(50000000, end_spin, &spin);
	gem_pread(self->a, self->handle, 0, &value, sizeof(value));
	EXPECT_EQ(1, sync_file_status(spin.fence));
	spin_free(&spin);
	spin_start_on(&spin, self->b, 0, I915_EXEC_BLT, SPIN_READ, ours);
	vi915_after(50000000, end_spin, &spin);
	gem_pwrite(self->a, self->handle, 0, &value, sizeof(value));
	EXPECT_EQ(1, sync_file_status(spin.fence));
	spin_free(&spin);
}

/* One buffer is passed to and fro; only the jobs wait. */
TEST_F(share, r9_bytes_go_round_two_gpus_in_order)
{
	uint32_t ours = import(self), i;

	for (i = 0; i < 40; i++) {
		exec_store(self->a, 0, I915_EXEC_RENDER, self->handle, 4 * i, i);
		exec_store(self->b, 0, I915_EXEC_BSD, ours, 4 * i, 1000 + i);
		exec_store(self->a, ctx_create(self->a), I915_EXEC_VEBOX, self->handle, 0, i);
	}
	exec_sync(self->a, self->handle);
	EXPECT_EQ(39, exec_read(self->a, self->handle, 0));
	for (i = 1; i < 40; i++)
		EXPECT_EQ(1000 + i, exec_read(self->a, self->handle, 4 * i));
}

TEST_F(share, r9_a_copy_of_the_other_gpus_picture_is_whole)
{
	uint32_t ours = import(self), copy = gem_create(self->b, SHARE_SIZE), i;
	uint32_t bytes[SHARE_SIZE / 4];

	for (i = 1; i < 20; i++) {
		exec_fill(self->a, 0, I915_EXEC_BLT, self->handle, PAGES, i * 0x01010101);
		exec_copy(self->b, 0, I915_EXEC_BLT, copy, ours, PAGES);
		exec_fill(self->a, 0, I915_EXEC_BLT, self->handle, PAGES, 0);
		gem_pread(self->b, copy, 0, bytes, sizeof(bytes));
		EXPECT_EQ(i * 0x01010101, bytes[0]);
		EXPECT_EQ(i * 0x01010101, bytes[SHARE_SIZE / 4 - 1]);
	}
}

TEST_F(share, r9_the_importers_job_outlives_its_handle_and_file)
{
	int other = vi915_reopen(self->b), out;
	uint32_t theirs = prime_import(other, self->dmabuf);
	int timeline = sw_timeline(), fence = sw_fence(timeline, 1);

	out = exec_store_fence(other, 0, I915_EXEC_BLT, theirs, 0, 0x600d, fence);
	gem_close(other, theirs);
	close(other);
	EXPECT_EQ(0, fd_poll(self->dmabuf, POLLIN, 0));
	sw_signal(timeline, 1);
	EXPECT_EQ(1, exec_fence_wait(out));
	EXPECT_EQ(0x600d, exec_read(self->a, self->handle, 0));
	close(out);
	close(fence);
	close(timeline);
}

/* Both are objects of one GPU with the same reservation. */
TEST_F(share, r9_one_import_goes_while_a_job_uses_another)
{
	int other = vi915_reopen(self->b);
	uint32_t ours = import(self), theirs = prime_import(other, self->dmabuf);
	struct spin spin;

	exec_store(other, 0, I915_EXEC_BLT, theirs, 0, 1);
	exec_sync(other, theirs);
	spin_start_on(&spin, self->b, 0, I915_EXEC_RENDER, SPIN_WRITE, ours);
	gem_close(other, theirs);
	close(other);
	vi915_drop_caches(self->b, DROP_FREED | DROP_RCU);
	EXPECT_EQ(0, sync_file_status(spin.fence));
	EXPECT_EQ(1, spin_free(&spin));
	exec_store(self->b, 0, I915_EXEC_BLT, ours, 4, 2);
	exec_sync(self->b, ours);
	EXPECT_EQ(1, exec_read(self->a, self->handle, 0));
	EXPECT_EQ(2, exec_read(self->a, self->handle, 4));
}

/* Write one object of a buffer and read another one, while other jobs read. */
static void write_one_read_other(int fd, uint32_t one, uint32_t two, unsigned int readers,
				 uint32_t value)
{
	struct spin spins[6];
	struct batch batch;
	struct exec exec;
	unsigned int i;

	for (i = 0; i < readers; i++)
		spin_start_on(&spins[i], fd, ctx_create(fd), I915_EXEC_RENDER, SPIN_READ, one);
	batch_init(&batch, fd, VI915_PAGE);
	batch_store(&batch, BATCH_AT(exec_address(two)), value);
	batch_end(&batch);
	exec_init(&exec, fd, 0, I915_EXEC_BLT);
	exec_add(&exec, two, exec_address(two), EXEC_PINNED_WRITE);
	exec_add(&exec, one, exec_address(one), EXEC_PINNED);
	exec_add_batch(&exec, &batch);
	exec_want_out_fence(&exec);
	exec_submit(&exec);
	vi915_require(!readers || !sync_file_status(exec_out_fence(&exec)));
	for (i = 0; i < readers; i++)
		vi915_require(spin_free(&spins[i]) == 1);
	vi915_require(exec_fence_wait(exec_out_fence(&exec)) == 1);
	close(exec_out_fence(&exec));
	batch_fini(&batch);
}

/*
 * The job's fence is added twice, and both times need a slot. Without debugging
 * of mutexes it depends on the number of readers whether a slot happens to be
 * free, so several numbers are tried.
 */
TEST_F(share, r9_two_imports_of_one_buffer_in_one_execbuf_are_one_reservation)
{
	int first = vi915_open("gpu1"), second = vi915_open("gpu1"), dmabuf;
	uint32_t handle, one, two;
	unsigned int readers;

	for (readers = 0; readers <= 6; readers++) {
		handle = gem_create(self->a, SHARE_SIZE);
		dmabuf = prime_export(self->a, handle);
		/* Import by fd for one object, and by name for the other. */
		one = prime_import(second, dmabuf);
		two = gem_open(second, gem_flink(first, prime_import(first, dmabuf)));
		EXPECT_NE(one, two);
		write_one_read_other(second, one, two, readers, 0x5117 + readers);
		EXPECT_EQ(0x5117 + readers, exec_read(self->a, handle, 0));
		close(dmabuf);
	}
	close(first);
	close(second);
}

/* Circular waits would be a deadlock, and cannot happen. */
TEST_F(share, r9_two_gpus_that_wait_for_each_other_go_on)
{
	uint32_t mine = gem_create(self->b, SHARE_SIZE), ours = import(self), theirs;
	uint32_t i;

	theirs = prime_import(self->a, prime_export(self->b, mine));
	for (i = 0; i < 30; i++) {
		exec_copy(self->a, 0, I915_EXEC_BLT, theirs, self->handle, PAGES);
		exec_copy(self->b, 0, I915_EXEC_BLT, ours, mine, PAGES);
	}
	exec_sync(self->a, self->handle);
	exec_sync(self->b, mine);
	share_reads(self->dmabuf, SHARE_SIZE, SHARE_SEED);
}

TEST_HARNESS_MAIN
