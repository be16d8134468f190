// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_atomic.h>
#include <drm/drm_atomic_helper.h>
#include <drm/drm_connector.h>
#include <drm/drm_crtc.h>
#include <drm/drm_drv.h>
#include <drm/drm_managed.h>
#include <drm/drm_mode_config.h>
#include <drm/drm_modeset_helper_vtables.h>
#include <drm/drm_plane.h>
#include <drm/drm_probe_helper.h>
#include <drm/drm_vblank.h>
#include <linux/dma-fence.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_connector.h"
#include "vi915_device.h"
#include "vi915_display.h"
#include "vi915_fb.h"
#include "vi915_inject.h"
#include "vi915_output.h"
#include "vi915_plane.h"
#include "vi915_refuse.h"

/**
 * DOC: the display
 *
 * The DRM core and its atomic helpers do most of the work. This file tells them
 * what the GPU has, and in which order a commit takes effect.
 *
 * On unplug a commit turns everything off, after those under way. Ioctls that
 * were let in before may still commit after it; they must not light anything.
 */

/*
 * An output that is still lit may be changed after unplug: closing a file takes
 * its framebuffers off the screen. The output goes dark with the rest.
 */
static int vi915_display_check_lit(struct drm_device *drm,
				   struct drm_atomic_state *state)
{
	struct drm_crtc_state *old_state, *new_state;
	struct drm_crtc *crtc;
	int i;

	for_each_oldnew_crtc_in_state(state, crtc, old_state, new_state, i)
		if (new_state->active && !old_state->active &&
		    drm_dev_is_unplugged(drm))
			return -ENODEV;
	return 0;
}

/*
 * During the check a plane can only have the fence of IN_FENCE_FD. Test-only
 * commits are refused too, as by real GPUs without that property.
 */
static int vi915_display_check_fences(struct drm_device *drm,
				      struct drm_atomic_state *state)
{
	struct drm_plane_state *new_state;
	struct drm_plane *plane;
	int i;

	if (to_vi915_device(drm)->config.in_fence)
		return 0;
	for_each_new_plane_in_state(state, plane, new_state, i)
		if (VI915_REFUSE(drm, new_state->fence))
			return -EPERM;
	return 0;
}

static int vi915_display_check(struct drm_device *drm,
			       struct drm_atomic_state *state)
{
	int ret;

	ret = vi915_display_check_lit(drm, state);
	if (!ret)
		ret = vi915_display_check_fences(drm, state);
	return ret ?: drm_atomic_helper_check(drm, state);
}

/*
 * Inject faults only into commits that wait interruptibly for locks: their
 * callers can handle an error. The others are the kernel's own for tidying up,
 * as when a framebuffer goes, which must not fail; and legacy properties.
 */
static int vi915_display_commit(struct drm_device *drm,
				struct drm_atomic_state *state, bool nonblock)
{
	int ret;

	if (state->acquire_ctx->interruptible) {
		ret = vi915_inject(to_vi915_device(drm), VI915_FAULT_COMMIT);
		if (ret)
			return ret;
	}
	return drm_atomic_helper_commit(drm, state, nonblock);
}

static const struct drm_mode_config_funcs vi915_display_funcs = {
	.fb_create = vi915_fb_create,
	.atomic_check = vi915_display_check,
	.atomic_commit = vi915_display_commit,
};

static void vi915_display_commit_tail(struct drm_atomic_state *state)
{
	struct drm_device *drm = state->dev;

	drm_atomic_helper_commit_modeset_disables(drm, state);
	/* Queues writeback jobs for the frames that come next. */
	drm_atomic_helper_commit_modeset_enables(drm, state);
	drm_atomic_helper_commit_planes(drm, state,
					DRM_PLANE_COMMIT_ACTIVE_ONLY);
	drm_atomic_helper_fake_vblank(state);
	drm_atomic_helper_commit_hw_done(state);
	drm_atomic_helper_wait_for_flip_done(drm, state);
	drm_atomic_helper_cleanup_planes(drm, state);
}

static const struct drm_mode_config_helper_funcs vi915_display_helper_funcs = {
	.atomic_commit_tail = vi915_display_commit_tail,
};

/* Allocated by itself, as waiters may keep it longer than the device. */
struct vi915_display_end {
	struct dma_fence base;
	spinlock_t lock;	/* guards base */
};

static const char *vi915_display_end_driver_name(struct dma_fence *fence)
{
	return "vi915";
}

static const char *vi915_display_end_timeline_name(struct dma_fence *fence)
{
	return "unplug";
}

static const struct dma_fence_ops vi915_display_end_ops = {
	.get_driver_name = vi915_display_end_driver_name,
	.get_timeline_name = vi915_display_end_timeline_name,
};

static void vi915_display_fini_end(struct drm_device *drm, void *end)
{
	dma_fence_put(end);
}

static int vi915_display_init_end(struct vi915_device *dev)
{
	struct vi915_display_end *end = kzalloc(sizeof(*end), GFP_KERNEL);

	if (!end)
		return -ENOMEM;

	/* dma_fence_free() frees the whole struct. */
	static_assert(offsetof(struct vi915_display_end, base) == 0);
	spin_lock_init(&end->lock);
	dma_fence_init(&end->base, &vi915_display_end_ops, &end->lock,
		       dma_fence_context_alloc(1), 1);
	dev->display.end = &end->base;
	return drmm_add_action_or_reset(&dev->drm, vi915_display_fini_end,
					&end->base);
}

static void vi915_display_fini_wq(struct drm_device *drm, void *wq)
{
	destroy_workqueue(wq);
}

static int vi915_display_init_wq(struct vi915_device *dev)
{
	struct vi915_display *display = &dev->display;

	display->wq = alloc_workqueue("vi915-display", WQ_UNBOUND, 0);
	if (!display->wq)
		return -ENOMEM;
	return drmm_add_action_or_reset(&dev->drm, vi915_display_fini_wq,
					display->wq);
}

static int vi915_display_init_config(struct vi915_device *dev)
{
	struct drm_mode_config *config = &dev->drm.mode_config;
	int ret;

	ret = drmm_mode_config_init(&dev->drm);
	if (ret)
		return ret;

	config->funcs = &vi915_display_funcs;
	config->helper_private = &vi915_display_helper_funcs;
	config->max_width = VI915_FB_MAX_SIZE;
	config->max_height = VI915_FB_MAX_SIZE;
	config->cursor_width = VI915_PLANE_MAX_CURSOR;
	config->cursor_height = VI915_PLANE_MAX_CURSOR;
	config->preferred_depth = 24;
	config->async_page_flip = true;
	config->fb_modifiers_not_supported = !dev->config.modifiers;
	return 0;
}

/* The DRM core's reset does not report states that it could not allocate. */
static int vi915_display_reset(struct drm_device *drm)
{
	struct drm_connector_list_iter iter;
	struct drm_connector *connector;
	struct drm_plane *plane;
	struct drm_crtc *crtc;
	bool whole = true;

	drm_mode_config_reset(drm);

	drm_for_each_plane(plane, drm)
		whole &= !!plane->state;
	drm_for_each_crtc(crtc, drm)
		whole &= !!crtc->state;
	drm_connector_list_iter_begin(drm, &iter);
	drm_for_each_connector_iter(connector, &iter)
		whole &= !!connector->state;
	drm_connector_list_iter_end(&iter);
	return whole ? 0 : -ENOMEM;
}

/**
 * vi915_display_init() - make a GPU's outputs, before it is registered
 * @dev: the GPU
 *
 * All of it goes away with the last reference to the DRM device.
 *
 * Return: 0 or a negative errno.
 */
int vi915_display_init(struct vi915_device *dev)
{
	struct vi915_display *display = &dev->display;
	unsigned int count = dev->config.outputs, i;
	struct drm_device *drm = &dev->drm;
	int ret;

	if (!count)
		return 0;

	/* The outputs come first, so that they are freed last. */
	display->outputs = drmm_kcalloc(drm, count, sizeof(*display->outputs),
					GFP_KERNEL);
	if (!display->outputs)
		return -ENOMEM;
	ret = vi915_display_init_wq(dev);
	if (ret)
		return ret;
	ret = vi915_display_init_end(dev);
	if (ret)
		return ret;
	ret = vi915_display_init_config(dev);
	if (ret)
		return ret;

	for (i = 0; i < count; i++) {
		ret = vi915_output_init(dev, &display->outputs[i], i);
		if (ret)
			return ret;
	}
	display->count = count;

	if (dev->config.vblank) {
		ret = drm_vblank_init(drm, count);
		if (ret)
			return ret;
		/* The count is computed from time, so this loses nothing. */
		drm->vblank_disable_immediate = true;
	}

	ret = vi915_display_reset(drm);
	if (ret)
		return ret;
	for (i = 0; i < count; i++)
		vi915_connector_probe(&display->outputs[i]);
	/* No connector is polled; this sends the uevents of probes. */
	return drmm_kms_helper_poll_init(drm);
}

/**
 * vi915_display_unplug() - turn all outputs off
 * @dev: the GPU, unplugged
 *
 * Flips under way are complete when this returns.
 */
void vi915_display_unplug(struct vi915_device *dev)
{
	if (!dev->display.count)
		return;

	dma_fence_signal(dev->display.end);
	drm_atomic_helper_shutdown(&dev->drm);
}

/**
 * vi915_display_pipe_ioctl() - DRM_IOCTL_I915_GET_PIPE_FROM_CRTC_ID
 * @drm: the GPU
 * @data: &struct drm_i915_get_pipe_from_crtc_id
 * @file: open file of the client
 *
 * Return: 0; -ENOENT if the id is no CRTC's; -EOPNOTSUPP without outputs.
 */
int vi915_display_pipe_ioctl(struct drm_device *drm, void *data,
			     struct drm_file *file)
{
	struct drm_i915_get_pipe_from_crtc_id *args = data;
	struct drm_crtc *crtc;

	if (VI915_REFUSE(drm, !to_vi915_device(drm)->display.count))
		return -EOPNOTSUPP;

	crtc = drm_crtc_find(drm, file, args->crtc_id);
	if (VI915_REFUSE(drm, !crtc))
		return -ENOENT;
	args->pipe = drm_crtc_index(crtc);
	return 0;
}
