/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_PLACE_H
#define VI915_PLACE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * struct vi915_place - a folder that can hold a box's memory
 * @path: which
 * @on_tmpfs: it lives in memory itself
 * @free_mib: what it had free
 */
struct vi915_place {
	char path[PATH_MAX];
	bool on_tmpfs;
	unsigned long free_mib;
};

int vi915_place_find(struct vi915_place *place, unsigned long mem_mib,
		     char *why, size_t size);
unsigned long vi915_place_free_mib(const struct vi915_place *place);

#endif
