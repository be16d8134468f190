// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_crtc.h>
#include <drm/drm_drv.h>
#include <drm/drm_managed.h>
#include <drm/drm_vblank.h>
#include <linux/delay.h>
#include <linux/dma-fence.h>
#include <linux/err.h>
#include <linux/list.h>
#include <linux/math.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "vi915_capture.h"
#include "vi915_composer.h"
#include "vi915_crc.h"
#include "vi915_crtc.h"
#include "vi915_device.h"
#include "vi915_frame.h"
#include "vi915_output.h"
#include "vi915_queue.h"
#include "vi915_refuse.h"
#include "vi915_scanout.h"
#include "vi915_shot.h"
#include "vi915_writeback.h"

/**
 * DOC: capturing frames
 *
 * Without users (CRC files and writeback jobs) this costs nothing: no picture
 * is made, and there is no memory to make one in. Otherwise the vblank hands
 * the frame that it has just put on the screen to a worker; CRCs and writeback
 * have one each.
 *
 * Each vblank has a CRC of its own, even when nothing was flipped, since a
 * client may draw into a shown buffer without a commit. If the worker is late,
 * all vblanks since its last run get the CRC of the last of them. If the client
 * told what differs from the frame before (FB_DAMAGE_CLIPS), bands without
 * damage keep their CRCs.
 *
 * A frame with a writeback job waits for its worker in a place of its own, even
 * if other frames follow. There is one such place: the next commit with a
 * writeback job waits until it is free. From there to the end of the job
 * nothing is allocated and no reservation taken, since its fence is waited for.
 * The worker for CRCs does both, to see bytes written through GTT views, so it
 * cannot do writeback as well.
 */

static const char *const vi915_capture_sources[] = { "auto" };

static void vi915_capture_free(struct vi915_capture_buffers *buffers)
{
	vi915_composer_destroy(buffers->composer);
	kfree(buffers->crc);
	kfree(buffers->bands);
	memset(buffers, 0, sizeof(*buffers));
}

static int vi915_capture_alloc(struct vi915_capture_buffers *buffers)
{
	struct vi915_composer *composer;

	composer = vi915_composer_create(VI915_CRTC_MAX_WIDTH);
	if (IS_ERR(composer))
		return PTR_ERR(composer);

	buffers->composer = composer;
	buffers->crc = kmalloc(sizeof(*buffers->crc), GFP_KERNEL);
	buffers->bands = kcalloc(DIV_ROUND_UP(VI915_CRTC_MAX_HEIGHT,
					      VI915_BAND_ROWS),
				 sizeof(*buffers->bands), GFP_KERNEL);
	if (!buffers->crc || !buffers->bands) {
		vi915_capture_free(buffers);
		return -ENOMEM;
	}
	vi915_crc_init(buffers->crc);
	return 0;
}

/**
 * vi915_capture_begin() - add a user, with buffers to make pictures in
 * @output: the output
 *
 * Return: 0 or -ENOMEM.
 */
int vi915_capture_begin(struct vi915_output *output)
{
	struct vi915_capture *capture = &output->capture;
	struct vi915_capture_buffers buffers = {};
	bool needed;
	int ret;

	mutex_lock(&capture->lock);
	needed = !capture->users;
	capture->users += !needed;
	mutex_unlock(&capture->lock);
	if (!needed)
		return 0;

	ret = vi915_capture_alloc(&buffers);
	if (ret)
		return ret;

	mutex_lock(&capture->lock);
	if (!capture->users++) {
		swap(capture->buffers, buffers);
		capture->serial = 0;
	}
	mutex_unlock(&capture->lock);

	/* If another user was faster, these are not needed. */
	vi915_capture_free(&buffers);
	return 0;
}

/**
 * vi915_capture_end() - remove a user that vi915_capture_begin() added
 * @output: the output
 */
void vi915_capture_end(struct vi915_output *output)
{
	struct vi915_capture *capture = &output->capture;
	struct vi915_capture_buffers buffers = {};

	mutex_lock(&capture->lock);
	if (!--capture->users)
		swap(capture->buffers, buffers);
	mutex_unlock(&capture->lock);
	vi915_capture_free(&buffers);
}

/* Are the CRCs those of the frame before, and is the damage since it known? */
static bool vi915_capture_knows(const struct vi915_capture *capture,
				const struct vi915_frame *frame)
{
	return frame->damaged && capture->serial &&
	       capture->serial + 1 == frame->serial &&
	       capture->width == frame->width &&
	       capture->height == frame->height;
}

static bool vi915_capture_is_damaged(const struct vi915_frame *frame, u32 y)
{
	return drm_rect_visible(&frame->damage) &&
	       frame->damage.y1 < (int)(y + VI915_BAND_ROWS) &&
	       frame->damage.y2 > (int)y;
}

static u32 vi915_capture_crc(struct vi915_capture *capture,
			     const struct vi915_frame *frame)
{
	struct vi915_crc *tables = capture->buffers.crc;
	u32 y, rows, crc = U32_MAX;

	for (y = 0; y < frame->height; y += rows) {
		rows = min_t(u32, VI915_BAND_ROWS, frame->height - y);
		crc = vi915_crc_append(tables, crc,
				       capture->buffers.bands[y / VI915_BAND_ROWS],
				       rows * frame->width);
	}
	return ~crc;
}

/* Compute the CRCs of a frame's bands, except of those that are known. */
static void vi915_capture_look(struct vi915_capture *capture,
			       const struct vi915_frame *frame)
{
	bool known = vi915_capture_knows(capture, frame);
	const u32 *pixels;
	u32 y, rows;

	for (y = 0; y < frame->height; y += rows) {
		if (known && !vi915_capture_is_damaged(frame, y)) {
			rows = VI915_BAND_ROWS;
			continue;
		}
		pixels = vi915_composer_band(capture->buffers.composer, frame, y,
					     &rows);
		capture->buffers.bands[y / VI915_BAND_ROWS] =
			vi915_crc_pixels(capture->buffers.crc, pixels,
					 rows * frame->width);
		cond_resched();
	}
	capture->serial = frame->serial;
	capture->width = frame->width;
	capture->height = frame->height;
}

static void vi915_capture_write(struct vi915_capture *capture,
				const struct vi915_frame *frame,
				struct drm_writeback_job *job)
{
	struct vi915_composer *composer = capture->buffers.composer;
	const u32 *pixels;
	u32 y, rows;

	for (y = 0; y < frame->height; y += rows) {
		pixels = vi915_composer_band(composer, frame, y, &rows);
		vi915_writeback_rows(job, pixels, frame->width, y, rows,
				     composer->line);
		cond_resched();
	}
}

/* Up to the fence nothing is allocated and no reservation is waited for. */
static void vi915_capture_job_work(struct work_struct *work)
{
	struct vi915_capture *capture =
		container_of(work, struct vi915_capture, job_work);
	struct vi915_output *output =
		container_of(capture, struct vi915_output, capture);
	bool fence_cookie = dma_fence_begin_signalling();
	struct drm_writeback_job *job;
	struct vi915_frame *frame;
	int status;

	spin_lock_irq(&output->lock);
	job = capture->job;
	frame = capture->job_frame;
	capture->job = NULL;
	capture->job_frame = NULL;
	spin_unlock_irq(&output->lock);

	if (job) {
		status = vi915_writeback_status(job);
		mutex_lock(&capture->lock);
		if (!status)
			vi915_capture_write(capture, frame, job);
		mutex_unlock(&capture->lock);
		vi915_writeback_complete(job, status);
	}
	dma_fence_end_signalling(fence_cookie);
	vi915_frame_put(frame);
}

/* A frame to take the CRC of, for the vblanks @first to @last. */
struct vi915_capture_task {
	struct vi915_frame *frame;
	u64 first;
	u64 last;
};

static void vi915_capture_take(struct vi915_output *output,
			       struct vi915_capture_task *task)
{
	struct vi915_capture *capture = &output->capture;

	spin_lock_irq(&output->lock);
	task->frame = capture->frame;
	task->first = capture->first;
	task->last = capture->last;
	capture->frame = NULL;
	spin_unlock_irq(&output->lock);
}

static void vi915_capture_do_crc(struct vi915_output *output,
				 struct vi915_capture_task *task)
{
	struct vi915_capture *capture = &output->capture;
	unsigned int i;
	u64 count;
	u32 crc;

	for (i = 0; i < task->frame->count; i++)
		vi915_scanout_refresh(task->frame->layers[i].scanout);

	mutex_lock(&capture->lock);
	/* The file may have been closed meanwhile. */
	if (!capture->buffers.composer) {
		mutex_unlock(&capture->lock);
		return;
	}
	vi915_capture_look(capture, task->frame);
	crc = vi915_capture_crc(capture, task->frame);
	mutex_unlock(&capture->lock);

	for (count = task->first; count <= task->last; count++)
		drm_crtc_add_crc_entry(&output->crtc, true, count, &crc);
}

static void vi915_capture_work(struct work_struct *work)
{
	struct vi915_capture *capture =
		container_of(work, struct vi915_capture, work);
	struct vi915_output *output =
		container_of(capture, struct vi915_output, capture);
	struct vi915_capture_task task;

	vi915_capture_take(output, &task);
	if (task.frame)
		vi915_capture_do_crc(output, &task);
	vi915_frame_put(task.frame);
}

/**
 * vi915_capture_shown() - note that a frame has just come onto the screen
 * @output: the output; its lock is held
 *
 * Starts the frame's writeback. Without vblanks it starts its CRC, too.
 */
void vi915_capture_shown(struct vi915_output *output)
{
	struct vi915_capture *capture = &output->capture;
	struct vi915_frame *shown = output->shown;

	lockdep_assert_held(&output->lock);
	if (shown && shown->job) {
		if (capture->job) {
			/* Commits wait for the worker, so it should be free. */
			vi915_writeback_complete(shown->job, -EBUSY);
		} else {
			capture->job_frame = vi915_frame_get(shown);
			capture->job = shown->job;
			queue_work(output->dev->display.wq, &capture->job_work);
		}
		shown->job = NULL;
	}
	if (!output->dev->config.vblank)
		vi915_capture_vblank(output, ++capture->commits);
}

/**
 * vi915_capture_vblank() - note that a vblank has passed
 * @output: the output; its lock is held, and this vblank's frame is shown
 * @count: the DRM core's number of the vblank
 */
void vi915_capture_vblank(struct vi915_output *output, u64 count)
{
	struct vi915_capture *capture = &output->capture;
	struct vi915_frame *old = capture->frame;

	lockdep_assert_held(&output->lock);
	if (!capture->crc || !output->shown)
		return;

	if (!old)
		capture->first = count;
	capture->last = count;
	capture->frame = vi915_frame_get(output->shown);
	vi915_frame_put(old);
	queue_work(output->dev->display.wq, &capture->work);
}

/**
 * vi915_capture_flush() - wait for the writeback jobs of shown frames
 * @output: the output
 */
void vi915_capture_flush(struct vi915_output *output)
{
	flush_work(&output->capture.job_work);
}

/**
 * vi915_capture_off() - note that an output goes dark
 * @output: the output; nothing is shown any more
 * @last: the frame that was shown last, or NULL
 *
 * Writeback jobs of shown frames are complete when this returns.
 */
void vi915_capture_off(struct vi915_output *output, struct vi915_frame *last)
{
	struct vi915_capture *capture = &output->capture;

	vi915_capture_flush(output);
	flush_work(&capture->work);
	mutex_lock(&capture->lock);
	capture->serial = 0;
	mutex_unlock(&capture->lock);
	vi915_shot_off(output, last);
}

static void vi915_capture_fini(struct drm_device *drm, void *data)
{
	struct vi915_output *output = data;

	vi915_capture_flush(output);
	flush_work(&output->capture.work);
	vi915_capture_free(&output->capture.buffers);
	mutex_destroy(&output->capture.lock);
}

/**
 * vi915_capture_init() - set up an output without users
 * @output: the output
 *
 * Return: 0 or -ENOMEM.
 */
int vi915_capture_init(struct vi915_output *output)
{
	mutex_init(&output->capture.lock);
	INIT_LIST_HEAD(&output->capture.holds);
	INIT_WORK(&output->capture.work, vi915_capture_work);
	INIT_WORK(&output->capture.job_work, vi915_capture_job_work);
	return drmm_add_action_or_reset(&output->dev->drm, vi915_capture_fini,
					output);
}

/**
 * vi915_capture_get_sources() - drm_crtc_funcs.get_crc_sources
 * @crtc: any of our CRTCs
 * @count: out: number of sources
 *
 * Return: their names.
 */
const char *const *vi915_capture_get_sources(struct drm_crtc *crtc,
					     size_t *count)
{
	*count = ARRAY_SIZE(vi915_capture_sources);
	return vi915_capture_sources;
}

/**
 * vi915_capture_verify_source() - drm_crtc_funcs.verify_crc_source
 * @crtc: any of our CRTCs
 * @source: name of a source, or NULL
 * @values: out: number of values that make up a CRC
 *
 * Return: 0, or -EINVAL for any but "auto".
 */
int vi915_capture_verify_source(struct drm_crtc *crtc, const char *source,
				size_t *values)
{
	if (VI915_REFUSE(crtc->dev, !source ||
			 strcmp(source, vi915_capture_sources[0])))
		return -EINVAL;
	*values = 1;
	return 0;
}

/*
 * An open CRC file does not keep the GPU open: without this hold the GPU could
 * be freed under it, once it is unplugged and its other files are closed.
 */
struct vi915_capture_hold {
	struct vi915_output *output;
	/* In vi915_capture.holds. */
	struct list_head link;
	struct work_struct work;
};

static bool vi915_capture_is_closing(struct drm_crtc_crc *crc)
{
	bool closing;

	spin_lock_irq(&crc->lock);
	closing = crc->entries && !crc->opened;
	spin_unlock_irq(&crc->lock);
	return closing;
}

/* The DRM core uses the CRTC once more after it has told us of the end. */
static void vi915_capture_let_go(struct work_struct *work)
{
	struct vi915_capture_hold *hold =
		container_of(work, struct vi915_capture_hold, work);
	struct vi915_output *output = hold->output;

	while (vi915_capture_is_closing(&output->crtc.crc))
		fsleep(100);
	kfree(hold);
	drm_dev_put(&output->dev->drm);
	module_put(THIS_MODULE);
}

static struct vi915_capture_hold *vi915_capture_hold(struct vi915_output *output)
{
	struct vi915_capture_hold *hold = kmalloc(sizeof(*hold), GFP_KERNEL);

	if (!hold)
		return NULL;

	/* While the file is being opened the GPU cannot go. */
	__module_get(THIS_MODULE);
	drm_dev_get(&output->dev->drm);
	hold->output = output;
	INIT_WORK(&hold->work, vi915_capture_let_go);
	return hold;
}

static void vi915_capture_set_crc(struct vi915_output *output, bool crc)
{
	spin_lock_irq(&output->lock);
	output->capture.crc = crc;
	spin_unlock_irq(&output->lock);
}

static int vi915_capture_start(struct vi915_output *output)
{
	struct vi915_capture *capture = &output->capture;
	struct vi915_capture_hold *hold = vi915_capture_hold(output);
	int ret;

	if (!hold)
		return -ENOMEM;
	ret = vi915_capture_begin(output);
	if (ret)
		goto err_let_go;

	/* The CRTC may have gone dark since the DRM core's check. */
	if (output->dev->config.vblank && drm_crtc_vblank_get(&output->crtc)) {
		ret = -EIO;
		goto err_end;
	}

	mutex_lock(&capture->lock);
	/* Frames shown meanwhile have no CRCs that could be kept. */
	capture->serial = 0;
	list_add(&hold->link, &capture->holds);
	vi915_capture_set_crc(output, true);
	mutex_unlock(&capture->lock);
	return 0;

err_end:
	vi915_capture_end(output);
err_let_go:
	vi915_queue_add(&hold->work);
	return ret;
}

/*
 * The DRM core lets a file be opened before it has told us of the end of the
 * last one, so there may be two holds: it does not matter which one ends.
 */
static void vi915_capture_stop(struct vi915_output *output)
{
	struct vi915_capture *capture = &output->capture;
	struct vi915_capture_hold *hold;

	mutex_lock(&capture->lock);
	hold = list_first_entry(&capture->holds, struct vi915_capture_hold, link);
	list_del(&hold->link);
	if (list_empty(&capture->holds))
		vi915_capture_set_crc(output, false);
	mutex_unlock(&capture->lock);

	if (output->dev->config.vblank)
		drm_crtc_vblank_put(&output->crtc);
	vi915_capture_end(output);
	vi915_queue_add(&hold->work);
}

/**
 * vi915_capture_set_source() - drm_crtc_funcs.set_crc_source
 * @crtc: any of our CRTCs
 * @source: "auto" to start, NULL to stop
 *
 * The DRM core stops once for each start that succeeded.
 *
 * Return: 0; -EINVAL for another source; -EIO for a CRTC that is dark; -ENOMEM.
 */
int vi915_capture_set_source(struct drm_crtc *crtc, const char *source)
{
	struct vi915_output *output = to_vi915_output(crtc);
	size_t values;
	int ret;

	if (!source) {
		vi915_capture_stop(output);
		return 0;
	}
	ret = vi915_capture_verify_source(crtc, source, &values);
	return ret ?: vi915_capture_start(output);
}
