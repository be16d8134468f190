// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "module.h"

static void module_path(char *path, size_t size)
{
	const char *ko = getenv("VI915_KO");
	struct utsname name;

	uname(&name);
	if (ko)
		snprintf(path, size, "%s", ko);
	else
		snprintf(path, size, "build/box/%s/" MODULE ".ko",
			 strstr(name.release, "-debug") ? "debug" : "fast");
}

int module_open_at(const char *at)
{
	char path[512];
	int fd;

	module_path(path, sizeof(path));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		vi915_fail_at(at, "open %s: %s; say with VI915_KO where the module is", path,
			      vi915_errname(errno));
	return fd;
}

int __module_load_file(int file, const char *params)
{
	return syscall(SYS_finit_module, file, params, 0) ? -errno : 0;
}

int __module_load(const char *params)
{
	int fd = module_open(), ret = __module_load_file(fd, params);

	close(fd);
	return ret;
}

int __module_unload(void)
{
	return syscall(SYS_delete_module, MODULE, O_NONBLOCK) ? -errno : 0;
}
