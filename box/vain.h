/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_VAIN_H
#define VI915_VAIN_H

struct vi915_klog;

void vi915_vain_tell(const struct vi915_klog *klog);

#endif
