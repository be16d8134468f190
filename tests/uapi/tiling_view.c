// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * CPU mappings of tiled objects: linear through the GTT, raw in all others, and
 * each shows the newest bytes.
 */
#include "gpu_fixture.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "share.h"
#include "tile.h"

FIXTURE(view)
{
	int fd;
	uint32_t handle;
	struct tiled t;
	uint64_t size;
	uint8_t *gtt;
	uint8_t *wb;
	/* Plain memory of the object's size. */
	uint8_t *mem;
};

FIXTURE_VARIANT(view)
{
	uint32_t mode;
	uint32_t stride;
	/* Size of the object in pages. */
	uint32_t pages;
};

#define VARIANT(name, mode_, stride_, pages_) \
	FIXTURE_VARIANT_ADD(view, name) \
	{ \
		.mode = mode_, .stride = stride_, .pages = pages_, \
	}

VARIANT(x_of_one_column, I915_TILING_X, 512, 5);
VARIANT(x_of_three_columns, I915_TILING_X, 1536, 3 * 3 + 2);
VARIANT(x_of_a_page, I915_TILING_X, 4096, 3 * 8 + 1);
VARIANT(x_larger_than_a_faults_window, I915_TILING_X, 8192, 540);
VARIANT(x_of_less_than_a_row, I915_TILING_X, 4096, 7);
VARIANT(y_of_one_column, I915_TILING_Y, 128, 5);
VARIANT(y_of_five_columns, I915_TILING_Y, 640, 5 * 3 + 4);
VARIANT(y_of_a_page, I915_TILING_Y, 4096, 2 * 32 + 1);
VARIANT(y_larger_than_a_faults_window, I915_TILING_Y, 8192, 540);
VARIANT(y_of_less_than_a_row, I915_TILING_Y, 4096, 31);

FIXTURE_SETUP(view)
{
	self->fd = vi915_open_render("gpu0");
	self->size = variant->pages * VI915_PAGE;
	self->t = (struct tiled){ variant->mode, variant->stride, self->size };
	self->handle = gem_create(self->fd, self->size);
	gem_set_tiling(self->fd, self->handle, variant->mode, variant->stride);
	self->gtt = gem_mmap_gtt(self->fd, self->handle, self->size);
	self->wb = gem_mmap_wb(self->fd, self->handle, 0, self->size);
	self->mem = malloc(self->size);
}

FIXTURE_TEARDOWN(view)
{
	free(self->mem);
	gem_munmap(self->gtt, self->size);
	gem_munmap(self->wb, self->size);
	close(self->fd);
}

#define EXPECT_VIEW(linear, raw) EXPECT_EQ(-1, tile_differs(&self->t, linear, raw, 0, self->size))

TEST_F(view, gtt_writes_lie_tiled_in_the_cpu_view)
{
	vi915_fill(self->gtt, self->size, 1);
	vi915_fill(self->mem, self->size, 1);
	EXPECT_VIEW(self->mem, self->wb);
	vi915_same(self->gtt, self->size, 1);
}

TEST_F(view, raw_writes_are_linear_in_the_gtt_view)
{
	vi915_fill(self->wb, self->size, 2);
	vi915_fill(self->mem, self->size, 2);
	EXPECT_VIEW(self->gtt, self->mem);
	vi915_same(self->wb, self->size, 2);
}

TEST_F(view, every_cpu_view_is_raw)
{
	uint8_t *wc = gem_mmap_type(self->fd, self->handle, self->size, I915_MMAP_OFFSET_WC);
	uint8_t *uc = gem_mmap_type(self->fd, self->handle, self->size, I915_MMAP_OFFSET_UC);

	vi915_fill(self->gtt, self->size, 3);
	EXPECT_VIEW(self->gtt, wc);
	vi915_fill(uc, self->size, 4);
	EXPECT_VIEW(self->gtt, wc);
	vi915_same(wc, self->size, 4);
	vi915_fill(self->gtt, self->size, 5);
	vi915_fill(self->mem, self->size, 5);
	EXPECT_VIEW(self->mem, uc);
}

TEST_F(view, pread_and_pwrite_are_raw)
{
	vi915_fill(self->gtt, self->size, 1);
	gem_pread(self->fd, self->handle, 0, self->mem, self->size);
	EXPECT_VIEW(self->gtt, self->mem);

	vi915_fill(self->mem, self->size, 2);
	gem_pwrite(self->fd, self->handle, 0, self->mem, self->size);
	EXPECT_VIEW(self->gtt, self->mem);
}

/* A raw write to a part of a row of tiles whose newest bytes are in the linear view. */
TEST_F(view, pwrite_of_a_piece_keeps_what_the_gtt_wrote_around_it)
{
	uint64_t at = self->size / 2 + 5, n = 777;

	vi915_fill(self->gtt, self->size, 1);
	gem_pread(self->fd, self->handle, 0, self->mem, self->size);
	vi915_fill(self->gtt, self->size, 2);
	vi915_fill(self->gtt, self->size, 1);
	memset(self->mem + at, 0xee, n);
	gem_pwrite(self->fd, self->handle, at, self->mem + at, n);
	EXPECT_VIEW(self->gtt, self->mem);
}

TEST_F(view, a_dma_buf_mapping_is_raw_with_and_without_sync)
{
	int dmabuf = prime_export(self->fd, self->handle);
	uint8_t *map = dmabuf_mmap(dmabuf, self->size);

	vi915_fill(self->gtt, self->size, 1);
	vi915_fill(self->mem, self->size, 1);
	EXPECT_VIEW(self->mem, map);

	vi915_fill(self->gtt, self->size, 2);
	dmabuf_sync(dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW);
	EXPECT_VIEW(self->gtt, map);
	vi915_fill(map, self->size, 3);
	dmabuf_sync(dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW);
	EXPECT_VIEW(self->gtt, map);

	vi915_fill(map, self->size, 4);
	vi915_fill(self->mem, self->size, 4);
	EXPECT_VIEW(self->gtt, self->mem);
	gem_munmap(map, self->size);
	close(dmabuf);
}

/* No order of accesses may make a view show old bytes. */
TEST_F(view, views_agree_after_each_of_many_single_bytes)
{
	uint32_t seed = 17, i;

	vi915_fill(self->wb, self->size, 1);
	memcpy(self->mem, self->wb, self->size);
	for (i = 0; i < 200; i++) {
		uint64_t at = share_rand(&seed, self->size);
		uint64_t raw = tile_raw(&self->t, at);

		switch (share_rand(&seed, 4)) {
		case 0:
			self->mem[raw] = self->gtt[at] = i;
			break;
		case 1:
			self->mem[raw] = self->wb[raw] = i;
			break;
		case 2:
			ASSERT_EQ(self->mem[raw], self->gtt[at]);
			break;
		default:
			ASSERT_EQ(self->mem[raw], self->wb[raw]);
			break;
		}
	}
	EXPECT_EQ(0, memcmp(self->mem, self->wb, self->size));
	EXPECT_VIEW(self->gtt, self->mem);
}

TEST_F(view, a_mapping_of_a_part_shows_that_part)
{
	uint64_t offset, from = variant->pages / 3 * VI915_PAGE;
	uint64_t n = (variant->pages + 2) / 3 * VI915_PAGE;
	void *ptr;

	gem_munmap(self->gtt, self->size);
	vi915_check(__gem_mmap_gtt_offset(self->fd, self->handle, &offset));
	ASSERT_OK(__gem_mmap_at_offset(self->fd, offset + from, n, &ptr));
	vi915_fill(self->wb, self->size, 1);
	EXPECT_EQ(-1, tile_differs(&self->t, (uint8_t *)ptr - from, self->wb, from, from + n));

	vi915_fill(ptr, n, 2);
	EXPECT_EQ(-1, tile_differs(&self->t, (uint8_t *)ptr - from, self->wb, from, from + n));
	vi915_same(ptr, n, 2);
	gem_munmap(ptr, n);

	self->gtt = gem_mmap_gtt(self->fd, self->handle, self->size);
	EXPECT_VIEW(self->gtt, self->wb);
	vi915_same(self->gtt + from, n, 2);
}

TEST_F(view, two_gtt_mappings_are_one_view)
{
	uint8_t *other = gem_mmap_gtt(self->fd, self->handle, self->size);

	vi915_fill(self->gtt, self->size, 1);
	vi915_same(other, self->size, 1);
	vi915_fill(other, self->size, 2);
	vi915_same(self->gtt, self->size, 2);
	EXPECT_VIEW(other, self->wb);
	other[self->size - 1] ^= 1;
	EXPECT_EQ(other[self->size - 1], self->gtt[self->size - 1]);
	gem_munmap(other, self->size);
	vi915_same(self->gtt, self->size - 1, 2);
	EXPECT_VIEW(self->gtt, self->wb);
}

TEST_F(view, two_processes_see_the_same)
{
	int go[2], ready[2], status;
	char byte;
	pid_t pid;

	ASSERT_EQ(0, pipe(go));
	ASSERT_EQ(0, pipe(ready));
	vi915_fill(self->gtt, self->size, 1);
	pid = fork();
	if (!pid) {
		if (vi915_verify(self->gtt, self->size, 1) != -1)
			_exit(1);
		if (write(ready[1], "", 1) != 1 || read(go[0], &byte, 1) != 1)
			_exit(2);
		/* The parent has written through a raw mapping. */
		vi915_fill(self->mem, self->size, 2);
		if (tile_differs(&self->t, self->gtt, self->mem, 0, self->size) != -1)
			_exit(3);
		vi915_fill(self->gtt, self->size, 3);
		_exit(0);
	}
	ASSERT_EQ(1, read(ready[0], &byte, 1));
	vi915_fill(self->wb, self->size, 2);
	ASSERT_EQ(1, write(go[1], "", 1));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	vi915_same(self->gtt, self->size, 3);
	EXPECT_VIEW(self->gtt, self->wb);
}

TEST_F(view, a_read_only_mapping_shows_it_too_and_can_be_made_writable)
{
	uint64_t offset;
	uint8_t *ro;

	vi915_check(__gem_mmap_gtt_offset(self->fd, self->handle, &offset));
	ro = mmap(NULL, self->size, PROT_READ, MAP_SHARED, self->fd, offset);
	ASSERT_NE(MAP_FAILED, ro);
	vi915_fill(self->wb, self->size, 1);
	EXPECT_VIEW(ro, self->wb);
	vi915_fill(self->gtt, self->size, 2);
	vi915_same(ro, self->size, 2);
	EXPECT_EQ(SIGSEGV, vi915_write_signal(ro));

	/* Raw and linear mappings are both read-only now. */
	EXPECT_VIEW(ro, self->wb);
	ASSERT_EQ(0, mprotect(ro, self->size, PROT_READ | PROT_WRITE));
	EXPECT_EQ(0, memcmp(ro, self->gtt, self->size));
	vi915_fill(ro, self->size, 3);
	EXPECT_VIEW(ro, self->wb);
	vi915_same(self->gtt, self->size, 3);
	gem_munmap(ro, self->size);
}

TEST_F(view, another_tiling_keeps_the_raw_bytes_and_shows_them_anew)
{
	static const struct tiled others[] = {
		{ I915_TILING_Y, 256, 0 }, { I915_TILING_X, 1024, 0 }, { I915_TILING_NONE, 0, 0 },
		{ I915_TILING_X, 512, 0 },
	};
	unsigned int i;

	vi915_fill(self->gtt, self->size, 1);
	memset(self->mem, 0, self->size);
	for (i = 0; i < self->size; i++)
		self->mem[tile_raw(&self->t, i)] = self->gtt[i];

	for (i = 0; i < ARRAY_SIZE(others); i++) {
		self->t.mode = others[i].mode;
		self->t.stride = others[i].stride;
		gem_set_tiling(self->fd, self->handle, self->t.mode, self->t.stride);
		EXPECT_VIEW(self->gtt, self->mem);
		EXPECT_EQ(0, memcmp(self->mem, self->wb, self->size));
		self->mem[tile_raw(&self->t, self->size / 2)] = i;
		self->gtt[self->size / 2] = i;
	}
	EXPECT_EQ(0, memcmp(self->mem, self->wb, self->size));
}

TEST_F(view, the_same_tiling_again_changes_nothing)
{
	vi915_fill(self->gtt, self->size, 1);
	gem_set_tiling(self->fd, self->handle, self->t.mode, self->t.stride);
	vi915_same(self->gtt, self->size, 1);
	EXPECT_VIEW(self->gtt, self->wb);
}

TEST_F(view, set_domain_moves_nothing_that_is_seen)
{
	vi915_fill(self->gtt, self->size, 1);
	gem_set_domain(self->fd, self->handle, I915_GEM_DOMAIN_CPU, I915_GEM_DOMAIN_CPU);
	EXPECT_VIEW(self->gtt, self->wb);
	vi915_same(self->gtt, self->size, 1);
	vi915_fill(self->gtt, self->size, 2);
	gem_set_domain(self->fd, self->handle, I915_GEM_DOMAIN_GTT, I915_GEM_DOMAIN_GTT);
	vi915_same(self->gtt, self->size, 2);
	gem_set_domain(self->fd, self->handle, I915_GEM_DOMAIN_WC, 0);
	vi915_same(self->gtt, self->size, 2);
	EXPECT_VIEW(self->gtt, self->wb);
}

TEST_F(view, pages_that_go_take_nothing_along)
{
	struct vi915_object object;

	vi915_fill(self->gtt, self->size, 1);
	vi915_drop_caches(self->fd, DROP_PAGES);
	vi915_object_find(self->fd, 0, self->size, &object);
	EXPECT_EQ(0, object.pages);
	EXPECT_EQ(0, object.copy);
	vi915_same(self->gtt, self->size, 1);
	EXPECT_VIEW(self->gtt, self->wb);

	vi915_fill(self->wb, self->size, 2);
	vi915_drop_caches(self->fd, DROP_PAGES);
	vi915_fill(self->mem, self->size, 2);
	EXPECT_VIEW(self->gtt, self->mem);
}

TEST_F(view, the_copy_goes_with_the_tiling)
{
	struct vi915_object object;

	vi915_fill(self->wb, self->size, 1);
	vi915_object_find(self->fd, 0, self->size, &object);
	EXPECT_EQ(0, object.copy);
	vi915_fill(self->gtt, self->size, 1);
	vi915_object_find(self->fd, 0, self->size, &object);
	EXPECT_EQ(self->size / tile_row_size(&self->t) * tile_row_size(&self->t) / VI915_PAGE,
		  object.copy);
	gem_set_tiling(self->fd, self->handle, I915_TILING_NONE, 0);
	vi915_object_find(self->fd, 0, self->size, &object);
	EXPECT_EQ(0, object.copy);
}

TEST_F(view, contents_that_are_purged_are_gone_from_every_view)
{
	vi915_fill(self->gtt, self->size, 1);
	EXPECT_EQ(1, gem_madvise(self->fd, self->handle, I915_MADV_DONTNEED));
	vi915_drop_caches(self->fd, DROP_PAGES);
	EXPECT_EQ(SIGBUS, vi915_read_signal(self->gtt));
	EXPECT_EQ(SIGBUS, vi915_write_signal(self->gtt));
	EXPECT_EQ(SIGBUS, vi915_read_signal(self->wb));
	EXPECT_EQ(0, gem_madvise(self->fd, self->handle, I915_MADV_WILLNEED));
	EXPECT_EQ(SIGBUS, vi915_read_signal(self->gtt));
}

TEST_F(view, debuggers_see_what_the_process_sees)
{
	int mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	uint64_t at = self->size / 2 - 8;

	ASSERT_GE(mem, 0);
	vi915_fill(self->wb, self->size, 1);
	EXPECT_EQ(self->size, pread(mem, self->mem, self->size, (uintptr_t)self->gtt));
	EXPECT_VIEW(self->mem, self->wb);
	vi915_fill(self->gtt, self->size, 2);
	EXPECT_EQ(self->size, pread(mem, self->mem, self->size, (uintptr_t)self->wb));
	EXPECT_VIEW(self->gtt, self->mem);

	EXPECT_EQ(16, pwrite(mem, "0123456789abcdef", 16, (uintptr_t)self->gtt + at));
	EXPECT_EQ(0, memcmp(self->gtt + at, "0123456789abcdef", 16));
	EXPECT_VIEW(self->gtt, self->wb);
	EXPECT_EQ(16, pwrite(mem, "fedcba9876543210", 16, (uintptr_t)self->wb + at));
	EXPECT_EQ(0, memcmp(self->wb + at, "fedcba9876543210", 16));
	EXPECT_VIEW(self->gtt, self->wb);
	close(mem);
}

/* Faults do not wait for fences, the same as with linear objects. */
TEST_F(view, a_fault_waits_for_no_fence)
{
	int timeline = sw_timeline();
	int fence = sw_fence(timeline, 1);

	vi915_fill(self->wb, self->size, 1);
	vi915_fill(self->mem, self->size, 1);
	gem_attach_fence(self->fd, self->handle, fence, DMA_BUF_SYNC_WRITE);
	EXPECT_VIEW(self->gtt, self->mem);
	self->gtt[0] ^= 0xff;
	EXPECT_EQ(self->gtt[0], self->wb[0]);
	self->wb[0] ^= 0xff;
	EXPECT_VIEW(self->gtt, self->mem);
	sw_signal(timeline, 1);
	EXPECT_OK(__gem_wait(self->fd, self->handle, NULL));
	EXPECT_VIEW(self->gtt, self->mem);
	close(fence);
	close(timeline);
}

TEST_HARNESS_MAIN
