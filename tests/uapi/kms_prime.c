// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Foreign buffers on our screen: when they are mapped, that they are kept while
 * they are shown, and which fences a flip waits for.
 */
#include "test.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "exec.h"
#include "fb.h"
#include "gem.h"
#include "gpu.h"
#include "peer.h"
#include "prime.h"
#include "proc.h"
#include "share.h"
#include "share_screen.h"

#define MS 1000000LL

/* A buffer of gpu1 in a framebuffer of gpu0, and a framebuffer of gpu0's own. */
FIXTURE(screen)
{
	struct share_screen screen;
	int fd;
	int other;
	uint32_t theirs;
	uint32_t import;
	uint32_t fb;
	uint32_t own_fb;
	int dmabuf;
	ino_t ino;
};

static uint32_t make_fb(struct share_screen *screen, uint32_t handle, uint64_t modifier)
{
	struct drm_mode_fb_cmd2 cmd;

	fb_fill(&cmd, handle, screen->mode.hdisplay, screen->mode.vdisplay, DRM_FORMAT_XRGB8888,
		modifier);
	return fb_add(screen->fd, &cmd);
}

FIXTURE_SETUP(screen)
{
	screen_open_fd(&self->screen, vi915_open("gpu0"));
	self->fd = self->screen.fd;
	self->other = vi915_open_render("gpu1");
	self->theirs = gem_create(self->other, self->screen.size);
	self->dmabuf = prime_export(self->other, self->theirs);
	self->ino = dmabuf_inode(self->dmabuf);
	self->import = prime_import(self->fd, self->dmabuf);
	self->fb = make_fb(&self->screen, self->import, DRM_FORMAT_MOD_LINEAR);
	self->own_fb = make_fb(&self->screen, gem_create(self->fd, self->screen.size),
			       DRM_FORMAT_MOD_LINEAR);
}

FIXTURE_TEARDOWN(screen)
{
	screen_close(&self->screen);
	close(self->dmabuf);
	close(self->other);
}

/* The number changes soon: a worker cleans up after a flip. */
static long soon(int fd, ino_t ino, const char *key, long want)
{
	int64_t until = vi915_now() + 5000 * MS;

	while (share_state(fd, ino, key) != want && vi915_now() < until)
		usleep(1000);
	return share_state(fd, ino, key);
}

TEST_F(screen, r6_a_flip_maps_an_import_and_nothing_before_it_does)
{
	EXPECT_EQ(0, share_state(self->fd, self->ino, "mapped"));
	screen_set(&self->screen, self->own_fb);
	EXPECT_EQ(0, share_state(self->fd, self->ino, "mapped"));
	EXPECT_EQ(0, share_state(self->other, self->ino, "pages"));

	screen_flip(&self->screen, self->fb);
	EXPECT_EQ(true, screen_flipped(&self->screen, 5000));
	EXPECT_EQ(1, share_state(self->fd, self->ino, "mapped"));
	EXPECT_EQ(1, share_state(self->fd, self->ino, "users"));
	EXPECT_EQ(1, share_state(self->other, self->ino, "users"));
}

TEST_F(screen, r6_the_flip_after_it_gives_the_pages_back)
{
	screen_set(&self->screen, self->fb);
	screen_flip(&self->screen, self->own_fb);
	EXPECT_EQ(true, screen_flipped(&self->screen, 5000));
	EXPECT_EQ(0, soon(self->fd, self->ino, "users", 0));
	EXPECT_EQ(0, soon(self->other, self->ino, "users", 0));
	vi915_drop_caches(self->other, DROP_PAGES);
	EXPECT_EQ(0, share_state(self->fd, self->ino, "mapped"));
	EXPECT_EQ(0, share_state(self->other, self->ino, "pages"));
}

TEST_F(screen, r6_turning_the_output_off_gives_the_pages_back)
{
	screen_set(&self->screen, self->fb);
	EXPECT_OK(drmModeSetCrtc(self->fd, self->screen.crtc, 0, 0, 0, NULL, 0, NULL));
	EXPECT_EQ(0, soon(self->fd, self->ino, "users", 0));
	EXPECT_EQ(0, soon(self->other, self->ino, "users", 0));
}

TEST_F(screen, r6_removing_the_framebuffer_gives_the_pages_back)
{
	screen_set(&self->screen, self->fb);
	fb_remove(self->fd, self->fb);
	EXPECT_EQ(0, soon(self->fd, self->ino, "users", 0));
	EXPECT_EQ(0, soon(self->other, self->ino, "users", 0));
}

TEST_F(screen, pages_on_the_screen_stay_when_memory_is_short)
{
	long pages = self->screen.size / 4096;

	screen_set(&self->screen, self->fb);
	vi915_drop_caches(self->other, DROP_PAGES);
	vi915_drop_caches(self->fd, DROP_PAGES);
	EXPECT_EQ(1, share_state(self->fd, self->ino, "mapped"));
	EXPECT_EQ(pages, share_state(self->other, self->ino, "pages"));
}

TEST_F(screen, contents_on_the_screen_are_not_purged)
{
	uint32_t handle = gem_create(self->fd, self->screen.size);
	uint32_t fb = make_fb(&self->screen, handle, DRM_FORMAT_MOD_LINEAR);
	unsigned int i;

	screen_set(&self->screen, fb);
	EXPECT_EQ(1, gem_madvise(self->fd, handle, I915_MADV_DONTNEED));
	vi915_drop_caches(self->fd, DROP_PAGES);
	EXPECT_EQ(1, gem_madvise(self->fd, handle, I915_MADV_DONTNEED));
	/* It is being shown, so it may be shown again. */
	EXPECT_OK(__screen_set(&self->screen, fb));

	screen_set(&self->screen, self->own_fb);
	for (i = 0; i < 1000 && gem_madvise(self->fd, handle, I915_MADV_DONTNEED); i++) {
		vi915_drop_caches(self->fd, DROP_PAGES);
		usleep(1000);
	}
	EXPECT_EQ(0, gem_madvise(self->fd, handle, I915_MADV_WILLNEED));
	EXPECT_ERR(EFAULT, __screen_set(&self->screen, fb));
}

/* A refused flip changes nothing. */
TEST_F(screen, contents_that_nobody_needs_are_not_shown)
{
	uint32_t handle = gem_create(self->fd, self->screen.size);
	uint32_t fb = make_fb(&self->screen, handle, DRM_FORMAT_MOD_LINEAR);

	screen_set(&self->screen, self->fb);
	gem_madvise(self->fd, handle, I915_MADV_DONTNEED);
	EXPECT_ERR(EFAULT, __screen_set(&self->screen, fb));
	EXPECT_ERR(EFAULT, __screen_flip(&self->screen, fb));
	EXPECT_EQ(1, share_state(self->fd, self->ino, "users"));
	EXPECT_OK(__screen_flip(&self->screen, self->own_fb));
	EXPECT_EQ(true, screen_flipped(&self->screen, 5000));
}

TEST_F(screen, jobs_can_use_what_is_shown)
{
	screen_set(&self->screen, self->fb);
	exec_store(self->fd, 0, I915_EXEC_RENDER, self->import, 64, 0x12345678);
	EXPECT_EQ(0x12345678, exec_read(self->other, self->theirs, 64));
	exec_store(self->other, 0, I915_EXEC_RENDER, self->theirs, 64, 0x87654321);
	exec_sync(self->other, self->theirs);
	EXPECT_EQ(1, share_state(self->fd, self->ino, "mapped"));
}

TEST_F(screen, every_handle_and_file_of_what_is_shown_can_be_closed)
{
	uint32_t *pixels = dmabuf_mmap(self->dmabuf, self->screen.size);

	screen_set(&self->screen, self->fb);
	gem_close(self->fd, self->import);
	gem_close(self->other, self->theirs);
	close(self->dmabuf);
	EXPECT_EQ(1, share_state(self->fd, self->ino, "users"));
	pixels[0] = 1;
	gem_munmap(pixels, self->screen.size);
	EXPECT_EQ(1, share_state(self->other, self->ino, "users"));
	fb_remove(self->fd, self->fb);
	EXPECT_EQ(-1, soon(self->other, self->ino, "users", -1));
	self->dmabuf = -1;
}

TEST_F(screen, r9_a_flip_waits_for_the_writer_and_its_ioctl_does_not)
{
	int timeline = sw_timeline();

	screen_set(&self->screen, self->own_fb);
	dmabuf_import_sync_file(self->dmabuf, DMA_BUF_SYNC_WRITE, sw_fence(timeline, 1));
	screen_flip(&self->screen, self->fb);
	EXPECT_EQ(false, screen_flipped(&self->screen, 200));
	EXPECT_ERR(EBUSY, __screen_flip(&self->screen, self->own_fb));
	sw_signal(timeline, 1);
	EXPECT_EQ(true, screen_flipped(&self->screen, 5000));
	close(timeline);
}

TEST_F(screen, r9_a_flip_does_not_wait_for_readers)
{
	int timeline = sw_timeline();

	screen_set(&self->screen, self->own_fb);
	dmabuf_import_sync_file(self->dmabuf, DMA_BUF_SYNC_READ, sw_fence(timeline, 1));
	screen_flip(&self->screen, self->fb);
	EXPECT_EQ(true, screen_flipped(&self->screen, 5000));
	close(timeline);
}

TEST_F(screen, r9_a_flip_waits_for_vgem)
{
	int vgem = vi915_driver_open("vgem");
	uint32_t handle = vgem_create(vgem, self->screen.size), fence, fb;
	int dmabuf = prime_export(vgem, handle);

	fb = make_fb(&self->screen, prime_import(self->fd, dmabuf), DRM_FORMAT_MOD_LINEAR);
	screen_set(&self->screen, self->own_fb);
	fence = vgem_fence_attach(vgem, handle, VGEM_FENCE_WRITE);
	screen_flip(&self->screen, fb);
	EXPECT_EQ(false, screen_flipped(&self->screen, 200));
	vgem_fence_signal(vgem, fence);
	EXPECT_EQ(true, screen_flipped(&self->screen, 5000));
	close(dmabuf);
	close(vgem);
}

TEST_F(screen, r9_a_blocking_commit_waits_too)
{
	int timeline = sw_timeline();
	int64_t start = vi915_now();

	dmabuf_import_sync_file(self->dmabuf, DMA_BUF_SYNC_WRITE, sw_fence(timeline, 1));
	share_signal_later(&timeline);
	screen_set(&self->screen, self->fb);
	EXPECT_GE(vi915_now() - start, 40 * MS);
	close(timeline);
}

TEST_F(screen, r10_a_flip_does_not_wait_for_ever)
{
	int timeline = sw_timeline();

	screen_set(&self->screen, self->own_fb);
	dmabuf_import_sync_file(self->dmabuf, DMA_BUF_SYNC_WRITE, sw_fence(timeline, 1));
	screen_flip(&self->screen, self->fb);
	EXPECT_EQ(false, screen_flipped(&self->screen, 1000));
	EXPECT_EQ(true, screen_flipped(&self->screen, 20000));
	EXPECT_EQ(0, sync_file_status(dmabuf_export_sync_file(self->dmabuf, DMA_BUF_SYNC_READ)));
	close(timeline);
}

TEST_HARNESS_MAIN
