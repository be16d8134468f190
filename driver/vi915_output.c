// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_atomic.h>
#include <drm/drm_vblank.h>
#include <linux/kernel.h>

#include "vi915_capture.h"
#include "vi915_colour.h"
#include "vi915_connector.h"
#include "vi915_crtc.h"
#include "vi915_device.h"
#include "vi915_frame.h"
#include "vi915_output.h"
#include "vi915_plane.h"
#include "vi915_shot.h"
#include "vi915_writeback.h"

/**
 * DOC: outputs
 *
 * An output is a CRTC with three planes of its own and a connector that
 * something is always plugged into. It shows a frame. A commit does not change
 * the frame but makes the next one: a copy of the last, with the commit's
 * planes replaced. A cursor can therefore move while a flip of the primary
 * plane waits for its fences, and neither undoes the other.
 *
 * The next frame becomes the shown one at the first vblank after it was made:
 * the timer exchanges pointers. Asynchronous flips, and all flips of a GPU with
 * vblank=off, do that at once.
 */

static const struct vi915_layer *
vi915_output_find(const struct vi915_frame *frame, const struct drm_plane *plane)
{
	unsigned int i;

	for (i = 0; frame && i < frame->count; i++)
		if (frame->layers[i].plane == drm_plane_index(plane))
			return &frame->layers[i];
	return NULL;
}

/* Damage is known only if the client gave it for all changed planes. */
static void vi915_output_damage(struct vi915_frame *frame,
				struct drm_atomic_state *state,
				const struct drm_crtc_state *crtc_state)
{
	struct drm_plane_state *old_state, *new_state;
	struct drm_plane *plane;
	struct drm_rect damage;
	int i;

	if (drm_atomic_crtc_needs_modeset(crtc_state) ||
	    crtc_state->color_mgmt_changed)
		return;

	for_each_oldnew_plane_in_state(state, plane, old_state, new_state, i) {
		if (new_state->crtc != crtc_state->crtc &&
		    old_state->crtc != crtc_state->crtc)
			continue;
		if (!vi915_plane_damage(old_state, new_state, &damage)) {
			frame->damaged = false;
			return;
		}
		if (frame->damaged) {
			damage.x1 = min(damage.x1, frame->damage.x1);
			damage.y1 = min(damage.y1, frame->damage.y1);
			damage.x2 = max(damage.x2, frame->damage.x2);
			damage.y2 = max(damage.y2, frame->damage.y2);
		}
		frame->damage = damage;
		frame->damaged = true;
	}
}

/* Fills @frame with the last frame's layers, and those of @state's planes. */
static void vi915_output_fill(struct vi915_output *output,
			      struct vi915_frame *frame,
			      struct drm_atomic_state *state)
{
	struct drm_plane *const planes[] = {
		&output->primary, &output->overlay, &output->cursor,
	};
	struct drm_crtc_state *crtc_state =
		drm_atomic_get_new_crtc_state(state, &output->crtc);
	const struct vi915_frame *last = output->next ?: output->shown;
	struct drm_plane_state *plane_state;
	const struct vi915_layer *old;
	struct vi915_layer layer;
	unsigned int i;

	lockdep_assert_held(&output->lock);
	frame->width = crtc_state->mode.hdisplay;
	frame->height = crtc_state->mode.vdisplay;

	for (i = 0; i < ARRAY_SIZE(planes); i++) {
		plane_state = drm_atomic_get_new_plane_state(state, planes[i]);
		if (plane_state) {
			if (vi915_plane_layer(plane_state, &layer))
				vi915_frame_add(frame, &layer);
			continue;
		}
		old = vi915_output_find(last, planes[i]);
		if (old)
			vi915_frame_add(frame, old);
	}

	/* A cursor's move must not show a waiting flip's colours early. */
	frame->colour = vi915_colour_get(last && !crtc_state->color_mgmt_changed ?
					 last->colour :
					 to_vi915_crtc_state(crtc_state)->colour);

	vi915_output_damage(frame, state, crtc_state);
	frame->job = vi915_writeback_take(output, state);
	if (output->next)
		vi915_frame_replace(frame, output->next);
	else
		vi915_frame_follow(frame, output->shown);
}

static void vi915_output_send(struct vi915_output *output,
			      struct drm_pending_vblank_event *event)
{
	struct drm_device *drm = &output->dev->drm;
	unsigned long flags;

	if (!event)
		return;
	spin_lock_irqsave(&drm->event_lock, flags);
	drm_crtc_send_vblank_event(&output->crtc, event);
	spin_unlock_irqrestore(&drm->event_lock, flags);
}

static void vi915_output_show_at_once(struct vi915_output *output,
				      struct drm_atomic_state *state,
				      struct vi915_frame *frame)
{
	struct vi915_frame *shown, *next;

	spin_lock_irq(&output->lock);
	vi915_output_fill(output, frame, state);
	shown = output->shown;
	next = output->next;
	output->shown = frame;
	output->frames++;
	output->next = NULL;
	vi915_capture_shown(output);
	spin_unlock_irq(&output->lock);

	vi915_frame_put(shown);
	vi915_frame_put(next);
}

static void vi915_output_show_next(struct vi915_output *output,
				   struct drm_atomic_state *state,
				   struct vi915_frame *frame,
				   struct drm_pending_vblank_event *event)
{
	struct vi915_frame *next;

	spin_lock_irq(&output->lock);
	vi915_output_fill(output, frame, state);
	next = output->next;
	output->next = frame;
	/* A waiting frame's vblank stays, however often the cursor moves. */
	if (!next)
		output->target = vi915_vblank_passed(&output->vblank) + 1;
	if (event)
		output->event = event;
	if (!output->awake)
		output->awake = !drm_crtc_vblank_get(&output->crtc);
	spin_unlock_irq(&output->lock);

	vi915_frame_put(next);
}

/**
 * vi915_output_flip() - show a commit's planes
 * @output: the output, lit
 * @state: the commit; its preallocated frame and its event are taken from it
 */
void vi915_output_flip(struct vi915_output *output,
		       struct drm_atomic_state *state)
{
	struct drm_crtc_state *crtc_state =
		drm_atomic_get_new_crtc_state(state, &output->crtc);
	struct vi915_crtc_state *own = to_vi915_crtc_state(crtc_state);
	struct drm_pending_vblank_event *event = NULL;
	struct vi915_frame *frame = own->frame;

	/* The output owns the frame now. */
	own->frame = NULL;

	/* Without vblanks the DRM helpers send the event. */
	if (output->dev->config.vblank) {
		event = crtc_state->event;
		crtc_state->event = NULL;
	}

	if (output->dev->config.vblank && !crtc_state->async_flip) {
		vi915_output_show_next(output, state, frame, event);
	} else {
		vi915_output_show_at_once(output, state, frame);
		vi915_output_send(output, event);
	}
}

/**
 * vi915_output_vblank() - show the next frame after a vblank, if it is due
 * @output: the output
 * @passed: number of the vblank that has passed
 */
void vi915_output_vblank(struct vi915_output *output, u64 passed)
{
	struct drm_pending_vblank_event *event = NULL;
	struct vi915_frame *old = NULL;
	bool awake = false;
	unsigned long flags;

	spin_lock_irqsave(&output->lock, flags);
	if (output->next && passed >= output->target) {
		old = output->shown;
		output->shown = output->next;
		output->frames++;
		output->next = NULL;
		event = output->event;
		output->event = NULL;
		vi915_capture_shown(output);
	}
	vi915_capture_vblank(output, drm_crtc_vblank_count(&output->crtc));
	if (!output->next) {
		awake = output->awake;
		output->awake = false;
	}
	spin_unlock_irqrestore(&output->lock, flags);

	vi915_output_send(output, event);
	if (awake)
		drm_crtc_vblank_put(&output->crtc);
	vi915_frame_put(old);
}

/**
 * vi915_output_darken() - stop showing anything
 * @output: the output; its vblanks are off, and no flip is pending
 */
void vi915_output_darken(struct vi915_output *output)
{
	struct drm_pending_vblank_event *event;
	struct vi915_frame *shown, *next;
	bool awake;

	spin_lock_irq(&output->lock);
	shown = output->shown;
	output->shown = NULL;
	next = output->next;
	output->next = NULL;
	event = output->event;
	output->event = NULL;
	awake = output->awake;
	output->awake = false;
	spin_unlock_irq(&output->lock);

	vi915_output_send(output, event);
	if (awake)
		drm_crtc_vblank_put(&output->crtc);
	vi915_capture_off(output, shown);
	vi915_frame_put(next);
	vi915_frame_put(shown);
}

/**
 * vi915_output_frame() - the frame that is on the screen now
 * @output: the output
 *
 * Return: a reference to the frame; NULL if the output is dark.
 */
struct vi915_frame *vi915_output_frame(struct vi915_output *output)
{
	struct vi915_frame *frame;
	unsigned long flags;

	spin_lock_irqsave(&output->lock, flags);
	frame = output->shown ? vi915_frame_get(output->shown) : NULL;
	spin_unlock_irqrestore(&output->lock, flags);
	return frame;
}

/**
 * vi915_output_frames() - count the frames shown so far
 * @output: the output
 *
 * A frame counts once, however long it stays; a frame that was replaced before
 * its vblank does not count.
 *
 * Return: their number.
 */
u64 vi915_output_frames(struct vi915_output *output)
{
	unsigned long flags;
	u64 frames;

	spin_lock_irqsave(&output->lock, flags);
	frames = output->frames;
	spin_unlock_irqrestore(&output->lock, flags);
	return frames;
}

/**
 * vi915_output_init() - set up an output before the GPU is registered
 * @dev: the GPU
 * @output: zeroed memory; freed after everything attached to the DRM device
 * @index: its index in vi915_display.outputs
 *
 * Return: 0 or -ENOMEM.
 */
int vi915_output_init(struct vi915_device *dev, struct vi915_output *output,
		      unsigned int index)
{
	int ret;

	output->dev = dev;
	output->index = index;
	spin_lock_init(&output->lock);

	ret = vi915_vblank_init(output);
	if (ret)
		return ret;
	ret = vi915_capture_init(output);
	if (ret)
		return ret;
	ret = vi915_shot_init(output);
	if (ret)
		return ret;
	ret = vi915_plane_init_all(output);
	if (ret)
		return ret;
	ret = vi915_crtc_init(output);
	if (ret)
		return ret;
	ret = vi915_connector_init(output);
	if (ret)
		return ret;
	return vi915_writeback_init(output);
}
