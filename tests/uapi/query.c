// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* QUERY: the memory regions; each item carries its own errno. */
#include "gpu_fixture.h"

#include <sys/sysinfo.h>

struct regions {
	struct drm_i915_query_memory_regions head;
	struct drm_i915_memory_region_info info[4];
};

static const int32_t regions_length = sizeof(struct drm_i915_query_memory_regions) +
				      sizeof(struct drm_i915_memory_region_info);

/* Answers the item's length after the query. */
static int query_regions(int fd, int32_t length, uint32_t flags, struct regions *regions)
{
	struct drm_i915_query_item item = {
		.query_id = DRM_I915_QUERY_MEMORY_REGIONS,
		.length = length,
		.flags = flags,
		.data_ptr = (uintptr_t)regions,
	};

	vi915_check(__gem_query(fd, &item));
	return item.length;
}

TEST_F(gpu, length_0_asks_for_the_length)
{
	struct regions regions;

	EXPECT_EQ(regions_length, query_regions(self->fd, 0, 0, NULL));
	memset(&regions, 0x5a, sizeof(regions));
	EXPECT_EQ(regions_length, query_regions(self->fd, 0, 0, &regions));
	EXPECT_EQ(0x5a5a5a5a, regions.head.num_regions);
}

TEST_F(gpu, one_region_of_system_memory_with_the_size_of_ram)
{
	struct regions regions = {};
	struct sysinfo si;

	ASSERT_EQ(regions_length, query_regions(self->fd, regions_length, 0, &regions));
	ASSERT_EQ(1, regions.head.num_regions);
	EXPECT_EQ(I915_MEMORY_CLASS_SYSTEM, regions.info[0].region.memory_class);
	EXPECT_EQ(0, regions.info[0].region.memory_instance);
	ASSERT_EQ(0, sysinfo(&si));
	EXPECT_EQ((uint64_t)si.totalram * si.mem_unit, regions.info[0].probed_size);
	EXPECT_EQ(regions.info[0].probed_size, regions.info[0].probed_cpu_visible_size);
	EXPECT_NE(0, regions.info[0].unallocated_size);
	EXPECT_LE(regions.info[0].unallocated_size, regions.info[0].probed_size);
}

TEST_F(gpu, a_longer_buffer_is_taken_and_the_length_corrected)
{
	struct regions regions = {};

	EXPECT_EQ(regions_length, query_regions(self->fd, sizeof(regions), 0, &regions));
	EXPECT_EQ(1, regions.head.num_regions);
}

TEST_F(gpu, a_shorter_buffer_is_einval_in_the_item)
{
	struct regions regions = {};

	EXPECT_EQ(-EINVAL, query_regions(self->fd, regions_length - 1, 0, &regions));
	EXPECT_EQ(-EINVAL, query_regions(self->fd, 1, 0, &regions));
	EXPECT_EQ(0, regions.head.num_regions);
}

TEST_F(gpu, item_flags_are_einval_in_the_item)
{
	struct regions regions = {};

	EXPECT_EQ(-EINVAL, query_regions(self->fd, regions_length, 1, &regions));
}

TEST_F(gpu, num_regions_not_0_is_einval_in_the_item)
{
	struct regions regions = { .head.num_regions = 1 };

	EXPECT_EQ(-EINVAL, query_regions(self->fd, regions_length, 0, &regions));
}

TEST_F(gpu, reserved_words_not_0_are_einval_in_the_item)
{
	struct regions regions;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(regions.head.rsvd); i++) {
		memset(&regions, 0, sizeof(regions));
		regions.head.rsvd[i] = 1;
		EXPECT_EQ(-EINVAL, query_regions(self->fd, regions_length, 0, &regions));
	}
}

TEST_F(gpu, unreadable_data_is_efault_in_the_item)
{
	EXPECT_EQ(-EFAULT, query_regions(self->fd, regions_length, 0, BAD_POINTER));
}

TEST_F(gpu, there_are_no_engines_to_tell_of)
{
	struct drm_i915_query_engine_info info = {};
	struct drm_i915_query_item item = { .query_id = DRM_I915_QUERY_ENGINE_INFO };

	ASSERT_OK(__gem_query(self->fd, &item));
	ASSERT_EQ(sizeof(info), item.length);
	item.data_ptr = (uintptr_t)&info;
	ASSERT_OK(__gem_query(self->fd, &item));
	EXPECT_EQ(sizeof(info), item.length);
	EXPECT_EQ(0, info.num_engines);
}

TEST_F(gpu, items_about_what_is_not_there_are_enodev_in_the_item)
{
	static const uint64_t ids[] = {
		DRM_I915_QUERY_TOPOLOGY_INFO, DRM_I915_QUERY_PERF_CONFIG,
		DRM_I915_QUERY_HWCONFIG_BLOB, DRM_I915_QUERY_GEOMETRY_SUBSLICES,
		DRM_I915_QUERY_GUC_SUBMISSION_VERSION,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		struct drm_i915_query_item item = { .query_id = ids[i] };

		EXPECT_OK(__gem_query(self->fd, &item));
		EXPECT_EQ(-ENODEV, item.length);
	}
}

TEST_F(gpu, unknown_query_is_einval_in_the_item)
{
	struct drm_i915_query_item item = { .query_id = 0x7000 };

	EXPECT_OK(__gem_query(self->fd, &item));
	EXPECT_EQ(-EINVAL, item.length);
}

TEST_F(gpu, query_0_is_einval)
{
	struct drm_i915_query_item item = { .query_id = 0, .length = 99 };

	EXPECT_ERR(EINVAL, __gem_query(self->fd, &item));
	EXPECT_EQ(99, item.length);
}

TEST_F(gpu, query_id_beyond_32_bits_is_einval_in_the_item)
{
	struct drm_i915_query_item item = {
		.query_id = DRM_I915_QUERY_MEMORY_REGIONS | 1ULL << 32,
	};

	EXPECT_OK(__gem_query(self->fd, &item));
	EXPECT_EQ(-EINVAL, item.length);
}

TEST_F(gpu, ioctl_flags_are_einval)
{
	struct drm_i915_query arg = { .flags = 1 };

	EXPECT_ERR(EINVAL, vi915_ioctl(self->fd, DRM_IOCTL_I915_QUERY, &arg));
}

TEST_F(gpu, no_items_is_fine)
{
	struct drm_i915_query arg = { .items_ptr = (uintptr_t)BAD_POINTER };

	EXPECT_OK(vi915_ioctl(self->fd, DRM_IOCTL_I915_QUERY, &arg));
}

TEST_F(gpu, unreadable_items_are_efault)
{
	struct drm_i915_query arg = { .num_items = 1, .items_ptr = (uintptr_t)BAD_POINTER };

	EXPECT_ERR(EFAULT, vi915_ioctl(self->fd, DRM_IOCTL_I915_QUERY, &arg));
}

TEST_F(gpu, items_after_a_refused_one_are_answered)
{
	struct drm_i915_query_item items[3] = {
		{ .query_id = 0x7000 },
		{ .query_id = DRM_I915_QUERY_MEMORY_REGIONS },
		{ .query_id = DRM_I915_QUERY_MEMORY_REGIONS, .flags = 1 },
	};
	struct drm_i915_query arg = { .num_items = 3, .items_ptr = (uintptr_t)items };

	EXPECT_OK(vi915_ioctl(self->fd, DRM_IOCTL_I915_QUERY, &arg));
	EXPECT_EQ(-EINVAL, items[0].length);
	EXPECT_EQ(regions_length, items[1].length);
	EXPECT_EQ(-EINVAL, items[2].length);
}

TEST_HARNESS_MAIN
