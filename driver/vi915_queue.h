/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_QUEUE_H
#define VI915_QUEUE_H

struct work_struct;

int vi915_queue_init(void);
void vi915_queue_fini(void);
void vi915_queue_add(struct work_struct *work);

#endif
