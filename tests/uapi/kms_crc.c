// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The CRC of each frame: anybody can work it out, and it is of the frame that
 * was shown at the vblank that it names.
 */
#include "crc_fixture.h"

#include <string.h>
#include <unistd.h>

#include "gem.h"
#include "tile.h"

/* The noise has something in X too, which does not count. */
TEST_F(crc, is_what_zlib_says_of_the_pixels)
{
	kms_light(&self->kms, &self->mode, &self->fb);
	EXPECT_EQ(picture_crc(&self->picture), look_crc_now(&self->kms));
}

TEST_F(crc, of_other_sizes_is_right_too)
{
	static const uint32_t sizes[][3] = { { 1024, 768, 60 }, { 1920, 1080, 60 } };
	unsigned int i;

	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		drmModeModeInfo mode = kms_mode(&self->kms, sizes[i][0], sizes[i][1],
						sizes[i][2]);
		struct picture picture;
		struct kms_fb fb;

		picture_init(&picture, sizes[i][0], sizes[i][1]);
		picture_noise(&picture, i);
		kms_fb_create(self->kms.fd, &fb, sizes[i][0], sizes[i][1], DRM_FORMAT_XRGB8888);
		look_draw(self->kms.fd, &fb, &picture);
		kms_light(&self->kms, &mode, &fb);
		EXPECT_EQ(picture_crc(&picture), look_crc_now(&self->kms));
		picture_fini(&picture);
	}
}

static void tiled_fb(int fd, const struct picture *picture, uint32_t tiling, uint64_t modifier,
		     struct kms_fb *fb)
{
	struct tiled tiled = { .mode = tiling, .stride = picture->width * 4 };
	uint32_t handles[4] = {}, pitches[4] = {}, offsets[4] = {};
	uint32_t i;
	uint8_t *map;

	tiled.size = tiled.stride * ((picture->height + 31ull) / 32 * 32);
	fb->size = tiled.size;
	fb->width = picture->width;
	fb->height = picture->height;
	fb->handle = gem_create(fd, fb->size);
	map = gem_mmap_wb(fd, fb->handle, 0, fb->size);
	for (i = 0; i < picture->width * picture->height; i++)
		*(uint32_t *)(map + tile_raw(&tiled, i * 4ull)) = picture->pixels[i];
	gem_munmap(map, fb->size);
	handles[0] = fb->handle;
	pitches[0] = tiled.stride;
	fb->pitch = tiled.stride;
	gem_set_tiling(fd, fb->handle, tiling, tiled.stride);
	vi915_check(__kms_addfb(fd, fb->width, fb->height, DRM_FORMAT_XRGB8888, modifier, handles,
				pitches, offsets, &fb->fb));
}

TEST_F(crc, is_the_same_in_each_layout)
{
	static const struct {
		uint32_t tiling;
		uint64_t modifier;
	} layouts[] = {
		{ I915_TILING_X, I915_FORMAT_MOD_X_TILED },
		{ I915_TILING_Y, I915_FORMAT_MOD_Y_TILED },
	};
	unsigned int i;

	for (i = 0; i < 2; i++) {
		struct kms_fb fb = {};

		tiled_fb(self->kms.fd, &self->picture, layouts[i].tiling, layouts[i].modifier,
			 &fb);
		kms_light(&self->kms, &self->mode, &fb);
		EXPECT_EQ(picture_crc(&self->picture), look_crc_now(&self->kms));
		kms_dark(&self->kms);
	}
}

/* Behind something else in the same object. */
TEST_F(crc, begins_where_its_framebuffer_does)
{
	static const struct {
		uint64_t modifier;
		uint32_t offset;
	} places[] = {
		{ DRM_FORMAT_MOD_LINEAR, 12 },
		{ DRM_FORMAT_MOD_LINEAR, WIDTH * 4 * 3 + 4096 },
		{ I915_FORMAT_MOD_Y_TILED, 4096 * 21 },
	};
	struct tiled tiled = { .mode = I915_TILING_Y, .stride = WIDTH * 4 };
	uint32_t handles[4] = {}, pitches[4] = { WIDTH * 4 }, offsets[4] = {}, i, p;
	uint64_t size = WIDTH * 4 * (HEIGHT + 64), at;
	int fd = self->kms.fd;
	uint8_t *map;

	tiled.size = WIDTH * 4 * HEIGHT;
	for (p = 0; p < sizeof(places) / sizeof(*places); p++) {
		struct kms_fb fb = { .width = WIDTH, .height = HEIGHT };

		handles[0] = gem_create(fd, size);
		offsets[0] = places[p].offset;
		map = gem_mmap_wb(fd, handles[0], 0, size);
		for (i = 0; i < WIDTH * HEIGHT; i++) {
			at = places[p].modifier ? tile_raw(&tiled, i * 4ull) : i * 4ull;
			memcpy(map + offsets[0] + at, &self->picture.pixels[i], 4);
		}
		gem_munmap(map, size);
		vi915_check(__kms_addfb(fd, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888, places[p].modifier,
					handles, pitches, offsets, &fb.fb));
		kms_light(&self->kms, &self->mode, &fb);
		EXPECT_EQ(picture_crc(&self->picture), look_crc_now(&self->kms));
	}
}

TEST_F(crc, has_all_planes_in_it)
{
	drmModeAtomicReq *req = drmModeAtomicAlloc();
	struct picture overlay, cursor;
	struct kms_fb above, top;
	int fd = self->kms.fd;

	picture_init(&overlay, 200, 100);
	picture_noise(&overlay, 2);
	picture_init(&cursor, 64, 64);
	picture_noise(&cursor, 3);
	kms_fb_create(fd, &above, 200, 100, DRM_FORMAT_XRGB8888);
	look_draw(fd, &above, &overlay);
	kms_fb_create(fd, &top, 64, 64, DRM_FORMAT_ARGB8888);
	look_draw(fd, &top, &cursor);

	kms_add_mode(req, &self->kms, &self->mode);
	kms_add_plane(req, &self->kms, self->kms.primary, &self->fb, 0, 0);
	kms_add_plane(req, &self->kms, self->kms.overlay, &above, 33, 45);
	kms_add_plane(req, &self->kms, self->kms.cursor, &top, 180, -20);
	kms_commit_free(fd, req, DRM_MODE_ATOMIC_ALLOW_MODESET, 0);

	picture_blend(&self->picture, &overlay, 33, 45, 0xffff, PICTURE_NONE);
	picture_blend(&self->picture, &cursor, 180, -20, 0xffff, PICTURE_PREMULTIPLIED);
	EXPECT_EQ(picture_crc(&self->picture), look_crc_now(&self->kms));
	picture_fini(&overlay);
	picture_fini(&cursor);
}

TEST_F(crc, comes_once_for_each_vblank)
{
	uint32_t first, frame, last, value, i;
	int crc;

	kms_light(&self->kms, &self->mode, &self->fb);
	crc = look_crc_open(&self->kms);
	look_crc(crc, &first, &value);
	last = first;
	for (i = 1; i < 30; i++) {
		look_crc(crc, &frame, &value);
		/* A timer that came too late for one says nothing of it. */
		EXPECT_GT(frame, last);
		last = frame;
		EXPECT_EQ(picture_crc(&self->picture), value);
	}
	EXPECT_LT(last - first, 2 * i);
	close(crc);
}

TEST_F(crc, is_of_the_frame_of_its_vblank)
{
	uint32_t old = picture_crc(&self->picture), frame, value, first;
	struct kms_event event;
	struct kms_fb other;
	int crc;

	kms_fb_create(self->kms.fd, &other, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888);
	picture_noise(&self->picture, 7);
	look_draw(self->kms.fd, &other, &self->picture);
	kms_light(&self->kms, &self->mode, &self->fb);

	crc = look_crc_open(&self->kms);
	look_crc(crc, &first, &value);
	EXPECT_EQ(old, value);
	kms_flip(&self->kms, &other, 5);
	kms_event(self->kms.fd, &event);
	EXPECT_EQ(5, event.user);
	do {
		look_crc(crc, &frame, &value);
		EXPECT_EQ(frame < event.sequence ? old : picture_crc(&self->picture), value);
	} while (frame < event.sequence + 3);
	EXPECT_GE(event.sequence, first);
	close(crc);
}

/* Without any commit. */
TEST_F(crc, sees_what_is_drawn_into_what_is_shown)
{
	kms_light(&self->kms, &self->mode, &self->fb);
	EXPECT_EQ(picture_crc(&self->picture), look_crc_now(&self->kms));
	picture_noise(&self->picture, 8);
	look_draw(self->kms.fd, &self->fb, &self->picture);
	EXPECT_EQ(picture_crc(&self->picture), look_crc_now(&self->kms));
}

/* Through a view that looks linear, too; each time. */
TEST_F(crc, sees_what_is_written_through_the_gtt)
{
	struct kms_fb fb = {};
	uint32_t *view, i;

	tiled_fb(self->kms.fd, &self->picture, I915_TILING_Y, I915_FORMAT_MOD_Y_TILED, &fb);
	kms_light(&self->kms, &self->mode, &fb);
	view = gem_mmap_gtt(self->kms.fd, fb.handle, fb.size);
	for (i = 0; i < 3; i++) {
		picture_noise(&self->picture, 20 + i);
		memcpy(view, self->picture.pixels, 4ull * WIDTH * HEIGHT);
		EXPECT_EQ(picture_crc(&self->picture), look_crc_now(&self->kms));
	}
	gem_munmap(view, fb.size);
}

/* The CRC of the frame that a commit makes, and of no later one. */
static uint32_t crc_of_commit(int fd, int crc, drmModeAtomicReq *req)
{
	struct kms_event event;
	uint32_t frame, value;

	kms_commit_free(fd, req, DRM_MODE_ATOMIC_NONBLOCK | DRM_MODE_PAGE_FLIP_EVENT, 0);
	kms_event(fd, &event);
	do {
		look_crc(crc, &frame, &value);
	} while (frame < event.sequence);
	if (frame != event.sequence)
		vi915_fail("vblank %u has no CRC, but %u has", event.sequence, frame);
	return value;
}

/* Noise to flip to, of a size, and as a picture. */
static void noise_fb(int fd, uint32_t width, uint32_t height, uint32_t seed, struct kms_fb *fb,
		     struct picture *picture)
{
	picture_init(picture, width, height);
	picture_noise(picture, seed);
	kms_fb_create(fd, fb, width, height, DRM_FORMAT_XRGB8888);
	look_draw(fd, fb, picture);
}

static void add_damage(int fd, drmModeAtomicReq *req, uint32_t plane, int x1, int y1, int x2,
		       int y2)
{
	struct drm_mode_rect clip = { x1, y1, x2, y2 };

	kms_add(req, fd, plane, "FB_DAMAGE_CLIPS", kms_blob(fd, &clip, sizeof(clip)));
}

/* True damage clips are believed: they are in pixels of each plane's framebuffer. */
TEST_F(crc, knows_damage_of_all_planes_where_they_are)
{
	struct kms_fb above[2], below[2];
	struct picture over[2], under[2], now;
	drmModeAtomicReq *req = drmModeAtomicAlloc();
	int fd = self->kms.fd, crc, i;

	for (i = 0; i < 2; i++) {
		noise_fb(fd, 100, 60, 10, &above[i], &over[i]);
		noise_fb(fd, WIDTH, HEIGHT, 12, &below[i], &under[i]);
	}
	picture_fill(&over[1], 10, 8, 50, 20, 0x00ff00);
	look_draw(fd, &above[1], &over[1]);
	picture_fill(&under[1], 20, 10, 30, 20, 0xff0000);
	look_draw(fd, &below[1], &under[1]);

	kms_light(&self->kms, &self->mode, &below[0]);
	kms_add_plane(req, &self->kms, self->kms.overlay, &above[0], 200, 300);
	kms_commit_free(fd, req, 0, 0);
	crc = look_crc_open(&self->kms);

	/* Damage of the upper plane. */
	req = drmModeAtomicAlloc();
	kms_add(req, fd, self->kms.overlay, "FB_ID", above[1].fb);
	add_damage(fd, req, self->kms.overlay, 10, 8, 60, 28);
	picture_init(&now, WIDTH, HEIGHT);
	memcpy(now.pixels, under[0].pixels, 4ull * WIDTH * HEIGHT);
	picture_blend(&now, &over[1], 200, 300, 0xffff, PICTURE_NONE);
	EXPECT_EQ(picture_crc(&now), crc_of_commit(fd, crc, req));

	/* Damage of both planes, far from each other. */
	req = drmModeAtomicAlloc();
	kms_add(req, fd, self->kms.primary, "FB_ID", below[1].fb);
	add_damage(fd, req, self->kms.primary, 20, 10, 50, 30);
	kms_add(req, fd, self->kms.overlay, "FB_ID", above[0].fb);
	add_damage(fd, req, self->kms.overlay, 10, 8, 60, 28);
	memcpy(now.pixels, under[1].pixels, 4ull * WIDTH * HEIGHT);
	picture_blend(&now, &over[0], 200, 300, 0xffff, PICTURE_NONE);
	EXPECT_EQ(picture_crc(&now), crc_of_commit(fd, crc, req));

	close(crc);
	picture_fini(&now);
	for (i = 0; i < 2; i++) {
		picture_fini(&over[i]);
		picture_fini(&under[i]);
	}
}

/* A row is as much damage as any, wherever a frame is cut into bands. */
TEST_F(crc, knows_damage_of_one_row)
{
	static const int rows[] = { 0, 31, 32, 63, HEIGHT - 1 };
	int fd = self->kms.fd, crc;
	struct picture picture;
	drmModeAtomicReq *req;
	struct kms_fb fb;
	unsigned int i;

	kms_light(&self->kms, &self->mode, &self->fb);
	crc = look_crc_open(&self->kms);
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		noise_fb(fd, WIDTH, HEIGHT, 1, &fb, &picture);
		picture_fill(&picture, 0, rows[i], WIDTH, 1, 0x123456);
		look_draw(fd, &fb, &picture);
		req = drmModeAtomicAlloc();
		kms_add(req, fd, self->kms.primary, "FB_ID", fb.fb);
		add_damage(fd, req, self->kms.primary, 0, rows[i], WIDTH, rows[i] + 1);
		EXPECT_EQ(picture_crc(&picture), crc_of_commit(fd, crc, req));
		req = drmModeAtomicAlloc();
		kms_add(req, fd, self->kms.primary, "FB_ID", self->fb.fb);
		EXPECT_EQ(picture_crc(&self->picture), crc_of_commit(fd, crc, req));
		picture_fini(&picture);
		kms_fb_destroy(fd, &fb);
	}
	close(crc);
}

/* Damage is of pixels: what a commit changes otherwise is seen all over. */
TEST_F(crc, sees_what_is_not_pixels_whatever_the_damage)
{
	static const struct {
		const char *property;
		uint64_t value;
	} changes[] = {
		{ "alpha", 0x4000 }, { "CRTC_Y", 100 }, { "SRC_Y", 20 << 16 },
	};
	struct picture over, some, now;
	int fd = self->kms.fd, crc, y = 300;
	drmModeAtomicReq *req = drmModeAtomicAlloc();
	struct kms_fb above;
	unsigned int i;

	noise_fb(fd, 100, 160, 10, &above, &over);
	some = over;
	some.height = 140;
	kms_light(&self->kms, &self->mode, &self->fb);
	kms_add_plane(req, &self->kms, self->kms.overlay, &above, 200, y);
	kms_add(req, fd, self->kms.overlay, "SRC_H", 140 << 16);
	kms_add(req, fd, self->kms.overlay, "CRTC_H", 140);
	kms_commit_free(fd, req, 0, 0);
	crc = look_crc_open(&self->kms);

	picture_init(&now, WIDTH, HEIGHT);
	for (i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		req = drmModeAtomicAlloc();
		kms_add(req, fd, self->kms.overlay, changes[i].property, changes[i].value);
		add_damage(fd, req, self->kms.overlay, 0, 0, 1, 1);
		y = i >= 1 ? 100 : y;
		some.pixels = over.pixels + (i >= 2 ? 20 * over.width : 0);
		memcpy(now.pixels, self->picture.pixels, 4ull * WIDTH * HEIGHT);
		picture_blend(&now, &some, 200, y, 0x4000, PICTURE_NONE);
		EXPECT_EQ(picture_crc(&now), crc_of_commit(fd, crc, req));
	}
	req = drmModeAtomicAlloc();
	kms_add(req, fd, self->kms.overlay, "alpha", 0xffff);
	kms_commit_free(fd, req, 0, 0);
	close(crc);
	picture_fini(&now);
	picture_fini(&over);
}

TEST_F(crc, sees_another_format_whatever_the_damage)
{
	uint32_t handles[4] = { self->fb.handle }, pitches[4] = { WIDTH * 4 }, offsets[4] = {};
	uint32_t fb, i, p;
	drmModeAtomicReq *req = drmModeAtomicAlloc();
	int fd = self->kms.fd, crc;

	vi915_check(__kms_addfb(fd, WIDTH, HEIGHT, DRM_FORMAT_XBGR8888, DRM_FORMAT_MOD_LINEAR,
				handles, pitches, offsets, &fb));
	kms_light(&self->kms, &self->mode, &self->fb);
	crc = look_crc_open(&self->kms);
	/* So that there is one of the frame before. */
	look_crc(crc, &i, &p);
	look_crc(crc, &i, &p);
	kms_add(req, fd, self->kms.primary, "FB_ID", fb);
	add_damage(fd, req, self->kms.primary, 0, 0, 1, 1);
	for (i = 0; i < WIDTH * HEIGHT; i++) {
		p = self->picture.pixels[i];
		self->picture.pixels[i] = (p & 0xff00) | (p >> 16 & 0xff) | (p & 0xff) << 16;
	}
	EXPECT_EQ(picture_crc(&self->picture), crc_of_commit(fd, crc, req));
	close(crc);
}

/* Where it was moved by the call of before is where it was. */
TEST_F(crc, sees_a_cursor_move_whatever_the_damage)
{
	drmModeAtomicReq *req = drmModeAtomicAlloc();
	int fd = self->kms.fd, crc;
	uint32_t frame, value;
	struct picture image;
	struct kms_fb cursor;

	picture_init(&image, 64, 64);
	picture_noise(&image, 30);
	kms_fb_create(fd, &cursor, 64, 64, DRM_FORMAT_ARGB8888);
	look_draw(fd, &cursor, &image);
	kms_light(&self->kms, &self->mode, &self->fb);
	kms_add_plane(req, &self->kms, self->kms.cursor, &cursor, 20, 10);
	kms_commit_free(fd, req, 0, 0);
	vi915_check(drmModeMoveCursor(fd, self->kms.crtc, 300, 400));
	/* So that this is the frame before. */
	crc = look_crc_open(&self->kms);
	look_crc(crc, &frame, &value);
	look_crc(crc, &frame, &value);

	req = drmModeAtomicAlloc();
	kms_add_plane(req, &self->kms, self->kms.cursor, &cursor, 20, 10);
	add_damage(fd, req, self->kms.cursor, 0, 0, 1, 1);
	picture_blend(&self->picture, &image, 20, 10, 0xffff, PICTURE_PREMULTIPLIED);
	EXPECT_EQ(picture_crc(&self->picture), crc_of_commit(fd, crc, req));
	close(crc);
	picture_fini(&image);
}

/* Two frames in one vblank: the damage is what differs from the first. */
TEST_F(crc, takes_damage_for_that_of_the_frame_before)
{
	struct picture full, part;
	struct kms_fb fb[2];
	struct kms_event event;
	drmModeAtomicReq *req;
	uint32_t frame, value;
	int crc;

	noise_fb(self->kms.fd, WIDTH, HEIGHT, 20, &fb[0], &full);
	noise_fb(self->kms.fd, WIDTH, HEIGHT, 20, &fb[1], &part);
	picture_fill(&part, 5, 5, 10, 10, 0x123456);
	look_draw(self->kms.fd, &fb[1], &part);
	kms_light(&self->kms, &self->mode, &self->fb);
	crc = look_crc_open(&self->kms);
	req = drmModeAtomicAlloc();
	kms_add(req, self->kms.fd, self->kms.primary, "FB_ID", fb[1].fb);
	add_damage(self->kms.fd, req, self->kms.primary, 5, 5, 15, 15);
	while (!__look_crc(crc, 0, &frame, &value))
		;
	look_crc(crc, &frame, &value);
	ASSERT_EQ(0, __kms_page_flip(&self->kms, &fb[0],
				     DRM_MODE_PAGE_FLIP_ASYNC | DRM_MODE_PAGE_FLIP_EVENT, 0));
	kms_event(self->kms.fd, &event);
	EXPECT_EQ(picture_crc(&part), crc_of_commit(self->kms.fd, crc, req));
	close(crc);
	picture_fini(&full);
	picture_fini(&part);
}

TEST_F(crc, is_of_one_output)
{
	struct kms other;

	kms_open(&other, "gpu1", 0);
	kms_light(&self->kms, &self->mode, &self->fb);
	EXPECT_EQ(-EIO, __look_crc_open(&other, "auto"));
	kms_close(&other);
}

TEST_F(crc, has_one_source_and_one_reader)
{
	int crc;

	kms_light(&self->kms, &self->mode, &self->fb);
	EXPECT_EQ(-EINVAL, __look_crc_open(&self->kms, "pipe"));
	EXPECT_EQ(-EINVAL, __look_crc_open(&self->kms, "autos"));
	crc = look_crc_open(&self->kms);
	EXPECT_EQ(-EBUSY, __look_crc_open(&self->kms, "auto"));
	close(crc);
	crc = look_crc_open(&self->kms);
	close(crc);
}

/* Off and on again in another size, while somebody reads. */
TEST_F(crc, goes_on_in_another_mode)
{
	drmModeModeInfo mode = kms_mode(&self->kms, 1024, 768, 60);
	struct picture picture;
	uint32_t frame, value, i;
	struct kms_fb fb;
	int crc;

	picture_init(&picture, 1024, 768);
	picture_noise(&picture, 9);
	kms_fb_create(self->kms.fd, &fb, 1024, 768, DRM_FORMAT_XRGB8888);
	look_draw(self->kms.fd, &fb, &picture);
	kms_light(&self->kms, &self->mode, &self->fb);
	crc = look_crc_open(&self->kms);
	look_crc(crc, &frame, &value);
	kms_dark(&self->kms);
	kms_light(&self->kms, &mode, &fb);
	for (i = 0; i < 20 && value != picture_crc(&picture); i++)
		look_crc(crc, &frame, &value);
	EXPECT_EQ(picture_crc(&picture), value);
	close(crc);
	picture_fini(&picture);
}

TEST_HARNESS_MAIN
