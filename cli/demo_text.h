/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_DEMO_TEXT_H
#define VI915_DEMO_TEXT_H

#include <stddef.h>

struct vi915_demo_canvas;

size_t vi915_demo_text(const struct vi915_demo_canvas *to, const char *text);

#endif
