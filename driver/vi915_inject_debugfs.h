/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_INJECT_DEBUGFS_H
#define VI915_INJECT_DEBUGFS_H

struct dentry;
struct vi915_device;

void vi915_inject_debugfs(struct vi915_device *dev, struct dentry *root);

#endif
