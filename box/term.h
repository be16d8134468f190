/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_TERM_H
#define VI915_TERM_H

#include <stdbool.h>

#include "proto.h"

bool vi915_term_usable(void);
void vi915_term_raw(void);
void vi915_term_restore(void);
void vi915_term_winsz(struct vi915_winsz *winsz);

#endif
