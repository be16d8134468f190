// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Reading and writing a buffer: pread, pwrite and copies through mappings,
 * compared with a memcpy of the same size; and pread and pwrite of an import,
 * compared with those of an own object.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gem.h"
#include "gpu.h"
#include "measure.h"
#include "peer.h"
#include "prime.h"
#include "proc.h"

#define COPY_SIZE (1 << 20)
#define COPY_SMALL 4096
#define COPY_LARGE (8 << 20)

struct copy {
	int fd;
	uint32_t handle;
	/* A mapping of the buffer, or memory in its place. */
	char *map;
	char *user;
	size_t size;
};

static int64_t copy_pread(void *arg, unsigned int n)
{
	struct copy *copy = arg;
	int64_t start = vi915_now();

	while (n--)
		gem_pread(copy->fd, copy->handle, 0, copy->user, copy->size);
	return vi915_now() - start;
}

static int64_t copy_pwrite(void *arg, unsigned int n)
{
	struct copy *copy = arg;
	int64_t start = vi915_now();

	while (n--)
		gem_pwrite(copy->fd, copy->handle, 0, copy->user, copy->size);
	return vi915_now() - start;
}

/* Called through a pointer, or the compiler would drop unused copies. */
static void *(*volatile copy_memcpy)(void *to, const void *from, size_t n) = memcpy;

static int64_t copy_out(void *arg, unsigned int n)
{
	struct copy *copy = arg;
	int64_t start = vi915_now();

	while (n--)
		copy_memcpy(copy->user, copy->map, copy->size);
	return vi915_now() - start;
}

static int64_t copy_in(void *arg, unsigned int n)
{
	struct copy *copy = arg;
	int64_t start = vi915_now();

	while (n--)
		copy_memcpy(copy->map, copy->user, copy->size);
	return vi915_now() - start;
}

static void copy_row(const char *what, int64_t (*a_run)(void *arg, unsigned int n),
		     struct copy *a, int64_t (*b_run)(void *arg, unsigned int n),
		     struct copy *b)
{
	struct vi915_work ours = { a_run, a }, theirs = { b_run, b };
	struct vi915_compared compared = vi915_compare(&ours, &theirs, VI915_ROUNDS);

	vi915_row(what, "memcpy", &compared, 1000, 0);
}

static char *copy_alloc(size_t size)
{
	char *memory = aligned_alloc(VI915_PAGE, size);

	vi915_require(memory);
	memset(memory, 1, size);
	return memory;
}

static void copy_table(const char *title, const struct copy *buffer,
		       const struct copy *memory, char *gtt, size_t size)
{
	struct copy ours = *buffer, theirs = *memory;

	ours.size = size;
	theirs.size = size;
	vi915_table(title, "us");
	copy_row("pread", copy_pread, &ours, copy_out, &theirs);
	copy_row("pwrite", copy_pwrite, &ours, copy_in, &theirs);
	copy_row("copy out of a WB mapping", copy_out, &ours, copy_out, &theirs);
	copy_row("copy into a WB mapping", copy_in, &ours, copy_in, &theirs);
	ours.map = gtt;
	copy_row("copy out of a GTT mapping", copy_out, &ours, copy_out, &theirs);
	copy_row("copy into a GTT mapping", copy_in, &ours, copy_in, &theirs);
}

static void copy_import_row(const char *what, int64_t (*run)(void *arg, unsigned int n),
			    struct copy *import, struct copy *own, size_t size, double goal)
{
	struct vi915_work ours = { run, import }, theirs = { run, own };
	struct vi915_compared compared;

	import->size = size;
	own->size = size;
	compared = vi915_compare(&ours, &theirs, VI915_ROUNDS);
	vi915_row(what, "own object", &compared, 1000, goal);
}

/* A buffer of vgem, imported by a GPU with imports=cpu. */
static void copy_import_table(void)
{
	struct copy import = { .fd = vi915_bench_open(4) }, own;
	int vgem = vi915_driver_open("vgem"), dmabuf;

	import.user = copy_alloc(COPY_LARGE);
	own = import;
	own.handle = gem_create(own.fd, COPY_LARGE);
	dmabuf = prime_export(vgem, vgem_create(vgem, COPY_LARGE));
	import.handle = prime_import(import.fd, dmabuf);

	vi915_table("an import of 8 MiB", "us");
	copy_import_row("pread of 4 bytes", copy_pread, &import, &own, 4, 2);
	copy_import_row("pwrite of 4 bytes", copy_pwrite, &import, &own, 4, 2);
	copy_import_row("pread of all", copy_pread, &import, &own, COPY_LARGE, 0);
	copy_import_row("pwrite of all", copy_pwrite, &import, &own, COPY_LARGE, 0);
	close(dmabuf);
	close(vgem);
}

int main(void)
{
	struct copy ours = { .fd = vi915_bench_open(0) }, memory = { .fd = -1 };
	char *gtt;

	ours.handle = gem_create(ours.fd, COPY_SIZE);
	ours.map = gem_mmap_type(ours.fd, ours.handle, COPY_SIZE, I915_MMAP_OFFSET_WB);
	gtt = gem_mmap_gtt(ours.fd, ours.handle, COPY_SIZE);
	ours.user = copy_alloc(COPY_SIZE);
	memory.map = copy_alloc(COPY_SIZE);
	memory.user = ours.user;
	memset(ours.map, 2, COPY_SIZE);
	memset(gtt, 3, COPY_SIZE);

	copy_table("copy of 1 MiB", &ours, &memory, gtt, COPY_SIZE);
	copy_table("copy of 4 KiB", &ours, &memory, gtt, COPY_SMALL);
	copy_import_table();
	return 0;
}
