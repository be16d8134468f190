// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Colour management: tables and a matrix for each output, as on gen9, and their
 * effect on CRCs, screenshots and writeback.
 */
#include "gpu_fixture.h"

#include <drm/drm_fourcc.h>
#include <drm/drm_mode.h>
#include <string.h>

#include "kms.h"
#include "look.h"
#include "picture.h"

#define ENTRIES 1024
#define LEGACY 256
#define ONE (1ULL << 32)

FIXTURE(colour)
{
	struct kms kms;
	struct kms_fb screen;
	struct picture picture;
};

FIXTURE_SETUP(colour)
{
	kms_open(&self->kms, "gpu0", 0);
	self->kms.mode = kms_mode(&self->kms, 640, 480, 60);
	kms_fb_create(self->kms.fd, &self->screen, 640, 480, DRM_FORMAT_XRGB8888);
	picture_init(&self->picture, 640, 480);
	picture_noise(&self->picture, 1);
	look_draw(self->kms.fd, &self->screen, &self->picture);
	kms_light(&self->kms, &self->kms.mode, &self->screen);
}

#define COLOUR FIXTURE_DATA(colour)

/* Sets one property of the CRTC to a blob or to none. Returns: 0 or -errno. */
static int __set_blob(COLOUR *self, const char *name, const void *data, size_t size)
{
	drmModeAtomicReq *req = drmModeAtomicAlloc();
	uint32_t blob = data ? kms_blob(self->kms.fd, data, size) : 0;
	int ret;

	kms_add(req, self->kms.fd, self->kms.crtc, name, blob);
	ret = __kms_commit_free(self->kms.fd, req, 0, 0);
	if (blob)
		drmModeDestroyPropertyBlob(self->kms.fd, blob);
	return ret;
}

static void reset(COLOUR *self)
{
	vi915_check(__set_blob(self, "DEGAMMA_LUT", NULL, 0));
	vi915_check(__set_blob(self, "CTM", NULL, 0));
	vi915_check(__set_blob(self, "GAMMA_LUT", NULL, 0));
}

FIXTURE_TEARDOWN(colour)
{
	reset(self);
	picture_fini(&self->picture);
	kms_close(&self->kms);
}

/* A table that keeps only the upper @bits of each value. */
static void coarse(struct drm_color_lut *lut, unsigned int size, unsigned int bits)
{
	unsigned int i, value;

	memset(lut, 0, size * sizeof(*lut));
	for (i = 0; i < size; i++) {
		value = i * 256 / size & ~(0xffu >> bits) & 0xff;
		lut[i].red = value * 257;
		lut[i].green = value * 257;
		lut[i].blue = value * 257;
	}
}

/* The expected picture, each pixel changed by @change. */
static void expected(COLOUR *self, struct picture *out, uint32_t (*change)(uint32_t pixel))
{
	unsigned int i;

	picture_init(out, 640, 480);
	for (i = 0; i < 640 * 480; i++)
		out->pixels[i] = change(self->picture.pixels[i]);
}

static uint32_t upper_4_bits(uint32_t pixel)
{
	return pixel & 0xfff0f0f0;
}

static uint32_t inverse(uint32_t pixel)
{
	return pixel ^ 0x00ffffff;
}

static uint32_t red_to_blue(uint32_t pixel)
{
	return pixel >> 16 & 0xff;
}

static uint32_t inverse_of_red_to_blue(uint32_t pixel)
{
	return inverse(red_to_blue(pixel)) & 0xffffff;
}

static uint32_t same(uint32_t pixel)
{
	return pixel;
}

/* Compare with a CRC and a screenshot. */
static void looks(struct __test_metadata *_metadata, COLOUR *self,
		  uint32_t (*change)(uint32_t pixel), const char *what)
{
	struct picture want, seen;

	expected(self, &want, change);
	EXPECT_EQ(picture_crc(&want), look_crc_now(&self->kms)) {
		TH_LOG("%s: another CRC", what);
	}
	look_shot(&self->kms, &seen);
	EXPECT_EQ(-1, picture_differs(&want, &seen, 0)) {
		TH_LOG("%s: another shot", what);
	}
	picture_fini(&want);
	picture_fini(&seen);
}

#define LOOKS(change) looks(_metadata, self, change, #change)

static void inverse_table(struct drm_color_lut *lut, unsigned int size)
{
	unsigned int i;

	memset(lut, 0, size * sizeof(*lut));
	for (i = 0; i < size; i++) {
		lut[i].red = 65535 - i * 65535 / (size - 1);
		lut[i].green = lut[i].red;
		lut[i].blue = lut[i].red;
	}
}

static const struct drm_color_ctm red_is_blue = { .matrix = { [6] = ONE } };

TEST_F(colour, sizes_are_those_of_gen9)
{
	EXPECT_EQ(ENTRIES, kms_value(self->kms.fd, self->kms.crtc, "DEGAMMA_LUT_SIZE"));
	EXPECT_EQ(ENTRIES, kms_value(self->kms.fd, self->kms.crtc, "GAMMA_LUT_SIZE"));
	EXPECT_EQ(0, kms_value(self->kms.fd, self->kms.crtc, "DEGAMMA_LUT"));
	EXPECT_EQ(0, kms_value(self->kms.fd, self->kms.crtc, "GAMMA_LUT"));
	EXPECT_EQ(0, kms_value(self->kms.fd, self->kms.crtc, "CTM"));
	LOOKS(same);
}

TEST_F(colour, a_table_that_drops_the_low_bits)
{
	struct drm_color_lut lut[ENTRIES];

	coarse(lut, ENTRIES, 4);
	ASSERT_OK(__set_blob(self, "GAMMA_LUT", lut, sizeof(lut)));
	LOOKS(upper_4_bits);
	ASSERT_OK(__set_blob(self, "GAMMA_LUT", NULL, 0));
	ASSERT_OK(__set_blob(self, "DEGAMMA_LUT", lut, sizeof(lut)));
	LOOKS(upper_4_bits);
	reset(self);
	LOOKS(same);
	coarse(lut, LEGACY, 4);
	ASSERT_OK(__set_blob(self, "GAMMA_LUT", lut, LEGACY * sizeof(*lut)));
	LOOKS(upper_4_bits);
}

TEST_F(colour, tables_and_the_matrix_come_one_after_the_other)
{
	struct drm_color_lut lut[ENTRIES];

	ASSERT_OK(__set_blob(self, "CTM", &red_is_blue, sizeof(red_is_blue)));
	LOOKS(red_to_blue);
	inverse_table(lut, ENTRIES);
	ASSERT_OK(__set_blob(self, "GAMMA_LUT", lut, sizeof(lut)));
	LOOKS(inverse_of_red_to_blue);
	/* Inverted twice: before and after the matrix. */
	ASSERT_OK(__set_blob(self, "CTM", NULL, 0));
	ASSERT_OK(__set_blob(self, "DEGAMMA_LUT", lut, sizeof(lut)));
	LOOKS(same);
}

static int __gamma(COLOUR *self, uint32_t size, uint16_t *r, uint16_t *g, uint16_t *b)
{
	return drmModeCrtcSetGamma(self->kms.fd, self->kms.crtc, size, r, g, b);
}

/* The legacy table replaces the new ones, and can be read as GAMMA_LUT. */
TEST_F(colour, the_table_of_before)
{
	uint16_t r[LEGACY], g[LEGACY], b[LEGACY], seen[3][LEGACY];
	struct drm_color_lut lut[ENTRIES];
	unsigned int i;

	inverse_table(lut, ENTRIES);
	ASSERT_OK(__set_blob(self, "DEGAMMA_LUT", lut, sizeof(lut)));
	ASSERT_OK(__set_blob(self, "CTM", &red_is_blue, sizeof(red_is_blue)));
	for (i = 0; i < LEGACY; i++)
		r[i] = g[i] = b[i] = 65535 - i * 257;
	ASSERT_EQ(0, __gamma(self, LEGACY, r, g, b));
	EXPECT_EQ(0, kms_value(self->kms.fd, self->kms.crtc, "DEGAMMA_LUT"));
	EXPECT_EQ(0, kms_value(self->kms.fd, self->kms.crtc, "CTM"));
	EXPECT_NE(0, kms_value(self->kms.fd, self->kms.crtc, "GAMMA_LUT"));
	LOOKS(inverse);
	ASSERT_EQ(0, drmModeCrtcGetGamma(self->kms.fd, self->kms.crtc, LEGACY, seen[0], seen[1],
					 seen[2]));
	EXPECT_EQ(0, memcmp(r, seen[0], sizeof(r)));
	EXPECT_EQ(0, memcmp(b, seen[2], sizeof(b)));
	EXPECT_EQ(-EINVAL, __gamma(self, LEGACY - 1, r, g, b));
	EXPECT_EQ(-EINVAL, __gamma(self, ENTRIES, r, g, b));
	LOOKS(inverse);
}

TEST_F(colour, other_sizes_are_refused)
{
	static struct drm_color_lut lut[2 * ENTRIES];
	static const unsigned int sizes[] = { 1, 2, 255, 257, 512, 1023, 1025, 2048 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		EXPECT_ERR(EINVAL, __set_blob(self, "GAMMA_LUT", lut, sizes[i] * sizeof(*lut)));
		EXPECT_ERR(EINVAL, __set_blob(self, "DEGAMMA_LUT", lut, sizes[i] * sizeof(*lut)));
	}
	EXPECT_ERR(EINVAL, __set_blob(self, "DEGAMMA_LUT", lut, LEGACY * sizeof(*lut)));
	EXPECT_ERR(EINVAL, __set_blob(self, "GAMMA_LUT", lut, ENTRIES * sizeof(*lut) - 1));
	EXPECT_ERR(EINVAL, __set_blob(self, "CTM", &red_is_blue, sizeof(red_is_blue) - 8));
	EXPECT_EQ(0, kms_value(self->kms.fd, self->kms.crtc, "GAMMA_LUT"));
	LOOKS(same);
}

/* The damage says that the client changed no pixels. */
TEST_F(colour, is_no_damage_and_yet_seen)
{
	struct drm_mode_rect nothing = { 0, 0, 1, 1 };
	uint32_t clips = kms_blob(self->kms.fd, &nothing, sizeof(nothing)), blob;
	drmModeAtomicReq *req = drmModeAtomicAlloc();
	struct drm_color_lut lut[ENTRIES];
	uint32_t frame, crc, before;
	struct picture want;
	int data = look_crc_open(&self->kms);

	look_crc(data, &frame, &before);
	inverse_table(lut, ENTRIES);
	blob = kms_blob(self->kms.fd, lut, sizeof(lut));
	kms_add_plane(req, &self->kms, self->kms.primary, &self->screen, 0, 0);
	kms_add(req, self->kms.fd, self->kms.primary, "FB_DAMAGE_CLIPS", clips);
	kms_add(req, self->kms.fd, self->kms.crtc, "GAMMA_LUT", blob);
	kms_commit_free(self->kms.fd, req, 0, 0);
	expected(self, &want, inverse);
	/* The old picture may be shown for some vblanks, but then only the new one. */
	do
		look_crc(data, &frame, &crc);
	while (crc == before);
	EXPECT_EQ(picture_crc(&want), crc);
	picture_fini(&want);
	close(data);
}

/* A cursor move makes a new frame from the last one. */
TEST_F(colour, stays_when_the_cursor_moves_and_over_the_dark)
{
	struct drm_mode_cursor move = {
		.flags = DRM_MODE_CURSOR_MOVE, .crtc_id = self->kms.crtc, .x = 10000,
	};
	struct drm_color_lut lut[ENTRIES];

	inverse_table(lut, ENTRIES);
	ASSERT_OK(__set_blob(self, "GAMMA_LUT", lut, sizeof(lut)));
	ASSERT_OK(vi915_ioctl(self->kms.fd, DRM_IOCTL_MODE_CURSOR, &move));
	LOOKS(inverse);
	kms_dark(&self->kms);
	kms_light(&self->kms, &self->kms.mode, &self->screen);
	LOOKS(inverse);
	kms_dark(&self->kms);
	reset(self);
	kms_light(&self->kms, &self->kms.mode, &self->screen);
	LOOKS(same);
}

TEST_HARNESS_MAIN
