// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The report of a hang, in the card's file `error`: its contents, and that the
 * first one is kept until it is cleared. (The end of hangs is tested in
 * hang.c.)
 */
#include "gpu_fixture.h"

#include <fcntl.h>

#include "ctx.h"
#include "exec.h"
#include "sysfs.h"

#define IDLE "No error state collected\n"

FIXTURE(error)
{
	int fd;
	uint32_t ctx;
	char text[8192];
};

FIXTURE_SETUP(error)
{
	self->fd = vi915_open_render("gpu0");
	self->ctx = ctx_create(self->fd);
	vi915_check(__vi915_sysfs_write("gpu0", "error", "1"));
}

FIXTURE_TEARDOWN(error)
{
	__vi915_sysfs_write("gpu0", "error", "1");
	close(self->fd);
}

#define READ() vi915_check(__vi915_sysfs_read("gpu0", "error", self->text, sizeof(self->text)))

/* Runs a batch that hangs, until it has ended. Returns: its address. */
static uint64_t hang(int fd, uint32_t ctx, unsigned int engine, void (*write)(struct batch *batch))
{
	struct batch batch;
	struct exec exec;
	uint64_t address;

	batch_init(&batch, fd, VI915_PAGE);
	address = batch.address;
	write(&batch);
	exec_init(&exec, fd, ctx, engine);
	exec_add_batch(&exec, &batch);
	exec_want_out_fence(&exec);
	exec_submit(&exec);
	if (exec_fence_wait(exec_out_fence(&exec)) != -EIO)
		vi915_fail("a broken batch ended well");
	close(exec_out_fence(&exec));
	batch_fini(&batch);
	return address;
}

static void write_invalid(struct batch *batch)
{
	batch_noop(batch, 40);
	batch_dword(batch, BATCH_INVALID);
	batch_end(batch);
}

TEST_F(error, idle_says_so)
{
	READ();
	EXPECT_STREQ(IDLE, self->text);
}

TEST_F(error, work_that_ends_leaves_nothing)
{
	exec_sync(self->fd, gem_create(self->fd, VI915_PAGE));
	exec_nop(self->fd, self->ctx, I915_EXEC_RENDER);
	vi915_drop_caches(self->fd, DROP_IDLE);
	READ();
	EXPECT_STREQ(IDLE, self->text);
}

TEST_F(error, a_report_says_who_hung_where)
{
	uint64_t address = hang(self->fd, self->ctx, I915_EXEC_BLT, write_invalid);
	char want[128];

	READ();
	EXPECT_EQ(0, strncmp(self->text, "GPU hang: bcs0: ", 16));
	EXPECT_NE(NULL, strstr(self->text, "\nGPU: gpu0\n"));
	snprintf(want, sizeof(want), "[%d]\n", getpid());
	EXPECT_NE(NULL, strstr(self->text, want));
	snprintf(want, sizeof(want), "\nContext: %u, job 1\n", self->ctx);
	EXPECT_NE(NULL, strstr(self->text, want));
	snprintf(want, sizeof(want), "\nBatch start: 0x%012llx\n", (unsigned long long)address);
	EXPECT_NE(NULL, strstr(self->text, want));
	EXPECT_NE(NULL, strstr(self->text, "\nCommand: 0xdeadbeef\n"));
	EXPECT_EQ(NULL, strstr(self->text, "Faulting address"));
}

TEST_F(error, a_report_shows_the_dwords_and_marks_where_it_stopped)
{
	uint64_t address = hang(self->fd, self->ctx, I915_EXEC_BLT, write_invalid);
	char want[128];

	READ();
	snprintf(want, sizeof(want), "\n-> 0x%012llx: 0xdeadbeef\n",
		 (unsigned long long)address + 40 * 4);
	EXPECT_NE(NULL, strstr(self->text, want));
	snprintf(want, sizeof(want), "\n   0x%012llx: 0x00000000\n",
		 (unsigned long long)address + 39 * 4);
	EXPECT_NE(NULL, strstr(self->text, want));
	snprintf(want, sizeof(want), "\n   0x%012llx: 0x05000000\n",
		 (unsigned long long)address + 41 * 4);
	EXPECT_NE(NULL, strstr(self->text, want));
}

TEST_F(error, a_run_of_equal_dwords_is_told_by_its_ends)
{
	uint64_t address = hang(self->fd, self->ctx, I915_EXEC_BLT, write_invalid);
	char want[128];

	READ();
	snprintf(want, sizeof(want), "0x%012llx:", (unsigned long long)address + 20 * 4);
	EXPECT_EQ(NULL, strstr(self->text, want));
	EXPECT_NE(NULL, strstr(self->text, "\n   ...\n"));
}

TEST_F(error, a_captured_object_is_shown_as_it_was)
{
	const uint64_t place = 0x12340000;
	uint32_t words[] = { 0xfeedbeef, 0x00c0ffee }, handle = gem_create(self->fd, VI915_PAGE);
	struct batch batch;
	struct exec exec;

	gem_pwrite(self->fd, handle, 0, words, sizeof(words));
	batch_init(&batch, self->fd, VI915_PAGE);
	write_invalid(&batch);
	exec_init(&exec, self->fd, self->ctx, I915_EXEC_RENDER);
	exec_add(&exec, handle, place, EXEC_PINNED | EXEC_OBJECT_CAPTURE);
	exec_add_batch(&exec, &batch);
	exec_want_out_fence(&exec);
	exec_submit(&exec);
	EXPECT_EQ(-EIO, exec_fence_wait(exec_out_fence(&exec)));
	close(exec_out_fence(&exec));
	batch_fini(&batch);
	/* The report has a copy: writes afterwards do not change it. */
	words[0] = 0;
	gem_pwrite(self->fd, handle, 0, words, sizeof(words));

	READ();
	EXPECT_NE(NULL, strstr(self->text,
			       "Captured: object at 0x000012340000, its first dwords:\n"
			       "   feedbeef 00c0ffee 00000000"));
}

TEST_F(error, the_first_one_stays_until_it_is_cleared)
{
	char first[8192];

	hang(self->fd, self->ctx, I915_EXEC_BLT, write_invalid);
	READ();
	snprintf(first, sizeof(first), "%s", self->text);
	hang(self->fd, self->ctx, I915_EXEC_RENDER, write_invalid);
	READ();
	EXPECT_STREQ(first, self->text);

	EXPECT_OK(__vi915_sysfs_write("gpu0", "error", "anything"));
	READ();
	EXPECT_STREQ(IDLE, self->text);
	hang(self->fd, ctx_create(self->fd), I915_EXEC_RENDER, write_invalid);
	READ();
	EXPECT_EQ(0, strncmp(self->text, "GPU hang: rcs0: ", 16));
}

TEST_F(error, another_gpu_has_its_own)
{
	hang(self->fd, self->ctx, I915_EXEC_BLT, write_invalid);
	vi915_check(__vi915_sysfs_read("gpu1", "error", self->text, sizeof(self->text)));
	EXPECT_STREQ(IDLE, self->text);
}

TEST_F(error, it_can_be_read_in_pieces)
{
	char path[64], piece[8192] = "";
	struct vi915_gpu gpu;
	size_t done = 0;
	ssize_t n;
	int file;

	hang(self->fd, self->ctx, I915_EXEC_BLT, write_invalid);
	READ();
	vi915_gpu_find("gpu0", &gpu);
	snprintf(path, sizeof(path), "/sys/class/drm/card%d/error", gpu.card);
	file = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT_GE(file, 0);
	while ((n = read(file, piece + done, 7)) > 0)
		done += n;
	close(file);
	EXPECT_EQ(0, n);
	EXPECT_STREQ(self->text, piece);
}

TEST_F(error, i915_wedged_resets_what_runs_and_reports_it)
{
	char value[16];
	struct spin spin;

	spin_start(&spin, self->fd, self->ctx, I915_EXEC_RENDER);
	spin_wait_running(&spin);
	ASSERT_OK(__vi915_debugfs_write(self->fd, "i915_wedged", "18446744073709551615"));
	EXPECT_EQ(-EIO, exec_fence_wait(spin.fence));
	spin_free(&spin);
	READ();
	EXPECT_EQ(0, strncmp(self->text, "GPU hang: rcs0: ", 16));
	ASSERT_GT(__vi915_debugfs_read(self->fd, "i915_wedged", value, sizeof(value)), 0);
	EXPECT_STREQ("0\n", value);
	/* The GPU works again. */
	EXPECT_OK(vi915_ioctl(self->fd, DRM_IOCTL_I915_GEM_THROTTLE, NULL));
	exec_nop(self->fd, self->ctx, I915_EXEC_RENDER);
}

TEST_F(error, i915_wedged_of_an_idle_gpu_leaves_a_report_too)
{
	EXPECT_OK(__vi915_debugfs_write(self->fd, "i915_wedged", "1"));
	READ();
	EXPECT_EQ(0, strncmp(self->text, "GPU hang: no job: ", 18));
	EXPECT_NE(NULL, strstr(self->text, "\nGPU: gpu0\nTime: "));
	EXPECT_EQ(NULL, strstr(self->text, "Batch"));
	/* No context has hung. */
	EXPECT_EQ(0, ctx_reset_stats(self->fd, self->ctx).batch_active);
	/* The first report is kept. */
	hang(self->fd, self->ctx, I915_EXEC_BLT, write_invalid);
	READ();
	EXPECT_EQ(0, strncmp(self->text, "GPU hang: no job: ", 18));
}

/* A context with NO_ERROR_CAPTURE is in no report. */
TEST_F(error, i915_wedged_does_not_tell_of_who_wants_no_capture)
{
	struct spin spin;

	ctx_set(self->fd, self->ctx, I915_CONTEXT_PARAM_NO_ERROR_CAPTURE, 1);
	spin_start(&spin, self->fd, self->ctx, I915_EXEC_RENDER);
	spin_wait_running(&spin);
	EXPECT_OK(__vi915_debugfs_write(self->fd, "i915_wedged", "1"));
	EXPECT_EQ(-EIO, exec_fence_wait(spin.fence));
	spin_free(&spin);
	READ();
	EXPECT_EQ(0, strncmp(self->text, "GPU hang: no job: ", 18));
}

/* IGT ends its tests by this, so it must not leave reports. */
TEST_F(error, drop_caches_with_reset_active_ends_work_without_a_report)
{
	int fence, timeline = sw_timeline(), waiting;
	struct spin spin;

	spin_start(&spin, self->fd, self->ctx, I915_EXEC_RENDER);
	spin_wait_running(&spin);
	waiting = sw_fence(timeline, 1);
	fence = exec_nop_fence(self->fd, self->ctx, I915_EXEC_BLT, waiting);
	vi915_drop_caches(self->fd, 0x1dc);
	EXPECT_EQ(-EIO, sync_file_status(spin.fence));
	EXPECT_EQ(-EIO, sync_file_status(fence));
	spin_free(&spin);
	READ();
	EXPECT_STREQ(IDLE, self->text);
	close(fence);
	close(waiting);
	close(timeline);
}

static void end_spin(void *arg)
{
	spin_end(arg);
}

TEST_F(error, drop_caches_with_active_waits_for_work)
{
	struct spin spin;

	spin_start(&spin, self->fd, self->ctx, I915_EXEC_RENDER);
	vi915_after(300000000, end_spin, &spin);
	vi915_drop_caches(self->fd, DROP_ACTIVE);
	EXPECT_EQ(1, sync_file_status(spin.fence));
	spin_free(&spin);
}

TEST_HARNESS_MAIN
