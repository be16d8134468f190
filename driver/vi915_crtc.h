/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_CRTC_H
#define VI915_CRTC_H

#include <drm/drm_crtc.h>
#include <linux/container_of.h>

struct vi915_colour;
struct vi915_frame;
struct vi915_output;

/* Largest mode, in pixels. */
#define VI915_CRTC_MAX_WIDTH	4096
#define VI915_CRTC_MAX_HEIGHT	2160

/* Pixel clock in kHz; enough for 4096x2160 at 240 Hz. */
#define VI915_CRTC_MAX_CLOCK	2400000

/**
 * struct vi915_crtc_state - atomic state of a CRTC
 */
struct vi915_crtc_state {
	/** @base: the DRM core's part */
	struct drm_crtc_state base;
	/** @frame: an empty frame, which the commit of this state fills */
	struct vi915_frame *frame;
	/** @colour: colour changes for the picture; a reference, NULL: none */
	struct vi915_colour *colour;
};

/**
 * to_vi915_crtc_state() - from the DRM core's state to ours
 * @state: state of a CRTC of a vi915 device
 *
 * Return: the state it is part of.
 */
static inline struct vi915_crtc_state *
to_vi915_crtc_state(struct drm_crtc_state *state)
{
	return container_of(state, struct vi915_crtc_state, base);
}

int vi915_crtc_init(struct vi915_output *output);

#endif
