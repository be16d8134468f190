// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --gpu primary --gpu secondary,fault=import:ENODEV@after:3
/*
 * Bugs that compositors had with sharing that works at first and fails later. A
 * picture of the primary GPU is shown by the secondary one without a copy as
 * long as that works, then with a copy (mutter b6c824dd16); and a failed import
 * has no side effects (gamescope dcb0f6bc).
 */
#include "test.h"

#include <drm/drm_fourcc.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gem.h"
#include "gpu.h"
#include "inject.h"
#include "kms.h"
#include "look.h"
#include "prime.h"
#include "proc.h"

#define WIDTH 640
#define HEIGHT 480
#define SIZE (4ul * WIDTH * HEIGHT)

/* @fb is shown at first; pictures are copied to @copy. */
FIXTURE(two)
{
	int primary;
	struct kms kms;
	struct kms_fb fb;
	struct kms_fb copy;
};

FIXTURE_SETUP(two)
{
	self->primary = vi915_open_render("primary");
	kms_open(&self->kms, "secondary", 0);
	self->kms.mode = kms_mode(&self->kms, WIDTH, HEIGHT, 60);
	kms_fb_create(self->kms.fd, &self->fb, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888);
	kms_fb_create(self->kms.fd, &self->copy, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888);
	kms_light(&self->kms, &self->kms.mode, &self->fb);
}

FIXTURE_TEARDOWN(two)
{
	kms_close(&self->kms);
	close(self->primary);
}

static void flip(const struct kms *kms, const struct kms_fb *fb)
{
	struct kms_event event;

	kms_flip(kms, fb, 1);
	kms_event(kms->fd, &event);
}

/* Shows a dma-buf without a copy. Returns: 0, or -errno of the import. */
static int show_as_is(const struct kms *kms, int dmabuf)
{
	uint32_t handles[4] = {}, pitches[4] = { 4 * WIDTH }, offsets[4] = {};
	struct kms_fb fb = { .width = WIDTH, .height = HEIGHT };
	int ret = __prime_import(kms->fd, dmabuf, &handles[0]);

	if (ret)
		return ret;
	vi915_check(__kms_addfb(kms->fd, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR,
				handles, pitches, offsets, &fb.fb));
	flip(kms, &fb);
	return 0;
}

static void show_copy(const struct kms *kms, int dmabuf, const struct kms_fb *copy)
{
	struct picture picture;
	void *pixels = dmabuf_mmap(dmabuf, SIZE);

	picture_init(&picture, WIDTH, HEIGHT);
	dmabuf_sync(dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ);
	memcpy(picture.pixels, pixels, SIZE);
	dmabuf_sync(dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ);
	gem_munmap(pixels, SIZE);
	look_draw(kms->fd, copy, &picture);
	picture_fini(&picture);
	flip(kms, copy);
}

TEST_F(two, zero_copy_works_then_fails_and_the_copy_is_right)
{
	unsigned int frame, copied = 0;

	/* Restarts the count of the description, whatever order the tests run in. */
	inject_order(self->kms.fd, "import", "after:3", NULL);
	for (frame = 1; frame <= 6; frame++) {
		uint32_t handle = gem_create(self->primary, SIZE);
		int dmabuf = prime_export(self->primary, handle), ret;
		struct picture drawn, seen;

		picture_init(&drawn, WIDTH, HEIGHT);
		picture_noise(&drawn, frame);
		gem_pwrite(self->primary, handle, 0, drawn.pixels, SIZE);
		ret = show_as_is(&self->kms, dmabuf);
		EXPECT_EQ(frame <= 3 ? 0 : -ENODEV, ret);
		if (ret) {
			show_copy(&self->kms, dmabuf, &self->copy);
			copied++;
		}
		look_shot(&self->kms, &seen);
		picture_same(&drawn, &seen);
		picture_fini(&drawn);
		picture_fini(&seen);
		close(dmabuf);
		gem_close(self->primary, handle);
	}
	EXPECT_EQ(3, copied);
	EXPECT_EQ(3, inject_count(self->kms.fd, "import", "failures"));
}

TEST_F(two, an_import_that_failed_takes_nothing_with_it)
{
	long here = vi915_object_count(self->primary), there = vi915_object_count(self->kms.fd);
	uint32_t handle = gem_create(self->primary, SIZE), got;
	int dmabuf = prime_export(self->primary, handle), files = inject_open_files(), i;
	struct vi915_object object;
	struct stat before, after;

	inject_order(self->kms.fd, "import", "every:1", "EINVAL");
	vi915_check(fstat(dmabuf, &before) ? -errno : 0);
	for (i = 0; i < 50; i++) {
		got = 0xdead;
		EXPECT_ERR(EINVAL, __prime_import(self->kms.fd, dmabuf, &got));
	}
	/* The caller's file is still open, and no other file is. */
	EXPECT_EQ(0, fstat(dmabuf, &after));
	EXPECT_EQ(before.st_ino, after.st_ino);
	EXPECT_EQ(files, inject_open_files());
	vi915_object_find(self->primary, dmabuf_inode(dmabuf), 0, &object);
	EXPECT_EQ(0, object.shares);
	EXPECT_EQ(there, vi915_object_count(self->kms.fd));
	EXPECT_EQ(0, close(dmabuf));
	gem_close(self->primary, handle);
	EXPECT_EQ(here, vi915_object_count(self->primary));
}

TEST_HARNESS_MAIN
