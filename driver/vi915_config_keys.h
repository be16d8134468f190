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
 * struct vi915_config_kind - what the values of a key look like
 * @read: understand @text and store it at @field; false when it is not good
 * @print: write what is stored at @field, as @read takes it
 * @good: write what values are good, as one says it after "write"
 */
struct vi915_config_kind {
	bool (*read)(const struct vi915_config_key *key, void *field,
		     const char *text);
	int (*print)(const struct vi915_config_key *key, const void *field,
		     char *buf, size_t size);
	int (*good)(const struct vi915_config_key *key, char *buf, size_t size);
};

/**
 * struct vi915_config_key - one thing that a description says
 * @name: its name
 * @kind: what its values look like
 * @offset: bytes from the start of &struct vi915_config to its field
 * @words: the good values by what is stored, NULL-terminated, of kinds that
 *	have a list
 * @min: smallest number, of kinds that have numbers
 * @max: largest number, of kinds that have numbers
 * @help: what it is about, in a few words
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
 * vi915_config_field() - where a key's value is stored
 * @config: in which description
 * @key: the key
 *
 * Return: the field; @config itself of kinds that need more than one.
 */
static inline void *vi915_config_field(struct vi915_config *config,
				       const struct vi915_config_key *key)
{
	return (char *)config + key->offset;
}

/**
 * vi915_config_field_const() - the same, to look at
 * @config: in which description
 * @key: the key
 *
 * Return: the field; @config itself of kinds that need more than one.
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
