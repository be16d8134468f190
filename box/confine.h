/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_CONFINE_H
#define VI915_CONFINE_H

#include <stdbool.h>

/* Older versions of Landlock cannot forbid moves between folders. */
#define VI915_CONFINE_MIN_ABI 2
/* From this version on Landlock can forbid truncating files. */
#define VI915_CONFINE_TRUNCATE_ABI 3

int vi915_confine(char *const *writable);
int vi915_confine_landlock(void);
bool vi915_confine_mounts(void);

#endif
