// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --gpu gpu0,outputs=2 --gpu off,vblank=off
/* Flips: when they complete, what they wait for, and their events. */
#include "gpu_fixture.h"

#include <drm/drm_fourcc.h>
#include <poll.h>
#include <time.h>

#include "kms.h"

FIXTURE(flip)
{
	struct kms kms;
	struct kms_fb a;
	struct kms_fb b;
	int timeline;
};

FIXTURE_SETUP(flip)
{
	kms_open(&self->kms, "gpu0", 0);
	self->kms.mode = kms_mode(&self->kms, 640, 480, 60);
	kms_fb_create(self->kms.fd, &self->a, 640, 480, DRM_FORMAT_XRGB8888);
	kms_fb_create(self->kms.fd, &self->b, 640, 480, DRM_FORMAT_XRGB8888);
	kms_light(&self->kms, &self->kms.mode, &self->a);
	self->timeline = sw_timeline();
}

FIXTURE_TEARDOWN(flip)
{
	close(self->timeline);
	kms_close(&self->kms);
}

/* Periods are computed exactly, but events have whole microseconds. */
static bool is_frames(const struct kms *kms, uint64_t ns, uint64_t frames)
{
	uint64_t want = frames * kms_period(&kms->mode);

	return ns + 2000 > want && ns < want + 2000 + frames;
}

TEST_F(flip, completes_at_a_vblank_and_says_which)
{
	struct kms_event first, event;
	unsigned int i, next = 0;

	kms_flip(&self->kms, &self->b, 100);
	kms_event(self->kms.fd, &first);
	EXPECT_EQ(DRM_EVENT_FLIP_COMPLETE, first.type);
	EXPECT_EQ(self->kms.crtc, first.crtc);
	EXPECT_EQ(100, first.user);
	for (i = 0; i < 20; i++) {
		kms_flip(&self->kms, i % 2 ? &self->b : &self->a, i);
		kms_event(self->kms.fd, &event);
		EXPECT_EQ(i, event.user);
		EXPECT_GT(event.sequence, first.sequence);
		next += event.sequence == first.sequence + 1;
		EXPECT_TRUE(is_frames(&self->kms, event.ns - first.ns,
				      event.sequence - first.sequence)) {
			TH_LOG("%u frames, %llu ns", event.sequence - first.sequence,
			       (unsigned long long)(event.ns - first.ns));
		}
		first = event;
	}
	/* At least some flips were shown at the very next vblank. */
	EXPECT_GT(next, 0);
}

TEST_F(flip, is_complete_between_the_call_and_its_event)
{
	struct kms_event event;
	struct timespec ts;
	uint64_t before, after;
	unsigned int i;

	for (i = 0; i < 20; i++) {
		clock_gettime(CLOCK_MONOTONIC, &ts);
		before = ts.tv_sec * 1000000000ull + ts.tv_nsec;
		kms_flip(&self->kms, &self->b, i);
		kms_event(self->kms.fd, &event);
		clock_gettime(CLOCK_MONOTONIC, &ts);
		after = ts.tv_sec * 1000000000ull + ts.tv_nsec;
		EXPECT_GT(event.ns + 1000, before);
		EXPECT_LE(event.ns, after);
	}
}

TEST_F(flip, another_one_meanwhile_is_refused)
{
	int fence = sw_fence(self->timeline, 1);
	struct kms_event event;

	gem_attach_fence(self->kms.fd, self->b.handle, fence, DMA_BUF_SYNC_WRITE);
	kms_flip(&self->kms, &self->b, 1);
	EXPECT_ERR(EBUSY, __kms_flip(&self->kms, &self->a, 2));
	EXPECT_ERR(EBUSY, __kms_page_flip(&self->kms, &self->a, DRM_MODE_PAGE_FLIP_EVENT, 3));
	sw_signal(self->timeline, 1);
	kms_event(self->kms.fd, &event);
	EXPECT_EQ(1, event.user);
	EXPECT_ERR(ETIME, __kms_event(self->kms.fd, 0, &event));
	close(fence);
}

TEST_F(flip, waits_for_who_writes_the_buffer)
{
	int fence = sw_fence(self->timeline, 1);
	struct kms_event event;

	gem_attach_fence(self->kms.fd, self->b.handle, fence, DMA_BUF_SYNC_WRITE);
	kms_flip(&self->kms, &self->b, 1);
	/* Longer than several frames. */
	EXPECT_ERR(ETIME, __kms_event(self->kms.fd, 100, &event));
	sw_signal(self->timeline, 1);
	kms_event(self->kms.fd, &event);
	EXPECT_EQ(1, event.user);
	close(fence);
}

TEST_F(flip, does_not_wait_for_who_reads_the_buffer)
{
	int fence = sw_fence(self->timeline, 1);
	struct kms_event event;

	gem_attach_fence(self->kms.fd, self->b.handle, fence, DMA_BUF_SYNC_READ);
	kms_flip(&self->kms, &self->b, 1);
	kms_event(self->kms.fd, &event);
	EXPECT_EQ(0, sync_file_status(fence));
	close(fence);
}

TEST_F(flip, waits_for_its_in_fence)
{
	int fence = sw_fence(self->timeline, 1);
	drmModeAtomicReq *req = drmModeAtomicAlloc();
	struct kms_event event;

	kms_add(req, self->kms.fd, self->kms.primary, "FB_ID", self->b.fb);
	kms_add(req, self->kms.fd, self->kms.primary, "IN_FENCE_FD", fence);
	kms_commit_free(self->kms.fd, req, DRM_MODE_ATOMIC_NONBLOCK | DRM_MODE_PAGE_FLIP_EVENT, 1);
	/* The commit holds the fence, so the file may be closed. */
	close(fence);
	EXPECT_ERR(ETIME, __kms_event(self->kms.fd, 100, &event));
	sw_signal(self->timeline, 1);
	kms_event(self->kms.fd, &event);
}

TEST_F(flip, signals_its_out_fence_when_it_is_complete)
{
	int in = sw_fence(self->timeline, 1), out = -1;
	drmModeAtomicReq *req = drmModeAtomicAlloc();
	struct kms_event event;

	kms_add(req, self->kms.fd, self->kms.primary, "FB_ID", self->b.fb);
	kms_add(req, self->kms.fd, self->kms.primary, "IN_FENCE_FD", in);
	kms_add(req, self->kms.fd, self->kms.crtc, "OUT_FENCE_PTR", (uintptr_t)&out);
	kms_commit_free(self->kms.fd, req, DRM_MODE_ATOMIC_NONBLOCK | DRM_MODE_PAGE_FLIP_EVENT, 1);
	ASSERT_GE(out, 0);
	EXPECT_EQ(0, sync_file_status(out));
	sw_signal(self->timeline, 1);
	EXPECT_EQ(POLLIN, fd_poll(out, POLLIN, 20000));
	EXPECT_EQ(1, sync_file_status(out));
	kms_event(self->kms.fd, &event);
	close(out);
	close(in);
}

TEST_F(flip, refuses_what_is_no_fence)
{
	drmModeAtomicReq *req = drmModeAtomicAlloc();

	kms_add(req, self->kms.fd, self->kms.primary, "FB_ID", self->b.fb);
	kms_add(req, self->kms.fd, self->kms.primary, "IN_FENCE_FD", self->kms.fd);
	EXPECT_ERR(EINVAL, __kms_commit_free(self->kms.fd, req, DRM_MODE_ATOMIC_NONBLOCK, 0));
	req = drmModeAtomicAlloc();
	kms_add(req, self->kms.fd, self->kms.primary, "FB_ID", self->b.fb);
	kms_add(req, self->kms.fd, self->kms.crtc, "OUT_FENCE_PTR", (uintptr_t)BAD_POINTER);
	EXPECT_ERR(EFAULT, __kms_commit_free(self->kms.fd, req, DRM_MODE_ATOMIC_NONBLOCK, 0));
}

TEST_F(flip, a_fence_that_never_signals_is_not_waited_for_for_ever)
{
	int fence = sw_fence(self->timeline, 1);
	struct kms_event event;

	gem_attach_fence(self->kms.fd, self->b.handle, fence, DMA_BUF_SYNC_WRITE);
	kms_flip(&self->kms, &self->b, 1);
	kms_event(self->kms.fd, &event);
	EXPECT_EQ(0, sync_file_status(fence));
	close(fence);
}

TEST_F(flip, of_one_pipe_leaves_the_other_alone)
{
	int fence = sw_fence(self->timeline, 1);
	struct kms_event event;
	struct kms other;

	kms_find(&other, self->kms.fd, 1);
	kms_light(&other, &self->kms.mode, &self->a);
	gem_attach_fence(self->kms.fd, self->b.handle, fence, DMA_BUF_SYNC_WRITE);
	kms_flip(&self->kms, &self->b, 1);
	kms_flip(&other, &self->a, 2);
	kms_event(self->kms.fd, &event);
	EXPECT_EQ(2, event.user);
	EXPECT_EQ(other.crtc, event.crtc);
	sw_signal(self->timeline, 1);
	kms_event(self->kms.fd, &event);
	EXPECT_EQ(1, event.user);
	close(fence);
}

TEST_F(flip, a_blocking_commit_returns_when_it_is_shown)
{
	drmModeAtomicReq *req = drmModeAtomicAlloc();
	struct kms_event event;

	kms_add(req, self->kms.fd, self->kms.primary, "FB_ID", self->b.fb);
	kms_commit_free(self->kms.fd, req, DRM_MODE_PAGE_FLIP_EVENT, 7);
	ASSERT_OK(__kms_event(self->kms.fd, 0, &event));
	EXPECT_EQ(7, event.user);
}

TEST_F(flip, a_legacy_flip_completes_too)
{
	struct kms_event event;

	ASSERT_OK(__kms_page_flip(&self->kms, &self->b, DRM_MODE_PAGE_FLIP_EVENT, 9));
	kms_event(self->kms.fd, &event);
	EXPECT_EQ(DRM_EVENT_FLIP_COMPLETE, event.type);
	EXPECT_EQ(9, event.user);
	EXPECT_EQ(self->b.fb, kms_value(self->kms.fd, self->kms.primary, "FB_ID"));
}

TEST_F(flip, without_a_picture_or_a_mode_is_refused)
{
	struct kms_fb none = {}, small;
	struct kms other;

	kms_find(&other, self->kms.fd, 1);
	kms_fb_create(self->kms.fd, &small, 320, 240, DRM_FORMAT_XRGB8888);
	EXPECT_ERR(ENOENT, __kms_page_flip(&self->kms, &none, 0, 0));
	EXPECT_ERR(ENOSPC, __kms_page_flip(&self->kms, &small, 0, 0));
	EXPECT_ERR(EBUSY, __kms_page_flip(&other, &self->a, 0, 0));
	EXPECT_ERR(EINVAL, __kms_page_flip(&self->kms, &self->b, 1u << 20, 0));
	EXPECT_ERR(EINVAL, __kms_flip(&other, &self->a, 0));
}

TEST_F(flip, an_asynchronous_one_does_not_wait_for_the_vblank)
{
	struct kms_event event, last = {};
	unsigned int i, same = 0;

	for (i = 0; i < 200; i++) {
		ASSERT_OK(__kms_page_flip(&self->kms, i % 2 ? &self->b : &self->a,
					  DRM_MODE_PAGE_FLIP_ASYNC | DRM_MODE_PAGE_FLIP_EVENT, i));
		kms_event(self->kms.fd, &event);
		EXPECT_EQ(i, event.user);
		same += i && event.sequence == last.sequence;
		last = event;
	}
	/* Flips at vblanks never complete in the same frame. */
	EXPECT_GT(same, 0);
}

TEST_F(flip, an_asynchronous_atomic_one_changes_the_picture_only)
{
	drmModeAtomicReq *req = drmModeAtomicAlloc();
	uint32_t flags = DRM_MODE_ATOMIC_NONBLOCK | DRM_MODE_PAGE_FLIP_EVENT |
			 DRM_MODE_PAGE_FLIP_ASYNC;
	struct kms_event event;

	kms_add(req, self->kms.fd, self->kms.primary, "FB_ID", self->b.fb);
	kms_commit_free(self->kms.fd, req, flags, 3);
	kms_event(self->kms.fd, &event);
	EXPECT_EQ(3, event.user);
	req = drmModeAtomicAlloc();
	kms_add(req, self->kms.fd, self->kms.primary, "FB_ID", self->a.fb);
	kms_add(req, self->kms.fd, self->kms.primary, "CRTC_X", 1);
	EXPECT_ERR(EINVAL, __kms_commit_free(self->kms.fd, req, flags, 0));
}

TEST_F(flip, a_buffer_in_use_by_nobody_else_may_go)
{
	struct kms_event event;

	kms_flip(&self->kms, &self->b, 1);
	kms_fb_destroy(self->kms.fd, &self->a);
	kms_event(self->kms.fd, &event);
	/* Removing a framebuffer that is shown disables the plane. */
	kms_fb_destroy(self->kms.fd, &self->b);
	EXPECT_EQ(0, kms_value(self->kms.fd, self->kms.primary, "FB_ID"));
}

TEST(closing_the_file_with_a_flip_under_way_is_fine)
{
	int timeline = sw_timeline(), fence = sw_fence(timeline, 1);
	struct kms kms;
	struct kms_fb a, b;

	kms_open(&kms, "gpu0", 0);
	kms_fb_create(kms.fd, &a, kms.mode.hdisplay, kms.mode.vdisplay, DRM_FORMAT_XRGB8888);
	kms_fb_create(kms.fd, &b, kms.mode.hdisplay, kms.mode.vdisplay, DRM_FORMAT_XRGB8888);
	kms_light(&kms, &kms.mode, &a);
	gem_attach_fence(kms.fd, b.handle, fence, DMA_BUF_SYNC_WRITE);
	kms_flip(&kms, &b, 1);
	/* Closing the file turns the pipe off by a commit behind the flip. */
	close(timeline);
	kms_close(&kms);
	close(fence);
}

TEST(without_vblanks_flips_complete_at_once)
{
	struct kms_event event;
	struct kms kms;
	struct kms_fb a;
	unsigned int i;

	kms_open(&kms, "off", 0);
	kms_fb_create(kms.fd, &a, kms.mode.hdisplay, kms.mode.vdisplay, DRM_FORMAT_XRGB8888);
	kms_light(&kms, &kms.mode, &a);
	for (i = 0; i < 200; i++) {
		kms_flip(&kms, &a, i);
		kms_event(kms.fd, &event);
		EXPECT_EQ(i, event.user);
	}
	kms_close(&kms);
}

TEST(without_vblanks_fences_are_waited_for)
{
	int timeline = sw_timeline(), fence = sw_fence(timeline, 1);
	struct kms_event event;
	struct kms kms;
	struct kms_fb a, b;

	kms_open(&kms, "off", 0);
	kms_fb_create(kms.fd, &a, kms.mode.hdisplay, kms.mode.vdisplay, DRM_FORMAT_XRGB8888);
	kms_fb_create(kms.fd, &b, kms.mode.hdisplay, kms.mode.vdisplay, DRM_FORMAT_XRGB8888);
	kms_light(&kms, &kms.mode, &a);
	gem_attach_fence(kms.fd, b.handle, fence, DMA_BUF_SYNC_WRITE);
	kms_flip(&kms, &b, 1);
	EXPECT_ERR(EBUSY, __kms_flip(&kms, &a, 2));
	EXPECT_ERR(ETIME, __kms_event(kms.fd, 50, &event));
	sw_signal(timeline, 1);
	kms_event(kms.fd, &event);
	EXPECT_EQ(1, event.user);
	close(fence);
	close(timeline);
	kms_close(&kms);
}

TEST_HARNESS_MAIN
