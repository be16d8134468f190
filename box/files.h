/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_FILES_H
#define VI915_FILES_H

#include <limits.h>
#include <stddef.h>

/**
 * struct vi915_files - paths of the parts of a box
 * @kernel: the kernel
 * @initrd: its root in memory, for kernels other than User-Mode Linux
 * @init: its first process
 * @memory: library to preload into User-Mode Linux, which makes it use the memory file that it is
 *	given
 * @modules: folder of its modules
 * @module: vi915.ko
 */
struct vi915_files {
	char kernel[PATH_MAX];
	char initrd[PATH_MAX];
	char init[PATH_MAX];
	char memory[PATH_MAX];
	char modules[PATH_MAX];
	char module[PATH_MAX];
};

const char *vi915_files_remedy(const char *flavour);
void vi915_files_name(struct vi915_files *files, const char *flavour);
int vi915_files_find(struct vi915_files *files, const char *flavour);

#endif
