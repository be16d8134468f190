/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The lines of /proc/self/fdinfo about an open file of a GPU. */
#ifndef VI915_TESTS_FDINFO_H
#define VI915_TESTS_FDINFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fail.h"

/**
 * __vi915_fdinfo() - the text behind "key:"
 *
 * Returns: 0, or -ENOENT when there is no such key.
 */
int __vi915_fdinfo(int fd, const char *key, char *value, size_t size);

/**
 * vi915_fdinfo() - the number behind "key:", in bytes, ns, or without a unit
 */
uint64_t vi915_fdinfo_at(const char *at, int fd, const char *key);
#define vi915_fdinfo(fd, key) vi915_fdinfo_at(VI915_AT, fd, key)

#endif
