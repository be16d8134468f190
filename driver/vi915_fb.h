/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_FB_H
#define VI915_FB_H

#include <drm/drm_plane.h>
#include <linux/types.h>

struct drm_device;
struct drm_file;
struct drm_framebuffer;
struct drm_mode_fb_cmd2;
struct vi915_device;

/* Largest width and height of a framebuffer, in pixels. */
#define VI915_FB_MAX_SIZE	16384
/* Largest pitch of a framebuffer, in bytes. */
#define VI915_FB_MAX_PITCH	(32 * 1024)

/* Formats of primary and overlay planes. */
extern const u32 vi915_fb_formats[];
extern const unsigned int vi915_fb_num_formats;
/* Formats of cursor planes. */
extern const u32 vi915_fb_cursor_formats[];
extern const unsigned int vi915_fb_num_cursor_formats;

/* Length of a plane's list of layouts, with its end marker. */
#define VI915_FB_MAX_MODIFIERS	4

const u64 *vi915_fb_modifiers(const struct vi915_device *dev,
			      enum drm_plane_type type,
			      u64 list[VI915_FB_MAX_MODIFIERS]);
bool vi915_fb_format_mod_supported(struct drm_plane *plane, u32 format,
				   u64 modifier);
u32 vi915_fb_tiling(const struct drm_framebuffer *fb);
u32 vi915_fb_pitch(const struct drm_framebuffer *fb, unsigned int plane);
u32 vi915_fb_rows(const struct drm_framebuffer *fb);
struct drm_framebuffer *vi915_fb_create(struct drm_device *drm,
					struct drm_file *file,
					const struct drm_mode_fb_cmd2 *cmd);

#endif
