// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Jobs and the GTT views of tiled objects: a job sees what the CPU wrote
 * through the GTT, and the GTT view shows what a job wrote, once the client has
 * waited in any of the ways of i915; also if the view was read before.
 */
#include "test.h"

#include <poll.h>
#include <sched.h>
#include <stdlib.h>

#include "exec.h"
#include "gem.h"
#include "gpu.h"
#include "prime.h"
#include "proc.h"
#include "tile.h"

#define STRIDE 2048
/* Three rows of X tiles and a remainder. */
#define PAGES (4 * 3 + 1)
#define SIZE (PAGES * VI915_PAGE)
#define ROW (STRIDE * 8)

#define OLD 0x01d01d01u
#define NEW 0x4e4e4e4eu

FIXTURE(job)
{
	int fd;
	uint32_t handle;
	int dmabuf;
	struct tiled t;
	uint32_t *gtt;
	uint32_t *wb;
	uint32_t *mem;
	struct spin spin;
};

FIXTURE_SETUP(job)
{
	unsigned int i;

	self->fd = vi915_open_render("gpu0");
	self->t = (struct tiled){ I915_TILING_X, STRIDE, SIZE };
	self->handle = gem_create(self->fd, SIZE);
	gem_set_tiling(self->fd, self->handle, I915_TILING_X, STRIDE);
	self->dmabuf = prime_export(self->fd, self->handle);
	self->gtt = gem_mmap_gtt(self->fd, self->handle, SIZE);
	self->wb = gem_mmap_wb(self->fd, self->handle, 0, SIZE);
	self->mem = malloc(SIZE);
	for (i = 0; i < SIZE / 4; i++)
		self->gtt[i] = OLD;
}

FIXTURE_TEARDOWN(job)
{
	free(self->mem);
	gem_munmap(self->gtt, SIZE);
	gem_munmap(self->wb, SIZE);
	close(self->dmabuf);
	close(self->fd);
}

/* Index of the dword at @linear of the view in the raw memory. */
#define RAW(linear) tile_raw(&self->t, linear)

#define store(linear, value) \
	exec_store(self->fd, 0, I915_EXEC_RENDER, self->handle, RAW(linear), value)

/* Jobs that are queued after this wait until spin_free(). */
#define hold() \
	spin_start_on(&self->spin, self->fd, 0, I915_EXEC_RENDER, SPIN_WRITE, self->handle)

static void wait_wait(int fd, uint32_t handle, int dmabuf)
{
	(void)dmabuf;
	vi915_check(__gem_wait(fd, handle, NULL));
}

static void wait_busy(int fd, uint32_t handle, int dmabuf)
{
	(void)dmabuf;
	while (gem_busy(fd, handle))
		sched_yield();
}

static void wait_domain_gtt(int fd, uint32_t handle, int dmabuf)
{
	(void)dmabuf;
	gem_set_domain(fd, handle, I915_GEM_DOMAIN_GTT, 0);
}

static void wait_domain_cpu(int fd, uint32_t handle, int dmabuf)
{
	(void)dmabuf;
	gem_set_domain(fd, handle, I915_GEM_DOMAIN_CPU, I915_GEM_DOMAIN_CPU);
}

static void wait_sync(int fd, uint32_t handle, int dmabuf)
{
	(void)fd;
	(void)handle;
	dmabuf_sync(dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ);
	dmabuf_sync(dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ);
}

static const struct {
	const char *name;
	void (*wait)(int fd, uint32_t handle, int dmabuf);
} ways[] = {
	{ "WAIT", wait_wait },
	{ "BUSY", wait_busy },
	{ "SET_DOMAIN GTT", wait_domain_gtt },
	{ "SET_DOMAIN CPU", wait_domain_cpu },
	{ "SYNC", wait_sync },
};

TEST_F(job, a_job_reads_what_was_written_through_the_gtt)
{
	uint32_t out = gem_create(self->fd, SIZE);

	vi915_fill(self->gtt, SIZE, 1);
	exec_copy(self->fd, 0, I915_EXEC_BLT, out, self->handle, PAGES);
	gem_pread(self->fd, out, 0, self->mem, SIZE);
	EXPECT_EQ(-1, tile_differs(&self->t, self->gtt, self->mem, 0, SIZE));
	vi915_same(self->gtt, SIZE, 1);

	/* The view can be written again. */
	vi915_fill(self->gtt, SIZE, 2);
	exec_copy(self->fd, 0, I915_EXEC_BLT, out, self->handle, PAGES);
	gem_pread(self->fd, out, 0, self->mem, SIZE);
	EXPECT_EQ(-1, tile_differs(&self->t, self->gtt, self->mem, 0, SIZE));
	vi915_same(self->gtt, SIZE, 2);
}

TEST_F(job, what_a_job_wrote_is_in_the_gtt_view_after_each_way_to_wait)
{
	uint32_t at = ROW + STRIDE + 600, value = NEW;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ways); i++, value++) {
		EXPECT_EQ(i ? value - 1 : OLD, self->gtt[at / 4]);
		store(at, value);
		ways[i].wait(self->fd, self->handle, self->dmabuf);
		EXPECT_EQ(value, self->gtt[at / 4]) {
			TH_LOG("%s", ways[i].name);
		}
		EXPECT_EQ(value, self->wb[RAW(at) / 4]);
		EXPECT_EQ(OLD, self->gtt[0]);
	}
}

/* A fault does not wait, so the view shows old bytes that a later wait replaces. */
TEST_F(job, a_look_in_between_does_not_stay)
{
	uint32_t at = 2 * ROW + 520, value = NEW;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ways); i++, value++) {
		hold();
		store(at, value);
		EXPECT_EQ(i ? value - 1 : OLD, self->gtt[at / 4]);
		EXPECT_EQ(-ETIME, __gem_wait(self->fd, self->handle, &(int64_t){ 0 }));
		EXPECT_EQ(i ? value - 1 : OLD, self->gtt[at / 4]);
		EXPECT_EQ(1, spin_free(&self->spin));
		ways[i].wait(self->fd, self->handle, self->dmabuf);
		EXPECT_EQ(value, self->gtt[at / 4]) {
			TH_LOG("%s", ways[i].name);
		}
		EXPECT_EQ(OLD, self->gtt[at / 4 + 1]);
	}
}

/* A view that was only read is not written back. */
TEST_F(job, a_look_in_between_does_not_undo_what_the_job_does)
{
	int fence;

	hold();
	fence = exec_store_fence(self->fd, 0, I915_EXEC_RENDER, self->handle, RAW(0), NEW, -1);
	EXPECT_EQ(OLD, self->gtt[0]);
	EXPECT_EQ(1, spin_free(&self->spin));
	EXPECT_EQ(1, exec_fence_wait(fence));
	EXPECT_EQ(NEW, self->wb[RAW(0) / 4]);
	gem_set_domain(self->fd, self->handle, I915_GEM_DOMAIN_CPU, 0);
	EXPECT_EQ(NEW, self->wb[RAW(0) / 4]);
	EXPECT_EQ(NEW, self->gtt[0]);
	close(fence);
}

/* Only the row of tiles that the CPU wrote is written back. */
TEST_F(job, cpu_and_job_may_write_different_rows_of_tiles_at_a_time)
{
	hold();
	store(0, NEW);
	store(2 * ROW, NEW + 2);
	self->gtt[ROW / 4] = NEW + 1;
	EXPECT_EQ(NEW + 1, self->gtt[ROW / 4]);
	EXPECT_EQ(1, spin_free(&self->spin));
	EXPECT_OK(__gem_wait(self->fd, self->handle, NULL));
	EXPECT_EQ(NEW, self->gtt[0]);
	EXPECT_EQ(NEW + 1, self->gtt[ROW / 4]);
	EXPECT_EQ(NEW + 2, self->gtt[2 * ROW / 4]);
	EXPECT_EQ(-1, tile_differs(&self->t, self->gtt, self->wb, 0, SIZE));
}

TEST_F(job, who_waits_for_a_sync_file_sees_it_soon)
{
	int64_t end = vi915_now() + 20000000000ll;
	int fence;

	hold();
	fence = exec_store_fence(self->fd, 0, I915_EXEC_RENDER, self->handle, RAW(8), NEW, -1);
	EXPECT_EQ(OLD, self->gtt[2]);
	EXPECT_EQ(1, spin_free(&self->spin));
	EXPECT_EQ(1, exec_fence_wait(fence));
	while (((volatile uint32_t *)self->gtt)[2] != NEW && vi915_now() < end)
		poll(NULL, 0, 1);
	EXPECT_EQ(NEW, self->gtt[2]);
	close(fence);
}

TEST_F(job, a_job_that_does_not_say_that_it_writes_is_seen_too)
{
	struct exec exec;
	struct batch batch;
	uint64_t address = exec_address(self->handle);

	EXPECT_EQ(OLD, self->gtt[1]);
	batch_init(&batch, self->fd, VI915_PAGE);
	batch_store(&batch, BATCH_AT(address + RAW(4)), NEW);
	batch_end(&batch);
	exec_init(&exec, self->fd, 0, I915_EXEC_RENDER);
	exec_add(&exec, self->handle, address, EXEC_PINNED);
	exec_add_batch(&exec, &batch);
	exec_submit(&exec);
	EXPECT_OK(__gem_wait(self->fd, self->handle, NULL));
	EXPECT_EQ(NEW, self->gtt[1]);
	batch_fini(&batch);
}

/* The blitter has its own code for X tiles. */
TEST_F(job, a_tiled_blit_is_a_rectangle_in_the_gtt_view)
{
	struct exec exec;
	struct batch batch;
	uint64_t address = exec_address(self->handle);
	unsigned int x, y;

	batch_init(&batch, self->fd, VI915_PAGE);
	batch_dword(&batch, XY_COLOR_BLT | XY_BLT_WRITE_ARGB | 1u << 11);
	batch_dword(&batch, XY_DEPTH_32 | 0xf0u << 16 | STRIDE / 4);
	batch_dword(&batch, 5u << 16 | 100);
	batch_dword(&batch, 17u << 16 | 300);
	batch_address(&batch, BATCH_AT(address), true);
	batch_dword(&batch, NEW);
	batch_end(&batch);
	exec_init(&exec, self->fd, 0, I915_EXEC_BLT);
	exec_add(&exec, self->handle, address, EXEC_PINNED_WRITE);
	exec_add_batch(&exec, &batch);
	exec_submit(&exec);
	gem_set_domain(self->fd, self->handle, I915_GEM_DOMAIN_GTT, 0);

	for (y = 0; y < 24; y++)
		for (x = 0; x < STRIDE / 4; x++)
			ASSERT_EQ(x >= 100 && x < 300 && y >= 5 && y < 17 ? NEW : OLD,
				  self->gtt[y * STRIDE / 4 + x]) {
				TH_LOG("x %u y %u", x, y);
			}
	batch_fini(&batch);
}

TEST_F(job, an_importers_job_is_seen_and_sees)
{
	int b = vi915_open_render("gpu1");
	uint32_t import = prime_import(b, self->dmabuf), out = gem_create(b, SIZE);
	unsigned int i;
	uint32_t value = NEW;

	for (i = 0; i < ARRAY_SIZE(ways); i++, value++) {
		/* Bytes in the GTT view are written back without a call. */
		vi915_fill(self->gtt, SIZE, i);
		exec_copy(b, 0, I915_EXEC_BLT, out, import, PAGES);
		gem_pread(b, out, 0, self->mem, SIZE);
		EXPECT_EQ(-1, tile_differs(&self->t, self->gtt, self->mem, 0, SIZE));

		exec_store(b, 0, I915_EXEC_RENDER, import, RAW(ROW), value);
		ways[i].wait(self->fd, self->handle, self->dmabuf);
		EXPECT_EQ(value, self->gtt[ROW / 4]) {
			TH_LOG("%s", ways[i].name);
		}
	}
	close(b);
}

TEST_F(job, an_importers_view_sees_the_exporters_job_after_a_wait)
{
	int b = vi915_open_render("gpu1");
	uint32_t import = prime_import(b, self->dmabuf), value = NEW, *gtt;
	unsigned int i;

	gem_set_tiling(b, import, I915_TILING_X, STRIDE);
	gtt = gem_mmap_gtt(b, import, SIZE);
	/* SYNC, the last way, is for the exporter. */
	for (i = 0; i < ARRAY_SIZE(ways) - 1; i++, value++) {
		store(ROW, value);
		ways[i].wait(b, import, self->dmabuf);
		EXPECT_EQ(value, gtt[ROW / 4]) {
			TH_LOG("%s", ways[i].name);
		}
	}

	vi915_fill(gtt, SIZE, 3);
	exec_copy(b, 0, I915_EXEC_BLT, gem_create(b, SIZE), import, PAGES);
	EXPECT_OK(__gem_wait(b, import, NULL));
	vi915_fill(self->mem, SIZE, 3);
	EXPECT_EQ(-1, tile_differs(&self->t, self->mem, self->wb, 0, SIZE));
	gem_munmap(gtt, SIZE);
	close(b);
}

TEST_F(job, nothing_is_lost_when_pages_go_between_jobs)
{
	vi915_fill(self->gtt, SIZE, 4);
	store(ROW, NEW);
	self->gtt[1] = NEW + 1;
	EXPECT_OK(__gem_wait(self->fd, self->handle, NULL));
	vi915_drop_caches(self->fd, DROP_PAGES);
	EXPECT_EQ(NEW, self->gtt[ROW / 4]);
	EXPECT_EQ(NEW + 1, self->gtt[1]);
	EXPECT_EQ(-1, tile_differs(&self->t, self->gtt, self->wb, 0, SIZE));
}

TEST_HARNESS_MAIN
