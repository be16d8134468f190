// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --gpu gpu0,outputs=8 --gpu off,vblank=off --gpu none,outputs=0 --gpu screen,render=0
/* Which outputs exist, which objects belong together, and their properties. */
#include "gpu_fixture.h"

#include <drm/drm_fourcc.h>
#include <string.h>

#include "kms.h"

#define OUTPUTS 8

FIXTURE(card)
{
	struct kms kms;
};

FIXTURE_SETUP(card)
{
	kms_open(&self->kms, "gpu0", 0);
}

FIXTURE_TEARDOWN(card)
{
	kms_close(&self->kms);
}

TEST_F(card, has_as_many_pipes_as_described)
{
	drmModeRes *res = drmModeGetResources(self->kms.fd);
	struct kms other;
	unsigned int i;

	ASSERT_NE(NULL, res);
	EXPECT_EQ(OUTPUTS, res->count_crtcs);
	EXPECT_EQ(16384, res->max_width);
	EXPECT_EQ(16384, res->max_height);
	drmModeFreeResources(res);
	for (i = 1; i < OUTPUTS; i++) {
		/* Ends the test unless all objects of this pipe exist. */
		kms_find(&other, self->kms.fd, i);
		EXPECT_NE(self->kms.primary, other.primary);
	}
}

TEST_F(card, planes_are_in_order)
{
	EXPECT_EQ(0, kms_value(self->kms.fd, self->kms.primary, "zpos"));
	EXPECT_EQ(1, kms_value(self->kms.fd, self->kms.overlay, "zpos"));
	EXPECT_EQ(2, kms_value(self->kms.fd, self->kms.cursor, "zpos"));
}

TEST_F(card, planes_have_what_compositors_look_for)
{
	static const char *const names[] = {
		"FB_DAMAGE_CLIPS", "IN_FENCE_FD", "IN_FORMATS", "alpha", "pixel blend mode",
	};
	uint32_t planes[] = { self->kms.primary, self->kms.overlay, self->kms.cursor };
	unsigned int i, j;
	uint64_t value;
	uint32_t id;

	for (i = 0; i < ARRAY_SIZE(planes); i++)
		for (j = 0; j < ARRAY_SIZE(names); j++)
			EXPECT_EQ(0, __kms_prop(self->kms.fd, planes[i], names[j], &id, &value)) {
				TH_LOG("property %u of plane %u", j, i);
			}
	EXPECT_OK(__kms_prop(self->kms.fd, planes[0], "COLOR_ENCODING", &id, &value));
	EXPECT_OK(__kms_prop(self->kms.fd, planes[1], "COLOR_RANGE", &id, &value));
	EXPECT_ERR(ENOENT, __kms_prop(self->kms.fd, planes[2], "COLOR_RANGE", &id, &value));
	EXPECT_EQ(0xffff, kms_value(self->kms.fd, planes[1], "alpha"));
}

struct cap {
	uint64_t cap;
	uint64_t value;
};

static const struct cap caps[] = {
	{ DRM_CAP_DUMB_BUFFER, 1 },
	{ DRM_CAP_DUMB_PREFERRED_DEPTH, 24 },
	{ DRM_CAP_DUMB_PREFER_SHADOW, 0 },
	{ DRM_CAP_VBLANK_HIGH_CRTC, 1 },
	{ DRM_CAP_TIMESTAMP_MONOTONIC, 1 },
	{ DRM_CAP_ASYNC_PAGE_FLIP, 1 },
	{ DRM_CAP_ATOMIC_ASYNC_PAGE_FLIP, 1 },
	{ DRM_CAP_CURSOR_WIDTH, 256 },
	{ DRM_CAP_CURSOR_HEIGHT, 256 },
	{ DRM_CAP_ADDFB2_MODIFIERS, 1 },
	{ DRM_CAP_CRTC_IN_VBLANK_EVENT, 1 },
};

TEST_F(card, capabilities_are_these)
{
	unsigned int i;
	uint64_t value;

	for (i = 0; i < ARRAY_SIZE(caps); i++) {
		ASSERT_OK(__vi915_cap(self->kms.fd, caps[i].cap, &value));
		EXPECT_EQ(caps[i].value, value) {
			TH_LOG("cap %llu", (unsigned long long)caps[i].cap);
		}
	}
}

static int __pipe(int fd, uint32_t crtc, uint32_t *pipe)
{
	struct drm_i915_get_pipe_from_crtc_id arg = { .crtc_id = crtc };
	int ret = vi915_ioctl(fd, DRM_IOCTL_I915_GET_PIPE_FROM_CRTC_ID, &arg);

	*pipe = arg.pipe;
	return ret;
}

TEST_F(card, a_crtc_knows_its_pipe)
{
	struct kms last;
	uint32_t pipe;

	kms_find(&last, self->kms.fd, OUTPUTS - 1);
	ASSERT_OK(__pipe(self->kms.fd, self->kms.crtc, &pipe));
	EXPECT_EQ(0, pipe);
	ASSERT_OK(__pipe(self->kms.fd, last.crtc, &pipe));
	EXPECT_EQ(OUTPUTS - 1, pipe);
}

TEST_F(card, only_a_crtc_has_a_pipe)
{
	int render = vi915_open_render("gpu0");
	uint32_t pipe;

	EXPECT_ERR(ENOENT, __pipe(self->kms.fd, self->kms.primary, &pipe));
	EXPECT_ERR(ENOENT, __pipe(self->kms.fd, 0, &pipe));
	EXPECT_ERR(EACCES, __pipe(render, self->kms.crtc, &pipe));
	close(render);
}

/* Number of frames of the first output, from vi915_outputs. */
static int frames_in(const char *text)
{
	const char *at = strstr(text, "output=0 connector=");
	int frames = -1;

	if (at)
		sscanf(at, "output=0 connector=%*s frames=%d crtc=", &frames);
	return frames;
}

TEST_F(card, debugfs_says_what_is_shown)
{
	char text[4096], want[256];
	struct kms_fb fb, image;
	drmModeAtomicReq *req;
	int frames;

	ASSERT_GT(__vi915_debugfs_read(self->kms.fd, "crtc-1/i915_pipe", text, sizeof(text)), 0);
	EXPECT_STREQ("B\n", text);
	/* An earlier test may have left it lit. */
	kms_dark(&self->kms);
	ASSERT_GT(__vi915_debugfs_read(self->kms.fd, "vi915_outputs", text, sizeof(text)), 0);
	snprintf(want, sizeof(want), "crtc=%u dark\n", self->kms.crtc);
	EXPECT_NE(NULL, strstr(text, want)) {
		TH_LOG("%s", text);
	}
	frames = frames_in(text);
	EXPECT_LE(0, frames);

	kms_fb_create(self->kms.fd, &fb, 1920, 1080, DRM_FORMAT_XRGB8888);
	kms_fb_create(self->kms.fd, &image, 64, 32, DRM_FORMAT_ARGB8888);
	kms_light(&self->kms, &self->kms.mode, &fb);
	req = drmModeAtomicAlloc();
	kms_add_plane(req, &self->kms, self->kms.cursor, &image, -4, 1070);
	kms_commit_free(self->kms.fd, req, 0, 0);
	ASSERT_GT(__vi915_debugfs_read(self->kms.fd, "vi915_outputs", text, sizeof(text)), 0);
	/* One frame for lighting, one for the cursor. */
	EXPECT_EQ(frames + 2, frames_in(text));
	snprintf(want, sizeof(want), "crtc=%u mode=1920x1080 period=16666666\n", self->kms.crtc);
	EXPECT_NE(NULL, strstr(text, want));
	snprintf(want, sizeof(want), "plane=cursor fb=%u format=AR24 ", image.fb);
	EXPECT_NE(NULL, strstr(text, want)) {
		TH_LOG("%s", text);
	}
	EXPECT_NE(NULL, strstr(text, "src=4,0 dst=0,1070,60x10 alpha=0xffff\n"));
}

TEST(a_gpu_without_outputs_refuses_the_calls_for_them)
{
	int fd = vi915_open("none"), render = vi915_open_render("none"), value = -1;
	struct drm_mode_card_res res = {};
	uint32_t pipe;

	EXPECT_ERR(EOPNOTSUPP, vi915_ioctl(fd, DRM_IOCTL_MODE_GETRESOURCES, &res));
	EXPECT_ERR(EOPNOTSUPP, __pipe(fd, 1, &pipe));
	ASSERT_OK(__gem_getparam(render, I915_PARAM_HAS_PAGEFLIPPING, &value));
	EXPECT_EQ(0, value);
	close(render);
	close(fd);
}

TEST(a_gpu_without_render_node_shows)
{
	struct kms kms;
	struct kms_fb fb;

	kms_open(&kms, "screen", 0);
	kms_fb_create(kms.fd, &fb, kms.mode.hdisplay, kms.mode.vdisplay, DRM_FORMAT_XRGB8888);
	kms_light(&kms, &kms.mode, &fb);
	EXPECT_EQ(kms.crtc, kms_value(kms.fd, kms.primary, "CRTC_ID"));
	kms_dark(&kms);
	kms_close(&kms);
}

TEST(all_pipes_show_at_once)
{
	struct kms kms[OUTPUTS];
	struct kms_event event;
	unsigned int i, seen = 0;
	struct kms_fb fb;

	kms_open(&kms[0], "gpu0", 0);
	kms_fb_create(kms[0].fd, &fb, 1920, 1080, DRM_FORMAT_XRGB8888);
	for (i = 0; i < OUTPUTS; i++) {
		if (i)
			kms_find(&kms[i], kms[0].fd, i);
		kms_light(&kms[i], &kms[i].mode, &fb);
	}
	for (i = 0; i < OUTPUTS; i++)
		kms_flip(&kms[i], &fb, i);
	for (i = 0; i < OUTPUTS; i++) {
		kms_event(kms[0].fd, &event);
		ASSERT_LT(event.user, OUTPUTS);
		EXPECT_EQ(kms[event.user].crtc, event.crtc);
		seen |= 1u << event.user;
	}
	EXPECT_EQ((1u << OUTPUTS) - 1, seen);
	kms_close(&kms[0]);
}

TEST_HARNESS_MAIN
