// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Tiled objects shared by two GPUs: each sees them through the GTT with the
 * tiling that it was told, and raw elsewhere. Some changes are seen without a
 * call, others after SET_DOMAIN, WAIT or DMA_BUF_IOCTL_SYNC.
 */
#include "test.h"

#include <stdlib.h>

#include "gem.h"
#include "gpu.h"
#include "prime.h"
#include "proc.h"
#include "tile.h"

#define STRIDE 1536
/* Three rows of X tiles and a remainder. */
#define SIZE (STRIDE * 8 * 3 + 2 * VI915_PAGE)

FIXTURE(pair)
{
	int a;
	int b;
	uint32_t handle;
	uint32_t import;
	int dmabuf;
	struct tiled x;
	struct tiled y;
	uint8_t *gtt_a;
	uint8_t *gtt_b;
	uint8_t *raw;
	uint8_t *mem;
};

FIXTURE_SETUP(pair)
{
	self->a = vi915_open_render("gpu0");
	self->b = vi915_open_render("gpu1");
	self->handle = gem_create(self->a, SIZE);
	self->dmabuf = prime_export(self->a, self->handle);
	self->import = prime_import(self->b, self->dmabuf);
	self->x = (struct tiled){ I915_TILING_X, STRIDE, SIZE };
	self->y = (struct tiled){ I915_TILING_Y, 128, SIZE };
	self->gtt_a = gem_mmap_gtt(self->a, self->handle, SIZE);
	self->gtt_b = gem_mmap_gtt(self->b, self->import, SIZE);
	self->raw = dmabuf_mmap(self->dmabuf, SIZE);
	self->mem = malloc(SIZE);
}

FIXTURE_TEARDOWN(pair)
{
	free(self->mem);
	gem_munmap(self->raw, SIZE);
	gem_munmap(self->gtt_a, SIZE);
	gem_munmap(self->gtt_b, SIZE);
	close(self->dmabuf);
	close(self->b);
	close(self->a);
}

#define EXPECT_VIEW(t, linear, raw) EXPECT_EQ(-1, tile_differs(t, linear, raw, 0, SIZE))

static void to_cpu(int fd, uint32_t handle)
{
	gem_set_domain(fd, handle, I915_GEM_DOMAIN_CPU, 0);
}

static void to_gtt(int fd, uint32_t handle)
{
	gem_set_domain(fd, handle, I915_GEM_DOMAIN_GTT, I915_GEM_DOMAIN_GTT);
}

/* The importer has no tiling: its GTT view is raw, and follows moves. */
TEST_F(pair, an_exporters_view_and_an_importers_agree_without_a_word)
{
	gem_set_tiling(self->a, self->handle, I915_TILING_X, STRIDE);
	vi915_fill(self->gtt_a, SIZE, 1);
	vi915_fill(self->mem, SIZE, 1);
	EXPECT_VIEW(&self->x, self->mem, self->gtt_b);
	vi915_fill(self->gtt_b, SIZE, 2);
	vi915_fill(self->mem, SIZE, 2);
	EXPECT_VIEW(&self->x, self->gtt_a, self->mem);
	vi915_fill(self->gtt_a, SIZE, 3);
	vi915_fill(self->mem, SIZE, 3);
	EXPECT_VIEW(&self->x, self->mem, self->gtt_b);
	EXPECT_VIEW(&self->x, self->mem, self->raw);
}

TEST_F(pair, an_importers_tiling_is_its_own_view)
{
	gem_set_tiling(self->b, self->import, I915_TILING_X, STRIDE);
	vi915_fill(self->raw, SIZE, 1);
	to_gtt(self->b, self->import);
	EXPECT_VIEW(&self->x, self->gtt_b, self->raw);
	EXPECT_EQ(0, memcmp(self->gtt_a, self->raw, SIZE));
	vi915_same(self->raw, SIZE, 1);
}

TEST_F(pair, what_an_importer_wrote_moves_at_set_domain)
{
	gem_set_tiling(self->b, self->import, I915_TILING_X, STRIDE);
	vi915_fill(self->gtt_b, SIZE, 2);
	to_cpu(self->b, self->import);
	vi915_fill(self->mem, SIZE, 2);
	EXPECT_VIEW(&self->x, self->mem, self->raw);

	vi915_fill(self->gtt_b, SIZE, 3);
	to_gtt(self->b, self->import);
	vi915_fill(self->mem, SIZE, 3);
	EXPECT_VIEW(&self->x, self->mem, self->raw);
}

TEST_F(pair, what_an_importer_wrote_moves_at_wait_and_when_it_unmaps)
{
	gem_set_tiling(self->b, self->import, I915_TILING_X, STRIDE);
	vi915_fill(self->gtt_b, SIZE, 2);
	EXPECT_OK(__gem_wait(self->b, self->import, NULL));
	vi915_fill(self->mem, SIZE, 2);
	EXPECT_VIEW(&self->x, self->mem, self->raw);

	vi915_fill(self->gtt_b, SIZE, 3);
	gem_munmap(self->gtt_b, SIZE);
	vi915_fill(self->mem, SIZE, 3);
	EXPECT_VIEW(&self->x, self->mem, self->raw);
	self->gtt_b = gem_mmap_gtt(self->b, self->import, SIZE);
}

TEST_F(pair, what_the_exporter_wrote_is_seen_by_the_importer_after_set_domain)
{
	gem_set_tiling(self->b, self->import, I915_TILING_X, STRIDE);
	vi915_fill(self->raw, SIZE, 1);
	to_gtt(self->b, self->import);
	EXPECT_VIEW(&self->x, self->gtt_b, self->raw);

	vi915_fill(self->raw, SIZE, 2);
	to_gtt(self->b, self->import);
	EXPECT_VIEW(&self->x, self->gtt_b, self->raw);

	vi915_fill(self->raw, SIZE, 3);
	EXPECT_OK(__gem_wait(self->b, self->import, NULL));
	EXPECT_VIEW(&self->x, self->gtt_b, self->raw);

	vi915_fill(self->raw, SIZE, 4);
	EXPECT_EQ(0, gem_busy(self->b, self->import));
	EXPECT_VIEW(&self->x, self->gtt_b, self->raw);
}

/* Each GPU has its own linear copy of the same bytes. */
TEST_F(pair, two_tilings_of_one_buffer)
{
	gem_set_tiling(self->a, self->handle, I915_TILING_X, STRIDE);
	gem_set_tiling(self->b, self->import, I915_TILING_Y, 128);
	vi915_fill(self->gtt_a, SIZE, 1);
	to_gtt(self->b, self->import);
	EXPECT_VIEW(&self->y, self->gtt_b, self->raw);
	EXPECT_VIEW(&self->x, self->gtt_a, self->raw);

	vi915_fill(self->gtt_b, SIZE, 2);
	to_cpu(self->b, self->import);
	EXPECT_VIEW(&self->y, self->gtt_b, self->raw);
	to_gtt(self->a, self->handle);
	EXPECT_VIEW(&self->x, self->gtt_a, self->raw);
}

/* A move takes the importer's pages, with bytes in its view that are not written back yet. */
TEST_F(pair, nothing_is_lost_when_the_exporter_drops_its_pages)
{
	gem_set_tiling(self->b, self->import, I915_TILING_X, STRIDE);
	vi915_fill(self->gtt_b, SIZE, 2);
	vi915_drop_caches(self->a, DROP_PAGES);
	vi915_fill(self->mem, SIZE, 2);
	EXPECT_VIEW(&self->x, self->mem, self->raw);
	to_gtt(self->b, self->import);
	vi915_same(self->gtt_b, SIZE, 2);

	vi915_fill(self->gtt_b, SIZE, 3);
	vi915_drop_caches(self->b, DROP_PAGES);
	vi915_fill(self->mem, SIZE, 3);
	EXPECT_VIEW(&self->x, self->mem, self->raw);
}

TEST_F(pair, nothing_is_lost_when_the_importer_goes)
{
	int c = vi915_reopen(self->b);
	uint32_t import = prime_import(c, self->dmabuf);
	uint8_t *gtt;

	gem_set_tiling(c, import, I915_TILING_X, STRIDE);
	gtt = gem_mmap_gtt(c, import, SIZE);
	vi915_fill(gtt, SIZE, 5);
	gem_munmap(gtt, SIZE);
	gem_close(c, import);
	gem_close(self->b, self->import);
	close(c);
	vi915_drop_caches(self->b, DROP_FREED);
	vi915_fill(self->mem, SIZE, 5);
	EXPECT_VIEW(&self->x, self->mem, self->raw);
}

/* vgem cannot follow a move, so it keeps its mapping. */
TEST_F(pair, an_importer_that_pins_sees_what_was_written_at_the_end_of_sync)
{
	int vgem = vi915_driver_open("vgem");
	uint32_t handle = prime_import(vgem, self->dmabuf);

	gem_set_tiling(self->a, self->handle, I915_TILING_X, STRIDE);
	dmabuf_sync(self->dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW);
	vi915_fill(self->gtt_a, SIZE, 1);
	dmabuf_sync(self->dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW);
	vi915_fill(self->mem, SIZE, 1);
	EXPECT_VIEW(&self->x, self->mem, self->raw);
	vi915_same(self->gtt_a, SIZE, 1);
	gem_close(vgem, handle);
	close(vgem);
}

TEST_HARNESS_MAIN
