// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Writeback: the picture of a commit is written to a framebuffer in any format
 * that the connector offers, and its fence says when it is done.
 */
// box: --gpu gpu0 --gpu gpu1 --gpu off,vblank=off --peers vgem
#include "test.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gem.h"
#include "gpu.h"
#include "kms.h"
#include "look.h"
#include "peer.h"
#include "prime.h"
#include "share.h"

#define WIDTH	640
#define HEIGHT	480
#define SECOND	1000

FIXTURE(writeback)
{
	struct kms kms;
	uint32_t connector;
	drmModeModeInfo mode;
	struct kms_fb fb;
	struct picture picture;
};

#define WRITEBACK FIXTURE_DATA(writeback)

static uint32_t find_connector(const struct kms *kms)
{
	drmModeRes *res = drmModeGetResources(kms->fd);
	uint32_t found = 0;
	int i;

	for (i = 0; res && i < res->count_connectors; i++) {
		drmModeConnector *connector = drmModeGetConnector(kms->fd, res->connectors[i]);
		drmModeEncoder *encoder = drmModeGetEncoder(kms->fd, connector->encoders[0]);

		if (connector->connector_type == DRM_MODE_CONNECTOR_WRITEBACK &&
		    encoder->possible_crtcs == 1u << kms->pipe)
			found = connector->connector_id;
		drmModeFreeEncoder(encoder);
		drmModeFreeConnector(connector);
	}
	drmModeFreeResources(res);
	if (!found)
		vi915_fail("pipe %u has no writeback connector", kms->pipe);
	return found;
}

FIXTURE_SETUP(writeback)
{
	kms_open(&self->kms, "gpu0", 0);
	self->connector = find_connector(&self->kms);
	self->mode = kms_mode(&self->kms, WIDTH, HEIGHT, 60);
	kms_fb_create(self->kms.fd, &self->fb, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888);
	picture_init(&self->picture, WIDTH, HEIGHT);
	picture_noise(&self->picture, 1);
	look_draw(self->kms.fd, &self->fb, &self->picture);
	kms_light(&self->kms, &self->mode, &self->fb);
}

/* Turns the CRTC off, with its planes and connectors. */
static void darken(WRITEBACK *self)
{
	drmModeAtomicReq *req = drmModeAtomicAlloc();

	kms_add_mode(req, &self->kms, NULL);
	kms_add(req, self->kms.fd, self->connector, "CRTC_ID", 0);
	kms_add_plane_off(req, &self->kms, self->kms.primary);
	kms_commit_free(self->kms.fd, req, DRM_MODE_ATOMIC_ALLOW_MODESET, 0);
}

FIXTURE_TEARDOWN(writeback)
{
	/* Otherwise the connector would take part in modesets of the next test. */
	darken(self);
	picture_fini(&self->picture);
	kms_close(&self->kms);
}

/* A request with a writeback job. @fence may be NULL. */
static drmModeAtomicReq *request(WRITEBACK *self, uint32_t fb, int *fence)
{
	drmModeAtomicReq *req = drmModeAtomicAlloc();

	kms_add(req, self->kms.fd, self->connector, "CRTC_ID", self->kms.crtc);
	kms_add(req, self->kms.fd, self->connector, "WRITEBACK_FB_ID", fb);
	if (fence)
		kms_add(req, self->kms.fd, self->connector, "WRITEBACK_OUT_FENCE_PTR",
			(uintptr_t)fence);
	return req;
}

static int __write_back(WRITEBACK *self, uint32_t fb, int *fence)
{
	return __kms_commit_free(self->kms.fd, request(self, fb, fence),
				 DRM_MODE_ATOMIC_ALLOW_MODESET, 0);
}

/* Writes back and waits. Returns: status of the fence, 1 for success. */
static int write_back(WRITEBACK *self, uint32_t fb)
{
	int fence = -1, status;

	vi915_check(__write_back(self, fb, &fence));
	if (!(fd_poll(fence, POLLIN, 20 * SECOND) & POLLIN))
		vi915_fail("no picture in 20 s");
	status = sync_file_status(fence);
	close(fence);
	return status;
}

/* Reads a framebuffer of one plane as a picture. */
static void read_fb(int fd, const struct kms_fb *fb, uint32_t format, struct picture *picture)
{
	uint32_t bytes = format == DRM_FORMAT_RGB565 ? 2 : 4, x, y;
	uint8_t *map = gem_mmap_wb(fd, fb->handle, 0, fb->size);

	picture_init(picture, fb->width, fb->height);
	for (y = 0; y < fb->height; y++)
		for (x = 0; x < fb->width; x++)
			picture->pixels[y * fb->width + x] =
				picture_decode(map + y * fb->pitch + x * bytes, format, 0, 0, 0);
	gem_munmap(map, fb->size);
}

/* Keep 5, 6 and 5 bits of each channel, as RGB565 does. */
static void coarsen(struct picture *picture)
{
	uint32_t i, p;

	for (i = 0; i < picture->width * picture->height; i++) {
		p = picture->pixels[i];
		p = (p >> 8 & 0xf800) | (p >> 5 & 0x7e0) | (p >> 3 & 0x1f);
		picture->pixels[i] = picture_decode((uint8_t *)&p, DRM_FORMAT_RGB565, 0, 0, 0);
	}
}

TEST_F(writeback, gives_the_picture_in_each_format)
{
	static const uint32_t formats[] = {
		DRM_FORMAT_XRGB8888, DRM_FORMAT_ARGB8888, DRM_FORMAT_XBGR8888,
		DRM_FORMAT_ABGR8888, DRM_FORMAT_XRGB2101010, DRM_FORMAT_RGB565,
	};
	unsigned int i, pixel;

	for (i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		struct picture seen;
		struct kms_fb fb;

		kms_fb_create(self->kms.fd, &fb, WIDTH, HEIGHT, formats[i]);
		EXPECT_EQ(1, write_back(self, fb.fb));
		read_fb(self->kms.fd, &fb, formats[i], &seen);
		if (formats[i] == DRM_FORMAT_RGB565)
			coarsen(&self->picture);
		picture_same(&self->picture, &seen);
		/* Formats with alpha are written opaque. */
		if (formats[i] == DRM_FORMAT_ARGB8888 || formats[i] == DRM_FORMAT_ABGR8888)
			for (pixel = 0; pixel < WIDTH * HEIGHT; pixel++)
				ASSERT_EQ(0xff, seen.pixels[pixel] >> 24);
		picture_fini(&seen);
		kms_fb_destroy(self->kms.fd, &fb);
	}
}

/* The picture includes the changes of its own commit. */
TEST_F(writeback, is_of_the_commit_that_asked)
{
	struct kms_fb fb, above;
	struct picture overlay, seen;
	drmModeAtomicReq *req;
	int fence = -1;

	picture_init(&overlay, 100, 100);
	picture_noise(&overlay, 2);
	kms_fb_create(self->kms.fd, &above, 100, 100, DRM_FORMAT_ARGB8888);
	look_draw(self->kms.fd, &above, &overlay);
	kms_fb_create(self->kms.fd, &fb, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888);

	req = request(self, fb.fb, &fence);
	kms_add_plane(req, &self->kms, self->kms.overlay, &above, 600, 20);
	kms_commit_free(self->kms.fd, req,
			DRM_MODE_ATOMIC_ALLOW_MODESET | DRM_MODE_ATOMIC_NONBLOCK, 0);
	EXPECT_EQ(POLLIN, fd_poll(fence, POLLIN, 20 * SECOND));
	read_fb(self->kms.fd, &fb, DRM_FORMAT_XRGB8888, &seen);
	picture_blend(&self->picture, &overlay, 600, 20, 0xffff, PICTURE_PREMULTIPLIED);
	picture_same(&self->picture, &seen);
	picture_fini(&seen);
	picture_fini(&overlay);
	close(fence);
}

/* The commit must write the view back, since nothing else does. */
TEST_F(writeback, has_what_was_written_through_the_gtt)
{
	uint32_t handles[4] = {}, pitches[4] = { WIDTH * 4 }, offsets[4] = {}, tiled, *view;
	int fd = self->kms.fd, fence = -1;
	drmModeAtomicReq *req;
	struct picture seen;
	struct kms_fb fb;

	kms_fb_create(fd, &fb, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888);
	handles[0] = gem_create(fd, WIDTH * 4 * HEIGHT);
	gem_set_tiling(fd, handles[0], I915_TILING_X, WIDTH * 4);
	vi915_check(__kms_addfb(fd, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888, I915_FORMAT_MOD_X_TILED,
				handles, pitches, offsets, &tiled));
	view = gem_mmap_gtt(fd, handles[0], WIDTH * 4 * HEIGHT);
	picture_noise(&self->picture, 3);
	memcpy(view, self->picture.pixels, WIDTH * 4 * HEIGHT);

	req = request(self, fb.fb, &fence);
	kms_add(req, fd, self->kms.primary, "FB_ID", tiled);
	kms_commit_free(fd, req, DRM_MODE_ATOMIC_ALLOW_MODESET, 0);
	EXPECT_EQ(POLLIN, fd_poll(fence, POLLIN, 20 * SECOND));
	read_fb(fd, &fb, DRM_FORMAT_XRGB8888, &seen);
	picture_same(&self->picture, &seen);
	picture_fini(&seen);
	gem_munmap(view, WIDTH * 4 * HEIGHT);
	close(fence);
}

TEST_F(writeback, agrees_with_the_crc)
{
	struct picture seen;
	struct kms_fb fb;
	int crc = look_crc_open(&self->kms);
	uint32_t frame, value;

	kms_fb_create(self->kms.fd, &fb, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888);
	EXPECT_EQ(1, write_back(self, fb.fb));
	look_crc(crc, &frame, &value);
	look_crc(crc, &frame, &value);
	look_crc(crc, &frame, &value);
	read_fb(self->kms.fd, &fb, DRM_FORMAT_XRGB8888, &seen);
	EXPECT_EQ(picture_crc(&seen), value);
	EXPECT_EQ(picture_crc(&self->picture), value);
	picture_fini(&seen);
	close(crc);
}

/* A matrix that turns red into blue, and other colours into black. */
TEST_F(writeback, has_the_colours_that_are_shown)
{
	struct drm_color_ctm ctm = { .matrix = { [6] = 1ULL << 32 } };
	uint32_t blob = kms_blob(self->kms.fd, &ctm, sizeof(ctm));
	drmModeAtomicReq *req = drmModeAtomicAlloc();
	struct picture seen;
	struct kms_fb fb;
	unsigned int i;

	kms_add(req, self->kms.fd, self->kms.crtc, "CTM", blob);
	kms_commit_free(self->kms.fd, req, 0, 0);
	kms_fb_create(self->kms.fd, &fb, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888);
	EXPECT_EQ(1, write_back(self, fb.fb));
	read_fb(self->kms.fd, &fb, DRM_FORMAT_XRGB8888, &seen);
	for (i = 0; i < WIDTH * HEIGHT; i++)
		self->picture.pixels[i] = self->picture.pixels[i] >> 16 & 0xff;
	picture_same(&self->picture, &seen);
	picture_fini(&seen);

	req = drmModeAtomicAlloc();
	kms_add(req, self->kms.fd, self->kms.crtc, "CTM", 0);
	kms_commit_free(self->kms.fd, req, 0, 0);
}

TEST_F(writeback, refuses_what_it_cannot_fill)
{
	struct kms_fb fb;
	int fence = -1;

	kms_fb_create(self->kms.fd, &fb, WIDTH, HEIGHT - 1, DRM_FORMAT_XRGB8888);
	EXPECT_ERR(EINVAL, __write_back(self, fb.fb, &fence));
	kms_fb_create(self->kms.fd, &fb, WIDTH + 16, HEIGHT, DRM_FORMAT_XRGB8888);
	EXPECT_ERR(EINVAL, __write_back(self, fb.fb, &fence));
	kms_fb_create(self->kms.fd, &fb, WIDTH, HEIGHT, DRM_FORMAT_NV12);
	EXPECT_ERR(EINVAL, __write_back(self, fb.fb, &fence));
	kms_fb_create(self->kms.fd, &fb, WIDTH, HEIGHT, DRM_FORMAT_YUYV);
	EXPECT_ERR(EINVAL, __write_back(self, fb.fb, &fence));
	/* An out-fence without a writeback job. */
	EXPECT_ERR(EINVAL, __write_back(self, 0, &fence));
	EXPECT_EQ(-1, fence);
}

TEST_F(writeback, refuses_tiled_framebuffers)
{
	uint32_t handles[4] = {}, pitches[4] = { WIDTH * 4 }, offsets[4] = {}, fb;
	int fd = self->kms.fd;

	handles[0] = gem_create(fd, WIDTH * 4 * HEIGHT);
	gem_set_tiling(fd, handles[0], I915_TILING_X, WIDTH * 4);
	vi915_check(__kms_addfb(fd, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888, I915_FORMAT_MOD_X_TILED,
				handles, pitches, offsets, &fb));
	EXPECT_ERR(EINVAL, __write_back(self, fb, NULL));
}

TEST_F(writeback, refuses_a_dark_crtc)
{
	struct kms_fb fb;

	kms_fb_create(self->kms.fd, &fb, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888);
	darken(self);
	EXPECT_ERR(EINVAL, __write_back(self, fb.fb, NULL));
}

TEST_F(writeback, happens_once)
{
	struct picture seen;
	struct kms_fb fb;

	kms_fb_create(self->kms.fd, &fb, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888);
	EXPECT_EQ(1, write_back(self, fb.fb));
	kms_fb_fill(self->kms.fd, &fb, 0x123456);
	vi915_check(__kms_flip(&self->kms, &self->fb, 0));
	usleep(100000);
	picture_fill(&self->picture, 0, 0, WIDTH, HEIGHT, 0x123456);
	read_fb(self->kms.fd, &fb, DRM_FORMAT_XRGB8888, &seen);
	picture_same(&self->picture, &seen);
	picture_fini(&seen);
}

/* As fast as the commits return, each with its own fence. */
TEST_F(writeback, keeps_up_with_commits)
{
	int fences[20], i;
	struct kms_fb fb[2];

	kms_fb_create(self->kms.fd, &fb[0], WIDTH, HEIGHT, DRM_FORMAT_XRGB8888);
	kms_fb_create(self->kms.fd, &fb[1], WIDTH, HEIGHT, DRM_FORMAT_RGB565);
	for (i = 0; i < 20; i++)
		vi915_check(__write_back(self, fb[i % 2].fb, &fences[i]));
	for (i = 0; i < 20; i++) {
		EXPECT_EQ(POLLIN, fd_poll(fences[i], POLLIN, 20 * SECOND));
		EXPECT_EQ(1, sync_file_status(fences[i]));
		close(fences[i]);
	}
}

/* Without vblanks, only the pictures themselves take time. */
TEST_F(writeback, keeps_up_without_vblanks)
{
	FIXTURE_DATA(writeback) off = { .mode = self->mode };
	struct kms_fb screen, fb[2];
	int fences[20], i;

	kms_open(&off.kms, "off", 0);
	off.connector = find_connector(&off.kms);
	kms_fb_create(off.kms.fd, &screen, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888);
	for (i = 0; i < 2; i++)
		kms_fb_create(off.kms.fd, &fb[i], WIDTH, HEIGHT, DRM_FORMAT_XRGB8888);
	kms_light(&off.kms, &off.mode, &screen);
	for (i = 0; i < 20; i++)
		vi915_check(__write_back(&off, fb[i % 2].fb, &fences[i]));
	for (i = 0; i < 20; i++) {
		EXPECT_EQ(POLLIN, fd_poll(fences[i], POLLIN, 20 * SECOND));
		EXPECT_EQ(1, sync_file_status(fences[i]));
		close(fences[i]);
	}
	darken(&off);
	kms_close(&off.kms);
}

/* Cursor moves make frames of their own meanwhile. */
TEST_F(writeback, is_not_lost_to_a_cursor)
{
	struct picture seen;
	struct kms_fb fb, cursor;
	int fence = -1, i;

	kms_fb_create(self->kms.fd, &cursor, 64, 64, DRM_FORMAT_ARGB8888);
	vi915_check(drmModeSetCursor(self->kms.fd, self->kms.crtc, cursor.handle, 64, 64));
	kms_fb_create(self->kms.fd, &fb, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888);
	vi915_check(__kms_commit_free(self->kms.fd, request(self, fb.fb, &fence),
				      DRM_MODE_ATOMIC_ALLOW_MODESET | DRM_MODE_ATOMIC_NONBLOCK,
				      0));
	for (i = 0; i < 50; i++)
		vi915_check(drmModeMoveCursor(self->kms.fd, self->kms.crtc, i, i));
	EXPECT_EQ(POLLIN, fd_poll(fence, POLLIN, 20 * SECOND));
	EXPECT_EQ(1, sync_file_status(fence));
	/* The cursor is transparent. */
	read_fb(self->kms.fd, &fb, DRM_FORMAT_XRGB8888, &seen);
	picture_same(&self->picture, &seen);
	picture_fini(&seen);
	close(fence);
}

/* Makes a framebuffer of an import, from its first byte. */
static void import_fb(int fd, int dmabuf, struct kms_fb *fb)
{
	uint32_t handles[4] = {}, pitches[4] = { WIDTH * 4 }, offsets[4] = {};

	memset(fb, 0, sizeof(*fb));
	fb->handle = prime_import(fd, dmabuf);
	handles[0] = fb->handle;
	vi915_check(__kms_addfb(fd, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR,
				handles, pitches, offsets, &fb->fb));
}

static void same_in_dmabuf(const struct picture *picture, int dmabuf)
{
	struct picture seen = { WIDTH, HEIGHT, NULL };

	dmabuf_sync(dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ);
	seen.pixels = dmabuf_mmap(dmabuf, 4 * WIDTH * HEIGHT);
	picture_same(picture, &seen);
	munmap(seen.pixels, 4 * WIDTH * HEIGHT);
	dmabuf_sync(dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ);
}

TEST_F(writeback, goes_into_buffers_of_other_devices)
{
	int vgem = vi915_driver_open("vgem"), other = vi915_open("gpu1"), dmabuf[2], i;
	struct kms_fb fb;

	dmabuf[0] = prime_export(vgem, vgem_create(vgem, 4 * WIDTH * HEIGHT));
	dmabuf[1] = prime_export(other, gem_create(other, 4 * WIDTH * HEIGHT));
	for (i = 0; i < 2; i++) {
		import_fb(self->kms.fd, dmabuf[i], &fb);
		EXPECT_EQ(1, write_back(self, fb.fb));
		same_in_dmabuf(&self->picture, dmabuf[i]);
		close(dmabuf[i]);
	}
	close(vgem);
	close(other);
}

/* While there is a reader, the writeback waits, but the ioctl returns. */
TEST_F(writeback, waits_for_readers_of_the_framebuffer)
{
	int vgem = vi915_driver_open("vgem"), dmabuf, fence = -1;
	uint32_t handle = vgem_create(vgem, 4 * WIDTH * HEIGHT), reader;
	struct kms_fb fb;

	dmabuf = prime_export(vgem, handle);
	import_fb(self->kms.fd, dmabuf, &fb);
	reader = vgem_fence_attach(vgem, handle, 0);
	vi915_check(__kms_commit_free(self->kms.fd, request(self, fb.fb, &fence),
				      DRM_MODE_ATOMIC_ALLOW_MODESET | DRM_MODE_ATOMIC_NONBLOCK,
				      0));
	EXPECT_EQ(0, fd_poll(fence, POLLIN, 200));
	vgem_fence_signal(vgem, reader);
	EXPECT_EQ(POLLIN, fd_poll(fence, POLLIN, 20 * SECOND));
	EXPECT_EQ(1, sync_file_status(fence));
	same_in_dmabuf(&self->picture, dmabuf);
	close(fence);
	close(dmabuf);
	close(vgem);
}

/* The writeback must not wait for its own fence in the framebuffer's reservation. */
TEST_F(writeback, is_not_stopped_by_who_waits_for_it)
{
	int fence = -1, dmabuf;
	struct kms_fb fb;

	kms_fb_create(self->kms.fd, &fb, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888);
	dmabuf = prime_export(self->kms.fd, fb.handle);
	vi915_check(__kms_commit_free(self->kms.fd, request(self, fb.fb, &fence),
				      DRM_MODE_ATOMIC_ALLOW_MODESET | DRM_MODE_ATOMIC_NONBLOCK,
				      0));
	dmabuf_import_sync_file(dmabuf, DMA_BUF_SYNC_WRITE, fence);
	EXPECT_EQ(POLLIN, fd_poll(fence, POLLIN, 20 * SECOND));
	EXPECT_EQ(1, sync_file_status(fence));
	close(fence);
	close(dmabuf);
}

TEST_F(writeback, ends_when_the_crtc_goes_dark)
{
	struct kms_fb fb;
	int fence = -1, i;

	kms_fb_create(self->kms.fd, &fb, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888);
	for (i = 0; i < 5; i++) {
		vi915_check(__write_back(self, fb.fb, &fence));
		darken(self);
		EXPECT_EQ(POLLIN, fd_poll(fence, POLLIN, 20 * SECOND));
		close(fence);
		kms_light(&self->kms, &self->mode, &self->fb);
	}
}

/* With a pending fence that is not signalled in time. */
TEST_F(writeback, ends_when_the_gpu_goes)
{
	int timeline = sw_timeline(), fence = -1, status;
	char name[64];
	struct kms_fb fb;

	kms_fb_create(self->kms.fd, &fb, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888);
	gem_attach_fence(self->kms.fd, fb.handle, sw_fence(timeline, 1), DMA_BUF_SYNC_WRITE);
	vi915_check(__kms_commit_free(self->kms.fd, request(self, fb.fb, &fence),
				      DRM_MODE_ATOMIC_ALLOW_MODESET | DRM_MODE_ATOMIC_NONBLOCK,
				      0));
	EXPECT_EQ(0, fd_poll(fence, POLLIN, 100));
	share_platform(self->kms.fd, name);
	share_unbind(name);
	EXPECT_EQ(POLLIN, fd_poll(fence, POLLIN, 10 * SECOND));
	status = sync_file_status(fence);
	EXPECT_LT(status, 0);
	share_bind(name);
	/* The fence outlives the GPU. */
	kms_close(&self->kms);
	usleep(100000);
	EXPECT_EQ(status, sync_file_status(fence));
	close(fence);
	kms_open(&self->kms, "gpu0", 0);
	self->connector = find_connector(&self->kms);
	close(timeline);
}

/* Also the fences of commits without writeback. */
TEST_F(writeback, fences_of_flips_outlive_the_gpu)
{
	drmModeAtomicReq *req = drmModeAtomicAlloc();
	char name[64];
	int fence = -1;

	kms_add(req, self->kms.fd, self->kms.primary, "FB_ID", self->fb.fb);
	kms_add(req, self->kms.fd, self->kms.crtc, "OUT_FENCE_PTR", (uintptr_t)&fence);
	kms_commit_free(self->kms.fd, req, 0, 0);
	EXPECT_EQ(POLLIN, fd_poll(fence, POLLIN, 20 * SECOND));
	share_platform(self->kms.fd, name);
	share_unbind(name);
	share_bind(name);
	kms_close(&self->kms);
	usleep(100000);
	EXPECT_EQ(1, sync_file_status(fence));
	close(fence);
	kms_open(&self->kms, "gpu0", 0);
	self->connector = find_connector(&self->kms);
}

TEST_HARNESS_MAIN
