/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_PARAMS_H
#define VI915_PARAMS_H

#include <linux/types.h>

struct dentry;
struct vi915_device;

/**
 * struct vi915_params - what tests of i915 switch while a GPU runs
 * @reset: how a hang may be mended: 0 not at all, 1 all engines, 2 one
 * @hangcheck: look for hung jobs at all
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
