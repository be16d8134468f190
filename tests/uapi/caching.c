// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* SET_CACHING and GET_CACHING. */
#include "gpu_fixture.h"

static uint32_t get_caching(int fd, uint32_t handle)
{
	uint32_t caching;

	vi915_check(__gem_get_caching(fd, handle, &caching));
	return caching;
}

TEST_F(gpu, a_new_object_is_cached_as_on_every_chip_with_llc)
{
	EXPECT_EQ(I915_CACHING_CACHED, get_caching(self->fd, gem_create(self->fd, VI915_PAGE)));
}

TEST_F(gpu, none_and_cached_are_kept)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE);

	EXPECT_OK(__gem_set_caching(self->fd, handle, I915_CACHING_NONE));
	EXPECT_EQ(I915_CACHING_NONE, get_caching(self->fd, handle));
	EXPECT_OK(__gem_set_caching(self->fd, handle, I915_CACHING_CACHED));
	EXPECT_EQ(I915_CACHING_CACHED, get_caching(self->fd, handle));
}

TEST_F(gpu, display_without_write_through_reads_back_as_none)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE);

	EXPECT_EQ(0, gem_getparam(self->fd, I915_PARAM_HAS_WT));
	EXPECT_OK(__gem_set_caching(self->fd, handle, I915_CACHING_DISPLAY));
	EXPECT_EQ(I915_CACHING_NONE, get_caching(self->fd, handle));
}

TEST_F(gpu, the_bytes_stay_through_every_change)
{
	static const uint32_t levels[] = {
		I915_CACHING_NONE, I915_CACHING_CACHED, I915_CACHING_DISPLAY, I915_CACHING_CACHED,
	};
	uint32_t handle = gem_create(self->fd, VI915_PAGE);
	char *map = gem_mmap_wb(self->fd, handle, 0, VI915_PAGE);
	char *gtt = gem_mmap_gtt(self->fd, handle, VI915_PAGE);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(levels); i++) {
		vi915_fill(map, VI915_PAGE, i);
		gem_set_caching(self->fd, handle, levels[i]);
		vi915_same(gtt, VI915_PAGE, i);
	}
}

TEST_F(gpu, unknown_levels_are_einval)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE);

	EXPECT_ERR(EINVAL, __gem_set_caching(self->fd, handle, 3));
	EXPECT_ERR(EINVAL, __gem_set_caching(self->fd, handle, ~0u));
	EXPECT_EQ(I915_CACHING_CACHED, get_caching(self->fd, handle));
}

TEST_F(gpu, unknown_handles_are_enoent)
{
	uint32_t caching;

	EXPECT_ERR(ENOENT, __gem_set_caching(self->fd, BAD_HANDLE, I915_CACHING_NONE));
	EXPECT_ERR(ENOENT, __gem_set_caching(self->fd, 0, I915_CACHING_NONE));
	EXPECT_ERR(ENOENT, __gem_get_caching(self->fd, BAD_HANDLE, &caching));
	EXPECT_ERR(ENOENT, __gem_get_caching(self->fd, 0, &caching));
}

TEST_F(gpu, an_unknown_level_of_an_unknown_handle_is_einval)
{
	EXPECT_ERR(EINVAL, __gem_set_caching(self->fd, BAD_HANDLE, 3));
}

TEST_F(gpu, an_import_has_a_caching_of_its_own)
{
	int gpu1 = vi915_open_render("gpu1");
	uint32_t handle = gem_create(self->fd, VI915_PAGE), import;
	int dmabuf = prime_export(self->fd, handle);

	import = prime_import(gpu1, dmabuf);
	EXPECT_OK(__gem_set_caching(gpu1, import, I915_CACHING_NONE));
	EXPECT_EQ(I915_CACHING_NONE, get_caching(gpu1, import));
	EXPECT_EQ(I915_CACHING_CACHED, get_caching(self->fd, handle));
	close(dmabuf);
	close(gpu1);
}

TEST_F(gpu, userptr_is_cached_and_nothing_else)
{
	void *mem = mmap(NULL, VI915_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			 -1, 0);
	uint32_t handle = gem_userptr(self->fd, mem, VI915_PAGE, 0);

	EXPECT_EQ(I915_CACHING_CACHED, get_caching(self->fd, handle));
	EXPECT_OK(__gem_set_caching(self->fd, handle, I915_CACHING_CACHED));
	EXPECT_ERR(ENXIO, __gem_set_caching(self->fd, handle, I915_CACHING_NONE));
	EXPECT_ERR(ENXIO, __gem_set_caching(self->fd, handle, I915_CACHING_DISPLAY));
	EXPECT_EQ(I915_CACHING_CACHED, get_caching(self->fd, handle));
}

TEST_HARNESS_MAIN
