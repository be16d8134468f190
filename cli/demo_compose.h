/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_DEMO_COMPOSE_H
#define VI915_DEMO_COMPOSE_H

struct vi915_demo_job;

int vi915_demo_compose(struct vi915_demo_job *job);

#endif
