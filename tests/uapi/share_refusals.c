// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Rules R11 (sizes are page multiples, set by the exporter) and R12 (objects
 * that may not be shared, and fds that are no buffers).
 */
#include "share_fixture.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <xf86drmMode.h>

TEST_F(share, r11_lseek_to_the_end_gives_the_size)
{
	EXPECT_EQ(SHARE_SIZE, lseek(self->dmabuf, 0, SEEK_END));
	EXPECT_EQ(0, lseek(self->dmabuf, 0, SEEK_SET));
}

TEST_F(share, r11_lseek_anywhere_else_is_einval)
{
	const struct {
		off_t offset;
		int whence;
	} cases[] = {
		{ 0, SEEK_CUR }, { 1, SEEK_SET }, { -1, SEEK_SET }, { SHARE_SIZE, SEEK_SET },
		{ 1, SEEK_END }, { -1, SEEK_END }, { 0, SEEK_DATA }, { 0, SEEK_HOLE }, { 0, 77 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		errno = 0;
		EXPECT_EQ(-1, lseek(self->dmabuf, cases[i].offset, cases[i].whence));
		EXPECT_EQ(EINVAL, errno)
			TH_LOG("case %u: %s", i, vi915_errname(errno));
	}
}

TEST_F(share, r11_sizes_are_rounded_up_to_pages)
{
	const uint64_t sizes[][2] = {
		{ 1, VI915_PAGE }, { VI915_PAGE, VI915_PAGE }, { VI915_PAGE + 1, 2 * VI915_PAGE },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		int fd = prime_export(self->a, gem_create(self->a, sizes[i][0]));

		EXPECT_EQ(sizes[i][1], dmabuf_size(fd));
		prime_import(self->b, fd);
		EXPECT_EQ(sizes[i][1], share_state(self->b, dmabuf_inode(fd), "size"));
		close(fd);
	}
}

TEST_F(share, r11_the_size_of_an_import_is_the_exporters)
{
	int vgem = vi915_driver_open("vgem"), fds[3], i;

	fds[0] = prime_export(vgem, vgem_create(vgem, 3 * VI915_PAGE));
	fds[1] = udmabuf_create(3 * VI915_PAGE);
	fds[2] = heap_alloc(3 * VI915_PAGE);
	for (i = 0; i < 3; i++) {
		int again = prime_export(self->a, prime_import(self->a, fds[i]));

		EXPECT_EQ(3 * VI915_PAGE, share_state(self->a, dmabuf_inode(fds[i]), "size"));
		EXPECT_EQ(3 * VI915_PAGE, dmabuf_size(again));
		close(again);
		close(fds[i]);
	}
	close(vgem);
}

TEST_F(share, r11_mapping_outside_of_the_dmabuf_is_einval)
{
	const uint64_t ranges[][2] = {
		{ 0, SHARE_SIZE + 1 }, { 0, SHARE_SIZE + VI915_PAGE }, { SHARE_SIZE, VI915_PAGE },
		{ VI915_PAGE, SHARE_SIZE }, { 1ul << 40, VI915_PAGE },
	};
	unsigned int i;
	void *ptr;

	for (i = 0; i < ARRAY_SIZE(ranges); i++)
		EXPECT_ERR(EINVAL, __dmabuf_mmap(self->dmabuf, ranges[i][0], ranges[i][1],
						 PROT_READ | PROT_WRITE, &ptr));
}

TEST_F(share, r11_mapping_a_part_of_the_dmabuf_shows_that_part)
{
	uint64_t first, pages;
	char want[SHARE_SIZE];
	void *ptr;

	vi915_fill(want, SHARE_SIZE, SHARE_SEED);
	for (first = 0; first < 4; first++) {
		for (pages = 1; pages <= 4 - first; pages++) {
			ASSERT_OK(__dmabuf_mmap(self->dmabuf, first * VI915_PAGE,
						pages * VI915_PAGE, PROT_READ, &ptr));
			EXPECT_EQ(0, memcmp(ptr, want + first * VI915_PAGE,
					    pages * VI915_PAGE));
			gem_munmap(ptr, pages * VI915_PAGE);
		}
	}
}

TEST_F(share, r11_a_mapping_of_the_dmabuf_does_not_grow)
{
	char *map = dmabuf_mmap(self->dmabuf, SHARE_SIZE);

	EXPECT_EQ(MAP_FAILED, mremap(map, SHARE_SIZE, 2 * SHARE_SIZE, MREMAP_MAYMOVE));
	EXPECT_EQ(EFAULT, errno);
}

TEST_F(share, r11_mapping_a_part_of_an_import_shows_that_part)
{
	uint32_t handle = prime_import(self->b, self->dmabuf);
	char want[SHARE_SIZE];
	uint64_t gtt;
	void *ptr;

	vi915_fill(want, SHARE_SIZE, SHARE_SEED);
	ASSERT_OK(__gem_mmap_gtt_offset(self->b, handle, &gtt));
	ASSERT_OK(__gem_mmap_at_offset(self->b, gtt + VI915_PAGE, 2 * VI915_PAGE, &ptr));
	EXPECT_EQ(0, memcmp(ptr, want + VI915_PAGE, 2 * VI915_PAGE));
}

TEST_F(share, r11_a_framebuffer_larger_than_our_buffer_is_einval)
{
	int vkms = vi915_driver_open("vkms");
	uint32_t handles[4] = { prime_import(vkms, self->dmabuf) }, fb;
	uint32_t pitches[4] = { 256 }, offsets[4] = {};

	EXPECT_EQ(0, drmModeAddFB2(vkms, 64, SHARE_SIZE / 256, DRM_FORMAT_XRGB8888, handles,
				   pitches, offsets, &fb, 0));
	drmModeRmFB(vkms, fb);
	EXPECT_EQ(-EINVAL, drmModeAddFB2(vkms, 64, SHARE_SIZE / 256 + 1, DRM_FORMAT_XRGB8888,
					 handles, pitches, offsets, &fb, 0));
	offsets[0] = 4;
	EXPECT_EQ(-EINVAL, drmModeAddFB2(vkms, 64, SHARE_SIZE / 256, DRM_FORMAT_XRGB8888,
					 handles, pitches, offsets, &fb, 0));
	close(vkms);
}

TEST_F(share, r11_a_private_mapping_of_the_dmabuf_is_einval)
{
	errno = 0;
	EXPECT_EQ(MAP_FAILED, mmap(NULL, SHARE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE,
				   self->dmabuf, 0));
	EXPECT_EQ(EINVAL, errno);
}

TEST_F(share, r11_an_export_without_rdwr_cannot_be_written)
{
	int mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC), fd;
	char *map;
	void *ptr;

	ASSERT_OK(__prime_export(self->a, gem_create(self->a, SHARE_SIZE), DRM_CLOEXEC, &fd));
	EXPECT_ERR(EACCES, __dmabuf_mmap(fd, 0, SHARE_SIZE, PROT_READ | PROT_WRITE, &ptr));
	EXPECT_ERR(EACCES, __dmabuf_mmap(fd, 0, SHARE_SIZE, PROT_WRITE, &ptr));
	ASSERT_OK(__dmabuf_mmap(fd, 0, SHARE_SIZE, PROT_READ, &ptr));
	map = ptr;
	EXPECT_EQ(0, map[0]);
	EXPECT_EQ(-1, mprotect(map, SHARE_SIZE, PROT_READ | PROT_WRITE));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(SIGSEGV, vi915_write_signal(map));
	/* A debugger cannot write it either. */
	EXPECT_EQ(-1, pwrite(mem, "written", 7, (uintptr_t)map + VI915_PAGE - 4));
	EXPECT_EQ(EIO, errno);
	EXPECT_EQ(0, map[VI915_PAGE - 1]);
	close(mem);
	close(fd);
}

TEST_F(share, r12_export_of_user_memory_is_einval)
{
	void *mem = mmap(NULL, SHARE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			 -1, 0);
	uint32_t handle = gem_userptr(self->a, mem, SHARE_SIZE, 0);
	int fd;

	EXPECT_ERR(EINVAL, __prime_export(self->a, handle, DRM_CLOEXEC | DRM_RDWR, &fd));
	EXPECT_ERR(EINVAL, __prime_export(self->a, handle, 0, &fd));
	/* Also when it has its pages. */
	gem_set_domain(self->a, handle, I915_GEM_DOMAIN_CPU, 0);
	EXPECT_ERR(EINVAL, __prime_export(self->a, handle, DRM_CLOEXEC | DRM_RDWR, &fd));
	gem_close(self->a, handle);
}

TEST_F(share, r12_import_of_what_is_no_dmabuf_is_einval)
{
	int pipes[2], timeline = sw_timeline(), fds[10], i;
	long count = vi915_object_count(self->a);
	uint32_t handle;

	ASSERT_EQ(0, pipe(pipes));
	fds[0] = memfd_create("no-dmabuf", 0);
	ASSERT_EQ(0, ftruncate(fds[0], SHARE_SIZE));
	fds[1] = pipes[0];
	fds[2] = pipes[1];
	fds[3] = open("/proc/self/exe", O_RDONLY);
	fds[4] = epoll_create1(0);
	fds[5] = eventfd(0, 0);
	fds[6] = open("/", O_RDONLY | O_DIRECTORY);
	fds[7] = open("/dev/null", O_RDWR);
	fds[8] = self->b;
	fds[9] = sw_fence(timeline, 1);
	for (i = 0; i < 10; i++) {
		ASSERT_LE(0, fds[i])
			TH_LOG("fd %d: %s", i, vi915_errname(errno));
		EXPECT_ERR(EINVAL, __prime_import(self->a, fds[i], &handle));
	}
	EXPECT_EQ(count, vi915_object_count(self->a));
}

TEST_F(share, r12_import_of_a_closed_fd_is_ebadf)
{
	int fd = dup(self->dmabuf);
	uint32_t handle;

	close(fd);
	EXPECT_ERR(EBADF, __prime_import(self->a, fd, &handle));
	EXPECT_ERR(EBADF, __prime_import(self->a, -1, &handle));
	EXPECT_ERR(EBADF, __prime_import(self->a, 1 << 20, &handle));
	/* An O_PATH descriptor gives no access to its file. */
	fd = open("/proc/self/exe", O_PATH);
	EXPECT_ERR(EBADF, __prime_import(self->a, fd, &handle));
	close(fd);
}

static int udmabuf_of(uint64_t size, uint64_t length)
{
	int dev = open("/dev/udmabuf", O_RDWR | O_CLOEXEC), ret;
	int memfd = memfd_create("vi915-test", MFD_ALLOW_SEALING | MFD_CLOEXEC);
	struct udmabuf_create arg = { .memfd = memfd, .size = length };

	vi915_require(dev >= 0 && memfd >= 0 && !ftruncate(memfd, size) &&
		      !fcntl(memfd, F_ADD_SEALS, F_SEAL_SHRINK));
	ret = vi915_ioctl(dev, UDMABUF_CREATE, &arg);
	close(memfd);
	close(dev);
	return ret;
}

/*
 * No exporter in this kernel makes such buffers, so none can be imported;
 * vi915_dmabuf_import() would refuse them.
 */
TEST_F(share, r12_empty_and_odd_buffers_are_einval_at_their_exporters)
{
	int fd;

	EXPECT_ERR(EINVAL, udmabuf_of(SHARE_SIZE, 0));
	EXPECT_ERR(EINVAL, udmabuf_of(SHARE_SIZE, VI915_PAGE + 1));
	EXPECT_ERR(EINVAL, udmabuf_of(SHARE_SIZE, VI915_PAGE / 2));
	EXPECT_ERR(EINVAL, udmabuf_of(SHARE_SIZE, SHARE_SIZE + VI915_PAGE));
	EXPECT_ERR(EINVAL, __heap_alloc(0, &fd));
	fd = heap_alloc(VI915_PAGE + 1);
	EXPECT_EQ(2 * VI915_PAGE, dmabuf_size(fd));
	prime_import(self->a, fd);
	close(fd);
}

TEST_F(share, r12_a_refused_import_leaves_nothing)
{
	long a = vi915_object_count(self->a), b = vi915_object_count(self->b);
	int memfd = memfd_create("no-dmabuf", 0), i;
	uint32_t handle;

	for (i = 0; i < 100; i++) {
		EXPECT_ERR(EINVAL, __prime_import(self->b, memfd, &handle));
		EXPECT_ERR(EBADF, __prime_import(self->b, -1, &handle));
	}
	EXPECT_EQ(a, vi915_object_count(self->a));
	EXPECT_EQ(b, vi915_object_count(self->b));
	close(memfd);
}

/* PRIME works on card and render nodes, and on a GPU that has only a card. */
TEST_F(share, r12_a_gpu_without_render_node_shares_as_well)
{
	int card = vi915_open("gpu3"), fd;
	uint32_t handle = prime_import(card, self->dmabuf);

	share_gtt_writes(card, handle, SHARE_SIZE, 2);
	share_reads(self->dmabuf, SHARE_SIZE, 2);
	fd = prime_export(card, gem_create(card, SHARE_SIZE));
	share_writes(fd, SHARE_SIZE, 3);
	share_gtt_reads(self->b, prime_import(self->b, fd), SHARE_SIZE, 3);
	close(fd);
	close(card);
}

TEST_HARNESS_MAIN
