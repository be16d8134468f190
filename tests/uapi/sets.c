// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --gpu intel --gpu amd,set=amd-like --gpu nvidia,set=nvidia-like
// box: --gpu arm,set=arm-like --gpu display,set=display-only --gpu novmap,vmap=0
/*
 * The named sets of limits, each with bugs that people met on such a GPU beside
 * one of another vendor: from the refusal to the picture that a program gets if
 * it handles the refusal (doc/sets.md).
 */
#include "test.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xf86drmMode.h>

#include "exec.h"
#include "fb.h"
#include "gem.h"
#include "gpu.h"
#include "prime.h"
#include "proc.h"
#include "share.h"
#include "share_screen.h"

#define SEED 3

/* A picture of a client: drawn by some GPU and exported. */
struct picture {
	int gpu;
	uint32_t handle;
	int dmabuf;
};

static void picture_open(struct picture *picture, const char *name, uint64_t size)
{
	picture->gpu = vi915_open_render(name);
	picture->handle = share_scattered(picture->gpu, size);
	share_gtt_writes(picture->gpu, picture->handle, size, SEED);
	picture->dmabuf = prime_export(picture->gpu, picture->handle);
}

static void picture_close(struct picture *picture)
{
	close(picture->dmabuf);
	close(picture->gpu);
}

/* Whether the screen shows it. */
static bool picture_shown(const struct share_screen *screen)
{
	uint32_t *want = malloc(screen->size);
	uint64_t i;
	bool same;

	vi915_fill(want, screen->size, SEED);
	for (i = 0; i < screen->size / 4; i++)
		want[i] &= 0xffffff;
	same = screen_shows(screen->fd, want, 4 * screen->mode.hdisplay);
	free(want);
	return same;
}

/* A buffer that the screen's GPU made and shows, for other GPUs to draw to. */
static uint32_t own_buffer(struct share_screen *screen, int *dmabuf)
{
	uint32_t handle, pitch;
	uint64_t size;

	handle = gem_dumb_create(screen->fd, screen->mode.hdisplay, screen->mode.vdisplay, 32,
				 &pitch, &size);
	*dmabuf = prime_export(screen->fd, handle);
	return handle;
}

/*
 * swaywm/wlroots#3033: the tiling set by SET_TILING is not shared; another GPU
 * reads the rows of its tiles as rows of the picture.
 */
TEST(intel_tiles_are_read_as_rows_by_others)
{
	int intel = vi915_open_render("intel"), amd = vi915_open_render("amd"), linear, tiled;
	const uint64_t size = 64 * VI915_PAGE;
	uint32_t handle;

	handle = gem_create(intel, size);
	share_gtt_writes(intel, handle, size, SEED);
	linear = prime_export(intel, handle);
	share_gtt_reads(amd, prime_import(amd, linear), size, SEED);

	handle = gem_create(intel, size);
	gem_set_tiling(intel, handle, I915_TILING_X, 4096);
	share_gtt_writes(intel, handle, size, SEED);
	share_gtt_reads(intel, handle, size, SEED);
	tiled = prime_export(intel, handle);
	/* The first 512 bytes are the same in both layouts. */
	EXPECT_EQ(512, __share_gtt_reads(amd, prime_import(amd, tiled), size, SEED));
	close(tiled);
	close(linear);
	close(amd);
	close(intel);
}

/* A framebuffer of two rows, with the pitch that its maker chose. */
static int addfb(int fd, uint32_t handle, uint32_t width, uint32_t pitch)
{
	struct drm_mode_fb_cmd2 cmd;

	fb_fill(&cmd, handle, width, 2, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR);
	cmd.pitches[0] = pitch;
	return __fb_add(fd, &cmd);
}

/*
 * hyprwm/Hyprland#16092: AMD refuses a small linear buffer with Intel's pitch,
 * unless its width fits AMD's pitch. Intel can show AMD's buffers too.
 */
TEST(amd_refuses_the_rows_of_small_buffers_of_intel)
{
	int intel = vi915_open("intel"), amd = vi915_open("amd"), dmabuf;
	uint32_t handle, import, pitch;
	uint64_t size;

	handle = gem_dumb_create(intel, 2, 2, 32, &pitch, &size);
	EXPECT_EQ(64, pitch);
	dmabuf = prime_export(intel, handle);
	import = prime_import(amd, dmabuf);
	EXPECT_ERR(EINVAL, addfb(amd, import, 2, pitch));
	EXPECT_OK(addfb(intel, handle, 2, pitch));
	close(dmabuf);

	handle = gem_dumb_create(intel, 64, 2, 32, &pitch, &size);
	EXPECT_EQ(256, pitch);
	dmabuf = prime_export(intel, handle);
	EXPECT_OK(addfb(amd, prime_import(amd, dmabuf), 64, pitch));
	close(dmabuf);

	handle = gem_dumb_create(amd, 2, 2, 32, &pitch, &size);
	EXPECT_EQ(256, pitch);
	dmabuf = prime_export(amd, handle);
	EXPECT_OK(addfb(intel, prime_import(intel, dmabuf), 2, pitch));
	close(dmabuf);
	close(amd);
	close(intel);
}

/*
 * hyprwm/aquamarine#279: the compositor runs on another GPU and is refused in
 * PRIME_FD_TO_HANDLE. The other direction works, so NVIDIA's GPU has to copy;
 * only the copier knows when the copy is done (games-on-whales
 * gst-wayland-display#31), so it waits.
 */
TEST(nvidia_buffers_are_not_attached_to_but_it_attaches_to_others)
{
	struct share_screen screen;
	struct picture picture;
	uint32_t import, shown, fb;
	int dmabuf;

	screen_open_fd(&screen, vi915_open("intel"));
	picture_open(&picture, "nvidia", screen.size);
	EXPECT_ERR(ENOSYS, __prime_import(screen.fd, picture.dmabuf, &import));

	shown = own_buffer(&screen, &dmabuf);
	import = prime_import(picture.gpu, dmabuf);
	exec_copy(picture.gpu, 0, I915_EXEC_BLT, import, picture.handle,
		  screen.size / VI915_PAGE);
	exec_sync(picture.gpu, import);
	ASSERT_OK(__screen_show(&screen, shown, &fb));
	EXPECT_EQ(true, picture_shown(&screen));

	close(dmabuf);
	picture_close(&picture);
	screen_close(&screen);
}

/* NVIDIA/open-gpu-kernel-modules#355: the CPU cannot map them either. */
TEST(nvidia_buffers_are_not_mapped)
{
	struct picture picture;
	void *map;

	picture_open(&picture, "nvidia", SHARE_SIZE);
	EXPECT_ERR(EINVAL, __dmabuf_mmap(picture.dmabuf, 0, SHARE_SIZE, PROT_READ, &map));
	share_gtt_reads(picture.gpu, picture.handle, SHARE_SIZE, SEED);
	picture_close(&picture);
}

/*
 * toyota-connected/ivi-homescreen#219: on a board with a renderer (v3d) and a
 * display (vc4), the display cannot import the renderer's buffers. #577:
 * buffers must be allocated by the display.
 */
TEST(arm_displays_refuse_what_the_renderer_of_the_same_board_made)
{
	struct share_screen screen;
	struct picture picture;
	uint32_t import, shown, fb;
	int dmabuf;

	screen_open_fd(&screen, vi915_open("arm"));
	picture_open(&picture, "arm-render", screen.size);
	EXPECT_ERR(EINVAL, __prime_import(screen.fd, picture.dmabuf, &import));

	shown = own_buffer(&screen, &dmabuf);
	import = prime_import(picture.gpu, dmabuf);
	exec_copy(picture.gpu, 0, I915_EXEC_BLT, import, picture.handle,
		  screen.size / VI915_PAGE);
	ASSERT_OK(__screen_show(&screen, shown, &fb));
	EXPECT_EQ(true, picture_shown(&screen));

	close(dmabuf);
	picture_close(&picture);
	screen_close(&screen);
}

/* One device renders, another one shows, and none does both. */
TEST(arm_is_two_devices)
{
	struct vi915_gpu arm, render;

	vi915_gpu_find("arm", &arm);
	vi915_gpu_find("arm-render", &render);
	EXPECT_EQ(-1, arm.render);
	EXPECT_LT(-1, render.render);
}

/*
 * DisplayLink/evdi#591, DisplayLink/evdi@b75e401: the display reads pictures
 * with the CPU and needs a vmap, which not every exporter gives. This fails
 * only when the picture is to be shown.
 */
TEST(display_only_needs_a_mapping_of_what_it_shows)
{
	struct picture good, bad;
	struct share_screen screen;
	uint32_t import, shown, fb;
	char *copy, *map;

	screen_open_fd(&screen, vi915_open("display"));
	picture_open(&good, "intel", screen.size);
	picture_open(&bad, "novmap", screen.size);

	import = prime_import(screen.fd, bad.dmabuf);
	EXPECT_ERR(EINVAL, __screen_show(&screen, import, &fb));
	EXPECT_EQ(0, share_state(screen.fd, dmabuf_inode(bad.dmabuf), "users"));
	EXPECT_EQ(0, share_state(bad.gpu, dmabuf_inode(bad.dmabuf), "users"));

	/* The program can still copy the picture. */
	shown = gem_create(screen.fd, screen.size);
	copy = malloc(screen.size);
	dmabuf_sync(bad.dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ);
	map = dmabuf_mmap(bad.dmabuf, screen.size);
	memcpy(copy, map, screen.size);
	gem_munmap(map, screen.size);
	dmabuf_sync(bad.dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ);
	gem_pwrite(screen.fd, shown, 0, copy, screen.size);
	free(copy);
	ASSERT_OK(__screen_show(&screen, shown, &fb));
	EXPECT_EQ(true, picture_shown(&screen));

	/* Other exporters give a vmap, and keep their pages while it exists. */
	import = prime_import(screen.fd, good.dmabuf);
	ASSERT_OK(__screen_show(&screen, import, &fb));
	EXPECT_EQ(true, picture_shown(&screen));
	EXPECT_EQ(2, share_state(good.gpu, dmabuf_inode(good.dmabuf), "users"));

	picture_close(&bad);
	picture_close(&good);
	screen_close(&screen);
}

/* The last picture is dropped together with its vmap. */
TEST(display_only_gives_the_mapping_back)
{
	struct share_screen screen;
	struct picture picture;
	int64_t until;
	uint32_t fb;
	ino_t ino;

	screen_open_fd(&screen, vi915_open("display"));
	picture_open(&picture, "intel", screen.size);
	ino = dmabuf_inode(picture.dmabuf);
	ASSERT_OK(__screen_show(&screen, prime_import(screen.fd, picture.dmabuf), &fb));
	screen_close(&screen);

	until = vi915_now() + 5000000000LL;
	while (share_state(picture.gpu, ino, "users") && vi915_now() < until)
		usleep(1000);
	EXPECT_EQ(0, share_state(picture.gpu, ino, "users"));
	picture_close(&picture);
}

TEST_HARNESS_MAIN
