/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Loading and unloading the driver. A test that does so has a box of its own.
 */
#ifndef VI915_TESTS_MODULE_H
#define VI915_TESTS_MODULE_H

#include "fail.h"

#define MODULE "vi915"

/**
 * module_open() - open the module that the box loaded:
 * build/box/FLAVOUR/vi915.ko
 *
 * VI915_KO=FILE names another file. Returns: a file descriptor.
 */
int module_open_at(const char *at);
#define module_open() module_open_at(VI915_AT)

/**
 * __module_load_file() - load the file of module_open()
 * @params: module parameters, "gpus=..."
 *
 * Returns: 0 or -errno.
 */
int __module_load_file(int file, const char *params);
/* Open and load in one call. */
int __module_load(const char *params);
#define module_load(params) vi915_check(__module_load(params))

/* Unload without waiting for users: -EWOULDBLOCK while there are some. */
int __module_unload(void);
#define module_unload() vi915_check(__module_unload())

#endif
