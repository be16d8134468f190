/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_OUTPUT_H
#define VI915_OUTPUT_H

#include <drm/drm_connector.h>
#include <drm/drm_crtc.h>
#include <drm/drm_encoder.h>
#include <drm/drm_plane.h>
#include <drm/drm_writeback.h>
#include <linux/container_of.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "vi915_capture.h"
#include "vi915_shot.h"
#include "vi915_vblank.h"

struct drm_atomic_state;
struct drm_pending_vblank_event;
struct vi915_device;
struct vi915_frame;

/**
 * struct vi915_output - where one screen can be connected
 */
struct vi915_output {
	/** @dev: the GPU */
	struct vi915_device *dev;
	/** @index: its place in vi915_display.outputs, and its CRTC's number */
	unsigned int index;

	/** @primary: the plane below */
	struct drm_plane primary;
	/** @overlay: the plane above it */
	struct drm_plane overlay;
	/** @cursor: the plane on top */
	struct drm_plane cursor;
	/** @crtc: puts them together */
	struct drm_crtc crtc;
	/** @encoder: nothing but a link between the two */
	struct drm_encoder encoder;
	/** @connector: what a screen is plugged into */
	struct drm_connector connector;
	/** @writeback: writes pictures to framebuffers */
	struct drm_writeback_connector writeback;
	/**
	 * @job_lock: makes the end of a writeback job one step. Taken in any
	 * context, inside of @lock; only fences' locks are taken inside of it.
	 */
	spinlock_t job_lock;
	/** @capture: who looks at each frame */
	struct vi915_capture capture;
	/** @shot: who looks at one */
	struct vi915_shot shot;

	/** @vblank: the pace */
	struct vi915_vblank vblank;

	/**
	 * @lock: guards all below. Taken in the timer, so with interrupts off;
	 * commits and the timer share nothing else. The DRM core's vblank locks
	 * are taken inside of it.
	 */
	spinlock_t lock;
	/** @shown: what is on the screen; NULL: dark */
	struct vi915_frame *shown;
	/** @frames: how many frames have been shown */
	u64 frames;
	/** @next: to be shown from vblank @target on, or NULL */
	struct vi915_frame *next;
	/** @event: to be sent when @next is shown, or NULL */
	struct drm_pending_vblank_event *event;
	/** @target: see @next */
	u64 target;
	/** @awake: a reference to the vblank is held for @next */
	bool awake;
};

/**
 * to_vi915_output() - from the CRTC to the output
 * @crtc: a CRTC of a vi915 device
 *
 * Return: the output it is part of.
 */
static inline struct vi915_output *to_vi915_output(struct drm_crtc *crtc)
{
	return container_of(crtc, struct vi915_output, crtc);
}

int vi915_output_init(struct vi915_device *dev, struct vi915_output *output,
		      unsigned int index);
struct vi915_frame *vi915_output_frame(struct vi915_output *output);
u64 vi915_output_frames(struct vi915_output *output);
void vi915_output_flip(struct vi915_output *output,
		       struct drm_atomic_state *state);
void vi915_output_vblank(struct vi915_output *output, u64 passed);
void vi915_output_darken(struct vi915_output *output);

#endif
