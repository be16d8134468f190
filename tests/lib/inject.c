// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inject.h"
#include "proc.h"

static const char *const inject_calls[] = {
	"addfb", "commit", "create", "execbuf", "export", "hang", "import", "map", "mmap",
};

static void inject_path(const char *call, const char *file, char *path, size_t size)
{
	snprintf(path, size, "vi915_faults/%s/%s", call, file);
}

ssize_t __inject_read(int fd, const char *call, const char *file, char *text, size_t size)
{
	char path[64];
	ssize_t n;

	inject_path(call, file, path, sizeof(path));
	n = __vi915_debugfs_read(fd, path, text, size);
	if (n > 0 && text[n - 1] == '\n')
		text[--n] = '\0';
	return n;
}

int __inject_write(int fd, const char *call, const char *file, const char *text)
{
	char path[64];

	inject_path(call, file, path, sizeof(path));
	return __vi915_debugfs_write(fd, path, text);
}

void inject_order_at(const char *at, int fd, const char *call, const char *when,
		     const char *error)
{
	if (error)
		vi915_check_at(at, "errno", __inject_write(fd, call, "errno", error));
	vi915_check_at(at, "when", __inject_write(fd, call, "when", when));
}

uint64_t inject_count_at(const char *at, int fd, const char *call, const char *file)
{
	char text[32];

	vi915_check_at(at, file, __inject_read(fd, call, file, text, sizeof(text)));
	return strtoull(text, NULL, 0);
}

void inject_nothing_at(const char *at, int fd)
{
	for (size_t i = 0; i < sizeof(inject_calls) / sizeof(inject_calls[0]); i++)
		inject_order_at(at, fd, inject_calls[i], "never", NULL);
}

int inject_open_files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	if (!dir)
		vi915_fail("/proc/self/fd cannot be read");
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}
