// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_atomic.h>
#include <drm/drm_atomic_helper.h>
#include <drm/drm_atomic_state_helper.h>
#include <drm/drm_color_mgmt.h>
#include <drm/drm_modes.h>
#include <drm/drm_vblank.h>
#include <linux/slab.h>

#include "vi915_capture.h"
#include "vi915_colour.h"
#include "vi915_crtc.h"
#include "vi915_device.h"
#include "vi915_display_debugfs.h"
#include "vi915_frame.h"
#include "vi915_outfence.h"
#include "vi915_output.h"
#include "vi915_shot.h"

/**
 * DOC: CRTCs
 *
 * The check of a commit tests whether the CRTC can do the mode, and allocates a
 * frame and the tables for its colours: after that the commit cannot fail.
 */

/* In Hz; an output with a lower rate would look hung. */
#define VI915_CRTC_MIN_REFRESH	1
#define VI915_CRTC_MAX_REFRESH	500

/* Other flags, such as interlaced, would change the picture. */
#define VI915_CRTC_MODE_FLAGS						\
	(DRM_MODE_FLAG_PHSYNC | DRM_MODE_FLAG_NHSYNC |			\
	 DRM_MODE_FLAG_PVSYNC | DRM_MODE_FLAG_NVSYNC |			\
	 DRM_MODE_FLAG_PIC_AR_MASK)

static enum drm_mode_status
vi915_crtc_mode_valid(struct drm_crtc *crtc,
		      const struct drm_display_mode *mode)
{
	int refresh = drm_mode_vrefresh(mode);

	if (mode->flags & ~VI915_CRTC_MODE_FLAGS)
		return MODE_BAD;
	if (mode->vscan > 1)
		return MODE_NO_VSCAN;
	if (mode->hdisplay > VI915_CRTC_MAX_WIDTH)
		return MODE_BAD_HVALUE;
	if (mode->vdisplay > VI915_CRTC_MAX_HEIGHT)
		return MODE_BAD_VVALUE;
	if (mode->clock > VI915_CRTC_MAX_CLOCK)
		return MODE_CLOCK_HIGH;
	if (refresh < VI915_CRTC_MIN_REFRESH)
		return MODE_VSYNC;
	if (refresh > VI915_CRTC_MAX_REFRESH)
		return MODE_VSYNC;
	return MODE_OK;
}

static int vi915_crtc_atomic_check(struct drm_crtc *crtc,
				   struct drm_atomic_state *state)
{
	struct drm_crtc_state *crtc_state =
		drm_atomic_get_new_crtc_state(state, crtc);
	struct vi915_crtc_state *own = to_vi915_crtc_state(crtc_state);
	struct vi915_frame *frame;
	int ret;

	if (crtc_state->event) {
		ret = vi915_outfence_adopt(crtc_state->event->base.fence);
		if (ret)
			return ret;
	}
	if (crtc_state->color_mgmt_changed) {
		ret = vi915_colour_check(crtc_state, &own->colour);
		if (ret)
			return ret;
	}
	if (!crtc_state->active || own->frame)
		return 0;

	frame = vi915_frame_create(GFP_KERNEL);
	if (IS_ERR(frame))
		return PTR_ERR(frame);
	own->frame = frame;
	return 0;
}

static void vi915_crtc_atomic_flush(struct drm_crtc *crtc,
				    struct drm_atomic_state *state)
{
	vi915_output_flip(to_vi915_output(crtc), state);
}

static void vi915_crtc_atomic_enable(struct drm_crtc *crtc,
				     struct drm_atomic_state *state)
{
	vi915_vblank_on(to_vi915_output(crtc));
}

static void vi915_crtc_atomic_disable(struct drm_crtc *crtc,
				      struct drm_atomic_state *state)
{
	struct drm_crtc_state *crtc_state =
		drm_atomic_get_new_crtc_state(state, crtc);
	struct vi915_output *output = to_vi915_output(crtc);

	vi915_vblank_off(output);
	vi915_output_darken(output);

	/* If only the mode changes, the event belongs to the new picture. */
	if (crtc_state->event && !crtc_state->active) {
		spin_lock_irq(&crtc->dev->event_lock);
		drm_crtc_send_vblank_event(crtc, crtc_state->event);
		spin_unlock_irq(&crtc->dev->event_lock);
		crtc_state->event = NULL;
	}
}

static const struct drm_crtc_helper_funcs vi915_crtc_helper_funcs = {
	.mode_valid = vi915_crtc_mode_valid,
	.atomic_check = vi915_crtc_atomic_check,
	.atomic_flush = vi915_crtc_atomic_flush,
	.atomic_enable = vi915_crtc_atomic_enable,
	.atomic_disable = vi915_crtc_atomic_disable,
};

static void vi915_crtc_destroy_state(struct drm_crtc *crtc,
				     struct drm_crtc_state *state)
{
	struct vi915_crtc_state *own = to_vi915_crtc_state(state);

	__drm_atomic_helper_crtc_destroy_state(state);
	vi915_frame_put(own->frame);
	vi915_colour_put(own->colour);
	kfree(own);
}

static struct drm_crtc_state *vi915_crtc_duplicate_state(struct drm_crtc *crtc)
{
	struct vi915_crtc_state *own = kzalloc(sizeof(*own), GFP_KERNEL);

	if (!own)
		return NULL;
	__drm_atomic_helper_crtc_duplicate_state(crtc, &own->base);
	own->colour = vi915_colour_get(to_vi915_crtc_state(crtc->state)->colour);
	return &own->base;
}

static void vi915_crtc_reset(struct drm_crtc *crtc)
{
	struct vi915_crtc_state *own = kzalloc(sizeof(*own), GFP_KERNEL);

	if (crtc->state)
		vi915_crtc_destroy_state(crtc, crtc->state);
	__drm_atomic_helper_crtc_reset(crtc, own ? &own->base : NULL);
}

static int vi915_crtc_late_register(struct drm_crtc *crtc)
{
	vi915_shot_register(to_vi915_output(crtc));
	vi915_display_debugfs_crtc(to_vi915_output(crtc));
	return 0;
}

#define VI915_CRTC_FUNCS						\
	.late_register = vi915_crtc_late_register,			\
	.get_crc_sources = vi915_capture_get_sources,			\
	.verify_crc_source = vi915_capture_verify_source,		\
	.set_crc_source = vi915_capture_set_source,			\
	.set_config = drm_atomic_helper_set_config,			\
	.page_flip = drm_atomic_helper_page_flip,			\
	.reset = vi915_crtc_reset,					\
	.atomic_duplicate_state = vi915_crtc_duplicate_state,		\
	.atomic_destroy_state = vi915_crtc_destroy_state

static const struct drm_crtc_funcs vi915_crtc_funcs_mode = {
	VI915_CRTC_FUNCS,
	.enable_vblank = vi915_vblank_enable,
	.disable_vblank = vi915_vblank_disable,
	.get_vblank_timestamp = vi915_vblank_timestamp,
};

static const struct drm_crtc_funcs vi915_crtc_funcs_off = {
	VI915_CRTC_FUNCS,
};

/**
 * vi915_crtc_init() - make the CRTC of an output, after its planes
 * @output: the output
 *
 * Return: 0 or -ENOMEM.
 */
int vi915_crtc_init(struct vi915_output *output)
{
	int ret;

	ret = drmm_crtc_init_with_planes(&output->dev->drm, &output->crtc,
					 &output->primary, &output->cursor,
					 output->dev->config.vblank ?
						&vi915_crtc_funcs_mode :
						&vi915_crtc_funcs_off,
					 NULL);
	if (ret)
		return ret;

	drm_crtc_helper_add(&output->crtc, &vi915_crtc_helper_funcs);
	drm_crtc_enable_color_mgmt(&output->crtc, VI915_COLOUR_ENTRIES, true,
				   VI915_COLOUR_ENTRIES);
	return drm_mode_crtc_set_gamma_size(&output->crtc, VI915_COLOUR_LEGACY);
}
