// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* MADVISE: what may be purged, and what happens afterwards. */
#include "gpu_fixture.h"

#include <signal.h>

#define SIZE (16 * VI915_PAGE)

FIXTURE(madv)
{
	int fd;
	uint32_t handle;
	char buf[SIZE];
};

FIXTURE_SETUP(madv)
{
	self->fd = vi915_open_render("gpu0");
	self->handle = gem_create(self->fd, SIZE);
	vi915_fill(self->buf, SIZE, 1);
	gem_pwrite(self->fd, self->handle, 0, self->buf, SIZE);
}

FIXTURE_TEARDOWN(madv)
{
	close(self->fd);
}

/* Marks the object as not needed and purges it. */
static void purge(int fd, uint32_t handle)
{
	if (!gem_madvise(fd, handle, I915_MADV_DONTNEED))
		vi915_fail("purged before it was asked for");
	vi915_drop_caches(fd, DROP_PAGES);
}

TEST_F(madv, a_live_object_is_retained)
{
	EXPECT_EQ(1, gem_madvise(self->fd, self->handle, I915_MADV_WILLNEED));
	EXPECT_EQ(1, gem_madvise(self->fd, self->handle, I915_MADV_DONTNEED));
	EXPECT_EQ(1, gem_madvise(self->fd, self->handle, I915_MADV_DONTNEED));
	EXPECT_EQ(1, gem_madvise(self->fd, self->handle, I915_MADV_WILLNEED));
	gem_pread(self->fd, self->handle, 0, self->buf, SIZE);
	vi915_same(self->buf, SIZE, 1);
}

TEST_F(madv, a_purged_object_is_not_retained_any_more)
{
	purge(self->fd, self->handle);
	EXPECT_EQ(0, gem_madvise(self->fd, self->handle, I915_MADV_WILLNEED));
	EXPECT_EQ(0, gem_madvise(self->fd, self->handle, I915_MADV_DONTNEED));
	EXPECT_EQ(0, gem_madvise(self->fd, self->handle, I915_MADV_WILLNEED));
}

TEST_F(madv, debugfs_says_what_the_advice_is)
{
	const uint64_t size = 29 * VI915_PAGE;
	uint32_t handle = gem_create(self->fd, size);
	struct vi915_object object;

	gem_pwrite(self->fd, handle, 0, self->buf, 1);
	vi915_object_find(self->fd, 0, size, &object);
	EXPECT_STREQ("will", object.madv);
	gem_madvise(self->fd, handle, I915_MADV_DONTNEED);
	vi915_object_find(self->fd, 0, size, &object);
	EXPECT_STREQ("dont", object.madv);
	EXPECT_EQ(29, object.pages);
	vi915_drop_caches(self->fd, DROP_PAGES);
	vi915_object_find(self->fd, 0, size, &object);
	EXPECT_STREQ("purged", object.madv);
	EXPECT_EQ(0, object.pages);
}

TEST_F(madv, an_object_without_pages_is_gone_at_once)
{
	uint32_t handle = gem_create(self->fd, SIZE);

	EXPECT_EQ(0, gem_madvise(self->fd, handle, I915_MADV_DONTNEED));
	EXPECT_EQ(0, gem_madvise(self->fd, handle, I915_MADV_WILLNEED));
}

TEST_F(madv, an_object_that_is_needed_keeps_its_bytes_under_pressure)
{
	char *map = gem_mmap_wb(self->fd, self->handle, 0, SIZE);
	int i;

	for (i = 0; i < 3; i++) {
		vi915_drop_caches(self->fd, DROP_PAGES);
		vi915_same(map, SIZE, 1);
	}
	gem_madvise(self->fd, self->handle, I915_MADV_DONTNEED);
	gem_madvise(self->fd, self->handle, I915_MADV_WILLNEED);
	vi915_drop_caches(self->fd, DROP_PAGES);
	vi915_same(map, SIZE, 1);
}

TEST_F(madv, unknown_advice_is_einval)
{
	uint32_t retained;

	EXPECT_ERR(EINVAL, __gem_madvise(self->fd, self->handle, 2, &retained));
	EXPECT_ERR(EINVAL, __gem_madvise(self->fd, self->handle, ~0u, &retained));
	EXPECT_ERR(EINVAL, __gem_madvise(self->fd, BAD_HANDLE, 2, &retained));
}

TEST_F(madv, unknown_handle_is_enoent)
{
	uint32_t retained;

	EXPECT_ERR(ENOENT, __gem_madvise(self->fd, BAD_HANDLE, I915_MADV_DONTNEED, &retained));
	EXPECT_ERR(ENOENT, __gem_madvise(self->fd, 0, I915_MADV_WILLNEED, &retained));
}

TEST_F(madv, every_mapping_of_a_purged_object_is_sigbus)
{
	static const uint64_t types[] = {
		I915_MMAP_OFFSET_GTT, I915_MMAP_OFFSET_WC, I915_MMAP_OFFSET_WB,
		I915_MMAP_OFFSET_UC,
	};
	char *maps[ARRAY_SIZE(types) + 1];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(types); i++)
		maps[i] = gem_mmap_type(self->fd, self->handle, SIZE, types[i]);
	maps[i] = gem_mmap_wb(self->fd, self->handle, 0, SIZE);
	for (i = 0; i < ARRAY_SIZE(maps); i++)
		vi915_same(maps[i], SIZE, 1);

	purge(self->fd, self->handle);
	for (i = 0; i < ARRAY_SIZE(maps); i++) {
		EXPECT_EQ(SIGBUS, vi915_read_signal(maps[i]));
		EXPECT_EQ(SIGBUS, vi915_write_signal(maps[i] + SIZE - 1));
	}
}

TEST_F(madv, a_mapping_of_what_is_not_needed_works_until_it_is_taken)
{
	char *map = gem_mmap_type(self->fd, self->handle, SIZE, I915_MMAP_OFFSET_WB);

	vi915_same(map, SIZE, 1);
	gem_madvise(self->fd, self->handle, I915_MADV_DONTNEED);
	vi915_same(map, SIZE, 1);
}

/* A fault does not allocate pages that the owner has given away. */
TEST_F(madv, a_first_fault_on_what_is_not_needed_is_sigbus)
{
	char *map = gem_mmap_gtt(self->fd, self->handle, SIZE);

	gem_madvise(self->fd, self->handle, I915_MADV_DONTNEED);
	vi915_drop_caches(self->fd, DROP_PAGES);
	EXPECT_EQ(SIGBUS, vi915_read_signal(map));
}

TEST_F(madv, a_mapping_made_after_the_purge_is_sigbus)
{
	purge(self->fd, self->handle);
	EXPECT_EQ(SIGBUS, vi915_read_signal(gem_mmap_gtt(self->fd, self->handle, SIZE)));
}

TEST_F(madv, pread_and_pwrite_of_a_purged_object_are_efault)
{
	purge(self->fd, self->handle);
	EXPECT_ERR(EFAULT, __gem_pwrite(self->fd, self->handle, 0, self->buf, 16));
	EXPECT_ERR(EFAULT, __gem_pread(self->fd, self->handle, 0, self->buf, 16));
}

TEST_F(madv, pread_and_pwrite_of_what_is_not_needed_are_efault_until_it_is)
{
	gem_madvise(self->fd, self->handle, I915_MADV_DONTNEED);
	EXPECT_ERR(EFAULT, __gem_pwrite(self->fd, self->handle, 0, self->buf, 16));
	EXPECT_ERR(EFAULT, __gem_pread(self->fd, self->handle, 0, self->buf, 16));
	EXPECT_EQ(1, gem_madvise(self->fd, self->handle, I915_MADV_WILLNEED));
	EXPECT_OK(__gem_pread(self->fd, self->handle, 0, self->buf, SIZE));
	vi915_same(self->buf, SIZE, 1);
}

TEST_F(madv, pwrite_of_an_untouched_object_that_is_not_needed_is_efault)
{
	uint32_t handle = gem_create(self->fd, SIZE);

	gem_madvise(self->fd, handle, I915_MADV_DONTNEED);
	EXPECT_ERR(EFAULT, __gem_pwrite(self->fd, handle, 0, self->buf, 16));
}

TEST_F(madv, set_domain_of_a_purged_object_is_efault)
{
	purge(self->fd, self->handle);
	EXPECT_ERR(EFAULT, __gem_set_domain(self->fd, self->handle, I915_GEM_DOMAIN_CPU, 0));
	EXPECT_ERR(EFAULT, __gem_set_domain(self->fd, self->handle, I915_GEM_DOMAIN_GTT,
					    I915_GEM_DOMAIN_GTT));
}

TEST_F(madv, a_purged_object_still_has_a_handle_a_state_and_an_end)
{
	uint32_t caching;

	purge(self->fd, self->handle);
	EXPECT_EQ(0, gem_busy(self->fd, self->handle));
	EXPECT_OK(__gem_wait(self->fd, self->handle, NULL));
	EXPECT_OK(__gem_get_caching(self->fd, self->handle, &caching));
	EXPECT_OK(__gem_set_tiling(self->fd, self->handle, I915_TILING_X, 512));
	EXPECT_OK(__gem_sw_finish(self->fd, self->handle));
	EXPECT_OK(__gem_close(self->fd, self->handle));
}

TEST_F(madv, the_advice_is_the_objects_and_not_the_files)
{
	int other = vi915_reopen(self->fd), dmabuf = prime_export(self->fd, self->handle);
	uint32_t handle = prime_import(other, dmabuf);

	close(dmabuf);
	gem_madvise(other, handle, I915_MADV_DONTNEED);
	vi915_drop_caches(self->fd, DROP_PAGES);
	EXPECT_EQ(0, gem_madvise(self->fd, self->handle, I915_MADV_WILLNEED));
	close(other);
}

TEST_HARNESS_MAIN
