/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_FBDEV_H
#define VI915_FBDEV_H

#include <linux/kconfig.h>

struct vi915_device;

#if IS_ENABLED(CONFIG_DRM_FBDEV_EMULATION)
void vi915_fbdev_setup(struct vi915_device *dev);
#else
static inline void vi915_fbdev_setup(struct vi915_device *dev)
{
}
#endif

#endif
