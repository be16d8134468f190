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
 * A mode gives the length of a frame; from the moment a CRTC is lit, its
 * vblanks come at exactly that distance. They are computed, so they neither
 * drift nor jitter, and a vblank that the timer missed still counts: the DRM
 * core counts by elapsed time.
 *
 * The timer serves waiters and changes of the picture. It is off if there are
 * none, and the computed times go on.
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
 * vi915_vblank_passed() - the number of the last vblank
 * @vblank: vblanks of a CRTC that was lit
 *
 * Return: its number; number 0 is the moment of lighting.
 */
u64 vi915_vblank_passed(const struct vi915_vblank *vblank)
{
	return vi915_vblank_number(vblank, ktime_get());
}

static ktime_t vi915_vblank_at(const struct vi915_vblank *vblank, u64 number)
{
	return ktime_add_ns(vblank->base, number * vblank->period);
}

/* May run in the timer's callback, which then returns with it armed. */
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

	/* A frame shown now gets the time and count that the core just took. */
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
 * @crtc: a CRTC without users of its vblanks
 *
 * May be called in the timer's callback, so this does not wait for it.
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
 * @crtc: the CRTC
 * @max_error: out: largest error of @time, in ns
 * @time: out: time of the last vblank
 * @in_vblank_irq: whether the timer asks; ignored
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
 * vi915_vblank_on() - start the vblanks of a CRTC that is being lit
 * @output: the output
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
 * vi915_vblank_off() - stop the vblanks of a CRTC that goes dark
 * @output: the output
 *
 * Waiters are woken at once. The timer does not run any more when this returns.
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
 * vi915_vblank_init() - set up vblanks, before the output's CRTC
 * @output: the output
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
