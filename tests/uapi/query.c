// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* QUERY: memory, engines, topology; each item has its own errno. */
#include "gpu_fixture.h"

#include <sys/sysinfo.h>

struct regions {
	struct drm_i915_query_memory_regions head;
	struct drm_i915_memory_region_info info[4];
};

static const int32_t regions_length = sizeof(struct drm_i915_query_memory_regions) +
				      sizeof(struct drm_i915_memory_region_info);

/* Returns: the item's length after the query. */
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

struct engines {
	struct drm_i915_query_engine_info head;
	struct drm_i915_engine_info info[8];
};

static const int32_t engines_length = sizeof(struct drm_i915_query_engine_info) +
				      4 * sizeof(struct drm_i915_engine_info);

/* Returns: the item's length after the query. */
static int query(int fd, uint64_t id, int32_t length, void *data)
{
	struct drm_i915_query_item item = {
		.query_id = id,
		.length = length,
		.data_ptr = (uintptr_t)data,
	};

	vi915_check(__gem_query(fd, &item));
	return item.length;
}

TEST_F(gpu, four_engines_in_the_order_of_a_map)
{
	static const uint16_t classes[] = {
		I915_ENGINE_CLASS_RENDER, I915_ENGINE_CLASS_COPY,
		I915_ENGINE_CLASS_VIDEO, I915_ENGINE_CLASS_VIDEO_ENHANCE,
	};
	struct engines engines = {};
	unsigned int i;

	EXPECT_EQ(engines_length, query(self->fd, DRM_I915_QUERY_ENGINE_INFO, 0, NULL));
	/* A larger buffer, since IGT does not ask for the length. */
	ASSERT_EQ(engines_length, query(self->fd, DRM_I915_QUERY_ENGINE_INFO,
					sizeof(engines), &engines));
	ASSERT_EQ(4, engines.head.num_engines);
	for (i = 0; i < 4; i++) {
		EXPECT_EQ(classes[i], engines.info[i].engine.engine_class);
		EXPECT_EQ(0, engines.info[i].engine.engine_instance);
		EXPECT_EQ(I915_ENGINE_INFO_HAS_LOGICAL_INSTANCE, engines.info[i].flags);
		EXPECT_EQ(0, engines.info[i].logical_instance);
	}
	EXPECT_EQ(0, engines.info[1].capabilities);
	EXPECT_EQ(I915_VIDEO_CLASS_CAPABILITY_HEVC | I915_VIDEO_AND_ENHANCE_CLASS_CAPABILITY_SFC,
		  engines.info[2].capabilities);
	EXPECT_EQ(I915_VIDEO_AND_ENHANCE_CLASS_CAPABILITY_SFC, engines.info[3].capabilities);
	EXPECT_EQ(0, engines.info[4].flags);
}

TEST_F(gpu, engine_info_is_refused_as_memory_regions_are)
{
	struct engines engines = {};

	EXPECT_EQ(-EINVAL, query(self->fd, DRM_I915_QUERY_ENGINE_INFO, engines_length - 1,
				 &engines));
	EXPECT_EQ(-EFAULT, query(self->fd, DRM_I915_QUERY_ENGINE_INFO, engines_length,
				 BAD_POINTER));
	engines.head.num_engines = 1;
	EXPECT_EQ(-EINVAL, query(self->fd, DRM_I915_QUERY_ENGINE_INFO, engines_length,
				 &engines));
	engines.head.num_engines = 0;
	engines.head.rsvd[2] = 1;
	EXPECT_EQ(-EINVAL, query(self->fd, DRM_I915_QUERY_ENGINE_INFO, engines_length,
				 &engines));
}

TEST_F(gpu, the_topology_is_that_of_a_gt2)
{
	struct {
		struct drm_i915_query_topology_info head;
		uint8_t masks[64];
	} t = {};
	const uint8_t *subslices, *units;
	unsigned int slice, sub;
	int32_t length;

	length = query(self->fd, DRM_I915_QUERY_TOPOLOGY_INFO, 0, NULL);
	ASSERT_GT(length, (int32_t)sizeof(t.head));
	ASSERT_EQ(length, query(self->fd, DRM_I915_QUERY_TOPOLOGY_INFO, sizeof(t), &t));
	EXPECT_EQ(0, t.head.flags);
	EXPECT_EQ(length, (int32_t)(sizeof(t.head) + t.head.eu_offset + t.head.max_slices *
				    t.head.max_subslices * t.head.eu_stride));
	EXPECT_EQ(1, t.masks[0]);
	subslices = t.masks + t.head.subslice_offset;
	units = t.masks + t.head.eu_offset;
	for (slice = 0; slice < t.head.max_slices; slice++) {
		EXPECT_EQ(slice ? 0 : 7, subslices[slice * t.head.subslice_stride]);
		for (sub = 0; sub < t.head.max_subslices; sub++)
			EXPECT_EQ(slice || sub > 2 ? 0 : 0xff,
				  units[(slice * t.head.max_subslices + sub) * t.head.eu_stride]);
	}
}

TEST_F(gpu, topology_is_refused_flags_little_room_and_bad_pointers)
{
	struct drm_i915_query_item item = {
		.query_id = DRM_I915_QUERY_TOPOLOGY_INFO,
		.flags = 1,
	};
	int32_t length = query(self->fd, DRM_I915_QUERY_TOPOLOGY_INFO, 0, NULL);
	char room[64];

	EXPECT_EQ(-EINVAL, query(self->fd, DRM_I915_QUERY_TOPOLOGY_INFO, length - 1, room));
	EXPECT_EQ(-EFAULT, query(self->fd, DRM_I915_QUERY_TOPOLOGY_INFO, length, BAD_POINTER));
	EXPECT_OK(__gem_query(self->fd, &item));
	EXPECT_EQ(-EINVAL, item.length);
}

TEST_F(gpu, items_about_what_is_not_there_are_enodev_in_the_item)
{
	static const uint64_t ids[] = {
		DRM_I915_QUERY_PERF_CONFIG, DRM_I915_QUERY_HWCONFIG_BLOB,
		DRM_I915_QUERY_GEOMETRY_SUBSLICES, DRM_I915_QUERY_GUC_SUBMISSION_VERSION,
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
