// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --peers vgem
/*
 * Rules R2 and R6 when a GPU is unplugged while its buffers are shared: they
 * stay readable, new attachments are ENODEV, and imports lose their pages. gpu1
 * is unplugged and comes back in each case, so this has a box of its own.
 */
#include "share_fixture.h"

#include <poll.h>
#include <signal.h>

#include "tile.h"

FIXTURE(unplug)
{
	int a;
	int b;
	char name[64];
	/* @own of b is exported as @dmabuf; @foreign of a is imported by b as @import. */
	uint32_t own;
	int dmabuf;
	uint32_t import;
	int foreign;
	int vgem;
	ino_t ino;
};

FIXTURE_SETUP(unplug)
{
	self->a = vi915_open_render("gpu0");
	self->b = vi915_open_render("gpu1");
	share_platform(self->b, self->name);
	self->own = gem_create(self->b, SHARE_SIZE);
	self->dmabuf = prime_export(self->b, self->own);
	share_writes(self->dmabuf, SHARE_SIZE, SHARE_SEED);
	self->foreign = prime_export(self->a, gem_create(self->a, SHARE_SIZE));
	self->ino = dmabuf_inode(self->foreign);
	share_writes(self->foreign, SHARE_SIZE, SHARE_SEED + 1);
	self->import = prime_import(self->b, self->foreign);
	self->vgem = vi915_driver_open("vgem");
}

FIXTURE_TEARDOWN(unplug)
{
	int gpu;

	__share_bind(self->name);
	close(self->vgem);
	close(self->foreign);
	close(self->dmabuf);
	close(self->b);
	close(self->a);
	/* The GPU that comes back is a new one without objects. */
	gpu = vi915_open_render("gpu1");
	EXPECT_EQ(0, vi915_object_count(gpu));
	close(gpu);
}

TEST_F(unplug, r2_the_pages_stay_readable_through_the_fd)
{
	char *map = dmabuf_mmap(self->dmabuf, SHARE_SIZE);

	share_unbind(self->name);
	vi915_same(map, SHARE_SIZE, SHARE_SEED);
	share_reads(self->dmabuf, SHARE_SIZE, SHARE_SEED);
	vi915_fill(map, SHARE_SIZE, 3);
	share_reads(self->dmabuf, SHARE_SIZE, 3);
	gem_munmap(map, SHARE_SIZE);
}

/* A GTT view is a second copy of the bytes; either copy may become the newest. */
TEST_F(unplug, r2_views_of_a_tiled_object_go_on_agreeing)
{
	struct tiled t = { I915_TILING_X, 512, SHARE_SIZE };
	char *map = dmabuf_mmap(self->dmabuf, SHARE_SIZE), *gtt, mem[SHARE_SIZE];

	gem_set_tiling(self->b, self->own, t.mode, t.stride);
	gtt = gem_mmap_gtt(self->b, self->own, SHARE_SIZE);
	vi915_fill(gtt, SHARE_SIZE, 3);
	vi915_fill(mem, SHARE_SIZE, 3);
	share_unbind(self->name);
	EXPECT_EQ(-1, tile_differs(&t, mem, map, 0, SHARE_SIZE));
	vi915_fill(map, SHARE_SIZE, 4);
	vi915_fill(mem, SHARE_SIZE, 4);
	EXPECT_EQ(-1, tile_differs(&t, gtt, mem, 0, SHARE_SIZE));
	gem_munmap(gtt, SHARE_SIZE);
	gem_munmap(map, SHARE_SIZE);
}

TEST_F(unplug, r6_what_an_importer_wrote_through_a_tiled_view_is_not_lost)
{
	struct tiled t = { I915_TILING_X, 512, SHARE_SIZE };
	char *map = dmabuf_mmap(self->foreign, SHARE_SIZE), *gtt, mem[SHARE_SIZE];

	gem_set_tiling(self->b, self->import, t.mode, t.stride);
	gtt = gem_mmap_gtt(self->b, self->import, SHARE_SIZE);
	vi915_fill(gtt, SHARE_SIZE, 3);
	vi915_fill(mem, SHARE_SIZE, 3);
	share_unbind(self->name);
	EXPECT_EQ(-1, tile_differs(&t, mem, map, 0, SHARE_SIZE));
	EXPECT_EQ(SIGBUS, vi915_read_signal(gtt));
	gem_munmap(gtt, SHARE_SIZE);
	gem_munmap(map, SHARE_SIZE);
}

TEST_F(unplug, r2_an_export_that_was_never_touched_can_still_be)
{
	int fd = prime_export(self->b, gem_create(self->b, SHARE_SIZE));
	char *map;

	share_unbind(self->name);
	map = dmabuf_mmap(fd, SHARE_SIZE);
	EXPECT_EQ(0, map[SHARE_SIZE - 1]);
	vi915_fill(map, SHARE_SIZE, 4);
	share_reads(fd, SHARE_SIZE, 4);
	gem_munmap(map, SHARE_SIZE);
	close(fd);
}

TEST_F(unplug, r2_lseek_sync_and_poll_of_the_fd_go_on)
{
	share_unbind(self->name);
	EXPECT_EQ(SHARE_SIZE, dmabuf_size(self->dmabuf));
	EXPECT_OK(__dmabuf_sync(self->dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW));
	EXPECT_OK(__dmabuf_sync(self->dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW));
	EXPECT_EQ(POLLIN | POLLOUT, fd_poll(self->dmabuf, POLLIN | POLLOUT, 0));
}

TEST_F(unplug, r2_new_attachments_are_enodev)
{
	uint32_t handle;

	share_unbind(self->name);
	EXPECT_ERR(ENODEV, __prime_import(self->a, self->dmabuf, &handle));
	EXPECT_ERR(ENODEV, __prime_import(self->vgem, self->dmabuf, &handle));
	EXPECT_ERR(ENODEV, __prime_import(self->b, self->dmabuf, &handle));
	EXPECT_ERR(ENODEV, __prime_import(self->b, self->foreign, &handle));
}

TEST_F(unplug, r2_attachments_that_were_there_go_on)
{
	uint32_t handle = prime_import(self->a, self->dmabuf);
	char *map = gem_mmap_gtt(self->a, handle, SHARE_SIZE);

	vi915_same(map, SHARE_SIZE, SHARE_SEED);
	share_unbind(self->name);
	vi915_same(map, SHARE_SIZE, SHARE_SEED);
	vi915_fill(map, SHARE_SIZE, 5);
	share_reads(self->dmabuf, SHARE_SIZE, 5);
	/* Reclaimed pages come back, since the object still exists. */
	vi915_drop_caches(self->a, DROP_PAGES);
	vi915_same(map, SHARE_SIZE, 5);
	EXPECT_EQ(handle, prime_import(self->a, self->dmabuf));
	gem_munmap(map, SHARE_SIZE);
}

TEST_F(unplug, r2_attachments_that_were_not_used_yet_can_be)
{
	uint32_t handle = prime_import(self->a, self->dmabuf);

	share_unbind(self->name);
	EXPECT_EQ(0, share_state(self->a, dmabuf_inode(self->dmabuf), "mapped"));
	share_gtt_reads(self->a, handle, SHARE_SIZE, SHARE_SEED);
	EXPECT_EQ(1, share_state(self->a, dmabuf_inode(self->dmabuf), "mapped"));
}

TEST_F(unplug, r2_attachments_outlive_the_fd_and_the_file)
{
	uint32_t handle = prime_import(self->a, self->dmabuf);

	prime_import(self->vgem, self->dmabuf);
	share_unbind(self->name);
	close(self->b);
	close(self->dmabuf);
	self->b = self->dmabuf = -1;
	share_gtt_reads(self->a, handle, SHARE_SIZE, SHARE_SEED);
	EXPECT_OK(__gem_close(self->a, handle));
}

TEST_F(unplug, r2_ioctls_of_the_gpu_are_enodev)
{
	struct drm_i915_gem_get_aperture aperture;
	uint64_t size = SHARE_SIZE, offset;
	uint32_t handle = 0, busy;
	int fd, value;
	char byte;

	share_unbind(self->name);
	EXPECT_ERR(ENODEV, __gem_create(self->b, &size, &handle));
	EXPECT_ERR(ENODEV, __gem_close(self->b, self->own));
	EXPECT_ERR(ENODEV, __gem_pread(self->b, self->own, 0, &byte, 1));
	EXPECT_ERR(ENODEV, __gem_pwrite(self->b, self->own, 0, &byte, 1));
	EXPECT_ERR(ENODEV, __gem_set_domain(self->b, self->own, I915_GEM_DOMAIN_CPU, 0));
	EXPECT_ERR(ENODEV, __gem_busy(self->b, self->own, &busy));
	EXPECT_ERR(ENODEV, __gem_wait(self->b, self->own, NULL));
	EXPECT_ERR(ENODEV, __gem_mmap_gtt_offset(self->b, self->own, &offset));
	EXPECT_ERR(ENODEV, __gem_getparam(self->b, I915_PARAM_CHIPSET_ID, &value));
	EXPECT_ERR(ENODEV, __gem_get_aperture(self->b, &aperture));
	EXPECT_ERR(ENODEV, __prime_export(self->b, self->own, DRM_CLOEXEC, &fd));
}

TEST_F(unplug, r2_mmap_of_the_gpu_is_enodev)
{
	uint64_t gtt;
	void *ptr;

	ASSERT_OK(__gem_mmap_gtt_offset(self->b, self->own, &gtt));
	share_unbind(self->name);
	EXPECT_ERR(ENODEV, __gem_mmap_at_offset(self->b, gtt, SHARE_SIZE, &ptr));
}

TEST_F(unplug, r2_mappings_of_own_objects_stay)
{
	char *gtt = gem_mmap_gtt(self->b, self->own, SHARE_SIZE);
	char *cpu = gem_mmap_wb(self->b, self->own, 0, SHARE_SIZE);

	share_unbind(self->name);
	vi915_same(gtt, SHARE_SIZE, SHARE_SEED);
	vi915_fill(cpu, SHARE_SIZE, 6);
	share_reads(self->dmabuf, SHARE_SIZE, 6);
	gem_munmap(gtt, SHARE_SIZE);
	gem_munmap(cpu, SHARE_SIZE);
}

TEST_F(unplug, r6_mappings_of_imports_are_sigbus)
{
	char *map = gem_mmap_gtt(self->b, self->import, SHARE_SIZE);

	vi915_same(map, SHARE_SIZE, SHARE_SEED + 1);
	EXPECT_EQ(1, share_state(self->a, self->ino, "shares"));
	share_unbind(self->name);
	EXPECT_EQ(0, share_state(self->a, self->ino, "shares"));
	EXPECT_EQ(SIGBUS, vi915_read_signal(map));
	EXPECT_EQ(SIGBUS, vi915_write_signal(map + VI915_PAGE));
	share_reads(self->foreign, SHARE_SIZE, SHARE_SEED + 1);
	gem_munmap(map, SHARE_SIZE);
}

TEST_F(unplug, r6_busy_imports_are_unmapped_too)
{
	int timeline = sw_timeline(), fence = sw_fence(timeline, 1);

	gem_set_domain(self->b, self->import, I915_GEM_DOMAIN_GTT, I915_GEM_DOMAIN_GTT);
	dmabuf_import_sync_file(self->foreign, DMA_BUF_SYNC_WRITE, fence);
	share_unbind(self->name);
	EXPECT_EQ(0, share_state(self->a, self->ino, "shares"));
	sw_signal(timeline, 1);
	close(fence);
	close(timeline);
}

TEST_F(unplug, r2_a_pinned_export_can_lose_its_gpu)
{
	uint32_t handle = prime_import(self->vgem, self->dmabuf);

	share_unbind(self->name);
	share_reads(self->dmabuf, SHARE_SIZE, SHARE_SEED);
	EXPECT_OK(__gem_close(self->vgem, handle));
	share_reads(self->dmabuf, SHARE_SIZE, SHARE_SEED);
}

TEST_F(unplug, r2_what_comes_back_is_another_gpu)
{
	uint32_t handle;
	int fresh, fd;

	share_unbind(self->name);
	share_bind(self->name);
	fresh = vi915_open_render("gpu1");
	EXPECT_EQ(0, vi915_object_count(fresh));
	/* Buffers of the old GPU are not its own, and cannot be attached. */
	EXPECT_ERR(ENODEV, __prime_import(fresh, self->dmabuf, &handle));
	share_reads(self->dmabuf, SHARE_SIZE, SHARE_SEED);
	/* Other GPUs' buffers can be imported, and new ones can be exported. */
	share_gtt_reads(fresh, prime_import(fresh, self->foreign), SHARE_SIZE, SHARE_SEED + 1);
	fd = prime_export(fresh, gem_create(fresh, SHARE_SIZE));
	share_writes(fd, SHARE_SIZE, 7);
	share_gtt_reads(self->a, prime_import(self->a, fd), SHARE_SIZE, 7);
	/* The old file stays dead. */
	EXPECT_ERR(ENODEV, __gem_close(self->b, self->own));
	close(fd);
	close(fresh);
}

TEST_F(unplug, r2_unplugging_twice_is_enodev)
{
	share_unbind(self->name);
	EXPECT_ERR(ENODEV, __share_unbind(self->name));
}

/* a: the GPU's file, b: the fd, c: the handle of the other GPU's import, d: its mapping. */
TEST_F(unplug, r2_every_order_of_closing_afterwards_is_fine)
{
	static const char orders[][5] = {
		"abcd", "abdc", "acbd", "acdb", "adbc", "adcb", "bacd", "badc",
		"bcad", "bcda", "bdac", "bdca", "cabd", "cadb", "cbad", "cbda",
		"cdab", "cdba", "dabc", "dacb", "dbac", "dbca", "dcab", "dcba",
	};
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		int b = vi915_open_render("gpu1"), fd;
		uint32_t own = gem_create(b, SHARE_SIZE), handle;
		char *map = gem_mmap_gtt(b, prime_import(b, self->foreign), SHARE_SIZE);

		fd = prime_export(b, own);
		handle = prime_import(self->a, fd);
		share_gtt_writes(self->a, handle, SHARE_SIZE, i);
		EXPECT_EQ(0, vi915_read_signal(map));
		share_unbind(self->name);
		for (j = 0; j < 4; j++) {
			ssize_t differs = -1;

			switch (orders[i][j]) {
			case 'a':
				close(b);
				break;
			case 'b':
				differs = __share_reads(fd, SHARE_SIZE, i);
				close(fd);
				break;
			case 'c':
				differs = __share_gtt_reads(self->a, handle, SHARE_SIZE, i);
				gem_close(self->a, handle);
				break;
			default:
				gem_munmap(map, SHARE_SIZE);
				break;
			}
			EXPECT_EQ(-1, differs)
				TH_LOG("order %s, step %u", orders[i], j);
		}
		share_bind(self->name);
	}
}

TEST_HARNESS_MAIN
