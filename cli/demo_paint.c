// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The picture that is drawn through the GPU's mapping: the camera's frame as a
 * tilted print with a white border and a soft shadow, over a gradient, and two
 * lines of text. Shapes are distances: how far a pixel's centre is from an edge
 * says how much of the pixel is inside, which gives smooth edges.
 */
#include "demo_paint.h"

#include <math.h>
#include <string.h>

#include "demo_font.h"

struct vi915_demo_colour {
	float r, g, b;
};

struct vi915_demo_print {
	float cx, cy; /* centre */
	float cos, sin; /* of the tilt */
	float half_w, half_h; /* of the photo, without the border */
};

static const float vi915_demo_border = 9.0f;
static const float vi915_demo_shadow = 16.0f;

static float vi915_demo_clamp(float value)
{
	return value < 0.0f ? 0.0f : value > 1.0f ? 1.0f : value;
}

static struct vi915_demo_colour vi915_demo_mix(struct vi915_demo_colour a,
					       struct vi915_demo_colour b, float share)
{
	return (struct vi915_demo_colour){
		a.r + (b.r - a.r) * share,
		a.g + (b.g - a.g) * share,
		a.b + (b.b - a.b) * share,
	};
}

static struct vi915_demo_colour vi915_demo_load(const struct vi915_demo_canvas *from, uint32_t x,
						uint32_t y)
{
	const uint8_t *bgrx = from->pixels + (size_t)y * from->pitch + (size_t)4 * x;

	return (struct vi915_demo_colour){ bgrx[2], bgrx[1], bgrx[0] };
}

static void vi915_demo_store(const struct vi915_demo_canvas *to, uint32_t x, uint32_t y,
			     struct vi915_demo_colour colour)
{
	uint32_t pixel = (uint32_t)(colour.r + 0.5f) << 16 | (uint32_t)(colour.g + 0.5f) << 8 |
			 (uint32_t)(colour.b + 0.5f);

	memcpy(to->pixels + (size_t)y * to->pitch + (size_t)4 * x, &pixel, sizeof(pixel));
}

/* The colour between four pixels; u and v run from 0 to 1 over the photo. */
static struct vi915_demo_colour vi915_demo_sample(const struct vi915_demo_canvas *photo, float u,
						  float v)
{
	float x = vi915_demo_clamp(u) * (float)(photo->width - 1);
	float y = vi915_demo_clamp(v) * (float)(photo->height - 1);
	uint32_t x0 = (uint32_t)x, y0 = (uint32_t)y;
	uint32_t x1 = x0 + 1 < photo->width ? x0 + 1 : x0;
	uint32_t y1 = y0 + 1 < photo->height ? y0 + 1 : y0;
	struct vi915_demo_colour top, bottom;

	top = vi915_demo_mix(vi915_demo_load(photo, x0, y0), vi915_demo_load(photo, x1, y0),
			     x - (float)x0);
	bottom = vi915_demo_mix(vi915_demo_load(photo, x0, y1), vi915_demo_load(photo, x1, y1),
				x - (float)x0);
	return vi915_demo_mix(top, bottom, y - (float)y0);
}

static struct vi915_demo_colour vi915_demo_gradient(const struct vi915_demo_canvas *to, float x,
						    float y)
{
	static const struct vi915_demo_colour stops[] = {
		{ 20, 24, 52 }, { 42, 74, 120 }, { 70, 140, 150 }, { 236, 186, 120 },
	};
	const float last = sizeof(stops) / sizeof(stops[0]) - 1;
	float at = 0.35f * x / (float)to->width + 0.65f * y / (float)to->height;
	float step = vi915_demo_clamp(at) * (last - 0.001f);
	int i = (int)step;

	return vi915_demo_mix(stops[i], stops[i + 1], step - (float)i);
}

/* Distance from a rectangle around the origin; negative inside. */
static float vi915_demo_outside(float x, float y, float half_w, float half_h)
{
	float dx = fabsf(x) - half_w, dy = fabsf(y) - half_h;

	return hypotf(fmaxf(dx, 0), fmaxf(dy, 0)) + fminf(fmaxf(dx, dy), 0);
}

static struct vi915_demo_colour vi915_demo_shade(const struct vi915_demo_canvas *to,
						 const struct vi915_demo_canvas *photo,
						 const struct vi915_demo_print *print, float x,
						 float y)
{
	const struct vi915_demo_colour black = { 0, 0, 0 }, paper = { 250, 248, 242 };
	struct vi915_demo_colour colour = vi915_demo_gradient(to, x, y);
	float px = (x - print->cx) * print->cos + (y - print->cy) * print->sin;
	float py = (y - print->cy) * print->cos - (x - print->cx) * print->sin;
	float w = print->half_w + vi915_demo_border, h = print->half_h + vi915_demo_border;
	float edge = vi915_demo_outside(px, py, w, h);
	float dark;

	dark = vi915_demo_clamp(1 - vi915_demo_outside(px - 5, py - 8, w, h) / vi915_demo_shadow);
	colour = vi915_demo_mix(colour, black, 0.55f * dark * dark);
	colour = vi915_demo_mix(colour, paper, vi915_demo_clamp(0.5f - edge));
	edge = vi915_demo_outside(px, py, print->half_w, print->half_h);
	if (edge >= 0.5f)
		return colour;
	return vi915_demo_mix(colour,
			      vi915_demo_sample(photo, 0.5f + px / (2 * print->half_w),
						0.5f + py / (2 * print->half_h)),
			      vi915_demo_clamp(0.5f - edge));
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
				float top, float step)
{
	const struct vi915_demo_colour ink = { 255, 255, 255 };
	const char *strokes = vi915_demo_font_strokes(letter);
	const float pen = 0.42f * step;
	size_t drawn = 0;

	for (float y = floorf(top - step); y < top + 8 * step; y++) {
		for (float x = floorf(left - step); x < left + 5 * step; x++) {
			float gap = vi915_demo_to_letter(strokes, (x + 0.5f - left) / step,
							 (y + 0.5f - top) / step);
			float cover = vi915_demo_clamp(pen + 0.5f - gap * step);
			uint32_t ux = (uint32_t)x, uy = (uint32_t)y;

			if (cover <= 0 || x < 0 || y < 0 || ux >= to->width || uy >= to->height)
				continue;
			vi915_demo_store(to, ux, uy,
					 vi915_demo_mix(vi915_demo_load(to, ux, uy), ink, cover));
			drawn += 4;
		}
	}
	return drawn;
}

static size_t vi915_demo_text(const struct vi915_demo_canvas *to, const char *text, float top,
			      float step)
{
	float left = ((float)to->width -
		      step * (float)(VI915_DEMO_FONT_ADVANCE * strlen(text) - 2)) / 2;
	size_t drawn = 0;

	for (; *text; text++) {
		drawn += vi915_demo_letter(to, *text, left, top, step);
		left += step * VI915_DEMO_FONT_ADVANCE;
	}
	return drawn;
}

/**
 * vi915_demo_paint() - draw the picture
 * @to: where; every pixel of it is written
 * @photo: the camera's frame
 * @progress: from 0 to 1; the print tilts as it goes
 *
 * Return: the number of bytes written to @to.
 */
size_t vi915_demo_paint(const struct vi915_demo_canvas *to, const struct vi915_demo_canvas *photo,
			double progress)
{
	float tilt = (7.0f - 12.0f * (float)progress) * (float)M_PI / 180;
	struct vi915_demo_print print = {
		.cx = 0.5f * (float)to->width,
		.cy = 0.45f * (float)to->height,
		.cos = cosf(tilt),
		.sin = sinf(tilt),
		.half_w = 0.32f * (float)to->width,
		.half_h = 0.32f * (float)to->height,
	};
	size_t drawn = 0;

	for (uint32_t y = 0; y < to->height; y++) {
		for (uint32_t x = 0; x < to->width; x++) {
			vi915_demo_store(to, x, y,
					 vi915_demo_shade(to, photo, &print, (float)x + 0.5f,
							  (float)y + 0.5f));
			drawn += 4;
		}
	}
	drawn += vi915_demo_text(to, "VIVID > GPU A > VKMS", 0.875f * (float)to->height, 2.0f);
	drawn += vi915_demo_text(to, "DRAWN INTO VKMS'S BUFFER THROUGH GPU A'S GTT MAPPING",
				 0.945f * (float)to->height, 1.0f);
	return drawn;
}
