/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_DESCRIPTION_H
#define VI915_DESCRIPTION_H

#include <stdbool.h>
#include <stddef.h>

struct json_object;
struct vi915_config;

void vi915_description_usual(const struct vi915_config *config, struct vi915_config *usual);
size_t vi915_description_differs(const struct vi915_config *config,
				 const struct vi915_config *usual, char *buf, size_t size);
struct json_object *vi915_description_json(const struct vi915_config *config);
bool vi915_description_read(struct json_object *description, struct vi915_config *config);

#endif
