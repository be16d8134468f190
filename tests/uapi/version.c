// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Name and version of the device, and its nodes. */
#include "gpu_fixture.h"

#include <sys/stat.h>

static const char *const gpus[] = { "gpu0", "gpu1", "gpu2", "gpu3" };

TEST_F(gpu, version_name_is_i915)
{
	struct vi915_version version;

	ASSERT_OK(__vi915_version(self->fd, &version));
	EXPECT_STREQ("i915", version.name);
	EXPECT_GE(version.major, 1);
	EXPECT_NE('\0', version.date[0]);
	EXPECT_NE('\0', version.desc[0]);
}

TEST(card_and_render_node_say_the_same)
{
	struct vi915_version card, render;

	ASSERT_OK(__vi915_version(vi915_open("gpu0"), &card));
	ASSERT_OK(__vi915_version(vi915_open_render("gpu0"), &render));
	EXPECT_EQ(0, memcmp(&card, &render, sizeof(card)));
}

TEST(each_gpu_of_the_box_is_a_device_of_its_own)
{
	struct vi915_gpu gpu[ARRAY_SIZE(gpus)];
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(gpus); i++) {
		vi915_gpu_find(gpus[i], &gpu[i]);
		for (j = 0; j < i; j++)
			EXPECT_NE(gpu[j].card, gpu[i].card);
	}
}

TEST(render_0_has_a_card_and_no_render_node)
{
	struct vi915_version version;
	struct vi915_gpu gpu;
	char path[96];
	struct stat st;
	int fd;

	vi915_gpu_find("gpu3", &gpu);
	EXPECT_EQ(-1, gpu.render);
	fd = vi915_open("gpu3");
	ASSERT_OK(__vi915_version(fd, &version));
	EXPECT_STREQ("i915", version.name);

	/* In sysfs too, there is only the card. */
	snprintf(path, sizeof(path), "/sys/dev/char/226:%d/device/drm/renderD%d", gpu.card,
		 gpu.card + 128);
	EXPECT_EQ(-1, stat(path, &st));
	snprintf(path, sizeof(path), "/sys/dev/char/226:%d/device/drm/card%d", gpu.card, gpu.card);
	EXPECT_EQ(0, stat(path, &st));
}

TEST(the_other_gpus_have_a_render_node)
{
	struct vi915_gpu gpu;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		vi915_gpu_find(gpus[i], &gpu);
		EXPECT_GE(gpu.render, 128);
	}
}

TEST(imports_in_the_description_is_per_gpu)
{
	struct vi915_gpu gpu;

	vi915_gpu_find("gpu0", &gpu);
	EXPECT_FALSE(gpu.imports_cpu);
	vi915_gpu_find("gpu2", &gpu);
	EXPECT_TRUE(gpu.imports_cpu);
}

TEST_F(gpu, prime_cap_is_import_and_export)
{
	uint64_t value;

	ASSERT_OK(__vi915_cap(self->fd, DRM_CAP_PRIME, &value));
	EXPECT_EQ(DRM_PRIME_CAP_IMPORT | DRM_PRIME_CAP_EXPORT, value);
}

TEST_F(gpu, two_files_have_handles_of_their_own_from_1)
{
	int other = vi915_reopen(self->fd);
	uint32_t busy;

	EXPECT_EQ(1, gem_create(self->fd, VI915_PAGE));
	EXPECT_ERR(ENOENT, __gem_busy(other, 1, &busy));
	EXPECT_EQ(1, gem_create(other, VI915_PAGE));
	close(other);
}

TEST_F(gpu, closing_the_file_frees_its_objects)
{
	int other = vi915_reopen(self->fd);
	const uint64_t size = 23 * VI915_PAGE;
	struct vi915_object object;
	int i;

	for (i = 0; i < 5; i++)
		gem_create(other, size);
	vi915_object_find(self->fd, 0, size, &object);
	close(other);
	vi915_drop_caches(self->fd, DROP_FREED | DROP_RCU);
	EXPECT_FALSE(__vi915_object_find(self->fd, 0, size, &object));
}

TEST_HARNESS_MAIN
