// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "proto.h"

/**
 * DOC: the first process of a kernel that cannot mount the host's root
 *
 * User-Mode Linux starts on hostfs. A distribution's kernel has neither that nor 9P built in, so it
 * starts on a small root in memory. From there this program loads the files in /modules, in the
 * order of their names, mounts the host's root, and executes the box's first process, its only
 * argument.
 */

#define VI915_BOOT_ROOT "/host"

/* Only the kernel's log can be written to; the kernel panics when its first process ends. */
static int vi915_boot_fail(const char *what)
{
	fprintf(stderr, "vi915-boot: %s: %s\n", what, strerror(errno));
	return 1;
}

static int vi915_boot_load(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), ret;

	if (fd < 0)
		return -1;
	ret = syscall(SYS_finit_module, fd, "", 0);
	close(fd);
	return ret;
}

int main(int argc, char **argv)
{
	glob_t found;
	size_t i;

	if (argc != 2)
		return vi915_boot_fail("the command line names no first process");
	if (!glob("/modules/*.ko", 0, NULL, &found))
		for (i = 0; i < found.gl_pathc; i++)
			if (vi915_boot_load(found.gl_pathv[i]))
				return vi915_boot_fail(found.gl_pathv[i]);

	mkdir(VI915_BOOT_ROOT, 0755);
	if (mount("root", VI915_BOOT_ROOT, "9p", MS_RDONLY,
		  VI915_PROTO_9P))
		return vi915_boot_fail("cannot mount the host's root");
	if (chdir(VI915_BOOT_ROOT) || mount(".", "/", NULL, MS_MOVE, NULL) ||
	    chroot(".") || chdir("/"))
		return vi915_boot_fail("cannot enter the host's root");
	execl(argv[1], argv[1], NULL);
	return vi915_boot_fail(argv[1]);
}
