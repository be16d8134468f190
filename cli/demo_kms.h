/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_DEMO_KMS_H
#define VI915_DEMO_KMS_H

#include <stdbool.h>
#include <stdint.h>
#include <xf86drmMode.h>

/**
 * struct vi915_demo_props - numbers of the KMS properties in use
 * @crtc_active: CRTC, "ACTIVE"
 * @crtc_mode: CRTC, "MODE_ID"
 * @conn_crtc: connector, "CRTC_ID"
 * @conn_fb: writeback connector, "WRITEBACK_FB_ID"
 * @conn_fence: writeback connector, "WRITEBACK_OUT_FENCE_PTR"
 * @plane_crtc: plane, "CRTC_ID"
 * @plane_fb: plane, "FB_ID"
 * @plane_fence: plane, "IN_FENCE_FD"
 * @plane_src_w: plane, "SRC_W"
 * @plane_src_h: plane, "SRC_H"
 * @plane_crtc_w: plane, "CRTC_W"
 * @plane_crtc_h: plane, "CRTC_H"
 */
struct vi915_demo_props {
	uint32_t crtc_active;
	uint32_t crtc_mode;
	uint32_t conn_crtc;
	uint32_t conn_fb;
	uint32_t conn_fence;
	uint32_t plane_crtc;
	uint32_t plane_fb;
	uint32_t plane_fence;
	uint32_t plane_src_w;
	uint32_t plane_src_h;
	uint32_t plane_crtc_w;
	uint32_t plane_crtc_h;
};

/**
 * struct vi915_demo_kms - a CRTC, its primary plane and a connector
 * @fd: the card node, open and master; not ours to close
 * @node: path of that node
 * @crtc: the CRTC
 * @pipe: its index, as in debugfs
 * @plane: its primary plane
 * @connector: the connector
 * @name: name of the connector, as HDMI-A-1
 * @mode: property blob of the mode
 * @width: of the mode
 * @height: of the mode
 * @lit: the mode is set
 * @props: numbers of the properties
 */
struct vi915_demo_kms {
	int fd;
	const char *node;
	uint32_t crtc;
	uint32_t pipe;
	uint32_t plane;
	uint32_t connector;
	char name[32];
	uint32_t mode;
	uint32_t width;
	uint32_t height;
	bool lit;
	struct vi915_demo_props props;
};

int vi915_demo_kms_open(struct vi915_demo_kms *kms, int fd, const char *node, bool writeback,
			uint32_t width, uint32_t height);
void vi915_demo_kms_close(struct vi915_demo_kms *kms);
int vi915_demo_kms_addfb(struct vi915_demo_kms *kms, uint32_t handle, uint32_t pitch,
			 uint64_t modifier, uint32_t *fb);
drmModeAtomicReq *vi915_demo_kms_request(struct vi915_demo_kms *kms, uint32_t fb);
int vi915_demo_kms_commit(struct vi915_demo_kms *kms, drmModeAtomicReq *req, uint32_t flags);

#endif
