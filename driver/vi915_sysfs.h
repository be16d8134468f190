/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_SYSFS_H
#define VI915_SYSFS_H

#include <linux/list.h>

struct kobject;
struct vi915_device;

/**
 * struct vi915_sysfs - what a GPU has in the folder of its card
 * @engines: the folder of engines, or NULL
 * @dirs: those in it, and in these; &struct vi915_sysfs_dir
 *
 * Only touched while the GPU appears and goes.
 */
struct vi915_sysfs {
	struct kobject *engines;
	struct list_head dirs;
};

int vi915_sysfs_init(struct vi915_device *dev);
void vi915_sysfs_fini(struct vi915_device *dev);

#endif
