/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_EXTENSION_H
#define VI915_EXTENSION_H

#include <linux/types.h>

struct i915_user_extension;

/**
 * typedef vi915_extension_fn - handle one extension of a chain
 * @ext: the whole struct in user memory; its common head was read already
 * @data: the data given to vi915_extension_walk()
 *
 * Return: 0 or a negative errno, which ends the walk.
 */
typedef int (*vi915_extension_fn)(struct i915_user_extension __user *ext,
				  void *data);

int vi915_extension_walk(u64 chain, const vi915_extension_fn *handlers,
			 unsigned int count, void *data);

#endif
