// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Steps other than our ioctls: mappings, files, other processes, and the memory
 * under userptr objects.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fail.h"
#include "fuzz.h"
#include "fuzz_kms.h"
#include "gem.h"
#include "gpu.h"
#include "prime.h"
#include "proc.h"

/* The slot of a mapping: the next one that is in use. */
static unsigned int fuzz_any_map(struct fuzz *fuzz)
{
	unsigned int slot = fuzz_below(&fuzz->random, FUZZ_MAPS), i;

	for (i = 0; i < FUZZ_MAPS && !fuzz->maps[slot].size; i++)
		slot = (slot + 1) % FUZZ_MAPS;
	return slot;
}

/* Random arguments of mmap(2), most of them valid. */
static void fuzz_mmap(struct fuzz *fuzz, int fd, uint64_t offset)
{
	unsigned int most = fuzz_chance(&fuzz->random, 70) ? 3 : 9;
	size_t size = VI915_PAGE << fuzz_below(&fuzz->random, most);
	int prot = fuzz_chance(&fuzz->random, 80) ? PROT_READ | PROT_WRITE :
						    fuzz_below(&fuzz->random, 8);
	int flags = fuzz_chance(&fuzz->random, 90) ? MAP_SHARED : MAP_PRIVATE;
	void *ptr;

	if (fuzz_chance(&fuzz->random, 10))
		size += fuzz_below(&fuzz->random, VI915_PAGE);
	if (fuzz_chance(&fuzz->random, 10))
		flags |= MAP_POPULATE;
	fuzz_say(fuzz, "mmap(%#zx, %d, %d, %d, %#llx)", size, prot, flags, fd,
		 (unsigned long long)offset);
	ptr = mmap(NULL, size, prot, flags, fd, offset);
	if (ptr == MAP_FAILED) {
		fuzz->refused++;
		return;
	}
	fuzz->done++;
	fuzz_put_map(fuzz, ptr, size);
}

static void fuzz_mmap_object(struct fuzz *fuzz)
{
	unsigned int slot = fuzz_below(&fuzz->random, FUZZ_OFFSETS);
	unsigned int file = fuzz->file, i;
	uint64_t offset;

	/* Sometimes an offset of another file. */
	if (fuzz_chance(&fuzz->random, 5))
		file = fuzz_below(&fuzz->random, fuzz->world->num_files);
	for (i = 0; i < FUZZ_OFFSETS && !fuzz->world->offsets[file][slot]; i++)
		slot = (slot + 1) % FUZZ_OFFSETS;
	offset = fuzz->world->offsets[file][slot];
	if (fuzz_chance(&fuzz->random, 10))
		offset += VI915_PAGE * fuzz_below(&fuzz->random, 16);
	fuzz_mmap(fuzz, fuzz->world->files[fuzz->file], offset);
}

static void fuzz_mmap_dmabuf(struct fuzz *fuzz)
{
	uint64_t offset = 0;

	if (fuzz_chance(&fuzz->random, 20))
		offset = fuzz_number(&fuzz->random) & -VI915_PAGE;
	fuzz_mmap(fuzz, fuzz_any_fd(fuzz), offset);
}

static void fuzz_touch(struct fuzz *fuzz)
{
	unsigned int slot = fuzz_any_map(fuzz);
	size_t size = fuzz->maps[slot].size;
	uint64_t random = fuzz_random(&fuzz->random);
	bool write = fuzz_chance(&fuzz->random, 50);
	char *ptr;

	if (!size)
		return;
	ptr = fuzz->maps[slot].ptr + random % size;
	fuzz_say(fuzz, "%s %p of %p + %#zx", write ? "write" : "read", (void *)ptr,
		 (void *)fuzz->maps[slot].ptr, size);
	if (write)
		vi915_write_signal(ptr);
	else
		vi915_read_signal(ptr);
}

/* Access a mapping as a debugger does. */
static void fuzz_peek(struct fuzz *fuzz)
{
	unsigned int slot = fuzz_any_map(fuzz);
	bool write = fuzz_chance(&fuzz->random, 50);
	off_t at = (uintptr_t)fuzz->maps[slot].ptr;
	uint64_t value[4] = { 0 };
	int fd;

	if (!fuzz->maps[slot].size)
		return;
	at += fuzz_random(&fuzz->random) % fuzz->maps[slot].size;
	if (fuzz_chance(&fuzz->random, 20))
		at = (uintptr_t)fuzz->maps[slot].ptr + fuzz->maps[slot].size - 8;
	fuzz_say(fuzz, "%s of /proc/self/mem at %#llx", write ? "pwrite" : "pread",
		 (unsigned long long)at);
	fd = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return;
	if (write ? pwrite(fd, value, sizeof(value), at) : pread(fd, value, sizeof(value), at))
		fuzz->done++;
	close(fd);
}

static void fuzz_unmap(struct fuzz *fuzz)
{
	unsigned int slot = fuzz_any_map(fuzz);
	size_t half = (fuzz->maps[slot].size / 2 + VI915_PAGE - 1) & -VI915_PAGE;

	if (!fuzz->maps[slot].size)
		return;
	fuzz_say(fuzz, "munmap or protect %p", (void *)fuzz->maps[slot].ptr);
	switch (fuzz_below(&fuzz->random, 5)) {
	case 0:
		/* Splits the rest into two mappings. */
		if (half < fuzz->maps[slot].size)
			mprotect(fuzz->maps[slot].ptr + half, VI915_PAGE, PROT_READ);
		break;
	case 1:
		mprotect(fuzz->maps[slot].ptr, fuzz->maps[slot].size, PROT_READ | PROT_WRITE);
		break;
	case 2:
		madvise(fuzz->maps[slot].ptr, fuzz->maps[slot].size, MADV_DONTNEED);
		break;
	default:
		fuzz_drop_map(fuzz, slot);
	}
}

/* Unmap and map the user memory under objects. */
static void fuzz_churn(struct fuzz *fuzz)
{
	size_t at = VI915_PAGE * (4 + fuzz_below(&fuzz->random, 300));
	size_t size = VI915_PAGE * (1 + fuzz_below(&fuzz->random, 16));
	char *ptr = fuzz->arena + at;

	fuzz_say(fuzz, "churn of arena + %#zx, %#zx bytes", at, size);
	switch (fuzz_below(&fuzz->random, 4)) {
	case 0:
		madvise(ptr, size, MADV_DONTNEED);
		break;
	case 1:
		mprotect(ptr, size, PROT_READ);
		break;
	case 2:
		mprotect(ptr, size, PROT_READ | PROT_WRITE);
		break;
	default:
		if (mmap(ptr, size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != ptr)
			fuzz_fail(fuzz, "mmap of new memory at %p: %s", (void *)ptr,
				  vi915_errname(errno));
	}
}

void fuzz_reopen(struct fuzz *fuzz)
{
	struct fuzz_world *world = fuzz->world;
	int fd, old;

	fuzz_say(fuzz, "reopen %s", world->nodes[fuzz->file]);
	fd = open(world->nodes[fuzz->file], O_RDWR | O_CLOEXEC);
	/* A GPU that is unplugged now will come back. */
	if (fd < 0 && world->unplugs)
		return;
	if (fd < 0)
		fuzz_fail(fuzz, "open of %s: %s", world->nodes[fuzz->file],
			  vi915_errname(errno));
	if (world->kms)
		fuzz_kms_caps(fd);
	old = __atomic_exchange_n(&world->files[fuzz->file], fd, __ATOMIC_RELAXED);
	close(old);
}

static void fuzz_descriptor(struct fuzz *fuzz)
{
	int fd = fuzz_any_fd(fuzz);
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN | POLLOUT };
	off_t size;

	fuzz_say(fuzz, "dup, close, seek or poll %d", fd);
	switch (fuzz_below(&fuzz->random, 4)) {
	case 0:
		fuzz_put_fd(fuzz, fcntl(fd, F_DUPFD_CLOEXEC, 0));
		break;
	case 1:
		fuzz_put_fd(fuzz, -1);
		break;
	case 2:
		size = lseek(fd, 0, SEEK_END);
		if (size >= 0 && !fuzz->world->concurrent && size % VI915_PAGE)
			fuzz_fail(fuzz, "a dma-buf is %lld bytes long", (long long)size);
		lseek(fd, fuzz_number(&fuzz->random), fuzz_below(&fuzz->random, 6));
		break;
	default:
		poll(&poll_fd, 1, 0);
	}
}

static void fuzz_debugfs(struct fuzz *fuzz)
{
	char text[512];
	int fd = fuzz->world->files[fuzz->file];

	/* Another thread may be closing the file now. */
	if (fuzz->world->concurrent)
		return;
	fuzz_say(fuzz, "debugfs");
	if (fuzz_chance(&fuzz->random, 70))
		__vi915_drop_caches(fd, fuzz_below(&fuzz->random, DROP_PAGES + 1));
	else
		__vi915_debugfs_read(fd, "vi915_objects", text, sizeof(text));
}

static void fuzz_fork(struct fuzz *fuzz)
{
	pid_t pid;

	if (fuzz->world->concurrent || !fuzz_chance(&fuzz->random, 5))
		return;
	fuzz_say(fuzz, "fork");
	pid = fork();
	if (!pid) {
		fuzz_touch(fuzz);
		_exit(0);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

/* Attach a fence that the thread behind the timeline will signal soon. */
static void fuzz_fence(struct fuzz *fuzz)
{
	int fd = fuzz_any_fd(fuzz), fence;

	if (fuzz->world->timeline < 0)
		return;
	/* Later than all earlier fences: how much later does not matter. */
	fence = sw_fence(fuzz->world->timeline,
			 __atomic_add_fetch(&fuzz->world->fences, 1, __ATOMIC_RELAXED));
	fuzz_say(fuzz, "fence on %d", fd);
	__dmabuf_import_sync_file(fd, 1 + fuzz_below(&fuzz->random, 3), fence);
	close(fence);
}

/*
 * Make a buffer of another driver, to be imported. Not of the system heap: its
 * mapping and syncing for each device makes the kernel's DMA debugging complain
 * as soon as two devices share a buffer, or one maps it for a single direction.
 */
static void fuzz_foreign(struct fuzz *fuzz)
{
	struct drm_mode_create_dumb dumb = {
		.width = 1024, .height = 1 + fuzz_below(&fuzz->random, 32), .bpp = 32,
	};
	int fd;

	if (fuzz->world->vgem < 0)
		return;
	fuzz_say(fuzz, "a foreign buffer of %u pages", dumb.height);
	if (__gem_dumb_create(fuzz->world->vgem, &dumb))
		return;
	__prime_export(fuzz->world->vgem, dumb.handle, DRM_RDWR | DRM_CLOEXEC, &fd);
	/* The dma-buf keeps the buffer. */
	__gem_close(fuzz->world->vgem, dumb.handle);
	if (fd >= 0)
		fuzz_put_fd(fuzz, fd);
}

/* Send one descriptor to the other process, and receive one from it. */
static void fuzz_pass(struct fuzz *fuzz)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	char byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	int fd = fuzz_any_fd(fuzz);

	if (fuzz->world->socket < 0)
		return;
	fuzz_say(fuzz, "pass %d", fd);
	if (fd >= 0) {
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
		sendmsg(fuzz->world->socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
		message.msg_controllen = sizeof(control);
	}
	if (recvmsg(fuzz->world->socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) <= 0 ||
	    !CMSG_FIRSTHDR(&message))
		return;
	memcpy(&fd, CMSG_DATA(&control.header), sizeof(fd));
	fuzz_put_fd(fuzz, fd);
}

static const struct {
	unsigned int weight;
	void (*step)(struct fuzz *fuzz);
} fuzz_lives[] = {
	{ 20, fuzz_mmap_object },
	{ 10, fuzz_mmap_dmabuf },
	{ 16, fuzz_touch },
	{ 4, fuzz_peek },
	{ 10, fuzz_unmap },
	{ 8, fuzz_churn },
	{ 2, fuzz_reopen },
	{ 12, fuzz_descriptor },
	{ 4, fuzz_debugfs },
	{ 1, fuzz_fork },
	{ 5, fuzz_fence },
	{ 4, fuzz_foreign },
	{ 4, fuzz_pass },
};

void fuzz_step_life(struct fuzz *fuzz)
{
	unsigned int at = fuzz_below(&fuzz->random, 100), i;

	fuzz->file = fuzz_below(&fuzz->random, fuzz->world->num_files);
	for (i = 0; at >= fuzz_lives[i].weight; i++)
		at -= fuzz_lives[i].weight;
	fuzz_lives[i].step(fuzz);
}

/* Any kind of step, in one of several processes. */
static void fuzz_step_many(struct fuzz *fuzz)
{
	unsigned int at = fuzz_below(&fuzz->random, 100);

	if (fuzz->world->root && at < 3)
		fuzz_step_plug(fuzz);
	else if (at < 4)
		fuzz_reopen(fuzz);
	else if (at < 20)
		fuzz_step_game(fuzz);
	else if (at < 28)
		fuzz_step_sync(fuzz);
	else if (at < 40 && fuzz->world->kms)
		fuzz_step_kms(fuzz);
	else if (at < 58)
		fuzz_step_life(fuzz);
	else if (at < 68)
		fuzz_step_exec(fuzz);
	else
		fuzz_step_ioctl(fuzz);
}

void fuzz_step(struct fuzz *fuzz, enum fuzz_mix mix)
{
	/* So that no step depends on how many numbers another one has drawn. */
	fuzz->random.state = fuzz->world->seed * 0x9e3779b97f4a7c15 ^
			     (uint64_t)fuzz->stream << 48 ^ fuzz->step * 0xd1342543de82ef95;

	if (mix == FUZZ_MANY)
		fuzz_step_many(fuzz);
	else if (mix == FUZZ_OUTPUTS && fuzz_chance(&fuzz->random, 75))
		fuzz_step_kms(fuzz);
	else if (mix == FUZZ_OUTPUTS && fuzz_chance(&fuzz->random, 40))
		fuzz_step_life(fuzz);
	else if (mix == FUZZ_ANY_BYTES && fuzz->step % 64)
		fuzz_step_bytes(fuzz);
	else if (mix == FUZZ_ANY_BYTES && !(fuzz->step % 4096))
		fuzz_reopen(fuzz);
	else if (mix == FUZZ_LIVES && fuzz_chance(&fuzz->random, 40))
		fuzz_step_life(fuzz);
	else if (mix == FUZZ_LIVES && fuzz_chance(&fuzz->random, 20))
		fuzz_step_exec(fuzz);
	else if (mix == FUZZ_BATCHES && fuzz_chance(&fuzz->random, 70))
		fuzz_step_exec(fuzz);
	else
		fuzz_step_ioctl(fuzz);
}
