// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Rule R10: a job that never ends is found, and other jobs go on. A context
 * that hangs the GPU again and again is banned; an unrecoverable context gets
 * no second chance.
 */
#include "gpu_fixture.h"

#include <fcntl.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <sys/socket.h>

#include "config.h"
#include "ctx.h"
#include "exec.h"

#define UNMAPPED 0x7f0000000000ULL

/* Ways to hang an engine. */
enum way {
	INVALID_OPCODE,
	BAD_READ,
	BAD_WRITE,
	BAD_JUMP,
	BAD_BLIT,
	ENDLESS,
};

static void write_hang(struct batch *batch, enum way way)
{
	struct batch_rect rect = {
		.ptr = BATCH_AT(UNMAPPED), .pitch = 4096, .width = 64, .height = 64,
	};

	switch (way) {
	case BAD_READ:
		batch_load_mem(batch, MMIO_BCS + REG_GPR(0), BATCH_AT(UNMAPPED));
		break;
	case BAD_WRITE:
		batch_store(batch, BATCH_AT(UNMAPPED), 1);
		break;
	case BAD_JUMP:
		batch_jump(batch, BATCH_AT(UNMAPPED));
		break;
	case BAD_BLIT:
		batch_fill(batch, &rect, 0);
		break;
	case ENDLESS:
		/* A loop without ARB_CHECK and without an end. */
		batch_jump(batch, BATCH_AT(batch->address));
		break;
	default:
		batch_dword(batch, BATCH_INVALID);
	}
	batch_end(batch);
}

/* Returns: the out-fence of a job that hangs. */
static int hang(int fd, uint32_t ctx, unsigned int engine, enum way way)
{
	struct batch batch;
	struct exec exec;

	batch_init(&batch, fd, VI915_PAGE);
	write_hang(&batch, way);
	exec_init(&exec, fd, ctx, engine);
	exec_add_batch(&exec, &batch);
	exec_want_out_fence(&exec);
	exec_submit(&exec);
	batch_fini(&batch);
	return exec_out_fence(&exec);
}

FIXTURE(hang)
{
	int fd;
	uint32_t ctx;
};

FIXTURE_VARIANT(hang)
{
	enum way way;
};

FIXTURE_VARIANT_ADD(hang, invalid_opcode) { .way = INVALID_OPCODE };
FIXTURE_VARIANT_ADD(hang, bad_read) { .way = BAD_READ };
FIXTURE_VARIANT_ADD(hang, bad_write) { .way = BAD_WRITE };
FIXTURE_VARIANT_ADD(hang, bad_jump) { .way = BAD_JUMP };
FIXTURE_VARIANT_ADD(hang, bad_blit) { .way = BAD_BLIT };
FIXTURE_VARIANT_ADD(hang, endless) { .way = ENDLESS };

FIXTURE_SETUP(hang)
{
	config_gpu("strict", "unmapped", "hang");
	self->fd = vi915_open_render("strict");
	self->ctx = ctx_create(self->fd);
}

FIXTURE_TEARDOWN(hang)
{
	close(self->fd);
	config_remove("strict");
}

TEST_F(hang, r10_the_fence_says_eio)
{
	int fence = hang(self->fd, self->ctx, I915_EXEC_BLT, variant->way);

	EXPECT_EQ(-EIO, exec_fence_wait(fence));
	close(fence);
}

TEST_F(hang, r10_other_contexts_go_on)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE), other = ctx_create(self->fd);
	int fence = hang(self->fd, self->ctx, I915_EXEC_BLT, variant->way), out;

	out = exec_store_fence(self->fd, other, I915_EXEC_BLT, handle, 0, 1, -1);
	EXPECT_EQ(1, exec_fence_wait(out));
	EXPECT_EQ(1, exec_read(self->fd, handle, 0));
	EXPECT_EQ(-EIO, exec_fence_wait(fence));
	close(out);
	/* Also after the hang. */
	out = exec_store_fence(self->fd, other, I915_EXEC_BLT, handle, 0, 2, -1);
	EXPECT_EQ(1, exec_fence_wait(out));
	EXPECT_EQ(2, exec_read(self->fd, handle, 0));
	close(out);
	close(fence);
}

TEST_F(hang, r10_the_context_goes_on)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE);
	int fence = hang(self->fd, self->ctx, I915_EXEC_BLT, variant->way), queued, after;

	/* One job waits behind the hang, one is queued after it. */
	queued = exec_store_fence(self->fd, self->ctx, I915_EXEC_BLT, handle, 0, 1, -1);
	EXPECT_EQ(-EIO, exec_fence_wait(fence));
	EXPECT_EQ(1, exec_fence_wait(queued));
	EXPECT_EQ(1, exec_read(self->fd, handle, 0));
	after = exec_store_fence(self->fd, self->ctx, I915_EXEC_BLT, handle, 4, 2, -1);
	EXPECT_EQ(1, exec_fence_wait(after));
	EXPECT_EQ(2, exec_read(self->fd, handle, 4));
	close(fence);
	close(queued);
	close(after);
}

/* A semaphore that is never signalled is preemptible work, not a hang. */
TEST_F(gpu, r10_a_semaphore_wait_lets_others_go_on)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE), other = ctx_create(self->fd);
	uint64_t place = exec_address(handle);
	struct batch batch;
	struct exec exec;
	int out, i;

	batch_init(&batch, self->fd, VI915_PAGE);
	batch_wait(&batch, BATCH_AT(place), MI_SEMAPHORE_SAD_EQ_SDD, 77);
	batch_store(&batch, BATCH_AT(place + 4), 78);
	batch_end(&batch);
	exec_init(&exec, self->fd, ctx_create(self->fd), I915_EXEC_RENDER);
	exec_add(&exec, handle, place, EXEC_PINNED_WRITE | EXEC_OBJECT_ASYNC);
	exec_add_batch(&exec, &batch);
	exec_want_out_fence(&exec);
	exec_submit(&exec);
	for (i = 0; i < 10; i++) {
		out = exec_nop_fence(self->fd, other, I915_EXEC_RENDER, -1);
		EXPECT_EQ(1, exec_fence_wait(out));
		close(out);
	}
	EXPECT_EQ(0, sync_file_status(exec_out_fence(&exec)));
	*(volatile uint32_t *)gem_mmap_wb(self->fd, handle, 0, VI915_PAGE) = 77;
	EXPECT_EQ(1, exec_fence_wait(exec_out_fence(&exec)));
	EXPECT_EQ(78, exec_read(self->fd, handle, 4));
}

TEST_F(gpu, r10_every_engine_recovers)
{
	static const unsigned int engines[] = {
		I915_EXEC_RENDER, I915_EXEC_BLT, I915_EXEC_BSD, I915_EXEC_VEBOX,
	};
	uint32_t handle = gem_create(self->fd, VI915_PAGE), i;
	int fence[4];

	for (i = 0; i < 4; i++)
		fence[i] = hang(self->fd, ctx_create(self->fd), engines[i], INVALID_OPCODE);
	for (i = 0; i < 4; i++) {
		EXPECT_EQ(-EIO, exec_fence_wait(fence[i]));
		exec_store(self->fd, 0, engines[i], handle, 4 * i, i + 1);
		close(fence[i]);
	}
	exec_sync(self->fd, handle);
	for (i = 0; i < 4; i++)
		EXPECT_EQ(i + 1, exec_read(self->fd, handle, 4 * i));
}

/* Commands before the hang have run, commands after it have not. */
TEST_F(gpu, r10_a_batch_runs_up_to_where_it_hangs)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE);
	uint64_t place = exec_address(handle);
	struct batch batch;
	struct exec exec;

	batch_init(&batch, self->fd, VI915_PAGE);
	batch_store(&batch, BATCH_AT(place), 1);
	batch_dword(&batch, BATCH_INVALID);
	batch_store(&batch, BATCH_AT(place + 4), 2);
	batch_end(&batch);
	exec_init(&exec, self->fd, ctx_create(self->fd), I915_EXEC_RENDER);
	exec_add(&exec, handle, place, EXEC_PINNED_WRITE);
	exec_add_batch(&exec, &batch);
	exec_want_out_fence(&exec);
	exec_submit(&exec);
	EXPECT_EQ(-EIO, exec_fence_wait(exec_out_fence(&exec)));
	EXPECT_EQ(1, exec_read(self->fd, handle, 0));
	EXPECT_EQ(0, exec_read(self->fd, handle, 4));
	EXPECT_EQ(0, gem_busy(self->fd, handle));
}

TEST_F(gpu, r10_who_waits_for_the_objects_is_let_go)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE);
	int64_t timeout = 20000000000;
	struct spin spin;

	spin_start_on(&spin, self->fd, ctx_create(self->fd), I915_EXEC_BLT,
		      SPIN_NO_PREEMPTION | SPIN_WRITE, handle);
	EXPECT_OK(__gem_wait(self->fd, handle, &timeout));
	EXPECT_EQ(-EIO, sync_file_status(spin.fence));
	spin_free(&spin);
}

TEST_F(gpu, r10_the_other_gpu_does_not_wait_for_ever_either)
{
	int b = vi915_open_render("gpu1"), dmabuf, out;
	uint32_t handle = gem_create(self->fd, VI915_PAGE);
	struct spin spin;

	dmabuf = prime_export(self->fd, handle);
	spin_start_on(&spin, self->fd, ctx_create(self->fd), I915_EXEC_BLT,
		      SPIN_NO_PREEMPTION | SPIN_WRITE, handle);
	out = exec_store_fence(b, 0, I915_EXEC_BLT, prime_import(b, dmabuf), 0, 5, -1);
	EXPECT_NE(0, exec_fence_wait(out));
	EXPECT_EQ(-EIO, exec_fence_wait(spin.fence));
	spin_free(&spin);
	close(out);
	close(dmabuf);
	close(b);
}

/* A preemptible spinner is long work, not a hang: other jobs run beside it. */
TEST_F(gpu, r10_long_preemptible_work_is_no_hang)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE), other = ctx_create(self->fd), i;
	struct spin spin;

	spin_start(&spin, self->fd, ctx_create(self->fd), I915_EXEC_RENDER);
	for (i = 0; i < 20; i++) {
		exec_store(self->fd, other, I915_EXEC_RENDER, handle, 0, i);
		exec_sync(self->fd, handle);
		EXPECT_EQ(i, exec_read(self->fd, handle, 0));
		usleep(300000);
	}
	EXPECT_EQ(0, sync_file_status(spin.fence));
	EXPECT_EQ(1, spin_free(&spin));
}

/* Hangs until execbuf returns EIO. Returns: number of hangs, -1 if it never does. */
static int hangs_to_ban(int fd, uint32_t ctx, int max)
{
	struct batch batch;
	struct exec exec;
	int i, ret;

	for (i = 0; i < max; i++) {
		batch_init(&batch, fd, VI915_PAGE);
		write_hang(&batch, INVALID_OPCODE);
		exec_init(&exec, fd, ctx, I915_EXEC_RENDER);
		exec_add_batch(&exec, &batch);
		exec_want_out_fence(&exec);
		ret = __exec_submit(&exec);
		batch_fini(&batch);
		if (ret == -EIO)
			return i;
		vi915_check(ret);
		exec_fence_wait(exec_out_fence(&exec));
		close(exec_out_fence(&exec));
	}
	return -1;
}

TEST_F(gpu, r10_who_hangs_again_and_again_is_banned)
{
	uint32_t ctx = ctx_create(self->fd), other = ctx_create(self->fd);
	uint32_t handle = gem_create(self->fd, VI915_PAGE);
	int n = hangs_to_ban(self->fd, ctx, 12);

	/* Two hangs are forgiven. */
	EXPECT_EQ(3, n);
	EXPECT_EQ(n, ctx_reset_stats(self->fd, ctx).batch_active);
	/* The context is banned, but not its file. */
	exec_store(self->fd, other, I915_EXEC_RENDER, handle, 0, 1);
	exec_sync(self->fd, handle);
	EXPECT_EQ(1, exec_read(self->fd, handle, 0));
	EXPECT_OK(__ctx_destroy(self->fd, ctx));
}

TEST_F(gpu, r10_an_unbannable_context_is_not)
{
	uint32_t ctx = ctx_create(self->fd), handle = gem_create(self->fd, VI915_PAGE);

	ctx_set(self->fd, ctx, I915_CONTEXT_PARAM_BANNABLE, 0);
	EXPECT_EQ(-1, hangs_to_ban(self->fd, ctx, 12));
	EXPECT_EQ(12, ctx_reset_stats(self->fd, ctx).batch_active);
	exec_store(self->fd, ctx, I915_EXEC_RENDER, handle, 0, 1);
	exec_sync(self->fd, handle);
	EXPECT_EQ(1, exec_read(self->fd, handle, 0));
}

TEST_F(gpu, r10_a_context_that_is_not_recoverable_is_lost_at_once)
{
	uint32_t ctx = ctx_create(self->fd);
	int queued, fence;

	ctx_set(self->fd, ctx, I915_CONTEXT_PARAM_RECOVERABLE, 0);
	fence = hang(self->fd, ctx, I915_EXEC_RENDER, ENDLESS);
	queued = exec_nop_fence(self->fd, ctx, I915_EXEC_RENDER, -1);
	EXPECT_EQ(-EIO, exec_fence_wait(fence));
	EXPECT_EQ(-EIO, exec_fence_wait(queued));
	EXPECT_EQ(0, hangs_to_ban(self->fd, ctx, 3));
	close(fence);
	close(queued);
}

TEST_F(gpu, r10_context_0_recovers_too)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE);
	int fence = exec_break(self->fd, 0, I915_EXEC_BSD);

	EXPECT_EQ(-EIO, exec_fence_wait(fence));
	exec_store(self->fd, 0, I915_EXEC_BSD, handle, 0, 1);
	exec_sync(self->fd, handle);
	EXPECT_EQ(1, exec_read(self->fd, handle, 0));
	close(fence);
}

/* Persistence: what happens to jobs whose context or file is closed. */

TEST_F(gpu, r10_work_that_is_not_persistent_goes_with_its_context)
{
	uint32_t ctx = ctx_create(self->fd);
	struct spin spin;

	ctx_set(self->fd, ctx, I915_CONTEXT_PARAM_PERSISTENCE, 0);
	spin_start(&spin, self->fd, ctx, I915_EXEC_RENDER);
	spin_wait_running(&spin);
	ctx_destroy(self->fd, ctx);
	EXPECT_EQ(-EIO, exec_fence_wait(spin.fence));
	spin_free(&spin);
}

TEST_F(gpu, r10_queued_work_that_is_not_persistent_goes_too)
{
	uint32_t ctx = ctx_create(self->fd);
	int fence;
	struct spin spin;

	ctx_set(self->fd, ctx, I915_CONTEXT_PARAM_PERSISTENCE, 0);
	spin_start_on(&spin, self->fd, ctx, I915_EXEC_RENDER, SPIN_NO_PREEMPTION, 0);
	fence = exec_nop_fence(self->fd, ctx, I915_EXEC_RENDER, -1);
	ctx_destroy(self->fd, ctx);
	EXPECT_EQ(-EIO, exec_fence_wait(spin.fence));
	EXPECT_EQ(-EIO, exec_fence_wait(fence));
	spin_free(&spin);
	close(fence);
}

TEST_F(gpu, r10_work_that_is_not_persistent_goes_with_its_file)
{
	int other = vi915_reopen(self->fd), fence;
	uint32_t ctx = ctx_create(other);
	struct spin spin;

	ctx_set(other, ctx, I915_CONTEXT_PARAM_PERSISTENCE, 0);
	spin_start(&spin, other, ctx, I915_EXEC_RENDER);
	fence = spin.fence;
	spin_wait_running(&spin);
	close(other);
	EXPECT_EQ(-EIO, exec_fence_wait(fence));
	gem_munmap((void *)spin.map, VI915_PAGE);
	close(fence);
}

TEST_F(gpu, r10_persistent_work_outlives_its_context_and_file)
{
	int other = vi915_reopen(self->fd);
	uint32_t ctx = ctx_create(other);
	struct spin spin;

	spin_start(&spin, other, ctx, I915_EXEC_RENDER);
	spin_wait_running(&spin);
	ctx_destroy(other, ctx);
	close(other);
	usleep(300000);
	EXPECT_EQ(0, sync_file_status(spin.fence));
	spin_end(&spin);
	EXPECT_EQ(1, exec_fence_wait(spin.fence));
	gem_munmap((void *)spin.map, VI915_PAGE);
	close(spin.fence);
}

/* Reports of a hang. */

static void error_path(int fd, char *path, size_t size)
{
	struct vi915_gpu gpu;

	(void)fd;
	vi915_gpu_find("gpu0", &gpu);
	snprintf(path, size, "/sys/class/drm/card%d/error", gpu.card);
}

static void read_error(int fd, char *text, size_t size)
{
	char path[64];
	ssize_t n;
	int file;

	error_path(fd, path, sizeof(path));
	file = open(path, O_RDONLY | O_CLOEXEC);
	vi915_require(file >= 0);
	n = read(file, text, size - 1);
	vi915_require(n >= 0);
	text[n] = '\0';
	close(file);
}

static void clear_error(int fd)
{
	char path[64];
	int file;

	error_path(fd, path, sizeof(path));
	file = open(path, O_WRONLY | O_CLOEXEC);
	vi915_require(file >= 0);
	vi915_require(write(file, "", 1) == 1);
	close(file);
}

TEST_F(gpu, r10_error_has_the_hang_until_it_is_cleared)
{
	char text[4096], other[4096];
	int fence;

	clear_error(self->fd);
	read_error(self->fd, text, sizeof(text));
	EXPECT_STREQ("No error state collected\n", text);
	fence = hang(self->fd, ctx_create(self->fd), I915_EXEC_RENDER, INVALID_OPCODE);
	EXPECT_EQ(-EIO, exec_fence_wait(fence));
	close(fence);
	read_error(self->fd, text, sizeof(text));
	EXPECT_STRNE("No error state collected\n", text);
	/* The first report is kept. */
	fence = hang(self->fd, ctx_create(self->fd), I915_EXEC_BLT, INVALID_OPCODE);
	EXPECT_EQ(-EIO, exec_fence_wait(fence));
	close(fence);
	read_error(self->fd, other, sizeof(other));
	EXPECT_STREQ(text, other);
	EXPECT_NE(NULL, strstr(text, "rcs0"));
	clear_error(self->fd);
	read_error(self->fd, text, sizeof(text));
	EXPECT_STREQ("No error state collected\n", text);
}

TEST_F(gpu, r10_no_error_capture_captures_nothing)
{
	uint32_t ctx = ctx_create(self->fd);
	char text[4096];
	int fence;

	clear_error(self->fd);
	ctx_set(self->fd, ctx, I915_CONTEXT_PARAM_NO_ERROR_CAPTURE, 1);
	fence = hang(self->fd, ctx, I915_EXEC_RENDER, INVALID_OPCODE);
	EXPECT_EQ(-EIO, exec_fence_wait(fence));
	close(fence);
	read_error(self->fd, text, sizeof(text));
	EXPECT_STREQ("No error state collected\n", text);
}

static int open_uevents(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	struct timeval patience = { .tv_sec = 10 };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);

	vi915_require(fd >= 0);
	vi915_require(!setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)));
	vi915_require(!bind(fd, (struct sockaddr *)&address, sizeof(address)));
	return fd;
}

/* Whether an event with this line arrives. */
static bool comes(int fd, const char *line)
{
	char event[4096];
	const char *at;
	ssize_t n;

	while ((n = recv(fd, event, sizeof(event) - 1, 0)) > 0) {
		event[n] = '\0';
		for (at = event; at < event + n; at += strlen(at) + 1)
			if (!strcmp(at, line))
				return true;
	}
	return false;
}

TEST_F(gpu, r10_uevents_tell_of_error_reset_and_recovery)
{
	int events = open_uevents(), fence;

	fence = hang(self->fd, ctx_create(self->fd), I915_EXEC_RENDER, INVALID_OPCODE);
	EXPECT_TRUE(comes(events, "ERROR=1"));
	EXPECT_TRUE(comes(events, "RESET=1"));
	EXPECT_TRUE(comes(events, "ERROR=0"));
	EXPECT_EQ(-EIO, exec_fence_wait(fence));
	close(fence);
	close(events);
}

TEST_F(gpu, r10_bytes_and_mappings_survive_a_hang)
{
	uint32_t handle = gem_create(self->fd, 4 * VI915_PAGE);
	char *wb = gem_mmap_wb(self->fd, handle, 0, 4 * VI915_PAGE);
	char *gtt = gem_mmap_gtt(self->fd, handle, 4 * VI915_PAGE);
	int fence;

	vi915_fill(wb, 4 * VI915_PAGE, 11);
	fence = hang(self->fd, ctx_create(self->fd), I915_EXEC_RENDER, ENDLESS);
	EXPECT_EQ(-EIO, exec_fence_wait(fence));
	close(fence);
	vi915_same(wb, 4 * VI915_PAGE, 11);
	vi915_same(gtt, 4 * VI915_PAGE, 11);
}

TEST_HARNESS_MAIN
