/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_DRV_H
#define VI915_DRV_H

struct drm_driver;
struct vi915_config;

const struct drm_driver *vi915_drm_driver(const struct vi915_config *config);

#endif
