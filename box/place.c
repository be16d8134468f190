// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "place.h"

/**
 * DOC: the place of a box's memory
 *
 * User-Mode Linux keeps its memory in an unlinked file, which it maps executable, and dies of
 * SIGBUS when the folder runs full. machine.c makes the file, and preload_memory.c hands it over.
 * Containers often have 64 MiB in /dev/shm, mounted noexec, and no other writable folder. So this
 * file chooses the first folder on tmpfs with room. If there is none, the memory is a memfd, as
 * long as the machine has enough memory; otherwise it is the first folder on a disk with room. Some
 * folder is needed in any case, to make a socket in for a moment.
 */

static const char *const vi915_place_names[] = {
	"$TMPDIR", "/dev/shm", "$XDG_RUNTIME_DIR", "/tmp", "/var/tmp", "/run",
};

#define VI915_PLACE_NUM \
	(sizeof(vi915_place_names) / sizeof(vi915_place_names[0]))

/* Returns 0, or the errno with which @fd cannot be mapped executable; closes @fd. */
static int vi915_place_try_map(int fd)
{
	void *map;
	int err = 0;

	if (fd < 0)
		return errno;
	map = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE,
		   fd, 0);
	if (map == MAP_FAILED)
		err = errno;
	else
		munmap(map, 4096);
	close(fd);
	return err;
}

static int vi915_place_try_exec(const char *path)
{
	char name[PATH_MAX];
	int fd;

	fd = open(path, O_RDWR | O_EXCL | O_TMPFILE | O_CLOEXEC, 0700);
	if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR ||
		       errno == EINVAL)) {
		snprintf(name, sizeof(name), "%s/vi915-XXXXXX", path);
		fd = mkostemp(name, O_CLOEXEC);
		if (fd >= 0)
			unlink(name);
	}
	return vi915_place_try_map(fd);
}

/* Memory and swap that the machine has available, in MiB. */
static unsigned long vi915_place_available_mib(void)
{
	unsigned long kib, sum = 0;
	FILE *file = fopen("/proc/meminfo", "re");
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "MemAvailable: %lu", &kib) == 1 ||
		    sscanf(line, "SwapFree: %lu", &kib) == 1)
			sum += kib;
	if (file)
		fclose(file);
	return sum >> 10;
}

/* As vi915_place_try(), for memory that is in no folder. */
static bool vi915_place_try_memory(struct vi915_place *place, const char *path,
				   unsigned long mem_mib, char *why, size_t size)
{
	size_t used = strlen(why);
	int err;

	place->free_mib = vi915_place_available_mib();
	if (place->free_mib < mem_mib) {
		snprintf(why + used, size - used, ", this machine has only %lu MiB of memory available",
			 place->free_mib);
		return false;
	}
	err = vi915_place_try_map(memfd_create("vi915", MFD_CLOEXEC));
	if (err) {
		snprintf(why + used, size - used, ", memfd_create: %s", strerror(err));
		return false;
	}
	if (!path) {
		snprintf(why + used, size - used, ", none for a socket either");
		return false;
	}
	snprintf(place->path, sizeof(place->path), "%s", path);
	place->in_memory = true;
	place->on_tmpfs = true;
	return true;
}

/* Fills @place if @path is good; otherwise appends the reason to @why. */
static bool vi915_place_try(struct vi915_place *place, const char *path,
			    unsigned long mem_mib, char *why, size_t size)
{
	size_t used = strlen(why);
	struct statfs fs;
	int err;

	if (used) {
		snprintf(why + used, size - used, ", ");
		used = strlen(why);
	}
	if (statfs(path, &fs)) {
		snprintf(why + used, size - used, "%s: %s", path,
			 strerror(errno));
		return false;
	}
	snprintf(place->path, sizeof(place->path), "%s", path);
	place->in_memory = false;
	place->on_tmpfs = fs.f_type == TMPFS_MAGIC;
	/* A tmpfs without a limit reports 0 blocks. */
	place->free_mib = fs.f_blocks ? (unsigned long long)fs.f_bavail *
					fs.f_bsize >> 20 : ULONG_MAX;
	if (place->free_mib < mem_mib) {
		snprintf(why + used, size - used, "%s has only %lu MiB free",
			 path, place->free_mib);
		return false;
	}
	err = vi915_place_try_exec(path);
	if (err) {
		snprintf(why + used, size - used, "%s %s", path,
			 err == EPERM ? "is mounted noexec" : strerror(err));
		return false;
	}
	why[used ? used - 2 : 0] = '\0';
	return true;
}

/**
 * vi915_place_find() - find a place for a box's memory
 * @place: filled
 * @mem_mib: MiB that it must have room for
 * @why: on failure, the reason for each folder
 * @size: bytes at @why
 *
 * Return: 0, or -1 when no place is good.
 */
int vi915_place_find(struct vi915_place *place, unsigned long mem_mib,
		     char *why, size_t size)
{
	const char *paths[VI915_PLACE_NUM], *writable = NULL;
	struct vi915_place tried, other = { 0 };
	size_t i, j;

	*why = '\0';
	for (i = 0; i < VI915_PLACE_NUM; i++) {
		paths[i] = vi915_place_names[i];
		if (*paths[i] == '$')
			paths[i] = getenv(paths[i] + 1) ?: "";
		/* A variable may name a folder that was tried already. */
		for (j = 0; strcmp(paths[j], paths[i]); j++)
			;
		if (j < i || !*paths[i])
			continue;
		if (!writable && !access(paths[i], W_OK | X_OK))
			writable = paths[i];
		if (!vi915_place_try(&tried, paths[i], mem_mib, why, size))
			continue;
		if (tried.on_tmpfs) {
			*place = tried;
			return 0;
		}
		if (!*other.path)
			other = tried;
	}
	if (vi915_place_try_memory(place, writable, mem_mib, why, size))
		return 0;
	if (!*other.path)
		return -1;
	*place = other;
	return 0;
}

/**
 * vi915_place_free_mib() - find how much room a place has now
 * @place: the place
 *
 * Return: MiB; 0 when that is unknown.
 */
unsigned long vi915_place_free_mib(const struct vi915_place *place)
{
	struct statfs fs;

	if (place->in_memory)
		return vi915_place_available_mib();
	if (statfs(place->path, &fs))
		return 0;
	return (unsigned long long)fs.f_bavail * fs.f_bsize >> 20;
}
