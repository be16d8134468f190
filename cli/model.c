// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * `info` and `graph` first build a model, as JSON, and then print it in one of several forms, so
 * all forms can show the same. This file has the functions to fill and to read such a model.
 */
#include "model.h"

#include <ctype.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Longer sentences do not fit on a line of 100 columns with the words before them. */
#define VI915_MODEL_LONG 80

/**
 * vi915_model_set_text() - set a member to a text
 * @to: the object
 * @key: the member
 * @text: the text; copied
 */
void vi915_model_set_text(struct json_object *to, const char *key, const char *text)
{
	json_object_object_add(to, key, json_object_new_string(text));
}

/**
 * vi915_model_set_number() - set a member to a number
 * @to: the object
 * @key: the member
 * @number: the number
 */
void vi915_model_set_number(struct json_object *to, const char *key, int64_t number)
{
	json_object_object_add(to, key, json_object_new_int64(number));
}

/**
 * vi915_model_set_flag() - set a member to true or false
 * @to: the object
 * @key: the member
 * @flag: which
 */
void vi915_model_set_flag(struct json_object *to, const char *key, bool flag)
{
	json_object_object_add(to, key, json_object_new_boolean(flag));
}

/**
 * vi915_model_set_words() - set members from a line of a file in debugfs
 * @to: the object
 * @line: "key=value key=value..."; a value that has only digits becomes a number
 */
void vi915_model_set_words(struct json_object *to, const char *line)
{
	char copy[1024], *word, *rest = copy, *value;

	snprintf(copy, sizeof(copy), "%s", line);
	while ((word = strsep(&rest, " \t\n"))) {
		value = strchr(word, '=');
		if (!value)
			continue;
		*value++ = '\0';
		if (isdigit((unsigned char)*value) && strspn(value, "0123456789") == strlen(value))
			json_object_object_add(to, word,
					       json_object_new_int64(strtoll(value, NULL, 10)));
		else
			vi915_model_set_text(to, word, value);
	}
}

/**
 * vi915_model_list() - get a member that is a list
 * @of: the object
 * @key: the member; replaced by an empty list when it is missing or no list
 *
 * A model may come from a guest, so any member may have any type.
 *
 * Return: the list, owned by @of; if @of is no object, an empty list to which nothing may be added.
 */
struct json_object *vi915_model_list(struct json_object *of, const char *key)
{
	static struct json_object *nothing;
	struct json_object *list = NULL;

	if (!json_object_is_type(of, json_type_object))
		return nothing ?: (nothing = json_object_new_array());
	json_object_object_get_ex(of, key, &list);
	if (!json_object_is_type(list, json_type_array)) {
		list = json_object_new_array();
		json_object_object_add(of, key, list);
	}
	return list;
}

/**
 * vi915_model_add() - add an object to a list
 * @to: the object that has the list
 * @key: the member that is the list
 *
 * Return: the new object, owned by the list.
 */
struct json_object *vi915_model_add(struct json_object *to, const char *key)
{
	struct json_object *added = json_object_new_object();

	json_object_array_add(vi915_model_list(to, key), added);
	return added;
}

/**
 * vi915_model_has() - check whether an object has a member
 * @of: the object
 * @key: the member
 *
 * Return: true if it has.
 */
bool vi915_model_has(struct json_object *of, const char *key)
{
	return json_object_object_get_ex(of, key, NULL);
}

/**
 * vi915_model_text() - get a member as text
 * @of: the object
 * @key: the member
 *
 * Return: the text, or "" when it is not there or null.
 */
const char *vi915_model_text(struct json_object *of, const char *key)
{
	struct json_object *value;

	if (!json_object_object_get_ex(of, key, &value))
		return "";
	return json_object_get_string(value) ?: "";
}

/**
 * vi915_model_number() - get a member as a number
 * @of: the object
 * @key: the member
 *
 * Return: the number, or 0 when it is not there.
 */
int64_t vi915_model_number(struct json_object *of, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(of, key, &value) ? json_object_get_int64(value) : 0;
}

/**
 * vi915_model_find() - find the first object of a list with a member of this text
 * @list: the list
 * @key: the member
 * @text: its value
 *
 * Return: the object, owned by the list, or NULL when there is none.
 */
struct json_object *vi915_model_find(struct json_object *list, const char *key, const char *text)
{
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *item = json_object_array_get_idx(list, i);

		if (vi915_model_has(item, key) && !strcmp(vi915_model_text(item, key), text))
			return item;
	}
	return NULL;
}

/**
 * vi915_model_find_number() - find the first object of a list with this number
 * @list: the list
 * @key: the member
 * @number: its value
 *
 * Return: the object, owned by the list, or NULL when there is none.
 */
struct json_object *vi915_model_find_number(struct json_object *list, const char *key,
					    int64_t number)
{
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *item = json_object_array_get_idx(list, i);

		if (vi915_model_has(item, key) && vi915_model_number(item, key) == number)
			return item;
	}
	return NULL;
}

/**
 * vi915_model_miss() - note what a model lacks, why, and how to get it
 * @model: the model
 * @format: the sentence, without a full stop
 */
void vi915_model_miss(struct json_object *model, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	json_object_array_add(vi915_model_list(model, "missing"), json_object_new_string(text));
}

/**
 * vi915_model_print_missing() - print what a model lacks
 * @model: the model
 */
void vi915_model_print_missing(struct json_object *model)
{
	struct json_object *list = vi915_model_list(model, "missing");

	for (size_t i = 0; i < json_object_array_length(list); i++) {
		const char *text = json_object_get_string(json_object_array_get_idx(list, i));
		const char *why = strlen(text) > VI915_MODEL_LONG ? strstr(text, ": ") : NULL;

		printf("%snot shown: ", i ? "" : "\n");
		if (why)
			printf("%.*s:\n    %s\n", (int)(why - text), text, why + 2);
		else
			printf("%s\n", text);
	}
}

/**
 * vi915_model_print_json() - print a model for programs
 * @model: the model
 *
 * Return: 0.
 */
int vi915_model_print_json(struct json_object *model)
{
	puts(json_object_to_json_string_ext(model, JSON_C_TO_STRING_PRETTY |
							   JSON_C_TO_STRING_NOSLASHESCAPE));
	return 0;
}

/**
 * vi915_model_size() - format a number of bytes, as in 900 KiB
 * @bytes: the number
 * @text: filled
 *
 * Return: @text.
 */
const char *vi915_model_size(int64_t bytes, char text[24])
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB" };
	double size = (double)bytes;
	unsigned int unit = 0;

	while (size >= 1024 && unit < sizeof(units) / sizeof(units[0]) - 1) {
		size /= 1024;
		unit++;
	}
	/* A decimal only where it is not 0 and the number is small. */
	snprintf(text, 24, size == (double)(int64_t)size || size >= 100 ? "%.0f %s" : "%.1f %s",
		 size, units[unit]);
	return text;
}

/**
 * vi915_model_read_line() - read the first line of a small file
 * @path: the file
 * @line: filled, without its newline
 * @size: of @line
 *
 * Return: whether there is one.
 */
bool vi915_model_read_line(const char *path, char *line, int size)
{
	FILE *file = fopen(path, "re");
	bool read = file && fgets(line, size, file);

	if (file)
		fclose(file);
	if (!read)
		line[0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return read;
}
