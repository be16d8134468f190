/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_DEVICES_H
#define VI915_DEVICES_H

#include <stdbool.h>
#include <stddef.h>

struct json_object;

bool vi915_devices_read(struct json_object *model);
bool vi915_devices_debugfs(struct json_object *device, const char *file, char *path, size_t size);
bool vi915_devices_ours(struct json_object *device);

#endif
