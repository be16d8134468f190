/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_DEBUGFS_H
#define VI915_DEBUGFS_H

struct drm_minor;

void vi915_debugfs_init(struct drm_minor *minor);

#endif
