// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_managed.h>
#include <drm/drm_vblank.h>
#include <linux/dma-fence.h>
#include <linux/math64.h>

#include "vi915_device.h"
#include "vi915_output.h"
#include "vi915_vblank.h"

/**
 * DOC: vblanks
 *
 * A mode says how long a frame takes, and from the moment a CRTC is lit its
 * vblanks follow each other at just that distance. They are computed, so they
 * neither drift nor jitter, and one that the timer came too late for is counted
 * all the same: the DRM core counts by the time that passed.
 *
 * The timer is there for those who wait, and for what changes the picture. With
 * nobody waiting it is off, and the computed times go on.
 *
 * A GPU with vblank=off has none of this: its pictures change as soon as their
 * fences allow.
 */

static u64 vi915_vblank_number(const struct vi915_vblank *vblank, ktime_t time)
{
	s64 since = ktime_to_ns(ktime_sub(time, vblank->base));

	return since > 0 ? div64_u64(since, vblank->period) : 0;
}

/**
 * vi915_vblank_passed() - which vblank was the last?
 * @vblank: of a CRTC that was lit
 *
 * Return: its number; the one at the moment of lighting is 0.
 */
u64 vi915_vblank_passed(const struct vi915_vblank *vblank)
{
	return vi915_vblank_number(vblank, ktime_get());
}

static ktime_t vi915_vblank_at(const struct vi915_vblank *vblank, u64 number)
{
	return ktime_add_ns(vblank->base, number * vblank->period);
}

/* Also from the timer itself, which then is armed when it returns. */
static void vi915_vblank_arm(struct vi915_vblank *vblank)
{
	u64 next = vi915_vblank_passed(vblank) + 1;

	lockdep_assert_held(&vblank->lock);
	hrtimer_start(&vblank->timer, vi915_vblank_at(vblank, next),
		      HRTIMER_MODE_ABS);
}

static enum hrtimer_restart vi915_vblank_tick(struct hrtimer *timer)
{
	struct vi915_vblank *vblank =
		container_of(timer, struct vi915_vblank, timer);
	struct vi915_output *output =
		container_of(vblank, struct vi915_output, vblank);
	unsigned long flags;
	bool fence_cookie;
	ktime_t time;

	fence_cookie = dma_fence_begin_signalling();

	/* What changes now has the time and the count that the core just took. */
	drm_crtc_handle_vblank(&output->crtc);
	drm_crtc_vblank_count_and_time(&output->crtc, &time);
	vi915_output_vblank(output, vi915_vblank_number(vblank, time));

	spin_lock_irqsave(&vblank->lock, flags);
	if (vblank->running)
		vi915_vblank_arm(vblank);
	spin_unlock_irqrestore(&vblank->lock, flags);

	dma_fence_end_signalling(fence_cookie);
	return HRTIMER_NORESTART;
}

/**
 * vi915_vblank_enable() - drm_crtc_funcs.enable_vblank
 * @crtc: a lit one
 *
 * Return: 0.
 */
int vi915_vblank_enable(struct drm_crtc *crtc)
{
	struct vi915_vblank *vblank = &to_vi915_output(crtc)->vblank;
	unsigned long flags;

	spin_lock_irqsave(&vblank->lock, flags);
	vblank->running = true;
	vi915_vblank_arm(vblank);
	spin_unlock_irqrestore(&vblank->lock, flags);
	return 0;
}

/**
 * vi915_vblank_disable() - drm_crtc_funcs.disable_vblank
 * @crtc: whose vblanks nobody waits for any more
 *
 * The timer itself may be calling, so this does not wait for it.
 */
void vi915_vblank_disable(struct drm_crtc *crtc)
{
	struct vi915_vblank *vblank = &to_vi915_output(crtc)->vblank;
	unsigned long flags;

	spin_lock_irqsave(&vblank->lock, flags);
	vblank->running = false;
	hrtimer_try_to_cancel(&vblank->timer);
	spin_unlock_irqrestore(&vblank->lock, flags);
}

/**
 * vi915_vblank_timestamp() - drm_crtc_funcs.get_vblank_timestamp
 * @crtc: which
 * @max_error: out: how wrong it can be, in ns
 * @time: out: when the last vblank was
 * @in_vblank_irq: the timer asks
 *
 * Return: false before the CRTC was ever lit.
 */
bool vi915_vblank_timestamp(struct drm_crtc *crtc, int *max_error,
			    ktime_t *time, bool in_vblank_irq)
{
	const struct vi915_vblank *vblank = &to_vi915_output(crtc)->vblank;

	if (!vblank->period)
		return false;

	*max_error = 0;
	*time = vi915_vblank_at(vblank, vi915_vblank_passed(vblank));
	return true;
}

/**
 * vi915_vblank_on() - a CRTC is being lit
 * @output: whose
 */
void vi915_vblank_on(struct vi915_output *output)
{
	struct vi915_vblank *vblank = &output->vblank;

	if (!output->dev->config.vblank)
		return;

	vblank->period = drm_crtc_vblank_crtc(&output->crtc)->framedur_ns;
	vblank->base = ktime_get();
	drm_crtc_vblank_on(&output->crtc);
}

/**
 * vi915_vblank_off() - a CRTC is going dark
 * @output: whose
 *
 * What waits for vblanks is told at once. The timer has run for the last time
 * when this returns.
 */
void vi915_vblank_off(struct vi915_output *output)
{
	if (!output->dev->config.vblank)
		return;

	drm_crtc_vblank_off(&output->crtc);
	hrtimer_cancel(&output->vblank.timer);
}

static void vi915_vblank_fini(struct drm_device *drm, void *data)
{
	struct vi915_vblank *vblank = data;

	hrtimer_cancel(&vblank->timer);
}

/**
 * vi915_vblank_init() - before an output's CRTC
 * @output: whose
 *
 * Return: 0 or -ENOMEM.
 */
int vi915_vblank_init(struct vi915_output *output)
{
	struct vi915_vblank *vblank = &output->vblank;

	spin_lock_init(&vblank->lock);
	hrtimer_init(&vblank->timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
	vblank->timer.function = vi915_vblank_tick;
	return drmm_add_action_or_reset(&output->dev->drm, vi915_vblank_fini,
					vblank);
}
