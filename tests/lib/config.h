/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * GPUs in configfs: folders that are made and removed, and the files in them.
 */
#ifndef VI915_TESTS_CONFIG_H
#define VI915_TESTS_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "fail.h"

#define CONFIG_DIR "/sys/kernel/config/vi915"
/* Large enough for anything that is read from a folder. */
#define CONFIG_TEXT 1024

/* Make a GPU that is not plugged in; remove it. Return: 0 or -errno. */
int __config_make(const char *name);
#define config_make(name) vi915_check(__config_make(name))
int __config_remove(const char *name);
#define config_remove(name) vi915_check(__config_remove(name))

/**
 * __config_set() - write a file of a GPU's folder, as echo would
 *
 * Returns: 0 or -errno.
 */
int __config_set(const char *name, const char *file, const char *value);
#define config_set(name, file, value) vi915_check(__config_set(name, file, value))
#define __config_plug(name) __config_set(name, "live", "1")
#define config_plug(name) vi915_check(__config_plug(name))
#define __config_unplug(name) __config_set(name, "live", "0")
#define config_unplug(name) vi915_check(__config_unplug(name))

/* Make and plug in a GPU with this name, with one key set. */
void config_gpu_at(const char *at, const char *name, const char *key, const char *value);
#define config_gpu(name, key, value) config_gpu_at(VI915_AT, name, key, value)

/**
 * __config_get() - read a file of a GPU's folder
 * @value: filled, without the newline
 *
 * Returns: 0 or -errno.
 */
int __config_get(const char *name, const char *file, char value[CONFIG_TEXT]);
/* Returns: the value, in @value. */
const char *config_get_at(const char *at, const char *name, const char *file,
			  char value[CONFIG_TEXT]);
#define config_get(name, file, value) config_get_at(VI915_AT, name, file, value)

/* The number of a card of that name, or -1. */
int config_card(const char *name);

#endif
