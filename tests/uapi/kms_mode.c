// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --gpu gpu0,outputs=2
/* Modes: which exist, which a client may set, and which are refused. */
#include "gpu_fixture.h"

#include <drm/drm_fourcc.h>

#include "kms.h"

FIXTURE(mode)
{
	struct kms kms;
	struct kms_fb fb;
};

FIXTURE_SETUP(mode)
{
	kms_open(&self->kms, "gpu0", 0);
	kms_fb_create(self->kms.fd, &self->fb, 4112, 2176, DRM_FORMAT_XRGB8888);
}

FIXTURE_TEARDOWN(mode)
{
	kms_close(&self->kms);
}

/* Sets a mode with a part of the framebuffer as large as the mode. */
static int __set(struct kms *kms, const drmModeModeInfo *mode, const struct kms_fb *fb)
{
	struct kms_fb part = *fb;

	part.width = mode->hdisplay;
	part.height = mode->vdisplay;
	return __kms_light(kms, mode, &part);
}

TEST_F(mode, the_preferred_one_is_1080p)
{
	EXPECT_EQ(1920, self->kms.mode.hdisplay);
	EXPECT_EQ(1080, self->kms.mode.vdisplay);
	EXPECT_EQ(60, self->kms.mode.vrefresh);
	EXPECT_NE(0, self->kms.mode.type & DRM_MODE_TYPE_PREFERRED);
}

/* So that pitches of 4 bytes a pixel are multiples of 64 on every driver. */
TEST_F(mode, widths_are_multiples_of_16)
{
	drmModeConnector *connector = drmModeGetConnector(self->kms.fd, self->kms.connector);
	int i;

	ASSERT_NE(NULL, connector);
	EXPECT_GT(connector->count_modes, 20);
	for (i = 0; i < connector->count_modes; i++)
		EXPECT_EQ(0, connector->modes[i].hdisplay % 16);
	drmModeFreeConnector(connector);
	kms_mode(&self->kms, 4096, 2160, 60);
	kms_mode(&self->kms, 3840, 2160, 60);
	kms_mode(&self->kms, 640, 480, 60);
}

TEST_F(mode, each_of_the_list_can_be_set)
{
	drmModeConnector *connector = drmModeGetConnector(self->kms.fd, self->kms.connector);
	int i;

	ASSERT_NE(NULL, connector);
	for (i = 0; i < connector->count_modes; i++)
		EXPECT_EQ(0, __set(&self->kms, &connector->modes[i], &self->fb)) {
			TH_LOG("%s", connector->modes[i].name);
		}
	drmModeFreeConnector(connector);
}

TEST_F(mode, one_that_nobody_offered_can_be_set)
{
	drmModeModeInfo mode = kms_mode(&self->kms, 640, 480, 60);

	mode.hdisplay = 333;
	mode.vdisplay = 77;
	EXPECT_OK(__set(&self->kms, &mode, &self->fb));
	mode.clock *= 5;
	EXPECT_OK(__set(&self->kms, &mode, &self->fb));
	/* Even a single pixel. */
	mode.hdisplay = 1;
	mode.vdisplay = 1;
	EXPECT_OK(__set(&self->kms, &mode, &self->fb));
}

struct bad_mode {
	const char *what;
	void (*break_it)(drmModeModeInfo *mode);
};

static void interlace(drmModeModeInfo *mode)
{
	mode->flags |= DRM_MODE_FLAG_INTERLACE;
}

static void double_scan(drmModeModeInfo *mode)
{
	mode->flags |= DRM_MODE_FLAG_DBLSCAN;
}

static void double_clock(drmModeModeInfo *mode)
{
	mode->flags |= DRM_MODE_FLAG_DBLCLK;
}

static void both_eyes(drmModeModeInfo *mode)
{
	mode->flags |= DRM_MODE_FLAG_3D_FRAME_PACKING;
}

static void more_scans(drmModeModeInfo *mode)
{
	mode->vscan = 2;
}

static void too_wide(drmModeModeInfo *mode)
{
	mode->hdisplay = 4097;
	mode->hsync_start = 4184;
	mode->hsync_end = 4272;
	mode->htotal = 4400;
	mode->clock *= 4;
}

static void too_high(drmModeModeInfo *mode)
{
	mode->vdisplay = 2161;
	mode->vsync_start = 2168;
	mode->vsync_end = 2178;
	mode->vtotal = 2250;
	mode->clock *= 2;
}

static void too_fast(drmModeModeInfo *mode)
{
	mode->clock *= 9;
}

static void above_the_fastest_clock(drmModeModeInfo *mode)
{
	/* The refresh rate of 457 Hz is fine, the clock is not. */
	mode->htotal = 10000;
	mode->clock = 2400001;
}

static void too_slow(drmModeModeInfo *mode)
{
	mode->clock = 100;
}

static void no_clock(drmModeModeInfo *mode)
{
	mode->clock = 0;
}

static void no_width(drmModeModeInfo *mode)
{
	mode->hdisplay = 0;
}

static void sync_before_its_start(drmModeModeInfo *mode)
{
	mode->hsync_end = mode->hsync_start - 1;
}

static const struct bad_mode bad_modes[] = {
	{ "interlaced", interlace },
	{ "double scan", double_scan },
	{ "double clock", double_clock },
	{ "3D", both_eyes },
	{ "each line twice", more_scans },
	{ "too wide", too_wide },
	{ "too high", too_high },
	{ "more than 500 Hz", too_fast },
	{ "above the fastest clock", above_the_fastest_clock },
	{ "less than 1 Hz", too_slow },
	{ "no clock", no_clock },
	{ "no width", no_width },
	{ "syncs that end before they begin", sync_before_its_start },
};

TEST_F(mode, what_is_no_picture_of_ours_is_refused)
{
	drmModeModeInfo good = kms_mode(&self->kms, 640, 480, 60);
	unsigned int i;

	ASSERT_OK(__set(&self->kms, &good, &self->fb));
	for (i = 0; i < ARRAY_SIZE(bad_modes); i++) {
		drmModeModeInfo mode = good;
		struct drm_mode_crtc arg = {
			.crtc_id = self->kms.crtc,
			.fb_id = self->fb.fb,
			.set_connectors_ptr = (uintptr_t)&self->kms.connector,
			.count_connectors = 1,
			.mode_valid = 1,
		};

		bad_modes[i].break_it(&mode);
		memcpy(&arg.mode, &mode, sizeof(mode));
		EXPECT_EQ(-EINVAL, vi915_ioctl(self->kms.fd, DRM_IOCTL_MODE_SETCRTC, &arg)) {
			TH_LOG("%s", bad_modes[i].what);
		}
	}
	/* The old mode is still set. */
	EXPECT_EQ(1, kms_value(self->kms.fd, self->kms.crtc, "ACTIVE"));
}

TEST_F(mode, the_fastest_clock_is_said_in_debugfs)
{
	char text[256], *at;

	ASSERT_GT(__vi915_debugfs_read(self->kms.fd, "i915_cdclk_info", text, sizeof(text)), 0);
	at = strstr(text, "Max pixel clock frequency: ");
	ASSERT_NE(NULL, at);
	EXPECT_EQ(2400000, atoi(at + strlen("Max pixel clock frequency: ")));
}

TEST_F(mode, a_connector_goes_with_no_other_crtc)
{
	drmModeModeInfo mode = self->kms.mode;
	struct kms other;

	kms_find(&other, self->kms.fd, 1);
	other.connector = self->kms.connector;
	EXPECT_ERR(EINVAL, __set(&other, &mode, &self->fb));
	kms_find(&other, self->kms.fd, 1);
	other.primary = self->kms.primary;
	EXPECT_ERR(EINVAL, __set(&other, &mode, &self->fb));
}

TEST_F(mode, power_off_keeps_the_picture)
{
	drmModeAtomicReq *req;

	ASSERT_OK(__set(&self->kms, &self->kms.mode, &self->fb));
	req = drmModeAtomicAlloc();
	kms_add(req, self->kms.fd, self->kms.crtc, "ACTIVE", 0);
	kms_commit_free(self->kms.fd, req, DRM_MODE_ATOMIC_ALLOW_MODESET, 0);
	/* A flip while the CRTC is off would have no vblank. */
	EXPECT_ERR(EINVAL, __kms_flip(&self->kms, &self->fb, 0));
	req = drmModeAtomicAlloc();
	kms_add(req, self->kms.fd, self->kms.crtc, "ACTIVE", 1);
	kms_commit_free(self->kms.fd, req, DRM_MODE_ATOMIC_ALLOW_MODESET, 0);
	EXPECT_EQ(self->fb.fb, kms_value(self->kms.fd, self->kms.primary, "FB_ID"));
}

TEST_HARNESS_MAIN
