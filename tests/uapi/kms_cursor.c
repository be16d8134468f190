// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Cursors: the calls of before, which wait for nothing, and the plane. */
#include "gpu_fixture.h"

#include <drm/drm_fourcc.h>

#include "kms.h"

FIXTURE(cursor)
{
	struct kms kms;
	struct kms_fb screen;
	struct kms_fb image;
	int timeline;
};

FIXTURE_SETUP(cursor)
{
	kms_open(&self->kms, "gpu0", 0);
	self->kms.mode = kms_mode(&self->kms, 640, 480, 60);
	kms_fb_create(self->kms.fd, &self->screen, 640, 480, DRM_FORMAT_XRGB8888);
	kms_fb_create(self->kms.fd, &self->image, 64, 64, DRM_FORMAT_ARGB8888);
	kms_light(&self->kms, &self->kms.mode, &self->screen);
	self->timeline = sw_timeline();
}

FIXTURE_TEARDOWN(cursor)
{
	close(self->timeline);
	kms_close(&self->kms);
}

static int __set(const struct kms *kms, uint32_t handle, uint32_t width, uint32_t height)
{
	struct drm_mode_cursor arg = {
		.flags = DRM_MODE_CURSOR_BO,
		.crtc_id = kms->crtc,
		.width = width,
		.height = height,
		.handle = handle,
	};

	return vi915_ioctl(kms->fd, DRM_IOCTL_MODE_CURSOR, &arg);
}

static int __move(const struct kms *kms, int x, int y)
{
	struct drm_mode_cursor arg = {
		.flags = DRM_MODE_CURSOR_MOVE,
		.crtc_id = kms->crtc,
		.x = x,
		.y = y,
	};

	return vi915_ioctl(kms->fd, DRM_IOCTL_MODE_CURSOR, &arg);
}

TEST_F(cursor, is_set_moved_and_taken_away)
{
	ASSERT_OK(__set(&self->kms, self->image.handle, 64, 64));
	ASSERT_OK(__move(&self->kms, 100, -10));
	EXPECT_EQ(self->kms.crtc, kms_value(self->kms.fd, self->kms.cursor, "CRTC_ID"));
	EXPECT_EQ(64, kms_value(self->kms.fd, self->kms.cursor, "CRTC_W"));
	EXPECT_EQ(100, kms_value(self->kms.fd, self->kms.cursor, "CRTC_X"));
	EXPECT_EQ(-10, (int)kms_value(self->kms.fd, self->kms.cursor, "CRTC_Y"));
	ASSERT_OK(__set(&self->kms, 0, 0, 0));
	EXPECT_EQ(0, kms_value(self->kms.fd, self->kms.cursor, "CRTC_ID"));
}

TEST_F(cursor, is_as_large_as_256)
{
	struct kms_fb large, tall, wide;

	kms_fb_create(self->kms.fd, &large, 256, 256, DRM_FORMAT_ARGB8888);
	kms_fb_create(self->kms.fd, &tall, 256, 257, DRM_FORMAT_ARGB8888);
	kms_fb_create(self->kms.fd, &wide, 272, 256, DRM_FORMAT_ARGB8888);
	EXPECT_OK(__set(&self->kms, large.handle, 256, 256));
	EXPECT_ERR(EINVAL, __set(&self->kms, tall.handle, 256, 257));
	EXPECT_ERR(EINVAL, __set(&self->kms, wide.handle, 272, 256));
	EXPECT_OK(__set(&self->kms, self->image.handle, 32, 10));
}

TEST_F(cursor, of_no_object_is_refused)
{
	EXPECT_ERR(ENOENT, __set(&self->kms, BAD_HANDLE, 64, 64));
	/* More than there is in it. */
	EXPECT_ERR(EINVAL, __set(&self->kms, self->image.handle, 128, 128));
}

/* 400 moves are far more than one for each frame. */
TEST_F(cursor, moves_do_not_wait_for_vblanks)
{
	uint32_t before = 0, after = 0;
	unsigned int i;

	ASSERT_OK(__set(&self->kms, self->image.handle, 64, 64));
	ASSERT_OK(__kms_vblank(&self->kms, DRM_VBLANK_RELATIVE, &before, 0, NULL));
	for (i = 0; i < 400; i++)
		ASSERT_OK(__move(&self->kms, i, i));
	ASSERT_OK(__kms_vblank(&self->kms, DRM_VBLANK_RELATIVE, &after, 0, NULL));
	EXPECT_LT(after - before, 360);
	EXPECT_EQ(399, kms_value(self->kms.fd, self->kms.cursor, "CRTC_X"));
}

TEST_F(cursor, moves_while_a_flip_waits_for_its_fence)
{
	int fence = sw_fence(self->timeline, 1);
	struct kms_event event;
	struct kms_fb next;
	unsigned int i;

	kms_fb_create(self->kms.fd, &next, 640, 480, DRM_FORMAT_XRGB8888);
	ASSERT_OK(__set(&self->kms, self->image.handle, 64, 64));
	gem_attach_fence(self->kms.fd, next.handle, fence, DMA_BUF_SYNC_WRITE);
	kms_flip(&self->kms, &next, 1);
	for (i = 0; i < 10; i++)
		ASSERT_OK(__move(&self->kms, i, i));
	EXPECT_EQ(0, sync_file_status(fence));
	EXPECT_ERR(ETIME, __kms_event(self->kms.fd, 0, &event));
	sw_signal(self->timeline, 1);
	kms_event(self->kms.fd, &event);
	EXPECT_EQ(9, kms_value(self->kms.fd, self->kms.cursor, "CRTC_X"));
	close(fence);
}

TEST_F(cursor, moves_leave_a_flip_its_event)
{
	struct kms_event event;
	unsigned int i, j;

	ASSERT_OK(__set(&self->kms, self->image.handle, 64, 64));
	for (i = 0; i < 10; i++) {
		kms_flip(&self->kms, &self->screen, i);
		for (j = 0; j < 5; j++)
			ASSERT_OK(__move(&self->kms, j, i));
		kms_event(self->kms.fd, &event);
		EXPECT_EQ(i, event.user);
	}
	EXPECT_ERR(ETIME, __kms_event(self->kms.fd, 50, &event));
}

TEST_F(cursor, changes_its_picture_without_waiting)
{
	struct kms_fb other;
	unsigned int i;

	kms_fb_create(self->kms.fd, &other, 64, 64, DRM_FORMAT_ARGB8888);
	for (i = 0; i < 50; i++)
		ASSERT_OK(__set(&self->kms, i % 2 ? other.handle : self->image.handle, 64, 64));
	kms_fb_destroy(self->kms.fd, &other);
	ASSERT_OK(__move(&self->kms, 5, 5));
}

TEST_F(cursor, on_a_dark_pipe_is_kept)
{
	kms_dark(&self->kms);
	EXPECT_OK(__set(&self->kms, self->image.handle, 64, 64));
	EXPECT_OK(__move(&self->kms, 7, 8));
	kms_light(&self->kms, &self->kms.mode, &self->screen);
	EXPECT_EQ(self->kms.crtc, kms_value(self->kms.fd, self->kms.cursor, "CRTC_ID"));
}

TEST_HARNESS_MAIN
