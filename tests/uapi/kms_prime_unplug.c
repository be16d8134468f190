// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --gpu gpu0 --gpu gpu1 --gpu gpu2,render=0
/*
 * A GPU is unplugged while a buffer that two GPUs share is on a screen: the
 * owner of the buffer, or the owner of the screen. This has a box of its own.
 */
#include "test.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "exec.h"
#include "fb.h"
#include "gem.h"
#include "gpu.h"
#include "prime.h"
#include "proc.h"
#include "share.h"
#include "share_screen.h"

#define MS 1000000LL
#define SEED 7

/* A buffer of gpu1 with known bytes, and a framebuffer of gpu0 with it. */
FIXTURE(gone)
{
	struct share_screen screen;
	int fd;
	int other;
	int dmabuf;
	ino_t ino;
	uint32_t import;
	uint32_t fb;
	uint32_t own_fb;
	char name[64];
	char other_name[64];
};

static uint32_t make_fb(struct share_screen *screen, uint32_t handle)
{
	struct drm_mode_fb_cmd2 cmd;

	fb_fill(&cmd, handle, screen->mode.hdisplay, screen->mode.vdisplay, DRM_FORMAT_XRGB8888,
		DRM_FORMAT_MOD_LINEAR);
	return fb_add(screen->fd, &cmd);
}

FIXTURE_SETUP(gone)
{
	screen_open_fd(&self->screen, vi915_open("gpu0"));
	self->fd = self->screen.fd;
	self->other = vi915_open_render("gpu1");
	share_platform(self->fd, self->name);
	share_platform(self->other, self->other_name);
	self->dmabuf = prime_export(self->other, gem_create(self->other, self->screen.size));
	self->ino = dmabuf_inode(self->dmabuf);
	share_writes(self->dmabuf, self->screen.size, SEED);
	self->import = prime_import(self->fd, self->dmabuf);
	self->fb = make_fb(&self->screen, self->import);
	self->own_fb = make_fb(&self->screen, gem_create(self->fd, self->screen.size));
}

FIXTURE_TEARDOWN(gone)
{
	int fd;

	__share_bind(self->name);
	__share_bind(self->other_name);
	screen_close(&self->screen);
	close(self->dmabuf);
	close(self->other);
	/* The GPU that comes back is a new one. */
	fd = vi915_open_render("gpu0");
	EXPECT_EQ(0, vi915_object_count(fd));
	close(fd);
}

static long soon(int fd, ino_t ino, const char *key, long want)
{
	int64_t until = vi915_now() + 5000 * MS;

	while (share_state(fd, ino, key) != want && vi915_now() < until)
		usleep(1000);
	return share_state(fd, ino, key);
}

/* Whether the screen shows the contents of the buffer. */
static bool shown(struct share_screen *screen, int dmabuf)
{
	void *pixels = dmabuf_mmap(dmabuf, screen->size);
	bool same = screen_shows(screen->fd, pixels, 4 * screen->mode.hdisplay);

	gem_munmap(pixels, screen->size);
	return same;
}

TEST_F(gone, r2_the_last_picture_stays_when_its_owner_goes)
{
	screen_set(&self->screen, self->fb);
	EXPECT_EQ(true, shown(&self->screen, self->dmabuf));
	share_unbind(self->other_name);
	EXPECT_EQ(1, share_state(self->fd, self->ino, "users"));
	EXPECT_EQ(true, shown(&self->screen, self->dmabuf));
	share_reads(self->dmabuf, self->screen.size, SEED);

	/* Later flips work: to another framebuffer, and back. */
	screen_flip(&self->screen, self->own_fb);
	EXPECT_EQ(true, screen_flipped(&self->screen, 5000));
	EXPECT_EQ(0, soon(self->fd, self->ino, "users", 0));
	EXPECT_EQ(false, shown(&self->screen, self->dmabuf));
	screen_flip(&self->screen, self->fb);
	EXPECT_EQ(true, screen_flipped(&self->screen, 5000));
	EXPECT_EQ(1, share_state(self->fd, self->ino, "users"));
	EXPECT_EQ(true, shown(&self->screen, self->dmabuf));
}

TEST_F(gone, r2_a_buffer_can_be_shown_first_when_its_owner_has_gone)
{
	share_unbind(self->other_name);
	EXPECT_EQ(0, share_state(self->fd, self->ino, "mapped"));
	screen_set(&self->screen, self->fb);
	EXPECT_EQ(1, share_state(self->fd, self->ino, "mapped"));
}

/* R9: its jobs end with an error, which ends the wait. */
TEST_F(gone, r9_a_flip_that_waits_for_a_job_goes_on_when_its_gpu_goes)
{
	uint32_t theirs = prime_import(self->other, self->dmabuf);
	struct spin spin;

	screen_set(&self->screen, self->own_fb);
	spin_start_on(&spin, self->other, 0, I915_EXEC_RENDER, SPIN_WRITE, theirs);
	screen_flip(&self->screen, self->fb);
	EXPECT_EQ(false, screen_flipped(&self->screen, 100));
	share_unbind(self->other_name);
	EXPECT_EQ(true, screen_flipped(&self->screen, 5000));
	EXPECT_EQ(-ENODEV, sync_file_status(spin.fence));
}

/* R6: the mapping belongs to the GPU that shows the buffer. */
TEST_F(gone, r6_a_screen_that_goes_gives_back_what_it_shows)
{
	int other = vi915_open_render("gpu1");

	screen_set(&self->screen, self->fb);
	EXPECT_EQ(1, share_state(other, self->ino, "users"));
	share_unbind(self->name);
	EXPECT_EQ(0, share_state(other, self->ino, "users"));
	EXPECT_EQ(0, share_state(other, self->ino, "shares"));
	EXPECT_ERR(ENODEV, __screen_set(&self->screen, self->own_fb));
	share_reads(self->dmabuf, self->screen.size, SEED);
	close(other);
}

/* R6: without an engine that would be waited for first. */
TEST_F(gone, r6_a_screen_without_a_gpu_gives_back_what_it_shows_too)
{
	struct share_screen screen;
	char name[64];

	screen_open_fd(&screen, vi915_open("gpu2"));
	share_platform(screen.fd, name);
	screen_set(&screen, make_fb(&screen, prime_import(screen.fd, self->dmabuf)));
	EXPECT_EQ(1, share_state(self->other, self->ino, "shares"));
	share_unbind(name);
	EXPECT_EQ(0, share_state(self->other, self->ino, "shares"));
	screen_close(&screen);
	share_bind(name);
}

TEST_F(gone, a_screen_that_comes_back_shows_the_buffer_again)
{
	struct share_screen screen;
	int other = vi915_open_render("gpu1");

	screen_set(&self->screen, self->fb);
	share_unbind(self->name);
	share_bind(self->name);
	screen_open_fd(&screen, vi915_open("gpu0"));
	screen_set(&screen, make_fb(&screen, prime_import(screen.fd, self->dmabuf)));
	EXPECT_EQ(1, share_state(other, self->ino, "users"));
	screen_close(&screen);
	EXPECT_EQ(0, soon(other, self->ino, "users", 0));
	close(other);
}

/* Its own pages are no mapping of another GPU's: they live until their last user is gone. */
TEST_F(gone, framebuffers_of_a_gpu_that_has_gone_hold_their_objects)
{
	uint32_t handle = gem_create(self->fd, self->screen.size);
	int dmabuf = prime_export(self->fd, handle);

	share_writes(dmabuf, self->screen.size, SEED + 1);
	screen_set(&self->screen, make_fb(&self->screen, handle));
	share_unbind(self->name);
	share_reads(dmabuf, self->screen.size, SEED + 1);
	EXPECT_ERR(ENODEV, __fb_remove(self->fd, self->fb));
	close(dmabuf);
}

TEST_HARNESS_MAIN
