// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Dumb buffers, which only a card node has. */
#include "gpu_fixture.h"

FIXTURE(card)
{
	int fd;
};

FIXTURE_SETUP(card)
{
	self->fd = vi915_open("gpu0");
}

FIXTURE_TEARDOWN(card)
{
	close(self->fd);
}

struct shape {
	uint32_t width;
	uint32_t height;
	uint32_t bpp;
	uint32_t pitch;
};

static const struct shape shapes[] = {
	{ 1920, 1080, 32, 7680 },
	{ 1, 1, 8, 64 },
	{ 64, 3, 8, 64 },
	{ 65, 3, 8, 128 },
	{ 33, 2, 16, 128 },
	{ 1366, 768, 32, 5504 },
	{ 100, 100, 24 + 8, 448 },
	{ 100, 100, 7, 128 },
	{ 8192, 1, 32, 32768 },
	/* Wider than the maximum stride of a plane: rows are page-aligned. */
	{ 8193, 1, 32, 36864 },
};

TEST_F(card, pitch_is_rounded_to_64_bytes_and_size_to_pages)
{
	uint32_t pitch, handle;
	unsigned int i;
	uint64_t size;

	for (i = 0; i < ARRAY_SIZE(shapes); i++) {
		handle = gem_dumb_create(self->fd, shapes[i].width, shapes[i].height,
					 shapes[i].bpp, &pitch, &size);
		EXPECT_EQ(shapes[i].pitch, pitch) {
			TH_LOG("shape %u", i);
		}
		EXPECT_EQ(((uint64_t)pitch * shapes[i].height + 4095) & ~4095ULL, size);
		EXPECT_EQ(size, dmabuf_size(prime_export(self->fd, handle)));
	}
}

TEST_F(card, a_dumb_buffer_is_mapped_written_and_read)
{
	uint64_t size, offset;
	uint32_t handle = gem_dumb_create(self->fd, 64, 64, 32, NULL, &size);
	char buf[64 * 64 * 4];
	void *ptr;

	ASSERT_EQ(sizeof(buf), size);
	ASSERT_OK(__gem_dumb_map(self->fd, handle, &offset));
	ASSERT_OK(__gem_mmap_at_offset(self->fd, offset, size, &ptr));
	vi915_fill(ptr, size, 1);
	gem_pread(self->fd, handle, 0, buf, size);
	vi915_same(buf, size, 1);
	EXPECT_OK(__gem_dumb_destroy(self->fd, handle));
	vi915_same(ptr, size, 1);
}

TEST_F(card, an_object_of_gem_create_can_be_mapped_as_dumb)
{
	uint64_t offset;

	EXPECT_OK(__gem_dumb_map(self->fd, gem_create(self->fd, VI915_PAGE), &offset));
	EXPECT_NE(0, offset);
}

TEST_F(card, zero_width_height_or_depth_is_einval)
{
	struct drm_mode_create_dumb dumb[] = {
		{ .width = 0, .height = 1, .bpp = 32 },
		{ .width = 1, .height = 0, .bpp = 32 },
		{ .width = 1, .height = 1, .bpp = 0 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(dumb); i++)
		EXPECT_ERR(EINVAL, __gem_dumb_create(self->fd, &dumb[i]));
}

TEST_F(card, depths_without_a_format_are_einval)
{
	static const uint32_t bpp[] = { 17, 24, 33, 40, 64, 128 };
	struct drm_mode_create_dumb dumb;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bpp); i++) {
		dumb = (struct drm_mode_create_dumb){ .width = 8, .height = 8, .bpp = bpp[i] };
		EXPECT_ERR(EINVAL, __gem_dumb_create(self->fd, &dumb));
	}
}

TEST_F(card, sizes_that_overflow_are_einval)
{
	struct drm_mode_create_dumb dumb[] = {
		{ .width = 1u << 30, .height = 1, .bpp = 32 },
		{ .width = ~0u, .height = 1, .bpp = 32 },
		{ .width = ~0u, .height = 1, .bpp = 8 },
		{ .width = 1u << 20, .height = 1u << 20, .bpp = 32 },
		{ .width = 8, .height = 8, .bpp = ~0u },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(dumb); i++) {
		EXPECT_ERR(EINVAL, __gem_dumb_create(self->fd, &dumb[i]));
		EXPECT_EQ(0, dumb[i].handle);
	}
}

TEST_F(card, map_of_an_unknown_handle_is_enoent)
{
	uint64_t offset;

	EXPECT_ERR(ENOENT, __gem_dumb_map(self->fd, BAD_HANDLE, &offset));
	EXPECT_ERR(ENOENT, __gem_dumb_map(self->fd, 0, &offset));
}

TEST_F(card, destroy_of_an_unknown_handle_is_einval)
{
	EXPECT_ERR(EINVAL, __gem_dumb_destroy(self->fd, BAD_HANDLE));
	EXPECT_ERR(EINVAL, __gem_dumb_destroy(self->fd, 0));
}

TEST_F(card, a_render_node_has_no_dumb_buffers)
{
	struct drm_mode_create_dumb dumb = { .width = 8, .height = 8, .bpp = 32 };
	int render = vi915_open_render("gpu0");
	uint64_t offset;

	EXPECT_ERR(EACCES, __gem_dumb_create(render, &dumb));
	EXPECT_ERR(EACCES, __gem_dumb_map(render, gem_create(render, VI915_PAGE), &offset));
	close(render);
}

TEST_HARNESS_MAIN
