/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_CS_MI_H
#define VI915_CS_MI_H

#include <linux/types.h>

#include "vi915_cs.h"

/* MI_SET_PREDICATE: condition that turns commands off. */
#define VI915_CS_OFF_NEVER	0
#define VI915_CS_OFF_CLEAR_2	1
#define VI915_CS_OFF_SET_2	2
#define VI915_CS_OFF_CLEAR	3
#define VI915_CS_OFF_SET	4
#define VI915_CS_OFF_ALWAYS	15

const struct vi915_cs_op *vi915_cs_mi_op(u32 header);
unsigned int vi915_cs_mi_length(u32 header);
enum vi915_cs_status vi915_cs_pipe_control(struct vi915_cs *cs,
					   unsigned int len);

#endif
