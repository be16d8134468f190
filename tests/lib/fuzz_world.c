// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fail.h"
#include "fuzz.h"
#include "gem.h"
#include "gpu.h"
#include "proc.h"

/* Larger than any length that a step passes. */
#define FUZZ_HOLE (16 << 20)

static void fuzz_add_node(struct fuzz_world *world, const char *format, int minor)
{
	struct vi915_version version;
	char path[32];
	int fd;

	snprintf(path, sizeof(path), format, minor);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return;
	if (__vi915_version(fd, &version) || strcmp(version.name, "i915") ||
	    world->num_files == FUZZ_FILES) {
		close(fd);
		return;
	}
	memcpy(world->nodes[world->num_files], path, sizeof(path));
	world->files[world->num_files++] = fd;
}

void fuzz_world_open(struct fuzz_world *world, uint64_t seed)
{
	unsigned int i;

	memset(world, 0, sizeof(*world));
	world->seed = seed;
	world->timeline = -1;
	world->socket = -1;
	world->spared = -1;
	world->vgem = __vi915_driver_open("vgem");
	for (i = 0; i < FUZZ_FDS; i++)
		world->fds[i] = -1;

	for (i = 0; i < 64; i++) {
		fuzz_add_node(world, "/dev/dri/card%d", i);
		/* Two files of the first card, to share names and dma-bufs between them. */
		if (world->num_files == 1)
			fuzz_add_node(world, "/dev/dri/card%d", i);
	}
	for (i = 128; i < 192; i++)
		fuzz_add_node(world, "/dev/dri/renderD%d", i);
	if (!world->num_files)
		vi915_fail("there is no GPU: run this in a box that has one (make test)");

	/* Shared, so that FLINK names work between processes. */
	world->names = mmap(NULL, VI915_PAGE, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	vi915_require(world->names != MAP_FAILED);
}

void fuzz_world_close(struct fuzz_world *world)
{
	unsigned int i;

	for (i = 0; i < FUZZ_FDS; i++)
		if (world->fds[i] >= 0)
			close(world->fds[i]);
	for (i = 0; i < world->num_files; i++)
		close(world->files[i]);
	if (world->vgem >= 0)
		close(world->vgem);
	munmap(world->names, VI915_PAGE);
}

static char *fuzz_reserve(size_t size)
{
	char *ptr = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
			 -1, 0);

	vi915_require(ptr != MAP_FAILED);
	return ptr;
}

void fuzz_open(struct fuzz *fuzz, struct fuzz_world *world, unsigned int stream)
{
	unsigned int i;

	memset(fuzz, 0, sizeof(*fuzz));
	fuzz->world = world;
	fuzz->stream = stream;
	fuzz->windows = fuzz_reserve(FUZZ_MAPS * FUZZ_WINDOW + FUZZ_HOLE);
	for (i = 0; i < FUZZ_MAPS; i++)
		fuzz->maps[i].ptr = fuzz->windows + i * FUZZ_WINDOW;
	fuzz->arena = fuzz_reserve(FUZZ_ARENA + FUZZ_HOLE);
	vi915_require(!mprotect(fuzz->arena, VI915_PAGE, PROT_READ));
	vi915_require(!mprotect(fuzz->arena + VI915_PAGE, FUZZ_ARENA - VI915_PAGE,
				PROT_READ | PROT_WRITE));
}

void fuzz_close(struct fuzz *fuzz)
{
	munmap(fuzz->windows, FUZZ_MAPS * FUZZ_WINDOW + FUZZ_HOLE);
	munmap(fuzz->arena, FUZZ_ARENA + FUZZ_HOLE);
}

void fuzz_drop_map(struct fuzz *fuzz, unsigned int slot)
{
	char *ptr = fuzz->maps[slot].ptr;

	/* Replaced in one call, so that no other thread can map something there. */
	vi915_require(mmap(ptr, FUZZ_WINDOW, PROT_NONE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1,
			   0) == ptr);
	fuzz->maps[slot].size = 0;
}

void fuzz_put_map(struct fuzz *fuzz, char *ptr, size_t size)
{
	unsigned int slot = fuzz_below(&fuzz->random, FUZZ_MAPS);

	size = (size + VI915_PAGE - 1) & -VI915_PAGE;
	fuzz_drop_map(fuzz, slot);
	if (size > FUZZ_WINDOW || mremap(ptr, size, size, MREMAP_MAYMOVE | MREMAP_FIXED,
					 fuzz->maps[slot].ptr) == MAP_FAILED)
		munmap(ptr, size);
	else
		fuzz->maps[slot].size = size;
}

void fuzz_put_handle(struct fuzz *fuzz, uint32_t handle, uint64_t size)
{
	unsigned int slot = fuzz_below(&fuzz->random, FUZZ_HANDLES);
	struct fuzz_world *world = fuzz->world;
	uint32_t old;

	world->sizes[fuzz->file][slot] = size;
	old = __atomic_exchange_n(&world->handles[fuzz->file][slot], handle,
				  __ATOMIC_RELAXED);
	if (old && old != handle)
		__gem_close(world->files[fuzz->file], old);
}

void fuzz_put_fd(struct fuzz *fuzz, int fd)
{
	unsigned int slot = fuzz_below(&fuzz->random, FUZZ_FDS);
	int old = __atomic_exchange_n(&fuzz->world->fds[slot], fd, __ATOMIC_RELAXED);

	if (old >= 0)
		close(old);
}

static void fuzz_vprint(struct fuzz *fuzz, const char *fmt, va_list ap)
{
	char text[512];

	vsnprintf(text, sizeof(text), fmt, ap);
	vi915_note("seed %llu stream %u step %llu: %s",
		   (unsigned long long)fuzz->world->seed, fuzz->stream,
		   (unsigned long long)fuzz->step, text);
}

void fuzz_fail(struct fuzz *fuzz, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fuzz_vprint(fuzz, fmt, ap);
	va_end(ap);
	_exit(1);
}

void fuzz_say(struct fuzz *fuzz, const char *fmt, ...)
{
	va_list ap;

	if (!fuzz->world->verbose)
		return;
	va_start(ap, fmt);
	fuzz_vprint(fuzz, fmt, ap);
	va_end(ap);
}
