/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_DEMO_WITNESS_H
#define VI915_DEMO_WITNESS_H

struct vi915_demo_way;

int vi915_demo_witness_marks(struct vi915_demo_way *way);
int vi915_demo_witness_shot(struct vi915_demo_way *way);
int vi915_demo_witness_meant(const struct vi915_demo_way *way);
int vi915_demo_witness_check(struct vi915_demo_way *way);

#endif
