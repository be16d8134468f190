// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/visibility.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_extension.h"

/* Longest chain; a client could even make a ring of it. */
#define VI915_EXTENSION_MAX 512

/**
 * vi915_extension_walk() - walk a chain of &struct i915_user_extension
 * @chain: user address of the first one, or 0
 * @handlers: handlers by extension name; NULL for a name without one
 * @count: length of @handlers
 * @data: passed to the handlers
 *
 * Return: 0; -EFAULT for an address that cannot be read; -EINVAL for an
 * unknown name, flags or reserved fields that are not 0; -E2BIG for more than
 * 512 extensions; -EINTR; or a handler's error.
 */
int vi915_extension_walk(u64 chain, const vi915_extension_fn *handlers,
			 unsigned int count, void *data)
{
	struct i915_user_extension __user *uext = u64_to_user_ptr(chain);
	struct i915_user_extension ext;
	unsigned int seen = 0, i;
	int ret;

	while (uext) {
		if (seen++ == VI915_EXTENSION_MAX)
			return -E2BIG;
		if (signal_pending(current))
			return -EINTR;
		cond_resched();

		if (copy_from_user(&ext, uext, sizeof(ext)))
			return -EFAULT;
		if (ext.flags || ext.name >= count)
			return -EINVAL;
		for (i = 0; i < ARRAY_SIZE(ext.rsvd); i++)
			if (ext.rsvd[i])
				return -EINVAL;

		i = array_index_nospec(ext.name, count);
		if (!handlers[i])
			return -EINVAL;
		ret = handlers[i](uext, data);
		if (ret)
			return ret;

		uext = u64_to_user_ptr(ext.next_extension);
	}

	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_extension_walk);
