/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Faults on order: the folder vi915_faults of a GPU in debugfs. */
#ifndef VI915_TESTS_INJECT_H
#define VI915_TESTS_INJECT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "fail.h"

/**
 * __inject_read() - read a file of one kind of call
 * @fd: any of the GPU's files
 * @call: "import", ..., or "hang"
 * @file: "when", "errno", "calls", "failures"
 *
 * Returns: number of bytes, without the newline and the closing 0, or -errno.
 */
ssize_t __inject_read(int fd, const char *call, const char *file, char *text, size_t size);
int __inject_write(int fd, const char *call, const char *file, const char *text);

/* Set the order; @error may be NULL to leave the errno as it is. */
void inject_order_at(const char *at, int fd, const char *call, const char *when,
		     const char *error);
#define inject_order(fd, call, when, error) inject_order_at(VI915_AT, fd, call, when, error)

/* Read a file that holds a number. */
uint64_t inject_count_at(const char *at, int fd, const char *call, const char *file);
#define inject_count(fd, call, file) inject_count_at(VI915_AT, fd, call, file)

/* Cancel all orders. */
void inject_nothing_at(const char *at, int fd);
#define inject_nothing(fd) inject_nothing_at(VI915_AT, fd)

/* How many files this process has open. */
int inject_open_files(void);

#endif
