/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_PLACE_H
#define VI915_PLACE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * struct vi915_place - where a box's memory can lie
 * @path: a folder
 * @in_memory: not there, but in a file that is in no folder
 * @on_tmpfs: it lives in memory itself
 * @free_mib: what it had free
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
