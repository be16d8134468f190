/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Files in the sysfs folder of a GPU's card. */
#ifndef VI915_TESTS_SYSFS_H
#define VI915_TESTS_SYSFS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "fail.h"

/**
 * __vi915_sysfs_read() - read a file
 * @gpu: name of the GPU
 * @file: path relative to the folder of its card: "engine/rcs0/name"
 *
 * Returns: number of bytes, without the added closing 0, or -errno.
 */
ssize_t __vi915_sysfs_read(const char *gpu, const char *file, char *text, size_t size);
int __vi915_sysfs_write(const char *gpu, const char *file, const char *text);

/* Read a file that holds one number. */
uint64_t vi915_sysfs_number_at(const char *at, const char *gpu, const char *file);
#define vi915_sysfs_number(gpu, file) vi915_sysfs_number_at(VI915_AT, gpu, file)

#endif
