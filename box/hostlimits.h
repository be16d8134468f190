/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_HOSTLIMITS_H
#define VI915_HOSTLIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>

/* One process of the default vm.max_map_count has 256 MiB of scattered pages. */
#define VI915_LIMITS_MAPS 65530
/* A value that is enough for programs of some GiB. */
#define VI915_LIMITS_MANY_MAPS 1048576

/**
 * struct vi915_limits - limits and signals of our caller, as we found them
 * @files: limit on open files; the command in the box gets the same
 * @large_ignored: SIGXFSZ was ignored; it is for the command, too
 */
struct vi915_limits {
	struct rlimit files;
	bool large_ignored;
};

bool vi915_limits_low(unsigned long mem_mib, bool in_file, char *why, size_t size);
int vi915_limits_take(struct vi915_limits *limits, unsigned long mem_mib, bool in_file);
unsigned long vi915_limits_max_maps(void);
unsigned long vi915_limits_cpu(void);
bool vi915_limits_address_space(void);

#endif
