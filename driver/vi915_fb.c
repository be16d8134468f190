// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_damage_helper.h>
#include <drm/drm_device.h>
#include <drm/drm_fourcc.h>
#include <drm/drm_framebuffer.h>
#include <drm/drm_gem_framebuffer_helper.h>
#include <drm/drm_modeset_helper.h>
#include <drm/drm_plane.h>
#include <kunit/visibility.h>
#include <linux/align.h>
#include <linux/math.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_contig.h"
#include "vi915_device.h"
#include "vi915_export.h"
#include "vi915_fb.h"
#include "vi915_gem.h"
#include "vi915_inject.h"
#include "vi915_refuse.h"

/**
 * DOC: framebuffers
 *
 * A framebuffer describes a picture that lies in one or more objects. It is
 * checked once, on creation, against what gen9 displays take, so code that
 * shows it has to check nothing but which part of it to show.
 *
 * The description's modifiers= lists the layouts that clients may name and that
 * planes advertise. Without modifiers, only the object's tiling says the
 * layout; an import has no tiling, whatever layout its exporter gave it.
 *
 * With pitch=round, linear pitches that the outputs cannot do are accepted and
 * shown as if rounded up, as GPUs are said to do. The picture is then wrong,
 * and its last rows may lie beyond the object's end. Those rows are black.
 *
 * An object's tiling cannot change while a framebuffer uses it, since the two
 * were checked to agree. Its pages are first touched when the framebuffer is
 * shown (vi915_scanout.c).
 *
 * (i915 contract, section 14)
 */

const u32 vi915_fb_formats[] = {
	DRM_FORMAT_XRGB8888,
	DRM_FORMAT_ARGB8888,
	DRM_FORMAT_XBGR8888,
	DRM_FORMAT_ABGR8888,
	DRM_FORMAT_RGB565,
	DRM_FORMAT_XRGB2101010,
	DRM_FORMAT_NV12,
	DRM_FORMAT_YUYV,
};

const unsigned int vi915_fb_num_formats = ARRAY_SIZE(vi915_fb_formats);

const u32 vi915_fb_cursor_formats[] = {
	DRM_FORMAT_ARGB8888,
};

const unsigned int vi915_fb_num_cursor_formats =
	ARRAY_SIZE(vi915_fb_cursor_formats);

/* A layout and the demands it makes on a framebuffer. */
struct vi915_fb_layout {
	u64 modifier;
	/* VI915_MODIFIER_* */
	unsigned int bit;
	u32 tiling;
	/* In bytes; pitches are multiples of it; 0: of pitch_align. */
	u32 width;
	/* In rows; a buffer holds a whole number of these. */
	u32 height;
};

static const struct vi915_fb_layout vi915_fb_layouts[] = {
	{ DRM_FORMAT_MOD_LINEAR, VI915_MODIFIER_LINEAR, I915_TILING_NONE, 0, 1 },
	{ I915_FORMAT_MOD_X_TILED, VI915_MODIFIER_X, I915_TILING_X, 512, 8 },
	{ I915_FORMAT_MOD_Y_TILED, VI915_MODIFIER_Y, I915_TILING_Y, 128, 32 },
};

static const struct vi915_fb_layout *vi915_fb_find_layout(u64 modifier)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vi915_fb_layouts); i++)
		if (vi915_fb_layouts[i].modifier == modifier)
			return &vi915_fb_layouts[i];
	return NULL;
}

/* Falls back to linear for modifiers that were not checked yet. */
static const struct vi915_fb_layout *vi915_fb_layout(u64 modifier)
{
	return vi915_fb_find_layout(modifier) ?: &vi915_fb_layouts[0];
}

/* Without modifiers, SET_TILING says the layout, which is linear or X. */
static bool vi915_fb_shows(const struct vi915_device *dev,
			   enum drm_plane_type type,
			   const struct vi915_fb_layout *layout)
{
	unsigned int shown = dev->config.modifiers;

	if (!shown)
		shown = VI915_MODIFIER_LINEAR | VI915_MODIFIER_X;
	/* No GPU shows a cursor in another layout; writeback is linear too. */
	if (type == DRM_PLANE_TYPE_CURSOR)
		shown = VI915_MODIFIER_LINEAR;
	return layout->bit & shown;
}

/**
 * vi915_fb_modifiers() - the layouts that planes advertise
 * @dev: the GPU
 * @type: type of the planes
 * @list: filled, and ended with DRM_FORMAT_MOD_INVALID
 *
 * Return: @list; NULL for a GPU without modifiers.
 */
const u64 *vi915_fb_modifiers(const struct vi915_device *dev,
			      enum drm_plane_type type,
			      u64 list[VI915_FB_MAX_MODIFIERS])
{
	const struct vi915_fb_layout *layout = vi915_fb_layouts;
	unsigned int i, count = 0;

	static_assert(ARRAY_SIZE(vi915_fb_layouts) < VI915_FB_MAX_MODIFIERS);
	if (!dev->config.modifiers)
		return NULL;
	for (i = 0; i < ARRAY_SIZE(vi915_fb_layouts); i++, layout++)
		if (vi915_fb_shows(dev, type, layout))
			list[count++] = layout->modifier;
	list[count] = DRM_FORMAT_MOD_INVALID;
	return list;
}

/**
 * vi915_fb_format_mod_supported() - drm_plane_funcs.format_mod_supported
 * @plane: a plane of this driver
 * @format: one that the plane has
 * @modifier: a layout
 *
 * Return: whether the plane shows this format in this layout.
 */
bool vi915_fb_format_mod_supported(struct drm_plane *plane, u32 format,
				   u64 modifier)
{
	const struct vi915_fb_layout *layout = vi915_fb_find_layout(modifier);

	return layout && vi915_fb_shows(to_vi915_device(plane->dev),
					plane->type, layout);
}

/**
 * vi915_fb_tiling() - how a framebuffer's bytes are laid out
 * @fb: a framebuffer of this driver
 *
 * Return: I915_TILING_*.
 */
u32 vi915_fb_tiling(const struct drm_framebuffer *fb)
{
	return vi915_fb_layout(fb->modifier)->tiling;
}

static const struct vi915_config *
vi915_fb_config(const struct drm_framebuffer *fb)
{
	return &to_vi915_device(fb->dev)->config;
}

static u32 vi915_fb_pitch_align(const struct drm_framebuffer *fb)
{
	const struct vi915_fb_layout *layout = vi915_fb_layout(fb->modifier);

	return layout->width ?: vi915_fb_config(fb)->pitch_align;
}

/* No known GPU takes a tiled pitch that is not whole tiles. */
static bool vi915_fb_rounds(const struct drm_framebuffer *fb)
{
	return vi915_fb_config(fb)->pitch == VI915_PITCH_ROUND &&
	       vi915_fb_tiling(fb) == I915_TILING_NONE;
}

/**
 * vi915_fb_pitch() - bytes from a row to the next, as outputs read it
 * @fb: a framebuffer of this driver
 * @plane: index of the format's plane
 *
 * Return: the client's pitch; rounded up if the GPU does that.
 */
u32 vi915_fb_pitch(const struct drm_framebuffer *fb, unsigned int plane)
{
	u32 pitch = fb->pitches[plane];

	return vi915_fb_rounds(fb) ? round_up(pitch, vi915_fb_pitch_align(fb)) :
				     pitch;
}

/* How many rows, at vi915_fb_pitch(), lie inside the object. */
static u32 vi915_fb_plane_rows(const struct drm_framebuffer *fb,
			       unsigned int plane)
{
	const struct drm_format_info *format = fb->format;
	u32 width = drm_format_info_plane_width(format, fb->width, plane);
	u64 room = fb->obj[plane]->size - fb->offsets[plane];
	u64 bytes;

	/* Packed YUV is read in whole pairs. */
	if (format->num_planes == 1)
		width = round_up(width, format->hsub);
	bytes = drm_format_info_min_pitch(format, plane, width);
	if (room < bytes)
		return 0;
	return min_t(u64, (room - bytes) / vi915_fb_pitch(fb, plane) + 1,
		     fb->height);
}

/**
 * vi915_fb_rows() - how much of a framebuffer lies in its objects
 * @fb: a framebuffer of this driver
 *
 * All of it, unless pitches are rounded up.
 *
 * Return: rows from the top; no byte of the rows below may be read.
 */
u32 vi915_fb_rows(const struct drm_framebuffer *fb)
{
	u32 rows = fb->height, there;
	unsigned int i;

	if (!vi915_fb_rounds(fb))
		return rows;
	for (i = 0; i < fb->format->num_planes; i++) {
		there = vi915_fb_plane_rows(fb, i);
		if (i)
			there *= fb->format->vsub;
		rows = min(rows, there);
	}
	/* Rows that share chroma count together or not at all. */
	return rows < fb->height ? round_down(rows, fb->format->vsub) : rows;
}

/* From here on SET_TILING is refused, so the object's tiling can be read. */
static int vi915_fb_hold(struct vi915_bo *bo)
{
	int ret = vi915_bo_lock(bo);

	if (ret)
		return ret;
	bo->framebuffers++;
	vi915_bo_unlock(bo);
	return 0;
}

static void vi915_fb_release(struct drm_framebuffer *fb)
{
	unsigned int i;

	for (i = 0; i < fb->format->num_planes && fb->obj[i]; i++) {
		struct vi915_bo *bo = to_vi915_bo(fb->obj[i]);

		dma_resv_lock(bo->base.resv, NULL);
		bo->framebuffers--;
		vi915_bo_unlock(bo);
		vi915_bo_put(bo);
	}
}

static int vi915_fb_acquire(struct drm_framebuffer *fb, struct drm_file *file,
			    const u32 *handles)
{
	struct vi915_bo *bo;
	unsigned int i;
	int ret;

	for (i = 0; i < fb->format->num_planes; i++) {
		bo = vi915_bo_lookup(file, handles[i]);
		if (!bo)
			return -ENOENT;

		ret = vi915_fb_hold(bo);
		if (ret) {
			vi915_bo_put(bo);
			return ret;
		}
		fb->obj[i] = &bo->base;
	}
	return 0;
}

static void vi915_fb_unkeep(struct drm_framebuffer *fb, unsigned int planes)
{
	while (planes--)
		vi915_export_unkeep(to_vi915_bo(fb->obj[planes]));
}

/*
 * Makes the objects keep their dma-bufs until the framebuffer goes. An object
 * may have lost its last handle, and with it its dma-buf, while we waited for
 * locks since the lookup: such an object is refused.
 */
static int vi915_fb_keep(struct drm_framebuffer *fb)
{
	unsigned int i;
	int ret;

	for (i = 0; i < fb->format->num_planes; i++) {
		ret = vi915_export_keep(to_vi915_bo(fb->obj[i]));
		if (ret) {
			vi915_fb_unkeep(fb, i);
			return ret;
		}
	}
	return 0;
}

/* Clients without modifiers set the layout with SET_TILING: X or none. */
static int vi915_fb_infer_modifier(struct drm_framebuffer *fb)
{
	const struct vi915_bo *bo = to_vi915_bo(fb->obj[0]);

	if (fb->flags & DRM_MODE_FB_MODIFIERS)
		return 0;
	if (VI915_REFUSE(fb->dev, bo->tiling.mode == I915_TILING_Y))
		return -EINVAL;
	if (bo->tiling.mode == I915_TILING_X)
		fb->modifier = I915_FORMAT_MOD_X_TILED;
	return 0;
}

/* A fence lays out rows of tiles from the object's start, so must we. */
static int vi915_fb_check_fence(const struct drm_framebuffer *fb,
				const struct vi915_fb_layout *layout,
				unsigned int plane)
{
	const struct vi915_bo *bo = to_vi915_bo(fb->obj[plane]);
	u32 pitch = fb->pitches[plane];
	u64 bytes;
	u32 x;

	if (bo->tiling.mode == I915_TILING_NONE)
		return 0;
	if (VI915_REFUSE(fb->dev, bo->tiling.mode != layout->tiling) ||
	    VI915_REFUSE(fb->dev, bo->tiling.stride != pitch))
		return -EINVAL;

	x = fb->offsets[plane] % (pitch * layout->height) / layout->height;
	bytes = drm_format_info_min_pitch(fb->format, plane,
					  drm_format_info_plane_width(fb->format, fb->width,
								      plane));
	if (VI915_REFUSE(fb->dev, x + bytes > pitch))
		return -EINVAL;
	return 0;
}

static int vi915_fb_check_plane(const struct drm_framebuffer *fb,
				const struct vi915_fb_layout *layout,
				unsigned int plane)
{
	const struct drm_gem_object *obj = fb->obj[plane];
	u32 pitch = fb->pitches[plane];
	u32 offset = fb->offsets[plane];
	u32 align = layout->tiling == I915_TILING_NONE ?
		    drm_format_info_block_width(fb->format, plane) *
		    fb->format->cpp[plane] : PAGE_SIZE;
	u32 height = round_up(fb->height, vi915_fb_config(fb)->height_align);
	u64 rows = round_up(drm_format_info_plane_height(fb->format, height,
							 plane),
			    layout->height);

	if (VI915_REFUSE(fb->dev, pitch > VI915_FB_MAX_PITCH) ||
	    VI915_REFUSE(fb->dev, !pitch) ||
	    VI915_REFUSE(fb->dev, !vi915_fb_rounds(fb) &&
			 !IS_ALIGNED(pitch, vi915_fb_pitch_align(fb))) ||
	    VI915_REFUSE(fb->dev, offset % align))
		return -EINVAL;
	if (VI915_REFUSE(fb->dev, offset + rows * pitch > obj->size))
		return -EINVAL;
	return vi915_fb_check_fence(fb, layout, plane);
}

static int vi915_fb_check(struct drm_framebuffer *fb)
{
	const struct vi915_fb_layout *layout = vi915_fb_layout(fb->modifier);
	unsigned int i;
	int ret = 0;

	if (VI915_REFUSE(fb->dev, !drm_any_plane_has_format(fb->dev,
							    fb->format->format,
							    fb->modifier)))
		return -EINVAL;

	for (i = 0; i < fb->format->num_planes && !ret; i++) {
		/* User memory cannot be held: its owner can unmap it. */
		if (VI915_REFUSE(fb->dev, to_vi915_bo(fb->obj[i])->userptr))
			return -EINVAL;
		ret = vi915_contig_check(to_vi915_bo(fb->obj[i]));
		if (!ret)
			ret = vi915_fb_check_plane(fb, layout, i);
	}
	return ret;
}

static void vi915_fb_destroy(struct drm_framebuffer *fb)
{
	drm_framebuffer_cleanup(fb);
	vi915_fb_unkeep(fb, fb->format->num_planes);
	vi915_fb_release(fb);
	kfree(fb);
}

static const struct drm_framebuffer_funcs vi915_fb_funcs = {
	.destroy = vi915_fb_destroy,
	.create_handle = drm_gem_fb_create_handle,
	/* An ordinary commit: its prepare step sees what GTT views wrote. */
	.dirty = drm_atomic_helper_dirtyfb,
};

/**
 * vi915_fb_create() - drm_mode_config_funcs.fb_create
 * @drm: the GPU
 * @file: file that owns the handles
 * @cmd: request of user space; the DRM core has checked that its arguments
 *	agree with each other
 *
 * Planes may share an object, or have one each.
 *
 * Return: the framebuffer; or an ERR_PTR: -ENOENT for an invalid handle, or an
 * object that loses its last one meanwhile; -EINVAL for a format in a layout
 * that no plane shows, user memory, a pitch that is not whole tiles (linear:
 * pitch_align) or above 32 KiB, an offset that is not whole tiles (linear:
 * pixels), an object too small for whole rows of tiles and height_align, an
 * object whose tiling disagrees, or an object in several pieces on a GPU that
 * needs one piece; -ENOMEM; -EINTR; or the exporter's error.
 */
struct drm_framebuffer *vi915_fb_create(struct drm_device *drm,
					struct drm_file *file,
					const struct drm_mode_fb_cmd2 *cmd)
{
	struct drm_framebuffer *fb;
	int ret;

	fb = kzalloc(sizeof(*fb), GFP_KERNEL_ACCOUNT);
	if (!fb)
		return ERR_PTR(-ENOMEM);
	drm_helper_mode_fill_fb_struct(drm, fb, cmd);

	ret = vi915_fb_acquire(fb, file, cmd->handles);
	if (!ret)
		ret = vi915_fb_infer_modifier(fb);
	if (!ret)
		ret = vi915_fb_check(fb);
	if (!ret)
		ret = vi915_inject_file(file, VI915_FAULT_ADDFB);
	if (!ret)
		ret = vi915_fb_keep(fb);
	if (ret)
		goto err_release;

	/* Last: now it has an id, which other clients can guess. */
	ret = drm_framebuffer_init(drm, fb, &vi915_fb_funcs);
	if (ret)
		goto err_unkeep;
	return fb;

err_unkeep:
	vi915_fb_unkeep(fb, fb->format->num_planes);
err_release:
	vi915_fb_release(fb);
	kfree(fb);
	return ERR_PTR(ret);
}
EXPORT_SYMBOL_IF_KUNIT(vi915_fb_create);
