// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --gpu manual,clock=manual --gpu lazy,clock=lazy --gpu show
/*
 * A flip to a picture that another GPU has not drawn yet: the old picture stays
 * until the job has run, then the new one is shown. This has a box of its own.
 */
#include "test.h"

#include <stdlib.h>
#include <unistd.h>

#include "exec.h"
#include "fb.h"
#include "gem.h"
#include "gpu.h"
#include "prime.h"
#include "proc.h"
#include "share_screen.h"

#define OLD 0x102030u
#define NEW 0x405060u

FIXTURE(clock)
{
	struct share_screen screen;
	int fd;
	uint32_t handle;
	uint32_t fb;
	uint32_t *pixels;
};

FIXTURE_VARIANT(clock)
{
	const char *gpu;
};

FIXTURE_VARIANT_ADD(clock, manual) { "manual" };
FIXTURE_VARIANT_ADD(clock, lazy) { "lazy" };

static uint32_t make_fb(struct share_screen *screen, uint32_t handle)
{
	struct drm_mode_fb_cmd2 cmd;

	fb_fill(&cmd, handle, screen->mode.hdisplay, screen->mode.vdisplay, DRM_FORMAT_XRGB8888,
		DRM_FORMAT_MOD_LINEAR);
	return fb_add(screen->fd, &cmd);
}

static void paint(uint32_t *pixels, uint64_t size, uint32_t pixel)
{
	uint64_t i;

	for (i = 0; i < size / 4; i++)
		pixels[i] = pixel;
}

/* The screen shows a picture of one colour; the target buffer is empty. */
FIXTURE_SETUP(clock)
{
	uint32_t own, *old;
	int dmabuf;

	screen_open_fd(&self->screen, vi915_open("show"));
	own = gem_create(self->screen.fd, self->screen.size);
	old = gem_mmap_wb(self->screen.fd, own, 0, self->screen.size);
	paint(old, self->screen.size, OLD);
	gem_munmap(old, self->screen.size);
	screen_set(&self->screen, make_fb(&self->screen, own));

	self->fd = vi915_open_render(variant->gpu);
	self->handle = gem_create(self->fd, self->screen.size);
	dmabuf = prime_export(self->fd, self->handle);
	self->fb = make_fb(&self->screen, prime_import(self->screen.fd, dmabuf));
	close(dmabuf);
	self->pixels = malloc(self->screen.size);
}

FIXTURE_TEARDOWN(clock)
{
	__vi915_debugfs_write(self->fd, "vi915_step", "all");
	free(self->pixels);
	screen_close(&self->screen);
	close(self->fd);
}

static bool shown(struct share_screen *screen, uint32_t *pixels, uint32_t pixel)
{
	paint(pixels, screen->size, pixel);
	return screen_shows(screen->fd, pixels, 4 * screen->mode.hdisplay);
}

TEST_F(clock, r9_the_old_picture_stays_until_the_new_one_is_drawn)
{
	exec_fill(self->fd, 0, I915_EXEC_BLT, self->handle, self->screen.size / 4096, NEW);
	EXPECT_EQ(true, shown(&self->screen, self->pixels, OLD));
	screen_flip(&self->screen, self->fb);
	if (variant->gpu[0] == 'm') {
		EXPECT_EQ(false, screen_flipped(&self->screen, 300));
		EXPECT_EQ(true, shown(&self->screen, self->pixels, OLD));
		vi915_check(__vi915_debugfs_write(self->fd, "vi915_step", "all"));
	}
	/* A lazy GPU draws when something waits: here only the flip does. */
	EXPECT_EQ(true, screen_flipped(&self->screen, 5000));
	EXPECT_EQ(true, shown(&self->screen, self->pixels, NEW));
}

TEST_HARNESS_MAIN
