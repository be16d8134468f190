// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Addresses without an object: as on the hardware, reads give zeros, writes are
 * dropped, and the job goes on. Each access is counted for its client and
 * program. With unmapped=hang the job hangs.
 */
#include "gpu_fixture.h"

#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#include "blit.h"
#include "config.h"
#include "ctx.h"
#include "exec.h"
#include "fdinfo.h"
#include "sysfs.h"

#define NOWHERE 0x7f0000001000ULL
#define PLACE 0x40000000ULL
#define SIZE (4 * VI915_PAGE)
#define PITCH 512
#define ROWS (SIZE / PITCH)
#define OLD 0x5a5a5a5au
#define NEW 0x12345678u

FIXTURE(unmapped)
{
	int fd;
	uint32_t ctx;
	uint32_t handle;
	struct batch batch;
};

FIXTURE_SETUP(unmapped)
{
	uint32_t words[SIZE / 4];
	unsigned int i;

	self->fd = vi915_open_render("gpu0");
	self->ctx = ctx_create(self->fd);
	self->handle = gem_create(self->fd, SIZE);
	for (i = 0; i < SIZE / 4; i++)
		words[i] = OLD;
	gem_pwrite(self->fd, self->handle, 0, words, SIZE);
	batch_init(&self->batch, self->fd, VI915_PAGE);
}

FIXTURE_TEARDOWN(unmapped)
{
	batch_fini(&self->batch);
	close(self->fd);
}

#define UNMAPPED FIXTURE_DATA(unmapped)

/* Runs the batch with the object at PLACE. Returns: status of the fence. */
static int run(UNMAPPED *self, unsigned int engine)
{
	struct exec exec;
	int fence, status;

	exec_init(&exec, self->fd, self->ctx, engine);
	exec_add(&exec, self->handle, PLACE, EXEC_PINNED_WRITE);
	exec_add_batch(&exec, &self->batch);
	exec_want_out_fence(&exec);
	exec_submit(&exec);
	fence = exec_out_fence(&exec);
	status = exec_fence_wait(fence);
	close(fence);
	return status;
}

static uint32_t word(UNMAPPED *self, uint32_t at)
{
	uint32_t value;

	gem_pread(self->fd, self->handle, at, &value, sizeof(value));
	return value;
}

TEST_F(unmapped, stores_vanish_and_loads_give_zeros)
{
	batch_store(&self->batch, BATCH_AT(NOWHERE), NEW);
	batch_load_imm(&self->batch, MMIO_RCS + REG_GPR(0), NEW);
	batch_load_mem(&self->batch, MMIO_RCS + REG_GPR(0), BATCH_AT(NOWHERE));
	batch_store_reg(&self->batch, BATCH_AT(PLACE), MMIO_RCS + REG_GPR(0));
	batch_store(&self->batch, BATCH_AT(PLACE + 4), NEW);
	batch_end(&self->batch);
	EXPECT_EQ(1, run(self, I915_EXEC_RENDER));
	EXPECT_EQ(0, word(self, 0));
	EXPECT_EQ(NEW, word(self, 4));
	EXPECT_EQ(OLD, word(self, 8));
	EXPECT_EQ(2, vi915_fdinfo(self->fd, "vi915-unmapped"));
}

/* Another client's object cannot be reached at its address. */
TEST_F(unmapped, r10_what_others_have_mapped_is_not_reached)
{
	uint32_t ctx = self->ctx, handle = self->handle;
	int other = self->fd;

	batch_end(&self->batch);
	EXPECT_EQ(1, run(self, I915_EXEC_RENDER));
	batch_fini(&self->batch);

	self->fd = vi915_open_render("gpu0");
	self->ctx = ctx_create(self->fd);
	self->handle = gem_create(self->fd, VI915_PAGE);
	batch_init(&self->batch, self->fd, VI915_PAGE);
	batch_store(&self->batch, BATCH_AT(PLACE + VI915_PAGE), NEW);
	batch_load_imm(&self->batch, MMIO_RCS + REG_GPR(0), NEW);
	batch_load_mem(&self->batch, MMIO_RCS + REG_GPR(0), BATCH_AT(PLACE + VI915_PAGE));
	batch_store_reg(&self->batch, BATCH_AT(PLACE), MMIO_RCS + REG_GPR(0));
	batch_end(&self->batch);
	EXPECT_EQ(1, run(self, I915_EXEC_RENDER));
	EXPECT_EQ(0, word(self, 0));
	EXPECT_EQ(2, vi915_fdinfo(self->fd, "vi915-unmapped"));
	EXPECT_EQ(0, vi915_fdinfo(other, "vi915-unmapped"));

	close(self->fd);
	self->fd = other;
	self->ctx = ctx;
	self->handle = handle;
	EXPECT_EQ(OLD, word(self, VI915_PAGE));
	batch_init(&self->batch, self->fd, VI915_PAGE);
}

/* Half of the source's rows are unmapped, so these are drawn as zeros. */
TEST_F(unmapped, a_blit_from_beyond_its_source_draws_zeros)
{
	struct blit blit = {
		.bpp = 32, .channels = BLIT_ARGB, .rop = BLIT_ROP_SOURCE,
		.width = PITCH / 4, .height = ROWS / 2,
		.from = { .pitch = PITCH, .ptr = BATCH_AT(PLACE + SIZE - SIZE / 4) },
		.to = { .pitch = PITCH, .ptr = BATCH_AT(PLACE) },
	};

	blit_copy(&self->batch, &blit);
	batch_end(&self->batch);
	EXPECT_EQ(1, run(self, I915_EXEC_BLT));
	EXPECT_EQ(OLD, word(self, 0));
	EXPECT_EQ(OLD, word(self, SIZE / 4 - 4));
	EXPECT_EQ(0, word(self, SIZE / 4));
	EXPECT_EQ(0, word(self, SIZE / 2 - 4));
	EXPECT_EQ(OLD, word(self, SIZE / 2));
	EXPECT_NE(0, vi915_fdinfo(self->fd, "vi915-unmapped"));
}

TEST_F(unmapped, a_blit_to_beyond_its_target_draws_what_is_there)
{
	struct blit blit = {
		.bpp = 32, .channels = BLIT_ARGB, .rop = BLIT_ROP_COLOUR, .colour = NEW,
		.y = ROWS - 4, .width = PITCH / 4, .height = ROWS,
		.to = { .pitch = PITCH, .ptr = BATCH_AT(PLACE) },
	};

	blit_fill(&self->batch, &blit);
	batch_store(&self->batch, BATCH_AT(PLACE), NEW);
	batch_end(&self->batch);
	EXPECT_EQ(1, run(self, I915_EXEC_BLT));
	EXPECT_EQ(NEW, word(self, 0));
	EXPECT_EQ(OLD, word(self, (ROWS - 4) * PITCH - 4));
	EXPECT_EQ(NEW, word(self, (ROWS - 4) * PITCH));
	EXPECT_EQ(NEW, word(self, SIZE - 4));
}

/* Zeros are MI_NOOP, so the batch never ends and is found as a hang. */
TEST_F(unmapped, r10_a_jump_to_nowhere_ends_as_a_hang)
{
	batch_jump(&self->batch, BATCH_AT(NOWHERE));
	EXPECT_EQ(-EIO, run(self, I915_EXEC_RENDER));
}

/* A count from the program's line in debugfs, or -1 if there is no such line. */
static long program_count(int fd, const char *name, const char *key)
{
	char text[8192], want[64], *line;
	ssize_t size = __vi915_debugfs_read(fd, "vi915_programs", text, sizeof(text) - 1);

	vi915_require(size >= 0);
	text[size] = '\0';
	snprintf(want, sizeof(want), "name=%s pid=", name);
	line = strstr(text, want);
	snprintf(want, sizeof(want), " %s=", key);
	line = line ? strstr(line, want) : NULL;
	return line ? atol(line + strlen(want)) : -1;
}

TEST_F(unmapped, programs_are_told_apart_by_name)
{
	vi915_require(!prctl(PR_SET_NAME, "st ray\n1"));
	EXPECT_EQ(-1, program_count(self->fd, "st_ray_1", "unmapped"));
	batch_store(&self->batch, BATCH_AT(NOWHERE), NEW);
	batch_dword(&self->batch, 0x680b0000);
	batch_end(&self->batch);
	EXPECT_EQ(1, run(self, I915_EXEC_RENDER));
	EXPECT_EQ(1, program_count(self->fd, "st_ray_1", "unmapped"));
	EXPECT_EQ(1, program_count(self->fd, "st_ray_1", "3d"));
	EXPECT_EQ(0, program_count(self->fd, "st_ray_1", "video"));
}

/* There is room for only so many names. */
TEST_F(unmapped, names_without_end_are_counted_as_others)
{
	char name[16];
	int i;

	batch_store(&self->batch, BATCH_AT(NOWHERE), NEW);
	batch_end(&self->batch);
	for (i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "name%d", i);
		vi915_require(!prctl(PR_SET_NAME, name));
		EXPECT_EQ(1, run(self, I915_EXEC_RENDER));
	}
	EXPECT_EQ(-1, program_count(self->fd, "name39", "unmapped"));
	EXPECT_LE(9, program_count(self->fd, "(others)", "unmapped"));
}

FIXTURE(strict)
{
	int fd;
	uint32_t ctx;
};

FIXTURE_SETUP(strict)
{
	config_gpu("strict", "unmapped", "hang");
	self->fd = vi915_open_render("strict");
	self->ctx = ctx_create(self->fd);
}

FIXTURE_TEARDOWN(strict)
{
	close(self->fd);
	config_remove("strict");
}

TEST_F(strict, an_access_to_nowhere_hangs_and_is_reported_with_its_address)
{
	char text[8192], want[64];
	struct batch batch;
	struct exec exec;

	batch_init(&batch, self->fd, VI915_PAGE);
	batch_store(&batch, BATCH_AT(NOWHERE), NEW);
	batch_end(&batch);
	exec_init(&exec, self->fd, self->ctx, I915_EXEC_RENDER);
	exec_add_batch(&exec, &batch);
	exec_want_out_fence(&exec);
	exec_submit(&exec);
	EXPECT_EQ(-EIO, exec_fence_wait(exec_out_fence(&exec)));
	close(exec_out_fence(&exec));
	batch_fini(&batch);

	vi915_check(__vi915_sysfs_read("strict", "error", text, sizeof(text)));
	EXPECT_EQ(0, strncmp(text, "GPU hang: rcs0: unmapped address\n", 33));
	snprintf(want, sizeof(want), "\nFaulting address: 0x%012llx\n", NOWHERE);
	EXPECT_NE(NULL, strstr(text, want));
	EXPECT_EQ(0, vi915_fdinfo(self->fd, "vi915-unmapped"));
}

TEST_F(strict, running_off_the_batch_hangs)
{
	struct batch batch;
	struct exec exec;

	batch_init(&batch, self->fd, VI915_PAGE);
	exec_init(&exec, self->fd, self->ctx, I915_EXEC_RENDER);
	exec_add_batch(&exec, &batch);
	exec_want_out_fence(&exec);
	exec_submit(&exec);
	EXPECT_EQ(-EIO, exec_fence_wait(exec_out_fence(&exec)));
	close(exec_out_fence(&exec));
	batch_fini(&batch);
}

TEST_HARNESS_MAIN
