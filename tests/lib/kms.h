/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Outputs: one pipe of a GPU with its objects, framebuffers, atomic commits put
 * together property by property, and events. __kms_x() answers 0 or -errno;
 * kms_x() ends the test when the call is refused.
 */
#ifndef VI915_TESTS_KMS_H
#define VI915_TESTS_KMS_H

#include <stdbool.h>
#include <stdint.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "fail.h"
#include "uapi.h"

/**
 * struct kms - one output of a GPU
 * @fd: file of its card, which is master and has the atomic and writeback
 *	capabilities
 * @pipe: index of @crtc
 * @crtc: id of the CRTC; the following members are object ids too
 * @connector: the connector that is fixed to that CRTC
 * @primary: the primary plane of that CRTC
 * @overlay: its overlay plane
 * @cursor: its cursor plane
 * @mode: the connector's preferred mode
 */
struct kms {
	int fd;
	unsigned int pipe;
	uint32_t crtc;
	uint32_t connector;
	uint32_t primary;
	uint32_t overlay;
	uint32_t cursor;
	drmModeModeInfo mode;
};

/**
 * kms_open() - open a card and find the objects of a pipe
 * @name: name of the GPU
 */
void kms_open_at(const char *at, struct kms *kms, const char *name, unsigned int pipe);
#define kms_open(kms, name, pipe) kms_open_at(VI915_AT, kms, name, pipe)
/* Another pipe of a file that is open: @kms shares @fd. */
void kms_find_at(const char *at, struct kms *kms, int fd, unsigned int pipe);
#define kms_find(kms, fd, pipe) kms_find_at(VI915_AT, kms, fd, pipe)
/* Closes the file, which removes all of its framebuffers and objects. */
void kms_close(struct kms *kms);

/* A mode of the connector's list, by size and rounded refresh. */
drmModeModeInfo kms_mode_at(const char *at, const struct kms *kms, unsigned int width,
			    unsigned int height, unsigned int refresh);
#define kms_mode(kms, width, height, refresh) kms_mode_at(VI915_AT, kms, width, height, refresh)
/* Duration of one frame of a mode, in ns. */
uint64_t kms_period(const drmModeModeInfo *mode);

/* Properties of any object, by name. */

int __kms_prop(int fd, uint32_t object, const char *name, uint32_t *id, uint64_t *value);
uint32_t kms_prop_at(const char *at, int fd, uint32_t object, const char *name);
#define kms_prop(fd, object, name) kms_prop_at(VI915_AT, fd, object, name)
uint64_t kms_value_at(const char *at, int fd, uint32_t object, const char *name);
#define kms_value(fd, object, name) kms_value_at(VI915_AT, fd, object, name)
uint32_t kms_blob_at(const char *at, int fd, const void *data, size_t size);
#define kms_blob(fd, data, size) kms_blob_at(VI915_AT, fd, data, size)

/**
 * struct kms_fb - a framebuffer of one object
 * @fb: id of the framebuffer
 * @handle: handle of its object
 * @width: in pixels
 * @height: in pixels
 * @pitch: pitch of the first plane, in bytes
 * @size: size of the object in bytes
 */
struct kms_fb {
	uint32_t fb;
	uint32_t handle;
	uint32_t width;
	uint32_t height;
	uint32_t pitch;
	uint64_t size;
};

/* ADDFB2 with a modifier. Members without a plane are 0. */
int __kms_addfb(int fd, uint32_t width, uint32_t height, uint32_t format, uint64_t modifier,
		const uint32_t handles[4], const uint32_t pitches[4], const uint32_t offsets[4],
		uint32_t *fb);
/* ADDFB2 without a modifier: it follows from the object's tiling. */
int __kms_addfb_legacy(int fd, uint32_t width, uint32_t height, uint32_t format,
		       const uint32_t handles[4], const uint32_t pitches[4],
		       const uint32_t offsets[4], uint32_t *fb);
int __kms_rmfb(int fd, uint32_t fb);

/**
 * kms_fb_create() - a linear framebuffer of a new dumb buffer
 * @format: a format of one plane, or NV12
 */
void kms_fb_create_at(const char *at, int fd, struct kms_fb *fb, uint32_t width, uint32_t height,
		      uint32_t format);
#define kms_fb_create(fd, fb, width, height, format) \
	kms_fb_create_at(VI915_AT, fd, fb, width, height, format)
/* Fill it with one 32-bit pixel. */
void kms_fb_fill_at(const char *at, int fd, const struct kms_fb *fb, uint32_t pixel);
#define kms_fb_fill(fd, fb, pixel) kms_fb_fill_at(VI915_AT, fd, fb, pixel)
/* Remove it, which disables the planes that show it, and close the object. */
void kms_fb_destroy(int fd, struct kms_fb *fb);

/* Atomic commits. A request is made by drmModeAtomicAlloc(). */

/* One property of an object. */
void kms_add_at(const char *at, drmModeAtomicReq *req, int fd, uint32_t object, const char *name,
		uint64_t value);
#define kms_add(req, fd, object, name, value) \
	kms_add_at(VI915_AT, req, fd, object, name, value)
/* Have a plane of the pipe show all of a framebuffer with its corner at @x, @y. */
void kms_add_plane_at(const char *at, drmModeAtomicReq *req, const struct kms *kms,
		      uint32_t plane, const struct kms_fb *fb, int x, int y);
#define kms_add_plane(req, kms, plane, fb, x, y) \
	kms_add_plane_at(VI915_AT, req, kms, plane, fb, x, y)
void kms_add_plane_off_at(const char *at, drmModeAtomicReq *req, const struct kms *kms,
			  uint32_t plane);
#define kms_add_plane_off(req, kms, plane) kms_add_plane_off_at(VI915_AT, req, kms, plane)
/* Set the mode of the pipe; NULL turns it off. */
void kms_add_mode_at(const char *at, drmModeAtomicReq *req, const struct kms *kms,
		     const drmModeModeInfo *mode);
#define kms_add_mode(req, kms, mode) kms_add_mode_at(VI915_AT, req, kms, mode)

/* The ioctl once. @flags: DRM_MODE_ATOMIC_x, DRM_MODE_PAGE_FLIP_x. */
int __kms_commit(int fd, drmModeAtomicReq *req, uint32_t flags, uint64_t user);
/* The same, then free the request. */
int __kms_commit_free(int fd, drmModeAtomicReq *req, uint32_t flags, uint64_t user);
#define kms_commit_free(fd, req, flags, user) \
	vi915_check(__kms_commit_free(fd, req, flags, user))

/* In one line: light the pipe with a framebuffer of the mode's size; turn it off. */
int __kms_light(const struct kms *kms, const drmModeModeInfo *mode, const struct kms_fb *fb);
#define kms_light(kms, mode, fb) vi915_check(__kms_light(kms, mode, fb))
int __kms_dark(const struct kms *kms);
#define kms_dark(kms) vi915_check(__kms_dark(kms))
/* A nonblocking atomic flip of the primary plane, with an event. */
int __kms_flip(const struct kms *kms, const struct kms_fb *fb, uint64_t user);
#define kms_flip(kms, fb, user) vi915_check(__kms_flip(kms, fb, user))
/* The legacy ioctl PAGE_FLIP. @flags: DRM_MODE_PAGE_FLIP_x. */
int __kms_page_flip(const struct kms *kms, const struct kms_fb *fb, uint32_t flags,
		    uint64_t user);

/* Events. */

/**
 * struct kms_event - an event of a flip or a vblank
 * @type: DRM_EVENT_x
 * @sequence: number of the vblank
 * @crtc: 0 for DRM_EVENT_VBLANK
 * @ns: time by CLOCK_MONOTONIC, in whole microseconds
 * @user: value that the caller passed
 */
struct kms_event {
	uint32_t type;
	uint32_t sequence;
	uint32_t crtc;
	uint64_t ns;
	uint64_t user;
};

/* Read the next event. Returns: 0, or -ETIME if none comes. */
int __kms_event(int fd, int timeout_ms, struct kms_event *event);
/* Waits 20 seconds. */
#define kms_event(fd, event) vi915_check(__kms_event(fd, 20000, event))

/* WAIT_VBLANK of a pipe. @sequence: in, as @type says; out, number of the vblank. */
int __kms_vblank(const struct kms *kms, uint32_t type, uint32_t *sequence, uint64_t user,
		 uint64_t *ns);

#endif
