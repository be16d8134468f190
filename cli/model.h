/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_MODEL_H
#define VI915_MODEL_H

#include <stdbool.h>
#include <stdint.h>

struct json_object;

#define VI915_MODEL_DEBUGFS "/sys/kernel/debug"

void vi915_model_set_text(struct json_object *to, const char *key, const char *text);
void vi915_model_set_number(struct json_object *to, const char *key, int64_t number);
void vi915_model_set_flag(struct json_object *to, const char *key, bool flag);
void vi915_model_set_words(struct json_object *to, const char *line);
struct json_object *vi915_model_add(struct json_object *to, const char *key);
struct json_object *vi915_model_list(struct json_object *of, const char *key);

const char *vi915_model_text(struct json_object *of, const char *key);
int64_t vi915_model_number(struct json_object *of, const char *key);
bool vi915_model_has(struct json_object *of, const char *key);
struct json_object *vi915_model_find(struct json_object *list, const char *key, const char *text);
struct json_object *vi915_model_find_number(struct json_object *list, const char *key,
					    int64_t number);

void vi915_model_miss(struct json_object *model, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void vi915_model_print_missing(struct json_object *model);
int vi915_model_print_json(struct json_object *model);
const char *vi915_model_size(int64_t bytes, char text[24]);

bool vi915_model_read_line(const char *path, char *line, int size);

#endif
