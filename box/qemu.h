/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_QEMU_H
#define VI915_QEMU_H

#include <stdbool.h>
#include <sys/types.h>

/**
 * struct vi915_qemu_args - options to start a guest's kernel in QEMU
 * @kernel: path of the kernel
 * @initrd: path of the initrd, which mounts the host's root
 * @init: path of its first process, in the host's root
 * @mem_mib: its memory
 * @writable: paths of the host that it may write, NULL-terminated
 * @log_fd: where its console goes
 * @link_fd: the guest's end of the link
 */
struct vi915_qemu_args {
	const char *kernel;
	const char *initrd;
	const char *init;
	unsigned long mem_mib;
	char *const *writable;
	int log_fd;
	int link_fd;
};

int vi915_qemu_find(void);
bool vi915_qemu_runs(const char *flavour);
pid_t vi915_qemu_start(const struct vi915_qemu_args *args);

#endif
