// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Screenshots from debugfs: the current picture of a screen, and its last one.
 */
// box: --gpu gpu0,outputs=2 --gpu gpu1
#include "test.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gem.h"
#include "gpu.h"
#include "kms.h"
#include "look.h"

#define WIDTH	640
#define HEIGHT	480

FIXTURE(shot)
{
	struct kms kms;
	drmModeModeInfo mode;
	struct kms_fb fb;
	struct picture picture;
	struct picture seen;
};

FIXTURE_SETUP(shot)
{
	kms_open(&self->kms, "gpu0", 0);
	kms_dark(&self->kms);
	look_keep(&self->kms, "0");
	self->mode = kms_mode(&self->kms, WIDTH, HEIGHT, 60);
	kms_fb_create(self->kms.fd, &self->fb, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888);
	picture_init(&self->picture, WIDTH, HEIGHT);
	picture_noise(&self->picture, 1);
	look_draw(self->kms.fd, &self->fb, &self->picture);
}

FIXTURE_TEARDOWN(shot)
{
	picture_fini(&self->seen);
	picture_fini(&self->picture);
	kms_close(&self->kms);
}

TEST_F(shot, is_what_is_shown)
{
	kms_light(&self->kms, &self->mode, &self->fb);
	usleep(50000);
	look_shot(&self->kms, &self->seen);
	picture_same(&self->picture, &self->seen);
}

/* Written through a linear view after the commit, without DIRTYFB. */
TEST_F(shot, has_what_was_written_through_the_gtt)
{
	uint32_t handles[4] = {}, pitches[4] = { WIDTH * 4 }, offsets[4] = {}, *view;
	struct kms_fb fb = { .width = WIDTH, .height = HEIGHT };
	uint64_t size = WIDTH * 4 * HEIGHT;
	int fd = self->kms.fd;

	handles[0] = gem_create(fd, size);
	gem_set_tiling(fd, handles[0], I915_TILING_X, WIDTH * 4);
	vi915_check(__kms_addfb(fd, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888, I915_FORMAT_MOD_X_TILED,
				handles, pitches, offsets, &fb.fb));
	kms_light(&self->kms, &self->mode, &fb);
	view = gem_mmap_gtt(fd, handles[0], size);
	memcpy(view, self->picture.pixels, size);
	look_shot(&self->kms, &self->seen);
	picture_same(&self->picture, &self->seen);
	gem_munmap(view, size);
}

TEST_F(shot, has_all_planes_in_it)
{
	drmModeAtomicReq *req = drmModeAtomicAlloc();
	int fd = self->kms.fd;
	struct picture cursor;
	struct kms_fb top;

	picture_init(&cursor, 64, 64);
	picture_noise(&cursor, 3);
	kms_fb_create(fd, &top, 64, 64, DRM_FORMAT_ARGB8888);
	look_draw(fd, &top, &cursor);
	kms_add_mode(req, &self->kms, &self->mode);
	kms_add_plane(req, &self->kms, self->kms.primary, &self->fb, 0, 0);
	kms_add_plane(req, &self->kms, self->kms.cursor, &top, 600, 450);
	kms_commit_free(fd, req, DRM_MODE_ATOMIC_ALLOW_MODESET, 0);
	look_shot(&self->kms, &self->seen);
	picture_blend(&self->picture, &cursor, 600, 450, 0xffff, PICTURE_PREMULTIPLIED);
	picture_same(&self->picture, &self->seen);
	picture_fini(&cursor);
}

TEST_F(shot, of_a_dark_screen_is_refused)
{
	EXPECT_ERR(ENODATA, __look_shot(&self->kms, "vi915_shot", &self->seen));
	EXPECT_ERR(ENODATA, __look_shot(&self->kms, "vi915_last", &self->seen));
	kms_light(&self->kms, &self->mode, &self->fb);
	kms_dark(&self->kms);
	EXPECT_ERR(ENODATA, __look_shot(&self->kms, "vi915_shot", &self->seen));
	/* Keeping the last picture was not enabled before. */
	EXPECT_ERR(ENODATA, __look_shot(&self->kms, "vi915_last", &self->seen));
}

TEST_F(shot, is_of_one_output)
{
	struct kms second, other;

	kms_find(&second, self->kms.fd, 1);
	kms_open(&other, "gpu1", 0);
	kms_light(&self->kms, &self->mode, &self->fb);
	EXPECT_ERR(ENODATA, __look_shot(&second, "vi915_shot", &self->seen));
	EXPECT_ERR(ENODATA, __look_shot(&other, "vi915_shot", &self->seen));
	kms_dark(&self->kms);
	kms_light(&second, &self->mode, &self->fb);
	EXPECT_ERR(ENODATA, __look_shot(&self->kms, "vi915_shot", &self->seen));
	look_shot(&second, &self->seen);
	picture_same(&self->picture, &self->seen);
	kms_dark(&second);
	kms_close(&other);
}

/* A screenshot is taken when the file is opened, however slowly it is read. */
TEST_F(shot, does_not_change_any_more)
{
	struct picture later;

	kms_light(&self->kms, &self->mode, &self->fb);
	look_shot(&self->kms, &self->seen);
	kms_fb_fill(self->kms.fd, &self->fb, 0x00abcdef);
	look_shot(&self->kms, &later);
	picture_same(&self->picture, &self->seen);
	picture_fill(&self->picture, 0, 0, WIDTH, HEIGHT, 0xabcdef);
	picture_same(&self->picture, &later);
	picture_fini(&later);
}

TEST_F(shot, last_is_the_current_one_while_there_is_one)
{
	kms_light(&self->kms, &self->mode, &self->fb);
	vi915_check(__look_shot(&self->kms, "vi915_last", &self->seen));
	picture_same(&self->picture, &self->seen);
}

TEST_F(shot, last_is_kept_when_it_goes_dark)
{
	look_keep(&self->kms, "1");
	kms_light(&self->kms, &self->mode, &self->fb);
	kms_dark(&self->kms);
	vi915_check(__look_shot(&self->kms, "vi915_last", &self->seen));
	picture_same(&self->picture, &self->seen);
	EXPECT_ERR(ENODATA, __look_shot(&self->kms, "vi915_shot", &self->seen));
	look_keep(&self->kms, "0");
	EXPECT_ERR(ENODATA, __look_shot(&self->kms, "vi915_last", &self->seen));
}

/* The client's objects are gone by then, but the picture is kept. */
TEST_F(shot, last_is_kept_when_the_client_goes)
{
	drmModeModeInfo mode = self->mode;
	int status;
	pid_t pid;

	look_keep(&self->kms, "1");
	drmDropMaster(self->kms.fd);
	pid = fork();
	if (!pid) {
		struct kms_fb fb;
		struct kms kms;

		kms_open(&kms, "gpu0", 0);
		kms_fb_create(kms.fd, &fb, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888);
		look_draw(kms.fd, &fb, &self->picture);
		kms_light(&kms, &mode, &fb);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	ASSERT_EQ(0, status);
	vi915_check(__look_shot(&self->kms, "vi915_last", &self->seen));
	picture_same(&self->picture, &self->seen);
	look_keep(&self->kms, "0");
	drmSetMaster(self->kms.fd);
}

TEST_F(shot, last_takes_a_boolean)
{
	EXPECT_ERR(EINVAL, __look_keep(&self->kms, "picture"));
	EXPECT_ERR(EINVAL, __look_keep(&self->kms, ""));
}

TEST_HARNESS_MAIN
