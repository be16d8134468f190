// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* PREAD and PWRITE of the device's own objects. */
#include "gpu_fixture.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define SIZE (8 * VI915_PAGE)

FIXTURE(rw)
{
	int fd;
	uint32_t handle;
	char *buf;
};

FIXTURE_SETUP(rw)
{
	self->fd = vi915_open_render("gpu0");
	self->handle = gem_create(self->fd, SIZE);
	/*
	 * Longer than the object, so that only the object's size can be the
	 * reason to refuse.
	 */
	self->buf = mmap(NULL, 2 * SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			 -1, 0);
}

FIXTURE_TEARDOWN(rw)
{
	close(self->fd);
}

/* Offsets and sizes on both sides of page boundaries. */
static const uint64_t ranges[][2] = {
	{ 0, 1 },
	{ 0, SIZE },
	{ 1, SIZE - 1 },
	{ SIZE - 1, 1 },
	{ VI915_PAGE - 1, 2 },
	{ VI915_PAGE, VI915_PAGE },
	{ 100, 3 * VI915_PAGE },
	{ 3 * VI915_PAGE - 7, 7 },
	{ 3 * VI915_PAGE + 1, VI915_PAGE - 1 },
};

/* Ranges outside of the object. */
static const uint64_t outside[][2] = {
	{ 0, SIZE + 1 },
	{ 1, SIZE },
	{ SIZE, 1 },
	{ SIZE - 1, 2 },
	{ SIZE + VI915_PAGE, 1 },
	{ 1ULL << 32, 1 },
	{ 1ULL << 63, 1 },
	{ -1ULL, 1 },
	{ -8ULL, 16 },
};

TEST_F(rw, pwrite_changes_these_bytes_and_no_others)
{
	char *map = gem_mmap_wb(self->fd, self->handle, 0, SIZE);
	char want[SIZE];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ranges); i++) {
		vi915_fill(want, SIZE, 100 + i);
		memcpy(map, want, SIZE);
		vi915_fill(self->buf, ranges[i][1], 200 + i);
		memcpy(want + ranges[i][0], self->buf, ranges[i][1]);
		gem_pwrite(self->fd, self->handle, ranges[i][0], self->buf, ranges[i][1]);
		EXPECT_EQ(0, memcmp(map, want, SIZE)) {
			TH_LOG("range %u", i);
		}
	}
}

TEST_F(rw, pread_gives_these_bytes_and_touches_no_others)
{
	char *map = gem_mmap_wb(self->fd, self->handle, 0, SIZE);
	uint64_t offset, size;
	unsigned int i;

	vi915_fill(map, SIZE, 1);
	for (i = 0; i < ARRAY_SIZE(ranges); i++) {
		offset = ranges[i][0];
		size = ranges[i][1];
		memset(self->buf, 0x5a, SIZE);
		gem_pread(self->fd, self->handle, offset, self->buf, size);
		EXPECT_EQ(0, memcmp(self->buf, map + offset, size)) {
			TH_LOG("range %u", i);
		}
		if (size < SIZE)
			EXPECT_EQ(0x5a, self->buf[size]);
	}
}

TEST_F(rw, size_zero_is_fine_whatever_the_rest_is)
{
	EXPECT_OK(__gem_pread(self->fd, self->handle, 0, self->buf, 0));
	EXPECT_OK(__gem_pread(self->fd, BAD_HANDLE, -1, BAD_POINTER, 0));
	EXPECT_OK(__gem_pwrite(self->fd, self->handle, 0, self->buf, 0));
	EXPECT_OK(__gem_pwrite(self->fd, BAD_HANDLE, -1, BAD_POINTER, 0));
}

TEST_F(rw, unknown_handle_is_enoent)
{
	EXPECT_ERR(ENOENT, __gem_pread(self->fd, BAD_HANDLE, 0, self->buf, 1));
	EXPECT_ERR(ENOENT, __gem_pread(self->fd, 0, 0, self->buf, 1));
	EXPECT_ERR(ENOENT, __gem_pwrite(self->fd, BAD_HANDLE, 0, self->buf, 1));
	EXPECT_ERR(ENOENT, __gem_pwrite(self->fd, 0, 0, self->buf, 1));
}

TEST_F(rw, a_range_beyond_the_object_is_einval)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(outside); i++) {
		EXPECT_ERR(EINVAL, __gem_pread(self->fd, self->handle, outside[i][0], self->buf,
					       outside[i][1]));
		EXPECT_ERR(EINVAL, __gem_pwrite(self->fd, self->handle, outside[i][0], self->buf,
						outside[i][1]));
	}
}

TEST_F(rw, the_callers_memory_is_looked_at_last)
{
	EXPECT_ERR(ENOENT, __gem_pread(self->fd, BAD_HANDLE, 0, BAD_POINTER, 1));
	EXPECT_ERR(ENOENT, __gem_pwrite(self->fd, BAD_HANDLE, 0, BAD_POINTER, 1));
	EXPECT_ERR(EINVAL, __gem_pread(self->fd, self->handle, SIZE, BAD_POINTER, 1));
	EXPECT_ERR(EINVAL, __gem_pwrite(self->fd, self->handle, SIZE, BAD_POINTER, 1));
}

/* Refused before any user memory is touched. */
TEST_F(rw, a_size_beyond_the_object_is_einval_at_once)
{
	const uint64_t size = 1ULL << 36;
	void *mem = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
			 -1, 0);

	ASSERT_NE(MAP_FAILED, mem);
	EXPECT_ERR(EINVAL, __gem_pwrite(self->fd, self->handle, 0, mem, size));
	EXPECT_EQ(0, vi915_pfn(mem));
}

/* A pwrite of more than all memory stops when its process is killed. */
TEST_F(rw, a_pwrite_that_is_killed_does_not_go_on_to_the_end)
{
	const uint64_t size = 1ULL << 34;
	uint32_t handle = gem_create(self->fd, size);
	volatile bool *begun = (bool *)self->buf;
	struct rusage usage;
	void *mem;
	int status;
	pid_t pid;

	ASSERT_NE(MAP_FAILED, mmap(self->buf, VI915_PAGE, PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	mem = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	ASSERT_NE(MAP_FAILED, mem);
	ASSERT_EQ(0, madvise(mem, size, MADV_NOHUGEPAGE) && errno != EINVAL);

	pid = fork();
	if (!pid) {
		*begun = true;
		__gem_pwrite(self->fd, handle, 0, mem, size);
		_exit(0);
	}
	while (!*begun)
		usleep(1000);
	/* Runs while we sleep; the child must let us run again. */
	usleep(10000);
	ASSERT_EQ(0, kill(pid, SIGKILL));
	ASSERT_EQ(pid, wait4(pid, &status, 0, &usage));
	EXPECT_TRUE(WIFSIGNALED(status));
	EXPECT_LT(usage.ru_minflt, size / VI915_PAGE);
}

TEST_F(rw, a_refused_pwrite_changes_nothing)
{
	char *map = gem_mmap_wb(self->fd, self->handle, 0, SIZE);
	unsigned int i;

	vi915_fill(map, SIZE, 2);
	for (i = 0; i < ARRAY_SIZE(outside); i++)
		__gem_pwrite(self->fd, self->handle, outside[i][0], self->buf, outside[i][1]);
	vi915_same(map, SIZE, 2);
}

TEST_F(rw, unreadable_data_is_efault)
{
	EXPECT_ERR(EFAULT, __gem_pwrite(self->fd, self->handle, 0, BAD_POINTER, 1));
	EXPECT_ERR(EFAULT, __gem_pread(self->fd, self->handle, 0, BAD_POINTER, 1));
}

TEST_F(rw, kernel_addresses_are_efault)
{
	void *kernel = (void *)0xffff888000000000UL;

	EXPECT_ERR(EFAULT, __gem_pwrite(self->fd, self->handle, 0, kernel, 16));
	EXPECT_ERR(EFAULT, __gem_pread(self->fd, self->handle, 0, kernel, 16));
}

TEST_F(rw, data_that_ends_within_the_range_is_efault)
{
	gem_munmap(self->buf + VI915_PAGE, VI915_PAGE);
	EXPECT_ERR(EFAULT, __gem_pwrite(self->fd, self->handle, 0, self->buf, 2 * VI915_PAGE));
	EXPECT_ERR(EFAULT, __gem_pread(self->fd, self->handle, 0, self->buf, 2 * VI915_PAGE));
	EXPECT_OK(__gem_pwrite(self->fd, self->handle, 0, self->buf, VI915_PAGE));
}

TEST_F(rw, pread_into_read_only_memory_is_efault)
{
	ASSERT_EQ(0, mprotect(self->buf, VI915_PAGE, PROT_READ));
	EXPECT_ERR(EFAULT, __gem_pread(self->fd, self->handle, 0, self->buf, 16));
	EXPECT_OK(__gem_pwrite(self->fd, self->handle, 0, self->buf, 16));
}

TEST_F(rw, data_may_be_untouched_memory)
{
	/* The copy faults in pages of the caller, for reading and for writing. */
	gem_pwrite(self->fd, self->handle, 0, self->buf, SIZE / 2);
	gem_pread(self->fd, self->handle, 0, self->buf + SIZE / 2, SIZE / 2);
	EXPECT_EQ(0, self->buf[SIZE - 1]);
}

TEST_F(rw, tiling_does_not_change_what_pread_and_pwrite_see)
{
	uint32_t handle = gem_create(self->fd, SIZE);
	char *map = gem_mmap_wb(self->fd, handle, 0, SIZE);

	gem_set_tiling(self->fd, handle, I915_TILING_X, 512);
	vi915_fill(self->buf, SIZE, 3);
	gem_pwrite(self->fd, handle, 0, self->buf, SIZE);
	vi915_same(map, SIZE, 3);
	memset(self->buf, 0, SIZE);
	gem_pread(self->fd, handle, 0, self->buf, SIZE);
	vi915_same(self->buf, SIZE, 3);
}

TEST_F(rw, userptr_is_einval)
{
	uint32_t handle = gem_userptr(self->fd, self->buf, SIZE, 0);

	EXPECT_ERR(EINVAL, __gem_pread(self->fd, handle, 0, self->buf, 16));
	EXPECT_ERR(EINVAL, __gem_pwrite(self->fd, handle, 0, self->buf, 16));
}

TEST_F(rw, pread_waits_for_writers_and_not_for_readers)
{
	int timeline = sw_timeline();

	gem_attach_fence(self->fd, self->handle, sw_fence(timeline, 1), DMA_BUF_SYNC_READ);
	gem_pread(self->fd, self->handle, 0, self->buf, 16);
	close(timeline);
}

static void signal_later(void *arg)
{
	sw_signal(*(int *)arg, 1);
}

TEST_F(rw, pread_waits_for_a_writer)
{
	int timeline = sw_timeline(), fence = sw_fence(timeline, 1);

	gem_attach_fence(self->fd, self->handle, fence, DMA_BUF_SYNC_WRITE);
	EXPECT_EQ(0, sync_file_status(fence));
	vi915_after(100000000, signal_later, &timeline);
	gem_pread(self->fd, self->handle, 0, self->buf, 16);
	EXPECT_EQ(1, sync_file_status(fence));
}

TEST_F(rw, pwrite_waits_for_a_reader)
{
	int timeline = sw_timeline(), fence = sw_fence(timeline, 1);

	gem_attach_fence(self->fd, self->handle, fence, DMA_BUF_SYNC_READ);
	vi915_after(100000000, signal_later, &timeline);
	gem_pwrite(self->fd, self->handle, 0, self->buf, 16);
	EXPECT_EQ(1, sync_file_status(fence));
}

TEST_HARNESS_MAIN
