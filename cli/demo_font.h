/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_DEMO_FONT_H
#define VI915_DEMO_FONT_H

/* A glyph's box, in steps of its grid: x from 0 to 4, y from 0 (top) to 6. */
#define VI915_DEMO_FONT_ADVANCE 6
#define VI915_DEMO_FONT_HEIGHT 6

const char *vi915_demo_font_strokes(char letter);

#endif
