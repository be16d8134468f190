// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Descriptions as text, with only the keys that differ from the defaults.
 */
#include "description.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "driver/vi915_config.h"
#include "model.h"

/**
 * vi915_description_usual() - make the description that has only the same set
 * @config: the description
 * @usual: filled; its name is @config's
 */
void vi915_description_usual(const struct vi915_config *config, struct vi915_config *usual)
{
	char set[32], reason[VI915_REASON_LEN];

	vi915_config_init(usual, 0);
	vi915_config_print_key(config, "set", set, sizeof(set));
	vi915_config_set(usual, "set", set, reason);
	snprintf(usual->name, sizeof(usual->name), "%s", config->name);
}

/**
 * vi915_description_differs() - write the keys that differ from the usual values
 * @config: the description
 * @usual: the usual values; its set is written too
 * @buf: filled with "key=value key=value..."
 * @size: bytes at @buf
 *
 * Return: bytes written, without the final NUL.
 */
size_t vi915_description_differs(const struct vi915_config *config,
				 const struct vi915_config *usual, char *buf, size_t size)
{
	char is[VI915_CONFIG_LEN], was[VI915_CONFIG_LEN];
	struct vi915_config plain;
	const char *key;
	size_t n = 0;

	buf[0] = '\0';
	vi915_config_init(&plain, 0);
	for (unsigned int i = 0; (key = vi915_config_key(i, NULL, 0)); i++) {
		vi915_config_print_key(config, key, is, sizeof(is));
		vi915_config_print_key(strcmp(key, "set") ? usual : &plain, key, was, sizeof(was));
		if (strcmp(is, was) && n < size)
			n += snprintf(buf + n, size - n, "%s%s=%s", n ? " " : "", key, is);
	}
	return n < size ? n : size - 1;
}

/**
 * vi915_description_json() - convert a description to JSON
 * @config: the description
 *
 * Return: an object with a member for each key, and the name.
 */
struct json_object *vi915_description_json(const struct vi915_config *config)
{
	struct json_object *description = json_object_new_object();
	char line[VI915_CONFIG_LEN];

	vi915_config_print(config, line, sizeof(line));
	vi915_model_set_words(description, line);
	return description;
}

/**
 * vi915_description_read() - convert a description in JSON, read from a driver
 * @description: an object with a member for each key, and the name
 * @config: filled
 *
 * Return: false for a driver that has other keys than this command.
 */
bool vi915_description_read(struct json_object *description, struct vi915_config *config)
{
	char reason[VI915_REASON_LEN];
	const char *key;

	vi915_config_init(config, 0);
	if (vi915_config_set_name(config, vi915_model_text(description, "name"), reason) ||
	    vi915_config_set(config, "set", vi915_model_text(description, "set"), reason))
		return false;
	for (unsigned int i = 0; (key = vi915_config_key(i, NULL, 0)); i++)
		if (strcmp(key, "set") &&
		    vi915_config_set(config, key, vi915_model_text(description, key), reason))
			return false;
	return true;
}
