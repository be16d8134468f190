// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --gpu gpu0 --gpu gpu1,outputs=2
/*
 * A GPU is unplugged while its outputs are lit: pending flips end, open files
 * get ENODEV, and the GPU that comes back is a new one. gpu1 is unplugged and
 * comes back in each case, so this has a box of its own.
 */
#include "share_fixture.h"

#include <drm/drm_fourcc.h>
#include <poll.h>

#include "kms.h"
#include "look.h"

FIXTURE(unplug)
{
	struct kms kms;
	struct kms_fb a;
	struct kms_fb b;
	char name[64];
	int timeline;
	int fence;
};

FIXTURE_SETUP(unplug)
{
	kms_open(&self->kms, "gpu1", 0);
	share_platform(self->kms.fd, self->name);
	self->kms.mode = kms_mode(&self->kms, 640, 480, 60);
	kms_fb_create(self->kms.fd, &self->a, 640, 480, DRM_FORMAT_XRGB8888);
	kms_fb_create(self->kms.fd, &self->b, 640, 480, DRM_FORMAT_XRGB8888);
	kms_light(&self->kms, &self->kms.mode, &self->a);
	self->timeline = sw_timeline();
	self->fence = sw_fence(self->timeline, 1);
}

/* Also checks that no object is left. */
FIXTURE_TEARDOWN(unplug)
{
	int fd;

	__share_bind(self->name);
	close(self->fence);
	close(self->timeline);
	kms_close(&self->kms);
	fd = vi915_open_render("gpu1");
	EXPECT_EQ(0, vi915_object_count(fd));
	close(fd);
}

TEST_F(unplug, of_lit_outputs_turns_them_off)
{
	struct kms other;

	kms_find(&other, self->kms.fd, 1);
	kms_light(&other, &self->kms.mode, &self->b);
	share_unbind(self->name);
	EXPECT_ERR(ENODEV, __kms_page_flip(&self->kms, &self->b, 0, 0));
}

TEST_F(unplug, completes_a_flip_that_is_under_way)
{
	struct kms_event event;

	kms_flip(&self->kms, &self->b, 5);
	share_unbind(self->name);
	ASSERT_OK(__kms_event(self->kms.fd, 0, &event));
	EXPECT_EQ(5, event.user);
}

TEST_F(unplug, does_not_wait_for_a_flips_fence)
{
	struct kms_event event;

	gem_attach_fence(self->kms.fd, self->b.handle, self->fence, DMA_BUF_SYNC_WRITE);
	kms_flip(&self->kms, &self->b, 6);
	share_unbind(self->name);
	EXPECT_EQ(0, sync_file_status(self->fence));
	ASSERT_OK(__kms_event(self->kms.fd, 0, &event));
	EXPECT_EQ(6, event.user);
}

TEST_F(unplug, signals_out_fences)
{
	drmModeAtomicReq *req = drmModeAtomicAlloc();
	int out = -1;

	kms_add(req, self->kms.fd, self->kms.primary, "FB_ID", self->b.fb);
	kms_add(req, self->kms.fd, self->kms.primary, "IN_FENCE_FD", self->fence);
	kms_add(req, self->kms.fd, self->kms.crtc, "OUT_FENCE_PTR", (uintptr_t)&out);
	kms_commit_free(self->kms.fd, req, DRM_MODE_ATOMIC_NONBLOCK, 0);
	share_unbind(self->name);
	EXPECT_EQ(POLLIN, fd_poll(out, POLLIN, 0));
	close(out);
}

TEST_F(unplug, lets_go_who_waits_for_a_vblank)
{
	struct kms_event event;
	uint32_t sequence = 1000000;

	ASSERT_OK(__kms_vblank(&self->kms, DRM_VBLANK_RELATIVE | DRM_VBLANK_EVENT, &sequence, 8,
			       NULL));
	share_unbind(self->name);
	ASSERT_OK(__kms_event(self->kms.fd, 0, &event));
	EXPECT_EQ(8, event.user);
}

TEST_F(unplug, lets_go_who_waits_in_a_blocking_commit)
{
	drmModeAtomicReq *req;
	pid_t pid;

	gem_attach_fence(self->kms.fd, self->b.handle, self->fence, DMA_BUF_SYNC_WRITE);
	pid = fork();
	ASSERT_GE(pid, 0);
	if (!pid) {
		req = drmModeAtomicAlloc();
		kms_add(req, self->kms.fd, self->kms.primary, "FB_ID", self->b.fb);
		kms_commit_free(self->kms.fd, req, 0, 0);
		_exit(0);
	}
	usleep(100000);
	share_unbind(self->name);
	vi915_child_join(pid);
	EXPECT_EQ(0, sync_file_status(self->fence));
}

/* A file with a CRTC's CRCs does not pin the GPU, and may be closed last. */
TEST_F(unplug, can_come_before_the_end_of_crcs)
{
	uint32_t frame, value;
	int crc = look_crc_open(&self->kms);

	look_crc(crc, &frame, &value);
	share_unbind(self->name);
	kms_close(&self->kms);
	usleep(100000);
	close(crc);
	self->kms.fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

TEST_F(unplug, makes_every_call_fail)
{
	drmModeAtomicReq *req = drmModeAtomicAlloc();
	uint32_t sequence = 1;

	kms_add(req, self->kms.fd, self->kms.primary, "FB_ID", self->b.fb);
	share_unbind(self->name);
	EXPECT_ERR(ENODEV, __kms_commit_free(self->kms.fd, req, 0, 0));
	EXPECT_ERR(ENODEV, __kms_page_flip(&self->kms, &self->b, 0, 0));
	EXPECT_ERR(ENODEV, __kms_rmfb(self->kms.fd, self->b.fb));
	EXPECT_ERR(ENODEV, __kms_vblank(&self->kms, DRM_VBLANK_RELATIVE, &sequence, 0, NULL));
	EXPECT_EQ(NULL, drmModeGetResources(self->kms.fd));
}

TEST_F(unplug, is_followed_by_a_fresh_device)
{
	struct kms kms;
	struct kms_fb fb;

	share_unbind(self->name);
	share_bind(self->name);
	kms_open(&kms, "gpu1", 0);
	EXPECT_EQ(0, kms_value(kms.fd, kms.crtc, "ACTIVE"));
	kms_fb_create(kms.fd, &fb, kms.mode.hdisplay, kms.mode.vdisplay, DRM_FORMAT_XRGB8888);
	kms_light(&kms, &kms.mode, &fb);
	kms_close(&kms);
}

/* While a process flips as fast as it can. */
TEST_F(unplug, comes_in_between_flips)
{
	unsigned int i;
	pid_t pid;

	pid = fork();
	ASSERT_GE(pid, 0);
	if (!pid) {
		for (i = 0; i < 100000; i++) {
			int ret = __kms_page_flip(&self->kms, i % 2 ? &self->a : &self->b,
						  DRM_MODE_PAGE_FLIP_ASYNC, 0);

			if (ret == -ENODEV)
				_exit(0);
			if (ret && ret != -EBUSY)
				vi915_fail("flip: %s", vi915_errname(ret));
		}
		vi915_fail("it was never unplugged");
	}
	usleep(100000);
	share_unbind(self->name);
	vi915_child_join(pid);
}

TEST_HARNESS_MAIN
