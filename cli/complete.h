/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_COMPLETE_H
#define VI915_COMPLETE_H

#include <stddef.h>

void vi915_complete_offer(const char *word, size_t kept, const char *tail, const char *end,
			  const char *help);
void vi915_complete_values(const char *word, size_t kept, const char *values);

#endif
