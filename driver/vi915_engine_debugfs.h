/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_ENGINE_DEBUGFS_H
#define VI915_ENGINE_DEBUGFS_H

struct dentry;
struct vi915_device;

void vi915_engine_debugfs(struct vi915_device *dev, struct dentry *root);
int vi915_engine_debugfs_reset_active(struct vi915_device *dev);

#endif
