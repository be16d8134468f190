/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_CS_BLT_H
#define VI915_CS_BLT_H

#include <linux/types.h>

#include "vi915_cs.h"

const struct vi915_cs_op *vi915_cs_blt_op(u32 header);

#endif
