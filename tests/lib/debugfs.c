// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* A GPU's debugfs folder, found from any of its open files. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gpu.h"
#include "proc.h"

static FILE *vi915_debugfs_fopen(const char *at, int fd, const char *file)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), VI915_DRI_DEBUGFS "/%d/%s", vi915_minor_at(at, fd), file);
	f = fopen(path, "re");
	if (!f)
		vi915_fail_at(at, "open %s: %s", path, vi915_errname(errno));
	return f;
}

long vi915_object_count_at(const char *at, int fd)
{
	FILE *f;
	long count;

	vi915_check_at(at, "drop_caches", __vi915_drop_caches(fd, DROP_FREED | DROP_RCU));
	f = vi915_debugfs_fopen(at, fd, "i915_gem_objects");

	if (fscanf(f, "%ld", &count) != 1)
		vi915_fail_at(at, "i915_gem_objects does not start with a number");
	fclose(f);
	return count;
}

/* Keys may come in any order, and unknown keys are ignored. */
static bool vi915_object_parse(const char *line, struct vi915_object *o)
{
	char copy[256], *word, *rest = copy;
	int known = 0;

	memset(o, 0, sizeof(*o));
	snprintf(copy, sizeof(copy), "%s", line);
	while ((word = strsep(&rest, " \n"))) {
		known += sscanf(word, "ino=%" SCNu64, &o->ino) == 1;
		known += sscanf(word, "size=%" SCNu64, &o->size) == 1;
		known += sscanf(word, "kind=%15s", o->kind) == 1;
		known += sscanf(word, "pages=%" SCNu64, &o->pages) == 1;
		known += sscanf(word, "users=%d", &o->users) == 1;
		known += sscanf(word, "shares=%d", &o->shares) == 1;
		known += sscanf(word, "mapped=%d", &o->mapped) == 1;
		known += sscanf(word, "copy=%" SCNu64, &o->copy) == 1;
		known += sscanf(word, "dir=%15s", o->dir) == 1;
		known += sscanf(word, "madv=%15s", o->madv) == 1;
	}
	return known == 10;
}

static bool vi915_object_search(const char *at, int fd, uint64_t ino, uint64_t size,
				struct vi915_object *object)
{
	FILE *f = vi915_debugfs_fopen(at, fd, "vi915_objects");
	bool found = false;
	char line[256];

	while (!found && fgets(line, sizeof(line), f)) {
		if (!vi915_object_parse(line, object))
			vi915_fail_at(at, "vi915_objects has a line of another form: %s", line);
		found = (!ino || object->ino == ino) && (!size || object->size == size);
	}
	fclose(f);
	return found;
}

bool __vi915_object_find(int fd, uint64_t ino, uint64_t size, struct vi915_object *object)
{
	return vi915_object_search(VI915_AT, fd, ino, size, object);
}

void vi915_object_find_at(const char *at, int fd, uint64_t ino, uint64_t size,
			  struct vi915_object *object)
{
	if (!vi915_object_search(at, fd, ino, size, object))
		vi915_fail_at(at, "no object with ino=%" PRIu64 " size=%" PRIu64
			      " in vi915_objects", ino, size);
}

ssize_t __vi915_debugfs_read(int fd, const char *file, char *buf, size_t size)
{
	char path[128];
	ssize_t n = 0, ret;
	size_t done;
	int f;

	snprintf(path, sizeof(path), VI915_DRI_DEBUGFS "/%d/%s", vi915_minor(fd), file);
	f = open(path, O_RDONLY | O_CLOEXEC);
	if (f < 0)
		return -errno;
	for (done = 0; done < size - 1; done += n) {
		n = read(f, buf + done, size - 1 - done);
		if (n <= 0)
			break;
	}
	ret = n < 0 ? -errno : (ssize_t)done;
	close(f);
	buf[done] = '\0';
	return ret;
}

int __vi915_debugfs_write(int fd, const char *file, const char *text)
{
	char path[128];
	ssize_t n;
	int f, ret;

	snprintf(path, sizeof(path), VI915_DRI_DEBUGFS "/%d/%s", vi915_minor(fd), file);
	f = open(path, O_WRONLY | O_CLOEXEC);
	if (f < 0)
		return -errno;
	n = write(f, text, strlen(text));
	ret = n < 0 ? -errno : 0;
	close(f);
	return ret;
}

int __vi915_drop_caches(int fd, uint64_t bits)
{
	char text[32];

	snprintf(text, sizeof(text), "0x%" PRIx64, bits);
	return __vi915_debugfs_write(fd, "i915_gem_drop_caches", text);
}
