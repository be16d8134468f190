/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_SIGNALS_H
#define VI915_SIGNALS_H

int vi915_signals_open(void);
void vi915_signals_pass(int number);

#endif
