/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Framebuffers: ADDFB2 with arguments that a test can spoil, and checks.
 */
#ifndef VI915_TESTS_FB_H
#define VI915_TESTS_FB_H

#include <stdint.h>

#include "fail.h"
#include "uapi.h"

/**
 * fb_fill() - fill in an ADDFB2 that succeeds for an object that is large
 * enough
 * @cmd: filled; the test may spoil it afterwards
 * @format: DRM_FORMAT_x; NV12 has its second plane behind the first
 * @modifier: DRM_FORMAT_MOD_x, passed with the flag DRM_MODE_FB_MODIFIERS;
 *	DRM_FORMAT_MOD_INVALID for a call without a modifier
 */
void fb_fill(struct drm_mode_fb_cmd2 *cmd, uint32_t handle, uint32_t width, uint32_t height,
	     uint32_t format, uint64_t modifier);

/**
 * fb_size() - bytes that the object of fb_fill() must have
 */
uint64_t fb_size(const struct drm_mode_fb_cmd2 *cmd);

/* The I915_TILING_x that a modifier means. */
uint32_t fb_tiling(uint64_t modifier);

/* ADDFB2; sets @cmd->fb_id on success. */
int __fb_add(int fd, struct drm_mode_fb_cmd2 *cmd);
uint32_t fb_add_at(const char *at, int fd, struct drm_mode_fb_cmd2 *cmd);
#define fb_add(fd, cmd) fb_add_at(VI915_AT, fd, cmd)

int __fb_remove(int fd, uint32_t id);
#define fb_remove(fd, id) vi915_check(__fb_remove(fd, id))

/* Number of framebuffers that this file has. */
uint32_t fb_count_at(const char *at, int fd);
#define fb_count(fd) fb_count_at(VI915_AT, fd)

/* DIRTYFB with @count clips; 0 means the whole framebuffer. */
int __fb_dirty(int fd, uint32_t id, struct drm_clip_rect *clips, uint32_t count);
#define fb_dirty(fd, id, clips, count) vi915_check(__fb_dirty(fd, id, clips, count))

#endif
