/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_PARAMS_H
#define VI915_PARAMS_H

#include <linux/types.h>

struct dentry;
struct vi915_device;

/**
 * struct vi915_params - parameters that i915's tests change at run time
 * @reset: how a hang may be reset: 0 not at all, 1 all engines, 2 one
 * @hangcheck: whether to look for hung jobs
 *
 * Read and written without a lock.
 */
struct vi915_params {
	unsigned int reset;
	bool hangcheck;
};

void vi915_params_init(struct vi915_device *dev);
void vi915_params_debugfs(struct vi915_device *dev, struct dentry *root);
int vi915_params_gpu_reset(const struct vi915_device *dev);

#endif
