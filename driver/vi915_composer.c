// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_blend.h>
#include <drm/drm_fourcc.h>
#include <drm/drm_framebuffer.h>
#include <drm/drm_mode.h>
#include <kunit/visibility.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "vi915_colour.h"
#include "vi915_composer.h"
#include "vi915_formats.h"
#include "vi915_frame.h"
#include "vi915_maps.h"
#include "vi915_scanout.h"
#include "vi915_surface.h"

/**
 * DOC: composition
 *
 * A picture is made in bands as high as the highest tile, so that a band fits
 * in the CPU's cache: read, convert and blend it, and give it to the caller
 * before the next one is made. Only layers that touch a band cost anything, and
 * layers below an opaque one that covers the whole band are skipped. An opaque
 * layer whose format is that of the picture is copied straight into the band,
 * by tiles or rows.
 *
 * The background is black. A layer is blended in 8 bits per channel,
 *
 *	result = (pixel * p + below * (1 - a)), rounded to the nearest, at most 255
 *
 * with, for plane alpha P (of 65535) and pixel alpha A (of 255),
 *
 *	None:		p = P		a = P
 *	Pre-multiplied:	p = P		a = A * P
 *	Coverage:	p = A * P	a = A * P
 *
 * There is one rounding, at the end, and as the denominator is odd no value is
 * half-way. Colour management (vi915_colour.c) comes after blending.
 */

/* Largest product of pixel alpha and plane alpha. */
#define VI915_COMPOSER_ONE	(255ull * DRM_BLEND_ALPHA_OPAQUE)

/* A luma of 0 and a chroma of 128: black in either range. */
#define VI915_COMPOSER_NO_CHROMA	0x80
#define VI915_COMPOSER_BLACK_PAIR	(VI915_COMPOSER_NO_CHROMA << 8)

/* Room for half pairs of packed YUV at both ends of a row. */
#define VI915_COMPOSER_SPARE	2

/**
 * vi915_composer_create() - allocate the buffers for making pictures
 * @width: width of the widest picture
 *
 * Return: the composer, or an ERR_PTR: -ENOMEM.
 */
struct vi915_composer *vi915_composer_create(u32 width)
{
	struct vi915_composer *composer;

	composer = kzalloc(sizeof(*composer), GFP_KERNEL);
	if (!composer)
		return ERR_PTR(-ENOMEM);

	composer->width = width;
	composer->band = kvmalloc_array(width * VI915_BAND_ROWS, sizeof(u32),
					GFP_KERNEL);
	composer->raw = kvmalloc_array((width + VI915_COMPOSER_SPARE) *
				       VI915_BAND_ROWS, sizeof(u32), GFP_KERNEL);
	composer->line = kvmalloc_array(width, sizeof(u32), GFP_KERNEL);
	if (composer->band && composer->raw && composer->line)
		return composer;

	vi915_composer_destroy(composer);
	return ERR_PTR(-ENOMEM);
}
EXPORT_SYMBOL_IF_KUNIT(vi915_composer_create);

/**
 * vi915_composer_destroy() - free a composer
 * @composer: from vi915_composer_create(), or NULL
 */
void vi915_composer_destroy(struct vi915_composer *composer)
{
	if (!composer)
		return;

	kvfree(composer->line);
	kvfree(composer->raw);
	kvfree(composer->band);
	kfree(composer);
}
EXPORT_SYMBOL_IF_KUNIT(vi915_composer_destroy);

/* Spread four 8-bit channels over 16 bits each. */
static u64 vi915_composer_spread(u32 pixel)
{
	u64 wide = pixel;

	return (wide | wide << 24) & 0x00ff00ff00ff00ffull;
}

/* Divide each of them by 255, to the nearest; correct up to 255 * 255. */
static u32 vi915_composer_over_255(u64 wide)
{
	wide += 0x0080008000800080ull;
	wide = (wide + (wide >> 8 & 0x00ff00ff00ff00ffull)) >> 8 &
	       0x00ff00ff00ff00ffull;
	return wide | wide >> 24;
}

static u32 vi915_composer_channel(u32 below, u32 pixel, unsigned int shift,
				  u64 part, u64 rest)
{
	u64 sum = (pixel >> shift & 0xff) * part +
		  (below >> shift & 0xff) * rest;

	sum = div_u64(sum + VI915_COMPOSER_ONE / 2, VI915_COMPOSER_ONE);
	return min_t(u32, sum, 255) << shift;
}

/**
 * vi915_composer_blend() - put a pixel on another
 * @below: what is there
 * @pixel: ARGB8888
 * @alpha: the plane's
 * @blend_mode: the plane's, DRM_MODE_BLEND_*
 *
 * This defines blending; the rest of this file computes the same faster.
 *
 * Return: the result; the byte above R has no meaning.
 */
u32 vi915_composer_blend(u32 below, u32 pixel, u16 alpha, u16 blend_mode)
{
	u64 part = (u64)alpha * 255;
	u64 rest = VI915_COMPOSER_ONE;

	if (blend_mode == DRM_MODE_BLEND_COVERAGE)
		part = (u64)alpha * (pixel >> 24);
	if (blend_mode == DRM_MODE_BLEND_PIXEL_NONE)
		rest -= (u64)alpha * 255;
	else
		rest -= (u64)alpha * (pixel >> 24);

	return vi915_composer_channel(below, pixel, 0, part, rest) |
	       vi915_composer_channel(below, pixel, 8, part, rest) |
	       vi915_composer_channel(below, pixel, 16, part, rest);
}
EXPORT_SYMBOL_IF_KUNIT(vi915_composer_blend);

/* Opaque planes only: factors are at most 255; one sum does all channels. */
static u32 vi915_composer_coverage(u32 below, u32 pixel)
{
	u32 a = pixel >> 24;

	return vi915_composer_over_255(vi915_composer_spread(pixel) * a +
				       vi915_composer_spread(below) * (255 - a));
}

/* Likewise; sums saturate, as a pixel may be brighter than its alpha allows. */
static u32 vi915_composer_premulti(u32 below, u32 pixel)
{
	u32 rest = vi915_composer_over_255(vi915_composer_spread(below) *
					   (255 - (pixel >> 24)));
	u64 sum = vi915_composer_spread(pixel) + vi915_composer_spread(rest);
	u64 over = sum >> 8 & 0x0001000100010001ull;

	sum = (sum | over * 0xff) & 0x00ff00ff00ff00ffull;
	return sum | sum >> 24;
}

/* Spread R and B over 32 bits each; G is computed in a word of its own. */
static u64 vi915_composer_widen(u32 pixel)
{
	return (pixel & 0xff) | (u64)(pixel & 0xff0000) << 16;
}

/* Divide both by 65535, to the nearest; correct up to 255 * 65535. */
static u64 vi915_composer_over_65535(u64 wide)
{
	wide += 0x0000800000008000ull;
	return (wide + (wide >> 16 & 0x0000ffff0000ffffull)) >> 16 &
	       0x000000ff000000ffull;
}

/* For opaque pixels of a transparent plane: pixel alpha (255) cancels out. */
static u32 vi915_composer_fade(u32 below, u32 pixel, u32 alpha)
{
	u32 rest = DRM_BLEND_ALPHA_OPAQUE - alpha;
	u64 rb = vi915_composer_over_65535(vi915_composer_widen(pixel) * alpha +
					   vi915_composer_widen(below) * rest);
	u64 g = vi915_composer_over_65535((u64)(pixel >> 8 & 0xff) * alpha +
					  (u64)(below >> 8 & 0xff) * rest);

	return rb | rb >> 16 | g << 8;
}

/* Fast paths: most pixels are opaque or fully transparent. */
static void vi915_composer_faded(u32 *below, const u32 *line, u32 count,
				 const struct vi915_layer *layer)
{
	bool none = layer->blend_mode == DRM_MODE_BLEND_PIXEL_NONE;
	u32 i;

	for (i = 0; i < count; i++) {
		if (none || line[i] >> 24 == 0xff)
			below[i] = vi915_composer_fade(below[i], line[i],
						       layer->alpha);
		else if (line[i])
			below[i] = vi915_composer_blend(below[i], line[i],
							layer->alpha,
							layer->blend_mode);
	}
}

static void vi915_composer_line(u32 *below, const u32 *line, u32 count,
				const struct vi915_layer *layer)
{
	bool coverage = layer->blend_mode == DRM_MODE_BLEND_COVERAGE;
	u32 i;

	if (layer->alpha != DRM_BLEND_ALPHA_OPAQUE) {
		vi915_composer_faded(below, line, count, layer);
		return;
	}
	for (i = 0; i < count; i++) {
		if (line[i] >> 24 == 0xff)
			below[i] = line[i];
		else if (coverage)
			below[i] = vi915_composer_coverage(below[i], line[i]);
		else if (line[i])
			below[i] = vi915_composer_premulti(below[i], line[i]);
	}
}

static bool vi915_composer_is_opaque(const struct vi915_layer *layer)
{
	return layer->alpha == DRM_BLEND_ALPHA_OPAQUE &&
	       (layer->blend_mode == DRM_MODE_BLEND_PIXEL_NONE ||
		!layer->scanout->fb->format->has_alpha);
}

/* Fill rows that lie outside the object with black, in their own format. */
static void vi915_composer_blacken(const struct drm_format_info *format,
				   unsigned int plane, void *to, u32 stride,
				   u32 width, u32 rows)
{
	bool chroma = format->is_yuv && plane;
	bool pairs = format->is_yuv && format->num_planes == 1;

	for (; rows; rows--, to += stride) {
		if (pairs)
			memset16(to, VI915_COMPOSER_BLACK_PAIR, width / 2);
		else
			memset(to, chroma ? VI915_COMPOSER_NO_CHROMA : 0, width);
	}
}

/* Read a rectangle of one colour plane of a framebuffer, unconverted. */
static void vi915_composer_read(const struct vi915_layer *layer,
				unsigned int plane,
				const struct vi915_rect *rect, void *to,
				u32 stride)
{
	u32 end = vi915_scanout_rows(layer->scanout, plane);
	struct vi915_surface surface;
	struct vi915_rect there = *rect;
	struct vi915_maps maps;
	struct vi915_map map;
	u64 bad;

	there.height = rect->y < end ? min(rect->height, end - rect->y) : 0;
	vi915_scanout_surface(layer->scanout, plane, &map, &maps, &surface);
	/* The framebuffer's size was checked when it was made. */
	if (WARN_ON_ONCE(!vi915_surface_read(&maps, &surface, &there, to,
					     stride, &bad)))
		there.height = 0;
	vi915_composer_blacken(layer->scanout->fb->format, plane,
			       to + there.height * stride, stride, rect->width,
			       rect->height - there.height);
}

/* The part of a layer that is in a band, in pixels of the framebuffer. */
struct vi915_composer_part {
	u32 x;
	u32 y;
	u32 width;
	u32 rows;
};

/* A layer in the picture's own format is read straight into the band. */
static void vi915_composer_copy(const struct vi915_layer *layer,
				const struct vi915_composer_part *part,
				u32 *to, u32 stride)
{
	struct vi915_rect rect = {
		.x = part->x * sizeof(u32), .y = part->y,
		.width = part->width * sizeof(u32), .height = part->rows,
	};

	vi915_composer_read(layer, 0, &rect, to, stride * sizeof(u32));
}

/* Where the rows of a part are once they are read. */
struct vi915_composer_raw {
	const u8 *rows;
	const u8 *chroma;
	u32 stride;
};

static void vi915_composer_fetch(struct vi915_composer *composer,
				 const struct vi915_layer *layer,
				 const struct vi915_composer_part *part,
				 struct vi915_composer_raw *raw)
{
	const struct drm_format_info *format = layer->scanout->fb->format;
	bool pairs = format->is_yuv && format->num_planes == 1;
	/* Formats that share chroma are read in whole pairs. */
	u32 first = round_down(part->x, 2);
	u32 end = round_up(part->x + part->width, 2);
	struct vi915_rect rect = {
		.x = (pairs ? first : part->x) * format->cpp[0],
		.y = part->y,
		.width = (pairs ? end - first : part->width) * format->cpp[0],
		.height = part->rows,
	};

	raw->rows = composer->raw;
	raw->stride = (composer->width + VI915_COMPOSER_SPARE) * format->cpp[0];
	vi915_composer_read(layer, 0, &rect, composer->raw, raw->stride);
	if (format->num_planes == 1)
		return;

	/* NV12: two rows of luma share one of chroma, of the same length. */
	raw->chroma = composer->raw + raw->stride * VI915_BAND_ROWS;
	rect.x = first;
	rect.width = end - first;
	rect.y = part->y / 2;
	rect.height = DIV_ROUND_UP(part->y + part->rows, 2) - part->y / 2;
	vi915_composer_read(layer, 1, &rect, (void *)raw->chroma, raw->stride);
}

static void vi915_composer_mix(struct vi915_composer *composer,
			       const struct vi915_layer *layer,
			       const struct vi915_composer_part *part,
			       u32 *to, u32 stride)
{
	const struct vi915_yuv *yuv = vi915_formats_yuv(layer->encoding,
							layer->range);
	bool opaque = vi915_composer_is_opaque(layer);
	struct vi915_composer_raw raw = {};
	const u8 *chroma = NULL;
	u32 row;

	vi915_composer_fetch(composer, layer, part, &raw);
	for (row = 0; row < part->rows; row++, to += stride) {
		if (raw.chroma)
			chroma = raw.chroma + raw.stride *
				 ((part->y + row) / 2 - part->y / 2);
		vi915_formats_read(layer->scanout->fb->format->format, yuv,
				   raw.rows + row * raw.stride, chroma, part->x,
				   opaque ? to : composer->line, part->width);
		if (!opaque)
			vi915_composer_line(to, composer->line, part->width,
					    layer);
	}
}

/* The part of a layer that is in a band of a picture as wide as @stride. */
static void vi915_composer_layer(struct vi915_composer *composer,
				 const struct vi915_layer *layer, u32 y,
				 u32 rows, u32 stride)
{
	u32 top = max(y, layer->y);
	u32 bottom = min(y + rows, layer->y + layer->height);
	struct vi915_composer_part part = {
		.x = layer->src_x, .y = layer->src_y + top - layer->y,
		.width = layer->width, .rows = bottom - top,
	};
	u32 *to = composer->band + (top - y) * stride + layer->x;

	if (vi915_composer_is_opaque(layer) &&
	    vi915_formats_is_argb(layer->scanout->fb->format->format))
		vi915_composer_copy(layer, &part, to, stride);
	else
		vi915_composer_mix(composer, layer, &part, to, stride);
}

static bool vi915_composer_covers(const struct vi915_layer *layer,
				  const struct vi915_frame *frame, u32 y,
				  u32 rows)
{
	return vi915_composer_is_opaque(layer) && !layer->x &&
	       layer->width == frame->width && layer->y <= y &&
	       layer->y + layer->height >= y + rows;
}

/**
 * vi915_composer_band() - make a part of a picture
 * @composer: a composer for at least the frame's width
 * @frame: frame to show
 * @y: first row of the band
 * @rows: out: rows in the band, up to &VI915_BAND_ROWS; 0 below the picture
 *
 * Allocates nothing and waits for nothing.
 *
 * Return: the pixels of @rows rows without gaps, valid until the next call; the
 * byte above R has no meaning.
 */
const u32 *vi915_composer_band(struct vi915_composer *composer,
			       const struct vi915_frame *frame, u32 y,
			       u32 *rows)
{
	const struct vi915_layer *layer;
	unsigned int first = frame->count;
	bool covered = false;

	if (WARN_ON_ONCE(frame->width > composer->width) || y >= frame->height) {
		*rows = 0;
		return composer->band;
	}
	*rows = min_t(u32, VI915_BAND_ROWS, frame->height - y);

	while (first && !covered)
		covered = vi915_composer_covers(&frame->layers[--first], frame,
						y, *rows);
	if (!covered)
		memset(composer->band, 0,
		       sizeof(u32) * frame->width * *rows);
	for (; first < frame->count; first++) {
		layer = &frame->layers[first];
		if (layer->alpha && layer->width && layer->y < y + *rows &&
		    layer->y + layer->height > y)
			vi915_composer_layer(composer, layer, y, *rows,
					     frame->width);
	}
	if (frame->colour)
		vi915_colour_apply(frame->colour, composer->band,
				   (size_t)frame->width * *rows);
	return composer->band;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_composer_band);
