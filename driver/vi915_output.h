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
 * struct vi915_output - a connector with its CRTC and planes
 */
struct vi915_output {
	/** @dev: the GPU */
	struct vi915_device *dev;
	/** @index: its index in vi915_display.outputs and its CRTC's number */
	unsigned int index;

	/** @primary: the bottom plane */
	struct drm_plane primary;
	/** @overlay: the middle plane */
	struct drm_plane overlay;
	/** @cursor: the top plane */
	struct drm_plane cursor;
	/** @crtc: composes the planes */
	struct drm_crtc crtc;
	/** @encoder: only links CRTC and connector */
	struct drm_encoder encoder;
	/** @connector: connector of the screen */
	struct drm_connector connector;
	/** @writeback: writes pictures to framebuffers */
	struct drm_writeback_connector writeback;
	/**
	 * @job_lock: makes ending a writeback job atomic. Taken in any context,
	 * also inside @lock; only the DRM core's lock of writeback jobs and
	 * fences' locks are taken inside it.
	 */
	spinlock_t job_lock;
	/** @capture: reads each frame */
	struct vi915_capture capture;
	/** @shot: reads single frames */
	struct vi915_shot shot;

	/** @vblank: the timer */
	struct vi915_vblank vblank;

	/**
	 * @lock: guards all below. The timer takes it, so interrupts are off;
	 * commits and the timer share nothing else. The DRM core's vblank locks
	 * are taken inside it.
	 */
	spinlock_t lock;
	/** @shown: the frame on the screen; NULL: dark */
	struct vi915_frame *shown;
	/** @frames: how many frames have been shown */
	u64 frames;
	/** @next: the frame to show from vblank @target on, or NULL */
	struct vi915_frame *next;
	/** @event: to be sent when @next is shown, or NULL */
	struct drm_pending_vblank_event *event;
	/** @target: number of the vblank at which @next is due */
	u64 target;
	/** @awake: a reference to the vblank is held for @next */
	bool awake;
};

/**
 * to_vi915_output() - the output of a CRTC
 * @crtc: a CRTC of a vi915 device
 *
 * Return: the &struct vi915_output whose @crtc it is.
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
