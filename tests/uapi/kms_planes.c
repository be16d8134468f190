// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The picture of a plane: each format in each layout, with each blend mode,
 * anywhere on the screen, and from any part of its framebuffer.
 */
#include "test.h"

#include <string.h>
#include <unistd.h>

#include "gem.h"
#include "kms.h"
#include "look.h"
#include "tile.h"

#define WIDTH	320
#define HEIGHT	240
/* Size of the overlay. */
#define W	162
#define H	70

FIXTURE(planes)
{
	struct kms kms;
	drmModeModeInfo mode;
	struct kms_fb fb;
	/* Expected picture. */
	struct picture picture;
	/* Framebuffer of the overlay, and its contents as a picture. */
	struct kms_fb above;
	struct picture overlay;
};

#define PLANES FIXTURE_DATA(planes)

static uint64_t enum_value(int fd, uint32_t plane, const char *property, const char *name)
{
	drmModePropertyRes *prop = drmModeGetProperty(fd, kms_prop(fd, plane, property));
	uint64_t value = UINT64_MAX;
	int i;

	for (i = 0; prop && i < prop->count_enums; i++)
		if (!strcmp(prop->enums[i].name, name))
			value = prop->enums[i].value;
	drmModeFreeProperty(prop);
	if (value == UINT64_MAX)
		vi915_fail("%s has no value %s", property, name);
	return value;
}

/* Resets the overlay's properties, which an earlier test may have set. */
static void plain(const struct kms *kms)
{
	drmModeAtomicReq *req = drmModeAtomicAlloc();
	uint32_t plane = kms->overlay;
	int fd = kms->fd;

	kms_add(req, fd, plane, "alpha", 0xffff);
	kms_add(req, fd, plane, "pixel blend mode",
		enum_value(fd, plane, "pixel blend mode", "Pre-multiplied"));
	kms_add(req, fd, plane, "COLOR_ENCODING",
		enum_value(fd, plane, "COLOR_ENCODING", "ITU-R BT.709 YCbCr"));
	kms_add(req, fd, plane, "COLOR_RANGE",
		enum_value(fd, plane, "COLOR_RANGE", "YCbCr limited range"));
	kms_commit_free(fd, req, 0, 0);
}

FIXTURE_SETUP(planes)
{
	kms_open(&self->kms, "gpu0", 0);
	/* A small mode that is in no list, so that there is less to compare. */
	self->mode = kms_mode(&self->kms, 640, 480, 60);
	self->mode.hdisplay = WIDTH;
	self->mode.vdisplay = HEIGHT;
	kms_fb_create(self->kms.fd, &self->fb, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888);
	picture_init(&self->picture, WIDTH, HEIGHT);
	picture_noise(&self->picture, 1);
	look_draw(self->kms.fd, &self->fb, &self->picture);
	kms_light(&self->kms, &self->mode, &self->fb);
	plain(&self->kms);
	picture_init(&self->overlay, W, H);
	picture_noise(&self->overlay, 2);
}

FIXTURE_TEARDOWN(planes)
{
	picture_fini(&self->overlay);
	picture_fini(&self->picture);
	kms_close(&self->kms);
}

static const uint32_t formats[] = {
	DRM_FORMAT_XRGB8888, DRM_FORMAT_ARGB8888, DRM_FORMAT_XBGR8888, DRM_FORMAT_ABGR8888,
	DRM_FORMAT_RGB565, DRM_FORMAT_XRGB2101010, DRM_FORMAT_NV12, DRM_FORMAT_YUYV,
};

static const struct {
	uint32_t tiling;
	uint64_t modifier;
} layouts[] = {
	{ I915_TILING_NONE, DRM_FORMAT_MOD_LINEAR },
	{ I915_TILING_X, I915_FORMAT_MOD_X_TILED },
	{ I915_TILING_Y, I915_FORMAT_MOD_Y_TILED },
};

static uint32_t bytes_of(uint32_t format)
{
	switch (format) {
	case DRM_FORMAT_NV12:
		return 1;
	case DRM_FORMAT_RGB565:
	case DRM_FORMAT_YUYV:
		return 2;
	default:
		return 4;
	}
}

static bool is_yuv(uint32_t format)
{
	return format == DRM_FORMAT_NV12 || format == DRM_FORMAT_YUYV;
}

/* Decodes the bytes of a framebuffer of @format. */
static void decode(const uint8_t *map, const struct tiled *tiled, uint64_t chroma,
		   uint32_t format, bool bt709, bool full, struct picture *picture)
{
	uint32_t bytes = bytes_of(format), x, y, i;
	struct tiled second = *tiled;
	uint8_t pixel[4] = {};

	second.size -= chroma;
	for (y = 0; y < picture->height; y++)
		for (x = 0; x < picture->width; x++) {
			uint64_t at = (uint64_t)y * tiled->stride;

			at += format == DRM_FORMAT_YUYV ? x / 2 * 4 : x * bytes;
			for (i = 0; i < (format == DRM_FORMAT_YUYV ? 4 : bytes); i++)
				pixel[i] = map[tile_raw(tiled, at + i)];
			at = (uint64_t)(y / 2) * tiled->stride + x / 2 * 2;
			for (i = 0; i < 2 && format == DRM_FORMAT_NV12; i++)
				pixel[1 + i] = map[chroma + tile_raw(&second, at + i)];
			picture->pixels[y * picture->width + x] =
				picture_decode(pixel, format, x % 2, bt709, full);
		}
}

/* A framebuffer of noise: any bytes are valid pixels in every format. */
static void make_fb(int fd, uint32_t format, unsigned int layout, bool bt709, bool full,
		    struct kms_fb *fb, struct picture *picture)
{
	struct tiled tiled = { .mode = layouts[layout].tiling, .stride = 1024 };
	uint32_t handles[4] = {}, pitches[4] = {}, offsets[4] = {};
	uint64_t chroma = 1024 * 96;
	uint32_t i, word = format;
	uint32_t *map;

	memset(fb, 0, sizeof(*fb));
	fb->width = W;
	fb->height = H;
	fb->size = tiled.size = 2 * chroma;
	fb->handle = gem_create(fd, fb->size);
	if (tiled.mode)
		gem_set_tiling(fd, fb->handle, tiled.mode, tiled.stride);
	map = gem_mmap_wb(fd, fb->handle, 0, fb->size);
	for (i = 0; i < fb->size / 4; i++) {
		word = word * 1664525 + 1013904223;
		map[i] = word ^ word >> 16;
	}
	decode((uint8_t *)map, &tiled, chroma, format, bt709, full, picture);
	gem_munmap(map, fb->size);

	handles[0] = fb->handle;
	pitches[0] = tiled.stride;
	if (format == DRM_FORMAT_NV12) {
		handles[1] = fb->handle;
		pitches[1] = tiled.stride;
		offsets[1] = chroma;
	}
	vi915_check(__kms_addfb(fd, W, H, format, layouts[layout].modifier, handles, pitches,
				offsets, &fb->fb));
}

static const struct {
	const char *name;
	int mode;
} blends[] = {
	{ "Pre-multiplied", PICTURE_PREMULTIPLIED },
	{ "Coverage", PICTURE_COVERAGE },
	{ "None", PICTURE_NONE },
};

static void see(PLANES *self, const struct picture *expected, int tolerance)
{
	struct picture seen;

	look_shot(&self->kms, &seen);
	picture_same_at(VI915_AT, expected, &seen, tolerance);
	picture_fini(&seen);
}

static void copy(struct picture *to, const struct picture *from)
{
	picture_init(to, from->width, from->height);
	memcpy(to->pixels, from->pixels, 4ull * from->width * from->height);
}

static void blend_each_way(PLANES *self, uint32_t format, unsigned int layout)
{
	static const uint32_t alphas[] = { 0xffff, 0x8101, 0 };
	uint32_t plane = self->kms.overlay;
	int fd = self->kms.fd;
	unsigned int b, a;

	make_fb(fd, format, layout, true, false, &self->above, &self->overlay);
	for (b = 0; b < 3; b++)
		for (a = 0; a < 3; a++) {
			drmModeAtomicReq *req = drmModeAtomicAlloc();
			struct picture expected;

			kms_add_plane(req, &self->kms, plane, &self->above, 101, 103);
			kms_add(req, fd, plane, "alpha", alphas[a]);
			kms_add(req, fd, plane, "pixel blend mode",
				enum_value(fd, plane, "pixel blend mode", blends[b].name));
			kms_commit_free(fd, req, 0, 0);
			copy(&expected, &self->picture);
			picture_blend(&expected, &self->overlay, 101, 103, alphas[a],
				      blends[b].mode);
			/* YUV is converted with rounded factors. */
			see(self, &expected, is_yuv(format));
			picture_fini(&expected);
		}
}

TEST_F(planes, show_each_format_in_each_layout_blended_in_each_way)
{
	unsigned int f, l;

	for (f = 0; f < sizeof(formats) / sizeof(*formats); f++)
		for (l = 0; l < 3; l++)
			blend_each_way(self, formats[f], l);
}

TEST_F(planes, show_yuv_by_its_standard)
{
	static const struct {
		const char *encoding;
		const char *range;
	} ways[] = {
		{ "ITU-R BT.601 YCbCr", "YCbCr limited range" },
		{ "ITU-R BT.601 YCbCr", "YCbCr full range" },
		{ "ITU-R BT.709 YCbCr", "YCbCr limited range" },
		{ "ITU-R BT.709 YCbCr", "YCbCr full range" },
	};
	uint32_t plane = self->kms.overlay, f;
	int fd = self->kms.fd, i;

	for (f = 6; f < 8; f++)
		for (i = 0; i < 4; i++) {
			drmModeAtomicReq *req = drmModeAtomicAlloc();
			struct picture expected;

			make_fb(fd, formats[f], i % 3, i / 2, i % 2, &self->above,
				&self->overlay);
			kms_add_plane(req, &self->kms, plane, &self->above, 7, 9);
			kms_add(req, fd, plane, "COLOR_ENCODING",
				enum_value(fd, plane, "COLOR_ENCODING", ways[i].encoding));
			kms_add(req, fd, plane, "COLOR_RANGE",
				enum_value(fd, plane, "COLOR_RANGE", ways[i].range));
			kms_commit_free(fd, req, 0, 0);
			copy(&expected, &self->picture);
			picture_blend(&expected, &self->overlay, 7, 9, 0xffff, PICTURE_NONE);
			see(self, &expected, 1);
			picture_fini(&expected);
		}
}

/* Across each edge and corner, and outside of the screen. */
TEST_F(planes, are_clipped_to_the_screen)
{
	static const int at[][2] = {
		{ -1, 5 }, { -100, -33 }, { 180, -69 }, { 319, 239 }, { 159, 171 }, { -161, 120 },
		{ 60, 239 }, { 320, 0 }, { 0, 240 }, { -162, 0 }, { 0, -70 }, { 100000, 100000 },
	};
	int fd = self->kms.fd;
	unsigned int i, f;

	/* A format that is copied as it is, and one with pairs of pixels. */
	for (f = 0; f < 8; f += 6) {
		make_fb(fd, formats[f], 2, true, false, &self->above, &self->overlay);
		for (i = 0; i < sizeof(at) / sizeof(*at); i++) {
			drmModeAtomicReq *req = drmModeAtomicAlloc();
			struct picture expected;

			kms_add_plane(req, &self->kms, self->kms.overlay, &self->above, at[i][0],
				      at[i][1]);
			kms_commit_free(fd, req, 0, 0);
			copy(&expected, &self->picture);
			picture_blend(&expected, &self->overlay, at[i][0], at[i][1], 0xffff,
				      PICTURE_NONE);
			see(self, &expected, is_yuv(formats[f]));
			picture_fini(&expected);
		}
	}
}

static void cut(const struct picture *from, uint32_t x, uint32_t y, uint32_t w, uint32_t h,
		struct picture *to)
{
	uint32_t row;

	picture_init(to, w, h);
	for (row = 0; row < h; row++)
		memcpy(to->pixels + row * w, from->pixels + (y + row) * from->width + x, 4 * w);
}

TEST_F(planes, show_any_part_of_their_framebuffer)
{
	static const uint32_t parts[][4] = {
		{ 0, 0, 1, 1 }, { 161, 69, 1, 1 }, { 1, 1, 31, 33 }, { 127, 31, 3, 3 },
		{ 33, 5, 128, 65 },
	};
	uint32_t plane = self->kms.overlay;
	int fd = self->kms.fd;
	unsigned int f, l, i;

	for (f = 0; f < sizeof(formats) / sizeof(*formats); f++)
		for (l = 0; l < 3; l++) {
			make_fb(fd, formats[f], l, true, false, &self->above, &self->overlay);
			for (i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
				const uint32_t *part = parts[i];
				drmModeAtomicReq *req = drmModeAtomicAlloc();
				struct picture expected, some;

				kms_add_plane(req, &self->kms, plane, &self->above, 50, 60);
				kms_add(req, fd, plane, "SRC_X", (uint64_t)part[0] << 16);
				kms_add(req, fd, plane, "SRC_Y", (uint64_t)part[1] << 16);
				kms_add(req, fd, plane, "SRC_W", (uint64_t)part[2] << 16);
				kms_add(req, fd, plane, "SRC_H", (uint64_t)part[3] << 16);
				kms_add(req, fd, plane, "CRTC_W", part[2]);
				kms_add(req, fd, plane, "CRTC_H", part[3]);
				kms_commit_free(fd, req, 0, 0);
				cut(&self->overlay, part[0], part[1], part[2], part[3], &some);
				copy(&expected, &self->picture);
				picture_blend(&expected, &some, 50, 60, 0xffff,
					      PICTURE_PREMULTIPLIED);
				see(self, &expected, is_yuv(formats[f]));
				picture_fini(&some);
				picture_fini(&expected);
			}
		}
}

/* Without a plane the screen is black. */
TEST_F(planes, that_are_off_show_nothing)
{
	drmModeAtomicReq *req = drmModeAtomicAlloc();

	kms_add_plane_off(req, &self->kms, self->kms.primary);
	kms_commit_free(self->kms.fd, req, 0, 0);
	picture_fill(&self->picture, 0, 0, WIDTH, HEIGHT, 0);
	see(self, &self->picture, 0);
}

TEST_HARNESS_MAIN
