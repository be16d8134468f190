// SPDX-License-Identifier: GPL-2.0-only OR MIT

#ifdef __KERNEL__
#include <kunit/visibility.h>
#include <linux/errno.h>
#include <linux/module.h>
#endif

#include "vi915_config_keys.h"

/**
 * DOC: which number a card gets
 *
 * The DRM core gives a new card the lowest free minor number. order= asks for
 * another: for a certain number, or for one from a shuffle. In a list, a card
 * that asks for a certain number gets it. The others get the lowest numbers
 * left, in the order of the list; then those with a seed swap numbers among
 * each other. A GPU that is plugged in alone takes its number from the shuffle
 * of all possible numbers.
 *
 * The result of a seed is part of the description's meaning: it must be the
 * same in all kernels and versions.
 */

/* Make a permutation of all possible numbers. */
static void vi915_config_shuffle(unsigned int seed,
				 unsigned char places[VI915_MAX_GPUS])
{
	unsigned int state = seed * 2654435761u + 0x9e3779b9u, i, j;
	unsigned char place;

	for (i = 0; i < VI915_MAX_GPUS; i++)
		places[i] = i;
	for (i = VI915_MAX_GPUS - 1; i; i--) {
		/* Marsaglia's xorshift, which must not begin with 0. */
		state = state ?: 1;
		state ^= state << 13;
		state ^= state >> 17;
		state ^= state << 5;
		j = (state >> 8) % (i + 1);
		place = places[i];
		places[i] = places[j];
		places[j] = place;
	}
}

/**
 * vi915_config_minor() - minor number for the card of a GPU plugged in alone
 * @config: the GPU's description
 * @part: which of its devices
 * @index: the number of that device among all existing ones
 *
 * If a split GPU has a number, its display part gets it.
 *
 * Return: the minor number, or -1 when the lowest will do. It is binding only
 * for VI915_ORDER_MINOR.
 */
int vi915_config_minor(const struct vi915_config *config, unsigned int part,
		       unsigned int index)
{
	unsigned char places[VI915_MAX_GPUS];

	switch (config->order.kind) {
	case VI915_ORDER_MINOR:
		return part ? -1 : (int)config->order.number;
	case VI915_ORDER_SEED:
		vi915_config_shuffle(config->order.number, places);
		return places[index % VI915_MAX_GPUS];
	default:
		return -1;
	}
}
EXPORT_SYMBOL_IF_KUNIT(vi915_config_minor);

static unsigned int vi915_config_devices(const struct vi915_config *configs,
					 unsigned int count)
{
	unsigned int devices = 0, i;

	for (i = 0; i < count; i++)
		devices += vi915_config_parts(&configs[i]);
	return devices;
}

/* Find the one of the first @count configs that asks for that number. */
static const struct vi915_config *
vi915_config_find_minor(const struct vi915_config *configs, unsigned int count,
			unsigned int minor)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (configs[i].order.kind == VI915_ORDER_MINOR &&
		    configs[i].order.number == minor)
			return &configs[i];
	return NULL;
}

/**
 * vi915_config_check_list() - check whether these GPUs can exist together
 * @configs: their descriptions, each valid by itself
 * @count: number of descriptions
 * @reason: as for vi915_config_parse()
 *
 * Return: 0, or -EINVAL when they cannot.
 */
int vi915_config_check_list(const struct vi915_config *configs,
			    unsigned int count, char *reason)
{
	const struct vi915_config *other;
	struct vi915_config part;
	unsigned int i, j;

	if (vi915_config_devices(configs, count) > VI915_MAX_GPUS) {
		scnprintf(reason, VI915_REASON_LEN,
			  "these GPUs are %u devices, and there can be up to %u; a GPU with split=1 is two",
			  vi915_config_devices(configs, count), VI915_MAX_GPUS);
		return -EINVAL;
	}
	for (i = 0; i < count; i++) {
		other = vi915_config_find_minor(configs, i,
						configs[i].order.number);
		if (configs[i].order.kind == VI915_ORDER_MINOR && other) {
			scnprintf(reason, VI915_REASON_LEN,
				  "'%s' and '%s' have order=%u; give each a number of its own",
				  other->name, configs[i].name,
				  configs[i].order.number);
			return -EINVAL;
		}
		if (!configs[i].split)
			continue;
		vi915_config_part(&configs[i], 1, &part);
		for (j = 0; j < count; j++) {
			if (strcmp(configs[j].name, part.name))
				continue;
			scnprintf(reason, VI915_REASON_LEN,
				  "'%s' has split=1, so '%s' is its second part; call the other GPU something else",
				  configs[i].name, part.name);
			return -EINVAL;
		}
	}
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_config_check_list);

/* Devices with a seed swap numbers, each ranked by its own shuffle. */
static void vi915_config_change_places(const struct vi915_config **devices,
				       unsigned int num,
				       int minors[VI915_MAX_GPUS])
{
	unsigned char places[VI915_MAX_GPUS], ranks[VI915_MAX_GPUS];
	int given[VI915_MAX_GPUS];
	unsigned int i, j, before;

	for (i = 0; i < num; i++) {
		given[i] = minors[i];
		if (devices[i]->order.kind != VI915_ORDER_SEED)
			continue;
		vi915_config_shuffle(devices[i]->order.number, places);
		ranks[i] = places[i];
	}
	for (i = 0; i < num; i++) {
		if (devices[i]->order.kind != VI915_ORDER_SEED)
			continue;
		for (before = 0, j = 0; j < num; j++)
			if (devices[j]->order.kind == VI915_ORDER_SEED &&
			    (ranks[j] < ranks[i] || (ranks[j] == ranks[i] && j < i)))
				before++;
		/* Take the number of the seeded device at that rank. */
		for (j = 0; j < num; j++)
			if (devices[j]->order.kind == VI915_ORDER_SEED && !before--)
				minors[i] = given[j];
	}
}

/**
 * vi915_config_minors() - minor numbers for the cards of a list of GPUs
 * @configs: the descriptions, checked by vi915_config_check_list()
 * @count: number of descriptions
 * @minors: out: the number of each device, those of a split GPU one after the
 *	other; all -1 if the list has no order=
 */
void vi915_config_minors(const struct vi915_config *configs, unsigned int count,
			 int minors[VI915_MAX_GPUS])
{
	const struct vi915_config *devices[VI915_MAX_GPUS];
	unsigned int num = 0, next = 0, i, part;
	bool any = false;

	for (i = 0; i < count; i++) {
		any = any || configs[i].order.kind != VI915_ORDER_AUTO;
		for (part = 0; part < vi915_config_parts(&configs[i]); part++) {
			devices[num] = &configs[i];
			minors[num] = -1;
			if (!part && configs[i].order.kind == VI915_ORDER_MINOR)
				minors[num] = configs[i].order.number;
			num++;
		}
	}
	if (!any)
		return;

	for (i = 0; i < num; i++) {
		if (minors[i] >= 0)
			continue;
		while (vi915_config_find_minor(configs, count, next))
			next++;
		minors[i] = next++;
	}
	vi915_config_change_places(devices, num, minors);
}
EXPORT_SYMBOL_IF_KUNIT(vi915_config_minors);
