// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gpu.h"

static void config_path(char path[256], const char *name, const char *file)
{
	snprintf(path, 256, CONFIG_DIR "/%s%s%s", name, file ? "/" : "", file ? file : "");
}

int __config_make(const char *name)
{
	char path[256];

	config_path(path, name, NULL);
	return mkdir(path, 0755) ? -errno : 0;
}

int __config_remove(const char *name)
{
	char path[256];

	config_path(path, name, NULL);
	return rmdir(path) ? -errno : 0;
}

int __config_set(const char *name, const char *file, const char *value)
{
	char path[256], line[CONFIG_TEXT];
	int fd, n, ret;

	config_path(path, name, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = snprintf(line, sizeof(line), "%s\n", value);
	ret = write(fd, line, n) == n ? 0 : -errno;
	close(fd);
	return ret;
}

void config_gpu_at(const char *at, const char *name, const char *key, const char *value)
{
	vi915_check_at(at, "make", __config_make(name));
	vi915_check_at(at, key, __config_set(name, key, value));
	vi915_check_at(at, "plug", __config_plug(name));
}

int __config_get(const char *name, const char *file, char value[CONFIG_TEXT])
{
	char path[256];
	ssize_t n;
	int fd, ret;

	config_path(path, name, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, value, CONFIG_TEXT - 1);
	ret = n < 0 ? -errno : 0;
	close(fd);
	value[n < 0 ? 0 : n] = '\0';
	value[strcspn(value, "\n")] = '\0';
	return ret;
}

const char *config_get_at(const char *at, const char *name, const char *file,
			  char value[CONFIG_TEXT])
{
	int ret = __config_get(name, file, value);

	if (ret)
		vi915_fail_at(at, "reading " CONFIG_DIR "/%s/%s: %s", name, file,
			      vi915_errname(ret));
	return value;
}

int config_card(const char *name)
{
	struct vi915_gpu gpu;

	return __vi915_gpu_find(name, &gpu) ? -1 : gpu.card;
}
