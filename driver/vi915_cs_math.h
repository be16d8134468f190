/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_CS_MATH_H
#define VI915_CS_MATH_H

#include "vi915_cs.h"

enum vi915_cs_status vi915_cs_math(struct vi915_cs *cs, unsigned int len);
enum vi915_cs_status vi915_cs_predicate(struct vi915_cs *cs, unsigned int len);
enum vi915_cs_status vi915_cs_atomic(struct vi915_cs *cs, unsigned int len);

#endif
