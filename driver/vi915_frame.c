// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/visibility.h>
#include <linux/bug.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/minmax.h>
#include <linux/slab.h>

#include "vi915_colour.h"
#include "vi915_frame.h"
#include "vi915_scanout.h"
#include "vi915_writeback.h"

/**
 * DOC: frames
 *
 * A frame says all about what a CRTC shows: which part of which framebuffer is
 * where, and how it is blended. A commit makes a frame, and a vblank puts it in
 * place of the last: that is a flip. A reader of the picture (CRC, writeback,
 * screenshot) takes a reference, which keeps all pages under the frame,
 * whatever clients and exporters do meanwhile.
 */

/**
 * vi915_frame_create() - make a frame without layers: all black
 * @gfp: how to allocate
 *
 * Return: the frame, or an ERR_PTR: -ENOMEM.
 */
struct vi915_frame *vi915_frame_create(gfp_t gfp)
{
	struct vi915_frame *frame = kzalloc(sizeof(*frame), gfp);

	if (!frame)
		return ERR_PTR(-ENOMEM);

	kref_init(&frame->ref);
	return frame;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_frame_create);

/**
 * vi915_frame_get() - take a reference
 * @frame: the frame
 *
 * Return: @frame.
 */
struct vi915_frame *vi915_frame_get(struct vi915_frame *frame)
{
	kref_get(&frame->ref);
	return frame;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_frame_get);

static void vi915_frame_free(struct kref *ref)
{
	struct vi915_frame *frame = container_of(ref, struct vi915_frame, ref);
	unsigned int i;

	/* The frame was never shown, or its capture was gone. */
	if (frame->job)
		vi915_writeback_complete(frame->job, -ECANCELED);
	for (i = 0; i < frame->count; i++)
		vi915_scanout_put(frame->layers[i].scanout);
	vi915_colour_put(frame->colour);
	kfree(frame);
}

/**
 * vi915_frame_put() - drop a reference, in any context
 * @frame: the frame, or NULL
 */
void vi915_frame_put(struct vi915_frame *frame)
{
	if (frame)
		kref_put(&frame->ref, vi915_frame_free);
}
EXPORT_SYMBOL_IF_KUNIT(vi915_frame_put);

/**
 * vi915_frame_add() - put a layer on top of a frame's others
 * @frame: a frame that is not published yet
 * @layer: clipped to the picture; the frame takes its own reference to the
 *	scanout
 */
void vi915_frame_add(struct vi915_frame *frame, const struct vi915_layer *layer)
{
	if (WARN_ON(frame->count >= VI915_MAX_LAYERS))
		return;

	frame->layers[frame->count] = *layer;
	vi915_scanout_get(layer->scanout);
	frame->count++;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_frame_add);

/**
 * vi915_frame_follow() - number a frame by the one it follows
 * @frame: a frame that is not published yet; lacks only its serial
 * @before: the frame shown until then; NULL if the CRTC was dark
 */
void vi915_frame_follow(struct vi915_frame *frame,
			const struct vi915_frame *before)
{
	frame->serial = before ? before->serial + 1 : 1;
	if (!before)
		frame->damaged = false;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_frame_follow);

/**
 * vi915_frame_replace() - replace a frame that was not shown yet
 * @frame: a frame that is not published yet; lacks only its serial
 * @before: the frame to replace; vi915_output.lock is held
 *
 * @frame takes over the damage of @before and its writeback job.
 */
void vi915_frame_replace(struct vi915_frame *frame, struct vi915_frame *before)
{
	frame->serial = before->serial;

	frame->damaged = frame->damaged && before->damaged;
	if (frame->damaged) {
		frame->damage.x1 = min(frame->damage.x1, before->damage.x1);
		frame->damage.y1 = min(frame->damage.y1, before->damage.y1);
		frame->damage.x2 = max(frame->damage.x2, before->damage.x2);
		frame->damage.y2 = max(frame->damage.y2, before->damage.y2);
	}

	if (!frame->job) {
		frame->job = before->job;
		before->job = NULL;
	}
}
EXPORT_SYMBOL_IF_KUNIT(vi915_frame_replace);
