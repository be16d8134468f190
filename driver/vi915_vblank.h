/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_VBLANK_H
#define VI915_VBLANK_H

#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct drm_crtc;
struct vi915_output;

/**
 * struct vi915_vblank - the times of a CRTC's vblanks
 *
 * Vblank number n is at @base + n * @period, also while the timer is off, and
 * however late it is.
 */
struct vi915_vblank {
	/**
	 * @lock: guards @running, and lets the timer be armed only while that
	 * is set. Taken inside the DRM core's vblank locks; innermost.
	 */
	spinlock_t lock;
	/** @timer: goes off at each vblank while @running */
	struct hrtimer timer;
	/** @base: when the CRTC was lit; changes only while it is dark */
	ktime_t base;
	/** @period: length of a frame in ns; likewise, and 0 at first */
	u64 period;
	/** @running: the DRM core wants vblanks */
	bool running;
};

int vi915_vblank_init(struct vi915_output *output);
void vi915_vblank_on(struct vi915_output *output);
void vi915_vblank_off(struct vi915_output *output);
u64 vi915_vblank_passed(const struct vi915_vblank *vblank);

int vi915_vblank_enable(struct drm_crtc *crtc);
void vi915_vblank_disable(struct drm_crtc *crtc);
bool vi915_vblank_timestamp(struct drm_crtc *crtc, int *max_error,
			    ktime_t *time, bool in_vblank_irq);

#endif
