// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_atomic.h>
#include <drm/drm_atomic_helper.h>
#include <drm/drm_atomic_state_helper.h>
#include <drm/drm_blend.h>
#include <drm/drm_color_mgmt.h>
#include <drm/drm_damage_helper.h>
#include <drm/drm_framebuffer.h>
#include <drm/drm_gem_atomic_helper.h>
#include <linux/dma-fence.h>
#include <linux/minmax.h>
#include <linux/slab.h>

#include "vi915_device.h"
#include "vi915_fb.h"
#include "vi915_foreign.h"
#include "vi915_frame.h"
#include "vi915_output.h"
#include "vi915_plane.h"
#include "vi915_refuse.h"
#include "vi915_scanout.h"

/**
 * DOC: planes
 *
 * A plane puts a part of a framebuffer anywhere on its CRTC, pixel for pixel:
 * it clips, but does not scale. There are three for each CRTC, one above the
 * other in an order that does not change: primary, overlay, cursor.
 *
 * All that may fail is done when a commit is prepared: pages are held and
 * fences collected. The helpers wait for the fences, in a worker if the client
 * asked for a non-blocking commit, and with a time limit.
 */

struct vi915_plane_kind {
	enum drm_plane_type type;
	const char *name;
	const u32 *formats;
	const unsigned int *num_formats;
	/* Shows formats that are not RGB. */
	bool yuv;
};

/* Bottom first. */
static const struct vi915_plane_kind vi915_plane_kinds[] = {
	{ DRM_PLANE_TYPE_PRIMARY, "primary", vi915_fb_formats,
	  &vi915_fb_num_formats, true },
	{ DRM_PLANE_TYPE_OVERLAY, "overlay", vi915_fb_formats,
	  &vi915_fb_num_formats, true },
	{ DRM_PLANE_TYPE_CURSOR, "cursor", vi915_fb_cursor_formats,
	  &vi915_fb_num_cursor_formats, false },
};

/*
 * Clipping subtracts a position from the picture's size, which overflows near
 * S32_MIN; the DRM core checks the other end. A plane that far away is
 * invisible, and is so at half the distance, too.
 */
static int vi915_plane_clip(struct drm_plane_state *new_state,
			    const struct drm_crtc_state *crtc_state)
{
	s32 x = new_state->crtc_x;
	s32 y = new_state->crtc_y;
	int ret;

	new_state->crtc_x = max(x, S32_MIN / 2);
	new_state->crtc_y = max(y, S32_MIN / 2);
	ret = drm_atomic_helper_check_plane_state(new_state, crtc_state,
						  DRM_PLANE_NO_SCALING,
						  DRM_PLANE_NO_SCALING, true,
						  true);
	new_state->crtc_x = x;
	new_state->crtc_y = y;
	/* Scaling is not out of range but unsupported. */
	return ret == -ERANGE ? -EINVAL : ret;
}

static int vi915_plane_atomic_check(struct drm_plane *plane,
				    struct drm_atomic_state *state)
{
	struct drm_plane_state *new_state =
		drm_atomic_get_new_plane_state(state, plane);

	if (!new_state->crtc) {
		new_state->visible = false;
		/* The helpers would wait for it, and warn: there is no @fb. */
		dma_fence_put(new_state->fence);
		new_state->fence = NULL;
		return 0;
	}

	if (VI915_REFUSE(plane->dev,
			 plane->type == DRM_PLANE_TYPE_CURSOR &&
			 (new_state->crtc_w > VI915_PLANE_MAX_CURSOR ||
			  new_state->crtc_h > VI915_PLANE_MAX_CURSOR)))
		return -EINVAL;

	return vi915_plane_clip(new_state,
				drm_atomic_get_new_crtc_state(state,
							      new_state->crtc));
}

/* Replaces the plane's fence by a proxy with a time limit. */
static int vi915_plane_bound_fence(struct drm_plane *plane,
				   struct drm_plane_state *state)
{
	struct vi915_device *dev = to_vi915_device(plane->dev);
	struct dma_fence *fence;

	if (!state->fence || dma_fence_is_signaled(state->fence))
		return 0;

	fence = vi915_foreign_create(state->fence, dev->display.end);
	if (IS_ERR(fence))
		return PTR_ERR(fence);
	dma_fence_put(state->fence);
	state->fence = fence;
	return 0;
}

/*
 * A GPU with implicit=0 does not wait for writers. The helpers do not look for
 * them if there is a fence already, but always add the memory manager's fences.
 */
static void vi915_plane_stub_fence(struct drm_plane *plane,
				   struct drm_plane_state *state)
{
	if (!to_vi915_device(plane->dev)->config.implicit && !state->fence)
		state->fence = dma_fence_get_stub();
}

static int vi915_plane_prepare_fb(struct drm_plane *plane,
				  struct drm_plane_state *state)
{
	struct vi915_scanout *scanout;
	int ret;

	if (!state->fb)
		return 0;

	vi915_plane_stub_fence(plane, state);
	ret = drm_gem_plane_helper_prepare_fb(plane, state);
	if (!ret)
		ret = vi915_plane_bound_fence(plane, state);
	if (ret)
		return ret;

	scanout = vi915_scanout_create(state->fb);
	if (IS_ERR(scanout))
		return PTR_ERR(scanout);
	to_vi915_plane_state(state)->scanout = scanout;
	return 0;
}

static void vi915_plane_cleanup_fb(struct drm_plane *plane,
				   struct drm_plane_state *state)
{
	struct vi915_plane_state *own = to_vi915_plane_state(state);

	if (own->scanout)
		vi915_scanout_put(own->scanout);
	own->scanout = NULL;
}

/* The CRTC's flush makes a frame of all planes at once. */
static void vi915_plane_atomic_update(struct drm_plane *plane,
				      struct drm_atomic_state *state)
{
}

static int vi915_plane_async_check(struct drm_plane *plane,
				   struct drm_atomic_state *state)
{
	struct drm_plane_state *new_state =
		drm_atomic_get_new_plane_state(state, plane);

	/* A dark CRTC, or turning a plane off, needs a real commit. */
	if (!new_state->crtc->state->active || !new_state->fb)
		return -EINVAL;
	return 0;
}

static void vi915_plane_async_update(struct drm_plane *plane,
				     struct drm_atomic_state *state)
{
	struct drm_plane_state *new_state =
		drm_atomic_get_new_plane_state(state, plane);
	struct drm_plane_state *now = plane->state;

	vi915_output_flip(to_vi915_output(new_state->crtc), state);

	/* The old framebuffer and scanout are cleaned up with @state. */
	swap(now->fb, new_state->fb);
	swap(to_vi915_plane_state(now)->scanout,
	     to_vi915_plane_state(new_state)->scanout);
	now->crtc_x = new_state->crtc_x;
	now->crtc_y = new_state->crtc_y;
	now->crtc_w = new_state->crtc_w;
	now->crtc_h = new_state->crtc_h;
	now->src_x = new_state->src_x;
	now->src_y = new_state->src_y;
	now->src_w = new_state->src_w;
	now->src_h = new_state->src_h;
	now->src = new_state->src;
	now->dst = new_state->dst;
	now->visible = new_state->visible;
}

static const struct drm_plane_helper_funcs vi915_plane_helper_funcs = {
	.prepare_fb = vi915_plane_prepare_fb,
	.cleanup_fb = vi915_plane_cleanup_fb,
	.atomic_check = vi915_plane_atomic_check,
	.atomic_update = vi915_plane_atomic_update,
};

static const struct drm_plane_helper_funcs vi915_plane_cursor_helper_funcs = {
	.prepare_fb = vi915_plane_prepare_fb,
	.cleanup_fb = vi915_plane_cleanup_fb,
	.atomic_check = vi915_plane_atomic_check,
	.atomic_update = vi915_plane_atomic_update,
	.atomic_async_check = vi915_plane_async_check,
	.atomic_async_update = vi915_plane_async_update,
};

static void vi915_plane_destroy_state(struct drm_plane *plane,
				      struct drm_plane_state *state)
{
	__drm_atomic_helper_plane_destroy_state(state);
	kfree(to_vi915_plane_state(state));
}

static struct drm_plane_state *
vi915_plane_duplicate_state(struct drm_plane *plane)
{
	struct vi915_plane_state *own = kzalloc(sizeof(*own), GFP_KERNEL);

	if (!own)
		return NULL;
	__drm_atomic_helper_plane_duplicate_state(plane, &own->base);
	return &own->base;
}

static void vi915_plane_reset(struct drm_plane *plane)
{
	struct vi915_plane_state *own = kzalloc(sizeof(*own), GFP_KERNEL);

	if (plane->state)
		vi915_plane_destroy_state(plane, plane->state);
	plane->state = NULL;
	if (own)
		__drm_atomic_helper_plane_reset(plane, &own->base);
}

static const struct drm_plane_funcs vi915_plane_funcs = {
	.update_plane = drm_atomic_helper_update_plane,
	.disable_plane = drm_atomic_helper_disable_plane,
	.destroy = drm_plane_cleanup,
	.reset = vi915_plane_reset,
	.atomic_duplicate_state = vi915_plane_duplicate_state,
	.atomic_destroy_state = vi915_plane_destroy_state,
	.format_mod_supported = vi915_fb_format_mod_supported,
};

/**
 * vi915_plane_layer() - the layer that a plane adds to a frame
 * @state: state of the plane, prepared
 * @layer: out: the layer, with the state's reference to the scanout
 *
 * A pixel that is partly visible is shown whole, as in i915.
 *
 * Return: false if the plane shows nothing.
 */
bool vi915_plane_layer(struct drm_plane_state *state, struct vi915_layer *layer)
{
	if (!state->fb || !state->visible)
		return false;

	*layer = (struct vi915_layer) {
		.scanout = to_vi915_plane_state(state)->scanout,
		.src_x = state->src.x1 >> 16,
		.src_y = state->src.y1 >> 16,
		.x = state->dst.x1,
		.y = state->dst.y1,
		.width = drm_rect_width(&state->dst),
		.height = drm_rect_height(&state->dst),
		.plane = drm_plane_index(state->plane),
		.alpha = state->alpha,
		.blend_mode = state->pixel_blend_mode,
		.encoding = state->color_encoding,
		.range = state->color_range,
	};
	return true;
}

/**
 * vi915_plane_damage() - the part of the picture that a plane may have changed
 * @old_state: the plane's state before the commit
 * @new_state: the plane's state after the commit
 * @damage: out: the part, in pixels of the picture
 *
 * Return: false if the client did not say, or changed more than the pixels.
 */
bool vi915_plane_damage(struct drm_plane_state *old_state,
			struct drm_plane_state *new_state,
			struct drm_rect *damage)
{
	if (!drm_plane_get_damage_clips_count(new_state) ||
	    !old_state->visible || !new_state->visible ||
	    !drm_rect_equals(&old_state->src, &new_state->src) ||
	    !drm_rect_equals(&old_state->dst, &new_state->dst) ||
	    old_state->fb->format != new_state->fb->format ||
	    old_state->alpha != new_state->alpha ||
	    old_state->pixel_blend_mode != new_state->pixel_blend_mode ||
	    old_state->color_encoding != new_state->color_encoding ||
	    old_state->color_range != new_state->color_range)
		return false;

	if (!drm_atomic_helper_damage_merged(old_state, new_state, damage)) {
		drm_rect_init(damage, 0, 0, 0, 0);
		return true;
	}
	drm_rect_translate(damage,
			   new_state->dst.x1 - (new_state->src.x1 >> 16),
			   new_state->dst.y1 - (new_state->src.y1 >> 16));
	return true;
}

#define VI915_PLANE_BLENDS						\
	(BIT(DRM_MODE_BLEND_PIXEL_NONE) | BIT(DRM_MODE_BLEND_PREMULTI) |	\
	 BIT(DRM_MODE_BLEND_COVERAGE))
#define VI915_PLANE_ENCODINGS						\
	(BIT(DRM_COLOR_YCBCR_BT601) | BIT(DRM_COLOR_YCBCR_BT709))
#define VI915_PLANE_RANGES						\
	(BIT(DRM_COLOR_YCBCR_LIMITED_RANGE) | BIT(DRM_COLOR_YCBCR_FULL_RANGE))

static int vi915_plane_add_properties(struct drm_plane *plane,
				      const struct vi915_plane_kind *kind)
{
	int ret;

	ret = drm_plane_create_zpos_immutable_property(plane,
						       kind - vi915_plane_kinds);
	if (!ret)
		ret = drm_plane_create_alpha_property(plane);
	if (!ret)
		ret = drm_plane_create_blend_mode_property(plane, VI915_PLANE_BLENDS);
	if (!ret && kind->yuv)
		ret = drm_plane_create_color_properties(plane, VI915_PLANE_ENCODINGS,
							VI915_PLANE_RANGES,
							DRM_COLOR_YCBCR_BT709,
							DRM_COLOR_YCBCR_LIMITED_RANGE);
	if (!ret)
		drm_plane_enable_fb_damage_clips(plane);
	return ret;
}

static int vi915_plane_init(struct vi915_output *output,
			    struct drm_plane *plane,
			    const struct vi915_plane_kind *kind)
{
	u64 modifiers[VI915_FB_MAX_MODIFIERS];
	int ret;

	ret = drm_universal_plane_init(&output->dev->drm, plane,
				       BIT(output->index), &vi915_plane_funcs,
				       kind->formats, *kind->num_formats,
				       vi915_fb_modifiers(output->dev,
							  kind->type,
							  modifiers),
				       kind->type, "%s-%u", kind->name,
				       output->index);
	if (ret)
		return ret;

	drm_plane_helper_add(plane, kind->type == DRM_PLANE_TYPE_CURSOR ?
					    &vi915_plane_cursor_helper_funcs :
					    &vi915_plane_helper_funcs);
	return vi915_plane_add_properties(plane, kind);
}

/**
 * vi915_plane_init_all() - make an output's planes
 * @output: the output
 *
 * They go away with the device's other mode objects.
 *
 * Return: 0 or -ENOMEM.
 */
int vi915_plane_init_all(struct vi915_output *output)
{
	int ret;

	ret = vi915_plane_init(output, &output->primary, &vi915_plane_kinds[0]);
	if (!ret)
		ret = vi915_plane_init(output, &output->overlay,
				       &vi915_plane_kinds[1]);
	if (!ret)
		ret = vi915_plane_init(output, &output->cursor,
				       &vi915_plane_kinds[2]);
	return ret;
}
