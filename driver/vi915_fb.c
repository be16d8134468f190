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
#include "vi915_drv.h"
#include "vi915_export.h"
#include "vi915_fb.h"
#include "vi915_gem.h"
#include "vi915_inject.h"

/**
 * DOC: framebuffers
 *
 * A framebuffer says how to look at one object or several. It is checked once,
 * when it is made, against what gen9 displays take; so nobody who shows it has
 * to check anything but where on it to look.
 *
 * What clients can say of a layout, and what planes tell of theirs, is the
 * description's modifiers=. Without any, an object's tiling is all that is
 * known; an import has none, whatever the exporter made of it.
 *
 * Unless it is pitch=round that was asked for: as GPUs are said to do, pitches
 * that the outputs cannot do are taken, and looked at as if they were rounded
 * up. So the picture is the wrong one, and its last rows may not lie in the
 * object any more. These are black.
 *
 * An object that a framebuffer looks at keeps its tiling: whoever made the
 * framebuffer was told that the two agree. Its pages are nobody's business
 * until it is shown (vi915_scanout.c).
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

/* How a layout looks to whoever lays out a framebuffer. */
struct vi915_fb_layout {
	u64 modifier;
	/* VI915_MODIFIER_* */
	unsigned int bit;
	u32 tiling;
	/* Pitches are a multiple of it; linear ones, of pitch_align. */
	u32 width;
	/* In rows; buffers end with a whole one. */
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

/* Linear, where nobody has checked yet. */
static const struct vi915_fb_layout *vi915_fb_layout(u64 modifier)
{
	return vi915_fb_find_layout(modifier) ?: &vi915_fb_layouts[0];
}

/* A GPU that speaks of no modifiers shows what could be told without them. */
static bool vi915_fb_shows(const struct vi915_device *dev,
			   enum drm_plane_type type,
			   const struct vi915_fb_layout *layout)
{
	unsigned int shown = dev->config.modifiers;

	if (!shown)
		shown = VI915_MODIFIER_LINEAR | VI915_MODIFIER_X;
	/* Of no GPU in any other layout, and of this one for writeback too. */
	if (type == DRM_PLANE_TYPE_CURSOR)
		shown = VI915_MODIFIER_LINEAR;
	return layout->bit & shown;
}

/**
 * vi915_fb_modifiers() - the layouts that planes tell clients of
 * @dev: the GPU
 * @type: of the planes
 * @list: filled, and ended with DRM_FORMAT_MOD_INVALID
 *
 * Return: @list; NULL for a GPU that speaks of no modifiers.
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

/* Of tiled ones no GPU is known that takes what is no whole tile. */
static bool vi915_fb_rounds(const struct drm_framebuffer *fb)
{
	return vi915_fb_config(fb)->pitch == VI915_PITCH_ROUND &&
	       vi915_fb_tiling(fb) == I915_TILING_NONE;
}

/**
 * vi915_fb_pitch() - from a row to the next, as outputs see it
 * @fb: a framebuffer of this driver
 * @plane: of its format
 *
 * Return: what the client said; rounded up where the GPU does that.
 */
u32 vi915_fb_pitch(const struct drm_framebuffer *fb, unsigned int plane)
{
	u32 pitch = fb->pitches[plane];

	return vi915_fb_rounds(fb) ? round_up(pitch, vi915_fb_pitch_align(fb)) :
				     pitch;
}

/* Of rows that are looked at as of vi915_fb_pitch(): those in the object. */
static u32 vi915_fb_plane_rows(const struct drm_framebuffer *fb,
			       unsigned int plane)
{
	const struct drm_format_info *format = fb->format;
	u32 width = drm_format_info_plane_width(format, fb->width, plane);
	u64 room = fb->obj[plane]->size - fb->offsets[plane];
	u64 bytes;

	/* Of formats that have pairs in a plane, whole ones are read. */
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
 * All of it, but where pitches are rounded up.
 *
 * Return: rows from the top; of what is below no byte is to be looked at.
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
	/* Rows that share chroma are there together or not at all. */
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
 * From here on its objects keep their dma-bufs. Locks were waited for since the
 * handles were looked up, so an object may have lost its last one, and with it
 * its dma-buf: it is refused.
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

/* Clients that know no modifiers tell the layout with SET_TILING: X, or none. */
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

/* A fence shows rows of tiles from the start of the object, as must we. */
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
		/* Memory that its owner can take away cannot be held. */
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
	/* A commit like any other: prepared, it sees what GTT views wrote. */
	.dirty = drm_atomic_helper_dirtyfb,
};

/**
 * vi915_fb_create() - drm_mode_config_funcs.fb_create
 * @drm: the GPU
 * @file: whose handles
 * @cmd: what user space asks for; its arguments agree with each other, as the
 *	DRM core has seen to
 *
 * Planes may share an object, or have one each.
 *
 * Return: the framebuffer; or an ERR_PTR: -ENOENT for a handle that is none, or
 * an object that loses its last one meanwhile; -EINVAL for a format in a layout
 * that no plane shows, user memory, a pitch that is not whole tiles (linear:
 * pitch_align) or above 32 KiB, an offset that is no whole tile (linear: pixel),
 * an object that is too small when rows of tiles and height_align are counted
 * whole, one whose tiling says otherwise, or one that is not in one piece where
 * it has to be; -ENOMEM; -EINTR; what the exporter says then.
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

	/* From here on it has an id that clients can guess. */
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
