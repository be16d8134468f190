// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* ADDFB2: what a gen9 display allows, and each reason to refuse. */
#include "test.h"

#include <string.h>
#include <unistd.h>

#include "fb.h"
#include "gem.h"
#include "gpu.h"

#define WIDTH 1024
#define HEIGHT 1024
#define PITCH (WIDTH * 4)
#define SIZE (PITCH * HEIGHT)
#define LINEAR DRM_FORMAT_MOD_LINEAR
#define NO_MODIFIER DRM_FORMAT_MOD_INVALID
#define PAGE 4096

static const uint64_t modifiers[] = {
	LINEAR, I915_FORMAT_MOD_X_TILED, I915_FORMAT_MOD_Y_TILED, NO_MODIFIER,
};

/* A linear object for 1024x1024 pixels of 4 bytes, and a valid ADDFB2 of it. */
FIXTURE(fb)
{
	int fd;
	uint32_t handle;
	struct drm_mode_fb_cmd2 cmd;
};

FIXTURE_SETUP(fb)
{
	self->fd = vi915_open("gpu0");
	self->handle = gem_create(self->fd, SIZE);
	fb_fill(&self->cmd, self->handle, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888, LINEAR);
}

FIXTURE_TEARDOWN(fb)
{
	close(self->fd);
}

/* The call succeeds; the framebuffer is removed again. */
#define TAKEN() \
	do { \
		EXPECT_OK(__fb_add(self->fd, &self->cmd)); \
		EXPECT_OK(__fb_remove(self->fd, self->cmd.fb_id)); \
	} while (0)

/* The call is refused and leaves its argument and the object unchanged. */
#define REFUSED(err) \
	do { \
		struct drm_mode_fb_cmd2 before = self->cmd; \
		EXPECT_ERR(err, __fb_add(self->fd, &self->cmd)); \
		EXPECT_EQ(0, memcmp(&before, &self->cmd, sizeof(before))); \
		EXPECT_EQ(0, fb_count(self->fd)); \
	} while (0)

TEST_F(fb, every_format_is_taken_in_every_layout)
{
	static const uint32_t formats[] = {
		DRM_FORMAT_XRGB8888, DRM_FORMAT_ARGB8888, DRM_FORMAT_XBGR8888,
		DRM_FORMAT_ABGR8888, DRM_FORMAT_RGB565, DRM_FORMAT_XRGB2101010,
		DRM_FORMAT_NV12, DRM_FORMAT_YUYV,
	};
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(formats); i++) {
		for (j = 0; j < ARRAY_SIZE(modifiers); j++) {
			fb_fill(&self->cmd, self->handle, WIDTH, HEIGHT, formats[i], modifiers[j]);
			TAKEN();
		}
	}
}

TEST_F(fb, formats_that_no_plane_shows_are_refused)
{
	static const uint32_t formats[] = {
		DRM_FORMAT_C8, DRM_FORMAT_RGB888, DRM_FORMAT_RGBX8888, DRM_FORMAT_ARGB2101010,
		DRM_FORMAT_UYVY, DRM_FORMAT_R8, 0, ~0u,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(formats); i++) {
		self->cmd.pixel_format = formats[i];
		REFUSED(EINVAL);
	}
}

TEST_F(fb, layouts_that_no_plane_shows_are_refused)
{
	static const uint64_t refused[] = {
		I915_FORMAT_MOD_Yf_TILED, I915_FORMAT_MOD_4_TILED, I915_FORMAT_MOD_Y_TILED_CCS,
		I915_FORMAT_MOD_Yf_TILED_CCS, DRM_FORMAT_MOD_INVALID,
		DRM_FORMAT_MOD_VIVANTE_TILED, ~0ull - 1, 1,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		self->cmd.modifier[0] = refused[i];
		REFUSED(EINVAL);
	}
}

TEST_F(fb, a_modifier_without_the_flag_is_refused)
{
	self->cmd.flags = 0;
	self->cmd.modifier[0] = I915_FORMAT_MOD_X_TILED;
	REFUSED(EINVAL);
}

TEST_F(fb, flags_that_do_not_exist_are_refused)
{
	self->cmd.flags = DRM_MODE_FB_MODIFIERS << 1;
	REFUSED(EINVAL);
	self->cmd.flags = ~0u;
	REFUSED(EINVAL);
}

TEST_F(fb, handles_must_be_there)
{
	self->cmd.handles[0] = 0xbadbadu;
	REFUSED(ENOENT);
	self->cmd.handles[0] = 0;
	REFUSED(EINVAL);
	fb_fill(&self->cmd, self->handle, WIDTH, HEIGHT / 2, DRM_FORMAT_NV12, LINEAR);
	self->cmd.handles[1] = 0xbadbadu;
	REFUSED(ENOENT);
	self->cmd.handles[1] = 0;
	REFUSED(EINVAL);
}

TEST_F(fb, planes_that_the_format_lacks_must_be_empty)
{
	unsigned int plane;

	for (plane = 1; plane < 4; plane++) {
		self->cmd.handles[plane] = self->handle;
		REFUSED(EINVAL);
		self->cmd.handles[plane] = 0;
		self->cmd.pitches[plane] = PITCH;
		REFUSED(EINVAL);
		self->cmd.pitches[plane] = 0;
		self->cmd.offsets[plane] = PAGE;
		REFUSED(EINVAL);
		self->cmd.offsets[plane] = 0;
		self->cmd.modifier[plane] = I915_FORMAT_MOD_X_TILED;
		REFUSED(EINVAL);
		self->cmd.modifier[plane] = 0;
	}
	TAKEN();
}

TEST_F(fb, all_planes_have_one_modifier)
{
	fb_fill(&self->cmd, self->handle, WIDTH, HEIGHT, DRM_FORMAT_NV12, LINEAR);
	self->cmd.modifier[1] = I915_FORMAT_MOD_X_TILED;
	REFUSED(EINVAL);
}

struct pitch {
	uint64_t modifier;
	uint32_t pitch;
	int errno_;
};

/* For 16 x 8 pixels of 4 bytes, which always fit into the object. */
static const struct pitch pitches[] = {
	{ LINEAR, 0, EINVAL },
	{ LINEAR, 32, EINVAL },
	{ LINEAR, 63, EINVAL },
	{ LINEAR, 64, 0 },
	{ LINEAR, 65, EINVAL },
	{ LINEAR, 96, EINVAL },
	{ LINEAR, 128, 0 },
	{ LINEAR, 256, 0 },
	{ LINEAR, 999, EINVAL },
	{ LINEAR, 1024, 0 },
	{ LINEAR, 32 * 1024, 0 },
	{ LINEAR, 32 * 1024 + 64, EINVAL },
	{ LINEAR, 65536, EINVAL },
	{ NO_MODIFIER, 65, EINVAL },
	{ NO_MODIFIER, 128, 0 },
	{ I915_FORMAT_MOD_X_TILED, 256, EINVAL },
	{ I915_FORMAT_MOD_X_TILED, 512, 0 },
	{ I915_FORMAT_MOD_X_TILED, 640, EINVAL },
	{ I915_FORMAT_MOD_X_TILED, 32 * 1024, 0 },
	{ I915_FORMAT_MOD_X_TILED, 32 * 1024 + 512, EINVAL },
	{ I915_FORMAT_MOD_Y_TILED, 64, EINVAL },
	{ I915_FORMAT_MOD_Y_TILED, 128, 0 },
	{ I915_FORMAT_MOD_Y_TILED, 192, EINVAL },
	{ I915_FORMAT_MOD_Y_TILED, 640, 0 },
	{ I915_FORMAT_MOD_Y_TILED, 32 * 1024 + 128, EINVAL },
};

TEST_F(fb, pitches_are_taken_or_refused_as_on_gen9)
{
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(pitches); i++) {
		fb_fill(&self->cmd, self->handle, 16, 8, DRM_FORMAT_XRGB8888,
			pitches[i].modifier);
		self->cmd.pitches[0] = pitches[i].pitch;
		ret = __fb_add(self->fd, &self->cmd);
		EXPECT_EQ(-pitches[i].errno_, ret) {
			TH_LOG("modifier 0x%llx pitch %u",
			       (unsigned long long)pitches[i].modifier, pitches[i].pitch);
		}
	}
}

/* Pitches that IGT tests, for a width that is larger than some of them. */
TEST_F(fb, pitches_below_a_row_are_refused)
{
	static const uint32_t bad[] = { 0, 32, 63, 128, 256, 1024, 999, 64 * 1024 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		self->cmd.pitches[0] = bad[i];
		REFUSED(EINVAL);
	}
}

TEST_F(fb, what_overflows_is_out_of_range)
{
	self->cmd.pitches[0] = ~0u;
	REFUSED(ERANGE);
	self->cmd.pitches[0] = PITCH;
	self->cmd.offsets[0] = -PAGE;
	REFUSED(ERANGE);
}

TEST_F(fb, a_side_is_1_to_16384_pixels)
{
	self->cmd.width = 0;
	REFUSED(EINVAL);
	self->cmd.width = WIDTH;
	self->cmd.height = 0;
	REFUSED(EINVAL);

	self->cmd.pixel_format = DRM_FORMAT_RGB565;
	self->cmd.width = 16384;
	self->cmd.pitches[0] = 32768;
	self->cmd.height = SIZE / 32768;
	TAKEN();
	self->cmd.width = 16385;
	REFUSED(EINVAL);

	self->cmd.width = 16;
	self->cmd.pitches[0] = 64;
	self->cmd.height = 16384;
	TAKEN();
	self->cmd.height = 16385;
	REFUSED(EINVAL);
	self->cmd.width = 1;
	self->cmd.height = 1;
	TAKEN();
}

struct extent {
	uint64_t modifier;
	uint32_t pitch;
	uint32_t height;
	uint32_t offset;
	uint64_t size;
	int errno_;
};

static const struct extent extents[] = {
	{ LINEAR, PITCH, 4, 0, 4 * PAGE, 0 },
	{ LINEAR, PITCH, 5, 0, 4 * PAGE, EINVAL },
	{ LINEAR, PITCH, 4, 64, 4 * PAGE, EINVAL },
	{ LINEAR, PITCH, 3, PITCH, 4 * PAGE, 0 },
	{ LINEAR, PITCH, 3, 4, 4 * PAGE, 0 },
	{ LINEAR, PITCH, 3, 2, 4 * PAGE, EINVAL },
	/* A row of X tiles is eight pages here, and must be complete. */
	{ I915_FORMAT_MOD_X_TILED, PITCH, 8, 0, 8 * PAGE, 0 },
	{ I915_FORMAT_MOD_X_TILED, PITCH, 1, 0, 7 * PAGE, EINVAL },
	{ I915_FORMAT_MOD_X_TILED, PITCH, 9, 0, 15 * PAGE, EINVAL },
	{ I915_FORMAT_MOD_X_TILED, PITCH, 8, PAGE, 9 * PAGE, 0 },
	{ I915_FORMAT_MOD_X_TILED, PITCH, 8, PAGE, 8 * PAGE, EINVAL },
	{ I915_FORMAT_MOD_X_TILED, PITCH, 8, 64, 9 * PAGE, EINVAL },
	{ I915_FORMAT_MOD_Y_TILED, PITCH, 32, 0, 32 * PAGE, 0 },
	{ I915_FORMAT_MOD_Y_TILED, PITCH, 1, 0, 31 * PAGE, EINVAL },
	{ I915_FORMAT_MOD_Y_TILED, PITCH, 33, 0, 33 * PAGE, EINVAL },
	{ I915_FORMAT_MOD_Y_TILED, PITCH, 32, 512, 33 * PAGE, EINVAL },
	{ I915_FORMAT_MOD_Y_TILED, PITCH, 32, PAGE, 33 * PAGE, 0 },
};

TEST_F(fb, objects_must_hold_whole_rows_of_tiles)
{
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(extents); i++) {
		const struct extent *e = &extents[i];

		fb_fill(&self->cmd, gem_create(self->fd, e->size), WIDTH, e->height,
			DRM_FORMAT_XRGB8888, e->modifier);
		self->cmd.offsets[0] = e->offset;
		ret = __fb_add(self->fd, &self->cmd);
		EXPECT_EQ(-e->errno_, ret) {
			TH_LOG("extent %u", i);
		}
	}
}

TEST_F(fb, planes_may_have_an_object_each)
{
	uint32_t chroma = gem_create(self->fd, SIZE / 2), small = gem_create(self->fd, PAGE);

	fb_fill(&self->cmd, self->handle, PITCH, HEIGHT, DRM_FORMAT_NV12, LINEAR);
	self->cmd.handles[1] = chroma;
	self->cmd.offsets[1] = 0;
	TAKEN();
	self->cmd.handles[1] = small;
	REFUSED(EINVAL);
	self->cmd.handles[1] = chroma;
	self->cmd.offsets[1] = PAGE;
	REFUSED(EINVAL);
	self->cmd.offsets[1] = 1;
	self->cmd.height = HEIGHT / 2;
	REFUSED(EINVAL);
	self->cmd.offsets[1] = 2;
	TAKEN();
	self->cmd.pitches[1] = PITCH + 32;
	REFUSED(EINVAL);
}

TEST_F(fb, planes_of_odd_pictures_are_rounded_up)
{
	fb_fill(&self->cmd, gem_create(self->fd, 2 * PAGE), 63, 63, DRM_FORMAT_NV12, LINEAR);
	TAKEN();
	/* 63 rows of luma, 32 of chroma: the object is 64 bytes too small. */
	self->cmd.offsets[1] = 2 * PAGE - 31 * 64;
	REFUSED(EINVAL);
	self->cmd.offsets[1] -= 64;
	TAKEN();
}

TEST_F(fb, user_memory_is_refused)
{
	void *ptr = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT_NE(MAP_FAILED, ptr);
	self->cmd.handles[0] = gem_userptr(self->fd, ptr, SIZE, 0);
	REFUSED(EINVAL);
}

TEST_HARNESS_MAIN
