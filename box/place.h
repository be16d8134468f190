/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_PLACE_H
#define VI915_PLACE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * struct vi915_place - a place for a box's memory
 * @path: a folder, for the memory or at least for a socket
 * @in_memory: the memory is a memfd, not in @path
 * @on_tmpfs: the place is in the machine's memory
 * @free_mib: free MiB when it was chosen
 */
struct vi915_place {
	char path[PATH_MAX];
	bool in_memory;
	bool on_tmpfs;
	unsigned long free_mib;
};

int vi915_place_find(struct vi915_place *place, unsigned long mem_mib,
		     char *why, size_t size);
unsigned long vi915_place_free_mib(const struct vi915_place *place);

#endif
