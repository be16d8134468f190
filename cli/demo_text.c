// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * A line of text, white on a dark ground. The distance of a pixel's centre from the nearest stroke
 * tells how much of the pixel is covered, which gives smooth edges.
 */
#include "demo_text.h"

#include <math.h>
#include <string.h>

#include "demo_canvas.h"
#include "demo_font.h"

/* Pixels for a step of the font's grid, and half of the pen's width. */
#define VI915_DEMO_TEXT_STEP 1.25f
#define VI915_DEMO_TEXT_PEN 0.6f
/* Brightness of the ground and of the ink; each is a grey with some blue. */
#define VI915_DEMO_TEXT_GROUND 26.0f
#define VI915_DEMO_TEXT_INK 240.0f

static float vi915_demo_clamp(float value)
{
	return value < 0.0f ? 0.0f : value > 1.0f ? 1.0f : value;
}

static float vi915_demo_to_segment(float x, float y, float ax, float ay, float bx, float by)
{
	float dx = bx - ax, dy = by - ay, square = dx * dx + dy * dy;
	float at = square > 0 ? ((x - ax) * dx + (y - ay) * dy) / square : 0;

	at = vi915_demo_clamp(at);
	return hypotf(x - ax - at * dx, y - ay - at * dy);
}

/* Distance, in grid steps, from the strokes of a letter. */
static float vi915_demo_to_letter(const char *strokes, float x, float y)
{
	float nearest = 100;

	for (const char *p = strokes; *p; p += *p == ' ' ? 1 : 2) {
		float distance;

		if (p[0] == ' ' || p[2] == ' ' || p[2] == '\0')
			continue;
		distance = vi915_demo_to_segment(x, y, (float)(p[0] - '0'), (float)(p[1] - '0'),
						 (float)(p[2] - '0'), (float)(p[3] - '0'));
		nearest = fminf(nearest, distance);
	}
	return nearest;
}

static size_t vi915_demo_letter(const struct vi915_demo_canvas *to, char letter, float left,
				float top)
{
	const char *strokes = vi915_demo_font_strokes(letter);
	const float step = VI915_DEMO_TEXT_STEP;
	size_t drawn = 0;

	for (float y = floorf(top - step); y < top + 8 * step; y++) {
		for (float x = floorf(left - step); x < left + 5 * step; x++) {
			float gap = vi915_demo_to_letter(strokes, (x + 0.5f - left) / step,
							 (y + 0.5f - top) / step);
			float cover = vi915_demo_clamp(VI915_DEMO_TEXT_PEN + 0.5f - gap * step);
			uint32_t ux = (uint32_t)x, uy = (uint32_t)y, grey;

			if (cover <= 0 || x < 0 || y < 0 || ux >= to->width || uy >= to->height)
				continue;
			grey = (uint32_t)(VI915_DEMO_TEXT_GROUND +
					  (VI915_DEMO_TEXT_INK - VI915_DEMO_TEXT_GROUND) * cover);
			grey |= grey << 8 | grey << 16 | 8;
			memcpy(to->pixels + (size_t)uy * to->pitch + (size_t)4 * ux, &grey,
			       sizeof(grey));
			drawn += 4;
		}
	}
	return drawn;
}

/**
 * vi915_demo_text() - write a line of text in the middle
 * @to: the canvas; every pixel of it is written
 * @text: the text, in letters that the font has
 *
 * Return: the number of bytes written to @to.
 */
size_t vi915_demo_text(const struct vi915_demo_canvas *to, const char *text)
{
	const float step = VI915_DEMO_TEXT_STEP;
	float width = step * (float)(VI915_DEMO_FONT_ADVANCE * strlen(text) - 2);
	float left = ((float)to->width - width) / 2;
	float top = ((float)to->height - step * VI915_DEMO_FONT_HEIGHT) / 2;
	const uint32_t ground = 0x001a1a24;
	size_t drawn = 0;

	for (uint32_t y = 0; y < to->height; y++) {
		for (uint32_t x = 0; x < to->width; x++) {
			memcpy(to->pixels + (size_t)y * to->pitch + (size_t)4 * x, &ground,
			       sizeof(ground));
			drawn += 4;
		}
	}
	for (; *text; text++) {
		drawn += vi915_demo_letter(to, *text, left, top);
		left += step * VI915_DEMO_FONT_ADVANCE;
	}
	return drawn;
}
