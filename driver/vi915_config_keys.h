/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_CONFIG_KEYS_H
#define VI915_CONFIG_KEYS_H

#include "vi915_config.h"

#ifdef __KERNEL__
#include <linux/kernel.h>
#include <linux/string.h>
#else
/* On the command's include path. */
#include "config_host.h"
#endif

struct vi915_config_key;

/**
 * struct vi915_config_kind - syntax of a key's values
 * @read: parse @text and store it at @field; false if it is invalid
 * @print: write the value at @field, as @read takes it
 * @good: write the possible values, worded to follow "write"
 */
struct vi915_config_kind {
	bool (*read)(const struct vi915_config_key *key, void *field,
		     const char *text);
	int (*print)(const struct vi915_config_key *key, const void *field,
		     char *buf, size_t size);
	int (*good)(const struct vi915_config_key *key, char *buf, size_t size);
};

/**
 * struct vi915_config_key - a key of descriptions
 * @name: its name
 * @kind: syntax of its values
 * @offset: bytes from the start of &struct vi915_config to its field
 * @words: for kinds with a list: the possible words by the number that is
 *	stored, NULL-terminated
 * @min: for kinds with numbers: the smallest
 * @max: for kinds with numbers: the largest
 * @help: its meaning, in a few words
 */
struct vi915_config_key {
	const char *name;
	const struct vi915_config_kind *kind;
	size_t offset;
	const char *const *words;
	unsigned int min;
	unsigned int max;
	const char *help;
};

extern const struct vi915_config_kind vi915_config_bool;
extern const struct vi915_config_kind vi915_config_choice;
extern const struct vi915_config_kind vi915_config_clock;
extern const struct vi915_config_kind vi915_config_faults;
extern const struct vi915_config_kind vi915_config_flags;
extern const struct vi915_config_kind vi915_config_number;
extern const struct vi915_config_kind vi915_config_order;
extern const struct vi915_config_kind vi915_config_power;
extern const struct vi915_config_kind vi915_config_set_of;
extern const struct vi915_config_kind vi915_config_size;
extern const struct vi915_config_kind vi915_config_switch;
extern const struct vi915_config_kind vi915_config_when;

/**
 * vi915_config_field() - find the field that holds a key's value
 * @config: the description
 * @key: the key
 *
 * Return: the field; @config itself for kinds that need several.
 */
static inline void *vi915_config_field(struct vi915_config *config,
				       const struct vi915_config_key *key)
{
	return (char *)config + key->offset;
}

/**
 * vi915_config_field_const() - find the field to read a key's value
 * @config: the description
 * @key: the key
 *
 * Return: the field; @config itself for kinds that need several.
 */
static inline const void *
vi915_config_field_const(const struct vi915_config *config,
			 const struct vi915_config_key *key)
{
	return (const char *)config + key->offset;
}

const struct vi915_config_key *vi915_config_find_key(const char *name);
bool vi915_config_read_number(const char *text, unsigned long long max,
			      unsigned long long *number);
bool vi915_config_read_when(struct vi915_when *when, const char *text,
			    size_t len);
int vi915_config_read_errno(const char *text, size_t len);
int vi915_config_print_when(const struct vi915_when *when, char *buf,
			    size_t size);

#endif
