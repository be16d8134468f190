// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_atomic.h>
#include <drm/drm_atomic_helper.h>
#include <drm/drm_atomic_state_helper.h>
#include <drm/drm_edid.h>
#include <drm/drm_fourcc.h>
#include <drm/drm_framebuffer.h>
#include <drm/drm_gem.h>
#include <drm/drm_modeset_helper_vtables.h>
#include <drm/drm_probe_helper.h>
#include <drm/drm_writeback.h>
#include <linux/dma-fence.h>
#include <linux/dma-resv.h>
#include <linux/err.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/slab.h>

#include "vi915_capture.h"
#include "vi915_crtc.h"
#include "vi915_device.h"
#include "vi915_foreign.h"
#include "vi915_formats.h"
#include "vi915_maps.h"
#include "vi915_outfence.h"
#include "vi915_output.h"
#include "vi915_refuse.h"
#include "vi915_scanout.h"
#include "vi915_surface.h"
#include "vi915_writeback.h"

/**
 * DOC: writeback
 *
 * Each CRTC has a writeback connector. A commit that asks for it gets its own
 * picture written to a framebuffer, which may be an imported one.
 *
 * All steps that can fail or allocate are done when the commit is prepared. The
 * framebuffer's fences are collected then, too, before they can come to depend
 * on the job. They are waited for with those of the planes, before anything of
 * the commit is visible, and with a time limit. From then on the job's fence
 * depends only on a vblank and on the worker that makes pictures.
 */

static const u32 vi915_writeback_formats[] = {
	DRM_FORMAT_XRGB8888,
	DRM_FORMAT_ARGB8888,
	DRM_FORMAT_XBGR8888,
	DRM_FORMAT_ABGR8888,
	DRM_FORMAT_RGB565,
	DRM_FORMAT_XRGB2101010,
};

/**
 * struct vi915_writeback - the driver's data of a writeback job
 */
struct vi915_writeback {
	/** @scanout: memory of the framebuffer; a reference */
	struct vi915_scanout *scanout;
	/** @fence: earlier uses of that memory, or NULL */
	struct dma_fence *fence;
	/** @status: negative errno if there will be no picture, or 0 */
	int status;
};

static struct vi915_output *
vi915_writeback_output(struct drm_writeback_connector *connector)
{
	return container_of(connector, struct vi915_output, writeback);
}

/* A fence of all readers and writers, ended by a time limit or unplug. */
static int vi915_writeback_get_fence(struct vi915_writeback *own,
				     struct drm_framebuffer *fb,
				     struct vi915_device *dev)
{
	enum dma_resv_usage usage = dev->config.implicit ?
				    dma_resv_usage_rw(true) :
				    DMA_RESV_USAGE_KERNEL;
	struct dma_fence *fence, *bounded;
	int ret;

	ret = dma_resv_get_singleton(fb->obj[0]->resv, usage, &fence);
	if (ret || !fence)
		return ret;

	bounded = vi915_foreign_create(fence, dev->display.end);
	dma_fence_put(fence);
	if (IS_ERR(bounded))
		return PTR_ERR(bounded);
	own->fence = bounded;
	return 0;
}

static int vi915_writeback_prepare(struct drm_writeback_connector *connector,
				   struct drm_writeback_job *job)
{
	struct vi915_output *output = vi915_writeback_output(connector);
	struct vi915_scanout *scanout;
	struct vi915_writeback *own;
	int ret;

	own = kzalloc(sizeof(*own), GFP_KERNEL);
	if (!own)
		return -ENOMEM;

	ret = vi915_outfence_adopt(job->out_fence);
	if (ret)
		goto err_free;
	ret = vi915_writeback_get_fence(own, job->fb, output->dev);
	if (ret)
		goto err_free;

	scanout = vi915_scanout_create(job->fb);
	if (IS_ERR(scanout)) {
		ret = PTR_ERR(scanout);
		goto err_put_fence;
	}
	own->scanout = scanout;

	ret = vi915_capture_begin(output);
	if (ret)
		goto err_put_scanout;
	job->priv = own;
	return 0;

err_put_scanout:
	vi915_scanout_put(scanout);
err_put_fence:
	dma_fence_put(own->fence);
err_free:
	kfree(own);
	return ret;
}

static void vi915_writeback_cleanup(struct drm_writeback_connector *connector,
				    struct drm_writeback_job *job)
{
	struct vi915_writeback *own = job->priv;

	vi915_capture_end(vi915_writeback_output(connector));
	dma_fence_put(own->fence);
	/* Before the scanout, which may hold the GPU's last reference. */
	drm_framebuffer_put(job->fb);
	job->fb = NULL;
	vi915_scanout_put(own->scanout);
	kfree(own);
}

/* The DRM core refuses jobs without a CRTC, or for one that is dark. */
static int vi915_writeback_check(struct drm_connector *connector,
				 struct drm_atomic_state *atomic)
{
	struct drm_connector_state *state =
		drm_atomic_get_new_connector_state(atomic, connector);
	struct drm_crtc_state *crtc_state;
	struct drm_framebuffer *fb;

	if (!state->crtc || !state->writeback_job || !state->writeback_job->fb)
		return 0;

	fb = state->writeback_job->fb;
	crtc_state = drm_atomic_get_new_crtc_state(atomic, state->crtc);
	if (VI915_REFUSE(connector->dev,
			 fb->width != crtc_state->mode.hdisplay ||
			 fb->height != crtc_state->mode.vdisplay))
		return -EINVAL;
	if (VI915_REFUSE(connector->dev, fb->modifier != DRM_FORMAT_MOD_LINEAR))
		return -EINVAL;
	return drm_atomic_helper_check_wb_connector_state(connector, atomic);
}

static int vi915_writeback_wait(struct dma_fence *fence)
{
	if (!fence)
		return 0;
	dma_fence_wait(fence, false);
	return min(dma_fence_get_status(fence), 0);
}

static void vi915_writeback_commit(struct drm_connector *connector,
				   struct drm_atomic_state *atomic)
{
	struct drm_connector_state *state =
		drm_atomic_get_new_connector_state(atomic, connector);
	struct drm_writeback_connector *writeback =
		drm_connector_to_writeback(connector);
	struct vi915_output *output = vi915_writeback_output(writeback);
	struct drm_writeback_job *job = state->writeback_job;
	struct vi915_writeback *own = job->priv;

	own->status = vi915_writeback_wait(own->fence);

	/* Let the worker finish the jobs of frames shown so far. */
	vi915_capture_flush(output);

	/* The connector owns the job now; this commit's frame takes it next. */
	drm_writeback_queue_job(writeback, state);
	output->capture.queued = job;
}

/**
 * vi915_writeback_take() - take the job for the frame of a commit
 * @output: output of the frame
 * @state: the commit
 *
 * Return: the job, now owned by the caller; or NULL.
 */
struct drm_writeback_job *vi915_writeback_take(struct vi915_output *output,
					       struct drm_atomic_state *state)
{
	struct drm_writeback_job *job = output->capture.queued;

	/* A cursor's update between both steps of a commit must not take it. */
	if (!drm_atomic_get_new_connector_state(state, &output->writeback.base))
		return NULL;
	output->capture.queued = NULL;
	return job;
}

/**
 * vi915_writeback_status() - can a job get its picture?
 * @job: a queued job
 *
 * Return: 0; -ETIMEDOUT if earlier uses of the framebuffer did not end in time;
 * -ENODEV if the GPU was unplugged meanwhile.
 */
int vi915_writeback_status(const struct drm_writeback_job *job)
{
	const struct vi915_writeback *own = job->priv;

	return own->status;
}

/**
 * vi915_writeback_rows() - write a part of a picture
 * @job: the job to write for
 * @pixels: pixels of the rows, without gaps
 * @width: pixels per row
 * @y: the first row
 * @rows: how many
 * @line: buffer for one row in the job's format
 */
void vi915_writeback_rows(struct drm_writeback_job *job, const u32 *pixels,
			  u32 width, u32 y, u32 rows, u32 *line)
{
	const struct vi915_writeback *own = job->priv;
	const struct drm_format_info *format = job->fb->format;
	struct vi915_rect rect = {
		.y = y, .width = width * format->cpp[0], .height = 1,
	};
	struct vi915_surface surface;
	struct vi915_maps maps;
	struct vi915_map map;
	u32 end = vi915_scanout_rows(own->scanout, 0);
	u64 bad;

	/* The framebuffer was checked to be as large as the mode. */
	if (WARN_ON_ONCE(width > job->fb->width || y + rows > job->fb->height))
		return;

	vi915_scanout_surface(own->scanout, 0, &map, &maps, &surface);
	for (; rows && rect.y < end; rows--, rect.y++, pixels += width) {
		vi915_formats_write(format->format, pixels, line, width);
		WARN_ON_ONCE(!vi915_surface_write(&maps, &surface, &rect, line,
						  rect.width, &bad));
	}
}

/**
 * vi915_writeback_complete() - complete a job and signal its fence
 * @job: a queued job; the caller's ownership ends
 * @status: 0, or a negative errno if there is no picture
 *
 * May be called in any context.
 */
void vi915_writeback_complete(struct drm_writeback_job *job, int status)
{
	struct drm_writeback_connector *connector = job->connector;
	struct vi915_output *output = vi915_writeback_output(connector);
	unsigned long flags;

	/* The DRM core completes its first job, so make this one the first. */
	spin_lock_irqsave(&output->job_lock, flags);
	spin_lock(&connector->job_lock);
	list_move(&job->list_entry, &connector->job_queue);
	spin_unlock(&connector->job_lock);
	drm_writeback_signal_completion(connector, status);
	spin_unlock_irqrestore(&output->job_lock, flags);
}

static int vi915_writeback_get_modes(struct drm_connector *connector)
{
	return drm_add_modes_noedid(connector, VI915_CRTC_MAX_WIDTH,
				    VI915_CRTC_MAX_HEIGHT);
}

static const struct drm_connector_helper_funcs vi915_writeback_helper_funcs = {
	.get_modes = vi915_writeback_get_modes,
	.atomic_check = vi915_writeback_check,
	.atomic_commit = vi915_writeback_commit,
	.prepare_writeback_job = vi915_writeback_prepare,
	.cleanup_writeback_job = vi915_writeback_cleanup,
};

static const struct drm_connector_funcs vi915_writeback_funcs = {
	.fill_modes = drm_helper_probe_single_connector_modes,
	.destroy = drm_connector_cleanup,
	.reset = drm_atomic_helper_connector_reset,
	.atomic_duplicate_state = drm_atomic_helper_connector_duplicate_state,
	.atomic_destroy_state = drm_atomic_helper_connector_destroy_state,
};

/**
 * vi915_writeback_init() - add writeback to an output with a connector
 * @output: the output
 *
 * Return: 0 or -ENOMEM.
 */
int vi915_writeback_init(struct vi915_output *output)
{
	struct drm_writeback_connector *writeback = &output->writeback;
	u32 both;
	int ret;

	spin_lock_init(&output->job_lock);
	ret = drm_writeback_connector_init(&output->dev->drm, writeback,
					   &vi915_writeback_funcs, NULL,
					   vi915_writeback_formats,
					   ARRAY_SIZE(vi915_writeback_formats),
					   drm_crtc_mask(&output->crtc));
	if (ret)
		return ret;
	drm_connector_helper_add(&writeback->base,
				 &vi915_writeback_helper_funcs);

	/* One CRTC can drive screen and writeback at the same time. */
	both = drm_encoder_mask(&output->encoder) |
	       drm_encoder_mask(&writeback->encoder);
	output->encoder.possible_clones = both;
	writeback->encoder.possible_clones = both;
	return 0;
}
