// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * This library is preloaded into a box's kernel: see place.c. User-Mode Linux opens its memory with
 * O_TMPFILE; it gets the file that was opened for it, since its confinement lets it make none.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "machine.h"

int open64(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list args;

	if ((flags & O_TMPFILE) == O_TMPFILE)
		return fcntl(VI915_MACHINE_MEMORY_FD, F_DUPFD_CLOEXEC, 0);
	if (flags & O_CREAT) {
		va_start(args, flags);
		mode = va_arg(args, mode_t);
		va_end(args);
	}
	return syscall(SYS_openat, AT_FDCWD, path, flags | O_LARGEFILE, mode);
}
