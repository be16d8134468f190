/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_WRAP_H
#define VI915_WRAP_H

void vi915_wrap_print(int column, const char *words);

#endif
