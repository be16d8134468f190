/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_EDID_H
#define VI915_EDID_H

#include <linux/types.h>

/* Length of a base block and a CTA-861 block. */
#define VI915_EDID_BYTES	256

void vi915_edid_fill(u8 *edid, const char *gpu, const char *serial,
		     unsigned int output);

#endif
