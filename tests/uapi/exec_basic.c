// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* EXECBUFFER2 that works: engines, start and end of a batch, flags. */
#include "gpu_fixture.h"

#include "ctx.h"
#include "exec.h"

static const unsigned int engines[] = {
	I915_EXEC_DEFAULT, I915_EXEC_RENDER, I915_EXEC_BSD, I915_EXEC_BLT, I915_EXEC_VEBOX,
};

#define ENGINES (sizeof(engines) / sizeof(*engines))

TEST_F(gpu, every_engine_runs_a_batch)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE), i;

	for (i = 0; i < ENGINES; i++)
		exec_store(self->fd, 0, engines[i], handle, 4 * i, 100 + i);
	exec_sync(self->fd, handle);
	for (i = 0; i < ENGINES; i++)
		EXPECT_EQ(100 + i, exec_read(self->fd, handle, 4 * i));
}

TEST_F(gpu, every_bsd_selector_means_the_one_bsd)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE), i;

	for (i = 0; i < 4; i++)
		exec_store(self->fd, 0, I915_EXEC_BSD | i << I915_EXEC_BSD_SHIFT, handle, 4 * i,
			   i + 1);
	exec_sync(self->fd, handle);
	for (i = 0; i < 4; i++)
		EXPECT_EQ(i + 1, exec_read(self->fd, handle, 4 * i));
}

TEST_F(gpu, the_ioctl_without_write_back_works_too)
{
	struct batch batch;
	struct exec exec;

	batch_init(&batch, self->fd, VI915_PAGE);
	batch_end(&batch);
	exec_init(&exec, self->fd, 0, I915_EXEC_DEFAULT);
	exec_add_batch(&exec, &batch);
	EXPECT_OK(vi915_ioctl(self->fd, DRM_IOCTL_I915_GEM_EXECBUFFER2, &exec.arg));
}

TEST_F(gpu, a_batch_runs_in_the_background)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE);
	struct spin spin;

	spin_start_on(&spin, self->fd, 0, I915_EXEC_RENDER, SPIN_WRITE, handle);
	EXPECT_NE(0, gem_busy(self->fd, handle));
	EXPECT_NE(0, gem_busy(self->fd, spin.handle));
	EXPECT_EQ(0, sync_file_status(spin.fence));
	EXPECT_EQ(1, spin_free(&spin));
	EXPECT_EQ(0, gem_busy(self->fd, handle));
}

TEST_F(gpu, busy_shows_the_class_of_readers_and_of_the_writer)
{
	static const uint16_t class[] = {
		I915_ENGINE_CLASS_RENDER, I915_ENGINE_CLASS_RENDER, I915_ENGINE_CLASS_VIDEO,
		I915_ENGINE_CLASS_COPY, I915_ENGINE_CLASS_VIDEO_ENHANCE,
	};
	uint32_t read = gem_create(self->fd, VI915_PAGE);
	uint32_t written = gem_create(self->fd, VI915_PAGE), i;
	struct spin spin;

	for (i = 1; i < ENGINES; i++) {
		spin_start_on(&spin, self->fd, 0, engines[i], SPIN_READ, read);
		EXPECT_EQ(0x10000u << class[i], gem_busy(self->fd, read));
		spin_free(&spin);
		spin_start_on(&spin, self->fd, 0, engines[i], SPIN_WRITE, written);
		EXPECT_EQ(class[i] + 1, gem_busy(self->fd, written) & 0xffff);
		spin_free(&spin);
	}
}

TEST_F(gpu, all_readers_show_at_once)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE), i;
	struct spin spin[4];

	for (i = 0; i < 4; i++)
		spin_start_on(&spin[i], self->fd, 0, engines[i + 1], SPIN_READ, handle);
	EXPECT_EQ(0xf0000, gem_busy(self->fd, handle));
	for (i = 0; i < 4; i++)
		EXPECT_EQ(1, spin_free(&spin[i]));
	EXPECT_EQ(0, gem_busy(self->fd, handle));
}

TEST_F(gpu, wait_is_etime_while_it_runs)
{
	int64_t timeout = 0;
	struct spin spin;

	spin_start(&spin, self->fd, 0, I915_EXEC_BSD);
	EXPECT_ERR(ETIME, __gem_wait(self->fd, spin.handle, &timeout));
	timeout = 30000000;
	EXPECT_ERR(ETIME, __gem_wait(self->fd, spin.handle, &timeout));
	EXPECT_EQ(0, timeout);
	spin_end(&spin);
	timeout = 20000000000;
	EXPECT_OK(__gem_wait(self->fd, spin.handle, &timeout));
	EXPECT_EQ(1, spin_free(&spin));
}

/* A batch in the middle of its object, between dwords that must not run. */
TEST_F(gpu, it_begins_at_batch_start_offset)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE);
	struct batch batch;
	struct exec exec;

	batch_init(&batch, self->fd, 2 * VI915_PAGE);
	while (batch.used < 1040)
		batch_dword(&batch, BATCH_INVALID);
	batch_store(&batch, BATCH_AT(exec_address(handle)), 4);
	batch_end(&batch);
	exec_init(&exec, self->fd, 0, I915_EXEC_DEFAULT);
	exec_add(&exec, handle, exec_address(handle), EXEC_PINNED_WRITE);
	exec_add_batch(&exec, &batch);
	exec.arg.batch_start_offset = 1040 * 4;
	exec_want_out_fence(&exec);
	exec_submit(&exec);
	EXPECT_EQ(1, exec_fence_wait(exec_out_fence(&exec)));
	EXPECT_EQ(4, exec_read(self->fd, handle, 0));
}

TEST_F(gpu, batch_len_may_end_with_the_object)
{
	struct batch batch;
	struct exec exec;

	batch_init(&batch, self->fd, VI915_PAGE);
	batch_end(&batch);
	exec_init(&exec, self->fd, 0, I915_EXEC_DEFAULT);
	exec_add_batch(&exec, &batch);
	exec.arg.batch_len = VI915_PAGE;
	EXPECT_OK(__exec_submit(&exec));
	exec.arg.batch_len = 8;
	EXPECT_OK(__exec_submit(&exec));
}

TEST_F(gpu, a_batch_can_fill_its_object)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE);
	struct batch batch;
	struct exec exec;

	batch_init(&batch, self->fd, VI915_PAGE);
	batch_store(&batch, BATCH_AT(exec_address(handle)), 4);
	batch_noop(&batch, VI915_PAGE / 4 - batch.used - 1);
	batch_dword(&batch, MI_BATCH_BUFFER_END);
	exec_init(&exec, self->fd, 0, I915_EXEC_DEFAULT);
	exec_add(&exec, handle, exec_address(handle), EXEC_PINNED_WRITE);
	exec_add_batch(&exec, &batch);
	exec_want_out_fence(&exec);
	exec_submit(&exec);
	EXPECT_EQ(1, exec_fence_wait(exec_out_fence(&exec)));
	EXPECT_EQ(4, exec_read(self->fd, handle, 0));
}

TEST_F(gpu, batch_first_means_the_first_object)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE);
	struct batch batch;
	struct exec exec;

	batch_init(&batch, self->fd, VI915_PAGE);
	batch_store(&batch, BATCH_AT(exec_address(handle)), 5);
	batch_end(&batch);
	exec_init(&exec, self->fd, 0, I915_EXEC_BLT | I915_EXEC_BATCH_FIRST);
	exec_add_batch(&exec, &batch);
	exec_add(&exec, handle, exec_address(handle), EXEC_PINNED_WRITE);
	exec_submit(&exec);
	exec_sync(self->fd, handle);
	EXPECT_EQ(5, exec_read(self->fd, handle, 0));
}

TEST_F(gpu, the_dr4_that_uxa_sent_is_overlooked)
{
	struct batch batch;
	struct exec exec;

	batch_init(&batch, self->fd, VI915_PAGE);
	batch_end(&batch);
	exec_init(&exec, self->fd, 0, I915_EXEC_DEFAULT);
	exec_add_batch(&exec, &batch);
	exec.arg.DR4 = 0xffffffff;
	EXPECT_OK(__exec_submit(&exec));
}

TEST_F(gpu, is_pinned_and_capture_change_nothing)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE);
	struct batch batch;
	struct exec exec;

	batch_init(&batch, self->fd, VI915_PAGE);
	batch_store(&batch, BATCH_AT(exec_address(handle)), 6);
	batch_end(&batch);
	exec_init(&exec, self->fd, 0, I915_EXEC_RENDER | I915_EXEC_IS_PINNED);
	exec_add(&exec, handle, exec_address(handle), EXEC_PINNED_WRITE | EXEC_OBJECT_CAPTURE);
	exec_add_batch(&exec, &batch)->flags |= EXEC_OBJECT_CAPTURE;
	exec_submit(&exec);
	exec_sync(self->fd, handle);
	EXPECT_EQ(6, exec_read(self->fd, handle, 0));
}

/* The arguments of the call lie in a mapping of an object of this device. */
TEST_F(gpu, arguments_may_lie_in_a_mapping_of_an_object)
{
	static const uint64_t types[] = {
		I915_MMAP_OFFSET_GTT, I915_MMAP_OFFSET_WC, I915_MMAP_OFFSET_WB,
	};
	uint32_t handle = gem_create(self->fd, VI915_PAGE), args, i;
	struct exec *exec;
	struct batch batch;

	batch_init(&batch, self->fd, VI915_PAGE);
	batch_store(&batch, BATCH_IN(handle, 0), 9);
	batch_end(&batch);
	for (i = 0; i < 3; i++) {
		args = gem_create(self->fd, 4 * VI915_PAGE);
		exec = gem_mmap_type(self->fd, args, 4 * VI915_PAGE, types[i]);
		exec_init(exec, self->fd, 0, I915_EXEC_DEFAULT);
		exec_add(exec, handle, 0, 0);
		exec_add_batch(exec, &batch);
		memcpy(exec + 1, batch.relocs, sizeof(batch.relocs));
		exec->objects[1].relocs_ptr = (uintptr_t)(exec + 1);
		EXPECT_OK(__exec_submit(exec));
		exec_sync(self->fd, handle);
		EXPECT_EQ(9, exec_read(self->fd, handle, 0));
	}
}

TEST_F(gpu, jobs_of_one_context_run_in_their_order)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE), i;

	for (i = 0; i < 50; i++)
		exec_store(self->fd, 0, I915_EXEC_RENDER, handle, 0, i);
	exec_sync(self->fd, handle);
	EXPECT_EQ(49, exec_read(self->fd, handle, 0));
}

TEST_F(gpu, writers_of_one_object_run_in_their_order_on_any_engine)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE), ctx[4], i;

	for (i = 0; i < 4; i++)
		ctx[i] = ctx_create(self->fd);
	for (i = 0; i < 60; i++)
		exec_store(self->fd, ctx[i % 4], engines[i % ENGINES], handle, 0, i);
	exec_sync(self->fd, handle);
	EXPECT_EQ(59, exec_read(self->fd, handle, 0));
}

TEST_F(gpu, objects_closed_at_once_live_until_the_job_is_done)
{
	uint32_t from, to = gem_create(self->fd, 4 * VI915_PAGE), i;
	char *bytes = malloc(4 * VI915_PAGE);
	struct spin spin;

	from = gem_create(self->fd, 4 * VI915_PAGE);
	vi915_fill(bytes, 4 * VI915_PAGE, 3);
	gem_pwrite(self->fd, from, 0, bytes, 4 * VI915_PAGE);
	spin_start(&spin, self->fd, 0, I915_EXEC_BLT);
	exec_copy(self->fd, 0, I915_EXEC_BLT, to, from, 4);
	gem_close(self->fd, from);
	/* New objects, which would get the pages if these were freed. */
	for (i = 0; i < 8; i++)
		gem_pwrite(self->fd, gem_create(self->fd, 4 * VI915_PAGE), 0,
			   memset(bytes, 0x55, VI915_PAGE), VI915_PAGE);
	EXPECT_EQ(1, spin_free(&spin));
	gem_pread(self->fd, to, 0, bytes, 4 * VI915_PAGE);
	vi915_same(bytes, 4 * VI915_PAGE, 3);
	free(bytes);
}

TEST_F(gpu, a_userptr_object_can_be_read_and_written)
{
	char *pages = mmap(NULL, 4 * VI915_PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint32_t user = gem_userptr(self->fd, pages, 2 * VI915_PAGE, 0);
	uint32_t handle = gem_create(self->fd, 2 * VI915_PAGE);
	char bytes[2 * VI915_PAGE];

	vi915_fill(pages, 2 * VI915_PAGE, 5);
	exec_copy(self->fd, 0, I915_EXEC_BLT, handle, user, 2);
	gem_pread(self->fd, handle, 0, bytes, sizeof(bytes));
	vi915_same(bytes, sizeof(bytes), 5);
	exec_fill(self->fd, 0, I915_EXEC_BLT, user, 1, 0x01020304);
	exec_sync(self->fd, user);
	EXPECT_EQ(0x01020304, *(uint32_t *)pages);
	EXPECT_EQ(0, pages[2 * VI915_PAGE]);
}

TEST_F(gpu, many_objects_in_one_call)
{
	unsigned int n = 1500, i;
	struct drm_i915_gem_exec_object2 *objects = calloc(n, sizeof(*objects));
	struct drm_i915_gem_execbuffer2 arg = {
		.buffers_ptr = (uintptr_t)objects, .buffer_count = n,
	};
	struct batch batch;

	for (i = 0; i < n - 1; i++) {
		objects[i].handle = gem_create(self->fd, VI915_PAGE);
		objects[i].flags = i & 1 ? EXEC_OBJECT_WRITE : 0;
	}
	batch_init(&batch, self->fd, VI915_PAGE);
	batch_end(&batch);
	objects[i].handle = batch.handle;
	EXPECT_OK(vi915_ioctl(self->fd, DRM_IOCTL_I915_GEM_EXECBUFFER2, &arg));
	for (i = 1; i < n; i++)
		EXPECT_NE(objects[i - 1].offset, objects[i].offset);
	exec_sync(self->fd, batch.handle);
	for (i = 0; i < n; i++)
		EXPECT_EQ(0, gem_busy(self->fd, objects[i].handle));
	free(objects);
}

TEST_HARNESS_MAIN
