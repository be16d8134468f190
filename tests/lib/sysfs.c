// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gpu.h"
#include "sysfs.h"

static int sysfs_open(const char *name, const char *file, int flags)
{
	struct vi915_gpu gpu;
	char path[256];
	int ret, fd;

	ret = __vi915_gpu_find(name, &gpu);
	if (ret)
		return ret;
	snprintf(path, sizeof(path), "/sys/class/drm/card%d/%s", gpu.card, file);
	fd = open(path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

ssize_t __vi915_sysfs_read(const char *gpu, const char *file, char *text, size_t size)
{
	ssize_t n = 0, ret;
	size_t done;
	int fd;

	fd = sysfs_open(gpu, file, O_RDONLY);
	if (fd < 0)
		return fd;
	for (done = 0; done < size - 1; done += n) {
		n = read(fd, text + done, size - 1 - done);
		if (n <= 0)
			break;
	}
	ret = n < 0 ? -errno : (ssize_t)done;
	close(fd);
	text[done] = '\0';
	return ret;
}

int __vi915_sysfs_write(const char *gpu, const char *file, const char *text)
{
	ssize_t n;
	int fd, ret;

	fd = sysfs_open(gpu, file, O_WRONLY);
	if (fd < 0)
		return fd;
	n = write(fd, text, strlen(text));
	ret = n < 0 ? -errno : 0;
	close(fd);
	return ret;
}

uint64_t vi915_sysfs_number_at(const char *at, const char *gpu, const char *file)
{
	char text[64], *end;
	uint64_t number;

	vi915_check_at(at, file, __vi915_sysfs_read(gpu, file, text, sizeof(text)));
	number = strtoull(text, &end, 0);
	if (end == text || *end != '\n')
		vi915_fail_at(at, "%s is no number: %s", file, text);
	return number;
}
