// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <stdbool.h>
#include <string.h>

#include "fb.h"
#include "gpu.h"

static const struct {
	uint32_t format;
	uint32_t cpp;
} fb_pixels[] = {
	{ DRM_FORMAT_RGB565, 2 },
	{ DRM_FORMAT_YUYV, 2 },
	{ DRM_FORMAT_NV12, 1 },
	{ DRM_FORMAT_C8, 1 },
};

static uint32_t fb_cpp(uint32_t format)
{
	unsigned int i;

	for (i = 0; i < sizeof(fb_pixels) / sizeof(fb_pixels[0]); i++)
		if (fb_pixels[i].format == format)
			return fb_pixels[i].cpp;
	return 4;
}

static uint64_t fb_align(uint64_t value, uint64_t unit)
{
	return (value + unit - 1) / unit * unit;
}

static uint32_t fb_tile_width(uint64_t modifier)
{
	switch (modifier) {
	case I915_FORMAT_MOD_X_TILED:
		return 512;
	case I915_FORMAT_MOD_Y_TILED:
		return 128;
	default:
		return 64;
	}
}

static uint32_t fb_tile_height(uint64_t modifier)
{
	switch (modifier) {
	case I915_FORMAT_MOD_X_TILED:
		return 8;
	case I915_FORMAT_MOD_Y_TILED:
		return 32;
	default:
		return 1;
	}
}

void fb_fill(struct drm_mode_fb_cmd2 *cmd, uint32_t handle, uint32_t width, uint32_t height,
	     uint32_t format, uint64_t modifier)
{
	memset(cmd, 0, sizeof(*cmd));
	cmd->width = width;
	cmd->height = height;
	cmd->pixel_format = format;
	cmd->handles[0] = handle;
	cmd->pitches[0] = fb_align(width * fb_cpp(format), fb_tile_width(modifier));
	if (modifier != DRM_FORMAT_MOD_INVALID) {
		cmd->flags = DRM_MODE_FB_MODIFIERS;
		cmd->modifier[0] = modifier;
	}
	if (format != DRM_FORMAT_NV12)
		return;
	cmd->handles[1] = handle;
	cmd->pitches[1] = cmd->pitches[0];
	cmd->offsets[1] = fb_align((uint64_t)cmd->pitches[0] *
				   fb_align(height, fb_tile_height(modifier)), 4096);
	cmd->modifier[1] = cmd->modifier[0];
}

uint64_t fb_size(const struct drm_mode_fb_cmd2 *cmd)
{
	uint64_t modifier = cmd->flags & DRM_MODE_FB_MODIFIERS ? cmd->modifier[0] :
								 DRM_FORMAT_MOD_LINEAR;
	bool two = cmd->pixel_format == DRM_FORMAT_NV12;
	uint32_t rows = two ? (cmd->height + 1) / 2 : cmd->height;

	return fb_align(cmd->offsets[two] + (uint64_t)cmd->pitches[two] *
			fb_align(rows, fb_tile_height(modifier)), 4096);
}

uint32_t fb_tiling(uint64_t modifier)
{
	switch (modifier) {
	case I915_FORMAT_MOD_X_TILED:
		return I915_TILING_X;
	case I915_FORMAT_MOD_Y_TILED:
		return I915_TILING_Y;
	default:
		return I915_TILING_NONE;
	}
}

int __fb_add(int fd, struct drm_mode_fb_cmd2 *cmd)
{
	return vi915_ioctl(fd, DRM_IOCTL_MODE_ADDFB2, cmd);
}

uint32_t fb_add_at(const char *at, int fd, struct drm_mode_fb_cmd2 *cmd)
{
	vi915_check_at(at, "fb_add", __fb_add(fd, cmd));
	return cmd->fb_id;
}

int __fb_remove(int fd, uint32_t id)
{
	return vi915_ioctl(fd, DRM_IOCTL_MODE_RMFB, &id);
}

uint32_t fb_count_at(const char *at, int fd)
{
	struct drm_mode_card_res res = {};

	vi915_check_at(at, "fb_count", vi915_ioctl(fd, DRM_IOCTL_MODE_GETRESOURCES, &res));
	return res.count_fbs;
}

int __fb_dirty(int fd, uint32_t id, struct drm_clip_rect *clips, uint32_t count)
{
	struct drm_mode_fb_dirty_cmd arg = {
		.fb_id = id,
		.num_clips = count,
		.clips_ptr = (uintptr_t)clips,
	};

	return vi915_ioctl(fd, DRM_IOCTL_MODE_DIRTYFB, &arg);
}
