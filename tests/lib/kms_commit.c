// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Commits and events of tests/lib/kms.h. */
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "gpu.h"
#include "kms.h"
#include "prime.h"

void kms_add_at(const char *at, drmModeAtomicReq *req, int fd, uint32_t object, const char *name,
		uint64_t value)
{
	int ret = drmModeAtomicAddProperty(req, object, kms_prop_at(at, fd, object, name), value);

	vi915_check_at(at, name, ret);
}

void kms_add_plane_at(const char *at, drmModeAtomicReq *req, const struct kms *kms,
		      uint32_t plane, const struct kms_fb *fb, int x, int y)
{
	kms_add_at(at, req, kms->fd, plane, "FB_ID", fb->fb);
	kms_add_at(at, req, kms->fd, plane, "CRTC_ID", kms->crtc);
	kms_add_at(at, req, kms->fd, plane, "CRTC_X", x);
	kms_add_at(at, req, kms->fd, plane, "CRTC_Y", y);
	kms_add_at(at, req, kms->fd, plane, "CRTC_W", fb->width);
	kms_add_at(at, req, kms->fd, plane, "CRTC_H", fb->height);
	kms_add_at(at, req, kms->fd, plane, "SRC_X", 0);
	kms_add_at(at, req, kms->fd, plane, "SRC_Y", 0);
	kms_add_at(at, req, kms->fd, plane, "SRC_W", (uint64_t)fb->width << 16);
	kms_add_at(at, req, kms->fd, plane, "SRC_H", (uint64_t)fb->height << 16);
}

void kms_add_plane_off_at(const char *at, drmModeAtomicReq *req, const struct kms *kms,
			  uint32_t plane)
{
	kms_add_at(at, req, kms->fd, plane, "FB_ID", 0);
	kms_add_at(at, req, kms->fd, plane, "CRTC_ID", 0);
}

void kms_add_mode_at(const char *at, drmModeAtomicReq *req, const struct kms *kms,
		     const drmModeModeInfo *mode)
{
	uint32_t blob = mode ? kms_blob_at(at, kms->fd, mode, sizeof(*mode)) : 0;

	kms_add_at(at, req, kms->fd, kms->crtc, "MODE_ID", blob);
	kms_add_at(at, req, kms->fd, kms->crtc, "ACTIVE", !!mode);
	kms_add_at(at, req, kms->fd, kms->connector, "CRTC_ID", mode ? kms->crtc : 0);
}

int __kms_commit(int fd, drmModeAtomicReq *req, uint32_t flags, uint64_t user)
{
	return drmModeAtomicCommit(fd, req, flags, (void *)(uintptr_t)user);
}

int __kms_commit_free(int fd, drmModeAtomicReq *req, uint32_t flags, uint64_t user)
{
	int ret = __kms_commit(fd, req, flags, user);

	drmModeAtomicFree(req);
	return ret;
}

int __kms_light(const struct kms *kms, const drmModeModeInfo *mode, const struct kms_fb *fb)
{
	drmModeAtomicReq *req = drmModeAtomicAlloc();

	kms_add_mode(req, kms, mode);
	kms_add_plane(req, kms, kms->primary, fb, 0, 0);
	return __kms_commit_free(kms->fd, req, DRM_MODE_ATOMIC_ALLOW_MODESET, 0);
}

int __kms_dark(const struct kms *kms)
{
	drmModeAtomicReq *req = drmModeAtomicAlloc();

	kms_add_mode(req, kms, NULL);
	kms_add_plane_off(req, kms, kms->primary);
	kms_add_plane_off(req, kms, kms->overlay);
	kms_add_plane_off(req, kms, kms->cursor);
	return __kms_commit_free(kms->fd, req, DRM_MODE_ATOMIC_ALLOW_MODESET, 0);
}

int __kms_flip(const struct kms *kms, const struct kms_fb *fb, uint64_t user)
{
	drmModeAtomicReq *req = drmModeAtomicAlloc();

	kms_add(req, kms->fd, kms->primary, "FB_ID", fb->fb);
	return __kms_commit_free(kms->fd, req,
				 DRM_MODE_ATOMIC_NONBLOCK | DRM_MODE_PAGE_FLIP_EVENT, user);
}

int __kms_page_flip(const struct kms *kms, const struct kms_fb *fb, uint32_t flags,
		    uint64_t user)
{
	struct drm_mode_crtc_page_flip flip = {
		.crtc_id = kms->crtc,
		.fb_id = fb->fb,
		.flags = flags,
		.user_data = user,
	};

	return vi915_ioctl(kms->fd, DRM_IOCTL_MODE_PAGE_FLIP, &flip);
}

int __kms_event(int fd, int timeout_ms, struct kms_event *event)
{
	union {
		struct drm_event base;
		struct drm_event_vblank vblank;
		struct drm_event_crtc_sequence sequence;
	} got;
	ssize_t n;

	if (!(fd_poll(fd, POLLIN, timeout_ms) & POLLIN))
		return -ETIME;
	/* Reads one event: events that do not fit stay queued. */
	n = read(fd, &got, sizeof(got));
	if (n < 0)
		return -errno;
	if ((size_t)n != sizeof(got))
		return -EPROTO;
	memset(event, 0, sizeof(*event));
	event->type = got.base.type;
	if (got.base.type == DRM_EVENT_CRTC_SEQUENCE) {
		event->sequence = got.sequence.sequence;
		event->ns = got.sequence.time_ns;
		event->user = got.sequence.user_data;
		return 0;
	}
	event->sequence = got.vblank.sequence;
	event->crtc = got.vblank.crtc_id;
	event->ns = got.vblank.tv_sec * 1000000000ull + got.vblank.tv_usec * 1000ull;
	event->user = got.vblank.user_data;
	return 0;
}

int __kms_vblank(const struct kms *kms, uint32_t type, uint32_t *sequence, uint64_t user,
		 uint64_t *ns)
{
	union drm_wait_vblank wait = {
		.request = {
			.type = type | kms->pipe << DRM_VBLANK_HIGH_CRTC_SHIFT,
			.sequence = *sequence,
			.signal = user,
		},
	};
	int ret = vi915_ioctl(kms->fd, DRM_IOCTL_WAIT_VBLANK, &wait);

	if (ret)
		return ret;
	*sequence = wait.reply.sequence;
	if (ns)
		*ns = wait.reply.tval_sec * 1000000000ull + wait.reply.tval_usec * 1000ull;
	return 0;
}
