/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_FOLDER_H
#define VI915_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

struct vi915_config;

/**
 * struct vi915_folder_name - the name of a GPU
 * @text: the name
 */
struct vi915_folder_name {
	char text[32];
};

#define VI915_FOLDER_DIR "/sys/kernel/config/vi915"

int vi915_folder_find(const char *verb);
bool vi915_folder_there(const char *name);
int vi915_folder_make(const char *name);
int vi915_folder_remove(const char *name);
int vi915_folder_set(const char *name, const char *file, const char *value);
int vi915_folder_get(const char *name, const char *file, char *value, size_t size);
int vi915_folder_names(struct vi915_folder_name **names);

int vi915_folder_read(const char *name, struct vi915_config *config);
int vi915_folder_write(const char *name, const struct vi915_config *config);

int vi915_folder_say(const char *verb, const char *name, int err);

#endif
