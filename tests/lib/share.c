// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "gem.h"
#include "gpu.h"
#include "prime.h"
#include "proc.h"
#include "share.h"

#define SHARE_DRIVER "/sys/bus/platform/drivers/vi915"
#define SHARE_OBJECTS (64 * 1024)

/* Cut the value of @key out of a line of key=value words. */
static bool share_find(char *line, const char *key, char *value, size_t size)
{
	char *word, *save, *equals;

	for (word = strtok_r(line, " \n", &save); word; word = strtok_r(NULL, " \n", &save)) {
		equals = strchr(word, '=');
		if (!equals)
			continue;
		*equals = '\0';
		if (!strcmp(word, key)) {
			snprintf(value, size, "%s", equals + 1);
			return true;
		}
	}
	return false;
}

static bool share_line(const char *at, int fd, ino_t ino, const char *key, char *value,
		       size_t size)
{
	char *text = malloc(SHARE_OBJECTS), *line, *save, start[32];
	bool found = false;
	ssize_t n;

	vi915_require_at(at, text);
	n = __vi915_debugfs_read(fd, "vi915_objects", text, SHARE_OBJECTS);
	vi915_check_at(at, "read of vi915_objects", n);
	snprintf(start, sizeof(start), "ino=%ju ", (uintmax_t)ino);
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (strncmp(line, start, strlen(start)))
			continue;
		found = share_find(line, key, value, size);
		if (!found)
			vi915_fail_at(at, "vi915_objects does not tell %s", key);
		break;
	}
	free(text);
	return found;
}

long share_state_at(const char *at, int fd, ino_t ino, const char *key)
{
	char value[32];

	return share_line(at, fd, ino, key, value, sizeof(value)) ? atol(value) : -1;
}

const char *share_word_at(const char *at, int fd, ino_t ino, const char *key)
{
	static __thread char value[32];

	return share_line(at, fd, ino, key, value, sizeof(value)) ? value : "";
}

void share_platform_at(const char *at, int fd, char name[64])
{
	char path[64], target[256];
	struct stat st;
	ssize_t n;

	vi915_check_at(at, "fstat of a GPU", fstat(fd, &st) ? -errno : 0);
	snprintf(path, sizeof(path), "/sys/dev/char/%u:%u/device", major(st.st_rdev),
		 minor(st.st_rdev));
	n = readlink(path, target, sizeof(target) - 1);
	vi915_check_at(at, "readlink of a GPU's device", n < 0 ? -errno : 0);
	target[n] = '\0';
	snprintf(name, 64, "%s", basename(target));
}

static int share_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), ret = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

int __share_unbind(const char *name)
{
	return share_write(SHARE_DRIVER "/unbind", name);
}

int __share_bind(const char *name)
{
	return share_write(SHARE_DRIVER "/bind", name);
}

uint32_t share_rand(uint32_t *state, uint32_t n)
{
	*state = *state * 1664525u + 1013904223u;
	return (uint64_t)*state * n >> 32;
}

void share_strew(struct share_crumbs *crumbs, int gpu)
{
	int i;

	crumbs->gpu = gpu;
	for (i = 0; i < SHARE_CRUMBS; i++) {
		crumbs->handles[i] = gem_create(gpu, VI915_PAGE);
		gem_set_domain(gpu, crumbs->handles[i], I915_GEM_DOMAIN_CPU, I915_GEM_DOMAIN_CPU);
	}
	for (i = 0; i < SHARE_CRUMBS; i += 2) {
		gem_close(gpu, crumbs->handles[i]);
		crumbs->handles[i] = 0;
	}
}

void share_sweep(struct share_crumbs *crumbs)
{
	int i;

	for (i = 0; i < SHARE_CRUMBS; i++)
		if (crumbs->handles[i])
			gem_close(crumbs->gpu, crumbs->handles[i]);
}

uint32_t share_scattered(int gpu, uint64_t size)
{
	struct share_crumbs crumbs;
	uint32_t handle;

	share_strew(&crumbs, gpu);
	handle = gem_create(gpu, size);
	gem_set_domain(gpu, handle, I915_GEM_DOMAIN_CPU, I915_GEM_DOMAIN_CPU);
	share_sweep(&crumbs);
	return handle;
}

ssize_t __share_reads(int dmabuf, uint64_t size, uint32_t seed)
{
	ssize_t differs;
	void *map;

	if (__dmabuf_mmap(dmabuf, 0, size, PROT_READ, &map))
		return -2;
	differs = vi915_verify(map, size, seed);
	munmap(map, size);
	return differs;
}

ssize_t __share_gtt_reads(int fd, uint32_t handle, uint64_t size, uint32_t seed)
{
	uint64_t offset;
	ssize_t differs;
	void *map;

	if (__gem_mmap_gtt_offset(fd, handle, &offset) ||
	    __gem_mmap_at_offset(fd, offset, size, &map))
		return -2;
	differs = vi915_verify(map, size, seed);
	munmap(map, size);
	return differs;
}

void share_reads_at(const char *at, int dmabuf, uint64_t size, uint32_t seed)
{
	void *map = dmabuf_mmap_at(at, dmabuf, size);

	vi915_same_at(at, map, size, seed);
	munmap(map, size);
}

void share_gtt_reads_at(const char *at, int fd, uint32_t handle, uint64_t size, uint32_t seed)
{
	void *map = gem_mmap_gtt_at(at, fd, handle, size);

	vi915_same_at(at, map, size, seed);
	munmap(map, size);
}

void share_writes_at(const char *at, int dmabuf, uint64_t size, uint32_t seed)
{
	void *map = dmabuf_mmap_at(at, dmabuf, size);

	vi915_fill(map, size, seed);
	munmap(map, size);
}

void share_gtt_writes_at(const char *at, int fd, uint32_t handle, uint64_t size, uint32_t seed)
{
	void *map = gem_mmap_gtt_at(at, fd, handle, size);

	vi915_fill(map, size, seed);
	munmap(map, size);
}

static void share_signal(void *arg)
{
	sw_signal(*(const int *)arg, 1);
}

void share_signal_later(const int *timeline)
{
	vi915_after(50000000, share_signal, (void *)timeline);
}

void share_both_ways_at(const char *at, int gpu, uint32_t import, void *theirs, uint64_t size)
{
	char *ours = gem_mmap_gtt(gpu, import, size);

	vi915_fill(theirs, size, 1);
	vi915_same_at(at, ours, size, 1);
	vi915_fill(ours, size, 2);
	vi915_same_at(at, theirs, size, 2);
	gem_munmap(ours, size);
}

int __share_take_dumb(int gpu, int peer)
{
	uint32_t theirs, handle, pitch;
	uint64_t size, offset;
	int dmabuf, ret;
	void *map;

	theirs = gem_dumb_create(peer, 64, 64, 32, &pitch, &size);
	dmabuf = prime_export(peer, theirs);
	ret = __prime_import(gpu, dmabuf, &handle);
	close(dmabuf);
	if (ret)
		return ret;
	vi915_check(__gem_dumb_map(peer, theirs, &offset));
	vi915_check(__gem_mmap_at_offset(peer, offset, size, &map));
	share_both_ways(gpu, handle, map, size);
	munmap(map, size);
	gem_close(gpu, handle);
	return 0;
}
