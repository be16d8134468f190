// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "box/say.h"
#include "gpus.h"

/**
 * DOC: descriptions
 *
 * The driver checks them too, and has the last word: it is what runs on other
 * machines. Here they are checked first, so that a mistake costs no boot and
 * is reported in terms of the option it was made in.
 */

#define VI915_GPUS_NAME_MAX 31
/* So many good values are told one by one. */
#define VI915_GPUS_LIST 4

struct vi915_gpus_key {
	const char *name;
	/*
	 * The good values, NULL-terminated. One that ends in a word in capitals,
	 * as in delay=MS, takes a number from 1 to max there.
	 */
	const char *const *values;
	unsigned long max;
};

static const char *const vi915_gpus_bools[] = { "0", "1", NULL };
static const char *const vi915_gpus_imports[] = { "gpu", "cpu", NULL };

static const char *const vi915_gpus_outputs[] = {
	"0", "1", "2", "3", "4", "5", "6", "7", "8", NULL
};

static const char *const vi915_gpus_vblanks[] = { "off", "mode", NULL };

static const char *const vi915_gpus_clocks[] = {
	"now", "delay=MS", "lazy", "manual", NULL
};

static const struct vi915_gpus_key vi915_gpus_keys[] = {
	{ "clock", vi915_gpus_clocks, 10000 },
	{ "fbdev", vi915_gpus_bools, 0 },
	{ "imports", vi915_gpus_imports, 0 },
	{ "outputs", vi915_gpus_outputs, 0 },
	{ "render", vi915_gpus_bools, 0 },
	{ "vblank", vi915_gpus_vblanks, 0 },
};

#define VI915_GPUS_NUM_KEYS \
	(sizeof(vi915_gpus_keys) / sizeof(vi915_gpus_keys[0]))

static int vi915_gpus_bad_key(const char *description, const char *word)
{
	char names[256] = "";
	size_t n = 0, i;

	for (i = 0; i < VI915_GPUS_NUM_KEYS; i++)
		n += snprintf(names + n, sizeof(names) - n, "%s%s",
			      i ? ", " : "", vi915_gpus_keys[i].name);
	return vi915_say("--gpu %s: there is no key '%s'; the keys are %s",
			 description, word, names);
}

static int vi915_gpus_bad_value(const char *description,
				const struct vi915_gpus_key *key,
				const char *value)
{
	char values[256] = "";
	size_t n = 0, num = 0, i;

	while (key->values[num])
		num++;
	/* A long list is one of numbers in a row. */
	if (num > VI915_GPUS_LIST)
		snprintf(values, sizeof(values), "%s=%s to %s=%s", key->name,
			 key->values[0], key->name, key->values[num - 1]);
	for (i = 0; num <= VI915_GPUS_LIST && i < num; i++)
		n += snprintf(values + n, sizeof(values) - n, "%s%s=%s",
			      i ? " or " : "", key->name, key->values[i]);
	if (key->max)
		snprintf(values + n, sizeof(values) - n, ", MS from 1 to %lu",
			 key->max);
	return vi915_say("--gpu %s: %s cannot be '%s'; write %s", description,
			 key->name, value, values);
}

static bool vi915_gpus_is_good(const struct vi915_gpus_key *key,
			       const char *good, const char *value)
{
	const char *equals = strchr(good, '=');
	size_t literal = equals ? (size_t)(equals + 1 - good) : strlen(good);
	unsigned long number;

	if (!good[literal])
		return !strcmp(good, value);
	if (strncmp(good, value, literal))
		return false;
	value += literal;
	if (!*value || strspn(value, "0123456789") != strlen(value))
		return false;
	number = strtoul(value, NULL, 10);
	return number && number <= key->max;
}

static int vi915_gpus_check_pair(const char *description, const char *word,
				 const char *value)
{
	const struct vi915_gpus_key *key = vi915_gpus_keys;
	size_t i;

	while (key < vi915_gpus_keys + VI915_GPUS_NUM_KEYS &&
	       strcmp(key->name, word))
		key++;
	if (key == vi915_gpus_keys + VI915_GPUS_NUM_KEYS)
		return vi915_gpus_bad_key(description, word);
	for (i = 0; key->values[i]; i++)
		if (vi915_gpus_is_good(key, key->values[i], value))
			return 0;
	return vi915_gpus_bad_value(description, key, value);
}

static int vi915_gpus_check_name(const char *description, const char *name)
{
	const char *c = name;

	/* The driver takes a lone number for a number of GPUs. */
	if (*name && strspn(name, "0123456789") == strlen(name))
		return vi915_say("--gpu %s: a name is no number; write --gpus %s for that many GPUs",
				 description, name);
	while (*c && (isalnum((unsigned char)*c) || strchr("_-.", *c)))
		c++;
	if (*c || !isalpha((unsigned char)*name) || c - name > VI915_GPUS_NAME_MAX)
		return vi915_say("--gpu %s: '%s' is no name for a GPU; write a letter, then up to %d letters, digits, '_', '-' or '.'",
				 description, name, VI915_GPUS_NAME_MAX - 1);
	return 0;
}

/* Of a key that is given more than once, the last value counts. */
static const char *vi915_gpus_value(const char *description, const char *key,
				    const char *by_default)
{
	size_t length = strlen(key);
	const char *at = description;

	for (; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (!strncmp(at, key, length) && at[length] == '=')
			by_default = at + length + 1;
	}
	return by_default;
}

/* What each key allows, but not all of them together; all are one digit. */
static int vi915_gpus_check_together(const char *description)
{
	bool outputs = *vi915_gpus_value(description, "outputs", "1") != '0';

	if (!outputs && *vi915_gpus_value(description, "render", "1") == '0')
		return vi915_say("--gpu %s: it has neither a render node nor outputs; write render=1 or outputs=1",
				 description);
	if (!outputs && *vi915_gpus_value(description, "fbdev", "0") == '1')
		return vi915_say("--gpu %s: it has fbdev=1 but no outputs; write outputs=1 or fbdev=0",
				 description);
	return 0;
}

/* Reads @copy, a copy of @description; the name goes to @name when given. */
static int vi915_gpus_check(const char *description, char *copy,
			    const char **name)
{
	char *rest = copy, *word, *value;
	bool first = true;
	int ret;

	while ((word = strsep(&rest, ","))) {
		value = strchr(word, '=');
		if (value) {
			*value++ = '\0';
			ret = vi915_gpus_check_pair(description, word, value);
		} else if (first) {
			*name = word;
			ret = vi915_gpus_check_name(description, word);
		} else {
			ret = vi915_say("--gpu %s: '%s' has no '='; write NAME,key=value,...",
					description, word);
		}
		if (ret)
			return ret;
		first = false;
	}
	return vi915_gpus_check_together(description);
}

static int vi915_gpus_check_unique(const struct vi915_gpus *gpus,
				   const char *name)
{
	unsigned int i;

	for (i = 0; i < gpus->num; i++)
		if (!strcmp(gpus->names[i], name))
			return vi915_say("two GPUs are called '%s'; give each --gpu a name of its own",
					 name);
	return 0;
}

/**
 * vi915_gpus_add() - add a GPU by its description
 * @gpus: the GPUs so far
 * @description: "[NAME][,key=value]..."
 *
 * Return: 0, or the exit code after saying what is wrong.
 */
int vi915_gpus_add(struct vi915_gpus *gpus, const char *description)
{
	char *copy = strdup(description), *text, by_default[16];
	const char *name = by_default;
	int ret;

	if (gpus->num == VI915_GPUS_MAX) {
		free(copy);
		return vi915_say("more than %d GPUs are too many; write --gpu less often",
				 VI915_GPUS_MAX);
	}
	snprintf(by_default, sizeof(by_default), "gpu%u", gpus->num);
	ret = vi915_gpus_check(description, copy, &name);
	if (!ret)
		ret = vi915_gpus_check_unique(gpus, name);
	if (!ret && asprintf(&text, "%s%s%s", gpus->num ? gpus->text : "",
			     gpus->num ? ";" : "", description) < 0)
		ret = vi915_say("out of memory");
	if (!ret) {
		free(gpus->text);
		gpus->text = text;
		gpus->names[gpus->num++] = strdup(name);
	}
	free(copy);
	return ret;
}
