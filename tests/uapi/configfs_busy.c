// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --gpu gpu0
/*
 * A GPU is unplugged or removed through configfs while everything of it is in
 * use: it goes at once, and nothing leaks.
 */
#include "share_fixture.h"

#include <drm/drm_fourcc.h>
#include <poll.h>

#include "config.h"
#include "exec.h"
#include "kms.h"

static int unplug(const char *name)
{
	return __config_unplug(name);
}

static int unplug_and_remove(const char *name)
{
	return __config_unplug(name) ?: __config_remove(name);
}

FIXTURE(busy)
{
	int a;
	int b;
};

FIXTURE_VARIANT(busy)
{
	int (*go)(const char *name);
};

FIXTURE_VARIANT_ADD(busy, unplugged)
{
	.go = unplug,
};

FIXTURE_VARIANT_ADD(busy, removed)
{
	.go = __config_remove,
};

FIXTURE_VARIANT_ADD(busy, unplugged_and_removed)
{
	.go = unplug_and_remove,
};

FIXTURE_SETUP(busy)
{
	/* May be left by an earlier case. */
	__config_remove("b");
	config_make("b");
	config_plug("b");
	self->a = vi915_open_render("gpu0");
	/* The card node is left to the cases that show something. */
	self->b = vi915_open_render("b");
}

FIXTURE_TEARDOWN(busy)
{
	close(self->b);
	__config_remove("b");
	/* A new GPU of the same name works. */
	config_make("b");
	config_plug("b");
	self->b = vi915_open_render("b");
	EXPECT_EQ(0, vi915_object_count(self->b));
	gem_create(self->b, SHARE_SIZE);
	close(self->b);
	config_remove("b");
	EXPECT_EQ(0, vi915_object_count(self->a));
	close(self->a);
}

TEST_F(busy, its_files_are_of_nothing_any_more)
{
	uint64_t size = SHARE_SIZE;
	uint32_t handle;

	EXPECT_OK(variant->go("b"));
	EXPECT_ERR(ENODEV, __gem_create(self->b, &size, &handle));
	EXPECT_EQ(-1, config_card("b"));
}

TEST_F(busy, its_mappings_and_exports_stay)
{
	uint32_t handle = gem_create(self->b, SHARE_SIZE);
	int fd = prime_export(self->b, handle);
	char *map = gem_mmap_gtt(self->b, handle, SHARE_SIZE);
	uint32_t import = prime_import(self->a, fd);

	share_writes(fd, SHARE_SIZE, SHARE_SEED);
	EXPECT_OK(variant->go("b"));
	share_reads(fd, SHARE_SIZE, SHARE_SEED);
	share_gtt_reads(self->a, import, SHARE_SIZE, SHARE_SEED);
	vi915_same(map, SHARE_SIZE, SHARE_SEED);
	gem_munmap(map, SHARE_SIZE);
	close(fd);
	gem_close(self->a, import);
}

TEST_F(busy, what_it_imported_is_left_alone)
{
	uint32_t handle = gem_create(self->a, SHARE_SIZE);
	int fd = prime_export(self->a, handle);
	uint32_t import = prime_import(self->b, fd);

	share_gtt_writes(self->b, import, SHARE_SIZE, SHARE_SEED);
	EXPECT_OK(variant->go("b"));
	share_gtt_reads(self->a, handle, SHARE_SIZE, SHARE_SEED);
	close(fd);
	gem_close(self->a, handle);
}

TEST_F(busy, its_running_jobs_end)
{
	uint32_t own = gem_create(self->b, SHARE_SIZE);
	int fd = prime_export(self->b, own);
	uint32_t import = prime_import(self->a, fd);
	struct spin spin;

	spin_start_on(&spin, self->b, 0, I915_EXEC_RENDER, SPIN_WRITE, own);
	spin_wait_running(&spin);
	EXPECT_OK(variant->go("b"));
	EXPECT_EQ(POLLIN, fd_poll(spin.fence, POLLIN, 10000));
	EXPECT_LT(sync_file_status(spin.fence), 0);
	/* A wait of another GPU for it ends. */
	gem_set_domain(self->a, import, I915_GEM_DOMAIN_GTT, I915_GEM_DOMAIN_GTT);
	close(spin.fence);
	gem_munmap((void *)spin.map, VI915_PAGE);
	close(fd);
	gem_close(self->a, import);
}

TEST_F(busy, a_flip_under_way_ends)
{
	struct kms_event event;
	struct kms_fb fbs[2];
	struct kms kms;
	int timeline = sw_timeline(), fence = sw_fence(timeline, 1);

	kms_open(&kms, "b", 0);
	kms.mode = kms_mode(&kms, 640, 480, 60);
	kms_fb_create(kms.fd, &fbs[0], 640, 480, DRM_FORMAT_XRGB8888);
	kms_fb_create(kms.fd, &fbs[1], 640, 480, DRM_FORMAT_XRGB8888);
	kms_light(&kms, &kms.mode, &fbs[0]);
	gem_attach_fence(kms.fd, fbs[1].handle, fence, DMA_BUF_SYNC_WRITE);
	kms_flip(&kms, &fbs[1], 7);
	EXPECT_OK(variant->go("b"));
	ASSERT_OK(__kms_event(kms.fd, 0, &event));
	EXPECT_EQ(7, event.user);
	EXPECT_EQ(0, sync_file_status(fence));
	close(fence);
	close(timeline);
	kms_close(&kms);
}

/* Also when the device has been unbound through sysfs before. */
TEST_F(busy, unbound_already)
{
	char devices[CONFIG_TEXT], live[CONFIG_TEXT];

	share_unbind(config_get("b", "devices", devices));
	EXPECT_EQ(-1, config_card("b"));
	EXPECT_STREQ("1", config_get("b", "live", live));
	EXPECT_OK(variant->go("b"));
}

TEST_HARNESS_MAIN
