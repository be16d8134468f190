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
 * struct vi915_vblank - when a CRTC begins with its next picture
 *
 * Vblank number n is at @base + n * @period, whether or not anybody looks and
 * however late the timer is.
 */
struct vi915_vblank {
	/**
	 * @lock: guards @running, and that the timer is armed only while it is
	 * set. The DRM core holds its vblank locks around ours; innermost.
	 */
	spinlock_t lock;
	/** @timer: goes off at each vblank while @running */
	struct hrtimer timer;
	/** @base: when the CRTC was lit; changes only while it is dark */
	ktime_t base;
	/** @period: of a frame in ns; likewise, and 0 before it was ever lit */
	u64 period;
	/** @running: somebody waits for vblanks */
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
