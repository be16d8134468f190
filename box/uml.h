/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_UML_H
#define VI915_UML_H

#include <stdbool.h>
#include <sys/types.h>

/**
 * struct vi915_uml_args - what a guest's kernel is started with
 * @kernel: the kernel
 * @init: its first process
 * @mem_mib: its memory
 * @mem_dir: the folder its memory lies in
 * @in_memory: its memory lies in no folder
 * @preload: what is preloaded so that it takes the memory it is given
 * @writable: what of the host's it may write
 * @cpu: the CPU it is pinned to
 * @log_fd: where its console goes
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
