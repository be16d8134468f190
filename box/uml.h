/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_UML_H
#define VI915_UML_H

#include <stdbool.h>
#include <sys/types.h>

/**
 * struct vi915_uml_args - options to start a User-Mode Linux
 * @kernel: path of the kernel
 * @init: path of its first process
 * @mem_mib: its memory
 * @mem_dir: folder of its memory's file
 * @in_memory: the memory's file is a memfd, not in @mem_dir
 * @preload: path of the library that hands over the memory's file
 * @writable: paths of the host that it may write, NULL-terminated, or NULL
 * @cpu: the CPU it is pinned to
 * @log_fd: file for its console
 * @link_fd: the guest's end of the link
 */
struct vi915_uml_args {
	const char *kernel;
	const char *init;
	unsigned long mem_mib;
	const char *mem_dir;
	bool in_memory;
	const char *preload;
	char *const *writable;
	int cpu;
	int log_fd;
	int link_fd;
};

pid_t vi915_uml_start(const struct vi915_uml_args *args);

#endif
