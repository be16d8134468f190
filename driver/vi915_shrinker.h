/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_SHRINKER_H
#define VI915_SHRINKER_H

struct vi915_device;

int vi915_shrinker_init(struct vi915_device *dev);
unsigned long vi915_shrinker_drop_all(struct vi915_device *dev);

#endif
