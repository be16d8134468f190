// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Rules R1 (one object, one dma-buf) and R7 (own buffers are recognised):
 * handle to fd to handle, on one device and across two.
 */
#include "share_fixture.h"

TEST_F(share, r1_exporting_twice_gives_one_dmabuf)
{
	int again = prime_export(self->a, self->handle);

	EXPECT_NE(again, self->dmabuf);
	EXPECT_EQ(self->ino, dmabuf_inode(again));
	close(again);
}

TEST_F(share, r1_two_objects_have_two_dmabufs)
{
	int other = prime_export(self->a, gem_create(self->a, SHARE_SIZE));

	EXPECT_NE(self->ino, dmabuf_inode(other));
	close(other);
}

TEST_F(share, r1_export_after_closing_the_fd_gives_the_same_dmabuf)
{
	close(self->dmabuf);
	self->dmabuf = prime_export(self->a, self->handle);
	EXPECT_EQ(self->ino, dmabuf_inode(self->dmabuf));
}

TEST_F(share, r1_exports_of_every_file_are_one_dmabuf)
{
	int card = vi915_open("gpu0"), other = vi915_open("gpu0"), fd;
	uint32_t handle = prime_import(card, self->dmabuf);

	fd = prime_export(card, handle);
	EXPECT_EQ(self->ino, dmabuf_inode(fd));
	close(fd);
	fd = prime_export(other, gem_open(other, gem_flink(card, handle)));
	EXPECT_EQ(self->ino, dmabuf_inode(fd));
	close(fd);
	close(other);
	close(card);
}

TEST_F(share, r1_importing_back_gives_the_same_handle)
{
	EXPECT_EQ(self->handle, prime_import(self->a, self->dmabuf));
	EXPECT_EQ(self->handle, prime_import(self->a, self->dmabuf));
	/* One handle, not three: a single close drops it. */
	EXPECT_OK(__gem_close(self->a, self->handle));
	EXPECT_ERR(EINVAL, __gem_close(self->a, self->handle));
}

TEST_F(share, r1_importing_back_through_any_fd_gives_the_same_handle)
{
	int copy = dup(self->dmabuf);

	close(self->dmabuf);
	self->dmabuf = copy;
	EXPECT_EQ(self->handle, prime_import(self->a, copy));
}

TEST_F(share, r1_importing_back_into_another_file_gives_the_object)
{
	long count = vi915_object_count(self->a);
	int file = vi915_reopen(self->a);
	uint32_t handle = prime_import(file, self->dmabuf);

	EXPECT_EQ(count, vi915_object_count(self->a));
	EXPECT_STREQ("shmem", share_word(self->a, self->ino, "kind"));
	share_gtt_writes(file, handle, SHARE_SIZE, 2);
	share_gtt_reads(self->a, self->handle, SHARE_SIZE, 2);
	/* It is not an import: the CPU may map and read it. */
	gem_munmap(gem_mmap_wb(file, handle, 0, SHARE_SIZE), SHARE_SIZE);
	close(file);
}

TEST_F(share, r1_importing_back_after_the_handle_is_gone_gives_the_object)
{
	long count = vi915_object_count(self->a);
	uint32_t handle;

	gem_close(self->a, self->handle);
	EXPECT_EQ(count, vi915_object_count(self->a));
	handle = prime_import(self->a, self->dmabuf);
	EXPECT_EQ(count, vi915_object_count(self->a));
	EXPECT_STREQ("shmem", share_word(self->a, self->ino, "kind"));
	share_gtt_reads(self->a, handle, SHARE_SIZE, SHARE_SEED);
}

TEST_F(share, r1_export_after_importing_back_gives_the_same_dmabuf)
{
	uint32_t handle;
	int fd;

	gem_close(self->a, self->handle);
	handle = prime_import(self->a, self->dmabuf);
	fd = prime_export(self->a, handle);
	EXPECT_EQ(self->ino, dmabuf_inode(fd));
	close(fd);
}

TEST_F(share, r1_importing_twice_gives_one_handle)
{
	uint32_t handle = prime_import(self->b, self->dmabuf);

	EXPECT_EQ(handle, prime_import(self->b, self->dmabuf));
	EXPECT_OK(__gem_close(self->b, handle));
	EXPECT_ERR(EINVAL, __gem_close(self->b, handle));
}

TEST_F(share, r1_importing_again_after_close_works)
{
	uint32_t handle;
	int i;

	for (i = 0; i < 3; i++) {
		handle = prime_import(self->b, self->dmabuf);
		share_gtt_reads(self->b, handle, SHARE_SIZE, SHARE_SEED);
		gem_close(self->b, handle);
		EXPECT_EQ(-1, share_state(self->b, self->ino, "size"));
	}
}

TEST_F(share, r1_reexport_of_an_import_is_the_exporters_dmabuf)
{
	int fd = prime_export(self->b, prime_import(self->b, self->dmabuf));

	EXPECT_EQ(self->ino, dmabuf_inode(fd));
	EXPECT_EQ(self->handle, prime_import(self->a, fd));
	close(fd);
}

TEST_F(share, r1_reexport_after_the_exporter_closed_all_is_its_dmabuf)
{
	uint32_t handle = prime_import(self->b, self->dmabuf);
	int fd;

	gem_close(self->a, self->handle);
	close(self->dmabuf);
	self->dmabuf = prime_export(self->b, handle);
	EXPECT_EQ(self->ino, dmabuf_inode(self->dmabuf));
	share_reads(self->dmabuf, SHARE_SIZE, SHARE_SEED);
	fd = prime_export(self->a, prime_import(self->a, self->dmabuf));
	EXPECT_EQ(self->ino, dmabuf_inode(fd));
	close(fd);
}

TEST_F(share, r1_a_chain_of_imports_ends_at_the_exporter)
{
	int c = vi915_open_render("gpu2"), fd;
	uint32_t handle;

	fd = prime_export(self->b, prime_import(self->b, self->dmabuf));
	handle = prime_import(c, fd);
	close(fd);
	fd = prime_export(c, handle);
	EXPECT_EQ(self->ino, dmabuf_inode(fd));

	/* The GPU in the middle is not needed by the others. */
	close(self->b);
	share_gtt_writes(c, handle, SHARE_SIZE, 3);
	share_reads(self->dmabuf, SHARE_SIZE, 3);
	self->b = vi915_open_render("gpu1");
	close(fd);
	close(c);
}

TEST_F(share, r1_reexport_of_a_peers_buffer_is_the_peers_dmabuf)
{
	int vgem = vi915_driver_open("vgem"), fd, again;
	uint32_t handle = vgem_create(vgem, SHARE_SIZE);

	fd = prime_export(vgem, handle);
	again = prime_export(self->a, prime_import(self->a, fd));
	EXPECT_EQ(dmabuf_inode(fd), dmabuf_inode(again));
	EXPECT_EQ(handle, prime_import(vgem, again));
	close(again);
	close(fd);
	close(vgem);
}

TEST_F(share, r1_the_card_and_the_render_node_are_one_device)
{
	long count = vi915_object_count(self->a);
	int card = vi915_open("gpu0");
	uint32_t handle = prime_import(card, self->dmabuf);

	EXPECT_EQ(count, vi915_object_count(self->a));
	share_gtt_reads(card, handle, SHARE_SIZE, SHARE_SEED);
	close(card);
}

TEST_F(share, r1_export_flags_are_those_of_the_fd)
{
	int fd;

	close(self->dmabuf);
	self->dmabuf = -1;
	/* The first export makes the dma-buf, and so sets its file mode. */
	self->handle = gem_create(self->a, SHARE_SIZE);
	ASSERT_OK(__prime_export(self->a, self->handle, 0, &fd));
	EXPECT_EQ(O_RDONLY, fcntl(fd, F_GETFL) & O_ACCMODE);
	EXPECT_EQ(0, fcntl(fd, F_GETFD) & FD_CLOEXEC);
	close(fd);
	ASSERT_OK(__prime_export(self->a, self->handle, DRM_CLOEXEC, &fd));
	EXPECT_EQ(FD_CLOEXEC, fcntl(fd, F_GETFD) & FD_CLOEXEC);
	close(fd);

	self->handle = gem_create(self->a, SHARE_SIZE);
	ASSERT_OK(__prime_export(self->a, self->handle, DRM_RDWR, &fd));
	EXPECT_EQ(O_RDWR, fcntl(fd, F_GETFL) & O_ACCMODE);
	EXPECT_EQ(0, fcntl(fd, F_GETFD) & FD_CLOEXEC);
	close(fd);
}

TEST_F(share, r1_unknown_export_flags_are_einval)
{
	uint32_t bit;
	int fd;

	for (bit = 1; bit; bit <<= 1) {
		if (bit & (DRM_CLOEXEC | DRM_RDWR))
			continue;
		EXPECT_ERR(EINVAL, __prime_export(self->a, self->handle, bit, &fd));
		EXPECT_ERR(EINVAL, __prime_export(self->a, self->handle,
						  bit | DRM_CLOEXEC | DRM_RDWR, &fd));
	}
}

TEST_F(share, r1_export_of_an_unknown_handle_is_enoent)
{
	int fd;

	EXPECT_ERR(ENOENT, __prime_export(self->a, 0, DRM_CLOEXEC, &fd));
	EXPECT_ERR(ENOENT, __prime_export(self->a, self->handle + 1000, DRM_CLOEXEC, &fd));
	/* Handles belong to a file: the same number means nothing in another one. */
	EXPECT_ERR(ENOENT, __prime_export(self->b, self->handle, DRM_CLOEXEC, &fd));
}

TEST_F(share, r7_a_buffer_of_another_gpu_is_foreign)
{
	long count = vi915_object_count(self->b);
	uint32_t handle = prime_import(self->b, self->dmabuf);
	char byte;

	EXPECT_EQ(count + 1, vi915_object_count(self->b));
	EXPECT_STREQ("import", share_word(self->b, self->ino, "kind"));
	EXPECT_STREQ("shmem", share_word(self->a, self->ino, "kind"));
	/* This would work if it were taken for an own object. */
	EXPECT_ERR(EINVAL, __gem_pread(self->b, handle, 0, &byte, 1));
	EXPECT_OK(__gem_pread(self->a, self->handle, 0, &byte, 1));
}

TEST_F(share, r7_own_and_foreign_stay_apart_in_both_directions)
{
	uint32_t mine = gem_create(self->b, SHARE_SIZE);
	int fd = prime_export(self->b, mine);

	EXPECT_STREQ("import", (prime_import(self->a, fd),
				share_word(self->a, dmabuf_inode(fd), "kind")));
	EXPECT_STREQ("shmem", share_word(self->b, dmabuf_inode(fd), "kind"));
	EXPECT_EQ(mine, prime_import(self->b, fd));
	prime_import(self->b, self->dmabuf);
	EXPECT_STREQ("import", share_word(self->b, self->ino, "kind"));
	close(fd);
}

TEST_F(share, r7_what_other_drivers_keep_in_priv_is_not_looked_at)
{
	int vgem = vi915_driver_open("vgem"), fds[3], i;

	fds[0] = prime_export(vgem, vgem_create(vgem, SHARE_SIZE));
	fds[1] = udmabuf_create(SHARE_SIZE);
	fds[2] = heap_alloc(SHARE_SIZE);
	for (i = 0; i < 3; i++) {
		uint32_t handle = prime_import(self->a, fds[i]);

		EXPECT_STREQ("import", share_word(self->a, dmabuf_inode(fds[i]), "kind"));
		share_writes(fds[i], SHARE_SIZE, 10 + i);
		share_gtt_reads(self->a, handle, SHARE_SIZE, 10 + i);
		close(fds[i]);
	}
	close(vgem);
}

TEST_HARNESS_MAIN
