// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --gpu intel --gpu amd,pitch_align=256 --gpu tight,pitch_align=4 --gpu tall,height_align=16
// box: --gpu glass,pitch_align=128,pitch=round --gpu wide,pitch_align=4096,pitch=round
/*
 * Displays that need other pitches or more memory than the GPU that drew
 * provides: they refuse the buffer, or show a wrong picture that is predicted
 * here pixel by pixel. This has a box of its own.
 */
#include "test.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "gem.h"
#include "gpu.h"
#include "kms.h"
#include "look.h"
#include "prime.h"
#include "proc.h"

#define WIDTH	640
#define HEIGHT	480
#define MOST	2

/**
 * struct buffers - a picture in memory of the GPU that draws
 * @fd: file of that GPU
 * @handle: object of each plane; planes may share one
 * @map: mapping of each plane's object
 * @size: size of each plane's object in bytes
 * @pitch: pitch of each plane in bytes
 * @offset: offset of each plane in its object
 */
struct buffers {
	int fd;
	uint32_t handle[4];
	uint8_t *map[MOST];
	uint64_t size[MOST];
	uint32_t pitch[4];
	uint32_t offset[4];
};

static void buffers_add(struct buffers *b, unsigned int plane, uint64_t size, uint32_t pitch,
			uint32_t offset)
{
	b->size[plane] = size;
	b->handle[plane] = gem_create(b->fd, size);
	b->map[plane] = gem_mmap_wb(b->fd, b->handle[plane], 0, size);
	vi915_fill(b->map[plane], size, 7 + plane);
	b->pitch[plane] = pitch;
	b->offset[plane] = offset;
}

/* Makes a framebuffer of it on another GPU. */
static int buffers_addfb(const struct buffers *b, int fd, uint32_t width, uint32_t height,
			 uint32_t format, struct kms_fb *fb)
{
	uint32_t handles[4] = {};
	unsigned int i;

	for (i = 0; i < MOST && b->handle[i]; i++) {
		int dmabuf = prime_export(b->fd, b->handle[i]);

		handles[i] = prime_import(fd, dmabuf);
		close(dmabuf);
	}
	*fb = (struct kms_fb){ .width = width, .height = height, .handle = handles[0] };
	return __kms_addfb(fd, width, height, format, DRM_FORMAT_MOD_LINEAR, handles, b->pitch,
			   b->offset, &fb->fb);
}

static uint32_t up(uint32_t n, uint32_t align)
{
	return (n + align - 1) / align * align;
}

static bool is_there(const struct buffers *b, unsigned int plane, uint32_t row, uint32_t bytes,
		     uint32_t align)
{
	return b->offset[plane] + (uint64_t)row * up(b->pitch[plane], align) + bytes <=
	       b->size[plane];
}

/* The picture on a display that rounds pitches up to multiples of @align. */
static void expect(const struct buffers *b, uint32_t format, uint32_t align,
		   struct picture *picture)
{
	bool nv12 = format == DRM_FORMAT_NV12;
	uint32_t cpp = format == DRM_FORMAT_XRGB8888 ? 4 : nv12 ? 1 : 2, x, y;

	for (y = 0; y < picture->height; y++) {
		const uint8_t *row = b->map[0] + b->offset[0] + y * up(b->pitch[0], align);
		const uint8_t *chroma = NULL;
		bool there = is_there(b, 0, nv12 ? y | 1 : y, picture->width * cpp, align);

		if (nv12) {
			chroma = b->map[1] + b->offset[1] + y / 2 * up(b->pitch[1], align);
			there &= is_there(b, 1, y / 2, picture->width, align);
		}
		for (x = 0; x < picture->width; x++) {
			uint8_t bytes[4];

			if (nv12) {
				bytes[0] = there ? row[x] : 0;
				memcpy(bytes + 1, there ? chroma + x / 2 * 2 : row, there ? 2 : 0);
			} else if (there) {
				memcpy(bytes, row + (format == DRM_FORMAT_YUYV ? x / 2 * 4 :
						     x * cpp), cpp == 4 ? 4 :
				       format == DRM_FORMAT_YUYV ? 4 : 2);
			}
			picture->pixels[y * picture->width + x] =
				there ? picture_decode(bytes, format, x & 1, 1, 0) & 0xffffff : 0;
		}
	}
}

static int light(struct kms *kms, const struct kms_fb *fb, uint32_t width, uint32_t height)
{
	drmModeModeInfo mode = kms_mode(kms, WIDTH, HEIGHT, 60);

	if (width != WIDTH || height != HEIGHT) {
		mode = (drmModeModeInfo){
			.clock = (width + 160) * (height + 41) * 60 / 1000,
			.hdisplay = width, .hsync_start = width + 48, .hsync_end = width + 80,
			.htotal = width + 160, .vdisplay = height, .vsync_start = height + 3,
			.vsync_end = height + 13, .vtotal = height + 41, .vrefresh = 60,
			.name = "other",
		};
	}
	return __kms_light(kms, &mode, fb);
}

static void shows_at(const char *at, struct kms *kms, const struct picture *expected,
		     int tolerance)
{
	struct picture seen;

	vi915_check_at(at, "look_shot", __look_shot(kms, "vi915_shot", &seen));
	picture_same_at(at, expected, &seen, tolerance);
	picture_fini(&seen);
}

#define shows(kms, expected, tolerance) shows_at(VI915_AT, kms, expected, tolerance)

FIXTURE(pitch)
{
	struct kms kms;
	struct buffers b;
	struct picture expected;
	struct kms_fb fb;
};

#define PITCH FIXTURE_DATA(pitch)

FIXTURE_SETUP(pitch)
{
	memset(self, 0, sizeof(*self));
	self->b.fd = vi915_open_render("intel");
}

FIXTURE_TEARDOWN(pitch)
{
	if (self->expected.pixels)
		picture_fini(&self->expected);
	kms_close(&self->kms);
	close(self->b.fd);
}

/* Hyprland 16092, cosmic-comp 151: buffers of unusual widths are refused. */
TEST_F(pitch, of_somebody_else_is_refused)
{
	static const struct {
		uint32_t width;
		int error;
	} rows[] = {
		{ 2, -EINVAL }, { 16, -EINVAL }, { 32, -EINVAL }, { 48, -EINVAL }, { 64, 0 },
		{ 80, -EINVAL }, { 640, 0 }, { 800, -EINVAL }, { 1366, -EINVAL }, { 1920, 0 },
		{ 3440, -EINVAL },
	};
	int fd = vi915_open("intel");
	unsigned int i;

	kms_open(&self->kms, "amd", 0);
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buffers b = { .fd = fd };
		struct kms_fb fb;

		b.handle[0] = gem_dumb_create(fd, rows[i].width, 2, 32, &b.pitch[0], &b.size[0]);
		EXPECT_EQ(up(rows[i].width * 4, 64), b.pitch[0]);
		EXPECT_EQ(rows[i].error, buffers_addfb(&b, self->kms.fd, rows[i].width, 2,
						       DRM_FORMAT_XRGB8888, &fb));
		/* The same buffer with the display's pitch is accepted. */
		b.pitch[0] = up(b.pitch[0], 256);
		EXPECT_OK(buffers_addfb(&b, self->kms.fd, rows[i].width, 2, DRM_FORMAT_XRGB8888,
					&fb));
	}
	close(fd);
}

/* In the other direction everything works. */
TEST_F(pitch, of_dumb_buffers_is_what_their_gpu_shows)
{
	static const struct {
		const char *gpu;
		uint32_t align;
	} gpus[] = { { "intel", 64 }, { "amd", 256 }, { "tight", 4 }, { "wide", 4096 },
		     { "glass", 128 } };
	unsigned int i, width;

	kms_open(&self->kms, "intel", 0);
	for (i = 0; i < sizeof(gpus) / sizeof(*gpus); i++) {
		int fd = vi915_open(gpus[i].gpu);

		for (width = 1; width < 1500; width += 171) {
			struct buffers b = { .fd = fd };
			struct kms_fb own, fb;

			kms_fb_create(fd, &own, width, 3, DRM_FORMAT_XRGB8888);
			EXPECT_EQ(up(width * 4, gpus[i].align), own.pitch);
			b.handle[0] = own.handle;
			b.pitch[0] = own.pitch;
			EXPECT_EQ(own.pitch % 64 ? -EINVAL : 0,
				  buffers_addfb(&b, self->kms.fd, width, 3, DRM_FORMAT_XRGB8888,
						&fb));
		}
		close(fd);
	}
}

TEST_F(pitch, of_4_is_shown_as_it_is)
{
	drmModeAtomicReq *req = drmModeAtomicAlloc();
	struct picture small;
	struct kms_fb back;

	kms_open(&self->kms, "tight", 0);
	kms_fb_create(self->kms.fd, &back, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888);
	vi915_check(light(&self->kms, &back, WIDTH, HEIGHT));
	buffers_add(&self->b, 0, VI915_PAGE, 5 * 4, 4);
	EXPECT_OK(buffers_addfb(&self->b, self->kms.fd, 5, 7, DRM_FORMAT_XRGB8888, &self->fb));
	self->b.pitch[0] = 22;
	EXPECT_ERR(EINVAL, buffers_addfb(&self->b, self->kms.fd, 5, 7, DRM_FORMAT_XRGB8888,
					 &back));
	self->b.pitch[0] = 5 * 4;

	picture_init(&small, 5, 7);
	expect(&self->b, DRM_FORMAT_XRGB8888, 4, &small);
	picture_init(&self->expected, WIDTH, HEIGHT);
	picture_blend(&self->expected, &small, 31, 17, 0xffff, PICTURE_NONE);
	kms_add_plane(req, &self->kms, self->kms.overlay, &self->fb, 31, 17);
	kms_commit_free(self->kms.fd, req, 0, 0);
	shows(&self->kms, &self->expected, 0);
	picture_fini(&small);
}

/* LookingGlass 719: no error, but a slanted picture whose end is black. */
TEST_F(pitch, of_3440_pixels_is_rounded_and_the_wrong_picture_shown)
{
	const uint32_t width = 3440, height = 1440;
	uint32_t x, y;

	kms_open(&self->kms, "glass", 0);
	buffers_add(&self->b, 0, up(width * 4 * height, VI915_PAGE), width * 4, 0);
	vi915_check(buffers_addfb(&self->b, self->kms.fd, width, height, DRM_FORMAT_XRGB8888,
				  &self->fb));
	vi915_check(light(&self->kms, &self->fb, width, height));

	picture_init(&self->expected, width, height);
	expect(&self->b, DRM_FORMAT_XRGB8888, 128, &self->expected);
	shows(&self->kms, &self->expected, 0);
	EXPECT_EQ(picture_crc(&self->expected), look_crc_now(&self->kms));

	/* Each row is shifted by 16 pixels. */
	for (x = 0, y = 1; y < 1433; y++)
		x += memcmp(&self->expected.pixels[y * width],
			    &self->expected.pixels[(y - 1) * width], 4) != 0;
	EXPECT_GT(x, 1400);
	EXPECT_NE(0, self->expected.pixels[1432 * width + 1]);
	for (x = 0, y = 1433; y < height; y++)
		x += self->expected.pixels[y * width + 1] != 0;
	EXPECT_EQ(0, x);
}

TEST_F(pitch, that_fits_is_shown_right)
{
	kms_open(&self->kms, "glass", 0);
	buffers_add(&self->b, 0, WIDTH * 4 * HEIGHT, WIDTH * 4, 0);
	vi915_check(buffers_addfb(&self->b, self->kms.fd, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888,
				  &self->fb));
	vi915_check(light(&self->kms, &self->fb, WIDTH, HEIGHT));
	picture_init(&self->expected, WIDTH, HEIGHT);
	expect(&self->b, DRM_FORMAT_XRGB8888, 1, &self->expected);
	shows(&self->kms, &self->expected, 0);
}

/* Objects that end with the picture; YUV is compared with a tolerance. */
static void wide(PITCH *self, uint32_t format)
{
	vi915_check(buffers_addfb(&self->b, self->kms.fd, WIDTH, HEIGHT, format, &self->fb));
	vi915_check(light(&self->kms, &self->fb, WIDTH, HEIGHT));
	picture_init(&self->expected, WIDTH, HEIGHT);
	expect(&self->b, format, 4096, &self->expected);
	/* The first row is complete, and the last one is missing. */
	vi915_require(self->expected.pixels[WIDTH - 1] || self->expected.pixels[0]);
	vi915_require(!self->expected.pixels[WIDTH * HEIGHT - 1]);
	shows(&self->kms, &self->expected, format == DRM_FORMAT_XRGB8888 ? 0 : 1);
	kms_dark(&self->kms);
}

TEST_F(pitch, that_leads_out_of_the_buffer_leads_to_black)
{
	kms_open(&self->kms, "wide", 0);
	buffers_add(&self->b, 0, WIDTH * 4 * HEIGHT, WIDTH * 4, 0);
	wide(self, DRM_FORMAT_XRGB8888);
}

/* Only a few bytes of the last row are missing, but all of it is black. */
TEST_F(pitch, that_leads_out_of_a_buffer_from_an_offset)
{
	kms_open(&self->kms, "wide", 0);
	buffers_add(&self->b, 0, 301 * VI915_PAGE, WIDTH * 4, VI915_PAGE - WIDTH * 4 + 4);
	wide(self, DRM_FORMAT_XRGB8888);
}

TEST_F(pitch, of_565_and_yuyv)
{
	kms_open(&self->kms, "wide", 0);
	buffers_add(&self->b, 0, WIDTH * 2 * HEIGHT, WIDTH * 2, 0);
	wide(self, DRM_FORMAT_RGB565);
	picture_fini(&self->expected);
	wide(self, DRM_FORMAT_YUYV);
}

TEST_F(pitch, of_nv12_in_one_buffer_loses_its_chroma_first)
{
	kms_open(&self->kms, "wide", 0);
	buffers_add(&self->b, 0, up(WIDTH * HEIGHT * 3 / 2, VI915_PAGE), WIDTH, 0);
	self->b.handle[1] = self->b.handle[0];
	self->b.map[1] = self->b.map[0];
	self->b.size[1] = self->b.size[0];
	self->b.pitch[1] = WIDTH;
	self->b.offset[1] = WIDTH * HEIGHT;
	wide(self, DRM_FORMAT_NV12);
}

/* First the object of the first plane is too small, then that of the second. */
TEST_F(pitch, of_nv12_in_two_buffers)
{
	kms_open(&self->kms, "wide", 0);
	buffers_add(&self->b, 0, WIDTH * HEIGHT, WIDTH, 0);
	buffers_add(&self->b, 1, HEIGHT / 2 * VI915_PAGE, WIDTH, 0);
	wide(self, DRM_FORMAT_NV12);
	picture_fini(&self->expected);
	buffers_add(&self->b, 0, HEIGHT * VI915_PAGE, WIDTH, 0);
	buffers_add(&self->b, 1, up(WIDTH * HEIGHT / 2, VI915_PAGE), WIDTH, 0);
	wide(self, DRM_FORMAT_NV12);
}

/* Rounding does not disable other checks. */
TEST_F(pitch, that_is_rounded_has_limits)
{
	int fd;

	kms_open(&self->kms, "wide", 0);
	fd = self->kms.fd;
	buffers_add(&self->b, 0, 8 * 33 * 1024, 32 * 1024, 0);
	EXPECT_OK(buffers_addfb(&self->b, fd, 64, 8, DRM_FORMAT_XRGB8888, &self->fb));
	self->b.pitch[0]++;
	EXPECT_ERR(EINVAL, buffers_addfb(&self->b, fd, 64, 8, DRM_FORMAT_XRGB8888, &self->fb));
	self->b.pitch[0] = 64 * 4 - 1;
	EXPECT_ERR(EINVAL, buffers_addfb(&self->b, fd, 64, 8, DRM_FORMAT_XRGB8888, &self->fb));
	/* The object must hold the picture at the pitch that the caller gave. */
	self->b.pitch[0] = 32 * 1024;
	EXPECT_ERR(EINVAL, buffers_addfb(&self->b, fd, 64, 9, DRM_FORMAT_XRGB8888, &self->fb));
	self->b.offset[0] = 2;
	EXPECT_ERR(EINVAL, buffers_addfb(&self->b, fd, 64, 7, DRM_FORMAT_XRGB8888, &self->fb));
	/* Any pitch that is at least a row. */
	self->b.offset[0] = 0;
	self->b.pitch[0] = 64 * 4 + 1;
	EXPECT_OK(buffers_addfb(&self->b, fd, 64, 8, DRM_FORMAT_XRGB8888, &self->fb));
}

TEST_F(pitch, of_tiles_is_not_rounded)
{
	uint32_t handles[4] = {}, pitches[4] = { 512 + 64 }, offsets[4] = {}, fb;

	kms_open(&self->kms, "wide", 0);
	handles[0] = gem_create(self->kms.fd, 64 * VI915_PAGE);
	EXPECT_ERR(EINVAL, __kms_addfb(self->kms.fd, 64, 64, DRM_FORMAT_XRGB8888,
				       I915_FORMAT_MOD_X_TILED, handles, pitches, offsets, &fb));
	pitches[0] = 512;
	EXPECT_OK(__kms_addfb(self->kms.fd, 64, 64, DRM_FORMAT_XRGB8888, I915_FORMAT_MOD_X_TILED,
			      handles, pitches, offsets, &fb));
}

/* Writeback uses the rounded pitch, and writes only what lies in the object. */
TEST_F(pitch, is_rounded_for_writeback_too)
{
	uint32_t connector = 0, x, y, wrong = 0;
	drmModeAtomicReq *req = drmModeAtomicAlloc();
	int fence = -1, i, fd;
	drmModeRes *res;

	kms_open(&self->kms, "wide", 0);
	fd = self->kms.fd;
	kms_fb_create(fd, &self->fb, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888);
	kms_fb_fill(fd, &self->fb, 0x123456);
	vi915_check(light(&self->kms, &self->fb, WIDTH, HEIGHT));
	buffers_add(&self->b, 0, WIDTH * 4 * HEIGHT, WIDTH * 4, 0);
	vi915_check(buffers_addfb(&self->b, fd, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888, &self->fb));

	res = drmModeGetResources(fd);
	for (i = 0; i < res->count_connectors; i++)
		if (res->connectors[i] != self->kms.connector)
			connector = res->connectors[i];
	drmModeFreeResources(res);
	kms_add(req, fd, connector, "CRTC_ID", self->kms.crtc);
	kms_add(req, fd, connector, "WRITEBACK_FB_ID", self->fb.fb);
	kms_add(req, fd, connector, "WRITEBACK_OUT_FENCE_PTR", (uintptr_t)&fence);
	kms_commit_free(fd, req, DRM_MODE_ATOMIC_ALLOW_MODESET, 0);
	EXPECT_EQ(POLLIN, fd_poll(fence, POLLIN, 20000));
	EXPECT_EQ(1, sync_file_status(fence));
	close(fence);

	for (y = 0; y < 300; y++) {
		for (x = 0; x < WIDTH; x++) {
			uint32_t pixel;

			memcpy(&pixel, self->b.map[0] + y * 4096 + x * 4, 4);
			wrong += pixel != 0xff123456;
		}
	}
	EXPECT_EQ(0, wrong);

	req = drmModeAtomicAlloc();
	kms_add_mode(req, &self->kms, NULL);
	kms_add(req, fd, connector, "CRTC_ID", 0);
	kms_add_plane_off(req, &self->kms, self->kms.primary);
	kms_commit_free(fd, req, DRM_MODE_ATOMIC_ALLOW_MODESET, 0);
}

/* Apollo-Linux 23, with the same sizes: four rows of 6400 bytes, less some padding. */
TEST_F(pitch, and_height_want_24576_bytes_more)
{
	uint64_t missing = 24576;
	int fd = vi915_open("intel");
	struct buffers b = { .fd = fd };
	struct kms_fb own;

	kms_open(&self->kms, "tall", 0);
	b.handle[0] = gem_dumb_create(fd, 1600, 1068, 32, &b.pitch[0], &b.size[0]);
	EXPECT_EQ(6400, b.pitch[0]);
	EXPECT_ERR(EINVAL, buffers_addfb(&b, self->kms.fd, 1600, 1068, DRM_FORMAT_XRGB8888,
					 &self->fb));
	b.handle[0] = gem_create(fd, b.size[0] + missing - VI915_PAGE);
	EXPECT_ERR(EINVAL, buffers_addfb(&b, self->kms.fd, 1600, 1068, DRM_FORMAT_XRGB8888,
					 &self->fb));
	b.handle[0] = gem_create(fd, b.size[0] + missing);
	EXPECT_OK(buffers_addfb(&b, self->kms.fd, 1600, 1068, DRM_FORMAT_XRGB8888, &self->fb));

	/* Its own buffers are large enough, and the other GPU accepts them. */
	kms_fb_create(self->kms.fd, &own, 1600, 1068, DRM_FORMAT_XRGB8888);
	EXPECT_EQ(b.size[0] + missing, own.size);
	close(fd);
}

/* Chroma needs its own share of the additional rows. */
TEST_F(pitch, and_height_of_nv12)
{
	struct buffers *b = &self->b;

	kms_open(&self->kms, "tall", 0);
	buffers_add(b, 0, up(1600 * 1072, VI915_PAGE), 1600, 0);
	buffers_add(b, 1, up(1600 * 536, VI915_PAGE), 1600, 0);
	EXPECT_OK(buffers_addfb(b, self->kms.fd, 1600, 1068, DRM_FORMAT_NV12, &self->fb));
	b->handle[1] = gem_create(b->fd, up(1600 * 534, VI915_PAGE));
	EXPECT_ERR(EINVAL, buffers_addfb(b, self->kms.fd, 1600, 1068, DRM_FORMAT_NV12,
					 &self->fb));
}

TEST_HARNESS_MAIN
