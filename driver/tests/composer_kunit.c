// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_blend.h>
#include <drm/drm_fourcc.h>
#include <drm/drm_framebuffer.h>
#include <drm/drm_mode.h>
#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <uapi/drm/i915_drm.h>

#include "../vi915_composer.h"
#include "../vi915_formats.h"
#include "../vi915_frame.h"
#include "../vi915_scanout.h"
#include "../vi915_tiling.h"

/*
 * Pictures, compared with ones that are made pixel by pixel with the offsets of
 * vi915_tiling_offset() and the formats of vi915_formats_read(), which have
 * their own tests, and blended with one fraction as in the composer's DOC.
 */

#define VI915_COMPOSE_WIDTH	320
#define VI915_COMPOSE_HEIGHT	100
#define VI915_COMPOSE_PAGES	128

/* A framebuffer of up to two planes, with its own pages. */
struct vi915_compose_fb {
	struct vi915_scanout scanout;
	struct drm_framebuffer fb;
	unsigned long frames[VI915_COMPOSE_PAGES];
	unsigned int order;
	void *block;
};

static void vi915_compose_free(void *arg)
{
	struct vi915_compose_fb *fb = arg;

	free_pages((unsigned long)fb->block, fb->order);
}

static u32 vi915_compose_tiling(u64 modifier)
{
	if (modifier == I915_FORMAT_MOD_X_TILED)
		return I915_TILING_X;
	return modifier == I915_FORMAT_MOD_Y_TILED ? I915_TILING_Y :
						     I915_TILING_NONE;
}

/* The order of its pages differs from that of the block. */
static struct vi915_compose_fb *vi915_compose_fb(struct kunit *test, u32 format,
						 u64 modifier,
						 struct rnd_state *rnd)
{
	struct vi915_compose_fb *fb = kunit_kzalloc(test, sizeof(*fb),
						    GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, fb);
	fb->order = get_order(VI915_COMPOSE_PAGES * PAGE_SIZE);
	fb->block = (void *)__get_free_pages(GFP_KERNEL, fb->order);
	KUNIT_ASSERT_NOT_NULL(test, fb->block);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test,
							   vi915_compose_free,
							   fb));
	prandom_bytes_state(rnd, fb->block, VI915_COMPOSE_PAGES * PAGE_SIZE);
	for (i = 0; i < VI915_COMPOSE_PAGES; i++)
		fb->frames[i] = page_to_pfn(virt_to_page(fb->block)) +
				(i ^ 5);

	fb->fb.format = drm_format_info(format);
	fb->fb.modifier = modifier;
	fb->fb.width = VI915_COMPOSE_WIDTH;
	fb->fb.height = VI915_COMPOSE_HEIGHT;
	for (i = 0; i < fb->fb.format->num_planes; i++) {
		fb->fb.pitches[i] = ALIGN(VI915_COMPOSE_WIDTH *
					  fb->fb.format->cpp[0], 512);
		fb->scanout.pitch[i] = fb->fb.pitches[i];
		fb->fb.offsets[i] = i * 64 * PAGE_SIZE;
		fb->scanout.map[i].start = (u64)i << 40;
		fb->scanout.map[i].end = ((u64)i << 40) +
					 VI915_COMPOSE_PAGES * PAGE_SIZE;
		fb->scanout.map[i].frames = fb->frames;
	}
	fb->scanout.fb = &fb->fb;
	/* A reference of the case, so that no frame drops the last one. */
	kref_init(&fb->scanout.ref);
	return fb;
}

static u8 *vi915_compose_at(struct vi915_compose_fb *fb, unsigned int plane,
			    u32 x, u32 y)
{
	u64 at = fb->fb.offsets[plane] +
		 vi915_tiling_offset(vi915_compose_tiling(fb->fb.modifier),
				     fb->fb.pitches[plane], x, y);

	return page_address(pfn_to_page(fb->frames[at / PAGE_SIZE])) +
	       at % PAGE_SIZE;
}

static u32 vi915_compose_pixel(const struct vi915_layer *layer, u32 x, u32 y)
{
	struct vi915_compose_fb *fb = container_of(layer->scanout,
						   struct vi915_compose_fb,
						   scanout);
	const struct drm_format_info *format = fb->fb.format;
	u8 bytes[4], chroma[2] = {};
	u32 i, pixel;

	if (format->format == DRM_FORMAT_YUYV)
		for (i = 0; i < 4; i++)
			bytes[i] = *vi915_compose_at(fb, 0, x / 2 * 4 + i, y);
	else
		for (i = 0; i < format->cpp[0]; i++)
			bytes[i] = *vi915_compose_at(fb, 0,
						     x * format->cpp[0] + i, y);
	if (format->num_planes == 2)
		for (i = 0; i < 2; i++)
			chroma[i] = *vi915_compose_at(fb, 1, x / 2 * 2 + i,
						      y / 2);
	vi915_formats_read(format->format,
			   vi915_formats_yuv(layer->encoding, layer->range),
			   bytes, chroma, x, &pixel, 1);
	return pixel;
}

static u32 vi915_compose_channel(u32 below, u32 pixel, u64 part, u64 over)
{
	/* Scaled by 2 * 255 * 65535, so that one half is an integer. */
	u64 all = 255ull * 65535;
	u64 twice = 2 * (pixel * part + below * (all - over)) + all;

	twice /= 2 * all;
	return min_t(u64, twice, 255);
}

static u32 vi915_compose_mix(u32 below, u32 pixel, u64 plane_alpha, u16 mode)
{
	u64 alpha = pixel >> 24;
	u64 part = plane_alpha * (mode == DRM_MODE_BLEND_COVERAGE ? alpha : 255);
	u64 over = plane_alpha * (mode == DRM_MODE_BLEND_PIXEL_NONE ? 255 :
								      alpha);

	return vi915_compose_channel(below & 0xff, pixel & 0xff, part, over) |
	       vi915_compose_channel(below >> 8 & 0xff, pixel >> 8 & 0xff, part,
				     over) << 8 |
	       vi915_compose_channel(below >> 16 & 0xff, pixel >> 16 & 0xff,
				     part, over) << 16;
}

static u32 vi915_compose_expect(const struct vi915_frame *frame, u32 x, u32 y)
{
	const struct vi915_layer *layer;
	u32 result = 0;
	unsigned int i;

	for (i = 0; i < frame->count; i++) {
		layer = &frame->layers[i];
		if (x < layer->x || x - layer->x >= layer->width ||
		    y < layer->y || y - layer->y >= layer->height)
			continue;
		result = vi915_compose_mix(result,
					   vi915_compose_pixel(layer,
							       layer->src_x + x - layer->x,
							       layer->src_y + y - layer->y),
					   layer->alpha, layer->blend_mode);
	}
	return result;
}

static void vi915_compose_compare(struct kunit *test,
				  struct vi915_composer *composer,
				  const struct vi915_frame *frame)
{
	u32 x, y, row, rows, expect;
	const u32 *band;

	for (y = 0; y < frame->height; y += rows) {
		band = vi915_composer_band(composer, frame, y, &rows);
		KUNIT_ASSERT_GT(test, rows, 0);
		for (row = 0; row < rows; row++) {
			for (x = 0; x < frame->width; x++, band++) {
				expect = vi915_compose_expect(frame, x,
							      y + row);
				KUNIT_ASSERT_EQ_MSG(test, expect,
						    *band & 0xffffff,
						    "at %u,%u", x, y + row);
			}
		}
	}
	KUNIT_EXPECT_EQ(test, y, frame->height);
	vi915_composer_band(composer, frame, y, &rows);
	KUNIT_EXPECT_EQ(test, rows, 0);
}

static const u32 vi915_compose_formats[] = {
	DRM_FORMAT_XRGB8888, DRM_FORMAT_ARGB8888, DRM_FORMAT_XBGR8888,
	DRM_FORMAT_ABGR8888, DRM_FORMAT_RGB565, DRM_FORMAT_XRGB2101010,
	DRM_FORMAT_NV12, DRM_FORMAT_YUYV,
};

static const u64 vi915_compose_modifiers[] = {
	DRM_FORMAT_MOD_LINEAR, I915_FORMAT_MOD_X_TILED, I915_FORMAT_MOD_Y_TILED,
};

static const u16 vi915_compose_modes[] = {
	DRM_MODE_BLEND_PREMULTI, DRM_MODE_BLEND_COVERAGE,
	DRM_MODE_BLEND_PIXEL_NONE,
};

static struct vi915_composer *vi915_compose_make(struct kunit *test)
{
	struct vi915_composer *composer =
		vi915_composer_create(VI915_COMPOSE_WIDTH);

	KUNIT_ASSERT_FALSE(test, IS_ERR(composer));
	return composer;
}

static struct vi915_frame *vi915_compose_frame(struct kunit *test, u32 width,
					       u32 height)
{
	struct vi915_frame *frame = vi915_frame_create(GFP_KERNEL);

	KUNIT_ASSERT_FALSE(test, IS_ERR(frame));
	frame->width = width;
	frame->height = height;
	return frame;
}

/* One layer of each format in each layout, with each blend mode. */
static void vi915_composer_test_each(struct kunit *test)
{
	struct vi915_composer *composer = vi915_compose_make(test);
	struct vi915_layer layer = {
		.width = 75, .height = 61, .x = 7, .y = 9, .src_x = 33,
		.src_y = 21,
	};
	struct vi915_compose_fb *fb;
	struct vi915_frame *frame;
	struct rnd_state rnd;
	unsigned int f, m, b, a;

	prandom_seed_state(&rnd, 1);
	for (f = 0; f < ARRAY_SIZE(vi915_compose_formats); f++)
		for (m = 0; m < ARRAY_SIZE(vi915_compose_modifiers); m++) {
			fb = vi915_compose_fb(test, vi915_compose_formats[f],
					      vi915_compose_modifiers[m], &rnd);
			layer.scanout = &fb->scanout;
			for (b = 0; b < ARRAY_SIZE(vi915_compose_modes); b++)
				for (a = 0; a < 2; a++) {
					frame = vi915_compose_frame(test, 96, 70);
					layer.blend_mode = vi915_compose_modes[b];
					layer.alpha = a ? 0xffff : 0x4321;
					vi915_frame_add(frame, &layer);
					vi915_compose_compare(test, composer,
							      frame);
					vi915_frame_put(frame);
				}
			kunit_release_action(test, vi915_compose_free, fb);
		}
	vi915_composer_destroy(composer);
}

static u32 vi915_compose_random(struct rnd_state *rnd, u32 below)
{
	return prandom_u32_state(rnd) % below;
}

/* Any position of a plane; half are as wide or as high as the picture. */
static void vi915_compose_scatter(struct vi915_layer *layer,
				  const struct vi915_frame *frame,
				  struct rnd_state *rnd)
{
	layer->width = frame->width;
	if (vi915_compose_random(rnd, 2))
		layer->width = 1 + vi915_compose_random(rnd, frame->width);
	layer->height = frame->height;
	if (vi915_compose_random(rnd, 2))
		layer->height = 1 + vi915_compose_random(rnd, frame->height);
	layer->x = vi915_compose_random(rnd, frame->width - layer->width + 1);
	layer->y = vi915_compose_random(rnd, frame->height - layer->height + 1);
	layer->src_x = vi915_compose_random(rnd, VI915_COMPOSE_WIDTH -
					    layer->width + 1);
	layer->src_y = vi915_compose_random(rnd, VI915_COMPOSE_HEIGHT -
					    layer->height + 1);
	layer->blend_mode = vi915_compose_modes[vi915_compose_random(rnd, 3)];
	switch (vi915_compose_random(rnd, 4)) {
	case 0:
		layer->alpha = 0;
		break;
	case 1:
		layer->alpha = prandom_u32_state(rnd);
		break;
	default:
		layer->alpha = DRM_BLEND_ALPHA_OPAQUE;
	}
	layer->encoding = vi915_compose_random(rnd, DRM_COLOR_ENCODING_MAX);
	layer->range = vi915_compose_random(rnd, DRM_COLOR_RANGE_MAX);
}

static void vi915_composer_test_random(struct kunit *test)
{
	struct vi915_composer *composer = vi915_compose_make(test);
	struct vi915_compose_fb *fb[VI915_MAX_LAYERS];
	struct vi915_layer layer = {};
	struct vi915_frame *frame;
	struct rnd_state rnd;
	unsigned int i, f, m, round;

	prandom_seed_state(&rnd, 2);
	for (round = 0; round < 60; round++) {
		frame = vi915_compose_frame(test,
					    1 + vi915_compose_random(&rnd, 200),
					    1 + vi915_compose_random(&rnd, 100));
		for (i = 0; i < VI915_MAX_LAYERS; i++) {
			f = vi915_compose_random(&rnd,
						 ARRAY_SIZE(vi915_compose_formats));
			m = vi915_compose_random(&rnd,
						 ARRAY_SIZE(vi915_compose_modifiers));
			fb[i] = vi915_compose_fb(test, vi915_compose_formats[f],
						 vi915_compose_modifiers[m],
						 &rnd);
			layer.scanout = &fb[i]->scanout;
			vi915_compose_scatter(&layer, frame, &rnd);
			vi915_frame_add(frame, &layer);
		}
		vi915_compose_compare(test, composer, frame);
		vi915_frame_put(frame);
		for (i = 0; i < VI915_MAX_LAYERS; i++)
			kunit_release_action(test, vi915_compose_free, fb[i]);
	}
	vi915_composer_destroy(composer);
}

/* Covered pixels are not read, so they cost nothing in any position. */
static void vi915_composer_test_covered(struct kunit *test)
{
	struct vi915_composer *composer = vi915_compose_make(test);
	struct vi915_layer layer = {
		.width = 64, .height = 70, .alpha = DRM_BLEND_ALPHA_OPAQUE,
	};
	struct vi915_compose_fb *below, *above;
	struct vi915_frame *frame = vi915_compose_frame(test, 64, 70);
	struct rnd_state rnd;
	u32 rows;

	prandom_seed_state(&rnd, 3);
	below = vi915_compose_fb(test, DRM_FORMAT_XRGB8888,
				 DRM_FORMAT_MOD_LINEAR, &rnd);
	/* Reading it would find no page and print a warning. */
	below->scanout.map[0].end = below->scanout.map[0].start;
	above = vi915_compose_fb(test, DRM_FORMAT_XBGR8888,
				 I915_FORMAT_MOD_Y_TILED, &rnd);
	layer.scanout = &below->scanout;
	vi915_frame_add(frame, &layer);
	layer.scanout = &above->scanout;
	layer.y = 20;
	layer.height = 50;
	vi915_frame_add(frame, &layer);

	KUNIT_EXPECT_EQ(test, vi915_compose_expect(frame, 5, 64),
			*(vi915_composer_band(composer, frame, 64, &rows) + 5) &
			0xffffff);
	KUNIT_EXPECT_EQ(test, rows, 6);
	KUNIT_EXPECT_EQ(test, vi915_compose_expect(frame, 5, 32),
			*(vi915_composer_band(composer, frame, 32, &rows) + 5) &
			0xffffff);
	KUNIT_EXPECT_EQ(test, rows, 32);
	vi915_frame_put(frame);
	vi915_composer_destroy(composer);
}

/* A frame drops its references to what it shows. */
static void vi915_composer_test_lets_go(struct kunit *test)
{
	struct vi915_layer layer = { .width = 1, .height = 1 };
	struct vi915_frame *frame = vi915_compose_frame(test, 16, 16);
	struct vi915_compose_fb *fb;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 4);
	fb = vi915_compose_fb(test, DRM_FORMAT_ARGB8888, DRM_FORMAT_MOD_LINEAR,
			      &rnd);
	layer.scanout = &fb->scanout;
	vi915_frame_add(frame, &layer);
	vi915_frame_add(frame, &layer);
	KUNIT_EXPECT_EQ(test, kref_read(&fb->scanout.ref), 3);
	vi915_frame_put(vi915_frame_get(frame));
	KUNIT_EXPECT_EQ(test, kref_read(&fb->scanout.ref), 3);
	vi915_frame_put(frame);
	KUNIT_EXPECT_EQ(test, kref_read(&fb->scanout.ref), 1);
}

static void vi915_compose_damage(struct vi915_frame *frame, int x1, int y1,
				 int x2, int y2)
{
	frame->damaged = true;
	frame->damage = DRM_RECT_INIT(x1, y1, x2 - x1, y2 - y1);
}

/* A frame that is never shown passes its damage on to the next one. */
static void vi915_composer_test_damage_adds_up(struct kunit *test)
{
	struct vi915_frame *shown = vi915_compose_frame(test, 64, 64);
	struct vi915_frame *next = vi915_compose_frame(test, 64, 64);
	struct vi915_frame *late = vi915_compose_frame(test, 64, 64);
	struct vi915_frame *last = vi915_compose_frame(test, 64, 64);

	vi915_compose_damage(shown, 0, 0, 1, 1);
	vi915_frame_follow(shown, NULL);
	KUNIT_EXPECT_EQ(test, shown->serial, 1);
	KUNIT_EXPECT_FALSE(test, shown->damaged);

	vi915_compose_damage(next, 10, 20, 30, 40);
	vi915_frame_follow(next, shown);
	KUNIT_EXPECT_EQ(test, next->serial, 2);
	KUNIT_EXPECT_TRUE(test, next->damaged);

	vi915_compose_damage(late, 5, 25, 15, 50);
	vi915_frame_replace(late, next);
	KUNIT_EXPECT_EQ(test, late->serial, 2);
	KUNIT_EXPECT_TRUE(test, late->damaged);
	KUNIT_EXPECT_EQ(test, late->damage.x1, 5);
	KUNIT_EXPECT_EQ(test, late->damage.y1, 20);
	KUNIT_EXPECT_EQ(test, late->damage.x2, 30);
	KUNIT_EXPECT_EQ(test, late->damage.y2, 50);

	vi915_frame_replace(last, late);
	KUNIT_EXPECT_EQ(test, last->serial, 2);
	KUNIT_EXPECT_FALSE(test, last->damaged);

	vi915_frame_put(shown);
	vi915_frame_put(next);
	vi915_frame_put(late);
	vi915_frame_put(last);
}

struct vi915_blend_case {
	const char *name;
	u32 below;
	u32 pixel;
	u16 alpha;
	u16 mode;
	u32 result;
};

/* Computed by hand, for one half and values just beside it. */
static const struct vi915_blend_case vi915_blend_cases[] = {
	{ "none_opaque", 0x112233, 0x00445566, 0xffff,
	  DRM_MODE_BLEND_PIXEL_NONE, 0x445566 },
	{ "none_gone", 0x112233, 0xff445566, 0, DRM_MODE_BLEND_PIXEL_NONE,
	  0x112233 },
	/* 0x8000 of 0xffff is a little more than half: 127.502, 0.5 of 1. */
	{ "none_half", 0x000000, 0x00ff0100, 0x8000, DRM_MODE_BLEND_PIXEL_NONE,
	  0x800100 },
	{ "none_less_than_half", 0x000000, 0x00ff0100, 0x7fff,
	  DRM_MODE_BLEND_PIXEL_NONE, 0x7f0000 },
	{ "premulti_opaque", 0x112233, 0xff445566, 0xffff,
	  DRM_MODE_BLEND_PREMULTI, 0x445566 },
	{ "premulti_gone", 0x112233, 0x00000000, 0xffff,
	  DRM_MODE_BLEND_PREMULTI, 0x112233 },
	{ "premulti_adds", 0x112233, 0x00010203, 0xffff,
	  DRM_MODE_BLEND_PREMULTI, 0x122436 },
	/* 0x40 + 255 * 127 / 255 = 0xbf */
	{ "premulti_half", 0xff0000, 0x80404040, 0xffff,
	  DRM_MODE_BLEND_PREMULTI, 0xbf4040 },
	{ "premulti_too_bright", 0xffffff, 0x80ff8001, 0xffff,
	  DRM_MODE_BLEND_PREMULTI, 0xffff80 },
	{ "premulti_plane_gone", 0x112233, 0x80ffffff, 0,
	  DRM_MODE_BLEND_PREMULTI, 0x112233 },
	/* 200 * 128 / 255 = 100.4; 100 * 128 / 255 + 200 * 127 / 255 = 149.8 */
	{ "coverage_half", 0x0000c8, 0x80c80064, 0xffff,
	  DRM_MODE_BLEND_COVERAGE, 0x640096 },
	{ "coverage_gone", 0x112233, 0x00ffffff, 0xffff,
	  DRM_MODE_BLEND_COVERAGE, 0x112233 },
	{ "coverage_opaque", 0x112233, 0xff445566, 0xffff,
	  DRM_MODE_BLEND_COVERAGE, 0x445566 },
	/* A quarter: 255 * 0.5 * 0.50196 = 64.0 */
	{ "coverage_quarter", 0x000000, 0x80ffffff, 0x8000,
	  DRM_MODE_BLEND_COVERAGE, 0x404040 },
};

static void vi915_composer_test_blend(struct kunit *test)
{
	const struct vi915_blend_case *row = test->param_value;

	KUNIT_EXPECT_EQ(test, row->result,
			vi915_composer_blend(row->below, row->pixel,
					     row->alpha, row->mode) & 0xffffff);
}

static void vi915_blend_describe(const struct vi915_blend_case *row, char *desc)
{
	strscpy(desc, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(vi915_blend, vi915_blend_cases, vi915_blend_describe);

static struct kunit_case vi915_composer_tests[] = {
	KUNIT_CASE_PARAM(vi915_composer_test_blend, vi915_blend_gen_params),
	KUNIT_CASE(vi915_composer_test_each),
	KUNIT_CASE(vi915_composer_test_random),
	KUNIT_CASE(vi915_composer_test_covered),
	KUNIT_CASE(vi915_composer_test_lets_go),
	KUNIT_CASE(vi915_composer_test_damage_adds_up),
	{}
};

static struct kunit_suite vi915_composer_suite = {
	.name = "vi915_composer",
	.test_cases = vi915_composer_tests,
};

kunit_test_suite(vi915_composer_suite);
