// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Foreign buffers on our screen, and ours on other screens, compared pixel by
 * pixel: from every exporter, in every layout.
 */
#include "test.h"

#include <linux/videodev2.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exec.h"
#include "fb.h"
#include "gem.h"
#include "gpu.h"
#include "look.h"
#include "peer.h"
#include "prime.h"
#include "share.h"
#include "share_camera.h"
#include "share_screen.h"

#define LINEAR DRM_FORMAT_MOD_LINEAR
#define X_TILED I915_FORMAT_MOD_X_TILED
#define Y_TILED I915_FORMAT_MOD_Y_TILED

FIXTURE(picture)
{
	struct share_screen screen;
	int fd;
	int other;
	uint32_t pitch;
	uint64_t size;
};

FIXTURE_SETUP(picture)
{
	screen_open_fd(&self->screen, vi915_open("gpu0"));
	self->fd = self->screen.fd;
	self->other = vi915_open_render("gpu1");
	self->pitch = 4 * self->screen.mode.hdisplay;
	self->size = self->screen.size;
}

FIXTURE_TEARDOWN(picture)
{
	screen_close(&self->screen);
	close(self->other);
}

static void paint(uint32_t *pixels, uint64_t size, uint32_t seed)
{
	uint64_t i;

	for (i = 0; i < size / 4; i++)
		pixels[i] = (uint32_t)i * 2654435761u + seed;
}

static uint32_t show(struct share_screen *screen, uint32_t handle, uint64_t modifier)
{
	struct drm_mode_fb_cmd2 cmd;
	uint32_t fb;

	fb_fill(&cmd, handle, screen->mode.hdisplay, screen->mode.vdisplay, DRM_FORMAT_XRGB8888,
		modifier);
	fb = fb_add(screen->fd, &cmd);
	screen_set(screen, fb);
	return fb;
}

/* Whether CRC and screenshot match the picture that paint() makes of @seed. */
static bool shown(struct share_screen *screen, uint32_t seed)
{
	struct picture picture;
	bool same;

	picture_init(&picture, screen->mode.hdisplay, screen->mode.vdisplay);
	paint(picture.pixels, screen->size, seed);
	same = screen_crc(screen) == picture_crc(&picture) &&
	       screen_shows(screen->fd, picture.pixels, 4 * picture.width);
	picture_fini(&picture);
	return same;
}

static uint32_t pixel_at(const struct share_screen *screen, uint32_t x, uint32_t y)
{
	const struct kms kms = { .fd = screen->fd };
	struct picture picture;
	uint32_t pixel;

	look_shot(&kms, &picture);
	pixel = picture.pixels[y * picture.width + x] & 0xffffff;
	picture_fini(&picture);
	return pixel;
}

/* Shows a dma-buf of plain memory, and writes to it while it is shown. */
static bool dmabuf_shown(struct share_screen *screen, int dmabuf)
{
	uint32_t *pixels = dmabuf_mmap(dmabuf, screen->size), fb;
	bool ok;

	dmabuf_sync(dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_WRITE);
	paint(pixels, screen->size, 1);
	dmabuf_sync(dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_WRITE);
	fb = show(screen, prime_import(screen->fd, dmabuf), LINEAR);
	ok = shown(screen, 1);
	dmabuf_sync(dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_WRITE);
	paint(pixels, screen->size, 2);
	dmabuf_sync(dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_WRITE);
	ok &= shown(screen, 2);
	gem_munmap(pixels, screen->size);
	close(dmabuf);
	/* Only the framebuffer holds it now. */
	ok &= shown(screen, 2);
	fb_remove(screen->fd, fb);
	return ok;
}

TEST_F(picture, buffers_of_another_gpu_are_shown)
{
	int dmabuf = prime_export(self->other, gem_create(self->other, self->size));

	EXPECT_EQ(true, dmabuf_shown(&self->screen, dmabuf));
}

TEST_F(picture, buffers_of_a_udmabuf_are_shown)
{
	EXPECT_EQ(true, dmabuf_shown(&self->screen, udmabuf_create(self->size)));
}

TEST_F(picture, buffers_of_the_system_heap_are_shown)
{
	EXPECT_EQ(true, dmabuf_shown(&self->screen, heap_alloc(self->size)));
}

/* Their dma-bufs cannot be mapped by the CPU, but their dumb buffers can. */
static bool dumb_shown(struct share_screen *screen, int card)
{
	uint32_t pitch, handle, *pixels;
	uint64_t size, offset;
	int dmabuf;
	bool ok;

	handle = gem_dumb_create(card, screen->mode.hdisplay, screen->mode.vdisplay, 32, &pitch,
				 &size);
	vi915_check(__gem_dumb_map(card, handle, &offset));
	vi915_check(__gem_mmap_at_offset(card, offset, screen->size, (void **)&pixels));
	paint(pixels, screen->size, 3);
	dmabuf = prime_export(card, handle);
	show(screen, prime_import(screen->fd, dmabuf), LINEAR);
	close(dmabuf);
	ok = pitch == 4 * screen->mode.hdisplay && shown(screen, 3);
	paint(pixels, screen->size, 4);
	ok &= shown(screen, 4);
	gem_munmap(pixels, screen->size);
	close(card);
	return ok && shown(screen, 4);
}

TEST_F(picture, buffers_of_vgem_are_shown)
{
	EXPECT_EQ(true, dumb_shown(&self->screen, vi915_driver_open("vgem")));
}

TEST_F(picture, buffers_of_vkms_are_shown)
{
	EXPECT_EQ(true, dumb_shown(&self->screen, vi915_driver_open("vkms")));
}

/* The camera's frame is shown in a corner by the overlay. */
TEST_F(picture, frames_of_a_camera_are_shown)
{
	drmModePlaneRes *planes = drmModeGetPlaneResources(self->fd);
	struct drm_mode_fb_cmd2 cmd;
	struct share_camera camera;
	uint32_t i, frame, fb;
	int dmabuf;

	ASSERT_GE(planes->count_planes, 1);
	show(&self->screen, gem_create(self->fd, self->size), LINEAR);
	camera_open(&camera);
	camera_paint(&camera, CAMERA_WHITE);
	camera_request(&camera, V4L2_MEMORY_MMAP);
	for (i = 0; i < camera.count; i++)
		ASSERT_OK(__camera_queue(&camera, i, -1));
	ASSERT_OK(__camera_start(&camera));
	frame = camera_frame(&camera);
	dmabuf = camera_export(&camera, frame);

	fb_fill(&cmd, prime_import(self->fd, dmabuf), 320, 180, DRM_FORMAT_XRGB8888, LINEAR);
	fb = fb_add(self->fd, &cmd);
	ASSERT_OK(drmModeSetPlane(self->fd, planes->planes[0], self->screen.crtc, fb, 0, 16, 8,
				  320, 180, 0, 0, 320 << 16, 180 << 16));
	EXPECT_EQ(0, pixel_at(&self->screen, 15, 8));
	EXPECT_EQ(CAMERA_WHITE, pixel_at(&self->screen, 16, 8));
	EXPECT_EQ(CAMERA_WHITE, pixel_at(&self->screen, 16 + 319, 8 + 179));
	EXPECT_EQ(0, pixel_at(&self->screen, 16 + 320, 8 + 179));

	/* The camera is closed before the picture is taken off. */
	close(dmabuf);
	camera_stop(&camera);
	close(camera.fd);
	EXPECT_EQ(CAMERA_WHITE, pixel_at(&self->screen, 16 + 160, 8 + 90));
	drmModeFreePlaneResources(planes);
}

FIXTURE(layout)
{
	struct share_screen screen;
	int other;
};

FIXTURE_VARIANT(layout)
{
	uint64_t modifier;
};

FIXTURE_VARIANT_ADD(layout, linear) { LINEAR };
FIXTURE_VARIANT_ADD(layout, x_tiled) { X_TILED };
FIXTURE_VARIANT_ADD(layout, y_tiled) { Y_TILED };

FIXTURE_SETUP(layout)
{
	screen_open_fd(&self->screen, vi915_open("gpu0"));
	self->other = vi915_open_render("gpu1");
}

FIXTURE_TEARDOWN(layout)
{
	screen_close(&self->screen);
	close(self->other);
}

static uint32_t make_tiled(int fd, uint64_t modifier, const struct share_screen *screen,
			   uint32_t **pixels)
{
	uint32_t handle = gem_create(fd, screen->size);

	if (modifier != LINEAR)
		gem_set_tiling(fd, handle, fb_tiling(modifier), 4 * screen->mode.hdisplay);
	*pixels = gem_mmap_gtt(fd, handle, screen->size);
	return handle;
}

/* The exporter's CPU writes through a linear view. */
TEST_F(layout, what_the_exporter_writes_is_shown)
{
	uint32_t *pixels, theirs, fb;
	int dmabuf;

	theirs = make_tiled(self->other, variant->modifier, &self->screen, &pixels);
	paint(pixels, self->screen.size, 5);
	dmabuf = prime_export(self->other, theirs);
	fb = show(&self->screen, prime_import(self->screen.fd, dmabuf), variant->modifier);
	EXPECT_EQ(true, shown(&self->screen, 5));

	/* Its next writes are shown after it ended its access. */
	paint(pixels, self->screen.size, 6);
	dmabuf_sync(dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_WRITE);
	dmabuf_sync(dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_WRITE);
	fb_dirty(self->screen.fd, fb, NULL, 0);
	EXPECT_EQ(true, shown(&self->screen, 6));
	close(dmabuf);
}

/* Our own views are written back at a flip, and at DIRTYFB. */
TEST_F(layout, what_was_written_through_the_gtt_is_shown)
{
	uint32_t *pixels, handle, fb;

	handle = make_tiled(self->screen.fd, variant->modifier, &self->screen, &pixels);
	paint(pixels, self->screen.size, 7);
	fb = show(&self->screen, handle, variant->modifier);
	EXPECT_EQ(true, shown(&self->screen, 7));
	paint(pixels, self->screen.size, 8);
	fb_dirty(self->screen.fd, fb, NULL, 0);
	EXPECT_EQ(true, shown(&self->screen, 8));
	/* Showing a buffer does not change its view. */
	EXPECT_EQ(8, pixels[0]);
	paint(pixels, self->screen.size, 9);
	screen_flip(&self->screen, fb);
	EXPECT_EQ(true, screen_flipped(&self->screen, 5000));
	EXPECT_EQ(true, shown(&self->screen, 9));
}

/* Two GPUs show one framebuffer at the same time. */
TEST_F(layout, two_gpus_show_one_buffer)
{
	struct share_screen second;
	uint32_t *pixels, handle, fb, other_fb;
	int dmabuf;

	screen_open_fd(&second, vi915_open("gpu1"));
	handle = make_tiled(self->screen.fd, variant->modifier, &self->screen, &pixels);
	paint(pixels, self->screen.size, 10);
	fb = show(&self->screen, handle, variant->modifier);
	dmabuf = prime_export(self->screen.fd, handle);
	other_fb = show(&second, prime_import(second.fd, dmabuf), variant->modifier);
	EXPECT_EQ(true, shown(&self->screen, 10));
	EXPECT_EQ(true, shown(&second, 10));

	/* The other GPU draws, and both screens show it. */
	exec_store(second.fd, 0, I915_EXEC_RENDER, prime_import(second.fd, dmabuf), 0, 0xabcdef);
	exec_sync(self->screen.fd, handle);
	screen_set(&second, other_fb);
	screen_set(&self->screen, fb);
	EXPECT_EQ(false, shown(&self->screen, 10));
	EXPECT_EQ(false, shown(&second, 10));
	close(dmabuf);
	screen_close(&second);
}

TEST_F(picture, vkms_shows_what_our_screen_does)
{
	uint32_t *pixels, handle, fb, crc;
	struct share_screen vkms;
	int dmabuf;

	screen_open(&vkms);
	handle = gem_create(self->fd, vkms.size > self->size ? vkms.size : self->size);
	show(&self->screen, handle, LINEAR);
	dmabuf = prime_export(self->fd, handle);
	ASSERT_OK(__screen_show(&vkms, prime_import(vkms.fd, dmabuf), &fb));
	crc = screen_crc(&vkms);
	pixels = dmabuf_mmap(dmabuf, vkms.size);
	paint(pixels, self->size, 11);
	EXPECT_NE(crc, screen_crc(&vkms));
	EXPECT_EQ(true, shown(&self->screen, 11));
	gem_munmap(pixels, vkms.size);
	close(dmabuf);
	screen_close(&vkms);
}

TEST_HARNESS_MAIN
