// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Every unmodified peer as exporter to us and as importer from us: either bytes
 * that one side writes are read by the other, or the peer itself refuses. Each
 * case prints its row of the table in doc/peers.md, and fails if the document
 * has another one. vivid with dma-contig is tested in peers_contig.c.
 */
#include "share_fixture.h"

#include "share_camera.h"
#include "share_screen.h"
#include "share_table.h"

FIXTURE(peers)
{
	int gpu;
};

FIXTURE_SETUP(peers)
{
	self->gpu = vi915_open_render("gpu0");
}

FIXTURE_TEARDOWN(peers)
{
	close(self->gpu);
}

/* Imports a buffer that its dma-buf can map. */
static int take_fd(int gpu, int dmabuf, uint64_t size)
{
	uint32_t handle;
	void *theirs;
	int ret;

	ret = __prime_import(gpu, dmabuf, &handle);
	if (ret)
		return ret;
	theirs = dmabuf_mmap(dmabuf, size);
	share_both_ways(gpu, handle, theirs, size);
	munmap(theirs, size);
	gem_close(gpu, handle);
	close(dmabuf);
	return 0;
}

static int give(int gpu, uint64_t size, uint32_t *handle)
{
	*handle = gem_create(gpu, size);
	return prime_export(gpu, *handle);
}

TEST_F(peers, another_vi915_gpu)
{
	int other = vi915_open_render("gpu1"), dmabuf;
	uint32_t handle, theirs;

	dmabuf = prime_export(other, gem_create(other, SHARE_SIZE));
	EXPECT_OK(take_fd(self->gpu, dmabuf, SHARE_SIZE));

	dmabuf = give(self->gpu, SHARE_SIZE, &handle);
	EXPECT_OK(__prime_import(other, dmabuf, &theirs));
	share_gtt_writes(other, theirs, SHARE_SIZE, 3);
	share_gtt_reads(self->gpu, handle, SHARE_SIZE, 3);
	share_gtt_writes(self->gpu, handle, SHARE_SIZE, 4);
	share_gtt_reads(other, theirs, SHARE_SIZE, 4);
	table_row("another vi915 GPU", 0, 0, NULL);
	close(dmabuf);
	close(other);
}

/* vgem cannot map an import, but it holds its pages and puts fences on it. */
TEST_F(peers, vgem)
{
	int vgem = vi915_driver_open("vgem"), dmabuf;
	uint32_t handle, theirs, fence;
	uint64_t offset;

	EXPECT_OK(__share_take_dumb(self->gpu, vgem));
	dmabuf = give(self->gpu, SHARE_SIZE, &handle);
	EXPECT_OK(__prime_import(vgem, dmabuf, &theirs));
	EXPECT_EQ(1, share_state(self->gpu, dmabuf_inode(dmabuf), "users"));
	EXPECT_EQ(1, share_state(self->gpu, dmabuf_inode(dmabuf), "shares"));
	EXPECT_ERR(EINVAL, __gem_dumb_map(vgem, theirs, &offset));
	fence = vgem_fence_attach(vgem, theirs, VGEM_FENCE_WRITE);
	EXPECT_EQ(0xffffffff, gem_busy(self->gpu, handle));
	vgem_fence_signal(vgem, fence);
	EXPECT_EQ(0, gem_busy(self->gpu, handle));
	table_row("vgem", 0, 0, NULL);
	close(dmabuf);
	close(vgem);
}

/* vkms shows the import on its screen: the CRC is that of the bytes. */
TEST_F_TIMEOUT(peers, vkms, 60)
{
	struct share_screen screen;
	uint32_t own, handle, theirs, fb, crc[3];
	uint64_t offset, size;
	int dmabuf, i;
	void *map;

	screen_open(&screen);
	EXPECT_OK(__share_take_dumb(self->gpu, screen.fd));

	own = gem_dumb_create(screen.fd, screen.mode.hdisplay, screen.mode.vdisplay, 32, NULL,
			      &size);
	vi915_check(__gem_dumb_map(screen.fd, own, &offset));
	vi915_check(__gem_mmap_at_offset(screen.fd, offset, screen.size, &map));
	vi915_fill(map, screen.size, 5);
	ASSERT_OK(__screen_show(&screen, own, &fb));
	crc[0] = screen_crc(&screen);

	dmabuf = give(self->gpu, screen.size, &handle);
	EXPECT_OK(__prime_import(screen.fd, dmabuf, &theirs));
	for (i = 1; i < 3; i++) {
		/* First bytes that differ from vkms's own buffer, then the same bytes. */
		share_gtt_writes(self->gpu, handle, screen.size, i == 1 ? 6 : 5);
		ASSERT_OK(__screen_show(&screen, theirs, &fb));
		crc[i] = screen_crc(&screen);
	}
	EXPECT_NE(crc[0], crc[1]);
	EXPECT_EQ(crc[0], crc[2]);
	table_row("vkms", 0, 0, NULL);
	munmap(map, screen.size);
	close(dmabuf);
	screen_close(&screen);
}

TEST_F(peers, udmabuf)
{
	struct udmabuf_create arg = { .flags = UDMABUF_FLAGS_CLOEXEC, .size = SHARE_SIZE };
	int dev = open("/dev/udmabuf", O_RDWR | O_CLOEXEC), ret;
	uint32_t handle;

	ASSERT_LE(0, dev);
	EXPECT_OK(take_fd(self->gpu, udmabuf_create(SHARE_SIZE), SHARE_SIZE));
	arg.memfd = give(self->gpu, SHARE_SIZE, &handle);
	ret = vi915_ioctl(dev, UDMABUF_CREATE, &arg);
	EXPECT_EQ(-EBADFD, ret);
	table_row("udmabuf", 0, ret, "UDMABUF_CREATE");
	close(arg.memfd);
	close(dev);
}

TEST_F(peers, system_dma_heap)
{
	EXPECT_OK(take_fd(self->gpu, heap_alloc(SHARE_SIZE), SHARE_SIZE));
	table_row("system dma-heap", 0, 1, NULL);
}

TEST_F_TIMEOUT(peers, vivid_vmalloc, 60)
{
	uint32_t handles[CAMERA_BUFFERS];
	struct share_camera camera;
	int i;

	camera_open(&camera);
	EXPECT_OK(camera_gives(&camera, self->gpu));
	for (i = 0; i < CAMERA_BUFFERS; i++)
		handles[i] = gem_create(self->gpu, camera.size);
	EXPECT_OK(camera_takes(&camera, self->gpu, handles));
	table_row("vivid, vmalloc allocator", 0, 0, NULL);
	close(camera.fd);
}

TEST_HARNESS_MAIN
