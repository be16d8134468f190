/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_SYSFS_H
#define VI915_SYSFS_H

#include <linux/list.h>

struct kobject;
struct vi915_device;

/**
 * struct vi915_sysfs - a GPU's entries in its card's folder
 * @engines: the folder of engines, or NULL
 * @dirs: the folders in @engines and their .defaults; &struct vi915_sysfs_dir
 *
 * Only used while the GPU appears or goes.
 */
struct vi915_sysfs {
	struct kobject *engines;
	struct list_head dirs;
};

int vi915_sysfs_init(struct vi915_device *dev);
void vi915_sysfs_fini(struct vi915_device *dev);

#endif
