// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* SET_TILING and GET_TILING: the state, and the strides that gen9 allows. */
#include "gpu_fixture.h"

#define SIZE (64 * 4096)

/* The largest pitch of a fence register: 0x800 units of 128 bytes. */
#define STRIDE_MAX (256 * 1024)

static uint32_t get_tiling(int fd, uint32_t handle)
{
	struct drm_i915_gem_get_tiling tiling;

	vi915_check(__gem_get_tiling(fd, handle, &tiling));
	return tiling.tiling_mode;
}

TEST_F(gpu, a_new_object_is_linear)
{
	struct drm_i915_gem_get_tiling tiling;

	ASSERT_OK(__gem_get_tiling(self->fd, gem_create(self->fd, SIZE), &tiling));
	EXPECT_EQ(I915_TILING_NONE, tiling.tiling_mode);
	EXPECT_EQ(I915_BIT_6_SWIZZLE_NONE, tiling.swizzle_mode);
	EXPECT_EQ(I915_BIT_6_SWIZZLE_NONE, tiling.phys_swizzle_mode);
}

TEST_F(gpu, a_mode_that_was_set_is_told_with_no_swizzle)
{
	static const uint32_t modes[] = { I915_TILING_X, I915_TILING_Y, I915_TILING_NONE };
	uint32_t handle = gem_create(self->fd, SIZE);
	struct drm_i915_gem_get_tiling tiling;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		ASSERT_OK(__gem_set_tiling(self->fd, handle, modes[i], 1024));
		ASSERT_OK(__gem_get_tiling(self->fd, handle, &tiling));
		EXPECT_EQ(modes[i], tiling.tiling_mode);
		EXPECT_EQ(I915_BIT_6_SWIZZLE_NONE, tiling.swizzle_mode);
		EXPECT_EQ(tiling.swizzle_mode, tiling.phys_swizzle_mode);
	}
}

TEST_F(gpu, set_tiling_answers_what_it_did)
{
	struct drm_i915_gem_set_tiling arg = {
		.handle = gem_create(self->fd, SIZE),
		.tiling_mode = I915_TILING_X,
		.stride = 2048,
		.swizzle_mode = ~0u,
	};

	ASSERT_OK(vi915_ioctl(self->fd, DRM_IOCTL_I915_GEM_SET_TILING, &arg));
	EXPECT_EQ(I915_TILING_X, arg.tiling_mode);
	EXPECT_EQ(2048, arg.stride);
	EXPECT_EQ(I915_BIT_6_SWIZZLE_NONE, arg.swizzle_mode);

	arg.tiling_mode = I915_TILING_NONE;
	arg.swizzle_mode = ~0u;
	ASSERT_OK(vi915_ioctl(self->fd, DRM_IOCTL_I915_GEM_SET_TILING, &arg));
	EXPECT_EQ(0, arg.stride);
	EXPECT_EQ(I915_BIT_6_SWIZZLE_NONE, arg.swizzle_mode);
}

struct stride {
	uint32_t mode;
	uint32_t stride;
	int errno_;
};

static const struct stride strides[] = {
	{ I915_TILING_NONE, 0, 0 },
	{ I915_TILING_NONE, 1, 0 },
	{ I915_TILING_NONE, ~0u, 0 },
	{ I915_TILING_X, 512, 0 },
	{ I915_TILING_X, 1536, 0 },
	{ I915_TILING_X, STRIDE_MAX - 512, 0 },
	{ I915_TILING_X, STRIDE_MAX, 0 },
	{ I915_TILING_X, 0, EINVAL },
	{ I915_TILING_X, 128, EINVAL },
	{ I915_TILING_X, 511, EINVAL },
	{ I915_TILING_X, 640, EINVAL },
	{ I915_TILING_X, STRIDE_MAX + 512, EINVAL },
	{ I915_TILING_X, -512u, EINVAL },
	{ I915_TILING_Y, 128, 0 },
	{ I915_TILING_Y, 640, 0 },
	{ I915_TILING_Y, STRIDE_MAX, 0 },
	{ I915_TILING_Y, 0, EINVAL },
	{ I915_TILING_Y, 64, EINVAL },
	{ I915_TILING_Y, 129, EINVAL },
	{ I915_TILING_Y, STRIDE_MAX + 128, EINVAL },
	{ I915_TILING_LAST + 1, 512, EINVAL },
	{ ~0u, 512, EINVAL },
};

TEST_F(gpu, strides_are_taken_or_refused_as_on_gen9)
{
	uint32_t handle = gem_create(self->fd, SIZE);
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(strides); i++) {
		ret = __gem_set_tiling(self->fd, handle, strides[i].mode, strides[i].stride);
		EXPECT_EQ(-strides[i].errno_, ret) {
			TH_LOG("mode %u stride %u", strides[i].mode, strides[i].stride);
		}
	}
}

TEST_F(gpu, a_refused_mode_changes_nothing)
{
	uint32_t handle = gem_create(self->fd, SIZE);

	gem_set_tiling(self->fd, handle, I915_TILING_Y, 128);
	EXPECT_ERR(EINVAL, __gem_set_tiling(self->fd, handle, I915_TILING_X, 128));
	EXPECT_EQ(I915_TILING_Y, get_tiling(self->fd, handle));
	EXPECT_ERR(EINVAL, __gem_set_tiling(self->fd, handle, 7, 512));
	EXPECT_EQ(I915_TILING_Y, get_tiling(self->fd, handle));
}

TEST_F(gpu, tiling_belongs_to_the_object_and_not_to_the_handle)
{
	uint32_t handle = gem_create(self->fd, SIZE);
	int other = vi915_reopen(self->fd);
	int dmabuf = prime_export(self->fd, handle);

	gem_set_tiling(self->fd, handle, I915_TILING_X, 512);
	EXPECT_EQ(I915_TILING_X, get_tiling(other, prime_import(other, dmabuf)));
	close(dmabuf);
	close(other);
}

/* Clients tell their GPU the modifier of an imported buffer by SET_TILING. */
TEST_F(gpu, an_import_has_a_tiling_of_its_own)
{
	int gpu1 = vi915_open_render("gpu1");
	uint32_t handle = gem_create(self->fd, SIZE), import;
	int dmabuf = prime_export(self->fd, handle);

	gem_set_tiling(self->fd, handle, I915_TILING_X, 512);
	import = prime_import(gpu1, dmabuf);
	EXPECT_EQ(I915_TILING_NONE, get_tiling(gpu1, import));
	EXPECT_OK(__gem_set_tiling(gpu1, import, I915_TILING_Y, 128));
	EXPECT_EQ(I915_TILING_Y, get_tiling(gpu1, import));
	EXPECT_EQ(I915_TILING_X, get_tiling(self->fd, handle));
	close(dmabuf);
	close(gpu1);
}

TEST_F(gpu, cpu_mappings_stay_raw)
{
	uint32_t handle = gem_create(self->fd, SIZE);
	char *wb = gem_mmap_wb(self->fd, handle, 0, SIZE);
	char *wc = gem_mmap_type(self->fd, handle, SIZE, I915_MMAP_OFFSET_WC);

	vi915_fill(wb, SIZE, 1);
	gem_set_tiling(self->fd, handle, I915_TILING_X, 512);
	vi915_same(wb, SIZE, 1);
	vi915_same(wc, SIZE, 1);
	gem_set_tiling(self->fd, handle, I915_TILING_Y, 128);
	vi915_same(wb, SIZE, 1);
	vi915_same(wc, SIZE, 1);
}

TEST_F(gpu, unknown_handles_are_enoent)
{
	struct drm_i915_gem_get_tiling tiling;

	EXPECT_ERR(ENOENT, __gem_set_tiling(self->fd, BAD_HANDLE, I915_TILING_NONE, 0));
	EXPECT_ERR(ENOENT, __gem_set_tiling(self->fd, 0, I915_TILING_X, 512));
	EXPECT_ERR(ENOENT, __gem_set_tiling(self->fd, BAD_HANDLE, 7, 512));
	EXPECT_ERR(ENOENT, __gem_get_tiling(self->fd, BAD_HANDLE, &tiling));
	EXPECT_ERR(ENOENT, __gem_get_tiling(self->fd, 0, &tiling));
}

TEST_F(gpu, userptr_cannot_be_tiled)
{
	void *mem = mmap(NULL, VI915_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			 -1, 0);
	uint32_t handle = gem_userptr(self->fd, mem, VI915_PAGE, 0);

	EXPECT_ERR(ENXIO, __gem_set_tiling(self->fd, handle, I915_TILING_X, 512));
	EXPECT_ERR(ENXIO, __gem_set_tiling(self->fd, handle, I915_TILING_NONE, 0));
	EXPECT_EQ(I915_TILING_NONE, get_tiling(self->fd, handle));
}

TEST_HARNESS_MAIN
