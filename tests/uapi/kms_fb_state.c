// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Framebuffers and their objects, from ADDFB2 to RMFB. */
#include "test.h"

#include <string.h>
#include <unistd.h>

#include "fb.h"
#include "gem.h"
#include "gpu.h"
#include "peer.h"
#include "prime.h"
#include "share.h"

#define WIDTH 256
#define HEIGHT 64
#define PITCH (WIDTH * 4)
#define SIZE (PITCH * HEIGHT)
#define LINEAR DRM_FORMAT_MOD_LINEAR
#define NO_MODIFIER DRM_FORMAT_MOD_INVALID
#define X_TILED I915_FORMAT_MOD_X_TILED
#define Y_TILED I915_FORMAT_MOD_Y_TILED

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
	fb_fill(&self->cmd, self->handle, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888, NO_MODIFIER);
}

FIXTURE_TEARDOWN(fb)
{
	close(self->fd);
}

static uint32_t tiling_of(int fd, uint32_t handle)
{
	struct drm_i915_gem_get_tiling tiling;

	vi915_check(__gem_get_tiling(fd, handle, &tiling));
	return tiling.tiling_mode;
}

struct agreement {
	uint32_t tiling;
	uint32_t stride;
	uint64_t modifier;
	int errno_;
};

static const struct agreement agreements[] = {
	{ I915_TILING_NONE, 0, NO_MODIFIER, 0 },
	{ I915_TILING_NONE, 0, LINEAR, 0 },
	{ I915_TILING_NONE, 0, X_TILED, 0 },
	{ I915_TILING_NONE, 0, Y_TILED, 0 },
	{ I915_TILING_X, PITCH, NO_MODIFIER, 0 },
	{ I915_TILING_X, PITCH, X_TILED, 0 },
	{ I915_TILING_X, PITCH, LINEAR, EINVAL },
	{ I915_TILING_X, PITCH, Y_TILED, EINVAL },
	{ I915_TILING_X, PITCH / 2, NO_MODIFIER, EINVAL },
	{ I915_TILING_X, PITCH / 2, X_TILED, EINVAL },
	{ I915_TILING_X, PITCH * 2, X_TILED, EINVAL },
	{ I915_TILING_Y, PITCH, NO_MODIFIER, EINVAL },
	{ I915_TILING_Y, PITCH, Y_TILED, 0 },
	{ I915_TILING_Y, PITCH, LINEAR, EINVAL },
	{ I915_TILING_Y, PITCH, X_TILED, EINVAL },
	{ I915_TILING_Y, PITCH / 2, Y_TILED, EINVAL },
};

TEST_F(fb, a_tiling_that_was_set_and_the_modifier_agree)
{
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(agreements); i++) {
		const struct agreement *a = &agreements[i];

		gem_set_tiling(self->fd, self->handle, a->tiling, a->stride);
		fb_fill(&self->cmd, self->handle, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888,
			a->modifier);
		ret = __fb_add(self->fd, &self->cmd);
		EXPECT_EQ(-a->errno_, ret) {
			TH_LOG("tiling %u stride %u modifier 0x%llx", a->tiling, a->stride,
			       (unsigned long long)a->modifier);
		}
		if (!ret)
			fb_remove(self->fd, self->cmd.fb_id);
	}
}

/* The object's tiling starts at its first byte, so a picture at an offset may wrap. */
TEST_F(fb, a_picture_in_a_tiled_object_may_not_wrap_around_its_rows)
{
	gem_set_tiling(self->fd, self->handle, I915_TILING_X, PITCH);
	fb_fill(&self->cmd, self->handle, WIDTH / 2, HEIGHT / 2, DRM_FORMAT_XRGB8888, X_TILED);
	self->cmd.pitches[0] = PITCH;
	self->cmd.offsets[0] = 4096;
	ASSERT_OK(__fb_add(self->fd, &self->cmd));
	fb_remove(self->fd, self->cmd.fb_id);
	self->cmd.width = WIDTH / 2 + 1;
	EXPECT_ERR(EINVAL, __fb_add(self->fd, &self->cmd));
	self->cmd.offsets[0] = 2 * 4096;
	EXPECT_OK(__fb_add(self->fd, &self->cmd));
}

TEST_F(fb, legacy_addfb_infers_the_layout_too)
{
	struct drm_mode_fb_cmd legacy = {
		.width = WIDTH, .height = HEIGHT, .pitch = PITCH, .bpp = 32, .depth = 24,
		.handle = self->handle,
	};

	EXPECT_OK(vi915_ioctl(self->fd, DRM_IOCTL_MODE_ADDFB, &legacy));
	fb_remove(self->fd, legacy.fb_id);
	gem_set_tiling(self->fd, self->handle, I915_TILING_X, PITCH);
	EXPECT_OK(vi915_ioctl(self->fd, DRM_IOCTL_MODE_ADDFB, &legacy));
	fb_remove(self->fd, legacy.fb_id);
	gem_set_tiling(self->fd, self->handle, I915_TILING_Y, PITCH);
	EXPECT_ERR(EINVAL, vi915_ioctl(self->fd, DRM_IOCTL_MODE_ADDFB, &legacy));
	gem_set_tiling(self->fd, self->handle, I915_TILING_NONE, 0);
	legacy.bpp = 8;
	legacy.depth = 8;
	EXPECT_ERR(EINVAL, vi915_ioctl(self->fd, DRM_IOCTL_MODE_ADDFB, &legacy));
}

TEST_F(fb, a_framebuffer_keeps_its_object_as_it_is_tiled)
{
	struct drm_i915_gem_set_tiling arg = {
		.handle = self->handle, .tiling_mode = I915_TILING_Y, .stride = PITCH,
	};
	uint32_t first, second;

	gem_set_tiling(self->fd, self->handle, I915_TILING_X, PITCH);
	first = fb_add(self->fd, &self->cmd);
	second = fb_add(self->fd, &self->cmd);

	EXPECT_OK(__gem_set_tiling(self->fd, self->handle, I915_TILING_X, PITCH));
	EXPECT_ERR(EBUSY, __gem_set_tiling(self->fd, self->handle, I915_TILING_X, PITCH / 2));
	EXPECT_ERR(EBUSY, __gem_set_tiling(self->fd, self->handle, I915_TILING_NONE, 0));
	EXPECT_ERR(EINVAL, __gem_set_tiling(self->fd, self->handle, I915_TILING_Y, 1));
	EXPECT_ERR(EBUSY, vi915_ioctl(self->fd, DRM_IOCTL_I915_GEM_SET_TILING, &arg));
	/* Like i915, it returns the current tiling. */
	EXPECT_EQ(I915_TILING_X, arg.tiling_mode);
	EXPECT_EQ(PITCH, arg.stride);
	EXPECT_EQ(I915_TILING_X, tiling_of(self->fd, self->handle));

	fb_remove(self->fd, first);
	EXPECT_ERR(EBUSY, __gem_set_tiling(self->fd, self->handle, I915_TILING_NONE, 0));
	fb_remove(self->fd, second);
	EXPECT_OK(__gem_set_tiling(self->fd, self->handle, I915_TILING_NONE, 0));
}

TEST_F(fb, a_refused_framebuffer_keeps_nothing)
{
	struct drm_mode_fb_cmd2 two;

	/* The first plane is valid. */
	fb_fill(&two, self->handle, WIDTH, HEIGHT, DRM_FORMAT_NV12, LINEAR);
	two.handles[1] = 0xbadbadu;
	EXPECT_ERR(ENOENT, __fb_add(self->fd, &two));
	two.handles[1] = self->handle;
	two.offsets[1] = SIZE;
	EXPECT_ERR(EINVAL, __fb_add(self->fd, &two));
	EXPECT_OK(__gem_set_tiling(self->fd, self->handle, I915_TILING_Y, PITCH));
	EXPECT_ERR(EINVAL, __fb_add(self->fd, &self->cmd));
	EXPECT_OK(__gem_set_tiling(self->fd, self->handle, I915_TILING_X, PITCH));
}

TEST_F(fb, closing_the_file_lets_the_object_go)
{
	int other = vi915_reopen(self->fd);
	int dmabuf = prime_export(self->fd, self->handle);

	fb_fill(&self->cmd, prime_import(other, dmabuf), WIDTH, HEIGHT, DRM_FORMAT_XRGB8888,
		LINEAR);
	fb_add(other, &self->cmd);
	EXPECT_ERR(EBUSY, __gem_set_tiling(self->fd, self->handle, I915_TILING_X, PITCH));
	close(other);
	EXPECT_OK(__gem_set_tiling(self->fd, self->handle, I915_TILING_X, PITCH));
	close(dmabuf);
}

TEST_F(fb, r2_a_framebuffer_holds_its_object)
{
	int dmabuf = prime_export(self->fd, self->handle);
	ino_t ino = dmabuf_inode(dmabuf);

	fb_add(self->fd, &self->cmd);
	close(dmabuf);
	gem_close(self->fd, self->handle);
	EXPECT_EQ(SIZE, share_state(self->fd, ino, "size"));
	fb_remove(self->fd, self->cmd.fb_id);
	EXPECT_EQ(-1, share_state(self->fd, ino, "size"));
}

TEST_F(fb, getfb2_tells_what_was_asked_for)
{
	struct drm_mode_fb_cmd2 got = {};
	unsigned int i;

	fb_fill(&self->cmd, self->handle, 64, 16, DRM_FORMAT_NV12, Y_TILED);
	got.fb_id = fb_add(self->fd, &self->cmd);
	ASSERT_OK(vi915_ioctl(self->fd, DRM_IOCTL_MODE_GETFB2, &got));
	EXPECT_EQ(64, got.width);
	EXPECT_EQ(16, got.height);
	EXPECT_EQ(DRM_FORMAT_NV12, got.pixel_format);
	EXPECT_EQ(DRM_MODE_FB_MODIFIERS, got.flags);
	for (i = 0; i < 4; i++) {
		EXPECT_EQ(self->cmd.pitches[i], got.pitches[i]);
		EXPECT_EQ(self->cmd.offsets[i], got.offsets[i]);
		EXPECT_EQ(self->cmd.modifier[i], got.modifier[i]);
		EXPECT_EQ(i < 2, got.handles[i] != 0);
	}
}

TEST_F(fb, r6_a_framebuffer_of_an_import_maps_nothing)
{
	int other = vi915_open_render("gpu1"), vgem = vi915_driver_open("vgem"), dmabuf;
	ino_t ino;

	dmabuf = prime_export(other, gem_create(other, SIZE));
	ino = dmabuf_inode(dmabuf);
	fb_fill(&self->cmd, prime_import(self->fd, dmabuf), WIDTH, HEIGHT, DRM_FORMAT_XRGB8888,
		X_TILED);
	EXPECT_OK(__fb_add(self->fd, &self->cmd));
	EXPECT_EQ(0, share_state(self->fd, ino, "mapped"));
	EXPECT_EQ(0, share_state(other, ino, "pages"));
	close(dmabuf);

	dmabuf = prime_export(vgem, vgem_create(vgem, SIZE));
	fb_fill(&self->cmd, prime_import(self->fd, dmabuf), WIDTH, HEIGHT, DRM_FORMAT_XRGB8888,
		LINEAR);
	EXPECT_OK(__fb_add(self->fd, &self->cmd));
	EXPECT_EQ(0, share_state(self->fd, dmabuf_inode(dmabuf), "mapped"));
	close(dmabuf);
	close(vgem);
	close(other);
}

TEST_F(fb, an_import_has_a_layout_of_its_own)
{
	int other = vi915_open_render("gpu1");
	uint32_t theirs = gem_create(other, SIZE), ours;
	int dmabuf = prime_export(other, theirs);

	gem_set_tiling(other, theirs, I915_TILING_Y, PITCH);
	ours = prime_import(self->fd, dmabuf);
	fb_fill(&self->cmd, ours, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888, LINEAR);
	EXPECT_OK(__fb_add(self->fd, &self->cmd));
	/* The framebuffer depends only on this GPU's tiling of the object. */
	EXPECT_OK(__gem_set_tiling(other, theirs, I915_TILING_X, PITCH));
	EXPECT_ERR(EBUSY, __gem_set_tiling(self->fd, ours, I915_TILING_X, PITCH));
	close(dmabuf);
	close(other);
}

TEST_F(fb, dirty_takes_framebuffers_that_nobody_shows)
{
	struct drm_clip_rect clip = { 0, 0, 16, 16 };
	uint32_t *pixels = gem_mmap_gtt(self->fd, self->handle, SIZE);

	gem_set_tiling(self->fd, self->handle, I915_TILING_X, PITCH);
	pixels[WIDTH] = 1;
	fb_add(self->fd, &self->cmd);
	EXPECT_OK(__fb_dirty(self->fd, self->cmd.fb_id, NULL, 0));
	EXPECT_OK(__fb_dirty(self->fd, self->cmd.fb_id, &clip, 1));
	EXPECT_ERR(ENOENT, __fb_dirty(self->fd, self->cmd.fb_id + 100, NULL, 0));
	EXPECT_ERR(EFAULT, __fb_dirty(self->fd, self->cmd.fb_id, (void *)0x10, 1));
	gem_munmap(pixels, SIZE);
}

TEST_HARNESS_MAIN
