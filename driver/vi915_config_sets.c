// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include "vi915_config_keys.h"

/**
 * DOC: sets
 *
 * A set is a name for the known constraints of another maker's GPUs. The reason
 * for every value is in doc/sets.md. Sets do not touch what users choose:
 * outputs, clock, faults and the like stay as they are.
 */

struct vi915_config_constraint {
	const char *key;
	const char *value;
};

/* The defaults: constraints of the GPU whose uAPI this driver offers. */
static const struct vi915_config_constraint vi915_config_intel[] = {
	{ "render", "1" },
	{ "split", "0" },
	{ "imports", "gpu" },
	{ "exports", "1" },
	{ "vmap", "1" },
	{ "mmap", "1" },
	{ "max_handles", "0" },
	{ "max_size", "0" },
	{ "contiguous", "0" },
	{ "pitch_align", "64" },
	{ "pitch", "reject" },
	{ "height_align", "1" },
	{ "modifiers", "linear+x+y" },
	{ "in_fence", "1" },
	{ "implicit", "1" },
	{}
};

/* The other sets list only differences. */
static const struct vi915_config_constraint vi915_config_amd[] = {
	{ "pitch_align", "256" },
	{ "modifiers", "linear" },
	{}
};

static const struct vi915_config_constraint vi915_config_nvidia[] = {
	{ "exports", "own" },
	{ "vmap", "0" },
	{ "mmap", "0" },
	{ "pitch_align", "256" },
	{ "pitch", "round" },
	{ "modifiers", "linear" },
	{ "in_fence", "0" },
	{ "implicit", "0" },
	{}
};

static const struct vi915_config_constraint vi915_config_arm[] = {
	{ "split", "1" },
	{ "contiguous", "1" },
	{ "modifiers", "linear" },
	{}
};

static const struct vi915_config_constraint vi915_config_display[] = {
	{ "render", "0" },
	{ "imports", "cpu" },
	{ "pitch_align", "4" },
	{ "modifiers", "linear" },
	{}
};

static const struct vi915_config_constraint *const vi915_config_sets[] = {
	[VI915_SET_INTEL] = vi915_config_intel,
	[VI915_SET_AMD] = vi915_config_amd,
	[VI915_SET_NVIDIA] = vi915_config_nvidia,
	[VI915_SET_ARM] = vi915_config_arm,
	[VI915_SET_DISPLAY] = vi915_config_display,
};

static bool vi915_config_apply(struct vi915_config *config, enum vi915_set set)
{
	const struct vi915_config_constraint *row;
	const struct vi915_config_key *key;

	for (row = vi915_config_sets[set]; row->key; row++) {
		key = vi915_config_find_key(row->key);
		if (!key || !key->kind->read(key, vi915_config_field(config, key),
					     row->value))
			return false;
	}
	return true;
}

static bool vi915_config_set_read(const struct vi915_config_key *key,
				  void *field, const char *text)
{
	struct vi915_config *config = field;
	unsigned int set;

	if (!vi915_config_choice.read(key, &set, text))
		return false;
	config->set = set;
	return vi915_config_apply(config, VI915_SET_INTEL) &&
	       vi915_config_apply(config, set);
}

static int vi915_config_set_print(const struct vi915_config_key *key,
				  const void *field, char *buf, size_t size)
{
	const struct vi915_config *config = field;

	return scnprintf(buf, size, "%s", key->words[config->set]);
}

static int vi915_config_set_good(const struct vi915_config_key *key, char *buf,
				 size_t size)
{
	return vi915_config_choice.good(key, buf, size);
}

/* The field is the whole description. */
const struct vi915_config_kind vi915_config_set_of = {
	vi915_config_set_read, vi915_config_set_print, vi915_config_set_good,
};
