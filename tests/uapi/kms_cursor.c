// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Cursors: the legacy calls, which wait for nothing, and the plane. */
#include "gpu_fixture.h"

#include <drm/drm_fourcc.h>
#include <string.h>

#include "kms.h"
#include "look.h"

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
	struct drm_mode_cursor off = {
		.flags = DRM_MODE_CURSOR_BO,
		.crtc_id = self->kms.crtc,
	};

	/* The DRM core owns its framebuffer, which would stay when the file is closed. */
	while (vi915_ioctl(self->kms.fd, DRM_IOCTL_MODE_CURSOR, &off) == -EBUSY)
		usleep(1000);
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
	/* Larger than the object. */
	EXPECT_ERR(EINVAL, __set(&self->kms, self->image.handle, 128, 128));
}

/* 400 moves at one per frame would take several seconds. */
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

/* Draw noise to the screen or the cursor. */
static void paint(int fd, const struct kms_fb *fb, uint32_t seed, struct picture *picture)
{
	picture_init(picture, fb->width, fb->height);
	picture_noise(picture, seed);
	look_draw(fd, fb, picture);
}

/* The expected CRC of a screen with the cursor at a place. */
static uint32_t crc_with(const struct picture *screen, const struct picture *image, int x, int y)
{
	struct picture both;
	uint32_t crc;

	picture_init(&both, screen->width, screen->height);
	memcpy(both.pixels, screen->pixels, 4ull * screen->width * screen->height);
	picture_blend(&both, image, x, y, 0xffff, PICTURE_PREMULTIPLIED);
	crc = picture_crc(&both);
	picture_fini(&both);
	return crc;
}

/* By the legacy calls, which have their own path in the driver. */
TEST_F(cursor, is_seen_where_it_was_moved_to)
{
	static const int at[][2] = { { 100, 30 }, { 600, 470 }, { -10, -60 }, { 0, 0 } };
	struct picture screen, image;
	struct kms_fb other;
	unsigned int i;

	paint(self->kms.fd, &self->screen, 1, &screen);
	paint(self->kms.fd, &self->image, 2, &image);
	ASSERT_OK(__set(&self->kms, self->image.handle, 64, 64));
	for (i = 0; i < ARRAY_SIZE(at); i++) {
		ASSERT_OK(__move(&self->kms, at[i][0], at[i][1]));
		EXPECT_EQ(crc_with(&screen, &image, at[i][0], at[i][1]),
			  look_crc_now(&self->kms));
	}

	kms_fb_create(self->kms.fd, &other, 64, 64, DRM_FORMAT_ARGB8888);
	picture_fini(&image);
	paint(self->kms.fd, &other, 3, &image);
	ASSERT_OK(__set(&self->kms, other.handle, 64, 64));
	EXPECT_EQ(crc_with(&screen, &image, 0, 0), look_crc_now(&self->kms));
	ASSERT_OK(__set(&self->kms, 0, 0, 0));
	EXPECT_EQ(picture_crc(&screen), look_crc_now(&self->kms));
	picture_fini(&screen);
	picture_fini(&image);
}

/* A client that waits for vblanks would keep the timer running, so no CRCs here. */
TEST_F(cursor, is_seen_with_nobody_waiting)
{
	struct picture screen, image, seen;
	unsigned int i;

	paint(self->kms.fd, &self->screen, 1, &screen);
	paint(self->kms.fd, &self->image, 2, &image);
	ASSERT_OK(__set(&self->kms, self->image.handle, 64, 64));
	for (i = 0; i < 3; i++) {
		ASSERT_OK(__move(&self->kms, 50 * i, 30));
		usleep(100000);
		look_shot(&self->kms, &seen);
		EXPECT_EQ(crc_with(&screen, &image, 50 * i, 30), picture_crc(&seen));
		picture_fini(&seen);
	}
	picture_fini(&screen);
	picture_fini(&image);
}

/* The plane's state after a legacy call is where later commits start. */
TEST_F(cursor, is_told_as_it_was_set)
{
	drmModeAtomicReq *req = drmModeAtomicAlloc();

	kms_add_plane(req, &self->kms, self->kms.cursor, &self->image, 0, 0);
	kms_add(req, self->kms.fd, self->kms.cursor, "SRC_X", 40 << 16);
	kms_add(req, self->kms.fd, self->kms.cursor, "SRC_Y", 60 << 16);
	kms_add(req, self->kms.fd, self->kms.cursor, "SRC_W", 16 << 16);
	kms_add(req, self->kms.fd, self->kms.cursor, "SRC_H", 4 << 16);
	kms_add(req, self->kms.fd, self->kms.cursor, "CRTC_W", 16);
	kms_add(req, self->kms.fd, self->kms.cursor, "CRTC_H", 4);
	kms_commit_free(self->kms.fd, req, 0, 0);
	ASSERT_OK(__set(&self->kms, self->image.handle, 64, 64));
	EXPECT_EQ(0, kms_value(self->kms.fd, self->kms.cursor, "SRC_X"));
	EXPECT_EQ(0, kms_value(self->kms.fd, self->kms.cursor, "SRC_Y"));
	ASSERT_OK(__set(&self->kms, self->image.handle, 32, 10));
	EXPECT_EQ(32, kms_value(self->kms.fd, self->kms.cursor, "CRTC_W"));
	EXPECT_EQ(10, kms_value(self->kms.fd, self->kms.cursor, "CRTC_H"));
	EXPECT_EQ(32 << 16, kms_value(self->kms.fd, self->kms.cursor, "SRC_W"));
	EXPECT_EQ(10 << 16, kms_value(self->kms.fd, self->kms.cursor, "SRC_H"));
}

/* Moves between a flip and its vblank, without any fence. */
TEST_F(cursor, moves_leave_a_flip_its_picture)
{
	struct picture screen[2], image;
	struct kms_event event;
	struct kms_fb next;
	unsigned int i;

	kms_fb_create(self->kms.fd, &next, 640, 480, DRM_FORMAT_XRGB8888);
	paint(self->kms.fd, &self->screen, 1, &screen[0]);
	paint(self->kms.fd, &next, 4, &screen[1]);
	paint(self->kms.fd, &self->image, 2, &image);
	ASSERT_OK(__set(&self->kms, self->image.handle, 64, 64));
	for (i = 0; i < 10; i++) {
		kms_flip(&self->kms, i % 2 ? &self->screen : &next, i);
		usleep(1000);
		ASSERT_OK(__move(&self->kms, 10 * i, 20 * i));
		kms_event(self->kms.fd, &event);
		EXPECT_EQ(crc_with(&screen[(i + 1) % 2], &image, 10 * i, 20 * i),
			  look_crc_now(&self->kms));
	}
	picture_fini(&screen[0]);
	picture_fini(&screen[1]);
	picture_fini(&image);
}

TEST_F(cursor, on_a_dark_pipe_is_kept)
{
	kms_dark(&self->kms);
	EXPECT_OK(__set(&self->kms, self->image.handle, 64, 64));
	EXPECT_OK(__move(&self->kms, 7, 8));
	kms_light(&self->kms, &self->kms.mode, &self->screen);
	EXPECT_EQ(self->kms.crtc, kms_value(self->kms.fd, self->kms.cursor, "CRTC_ID"));
}

/* Returns: 0 or -errno of SETPLANE. */
static int __set_plane(const struct kms *kms, uint32_t plane, const struct kms_fb *fb, int x, int y)
{
	struct drm_mode_set_plane arg = {
		.plane_id = plane, .crtc_id = kms->crtc, .fb_id = fb->fb,
		.crtc_x = x, .crtc_y = y, .crtc_w = fb->width, .crtc_h = fb->height,
		.src_w = fb->width << 16, .src_h = fb->height << 16,
	};

	return vi915_ioctl(kms->fd, DRM_IOCTL_MODE_SETPLANE, &arg);
}

static int __commit_at(const struct kms *kms, uint32_t plane, const struct kms_fb *fb, int x, int y)
{
	drmModeAtomicReq *req = drmModeAtomicAlloc();

	kms_add_plane(req, kms, plane, fb, x, y);
	return __kms_commit_free(kms->fd, req, 0, 0);
}

/* A plane may be anywhere outside of the screen, also where clipping overflows. */
TEST_F(cursor, may_be_as_far_away_as_numbers_go)
{
	static const int far[] = {
		INT32_MIN, INT32_MIN + 1, INT32_MIN + 63, INT32_MIN + 640, INT32_MIN + 1280,
		INT32_MIN / 2 - 1, INT32_MIN / 2, INT16_MIN, INT16_MAX, INT32_MAX / 2,
		INT32_MAX - 64,
	};
	uint32_t planes[] = { self->kms.cursor, self->kms.overlay };
	struct picture screen, image;
	unsigned int i, j;

	paint(self->kms.fd, &self->screen, 1, &screen);
	paint(self->kms.fd, &self->image, 2, &image);
	for (i = 0; i < ARRAY_SIZE(far); i++) {
		ASSERT_OK(__set(&self->kms, self->image.handle, 64, 64));
		EXPECT_OK(__move(&self->kms, far[i], 10));
		EXPECT_OK(__move(&self->kms, 10, far[i]));
		EXPECT_OK(__move(&self->kms, far[i], far[i]));
		EXPECT_EQ(far[i], (int)kms_value(self->kms.fd, self->kms.cursor, "CRTC_X"));
		for (j = 0; j < ARRAY_SIZE(planes); j++) {
			EXPECT_OK(__set_plane(&self->kms, planes[j], &self->image, far[i], 5));
			EXPECT_OK(__commit_at(&self->kms, planes[j], &self->image, 5, far[i]));
			EXPECT_OK(__commit_at(&self->kms, planes[j], &self->image, far[i], far[i]));
		}
		EXPECT_EQ(picture_crc(&screen), look_crc_now(&self->kms)) {
			TH_LOG("at %d", far[i]);
		}
	}
	EXPECT_ERR(ERANGE, __move(&self->kms, INT32_MAX - 63, 0));
	EXPECT_ERR(ERANGE, __move(&self->kms, 0, INT32_MAX));
	/* The cursor can be moved back. */
	EXPECT_OK(__set_plane(&self->kms, self->kms.cursor, &self->image, 30, 40));
	EXPECT_EQ(crc_with(&screen, &image, 30, 40), look_crc_now(&self->kms));
	picture_fini(&screen);
	picture_fini(&image);
}

/* The sizes that i915 allows on gen9, set in each way. */
TEST_F(cursor, of_each_size_is_seen_whichever_way_it_was_set)
{
	static const uint32_t sizes[][2] = {
		{ 64, 64 }, { 64, 8 }, { 128, 128 }, { 128, 33 }, { 256, 256 }, { 256, 100 },
	};
	struct drm_mode_cursor2 cursor2 = {
		.flags = DRM_MODE_CURSOR_BO | DRM_MODE_CURSOR_MOVE, .crtc_id = self->kms.crtc,
		.x = 20, .y = 30,
	};
	uint64_t width = 0, height = 0;
	struct picture screen, image;
	struct kms_fb fb;
	unsigned int i;

	ASSERT_EQ(0, drmGetCap(self->kms.fd, DRM_CAP_CURSOR_WIDTH, &width));
	ASSERT_EQ(0, drmGetCap(self->kms.fd, DRM_CAP_CURSOR_HEIGHT, &height));
	EXPECT_EQ(256, width);
	EXPECT_EQ(256, height);
	paint(self->kms.fd, &self->screen, 1, &screen);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		kms_fb_create(self->kms.fd, &fb, sizes[i][0], sizes[i][1], DRM_FORMAT_ARGB8888);
		paint(self->kms.fd, &fb, 5 + i, &image);
		ASSERT_OK(__set(&self->kms, fb.handle, fb.width, fb.height));
		ASSERT_OK(__move(&self->kms, -7, 9));
		EXPECT_EQ(crc_with(&screen, &image, -7, 9), look_crc_now(&self->kms));
		cursor2.handle = fb.handle;
		cursor2.width = fb.width;
		cursor2.height = fb.height;
		ASSERT_OK(vi915_ioctl(self->kms.fd, DRM_IOCTL_MODE_CURSOR2, &cursor2));
		EXPECT_EQ(crc_with(&screen, &image, 20, 30), look_crc_now(&self->kms));
		ASSERT_OK(__set_plane(&self->kms, self->kms.cursor, &fb, 500, 400));
		EXPECT_EQ(crc_with(&screen, &image, 500, 400), look_crc_now(&self->kms));
		ASSERT_OK(__commit_at(&self->kms, self->kms.cursor, &fb, 200, -3));
		EXPECT_EQ(crc_with(&screen, &image, 200, -3), look_crc_now(&self->kms));
		ASSERT_OK(__set(&self->kms, 0, 0, 0));
		picture_fini(&image);
		kms_fb_destroy(self->kms.fd, &fb);
	}
	picture_fini(&screen);
}

TEST_HARNESS_MAIN
