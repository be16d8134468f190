// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --gpu picky,in_fence=0 --gpu other
/*
 * A display that refuses IN_FENCE_FD: a commit with one is EPERM, also with
 * TEST_ONLY. Compositors learned of such displays from bug reports (gamescope
 * bc064588, smithay fb44b240). This has a box of its own.
 */
#include "test.h"

#include <unistd.h>

#include "exec.h"
#include "gem.h"
#include "gpu.h"
#include "kms.h"
#include "look.h"
#include "prime.h"
#include "proc.h"

#define WIDTH	640
#define HEIGHT	480

#define OLD	0x102030u
#define NEW	0x405060u

/* The old picture is on the screen; the other GPU draws the new one. */
FIXTURE(picky)
{
	struct kms kms;
	drmModeModeInfo mode;
	struct kms_fb old;
	struct kms_fb new;
	int other;
	uint32_t theirs;
	int fence;
};

FIXTURE_SETUP(picky)
{
	int dmabuf;

	kms_open(&self->kms, "picky", 0);
	self->mode = kms_mode(&self->kms, WIDTH, HEIGHT, 60);
	kms_fb_create(self->kms.fd, &self->old, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888);
	kms_fb_fill(self->kms.fd, &self->old, OLD);
	kms_fb_create(self->kms.fd, &self->new, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888);
	kms_light(&self->kms, &self->mode, &self->old);

	self->other = vi915_open_render("other");
	dmabuf = prime_export(self->kms.fd, self->new.handle);
	self->theirs = prime_import(self->other, dmabuf);
	close(dmabuf);
	self->fence = exec_fill_fence(self->other, 0, I915_EXEC_BLT, self->theirs,
				      self->new.size / VI915_PAGE, NEW, -1);
}

FIXTURE_TEARDOWN(picky)
{
	close(self->fence);
	close(self->other);
	kms_close(&self->kms);
}

static void shows_at(const char *at, const struct kms *kms, uint32_t pixel)
{
	struct picture expected, seen;

	picture_init(&expected, WIDTH, HEIGHT);
	picture_fill(&expected, 0, 0, WIDTH, HEIGHT, pixel);
	vi915_check_at(at, "look_shot", __look_shot(kms, "vi915_shot", &seen));
	picture_same_at(at, &expected, &seen, 0);
	picture_fini(&expected);
	picture_fini(&seen);
}

#define shows(kms, pixel) shows_at(VI915_AT, kms, pixel)

/* Flips to @fb with the in-fence @fence, by a commit with @flags. */
static int flip(struct kms *kms, const struct kms_fb *fb, int fence, uint32_t flags)
{
	drmModeAtomicReq *req = drmModeAtomicAlloc();

	kms_add(req, kms->fd, kms->primary, "FB_ID", fb->fb);
	kms_add(req, kms->fd, kms->primary, "IN_FENCE_FD", fence);
	return __kms_commit_free(kms->fd, req, flags, 0);
}

TEST_F(picky, a_commit_with_a_fence_is_eperm_and_shows_nothing)
{
	EXPECT_ERR(EPERM, flip(&self->kms, &self->new, self->fence, 0));
	EXPECT_ERR(EPERM, flip(&self->kms, &self->new, self->fence, DRM_MODE_ATOMIC_NONBLOCK));
	EXPECT_ERR(EPERM, flip(&self->kms, &self->new, self->fence,
			       DRM_MODE_ATOMIC_NONBLOCK | DRM_MODE_PAGE_FLIP_EVENT));
	EXPECT_ERR(EPERM, flip(&self->kms, &self->new, self->fence,
			       DRM_MODE_ATOMIC_ALLOW_MODESET));
	shows(&self->kms, OLD);
}

TEST_F(picky, a_test_is_told_too)
{
	EXPECT_ERR(EPERM, flip(&self->kms, &self->new, self->fence, DRM_MODE_ATOMIC_TEST_ONLY));
	EXPECT_OK(flip(&self->kms, &self->new, -1, DRM_MODE_ATOMIC_TEST_ONLY));
}

TEST_F(picky, a_fence_that_has_signalled_is_a_fence)
{
	EXPECT_EQ(1, exec_fence_wait(self->fence));
	EXPECT_ERR(EPERM, flip(&self->kms, &self->new, self->fence, 0));
}

/* The workaround of compositors: wait for the fence, then commit without it. */
TEST_F(picky, without_a_fence_it_goes)
{
	EXPECT_EQ(1, exec_fence_wait(self->fence));
	EXPECT_OK(flip(&self->kms, &self->new, -1, 0));
	shows(&self->kms, NEW);
}

/* Implicit fences in the buffer are not affected. */
TEST_F(picky, fences_in_the_buffer_are_waited_for)
{
	int timeline = sw_timeline(), fence = sw_fence(timeline, 1);
	struct kms_event event;

	gem_attach_fence(self->kms.fd, self->new.handle, fence, DMA_BUF_SYNC_WRITE);
	kms_flip(&self->kms, &self->new, 1);
	EXPECT_ERR(ETIME, __kms_event(self->kms.fd, 100, &event));
	shows(&self->kms, OLD);
	sw_signal(timeline, 1);
	kms_event(self->kms.fd, &event);
	shows(&self->kms, NEW);
	close(fence);
	close(timeline);
}

TEST_F(picky, any_plane_of_a_commit_will_do)
{
	drmModeAtomicReq *req = drmModeAtomicAlloc();
	int fd = self->kms.fd;
	struct kms_fb top;

	kms_fb_create(fd, &top, 64, 64, DRM_FORMAT_ARGB8888);
	kms_add(req, fd, self->kms.primary, "FB_ID", self->new.fb);
	kms_add_plane(req, &self->kms, self->kms.overlay, &top, 0, 0);
	kms_add(req, fd, self->kms.overlay, "IN_FENCE_FD", self->fence);
	EXPECT_ERR(EPERM, __kms_commit_free(fd, req, 0, 0));
	/* Also for a plane that shows nothing. */
	req = drmModeAtomicAlloc();
	kms_add(req, fd, self->kms.cursor, "IN_FENCE_FD", self->fence);
	EXPECT_ERR(EPERM, __kms_commit_free(fd, req, 0, 0));
	shows(&self->kms, OLD);
}

TEST_F(picky, what_is_no_fence_is_still_einval)
{
	EXPECT_ERR(EINVAL, flip(&self->kms, &self->new, self->kms.fd, 0));
	EXPECT_ERR(EINVAL, flip(&self->kms, &self->new, 9999, DRM_MODE_ATOMIC_TEST_ONLY));
}

TEST_F(picky, it_gives_fences_all_the_same)
{
	drmModeAtomicReq *req = drmModeAtomicAlloc();
	int out = -1;

	kms_add(req, self->kms.fd, self->kms.primary, "FB_ID", self->new.fb);
	kms_add(req, self->kms.fd, self->kms.crtc, "OUT_FENCE_PTR", (uintptr_t)&out);
	kms_commit_free(self->kms.fd, req, DRM_MODE_ATOMIC_NONBLOCK, 0);
	ASSERT_GE(out, 0);
	EXPECT_EQ(1, exec_fence_wait(out));
	close(out);
}

TEST_HARNESS_MAIN
