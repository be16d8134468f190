// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Global names: GEM_FLINK and GEM_OPEN, which only a card node has. */
#include "gpu_fixture.h"

FIXTURE(card)
{
	int fd;
	int other;
};

FIXTURE_SETUP(card)
{
	self->fd = vi915_open("gpu0");
	self->other = vi915_open("gpu0");
}

FIXTURE_TEARDOWN(card)
{
	close(self->other);
	close(self->fd);
}

TEST_F(card, a_name_opens_the_same_object_in_another_file)
{
	uint32_t handle = gem_create(self->fd, 2 * VI915_PAGE), other;
	char buf[2 * VI915_PAGE];
	uint64_t size;

	ASSERT_OK(__gem_open(self->other, gem_flink(self->fd, handle), &other, &size));
	EXPECT_EQ(2 * VI915_PAGE, size);
	vi915_fill(buf, sizeof(buf), 1);
	gem_pwrite(self->fd, handle, 0, buf, sizeof(buf));
	memset(buf, 0, sizeof(buf));
	gem_pread(self->other, other, 0, buf, sizeof(buf));
	vi915_same(buf, sizeof(buf), 1);
}

TEST_F(card, an_object_has_one_name)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE), name = gem_flink(self->fd, handle);
	uint32_t other = gem_open(self->other, name);

	EXPECT_EQ(name, gem_flink(self->fd, handle));
	EXPECT_EQ(name, gem_flink(self->other, other));
	EXPECT_NE(name, gem_flink(self->fd, gem_create(self->fd, VI915_PAGE)));
}

TEST_F(card, the_name_keeps_working_while_any_handle_lives)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE), name = gem_flink(self->fd, handle);
	uint32_t other = gem_open(self->other, name);

	gem_close(self->fd, handle);
	EXPECT_NE(0, gem_open(self->fd, name));
	EXPECT_OK(__gem_close(self->other, other));
}

TEST_F(card, the_name_ends_with_the_last_handle)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE), name = gem_flink(self->fd, handle);
	uint64_t size;

	gem_close(self->fd, handle);
	EXPECT_ERR(ENOENT, __gem_open(self->fd, name, &handle, &size));
}

TEST_F(card, flink_of_an_unknown_handle_is_enoent)
{
	uint32_t name;

	EXPECT_ERR(ENOENT, __gem_flink(self->fd, BAD_HANDLE, &name));
	EXPECT_ERR(ENOENT, __gem_flink(self->fd, 0, &name));
}

TEST_F(card, open_of_an_unknown_name_is_enoent)
{
	uint32_t handle;
	uint64_t size;

	EXPECT_ERR(ENOENT, __gem_open(self->fd, 0x7fffffff, &handle, &size));
	EXPECT_ERR(ENOENT, __gem_open(self->fd, 0, &handle, &size));
}

TEST_F(card, a_name_of_another_gpu_is_enoent)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE), name = gem_flink(self->fd, handle);
	int gpu1 = vi915_open("gpu1");
	uint64_t size;

	EXPECT_ERR(ENOENT, __gem_open(gpu1, name, &handle, &size));
	close(gpu1);
}

TEST_F(card, a_render_node_has_no_names)
{
	int render = vi915_open_render("gpu0");
	uint32_t name = gem_flink(self->fd, gem_create(self->fd, VI915_PAGE)), handle;
	uint64_t size;

	EXPECT_ERR(EACCES, __gem_flink(render, gem_create(render, VI915_PAGE), &handle));
	EXPECT_ERR(EACCES, __gem_open(render, name, &handle, &size));
	close(render);
}

TEST_F(card, exporting_an_opened_name_and_importing_it_give_one_handle)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE);
	uint32_t opened = gem_open(self->other, gem_flink(self->fd, handle));
	int dmabuf = prime_export(self->fd, handle);
	int again = prime_export(self->other, opened);

	EXPECT_EQ(dmabuf_inode(dmabuf), dmabuf_inode(again));
	EXPECT_EQ(handle, prime_import(self->fd, again));
	EXPECT_EQ(opened, prime_import(self->other, dmabuf));
	close(again);
	close(dmabuf);
}

TEST_HARNESS_MAIN
