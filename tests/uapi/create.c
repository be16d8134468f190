// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* GEM_CREATE, GEM_CREATE_EXT and GEM_CLOSE. */
#include "gpu_fixture.h"

static const struct drm_i915_gem_memory_class_instance system_region = {
	I915_MEMORY_CLASS_SYSTEM, 0,
};

/* GEM_CREATE_EXT with one memory regions extension. */
static int create_in(int fd, const struct drm_i915_gem_memory_class_instance *regions,
		     uint32_t n)
{
	struct drm_i915_gem_create_ext_memory_regions ext = {
		.base.name = I915_GEM_CREATE_EXT_MEMORY_REGIONS,
		.num_regions = n,
		.regions = (uintptr_t)regions,
	};
	uint64_t size = VI915_PAGE;
	uint32_t handle = 0;

	return __gem_create_ext(fd, &size, 0, &ext, &handle);
}

/* GEM_CREATE_EXT with a chain; the handle must not change when refused. */
static int create_with(int fd, uint32_t flags, void *extensions)
{
	uint64_t size = VI915_PAGE;
	uint32_t handle = 0x77;
	int ret = __gem_create_ext(fd, &size, flags, extensions, &handle);

	if (ret && (handle != 0x77 || size != VI915_PAGE))
		vi915_fail("refused, and handle %u size %llu were written", handle,
			   (unsigned long long)size);
	return ret;
}

TEST_F(gpu, create_gives_a_handle_and_zeroes)
{
	char buf[2 * VI915_PAGE], zero[2 * VI915_PAGE] = {};
	uint64_t size = sizeof(buf);
	uint32_t handle = 0;

	ASSERT_OK(__gem_create(self->fd, &size, &handle));
	EXPECT_NE(0, handle);
	EXPECT_EQ(sizeof(buf), size);
	memset(buf, 0xff, sizeof(buf));
	gem_pread(self->fd, handle, 0, buf, sizeof(buf));
	EXPECT_EQ(0, memcmp(buf, zero, sizeof(buf)));
}

TEST_F(gpu, what_a_closed_object_held_is_seen_by_nobody)
{
	char buf[4 * VI915_PAGE], zero[4 * VI915_PAGE] = {};
	uint32_t handle;
	int i;

	for (i = 0; i < 50; i++) {
		handle = gem_create(self->fd, sizeof(buf));
		gem_pread(self->fd, handle, 0, buf, sizeof(buf));
		ASSERT_EQ(0, memcmp(buf, zero, sizeof(buf)));
		vi915_fill(buf, sizeof(buf), i);
		gem_pwrite(self->fd, handle, 0, buf, sizeof(buf));
		gem_close(self->fd, handle);
	}
}

TEST_F(gpu, create_rounds_the_size_up_to_pages)
{
	static const uint64_t sizes[][2] = {
		{ 1, 4096 }, { 4095, 4096 }, { 4096, 4096 }, { 4097, 8192 }, { 12345, 16384 },
	};
	uint32_t handle;
	uint64_t size;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		size = sizes[i][0];
		handle = 0;
		ASSERT_OK(__gem_create(self->fd, &size, &handle));
		EXPECT_EQ(sizes[i][1], size);
		EXPECT_EQ(sizes[i][1], dmabuf_size(prime_export(self->fd, handle)));
	}
}

TEST_F(gpu, create_size_zero_is_einval)
{
	uint32_t handle = 0x77;
	uint64_t size = 0;

	EXPECT_ERR(EINVAL, __gem_create(self->fd, &size, &handle));
	EXPECT_EQ(0x77, handle);
}

TEST_F(gpu, create_size_that_rounds_to_zero_is_einval)
{
	uint32_t handle = 0x77;
	uint64_t size = -1ULL;

	EXPECT_ERR(EINVAL, __gem_create(self->fd, &size, &handle));
	EXPECT_EQ(0x77, handle);
	EXPECT_EQ(-1ULL, size);
}

TEST_F(gpu, create_size_beyond_files_is_e2big)
{
	static const uint64_t sizes[] = { -1ULL << 32, 1ULL << 63, -1ULL << 12 };
	uint32_t handle = 0x77;
	unsigned int i;
	uint64_t size;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		size = sizes[i];
		EXPECT_ERR(E2BIG, __gem_create(self->fd, &size, &handle));
		EXPECT_EQ(0x77, handle);
		EXPECT_EQ(sizes[i], size);
	}
}

TEST_F(gpu, refused_creates_leave_no_object)
{
	long before = vi915_object_count(self->fd);
	uint64_t size = -1ULL << 32;
	uint32_t handle = 0;
	int i;

	for (i = 0; i < 100; i++) {
		EXPECT_ERR(E2BIG, __gem_create(self->fd, &size, &handle));
		EXPECT_ERR(EINVAL, create_in(self->fd, NULL, 0));
	}
	EXPECT_EQ(before, vi915_object_count(self->fd));
}

TEST_F(gpu, create_ext_without_extensions_is_create)
{
	uint64_t size = 5000;
	uint32_t handle = 0;

	ASSERT_OK(__gem_create_ext(self->fd, &size, 0, NULL, &handle));
	EXPECT_EQ(8192, size);
	gem_close(self->fd, handle);
}

TEST_F(gpu, create_ext_in_system_memory_works)
{
	EXPECT_OK(create_in(self->fd, &system_region, 1));
}

TEST_F(gpu, create_ext_size_zero_is_einval)
{
	uint32_t handle = 0;
	uint64_t size = 0;

	EXPECT_ERR(EINVAL, __gem_create_ext(self->fd, &size, 0, NULL, &handle));
}

TEST_F(gpu, create_ext_size_beyond_files_is_e2big)
{
	uint64_t size = -1ULL << 32;
	uint32_t handle = 0;

	EXPECT_ERR(E2BIG, __gem_create_ext(self->fd, &size, 0, NULL, &handle));
}

TEST_F(gpu, create_ext_unknown_flags_are_einval)
{
	int bit;

	for (bit = 1; bit < 32; bit++)
		EXPECT_ERR(EINVAL, create_with(self->fd, 1u << bit, NULL));
}

TEST_F(gpu, create_ext_needs_cpu_access_is_einval_without_local_memory)
{
	struct drm_i915_gem_create_ext_memory_regions ext = {
		.base.name = I915_GEM_CREATE_EXT_MEMORY_REGIONS,
		.num_regions = 1,
		.regions = (uintptr_t)&system_region,
	};
	uint32_t flag = I915_GEM_CREATE_EXT_FLAG_NEEDS_CPU_ACCESS;

	EXPECT_ERR(EINVAL, create_with(self->fd, flag, NULL));
	EXPECT_ERR(EINVAL, create_with(self->fd, flag, &ext));
}

TEST_F(gpu, create_ext_no_regions_is_einval)
{
	EXPECT_ERR(EINVAL, create_in(self->fd, &system_region, 0));
}

TEST_F(gpu, create_ext_local_memory_is_einval)
{
	struct drm_i915_gem_memory_class_instance region = { I915_MEMORY_CLASS_DEVICE, 0 };

	EXPECT_ERR(EINVAL, create_in(self->fd, &region, 1));
}

TEST_F(gpu, create_ext_unknown_region_is_einval)
{
	struct drm_i915_gem_memory_class_instance other = { I915_MEMORY_CLASS_SYSTEM, 1 };
	struct drm_i915_gem_memory_class_instance class = { 0x7fff, 0 };

	EXPECT_ERR(EINVAL, create_in(self->fd, &other, 1));
	EXPECT_ERR(EINVAL, create_in(self->fd, &class, 1));
}

TEST_F(gpu, create_ext_region_named_twice_is_einval)
{
	struct drm_i915_gem_memory_class_instance twice[] = { system_region, system_region };

	EXPECT_ERR(EINVAL, create_in(self->fd, twice, 2));
}

TEST_F(gpu, create_ext_very_many_regions_are_einval)
{
	EXPECT_ERR(EINVAL, create_in(self->fd, &system_region, ~0u));
}

TEST_F(gpu, create_ext_regions_pad_is_einval)
{
	struct drm_i915_gem_create_ext_memory_regions ext = {
		.base.name = I915_GEM_CREATE_EXT_MEMORY_REGIONS,
		.pad = 1,
		.num_regions = 1,
		.regions = (uintptr_t)&system_region,
	};

	EXPECT_ERR(EINVAL, create_with(self->fd, 0, &ext));
}

TEST_F(gpu, create_ext_regions_given_twice_are_einval)
{
	struct drm_i915_gem_create_ext_memory_regions ext[2] = {};

	ext[1].base.name = I915_GEM_CREATE_EXT_MEMORY_REGIONS;
	ext[1].num_regions = 1;
	ext[1].regions = (uintptr_t)&system_region;
	ext[0] = ext[1];
	ext[0].base.next_extension = (uintptr_t)&ext[1];
	EXPECT_ERR(EINVAL, create_with(self->fd, 0, ext));
}

TEST_F(gpu, create_ext_unreadable_regions_are_efault)
{
	EXPECT_ERR(EFAULT, create_in(self->fd, BAD_POINTER, 1));
}

TEST_F(gpu, create_ext_unreadable_extension_is_efault)
{
	EXPECT_ERR(EFAULT, create_with(self->fd, 0, BAD_POINTER));
}

TEST_F(gpu, create_ext_unreadable_next_extension_is_efault)
{
	struct drm_i915_gem_create_ext_memory_regions ext = {
		.base.name = I915_GEM_CREATE_EXT_MEMORY_REGIONS,
		.base.next_extension = (uintptr_t)BAD_POINTER,
		.num_regions = 1,
		.regions = (uintptr_t)&system_region,
	};

	EXPECT_ERR(EFAULT, create_with(self->fd, 0, &ext));
}

TEST_F(gpu, create_ext_unknown_extension_is_einval)
{
	struct i915_user_extension ext = { .name = 0x7fff };

	EXPECT_ERR(EINVAL, create_with(self->fd, 0, &ext));
}

TEST_F(gpu, create_ext_extension_flags_and_reserved_words_are_einval)
{
	struct drm_i915_gem_create_ext_memory_regions good = {
		.base.name = I915_GEM_CREATE_EXT_MEMORY_REGIONS,
		.num_regions = 1,
		.regions = (uintptr_t)&system_region,
	}, bad;
	unsigned int i;

	bad = good;
	bad.base.flags = 1;
	EXPECT_ERR(EINVAL, create_with(self->fd, 0, &bad));
	for (i = 0; i < ARRAY_SIZE(bad.base.rsvd); i++) {
		bad = good;
		bad.base.rsvd[i] = 1;
		EXPECT_ERR(EINVAL, create_with(self->fd, 0, &bad));
	}
	EXPECT_OK(create_with(self->fd, 0, &good));
}

TEST_F(gpu, create_ext_protected_content_is_enodev)
{
	struct drm_i915_gem_create_ext_protected_content ext = {
		.base.name = I915_GEM_CREATE_EXT_PROTECTED_CONTENT,
	};

	EXPECT_ERR(ENODEV, create_with(self->fd, 0, &ext));
	ext.flags = 1;
	EXPECT_ERR(EINVAL, create_with(self->fd, 0, &ext));
}

TEST_F(gpu, create_ext_set_pat_is_enodev)
{
	struct drm_i915_gem_create_ext_set_pat ext = {
		.base.name = I915_GEM_CREATE_EXT_SET_PAT,
	};

	EXPECT_ERR(ENODEV, create_with(self->fd, 0, &ext));
}

TEST_F(gpu, create_ext_endless_chain_ends_with_an_errno)
{
	struct i915_user_extension ring = { .name = I915_GEM_CREATE_EXT_MEMORY_REGIONS };
	struct drm_i915_gem_create_ext_memory_regions ext = {
		.base = ring,
		.num_regions = 1,
		.regions = (uintptr_t)&system_region,
	};

	/* The second pass names the regions again, which is refused. */
	ext.base.next_extension = (uintptr_t)&ext;
	EXPECT_ERR(EINVAL, create_with(self->fd, 0, &ext));
}

TEST_F(gpu, close_unknown_handle_is_einval)
{
	EXPECT_ERR(EINVAL, __gem_close(self->fd, BAD_HANDLE));
	EXPECT_ERR(EINVAL, __gem_close(self->fd, 0));
}

TEST_F(gpu, close_twice_is_einval)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE);

	EXPECT_OK(__gem_close(self->fd, handle));
	EXPECT_ERR(EINVAL, __gem_close(self->fd, handle));
}

TEST_F(gpu, a_closed_handle_is_given_out_again)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE);

	gem_close(self->fd, handle);
	EXPECT_EQ(handle, gem_create(self->fd, VI915_PAGE));
}

TEST_F(gpu, a_closed_handle_is_enoent_everywhere)
{
	struct drm_i915_gem_get_tiling tiling;
	uint32_t h = gem_create(self->fd, VI915_PAGE), word;
	uint64_t offset;
	char byte = 0;
	void *ptr;
	int dmabuf;

	gem_close(self->fd, h);
	EXPECT_ERR(ENOENT, __gem_busy(self->fd, h, &word));
	EXPECT_ERR(ENOENT, __gem_wait(self->fd, h, NULL));
	EXPECT_ERR(ENOENT, __gem_mmap(self->fd, h, 0, VI915_PAGE, 0, &ptr));
	EXPECT_ERR(ENOENT, __gem_mmap_gtt_offset(self->fd, h, &offset));
	EXPECT_ERR(ENOENT, __gem_mmap_offset(self->fd, h, I915_MMAP_OFFSET_WB, &offset));
	EXPECT_ERR(ENOENT, __gem_pread(self->fd, h, 0, &byte, 1));
	EXPECT_ERR(ENOENT, __gem_pwrite(self->fd, h, 0, &byte, 1));
	EXPECT_ERR(ENOENT, __gem_set_domain(self->fd, h, I915_GEM_DOMAIN_CPU, 0));
	EXPECT_ERR(ENOENT, __gem_sw_finish(self->fd, h));
	EXPECT_ERR(ENOENT, __gem_set_caching(self->fd, h, I915_CACHING_CACHED));
	EXPECT_ERR(ENOENT, __gem_get_caching(self->fd, h, &word));
	EXPECT_ERR(ENOENT, __gem_set_tiling(self->fd, h, I915_TILING_NONE, 0));
	EXPECT_ERR(ENOENT, __gem_get_tiling(self->fd, h, &tiling));
	EXPECT_ERR(ENOENT, __gem_madvise(self->fd, h, I915_MADV_DONTNEED, &word));
	EXPECT_ERR(ENOENT, __prime_export(self->fd, h, DRM_RDWR, &dmabuf));
}

TEST_HARNESS_MAIN
