// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <drm/drm_fourcc.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gem.h"
#include "gpu.h"
#include "kms.h"
#include "prime.h"

static uint32_t kms_connector(const char *at, const struct kms *kms, const drmModeRes *res,
			      drmModeModeInfo *mode)
{
	uint32_t found = 0;
	int i;

	for (i = 0; i < res->count_connectors && !found; i++) {
		drmModeConnector *connector = drmModeGetConnector(kms->fd, res->connectors[i]);
		drmModeEncoder *encoder;

		if (!connector)
			vi915_fail_at(at, "connector %u cannot be asked", res->connectors[i]);
		encoder = connector->count_encoders ?
				  drmModeGetEncoder(kms->fd, connector->encoders[0]) : NULL;
		if (connector->connector_type != DRM_MODE_CONNECTOR_WRITEBACK && encoder &&
		    encoder->possible_crtcs == 1u << kms->pipe) {
			found = connector->connector_id;
			if (connector->count_modes)
				*mode = connector->modes[0];
		}
		drmModeFreeEncoder(encoder);
		drmModeFreeConnector(connector);
	}
	if (!found)
		vi915_fail_at(at, "pipe %u has no connector", kms->pipe);
	return found;
}

static void kms_planes(const char *at, struct kms *kms)
{
	drmModePlaneRes *res = drmModeGetPlaneResources(kms->fd);
	uint32_t i;

	if (!res)
		vi915_fail_at(at, "GETPLANERESOURCES: %s", vi915_errname(errno));
	for (i = 0; i < res->count_planes; i++) {
		drmModePlane *plane = drmModeGetPlane(kms->fd, res->planes[i]);

		if (!plane)
			vi915_fail_at(at, "plane %u cannot be asked", res->planes[i]);
		if (plane->possible_crtcs == 1u << kms->pipe) {
			switch (kms_value_at(at, kms->fd, plane->plane_id, "type")) {
			case DRM_PLANE_TYPE_PRIMARY:
				kms->primary = plane->plane_id;
				break;
			case DRM_PLANE_TYPE_OVERLAY:
				kms->overlay = plane->plane_id;
				break;
			case DRM_PLANE_TYPE_CURSOR:
				kms->cursor = plane->plane_id;
				break;
			}
		}
		drmModeFreePlane(plane);
	}
	drmModeFreePlaneResources(res);
	if (!kms->primary || !kms->overlay || !kms->cursor)
		vi915_fail_at(at, "pipe %u lacks a plane", kms->pipe);
}

void kms_find_at(const char *at, struct kms *kms, int fd, unsigned int pipe)
{
	drmModeRes *res = drmModeGetResources(fd);

	memset(kms, 0, sizeof(*kms));
	kms->fd = fd;
	kms->pipe = pipe;
	if (!res)
		vi915_fail_at(at, "GETRESOURCES: %s", vi915_errname(errno));
	if ((int)pipe >= res->count_crtcs)
		vi915_fail_at(at, "there is no pipe %u", pipe);
	kms->crtc = res->crtcs[pipe];
	kms->connector = kms_connector(at, kms, res, &kms->mode);
	drmModeFreeResources(res);
	kms_planes(at, kms);
}

void kms_open_at(const char *at, struct kms *kms, const char *name, unsigned int pipe)
{
	int fd = vi915_open_at(at, name);

	if (drmSetClientCap(fd, DRM_CLIENT_CAP_ATOMIC, 1) ||
	    drmSetClientCap(fd, DRM_CLIENT_CAP_WRITEBACK_CONNECTORS, 1))
		vi915_fail_at(at, "SET_CLIENT_CAP: %s", vi915_errname(errno));
	kms_find_at(at, kms, fd, pipe);
}

void kms_close(struct kms *kms)
{
	close(kms->fd);
	kms->fd = -1;
}

drmModeModeInfo kms_mode_at(const char *at, const struct kms *kms, unsigned int width,
			    unsigned int height, unsigned int refresh)
{
	drmModeConnector *connector = drmModeGetConnector(kms->fd, kms->connector);
	drmModeModeInfo mode;
	int i;

	if (!connector)
		vi915_fail_at(at, "GETCONNECTOR: %s", vi915_errname(errno));
	for (i = 0; i < connector->count_modes; i++) {
		mode = connector->modes[i];
		if (mode.hdisplay == width && mode.vdisplay == height && mode.vrefresh == refresh)
			break;
	}
	if (i == connector->count_modes)
		vi915_fail_at(at, "no mode %ux%u@%u", width, height, refresh);
	drmModeFreeConnector(connector);
	return mode;
}

uint64_t kms_period(const drmModeModeInfo *mode)
{
	return (uint64_t)mode->htotal * mode->vtotal * 1000000 / mode->clock;
}

int __kms_prop(int fd, uint32_t object, const char *name, uint32_t *id, uint64_t *value)
{
	drmModeObjectProperties *props =
		drmModeObjectGetProperties(fd, object, DRM_MODE_OBJECT_ANY);
	int ret = -ENOENT;
	uint32_t i;

	if (!props)
		return -errno;
	for (i = 0; i < props->count_props && ret; i++) {
		drmModePropertyRes *prop = drmModeGetProperty(fd, props->props[i]);

		if (prop && !strcmp(prop->name, name)) {
			*id = props->props[i];
			*value = props->prop_values[i];
			ret = 0;
		}
		drmModeFreeProperty(prop);
	}
	drmModeFreeObjectProperties(props);
	return ret;
}

uint32_t kms_prop_at(const char *at, int fd, uint32_t object, const char *name)
{
	uint64_t value;
	uint32_t id;

	vi915_check_at(at, name, __kms_prop(fd, object, name, &id, &value));
	return id;
}

uint64_t kms_value_at(const char *at, int fd, uint32_t object, const char *name)
{
	uint64_t value;
	uint32_t id;

	vi915_check_at(at, name, __kms_prop(fd, object, name, &id, &value));
	return value;
}

uint32_t kms_blob_at(const char *at, int fd, const void *data, size_t size)
{
	uint32_t id;

	vi915_check_at(at, "CREATEPROPBLOB", drmModeCreatePropertyBlob(fd, data, size, &id));
	return id;
}

int __kms_addfb(int fd, uint32_t width, uint32_t height, uint32_t format, uint64_t modifier,
		const uint32_t handles[4], const uint32_t pitches[4], const uint32_t offsets[4],
		uint32_t *fb)
{
	struct drm_mode_fb_cmd2 cmd = {
		.width = width,
		.height = height,
		.pixel_format = format,
		.flags = DRM_MODE_FB_MODIFIERS,
	};
	int i, ret;

	for (i = 0; i < 4; i++) {
		cmd.handles[i] = handles[i];
		cmd.pitches[i] = pitches[i];
		cmd.offsets[i] = offsets[i];
		if (handles[i])
			cmd.modifier[i] = modifier;
	}
	ret = vi915_ioctl(fd, DRM_IOCTL_MODE_ADDFB2, &cmd);
	*fb = cmd.fb_id;
	return ret;
}

int __kms_addfb_legacy(int fd, uint32_t width, uint32_t height, uint32_t format,
		       const uint32_t handles[4], const uint32_t pitches[4],
		       const uint32_t offsets[4], uint32_t *fb)
{
	struct drm_mode_fb_cmd2 cmd = {
		.width = width,
		.height = height,
		.pixel_format = format,
	};
	int ret;

	memcpy(cmd.handles, handles, sizeof(cmd.handles));
	memcpy(cmd.pitches, pitches, sizeof(cmd.pitches));
	memcpy(cmd.offsets, offsets, sizeof(cmd.offsets));
	ret = vi915_ioctl(fd, DRM_IOCTL_MODE_ADDFB2, &cmd);
	*fb = cmd.fb_id;
	return ret;
}

int __kms_rmfb(int fd, uint32_t fb)
{
	return vi915_ioctl(fd, DRM_IOCTL_MODE_RMFB, &fb);
}

static unsigned int kms_bits(uint32_t format)
{
	switch (format) {
	case DRM_FORMAT_NV12:
		return 8;
	case DRM_FORMAT_RGB565:
	case DRM_FORMAT_YUYV:
		return 16;
	default:
		return 32;
	}
}

void kms_fb_create_at(const char *at, int fd, struct kms_fb *fb, uint32_t width, uint32_t height,
		      uint32_t format)
{
	uint32_t handles[4] = {}, pitches[4] = {}, offsets[4] = {};
	bool nv12 = format == DRM_FORMAT_NV12;

	memset(fb, 0, sizeof(*fb));
	fb->width = width;
	fb->height = height;
	fb->handle = gem_dumb_create_at(at, fd, width, nv12 ? height + (height + 1) / 2 : height,
					kms_bits(format), &fb->pitch, &fb->size);
	handles[0] = fb->handle;
	pitches[0] = fb->pitch;
	if (nv12) {
		handles[1] = fb->handle;
		pitches[1] = fb->pitch;
		offsets[1] = fb->pitch * height;
	}
	vi915_check_at(at, "ADDFB2",
		       __kms_addfb(fd, width, height, format, DRM_FORMAT_MOD_LINEAR, handles,
				   pitches, offsets, &fb->fb));
}

void kms_fb_fill_at(const char *at, int fd, const struct kms_fb *fb, uint32_t pixel)
{
	uint32_t *map = gem_mmap_at(at, fd, fb->handle, 0, fb->size, 0);
	uint64_t i;

	for (i = 0; i < fb->size / sizeof(*map); i++)
		map[i] = pixel;
	gem_munmap(map, fb->size);
}

void kms_fb_destroy(int fd, struct kms_fb *fb)
{
	__kms_rmfb(fd, fb->fb);
	__gem_close(fd, fb->handle);
}
