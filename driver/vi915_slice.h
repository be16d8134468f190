/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_SLICE_H
#define VI915_SLICE_H

struct work_struct;

void vi915_slice_work(struct work_struct *work);

#endif
