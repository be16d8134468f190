/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_FRAME_H
#define VI915_FRAME_H

#include <drm/drm_color_mgmt.h>
#include <drm/drm_rect.h>
#include <linux/kref.h>
#include <linux/types.h>

struct drm_writeback_job;
struct vi915_colour;
struct vi915_scanout;

/* Primary, overlay, cursor. */
#define VI915_MAX_LAYERS	3

/**
 * struct vi915_layer - one plane's part of a frame
 * @scanout: memory of its pixels; a reference
 * @src_x: first column shown, in pixels of the framebuffer
 * @src_y: first row shown
 * @x: where @src_x lands, in pixels of the picture
 * @y: where @src_y lands, likewise
 * @width: width in pixels; all lie inside both picture and framebuffer
 * @height: height in pixels, likewise
 * @plane: drm_plane_index() of the plane
 * @alpha: the plane's; DRM_BLEND_ALPHA_OPAQUE for none
 * @blend_mode: DRM_MODE_BLEND_*
 * @encoding: the plane's, for YUV formats
 * @range: likewise
 */
struct vi915_layer {
	struct vi915_scanout *scanout;
	u32 src_x;
	u32 src_y;
	u32 x;
	u32 y;
	u32 width;
	u32 height;
	unsigned int plane;
	u16 alpha;
	u16 blend_mode;
	enum drm_color_encoding encoding;
	enum drm_color_range range;
};

/**
 * struct vi915_frame - the contents of a CRTC from one vblank on
 *
 * Once published, only @job changes.
 */
struct vi915_frame {
	/** @ref: held by the CRTC, and by each reader of the picture */
	struct kref ref;
	/** @serial: number of the frame since the CRTC was lit; from 1 */
	u64 serial;
	/** @width: width of the mode, in pixels */
	u32 width;
	/** @height: likewise */
	u32 height;
	/** @count: number of @layers */
	unsigned int count;
	/** @layers: bottom first */
	struct vi915_layer layers[VI915_MAX_LAYERS];
	/** @colour: colour correction of the picture; a reference, or NULL */
	struct vi915_colour *colour;
	/** @damage: part that may differ from the last frame, if @damaged */
	struct drm_rect damage;
	/** @damaged: @damage is known; else everything may differ */
	bool damaged;
	/**
	 * @job: writeback of this frame's picture, or NULL. Owned by the frame
	 * until the capture takes it; guarded by vi915_output.lock once the
	 * frame is published.
	 */
	struct drm_writeback_job *job;
};

struct vi915_frame *vi915_frame_create(gfp_t gfp);
struct vi915_frame *vi915_frame_get(struct vi915_frame *frame);
void vi915_frame_put(struct vi915_frame *frame);
void vi915_frame_add(struct vi915_frame *frame,
		     const struct vi915_layer *layer);
void vi915_frame_follow(struct vi915_frame *frame,
			const struct vi915_frame *before);
void vi915_frame_replace(struct vi915_frame *frame,
			 struct vi915_frame *before);

#endif
