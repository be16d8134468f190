// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * One CRTC of a card with its primary plane, by atomic KMS, to show pictures on vkms and on our own
 * GPUs.
 */
#include "demo_kms.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <xf86drm.h>

#include "demo_fail.h"

#define VI915_DEMO_REFRESH 60

/* Returns the id of a property, and its value if wanted; 0 when there is none. */
static uint32_t vi915_demo_kms_prop(struct vi915_demo_kms *kms, uint32_t object, uint32_t type,
				    const char *name, uint64_t *value)
{
	drmModeObjectProperties *props = drmModeObjectGetProperties(kms->fd, object, type);
	uint32_t found = 0;

	for (uint32_t i = 0; props && i < props->count_props && !found; i++) {
		drmModePropertyRes *prop = drmModeGetProperty(kms->fd, props->props[i]);

		if (prop && strcmp(prop->name, name) == 0) {
			found = prop->prop_id;
			if (value)
				*value = props->prop_values[i];
		}
		drmModeFreeProperty(prop);
	}
	drmModeFreeObjectProperties(props);
	return found;
}

static int vi915_demo_kms_props(struct vi915_demo_kms *kms, bool writeback)
{
	const uint32_t crtc = DRM_MODE_OBJECT_CRTC, plane = DRM_MODE_OBJECT_PLANE;
	const uint32_t conn = DRM_MODE_OBJECT_CONNECTOR;
	struct vi915_demo_props *props = &kms->props;
	const struct {
		uint32_t *id;
		uint32_t object;
		uint32_t type;
		const char *name;
		bool only_writeback;
	} wanted[] = {
		{ &props->crtc_active, kms->crtc, crtc, "ACTIVE", false },
		{ &props->crtc_mode, kms->crtc, crtc, "MODE_ID", false },
		{ &props->conn_crtc, kms->connector, conn, "CRTC_ID", false },
		{ &props->conn_fb, kms->connector, conn, "WRITEBACK_FB_ID", true },
		{ &props->conn_fence, kms->connector, conn, "WRITEBACK_OUT_FENCE_PTR", true },
		{ &props->plane_crtc, kms->plane, plane, "CRTC_ID", false },
		{ &props->plane_fb, kms->plane, plane, "FB_ID", false },
		{ &props->plane_fence, kms->plane, plane, "IN_FENCE_FD", false },
		{ &props->plane_src_w, kms->plane, plane, "SRC_W", false },
		{ &props->plane_src_h, kms->plane, plane, "SRC_H", false },
		{ &props->plane_crtc_w, kms->plane, plane, "CRTC_W", false },
		{ &props->plane_crtc_h, kms->plane, plane, "CRTC_H", false },
	};

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		if (wanted[i].only_writeback && !writeback)
			continue;
		*wanted[i].id = vi915_demo_kms_prop(kms, wanted[i].object, wanted[i].type,
						    wanted[i].name, NULL);
		if (!*wanted[i].id)
			return vi915_demo_fail("%s: KMS object %u has no property %s", kms->node,
					       wanted[i].object, wanted[i].name);
	}
	return 0;
}

/* Takes the first writeback connector, or the first other one. */
static void vi915_demo_kms_connector(struct vi915_demo_kms *kms, const drmModeRes *res,
				     bool writeback)
{
	for (int i = 0; i < res->count_connectors && !kms->connector; i++) {
		drmModeConnector *connector;
		bool is_writeback;

		connector = drmModeGetConnectorCurrent(kms->fd, res->connectors[i]);
		is_writeback = connector &&
			       connector->connector_type == DRM_MODE_CONNECTOR_WRITEBACK;
		if (connector && writeback == is_writeback) {
			kms->connector = connector->connector_id;
			snprintf(kms->name, sizeof(kms->name), "%s-%u",
				 drmModeGetConnectorTypeName(connector->connector_type) ?:
				 "Unknown", connector->connector_type_id);
		}
		drmModeFreeConnector(connector);
	}
}

static uint32_t vi915_demo_kms_primary(struct vi915_demo_kms *kms)
{
	drmModePlaneRes *planes = drmModeGetPlaneResources(kms->fd);
	uint32_t found = 0;

	for (uint32_t i = 0; planes && i < planes->count_planes && !found; i++) {
		drmModePlane *plane = drmModeGetPlane(kms->fd, planes->planes[i]);
		uint64_t type = DRM_PLANE_TYPE_OVERLAY;

		vi915_demo_kms_prop(kms, planes->planes[i], DRM_MODE_OBJECT_PLANE, "type", &type);
		if (plane && type == DRM_PLANE_TYPE_PRIMARY &&
		    plane->possible_crtcs & (1u << kms->pipe))
			found = plane->plane_id;
		drmModeFreePlane(plane);
	}
	drmModeFreePlaneResources(planes);
	return found;
}

/*
 * A primary plane must fill its CRTC and cannot scale, so the mode is made to fit the picture.
 * Blanking is small, since there is no cable.
 */
static int vi915_demo_kms_mode(struct vi915_demo_kms *kms, uint32_t width, uint32_t height)
{
	drmModeModeInfo mode = {
		.hdisplay = (uint16_t)width,
		.hsync_start = (uint16_t)(width + 16),
		.hsync_end = (uint16_t)(width + 48),
		.htotal = (uint16_t)(width + 160),
		.vdisplay = (uint16_t)height,
		.vsync_start = (uint16_t)(height + 3),
		.vsync_end = (uint16_t)(height + 8),
		.vtotal = (uint16_t)(height + 15),
		.vrefresh = VI915_DEMO_REFRESH,
		.type = DRM_MODE_TYPE_USERDEF,
	};

	mode.clock = mode.htotal * mode.vtotal * VI915_DEMO_REFRESH / 1000;
	snprintf(mode.name, sizeof(mode.name), "%ux%u", width, height);
	kms->width = width;
	kms->height = height;
	if (drmModeCreatePropertyBlob(kms->fd, &mode, sizeof(mode), &kms->mode))
		return vi915_demo_fail("%s: mode %s: %s", kms->node, mode.name, strerror(errno));
	return 0;
}

/**
 * vi915_demo_kms_open() - find a connector, CRTC and plane, and make the mode
 * @kms: filled in; close with vi915_demo_kms_close()
 * @fd: the card node, open; it must be master
 * @node: path of that node
 * @writeback: use the writeback connector instead of a screen's
 * @width: of the mode
 * @height: of the mode
 *
 * Return: 0, or -1 after saying why.
 */
int vi915_demo_kms_open(struct vi915_demo_kms *kms, int fd, const char *node, bool writeback,
			uint32_t width, uint32_t height)
{
	drmModeRes *res;

	*kms = (struct vi915_demo_kms){ .fd = fd, .node = node };
	if (drmSetClientCap(fd, DRM_CLIENT_CAP_ATOMIC, 1) ||
	    (writeback && drmSetClientCap(fd, DRM_CLIENT_CAP_WRITEBACK_CONNECTORS, 1)))
		return vi915_demo_fail("%s: no atomic KMS%s: %s; give the GPU an output", node,
				       writeback ? " or no writeback" : "", strerror(errno));
	res = drmModeGetResources(fd);
	if (!res || res->count_crtcs < 1) {
		drmModeFreeResources(res);
		return vi915_demo_fail("%s: has no CRTC", node);
	}
	kms->crtc = res->crtcs[0];
	vi915_demo_kms_connector(kms, res, writeback);
	kms->plane = vi915_demo_kms_primary(kms);
	drmModeFreeResources(res);
	if (!kms->connector)
		return vi915_demo_fail("%s: has no %sconnector", node,
				       writeback ? "writeback " : "");
	if (!kms->plane)
		return vi915_demo_fail("%s: CRTC %u has no primary plane", node, kms->crtc);
	if (vi915_demo_kms_props(kms, writeback))
		return -1;
	return vi915_demo_kms_mode(kms, width, height);
}

/**
 * vi915_demo_kms_close() - free the mode
 * @kms: may be half open
 */
void vi915_demo_kms_close(struct vi915_demo_kms *kms)
{
	if (kms->mode)
		drmModeDestroyPropertyBlob(kms->fd, kms->mode);
	kms->mode = 0;
}

/**
 * vi915_demo_kms_addfb() - make a framebuffer of a buffer
 * @kms: the CRTC
 * @handle: the card's handle on the buffer; pixels are DRM_FORMAT_XRGB8888
 * @pitch: bytes from row to row
 * @modifier: their layout
 * @fb: set to the framebuffer's id
 *
 * Return: 0, or -1 after saying why.
 */
int vi915_demo_kms_addfb(struct vi915_demo_kms *kms, uint32_t handle, uint32_t pitch,
			 uint64_t modifier, uint32_t *fb)
{
	const uint32_t handles[4] = { handle };
	const uint32_t pitches[4] = { pitch };
	const uint32_t offsets[4] = { 0 };
	const uint64_t modifiers[4] = { modifier };

	if (drmModeAddFB2WithModifiers(kms->fd, kms->width, kms->height, DRM_FORMAT_XRGB8888,
				       handles, pitches, offsets, modifiers, fb,
				       DRM_MODE_FB_MODIFIERS))
		return vi915_demo_fail("%s: ADDFB2 of %ux%u XR24, pitch %u, modifier 0x%llx: %s",
				       kms->node, kms->width, kms->height, pitch,
				       (unsigned long long)modifier, strerror(errno));
	return 0;
}

/**
 * vi915_demo_kms_request() - begin a commit that shows a framebuffer
 * @kms: the CRTC
 * @fb: the framebuffer
 *
 * Return: the request, the caller's to free, or NULL after saying why.
 */
drmModeAtomicReq *vi915_demo_kms_request(struct vi915_demo_kms *kms, uint32_t fb)
{
	const struct vi915_demo_props *props = &kms->props;
	drmModeAtomicReq *req = drmModeAtomicAlloc();

	if (!req) {
		vi915_demo_fail("out of memory");
		return NULL;
	}
	if (!kms->lit) {
		drmModeAtomicAddProperty(req, kms->crtc, props->crtc_mode, kms->mode);
		drmModeAtomicAddProperty(req, kms->crtc, props->crtc_active, 1);
	}
	drmModeAtomicAddProperty(req, kms->connector, props->conn_crtc, kms->crtc);
	drmModeAtomicAddProperty(req, kms->plane, props->plane_crtc, kms->crtc);
	drmModeAtomicAddProperty(req, kms->plane, props->plane_fb, fb);
	drmModeAtomicAddProperty(req, kms->plane, props->plane_src_w, (uint64_t)kms->width << 16);
	drmModeAtomicAddProperty(req, kms->plane, props->plane_src_h, (uint64_t)kms->height << 16);
	drmModeAtomicAddProperty(req, kms->plane, props->plane_crtc_w, kms->width);
	drmModeAtomicAddProperty(req, kms->plane, props->plane_crtc_h, kms->height);
	return req;
}

/**
 * vi915_demo_kms_commit() - commit a request
 * @kms: the CRTC
 * @req: the request; freed
 * @flags: DRM_MODE_ATOMIC_NONBLOCK, DRM_MODE_PAGE_FLIP_EVENT
 *
 * Return: 0, or -1 after saying why.
 */
int vi915_demo_kms_commit(struct vi915_demo_kms *kms, drmModeAtomicReq *req, uint32_t flags)
{
	int ret;

	if (!kms->lit)
		flags |= DRM_MODE_ATOMIC_ALLOW_MODESET;
	ret = drmModeAtomicCommit(kms->fd, req, flags, NULL);
	drmModeAtomicFree(req);
	if (ret)
		return vi915_demo_fail("%s: atomic commit of %ux%u on %s: %s", kms->node,
				       kms->width, kms->height, kms->name, strerror(-ret));
	kms->lit = true;
	return 0;
}
