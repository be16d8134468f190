/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_CONFIGFS_H
#define VI915_CONFIGFS_H

#include <linux/kconfig.h>

struct vi915_gpu;

#if IS_ENABLED(CONFIG_CONFIGFS_FS)
int vi915_configfs_register(struct vi915_gpu *const *gpus, unsigned int max);
void vi915_configfs_unregister(void);
#else
static inline int vi915_configfs_register(struct vi915_gpu *const *gpus,
					  unsigned int max)
{
	return 0;
}

static inline void vi915_configfs_unregister(void)
{
}
#endif

#endif
