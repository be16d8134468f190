// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --gpu gpu0,hang=2 --gpu gpu1
/*
 * hang=: batches that hang on order. Like real hangs they are found after
 * heartbeat and preempt timeout, are reported by fences, reset stats and the
 * error report, and count against their context.
 */
#include "test.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ctx.h"
#include "exec.h"
#include "gem.h"
#include "gpu.h"
#include "inject.h"
#include "prime.h"
#include "proc.h"
#include "sysfs.h"

#define OLD 0x11111111u

FIXTURE(hang)
{
	int fd;
	int other;
	uint32_t ctx;
	uint32_t handle;
};

static void set_times(const char *gpu, const char *engine, const char *ms)
{
	static const char *const files[] = { "heartbeat_interval_ms", "preempt_timeout_ms" };
	char path[64];

	for (unsigned int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "engine/%s/%s", engine, files[i]);
		vi915_check(__vi915_sysfs_write(gpu, path, ms));
	}
}

FIXTURE_SETUP(hang)
{
	uint32_t value = OLD;

	self->fd = vi915_open_render("gpu0");
	self->other = vi915_open_render("gpu1");
	self->ctx = ctx_create(self->fd);
	self->handle = gem_create(self->fd, VI915_PAGE);
	gem_pwrite(self->fd, self->handle, 0, &value, sizeof(value));
	/* Short, so that hangs do not take seconds each. */
	set_times("gpu0", "rcs0", "100");
	set_times("gpu0", "bcs0", "100");
	vi915_check(__vi915_sysfs_write("gpu0", "error", "1"));
}

FIXTURE_TEARDOWN(hang)
{
	inject_order(self->fd, "hang", "never", NULL);
	close(self->fd);
	close(self->other);
}

static int store(int fd, uint32_t ctx, uint32_t handle, uint32_t value)
{
	return exec_store_fence(fd, ctx, I915_EXEC_RENDER, handle, 0, value, -1);
}

/* Returns: status of the job's fence. */
static int store_and_wait(int fd, uint32_t ctx, uint32_t handle, uint32_t value)
{
	int fence = store(fd, ctx, handle, value), status = exec_fence_wait(fence);

	close(fence);
	return status;
}

/* Must be the first test of this program: the description's order is used up. */
TEST_F(hang, r10_the_batch_that_was_ordered_hangs)
{
	uint32_t there = gem_create(self->other, VI915_PAGE), i;
	char text[32];

	vi915_check(__inject_read(self->fd, "hang", "when", text, sizeof(text)));
	EXPECT_STREQ("2", text);
	for (i = 1; i <= 4; i++) {
		EXPECT_EQ(i == 2 ? -EIO : 1, store_and_wait(self->fd, self->ctx, self->handle, i));
		/* The batch that hangs does not write. */
		EXPECT_EQ(i == 2 ? 1 : i, exec_read(self->fd, self->handle, 0));
		EXPECT_EQ(1, store_and_wait(self->other, 0, there, i));
	}
	EXPECT_EQ(4, inject_count(self->fd, "hang", "calls"));
	EXPECT_EQ(1, inject_count(self->fd, "hang", "failures"));
	EXPECT_EQ(0, inject_count(self->other, "hang", "failures"));
	EXPECT_EQ(1, ctx_reset_stats(self->fd, self->ctx).batch_active);
}

TEST_F(hang, r10_the_report_is_of_that_batch)
{
	char text[8192];

	inject_order(self->fd, "hang", "1", NULL);
	EXPECT_EQ(-EIO, store_and_wait(self->fd, self->ctx, self->handle, 1));
	vi915_check(__vi915_sysfs_read("gpu0", "error", text, sizeof(text)));
	EXPECT_TRUE(strstr(text, "GPU hang: rcs0: cannot be interrupted"));
}

TEST_F(hang, r10_every_other_batch)
{
	uint32_t ctx = ctx_create(self->fd), i;

	ctx_set(self->fd, ctx, I915_CONTEXT_PARAM_BANNABLE, 0);
	inject_order(self->fd, "hang", "every:2", NULL);
	for (i = 1; i <= 6; i++)
		EXPECT_EQ(i % 2 ? 1 : -EIO, store_and_wait(self->fd, ctx, self->handle, i));
	EXPECT_EQ(5, exec_read(self->fd, self->handle, 0));
	EXPECT_EQ(3, ctx_reset_stats(self->fd, ctx).batch_active);
}

TEST_F(hang, r10_after_some_all_of_them_until_it_is_banned)
{
	uint32_t value = 0, i;
	struct batch batch;
	struct exec exec;

	inject_order(self->fd, "hang", "after:2", NULL);
	for (i = 1; i <= 5; i++)
		EXPECT_EQ(i <= 2 ? 1 : -EIO,
			  store_and_wait(self->fd, self->ctx, self->handle, i));
	batch_init(&batch, self->fd, VI915_PAGE);
	batch_end(&batch);
	exec_init(&exec, self->fd, self->ctx, I915_EXEC_RENDER);
	exec_add_batch(&exec, &batch);
	EXPECT_ERR(EIO, __exec_submit(&exec));
	gem_pread(self->fd, self->handle, 0, &value, sizeof(value));
	EXPECT_EQ(2, value);
}

/* Other contexts of its engine, other engines, and jobs that wait for its objects. */
TEST_F(hang, r10_everybody_else_goes_on)
{
	uint32_t mine = gem_create(self->fd, VI915_PAGE), next = ctx_create(self->fd);
	int hung, dmabuf, queued;

	inject_order(self->fd, "hang", "1", NULL);
	hung = store(self->fd, self->ctx, self->handle, 1);
	EXPECT_EQ(1, store_and_wait(self->fd, next, mine, 2));
	exec_store(self->fd, 0, I915_EXEC_BLT, mine, 4, 3);
	exec_sync(self->fd, mine);
	EXPECT_EQ(3, exec_read(self->fd, mine, 4));
	dmabuf = prime_export(self->fd, self->handle);
	queued = store(self->other, 0, prime_import(self->other, dmabuf), 4);
	EXPECT_EQ(-EIO, exec_fence_wait(hung));
	EXPECT_NE(0, exec_fence_wait(queued));
	EXPECT_EQ(0, gem_busy(self->fd, self->handle));
	close(hung);
	close(queued);
	close(dmabuf);
}

/* Neither GPU sees anything of what it should have drawn. */
TEST_F(hang, r10_a_blit_that_hangs_draws_nothing)
{
	uint32_t target = gem_create(self->fd, 16 * VI915_PAGE), here, i;
	int dmabuf = prime_export(self->fd, target);
	uint32_t *pixels = dmabuf_mmap(dmabuf, 16 * VI915_PAGE);

	exec_fill(self->fd, 0, I915_EXEC_BLT, target, 16, OLD);
	exec_sync(self->fd, target);
	inject_order(self->fd, "hang", "1", NULL);
	exec_fill(self->fd, self->ctx, I915_EXEC_BLT, target, 16, 0x22222222);
	here = prime_import(self->other, dmabuf);
	exec_sync(self->fd, target);
	exec_sync(self->other, here);
	dmabuf_sync(dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ);
	for (i = 0; i < 16 * VI915_PAGE / 4 && pixels[i] == OLD; i++)
		;
	EXPECT_EQ(16 * VI915_PAGE / 4, i);
	dmabuf_sync(dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ);
	close(dmabuf);
}

/* Never earlier, although a hang on order costs no time. */
TEST_F(hang, r10_it_is_found_after_heartbeat_and_preempt_timeout)
{
	int64_t start;

	set_times("gpu0", "rcs0", "640");
	inject_order(self->fd, "hang", "1", NULL);
	start = vi915_now();
	EXPECT_EQ(-EIO, store_and_wait(self->fd, self->ctx, self->handle, 1));
	EXPECT_LE(2 * 640 * 1000000ll, vi915_now() - start);
}

TEST_HARNESS_MAIN
