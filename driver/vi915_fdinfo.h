/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_FDINFO_H
#define VI915_FDINFO_H

struct drm_file;
struct drm_printer;

void vi915_fdinfo_show(struct drm_printer *p, struct drm_file *file);

#endif
