/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_DISPLAY_DEBUGFS_H
#define VI915_DISPLAY_DEBUGFS_H

struct vi915_device;
struct vi915_output;

void vi915_display_debugfs(struct vi915_device *dev);
void vi915_display_debugfs_crtc(struct vi915_output *output);

#endif
