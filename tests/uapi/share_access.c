// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Rules R3 and R4 (the CPU stays out of an imported object) and R5 (with
 * imports=cpu it may read and write it through the exporter).
 */
#include "share_fixture.h"

#include <sys/syscall.h>

static const uint64_t cpu_views[] = {
	I915_MMAP_OFFSET_WB, I915_MMAP_OFFSET_WC, I915_MMAP_OFFSET_UC,
};

/* An import under each rule: its GPU, and the errno of a CPU mapping. */
FIXTURE(import)
{
	int exporter;
	int fd;
	uint32_t handle;
	int dmabuf;
	int err;
};

FIXTURE_VARIANT(import)
{
	const char *gpu;
	int err;
};

FIXTURE_VARIANT_ADD(import, r3_imports_gpu)
{
	.gpu = "gpu1",
	.err = EINVAL,
};

FIXTURE_VARIANT_ADD(import, r5_imports_cpu)
{
	.gpu = "gpu2",
	.err = ENXIO,
};

FIXTURE_SETUP(import)
{
	self->exporter = vi915_open_render("gpu0");
	self->dmabuf = prime_export(self->exporter, gem_create(self->exporter, SHARE_SIZE));
	share_writes(self->dmabuf, SHARE_SIZE, SHARE_SEED);
	self->fd = vi915_open_render(variant->gpu);
	self->handle = prime_import(self->fd, self->dmabuf);
	self->err = variant->err;
}

FIXTURE_TEARDOWN(import)
{
	close(self->dmabuf);
	close(self->fd);
	close(self->exporter);
}

TEST_F(import, cpu_mmap_of_an_import_is_refused)
{
	void *ptr;

	EXPECT_ERR(self->err, __gem_mmap(self->fd, self->handle, 0, SHARE_SIZE, 0, &ptr));
	EXPECT_ERR(self->err, __gem_mmap(self->fd, self->handle, 0, SHARE_SIZE, I915_MMAP_WC,
					 &ptr));
	EXPECT_ERR(self->err, __gem_mmap(self->fd, self->handle, VI915_PAGE, VI915_PAGE, 0,
					 &ptr));
}

TEST_F(import, cpu_mmap_offset_of_an_import_is_refused)
{
	uint64_t offset;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cpu_views); i++)
		EXPECT_ERR(self->err, __gem_mmap_offset(self->fd, self->handle, cpu_views[i],
							&offset));
}

/*
 * MAP_DUMB of an import gives the GTT view. Render nodes do not have this
 * ioctl.
 */
TEST_F(import, map_dumb_of_an_import_is_the_gtt_view)
{
	int card = vi915_open(variant->gpu);
	uint32_t handle = prime_import(card, self->dmabuf);
	uint64_t offset, gtt;
	void *ptr;

	ASSERT_OK(__gem_dumb_map(card, handle, &offset));
	ASSERT_OK(__gem_mmap_gtt_offset(card, handle, &gtt));
	EXPECT_EQ(gtt, offset);
	ASSERT_OK(__gem_mmap_at_offset(card, offset, SHARE_SIZE, &ptr));
	vi915_same(ptr, SHARE_SIZE, SHARE_SEED);
	vi915_fill(ptr, SHARE_SIZE, 2);
	gem_munmap(ptr, SHARE_SIZE);
	share_reads(self->dmabuf, SHARE_SIZE, 2);
	close(card);
}

TEST_F(import, gtt_mmap_of_an_import_shows_its_bytes)
{
	share_gtt_reads(self->fd, self->handle, SHARE_SIZE, SHARE_SEED);
	share_gtt_writes(self->fd, self->handle, SHARE_SIZE, 2);
	share_reads(self->dmabuf, SHARE_SIZE, 2);
}

TEST_F(import, gtt_mmap_offset_of_an_import_shows_its_bytes)
{
	char *map = gem_mmap_type(self->fd, self->handle, SHARE_SIZE, I915_MMAP_OFFSET_GTT);

	vi915_same(map, SHARE_SIZE, SHARE_SEED);
	gem_munmap(map, SHARE_SIZE);
}

/* The views of an object have adjacent offsets, so one could run into the next. */
TEST_F(import, cpu_view_is_not_reached_from_the_gtt_offset)
{
	uint64_t gtt, at;
	void *ptr;

	ASSERT_OK(__gem_mmap_gtt_offset(self->fd, self->handle, &gtt));
	for (at = SHARE_SIZE; at < 4 * SHARE_SIZE; at += VI915_PAGE) {
		int ret = __gem_mmap_at_offset(self->fd, gtt + at, VI915_PAGE, &ptr);

		EXPECT_EQ(-self->err, ret)
			TH_LOG("GTT offset + %#lx: %s", at, vi915_errname(ret));
	}
}

TEST_F(import, mapping_across_the_end_of_the_gtt_view_is_einval)
{
	uint64_t gtt, size;
	void *ptr;

	ASSERT_OK(__gem_mmap_gtt_offset(self->fd, self->handle, &gtt));
	for (size = SHARE_SIZE + VI915_PAGE; size <= 4 * SHARE_SIZE; size += VI915_PAGE)
		EXPECT_ERR(EINVAL, __gem_mmap_at_offset(self->fd, gtt, size, &ptr));
	EXPECT_ERR(EINVAL, __gem_mmap_at_offset(self->fd, gtt + SHARE_SIZE - VI915_PAGE,
						2 * VI915_PAGE, &ptr));
	/* From the object's last view into an unused range. */
	EXPECT_ERR(EINVAL, __gem_mmap_at_offset(self->fd, gtt + 4 * SHARE_SIZE - VI915_PAGE,
						2 * VI915_PAGE, &ptr));
}

TEST_F(import, gtt_mapping_does_not_grow_into_a_cpu_view)
{
	char *map = gem_mmap_gtt(self->fd, self->handle, SHARE_SIZE);

	EXPECT_EQ(MAP_FAILED, mremap(map, SHARE_SIZE, 2 * SHARE_SIZE, MREMAP_MAYMOVE));
	EXPECT_EQ(EFAULT, errno);
	vi915_same(map, SHARE_SIZE, SHARE_SEED);
}

TEST_F(import, gtt_mapping_is_not_turned_to_a_cpu_view)
{
	char *map = gem_mmap_gtt(self->fd, self->handle, SHARE_SIZE);
	uint64_t gtt;
	long ret;

	ASSERT_OK(__gem_mmap_gtt_offset(self->fd, self->handle, &gtt));
	ret = syscall(SYS_remap_file_pages, map, SHARE_SIZE, 0,
		      (gtt + 2 * SHARE_SIZE) / VI915_PAGE, 0);
	EXPECT_EQ(-1, ret);
}

TEST_F(import, private_mapping_of_an_import_is_einval)
{
	uint64_t gtt;

	ASSERT_OK(__gem_mmap_gtt_offset(self->fd, self->handle, &gtt));
	EXPECT_EQ(MAP_FAILED, mmap(NULL, SHARE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE,
				   self->fd, gtt));
	EXPECT_EQ(EINVAL, errno);
}

TEST_F(import, gtt_offset_is_only_for_files_with_a_handle)
{
	int file = vi915_reopen(self->fd);
	uint64_t gtt;
	void *ptr;

	ASSERT_OK(__gem_mmap_gtt_offset(self->fd, self->handle, &gtt));
	EXPECT_ERR(EACCES, __gem_mmap_at_offset(file, gtt, SHARE_SIZE, &ptr));
	EXPECT_ERR(EACCES, __gem_mmap_at_offset(file, gtt + SHARE_SIZE, SHARE_SIZE, &ptr));
	close(file);
}

TEST_F(import, tiling_of_an_import_is_its_own_gpus)
{
	uint32_t own = prime_import(self->exporter, self->dmabuf);
	struct drm_i915_gem_get_tiling tiling;

	EXPECT_OK(__gem_set_tiling(self->fd, self->handle, I915_TILING_X, 512));
	EXPECT_OK(__gem_get_tiling(self->exporter, own, &tiling));
	EXPECT_EQ(I915_TILING_NONE, tiling.tiling_mode);
}

TEST_F(share, r3_an_own_object_that_is_shared_keeps_its_cpu_mmaps)
{
	unsigned int i;
	char *map;

	prime_import(self->b, self->dmabuf);
	gem_munmap(gem_mmap_wb(self->a, self->handle, 0, SHARE_SIZE), SHARE_SIZE);
	for (i = 0; i < ARRAY_SIZE(cpu_views); i++) {
		map = gem_mmap_type(self->a, self->handle, SHARE_SIZE, cpu_views[i]);
		vi915_same(map, SHARE_SIZE, SHARE_SEED);
		gem_munmap(map, SHARE_SIZE);
	}
}

TEST_F(share, r3_the_exporters_fd_gives_the_cpu_mmap)
{
	uint32_t handle = prime_import(self->b, self->dmabuf);
	int fd = prime_export(self->b, handle);

	share_writes(fd, SHARE_SIZE, 2);
	share_gtt_reads(self->b, handle, SHARE_SIZE, 2);
	close(fd);
}

TEST_F(share, r3_imports_of_every_exporter_have_no_cpu_mmap)
{
	int vgem = vi915_driver_open("vgem"), fds[3], i;
	uint64_t offset;
	void *ptr;

	fds[0] = prime_export(vgem, vgem_create(vgem, SHARE_SIZE));
	fds[1] = udmabuf_create(SHARE_SIZE);
	fds[2] = heap_alloc(SHARE_SIZE);
	for (i = 0; i < 3; i++) {
		uint32_t handle = prime_import(self->a, fds[i]);

		EXPECT_ERR(EINVAL, __gem_mmap(self->a, handle, 0, SHARE_SIZE, 0, &ptr));
		EXPECT_ERR(EINVAL, __gem_mmap_offset(self->a, handle, I915_MMAP_OFFSET_WB,
						     &offset));
		close(fds[i]);
	}
	close(vgem);
}

TEST_F(share, r4_pread_and_pwrite_of_an_import_are_einval)
{
	uint32_t handle = prime_import(self->b, self->dmabuf);
	char bytes[SHARE_SIZE];

	vi915_fill(bytes, SHARE_SIZE, 7);
	EXPECT_ERR(EINVAL, __gem_pread(self->b, handle, 0, bytes, SHARE_SIZE));
	vi915_same(bytes, SHARE_SIZE, 7);
	EXPECT_ERR(EINVAL, __gem_pwrite(self->b, handle, 0, bytes, SHARE_SIZE));
	EXPECT_ERR(EINVAL, __gem_pwrite(self->b, handle, VI915_PAGE, bytes, 1));
	share_reads(self->dmabuf, SHARE_SIZE, SHARE_SEED);
	/* Still refused once the GPU has mapped the import. */
	share_gtt_reads(self->b, handle, SHARE_SIZE, SHARE_SEED);
	EXPECT_ERR(EINVAL, __gem_pread(self->b, handle, 0, bytes, 1));
	EXPECT_ERR(EINVAL, __gem_pwrite(self->b, handle, 0, bytes, 1));
}

TEST_F(share, r4_an_own_object_that_came_back_is_not_an_import)
{
	int file = vi915_reopen(self->a);
	uint32_t handle = prime_import(file, self->dmabuf);
	char bytes[SHARE_SIZE];

	gem_pread(file, handle, 0, bytes, SHARE_SIZE);
	vi915_same(bytes, SHARE_SIZE, SHARE_SEED);
	vi915_fill(bytes, SHARE_SIZE, 2);
	gem_pwrite(file, handle, 0, bytes, SHARE_SIZE);
	share_reads(self->dmabuf, SHARE_SIZE, 2);
	close(file);
}

TEST_F(share, r5_imports_cpu_reads_and_writes_every_exporters_buffer)
{
	int c = vi915_open_render("gpu2"), vgem = vi915_driver_open("vgem"), i;
	int fds[] = {
		self->dmabuf,
		prime_export(vgem, vgem_create(vgem, SHARE_SIZE)),
		udmabuf_create(SHARE_SIZE),
		heap_alloc(SHARE_SIZE),
	};
	char bytes[SHARE_SIZE];

	for (i = 0; i < 4; i++) {
		uint32_t handle = prime_import(c, fds[i]);

		/* Write first, since udmabuf keeps its first direction. */
		vi915_fill(bytes, SHARE_SIZE, 30 + i);
		gem_pwrite(c, handle, 0, bytes, SHARE_SIZE);
		share_reads(fds[i], SHARE_SIZE, 30 + i);
		share_writes(fds[i], SHARE_SIZE, 20 + i);
		gem_pread(c, handle, 0, bytes, SHARE_SIZE);
		vi915_same(bytes, SHARE_SIZE, 20 + i);
		gem_close(c, handle);
	}
	for (i = 1; i < 4; i++)
		close(fds[i]);
	close(vgem);
	close(c);
}

TEST_F(share, r5_imports_cpu_reads_and_writes_any_part)
{
	int c = vi915_open_render("gpu2");
	uint32_t handle = prime_import(c, self->dmabuf);
	char want[SHARE_SIZE], got[SHARE_SIZE];

	vi915_fill(want, SHARE_SIZE, SHARE_SEED);
	gem_pread(c, handle, VI915_PAGE - 3, got, VI915_PAGE + 7);
	EXPECT_EQ(0, memcmp(got, want + VI915_PAGE - 3, VI915_PAGE + 7));
	memset(want + 5, 0xa5, VI915_PAGE);
	gem_pwrite(c, handle, 5, want + 5, VI915_PAGE);
	gem_pread(self->a, self->handle, 0, got, SHARE_SIZE);
	EXPECT_EQ(0, memcmp(got, want, SHARE_SIZE));
	close(c);
}

/* A mapping for the kernel, if one is made, must be given back in time. */
TEST_F(share, r5_imports_cpu_reads_a_large_buffer_dword_by_dword)
{
	const uint64_t size = 3 << 20;
	int c = vi915_open_render("gpu2"), vgem = vi915_driver_open("vgem"), dmabuf, round;
	uint32_t handle, want, got;
	char *map;
	uint64_t at;

	dmabuf = prime_export(vgem, vgem_create(vgem, size));
	map = dmabuf_mmap(dmabuf, size);
	vi915_fill(map, size, SHARE_SEED);
	handle = prime_import(c, dmabuf);
	for (round = 0; round < 8; round++) {
		for (at = 4 * round; at < size; at += VI915_PAGE) {
			gem_pread(c, handle, at, &got, sizeof(got));
			memcpy(&want, map + at, sizeof(want));
			ASSERT_EQ(want, got);
		}
	}
	gem_munmap(map, size);
	close(dmabuf);
	close(vgem);
	close(c);
}

TEST_F(share, r5_imports_cpu_still_refuses_what_is_wrong)
{
	int c = vi915_open_render("gpu2");
	uint32_t handle = prime_import(c, self->dmabuf);
	char bytes[VI915_PAGE];

	EXPECT_ERR(EINVAL, __gem_pread(c, handle, SHARE_SIZE, bytes, 1));
	EXPECT_ERR(EINVAL, __gem_pwrite(c, handle, SHARE_SIZE - 1, bytes, 2));
	EXPECT_ERR(EINVAL, __gem_pread(c, handle, ~0ull, bytes, 2));
	EXPECT_ERR(EFAULT, __gem_pread(c, handle, 0, (void *)0x10, VI915_PAGE));
	EXPECT_ERR(EFAULT, __gem_pwrite(c, handle, 0, (void *)0x10, VI915_PAGE));
	share_reads(self->dmabuf, SHARE_SIZE, SHARE_SEED);
	close(c);
}

TEST_F(share, r5_imports_cpu_leaves_nothing_pinned)
{
	int c = vi915_open_render("gpu2");
	uint32_t handle = prime_import(c, self->dmabuf);
	char byte;

	gem_pread(c, handle, 0, &byte, 1);
	gem_pwrite(c, handle, 0, &byte, 1);
	EXPECT_EQ(0, share_state(c, self->ino, "users"));
	EXPECT_EQ(0, share_state(self->a, self->ino, "users"));
	vi915_drop_caches(self->a, DROP_PAGES);
	EXPECT_EQ(0, share_state(self->a, self->ino, "pages"));
	gem_pread(c, handle, 0, &byte, 1);
	close(c);
}

TEST_F(share, r5_imports_cpu_waits_for_the_fences_of_its_direction)
{
	int c = vi915_open_render("gpu2"), timeline = sw_timeline(), fence;
	uint32_t handle = prime_import(c, self->dmabuf);
	char byte = 0;

	fence = sw_fence(timeline, 1);
	dmabuf_import_sync_file(self->dmabuf, DMA_BUF_SYNC_WRITE, fence);
	share_signal_later(&timeline);
	gem_pread(c, handle, 0, &byte, 1);
	EXPECT_EQ(1, sync_file_status(fence));
	close(fence);

	fence = sw_fence(timeline, 2);
	dmabuf_import_sync_file(self->dmabuf, DMA_BUF_SYNC_READ, fence);
	gem_pread(c, handle, 0, &byte, 1);
	EXPECT_EQ(0, sync_file_status(fence));
	share_signal_later(&timeline);
	gem_pwrite(c, handle, 0, &byte, 1);
	EXPECT_EQ(1, sync_file_status(fence));
	close(fence);
	close(timeline);
	close(c);
}

TEST_HARNESS_MAIN
