// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --gpu gpu0,outputs=2
/* Atomic commits: what planes can do, and what is refused without a change. */
#include "gpu_fixture.h"

#include <drm/drm_fourcc.h>

#include "kms.h"

FIXTURE(atomic)
{
	struct kms kms;
	struct kms_fb screen;
	struct kms_fb small;
	drmModeAtomicReq *req;
};

FIXTURE_SETUP(atomic)
{
	kms_open(&self->kms, "gpu0", 0);
	self->kms.mode = kms_mode(&self->kms, 640, 480, 60);
	kms_fb_create(self->kms.fd, &self->screen, 640, 480, DRM_FORMAT_XRGB8888);
	kms_fb_create(self->kms.fd, &self->small, 128, 96, DRM_FORMAT_ARGB8888);
	kms_light(&self->kms, &self->kms.mode, &self->screen);
	self->req = drmModeAtomicAlloc();
}

FIXTURE_TEARDOWN(atomic)
{
	drmModeAtomicFree(self->req);
	kms_close(&self->kms);
}

static int __commit(struct kms *kms, drmModeAtomicReq *req)
{
	return __kms_commit(kms->fd, req, 0, 0);
}

/* A valid commit with one more property, which must be refused. */
static int __with(struct kms *kms, uint32_t plane, const struct kms_fb *fb, const char *name,
		  uint64_t value)
{
	drmModeAtomicReq *req = drmModeAtomicAlloc();

	kms_add_plane(req, kms, plane, fb, 0, 0);
	kms_add(req, kms->fd, plane, name, value);
	return __kms_commit_free(kms->fd, req, 0, 0);
}

TEST_F(atomic, a_plane_may_be_anywhere)
{
	static const int at[][2] = {
		{ 0, 0 }, { 600, 460 }, { -100, -90 }, { 700, 0 }, { 0, -1000 }, { 100, 101 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(at); i++) {
		drmModeAtomicReq *req = drmModeAtomicAlloc();

		kms_add_plane(req, &self->kms, self->kms.overlay, &self->small, at[i][0], at[i][1]);
		kms_add_plane(req, &self->kms, self->kms.cursor, &self->small, at[i][1], at[i][0]);
		EXPECT_OK(__kms_commit_free(self->kms.fd, req, 0, 0));
	}
}

TEST_F(atomic, the_primary_may_be_small_and_off)
{
	kms_add_plane(self->req, &self->kms, self->kms.primary, &self->small, 300, 200);
	EXPECT_OK(__commit(&self->kms, self->req));
	drmModeAtomicFree(self->req);
	self->req = drmModeAtomicAlloc();
	kms_add_plane_off(self->req, &self->kms, self->kms.primary);
	EXPECT_OK(__commit(&self->kms, self->req));
	EXPECT_EQ(1, kms_value(self->kms.fd, self->kms.crtc, "ACTIVE"));
}

TEST_F(atomic, a_part_of_a_picture_may_be_shown)
{
	kms_add_plane(self->req, &self->kms, self->kms.overlay, &self->screen, 0, 0);
	kms_add(self->req, self->kms.fd, self->kms.overlay, "SRC_X", 33u << 16);
	kms_add(self->req, self->kms.fd, self->kms.overlay, "SRC_Y", 17u << 16);
	kms_add(self->req, self->kms.fd, self->kms.overlay, "SRC_W", 100u << 16);
	kms_add(self->req, self->kms.fd, self->kms.overlay, "SRC_H", 50u << 16);
	kms_add(self->req, self->kms.fd, self->kms.overlay, "CRTC_W", 100);
	kms_add(self->req, self->kms.fd, self->kms.overlay, "CRTC_H", 50);
	EXPECT_OK(__commit(&self->kms, self->req));
	/* From the middle of a pixel: the whole pixel is shown. */
	kms_add(self->req, self->kms.fd, self->kms.overlay, "SRC_X", (33u << 16) + 0x8000);
	EXPECT_OK(__commit(&self->kms, self->req));
}

TEST_F(atomic, scaling_is_refused)
{
	static const struct { const char *name; uint64_t value; } scaled[] = {
		{ "CRTC_W", 129 }, { "CRTC_W", 64 }, { "CRTC_H", 97 }, { "CRTC_H", 48 },
		{ "SRC_W", 64u << 16 }, { "SRC_H", 48u << 16 }, { "SRC_W", (127u << 16) + 1 },
	};
	uint32_t planes[] = { self->kms.primary, self->kms.overlay, self->kms.cursor };
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(planes); i++)
		for (j = 0; j < ARRAY_SIZE(scaled); j++)
			EXPECT_EQ(-EINVAL, __with(&self->kms, planes[i], &self->small,
						  scaled[j].name, scaled[j].value)) {
				TH_LOG("plane %u, case %u", i, j);
			}
}

TEST_F(atomic, what_is_outside_of_the_picture_is_refused)
{
	EXPECT_ERR(ENOSPC, __with(&self->kms, self->kms.overlay, &self->small, "SRC_X", 1u << 16));
	EXPECT_ERR(ENOSPC, __with(&self->kms, self->kms.overlay, &self->small, "SRC_H",
				  97u << 16));
	EXPECT_ERR(ERANGE, __with(&self->kms, self->kms.overlay, &self->small, "CRTC_X",
				  0x7fffffff));
}

TEST_F(atomic, blending_has_these_values)
{
	uint64_t mode;

	EXPECT_OK(__with(&self->kms, self->kms.overlay, &self->small, "alpha", 0));
	EXPECT_OK(__with(&self->kms, self->kms.overlay, &self->small, "alpha", 0x1234));
	EXPECT_ERR(EINVAL, __with(&self->kms, self->kms.overlay, &self->small, "alpha", 0x10000));
	for (mode = 0; mode < 3; mode++)
		EXPECT_OK(__with(&self->kms, self->kms.overlay, &self->small, "pixel blend mode",
				 mode));
	EXPECT_ERR(EINVAL, __with(&self->kms, self->kms.overlay, &self->small,
				  "pixel blend mode", 3));
	EXPECT_ERR(EINVAL, __with(&self->kms, self->kms.overlay, &self->small, "zpos", 0));
	EXPECT_ERR(EINVAL, __with(&self->kms, self->kms.overlay, &self->small, "COLOR_ENCODING",
				  2));
	EXPECT_OK(__with(&self->kms, self->kms.overlay, &self->small, "COLOR_RANGE", 1));
}

TEST_F(atomic, formats_are_those_of_the_plane)
{
	static const uint32_t formats[] = {
		DRM_FORMAT_XRGB8888, DRM_FORMAT_ARGB8888, DRM_FORMAT_XBGR8888,
		DRM_FORMAT_ABGR8888, DRM_FORMAT_RGB565, DRM_FORMAT_XRGB2101010,
		DRM_FORMAT_NV12, DRM_FORMAT_YUYV,
	};
	unsigned int i;
	struct kms_fb fb;

	for (i = 0; i < ARRAY_SIZE(formats); i++) {
		kms_fb_create(self->kms.fd, &fb, 128, 96, formats[i]);
		EXPECT_OK(__with(&self->kms, self->kms.primary, &fb, "alpha", 0xffff));
		EXPECT_OK(__with(&self->kms, self->kms.overlay, &fb, "alpha", 0xffff));
		EXPECT_EQ(formats[i] == DRM_FORMAT_ARGB8888 ? 0 : -EINVAL,
			  __with(&self->kms, self->kms.cursor, &fb, "alpha", 0xffff));
	}
}

TEST_F(atomic, a_cursor_plane_is_no_larger_than_a_cursor)
{
	struct kms_fb large;

	kms_fb_create(self->kms.fd, &large, 272, 256, DRM_FORMAT_ARGB8888);
	EXPECT_ERR(EINVAL, __with(&self->kms, self->kms.cursor, &large, "alpha", 0xffff));
	kms_fb_create(self->kms.fd, &large, 256, 256, DRM_FORMAT_ARGB8888);
	EXPECT_OK(__with(&self->kms, self->kms.cursor, &large, "alpha", 0xffff));
}

TEST_F(atomic, planes_stay_with_their_pipe)
{
	struct kms other;

	kms_find(&other, self->kms.fd, 1);
	EXPECT_ERR(EINVAL, __with(&self->kms, self->kms.overlay, &self->small, "CRTC_ID",
				  other.crtc));
}

TEST_F(atomic, a_refused_commit_changes_nothing)
{
	kms_add_plane(self->req, &self->kms, self->kms.primary, &self->small, 5, 5);
	kms_add_plane(self->req, &self->kms, self->kms.overlay, &self->small, 0, 0);
	kms_add(self->req, self->kms.fd, self->kms.overlay, "CRTC_W", 256);
	EXPECT_ERR(EINVAL, __commit(&self->kms, self->req));
	EXPECT_EQ(self->screen.fb, kms_value(self->kms.fd, self->kms.primary, "FB_ID"));
	EXPECT_EQ(0, kms_value(self->kms.fd, self->kms.primary, "CRTC_X"));
	EXPECT_EQ(0, kms_value(self->kms.fd, self->kms.overlay, "CRTC_ID"));
}

TEST_F(atomic, testing_only_changes_nothing)
{
	kms_add_plane(self->req, &self->kms, self->kms.overlay, &self->small, 0, 0);
	EXPECT_OK(__kms_commit(self->kms.fd, self->req, DRM_MODE_ATOMIC_TEST_ONLY, 0));
	EXPECT_EQ(0, kms_value(self->kms.fd, self->kms.overlay, "FB_ID"));
}

TEST_F(atomic, a_modeset_must_be_allowed)
{
	drmModeModeInfo mode = kms_mode(&self->kms, 800, 600, 60);

	kms_add_mode(self->req, &self->kms, &mode);
	EXPECT_ERR(EINVAL, __commit(&self->kms, self->req));
	EXPECT_OK(__kms_commit(self->kms.fd, self->req, DRM_MODE_ATOMIC_ALLOW_MODESET, 0));
}

/* A pipe needs both a mode and a connector, a plane both a CRTC and a framebuffer. */
TEST_F(atomic, half_a_pipe_is_refused)
{
	kms_add(self->req, self->kms.fd, self->kms.connector, "CRTC_ID", 0);
	EXPECT_ERR(EINVAL, __kms_commit(self->kms.fd, self->req, DRM_MODE_ATOMIC_ALLOW_MODESET,
					0));
	drmModeAtomicFree(self->req);
	self->req = drmModeAtomicAlloc();
	kms_add(self->req, self->kms.fd, self->kms.overlay, "FB_ID", self->small.fb);
	EXPECT_ERR(EINVAL, __commit(&self->kms, self->req));
}

TEST_F(atomic, damage_is_taken)
{
	struct drm_mode_rect clips[] = { { 0, 0, 10, 10 }, { 100, 200, 640, 480 } };
	struct drm_mode_rect bad = { 10, 10, 5, 5 };
	uint32_t blob = kms_blob(self->kms.fd, clips, sizeof(clips));

	EXPECT_OK(__with(&self->kms, self->kms.primary, &self->screen, "FB_DAMAGE_CLIPS", blob));
	EXPECT_ERR(EINVAL, __with(&self->kms, self->kms.primary, &self->screen,
				  "FB_DAMAGE_CLIPS",
				  kms_blob(self->kms.fd, clips, sizeof(clips) - 1)));
	EXPECT_ERR(EINVAL, __with(&self->kms, self->kms.primary, &self->screen,
				  "FB_DAMAGE_CLIPS",
				  kms_blob(self->kms.fd, &bad, sizeof(bad))));
	EXPECT_OK(drmModeDirtyFB(self->kms.fd, self->screen.fb, NULL, 0));
}

TEST_F(atomic, two_pipes_change_in_one_commit)
{
	struct kms_event event;
	struct kms other;
	unsigned int i;

	kms_find(&other, self->kms.fd, 1);
	kms_light(&other, &self->kms.mode, &self->screen);
	kms_add_plane(self->req, &self->kms, self->kms.primary, &self->small, 0, 0);
	kms_add_plane(self->req, &other, other.primary, &self->small, 0, 0);
	EXPECT_OK(__kms_commit(self->kms.fd, self->req,
			       DRM_MODE_ATOMIC_NONBLOCK | DRM_MODE_PAGE_FLIP_EVENT, 4));
	for (i = 0; i < 2; i++) {
		kms_event(self->kms.fd, &event);
		EXPECT_EQ(4, event.user);
	}
}

TEST_HARNESS_MAIN
