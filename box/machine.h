/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_MACHINE_H
#define VI915_MACHINE_H

#include <stdbool.h>
#include <sys/types.h>

#define VI915_MACHINE_MAX_ARGS 128

/*
 * Descriptors after the link's: the preloaded library, since a colon would end its path, and the
 * memory's file.
 */
#define VI915_MACHINE_PRELOAD_FD 4
#define VI915_MACHINE_MEMORY_FD 5

/**
 * struct vi915_machine - a process that is the box's kernel
 * @argv: its command line so far, NULL-terminated
 * @num: number of arguments
 * @writable: paths of the host that it may write, NULL-terminated, or NULL
 * @mem_dir: folder of its memory's file, which is also its TMPDIR; NULL for none
 * @in_memory: the memory's file is a memfd, not in @mem_dir
 * @preload: path of a library to preload, or NULL
 * @cpu: the CPU it is pinned to, or -1
 * @fixed: it needs the same addresses each time (no ASLR), if the host allows
 * @log_fd: its stdout and stderr
 * @link_fd: the guest's end of the link
 */
struct vi915_machine {
	char *argv[VI915_MACHINE_MAX_ARGS];
	int num;
	char *const *writable;
	const char *mem_dir;
	bool in_memory;
	const char *preload;
	int cpu;
	bool fixed;
	int log_fd;
	int link_fd;
};

void vi915_machine_add(struct vi915_machine *machine, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
pid_t vi915_machine_start(struct vi915_machine *machine);
bool vi915_machine_lives(pid_t pid);
void vi915_machine_kill(pid_t pid);

#endif
