/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Loading and unloading the driver. Whoever does so has a box of its own.
 */
#ifndef VI915_TESTS_MODULE_H
#define VI915_TESTS_MODULE_H

#include "fail.h"

#define MODULE "vi915"

/**
 * module_open() - the file that the box loaded: build/box/FLAVOUR/vi915.ko
 *
 * VI915_KO=FILE says that it is another. Returns: a file descriptor.
 */
int module_open_at(const char *at);
#define module_open() module_open_at(VI915_AT)

/**
 * __module_load_file() - load what module_open() gave
 * @params: "gpus=..."
 *
 * Returns: 0 or -errno.
 */
int __module_load_file(int file, const char *params);
/* The same in one go. */
int __module_load(const char *params);
#define module_load(params) vi915_check(__module_load(params))

/* Does not wait for users: -EWOULDBLOCK. */
int __module_unload(void);
#define module_unload() vi915_check(__module_unload())

#endif
