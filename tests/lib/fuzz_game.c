// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Steps that play with the address space: mappings of GPUs and of dma-bufs are
 * moved, cut, and copied by the kernel, and user memory below objects is
 * removed in every possible way.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fail.h"
#include "fuzz.h"
#include "gem.h"
#include "proc.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

/* Bytes that are moved at once between a mapping and something else. */
#define FUZZ_PIECE (4 * VI915_PAGE)
/* Pages of the arena that userptr objects use. */
#define FUZZ_USER_PAGES 300

/* Unmaps memory but keeps its addresses reserved against other mappings. */
static void fuzz_hole(char *ptr, size_t size)
{
	vi915_require(mmap(ptr, size, PROT_NONE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1,
			   0) == ptr);
}

/* Doubles a mapping, halves it, duplicates it, or moves it without unmapping it. */
static void fuzz_game_move(struct fuzz *fuzz, unsigned int slot)
{
	char *ptr = fuzz->maps[slot].ptr, *moved;
	size_t size = fuzz->maps[slot].size, half = size / 2 & -VI915_PAGE;

	switch (fuzz_below(&fuzz->random, 4)) {
	case 0:
		moved = mremap(ptr, size, 2 * size, MREMAP_MAYMOVE);
		if (moved == MAP_FAILED)
			break;
		fuzz_drop_map(fuzz, slot);
		fuzz_put_map(fuzz, moved, 2 * size);
		return;
	case 1:
		if (!half || mremap(ptr, size, half, 0) == MAP_FAILED)
			break;
		fuzz_hole(ptr + half, size - half);
		fuzz->maps[slot].size = half;
		return;
	case 2:
		moved = mremap(ptr, 0, size, MREMAP_MAYMOVE);
		if (moved != MAP_FAILED)
			munmap(moved, size);
		break;
	default:
		moved = mremap(ptr, size, size, MREMAP_MAYMOVE | MREMAP_DONTUNMAP);
		if (moved != MAP_FAILED)
			munmap(moved, size);
	}
}

static void fuzz_game_protect(struct fuzz *fuzz, unsigned int slot)
{
	static const int prots[] = {
		PROT_NONE, PROT_READ, PROT_WRITE, PROT_READ | PROT_WRITE, PROT_READ | PROT_EXEC,
	};
	size_t pages = fuzz->maps[slot].size / VI915_PAGE;
	size_t from = fuzz_below(&fuzz->random, pages);
	size_t n = 1 + fuzz_below(&fuzz->random, pages - from);

	if (mprotect(fuzz->maps[slot].ptr + from * VI915_PAGE, n * VI915_PAGE,
		     prots[fuzz_below(&fuzz->random, COUNT(prots))]))
		fuzz->refused++;
}

static void fuzz_game_cut(struct fuzz *fuzz, unsigned int slot)
{
	size_t pages = fuzz->maps[slot].size / VI915_PAGE;
	size_t from = fuzz_below(&fuzz->random, pages);

	fuzz_hole(fuzz->maps[slot].ptr + from * VI915_PAGE,
		  VI915_PAGE * (1 + fuzz_below(&fuzz->random, pages - from)));
}

static void fuzz_game_advise(struct fuzz *fuzz, unsigned int slot)
{
	static const int advices[] = {
		MADV_DONTNEED, MADV_WILLNEED, MADV_DONTFORK, MADV_DOFORK, MADV_REMOVE, MADV_FREE,
		MADV_HUGEPAGE, MADV_MERGEABLE, MADV_COLD, MADV_PAGEOUT, MADV_POPULATE_READ,
		MADV_POPULATE_WRITE, MADV_DONTDUMP, MADV_RANDOM,
	};

	if (madvise(fuzz->maps[slot].ptr, fuzz->maps[slot].size,
		    advices[fuzz_below(&fuzz->random, COUNT(advices))]))
		fuzz->refused++;
}

static void fuzz_game_pages(struct fuzz *fuzz, unsigned int slot)
{
	unsigned char present[FUZZ_SIZE_MAX / VI915_PAGE];
	size_t size = fuzz->maps[slot].size;
	char *ptr = fuzz->maps[slot].ptr;

	switch (fuzz_below(&fuzz->random, 4)) {
	case 0:
		syscall(SYS_remap_file_pages, ptr, VI915_PAGE, 0,
			fuzz_below(&fuzz->random, size / VI915_PAGE), 0);
		break;
	case 1:
		if (!mlock(ptr, size))
			munlock(ptr, size);
		break;
	case 2:
		msync(ptr, size, fuzz_chance(&fuzz->random, 50) ? MS_SYNC : MS_INVALIDATE);
		break;
	default:
		mincore(ptr, size, present);
	}
}

/* The kernel copies to or from a mapping, as it does for a debugger. */
static void fuzz_game_copy(struct fuzz *fuzz, unsigned int slot)
{
	size_t size = fuzz->maps[slot].size, at = fuzz_below(&fuzz->random, size);
	size_t n = 1 + fuzz_below(&fuzz->random, FUZZ_PIECE);
	struct iovec here = { fuzz->arena + VI915_PAGE, n };
	struct iovec there = { fuzz->maps[slot].ptr + at, n < size - at ? n : size - at };

	if (fuzz_chance(&fuzz->random, 50))
		process_vm_readv(getpid(), &here, 1, &there, 1, 0);
	else
		process_vm_writev(getpid(), &here, 1, &there, 1, 0);
}

static void fuzz_game_pipe(struct fuzz *fuzz, unsigned int slot)
{
	struct iovec piece = { fuzz->maps[slot].ptr, VI915_PAGE };
	int pipes[2];

	if (pipe2(pipes, O_NONBLOCK | O_CLOEXEC))
		return;
	vmsplice(pipes[1], &piece, 1, fuzz_chance(&fuzz->random, 50) ? SPLICE_F_GIFT : 0);
	fuzz->refused += write(pipes[1], piece.iov_base, piece.iov_len) < 0;
	fuzz->refused += read(pipes[0], piece.iov_base, piece.iov_len) < 0;
	close(pipes[0]);
	close(pipes[1]);
}

/* With O_DIRECT, a disk's driver would access the mapping's pages itself. */
static void fuzz_game_file(struct fuzz *fuzz, unsigned int slot)
{
	int flags = O_RDWR | O_TMPFILE | O_CLOEXEC, fd;
	char *ptr = fuzz->maps[slot].ptr;

	if (fuzz_chance(&fuzz->random, 50))
		flags |= O_DIRECT;
	fd = open("/tmp", flags, 0600);
	if (fd < 0)
		return;
	fuzz->refused += pwrite(fd, ptr, VI915_PAGE, 0) < 0;
	fuzz->refused += pread(fd, ptr, VI915_PAGE, 0) < 0;
	close(fd);
}

/* Pread to a mapping or pwrite from it; it may show the same object. */
static void fuzz_game_call(struct fuzz *fuzz, unsigned int slot)
{
	uint32_t handle = fuzz->world->handles[fuzz->file][fuzz_below(&fuzz->random,
								      FUZZ_HANDLES)];
	int fd = fuzz->world->files[fuzz->file];
	size_t size = fuzz->maps[slot].size;

	if (fuzz_chance(&fuzz->random, 50))
		__gem_pread(fd, handle, 0, fuzz->maps[slot].ptr, size);
	else
		__gem_pwrite(fd, handle, 0, fuzz->maps[slot].ptr, size);
}

/* Put a file under userptr objects, then truncate it or punch a hole. */
static void fuzz_game_user_file(struct fuzz *fuzz, char *ptr, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return;
	if (ftruncate(fd, size) ||
	    mmap(ptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) != ptr)
		fuzz_fail(fuzz, "mmap of a memfd at %p: %s", (void *)ptr, vi915_errname(errno));
	memset(ptr, 1, size);
	if (fuzz_chance(&fuzz->random, 30))
		fuzz->refused += ftruncate(fd, VI915_PAGE) < 0;
	if (fuzz_chance(&fuzz->random, 30))
		fuzz->refused += fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
					   size) < 0;
	if (fuzz_chance(&fuzz->random, 30))
		fuzz->refused += fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_WRITE) < 0;
	close(fd);
}

static void fuzz_game_user(struct fuzz *fuzz, unsigned int slot)
{
	size_t size = VI915_PAGE * (1 + fuzz_below(&fuzz->random, 8));
	char *ptr = fuzz->arena +
		    VI915_PAGE * (4 + fuzz_below(&fuzz->random, FUZZ_USER_PAGES));
	char *moved;

	(void)slot;
	switch (fuzz_below(&fuzz->random, 5)) {
	case 0:
		fuzz_game_user_file(fuzz, ptr, size);
		break;
	case 1:
		madvise(ptr, size, MADV_PAGEOUT);
		break;
	case 2:
		madvise(ptr, size, MADV_FREE);
		break;
	case 3:
		moved = mremap(ptr, size, size, MREMAP_MAYMOVE | MREMAP_DONTUNMAP);
		if (moved != MAP_FAILED)
			munmap(moved, size);
		break;
	default:
		/* Move it away, which leaves the addresses free for new memory. */
		moved = mremap(ptr, size, size + VI915_PAGE, MREMAP_MAYMOVE);
		if (moved != MAP_FAILED)
			munmap(moved, size + VI915_PAGE);
		if (mmap(ptr, size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != ptr)
			fuzz_fail(fuzz, "mmap of new memory at %p: %s", (void *)ptr,
				  vi915_errname(errno));
	}
}

/* A child touches every mapping, and may execute another program. */
static void fuzz_game_fork(struct fuzz *fuzz, unsigned int slot)
{
	char *const argv[] = { (char *)"true", NULL };
	unsigned int i;
	pid_t pid;

	(void)slot;
	if (!fuzz_chance(&fuzz->random, 10))
		return;
	pid = fork();
	if (!pid) {
		for (i = 0; i < FUZZ_MAPS; i++)
			if (fuzz->maps[i].size)
				vi915_write_signal(fuzz->maps[i].ptr);
		vi915_write_signal(fuzz->arena + VI915_PAGE);
		if (fuzz_chance(&fuzz->random, 30))
			execv("/bin/true", argv);
		_exit(0);
	}
	if (pid > 0)
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
}

static const struct {
	const char *name;
	void (*play)(struct fuzz *fuzz, unsigned int slot);
} fuzz_games[] = {
	{ "move", fuzz_game_move },
	{ "protect", fuzz_game_protect },
	{ "cut", fuzz_game_cut },
	{ "advise", fuzz_game_advise },
	{ "pages", fuzz_game_pages },
	{ "copy", fuzz_game_copy },
	{ "pipe", fuzz_game_pipe },
	{ "file", fuzz_game_file },
	{ "call", fuzz_game_call },
	{ "user", fuzz_game_user },
	{ "fork", fuzz_game_fork },
};

void fuzz_step_game(struct fuzz *fuzz)
{
	unsigned int game = fuzz_below(&fuzz->random, COUNT(fuzz_games));
	unsigned int slot = fuzz_below(&fuzz->random, FUZZ_MAPS), i;

	fuzz->file = fuzz_below(&fuzz->random, fuzz->world->num_files);
	for (i = 0; i < FUZZ_MAPS && !fuzz->maps[slot].size; i++)
		slot = (slot + 1) % FUZZ_MAPS;
	if (!fuzz->maps[slot].size)
		return;
	fuzz_say(fuzz, "%s with %p + %#zx", fuzz_games[game].name, (void *)fuzz->maps[slot].ptr,
		 fuzz->maps[slot].size);
	fuzz_games[game].play(fuzz, slot);
}
