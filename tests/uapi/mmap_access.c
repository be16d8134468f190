// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Access to mappings: by the file that owns the object, by debuggers through
 * vm_ops->access, by children after fork; and how many pages a fault maps.
 */
#include "gpu_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>

#define SIZE (4 * VI915_PAGE)

FIXTURE(map)
{
	int fd;
	uint32_t handle;
	uint64_t offset;
	char *ptr;
};

FIXTURE_VARIANT(map)
{
	uint64_t type;
};

#define VARIANT(name, value) \
	FIXTURE_VARIANT_ADD(map, name) \
	{ \
		.type = value, \
	}

VARIANT(gtt, I915_MMAP_OFFSET_GTT);
VARIANT(wc, I915_MMAP_OFFSET_WC);
VARIANT(wb, I915_MMAP_OFFSET_WB);
VARIANT(uc, I915_MMAP_OFFSET_UC);

FIXTURE_SETUP(map)
{
	void *ptr;

	self->fd = vi915_open_render("gpu0");
	self->handle = gem_create(self->fd, SIZE);
	ASSERT_OK(__gem_mmap_offset(self->fd, self->handle, variant->type, &self->offset));
	ASSERT_OK(__gem_mmap_at_offset(self->fd, self->offset, SIZE, &ptr));
	self->ptr = ptr;
}

FIXTURE_TEARDOWN(map)
{
	close(self->fd);
}

TEST_F(map, another_file_may_not_map_the_offset)
{
	int other = vi915_reopen(self->fd);
	void *ptr;

	EXPECT_ERR(EACCES, __gem_mmap_at_offset(other, self->offset, SIZE, &ptr));
	close(other);
}

TEST_F(map, another_file_may_map_once_it_has_asked_for_the_offset_itself)
{
	int other = vi915_reopen(self->fd);
	int dmabuf = prime_export(self->fd, self->handle);
	uint32_t handle = prime_import(other, dmabuf);
	uint64_t offset;
	void *ptr;

	ASSERT_OK(__gem_mmap_offset(other, handle, variant->type, &offset));
	EXPECT_EQ(self->offset, offset);
	EXPECT_OK(__gem_mmap_at_offset(other, self->offset, SIZE, &ptr));
	gem_close(other, handle);
	EXPECT_ERR(EACCES, __gem_mmap_at_offset(other, self->offset, SIZE, &ptr));
	EXPECT_OK(__gem_mmap_at_offset(self->fd, self->offset, SIZE, &ptr));
}

/* Reads and writes a stopped child's mapping, word by word. */
TEST_F(map, ptrace_peeks_and_pokes_a_childs_mapping)
{
	long word = 0x0123456789abcdefL;
	int status;
	pid_t pid;

	vi915_fill(self->ptr, SIZE, 1);
	pid = fork();
	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		_exit(memcmp(self->ptr + 4096, &word, sizeof(word)) ? 1 : 0);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_TRUE(WIFSTOPPED(status));

	errno = 0;
	EXPECT_EQ(*(long *)(self->ptr + 8), ptrace(PTRACE_PEEKDATA, pid, self->ptr + 8, NULL));
	EXPECT_EQ(0, errno);
	EXPECT_EQ(0, ptrace(PTRACE_POKEDATA, pid, self->ptr + 4096, word));
	EXPECT_EQ(word, *(long *)(self->ptr + 4096));
	ptrace(PTRACE_CONT, pid, NULL, NULL);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_F(map, proc_mem_reads_and_writes_the_mapping)
{
	int mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	char buf[SIZE];

	ASSERT_GE(mem, 0);
	vi915_fill(self->ptr, SIZE, 2);
	EXPECT_EQ(SIZE, pread(mem, buf, SIZE, (uintptr_t)self->ptr));
	vi915_same(buf, SIZE, 2);

	vi915_fill(buf, SIZE, 3);
	EXPECT_EQ(SIZE, pwrite(mem, buf, SIZE, (uintptr_t)self->ptr));
	vi915_same(self->ptr, SIZE, 3);
}

TEST_F(map, proc_mem_reads_untouched_pages_as_zeroes)
{
	int mem = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	char buf[64], zero[64] = {};

	memset(buf, 0xff, sizeof(buf));
	EXPECT_EQ(sizeof(buf), pread(mem, buf, sizeof(buf), (uintptr_t)self->ptr + 4096));
	EXPECT_EQ(0, memcmp(buf, zero, sizeof(buf)));
}

TEST_F(map, proc_mem_across_the_end_is_eio_and_not_a_short_read)
{
	int mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	uint64_t word = 0;
	char *place, *end;

	/* An unmapped range follows, so that no other mapping answers. */
	place = mmap(NULL, 2 * SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_EQ(place, mmap(place, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
			      self->fd, self->offset));
	end = place + SIZE;
	munmap(end, SIZE);

	errno = 0;
	EXPECT_EQ(-1, pread(mem, &word, sizeof(word), (uintptr_t)end - 4));
	EXPECT_EQ(EIO, errno);
	errno = 0;
	EXPECT_EQ(-1, pwrite(mem, &word, sizeof(word), (uintptr_t)end - 4));
	EXPECT_EQ(EIO, errno);
	EXPECT_EQ(sizeof(word), pread(mem, &word, sizeof(word), (uintptr_t)end - 8));
}

TEST_F(map, proc_mem_across_the_end_of_a_part_is_eio_too)
{
	int mem = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	char *end = self->ptr + SIZE / 2;
	uint64_t word = 0;

	/* The object is longer than this mapping. */
	munmap(end, SIZE / 2);
	errno = 0;
	EXPECT_EQ(-1, pread(mem, &word, sizeof(word), (uintptr_t)end - 4));
	EXPECT_EQ(EIO, errno);
	EXPECT_EQ(sizeof(word), pread(mem, &word, sizeof(word), (uintptr_t)end - 8));
}

/* Like a memfd: a read-only mapping cannot be written through /proc. */
TEST_F(map, proc_mem_does_not_write_what_is_mapped_for_reading)
{
	int mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	char *ro = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, self->fd, self->offset);
	char bytes[8] = "written";

	ASSERT_NE(MAP_FAILED, ro);
	vi915_fill(self->ptr, SIZE, 1);
	errno = 0;
	EXPECT_EQ(-1, pwrite(mem, bytes, sizeof(bytes), (uintptr_t)ro + VI915_PAGE - 4));
	EXPECT_EQ(EIO, errno);
	vi915_same(ro, SIZE, 1);
	/* A debugger can read what the program itself cannot. */
	ASSERT_EQ(0, mprotect(ro, SIZE, PROT_NONE));
	EXPECT_EQ(sizeof(bytes), pread(mem, bytes, sizeof(bytes), (uintptr_t)ro + 4));
	EXPECT_EQ(0, memcmp(bytes, self->ptr + 4, sizeof(bytes)));
	close(mem);
}

TEST_F(map, proc_mem_does_not_write_through_a_node_that_is_open_for_reading)
{
	int mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC), fd;
	char path[64], bytes[8] = "written", *ro;
	uint64_t offset;
	uint32_t handle;

	snprintf(path, sizeof(path), "/dev/dri/renderD%d", vi915_minor(self->fd));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT_GE(fd, 0);
	handle = gem_create(fd, SIZE);
	ASSERT_OK(__gem_mmap_offset(fd, handle, variant->type, &offset));
	ro = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, fd, offset);
	ASSERT_NE(MAP_FAILED, ro);

	errno = 0;
	EXPECT_EQ(-1, pwrite(mem, bytes, sizeof(bytes), (uintptr_t)ro));
	EXPECT_EQ(EIO, errno);
	EXPECT_EQ(0, ro[0]);
	close(fd);
	close(mem);
}

/* Pages that were mapped for reading must become writable. */
TEST_F(map, a_read_only_mapping_can_be_made_writable)
{
	char *ro = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, self->fd, self->offset);

	ASSERT_NE(MAP_FAILED, ro);
	vi915_fill(self->ptr, SIZE, 1);
	vi915_same(ro, SIZE, 1);
	EXPECT_EQ(SIGSEGV, vi915_write_signal(ro));
	ASSERT_EQ(0, mprotect(ro, SIZE, PROT_READ | PROT_WRITE));
	vi915_fill(ro, SIZE, 2);
	vi915_same(self->ptr, SIZE, 2);

	ASSERT_EQ(0, mprotect(ro, SIZE, PROT_READ));
	EXPECT_EQ(SIGSEGV, vi915_write_signal(ro));
	ASSERT_EQ(0, mprotect(ro, SIZE, PROT_READ | PROT_WRITE));
	vi915_fill(ro, SIZE, 3);
	vi915_same(self->ptr, SIZE, 3);
}

TEST_F(map, a_child_shares_the_mapping)
{
	pid_t pid;
	int status;

	self->ptr[0] = 1;
	pid = fork();
	if (!pid) {
		/* Page 0 was mapped before the fork, page 1 was not. */
		if (self->ptr[0] != 1)
			_exit(1);
		self->ptr[0] = 2;
		self->ptr[VI915_PAGE] = 3;
		_exit(0);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(2, self->ptr[0]);
	EXPECT_EQ(3, self->ptr[VI915_PAGE]);
}

TEST_F(map, a_childs_mapping_outlives_the_parents)
{
	int go[2], status;
	char byte;
	pid_t pid;

	ASSERT_EQ(0, pipe(go));
	vi915_fill(self->ptr, SIZE, 4);
	pid = fork();
	if (!pid) {
		close(self->fd);
		if (read(go[0], &byte, 1) != 1)
			_exit(2);
		_exit(vi915_verify(self->ptr, SIZE, 4) == -1 ? 0 : 1);
	}
	gem_munmap(self->ptr, SIZE);
	gem_close(self->fd, self->handle);
	vi915_drop_caches(self->fd, DROP_PAGES | DROP_FREED | DROP_RCU);
	ASSERT_EQ(1, write(go[1], "", 1));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_F(map, madvise_dontfork_is_honoured)
{
	int status;
	pid_t pid;

	self->ptr[0] = 1;
	ASSERT_EQ(0, madvise(self->ptr, SIZE, MADV_DONTFORK));
	pid = fork();
	if (!pid)
		_exit(vi915_read_signal(self->ptr) == SIGSEGV ? 0 : 1);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(1, self->ptr[0]);
}

/* A mapping may hold an ioctl's argument and a read(2)'s buffer. */
TEST_F(map, the_kernel_copies_to_and_from_the_mapping)
{
	uint32_t other = gem_create(self->fd, SIZE);
	int fd = memfd_create("vi915-test", MFD_CLOEXEC);
	char buf[SIZE];

	vi915_fill(buf, SIZE, 5);
	ASSERT_EQ(SIZE, write(fd, buf, SIZE));
	EXPECT_EQ(SIZE, pread(fd, self->ptr, SIZE, 0));
	vi915_same(self->ptr, SIZE, 5);

	gem_pwrite(self->fd, other, 0, self->ptr, SIZE);
	memset(buf, 0, SIZE);
	gem_pread(self->fd, other, 0, buf, SIZE);
	vi915_same(buf, SIZE, 5);
}

/* PREAD of an object into its own mapping must not take a lock twice. */
TEST_F(map, an_object_can_be_read_into_its_own_untouched_mapping)
{
	char buf[VI915_PAGE];

	vi915_fill(buf, sizeof(buf), 6);
	gem_pwrite(self->fd, self->handle, 0, buf, sizeof(buf));
	gem_pread(self->fd, self->handle, 0, self->ptr + 2 * VI915_PAGE, VI915_PAGE);
	vi915_same(self->ptr + 2 * VI915_PAGE, VI915_PAGE, 6);
}

/* The kernel takes no references on its pages. */
TEST_F(map, pages_of_a_mapping_cannot_be_pinned_by_others)
{
	struct iovec iov = { self->ptr, VI915_PAGE };
	int pipes[2];

	ASSERT_EQ(0, pipe(pipes));
	self->ptr[0] = 1;
	errno = 0;
	EXPECT_EQ(-1, vmsplice(pipes[1], &iov, 1, 0));
	EXPECT_EQ(EFAULT, errno);
}

TEST_HARNESS_MAIN
