// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The cost of looking at a picture: CRCs and writeback, compared with vkms; and
 * of composing a picture by format, tiling and number of planes, compared with
 * a memcpy of a frame.
 */
#include <stdio.h>
#include <string.h>

#include "gem.h"
#include "gpu.h"
#include "measure.h"
#include "proc.h"
#include "show.h"

#define US 1000.0
#define DISPLAY_WIDTH 1920u
#define DISPLAY_HEIGHT 1080u
#define DISPLAY_SIZE (DISPLAY_WIDTH * DISPLAY_HEIGHT * 4)
/* Slow enough for vkms to keep up, so that both make a frame for each vblank. */
#define DISPLAY_HZ 10
#define DISPLAY_HZ_LARGE 3
#define DISPLAY_ROUNDS 9
#define DISPLAY_ROUNDS_FAST 41
/* Five times as fast as vkms. */
#define DISPLAY_GOAL 0.2
#define DISPLAY_CURSOR 256
/* Rows of the tallest tile. */
#define DISPLAY_TILE 32

static void *(*volatile display_memcpy)(void *to, const void *from, size_t n) = memcpy;

static int64_t display_crcs(void *arg, unsigned int n)
{
	struct show *show = arg;
	int64_t ns = 0;

	show_crc_begin(show);
	while (n--)
		ns += show_crc(show);
	show_crc_end(show);
	return ns;
}

static int64_t display_writes(void *arg, unsigned int n)
{
	struct show *show = arg;
	int64_t ns = 0;

	while (n--)
		ns += show_write(show);
	return ns;
}

static void display_beside(struct show *show, struct show *peer, const char *what,
			   int64_t (*run)(void *arg, unsigned int n))
{
	struct vi915_work ours = { run, show }, theirs = { run, peer };
	struct vi915_compared compared = vi915_compare(&ours, &theirs, DISPLAY_ROUNDS);

	vi915_row(what, "vkms", &compared, US, DISPLAY_GOAL);
}

static void display_peer(struct show *show)
{
	struct show peer;

	show_open(&peer, vi915_driver_open("vkms"), true);
	vi915_table("from a vblank until a picture was looked at", "us");
	show_light(show, DISPLAY_WIDTH, DISPLAY_HEIGHT, DISPLAY_HZ);
	show_light(&peer, DISPLAY_WIDTH, DISPLAY_HEIGHT, DISPLAY_HZ);
	display_beside(show, &peer, "CRC of 1080p", display_crcs);
	display_beside(show, &peer, "writeback of 1080p", display_writes);
	show_light(show, 3840, 2160, DISPLAY_HZ_LARGE);
	show_light(&peer, 3840, 2160, DISPLAY_HZ_LARGE);
	display_beside(show, &peer, "CRC of 2160p", display_crcs);
	display_beside(show, &peer, "writeback of 2160p", display_writes);
	show_dark(show);
	show_dark(&peer);
}

/* A screen without vblanks, and two buffers as large as a frame. */
struct display {
	struct show show;
	drmModeAtomicReq *req;
	char *from;
	char *to;
};

static int64_t display_frames(void *arg, unsigned int n)
{
	struct display *display = arg;
	int64_t ns = 0;

	while (n--)
		ns += show_crc_of(&display->show, display->req);
	return ns;
}

static int64_t display_copies(void *arg, unsigned int n)
{
	struct display *display = arg;
	int64_t start = vi915_now();

	while (n--)
		display_memcpy(display->to, display->from, DISPLAY_SIZE);
	return vi915_now() - start;
}

static void display_row(struct display *display, const char *what)
{
	struct vi915_work ours = { display_frames, display };
	struct vi915_work theirs = { display_copies, display };
	struct vi915_compared compared =
		vi915_compare(&ours, &theirs, DISPLAY_ROUNDS_FAST);

	vi915_row(what, "memcpy", &compared, US, 0);
}

static void display_fastest(struct display *display)
{
	struct vi915_work crc = { display_crcs, &display->show };
	struct vi915_work write = { display_writes, &display->show };
	struct vi915_work copy = { display_copies, display };
	struct vi915_compared compared;

	vi915_table("1080p as fast as it goes", "us");
	compared = vi915_compare(&crc, &copy, DISPLAY_ROUNDS_FAST);
	vi915_row("a commit, and the CRC of its picture", "memcpy", &compared, US, 0);
	printf("  frames per second: %.0f\n", 1e9 / compared.ours);
	compared = vi915_compare(&write, &copy, DISPLAY_ROUNDS_FAST);
	vi915_row("a commit, and writeback of its picture", "memcpy", &compared, US, 0);
	printf("  frames per second: %.0f\n", 1e9 / compared.ours);
}

/* Values of the property "pixel blend mode" in the DRM core. */
enum blend { BLEND_PREMULTIPLIED, BLEND_COVERAGE, BLEND_NONE };

/* Layout of a picture's pixels in memory. */
struct layout {
	const char *what;
	uint32_t format;
	uint64_t modifier;
	unsigned int bytes;
};

static void display_fb(int fd, struct kms_fb *fb, const struct layout *layout, uint32_t width,
		       uint32_t height)
{
	uint32_t handles[4] = {}, pitches[4] = {}, offsets[4] = {};
	uint32_t rows = (height + DISPLAY_TILE - 1) / DISPLAY_TILE * DISPLAY_TILE;
	bool nv12 = layout->format == DRM_FORMAT_NV12;

	fb->width = width;
	fb->height = height;
	fb->pitch = width * layout->bytes;
	fb->size = (uint64_t)fb->pitch * rows * (nv12 ? 2 : 1);
	fb->handle = gem_create(fd, fb->size);
	handles[0] = fb->handle;
	pitches[0] = fb->pitch;
	if (nv12) {
		handles[1] = fb->handle;
		pitches[1] = fb->pitch;
		offsets[1] = fb->pitch * rows;
	}
	vi915_check(__kms_addfb(fd, width, height, layout->format, layout->modifier, handles,
				pitches, offsets, &fb->fb));
	show_fill(fd, fb, 1);
}

/* Adds a plane to the commit that is repeated. */
static void display_begin(struct display *display, uint32_t plane, const struct kms_fb *fb,
			  uint64_t alpha, enum blend blend)
{
	struct kms *kms = &display->show.kms;

	kms_add_plane(display->req, kms, plane, fb, 0, 0);
	kms_add(display->req, kms->fd, plane, "alpha", alpha);
	kms_add(display->req, kms->fd, plane, "pixel blend mode", blend);
}

static void display_formats(struct display *display)
{
	static const struct layout layouts[] = {
		{ "XRGB8888, linear", DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR, 4 },
		{ "XRGB8888, X tiled", DRM_FORMAT_XRGB8888, I915_FORMAT_MOD_X_TILED, 4 },
		{ "XRGB8888, Y tiled", DRM_FORMAT_XRGB8888, I915_FORMAT_MOD_Y_TILED, 4 },
		{ "XBGR8888, linear", DRM_FORMAT_XBGR8888, DRM_FORMAT_MOD_LINEAR, 4 },
		{ "XRGB2101010, linear", DRM_FORMAT_XRGB2101010, DRM_FORMAT_MOD_LINEAR, 4 },
		{ "RGB565, linear", DRM_FORMAT_RGB565, DRM_FORMAT_MOD_LINEAR, 2 },
		{ "NV12, linear", DRM_FORMAT_NV12, DRM_FORMAT_MOD_LINEAR, 1 },
		{ "YUYV, linear", DRM_FORMAT_YUYV, DRM_FORMAT_MOD_LINEAR, 2 },
		{ "YUYV, Y tiled", DRM_FORMAT_YUYV, I915_FORMAT_MOD_Y_TILED, 2 },
	};
	struct kms *kms = &display->show.kms;
	struct kms_fb fb;
	unsigned int i;

	vi915_table("one plane of 1080p, with its CRC", "us");
	for (i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
		display->req = drmModeAtomicAlloc();
		display_fb(kms->fd, &fb, &layouts[i], DISPLAY_WIDTH, DISPLAY_HEIGHT);
		display_begin(display, kms->primary, &fb, 0xffff, BLEND_NONE);
		display_row(display, layouts[i].what);
		/* Or destroying the framebuffer would disable the plane. */
		vi915_check(__kms_commit(kms->fd, display->show.flips[0], 0, 0));
		drmModeAtomicFree(display->req);
		kms_fb_destroy(kms->fd, &fb);
	}
}

static void display_planes(struct display *display)
{
	static const struct layout argb = { "", DRM_FORMAT_ARGB8888, DRM_FORMAT_MOD_LINEAR, 4 };
	struct kms *kms = &display->show.kms;
	struct kms_fb large, small;

	vi915_table("planes of 1080p, ARGB8888, with their CRC", "us");
	display_fb(kms->fd, &large, &argb, DISPLAY_WIDTH, DISPLAY_HEIGHT);
	display_fb(kms->fd, &small, &argb, DISPLAY_CURSOR, DISPLAY_CURSOR);
	display->req = drmModeAtomicAlloc();
	display_begin(display, kms->primary, &small, 0xffff, BLEND_NONE);
	display_row(display, "256x256 on black");
	display_begin(display, kms->primary, &display->show.fbs[0], 0xffff, BLEND_NONE);
	display_row(display, "1, opaque");
	display_begin(display, kms->overlay, &large, 0xffff, BLEND_NONE);
	display_row(display, "2, opaque: the lower is covered");
	display_begin(display, kms->overlay, &large, 0xffff, BLEND_PREMULTIPLIED);
	display_row(display, "2, pre-multiplied, all pixels opaque");
	display_begin(display, kms->overlay, &large, 0x8000, BLEND_NONE);
	display_row(display, "2, plane alpha");
	display_begin(display, kms->overlay, &large, 0x8000, BLEND_COVERAGE);
	display_row(display, "2, coverage and plane alpha");
	display_begin(display, kms->cursor, &small, 0x8000, BLEND_PREMULTIPLIED);
	display_row(display, "3, with a cursor of 256x256 and alpha");
	drmModeAtomicFree(display->req);
}

int main(void)
{
	struct display display = {};
	struct show show;
	int fd;

	show_open(&show, vi915_open("gpu0"), true);
	display_peer(&show);

	/* vblank=off: one CRC for each commit. */
	show_open(&display.show, vi915_open("gpu2"), false);
	show_light(&display.show, DISPLAY_WIDTH, DISPLAY_HEIGHT, 60);
	fd = display.show.kms.fd;
	display.from = gem_mmap_wb(fd, gem_create(fd, DISPLAY_SIZE), 0, DISPLAY_SIZE);
	display.to = gem_mmap_wb(fd, gem_create(fd, DISPLAY_SIZE), 0, DISPLAY_SIZE);
	memset(display.from, 1, DISPLAY_SIZE);
	memset(display.to, 2, DISPLAY_SIZE);
	display_fastest(&display);
	show_crc_begin(&display.show);
	display_formats(&display);
	display_planes(&display);
	show_crc_end(&display.show);
	return 0;
}
