/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_DEMO_SCREEN_H
#define VI915_DEMO_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct vi915_demo_fb - a buffer that the screen can show
 * @handle: the screen's handle on it, 0 when there is none
 * @fb: the framebuffer on it, 0 when there is none
 * @width: in pixels
 * @height: in pixels
 * @pitch: bytes from row to row; pixels are DRM_FORMAT_XRGB8888
 * @size: bytes
 * @map: the screen's mapping of a buffer of its own; NULL for an imported one
 */
struct vi915_demo_fb {
	uint32_t handle;
	uint32_t fb;
	uint32_t width;
	uint32_t height;
	uint32_t pitch;
	size_t size;
	uint8_t *map;
};

/**
 * struct vi915_demo_screen_props - numbers of the KMS properties in use
 * @crtc_active: CRTC, "ACTIVE"
 * @crtc_mode: CRTC, "MODE_ID"
 * @conn_crtc: connector, "CRTC_ID"
 * @conn_fb: connector, "WRITEBACK_FB_ID"
 * @conn_fence: connector, "WRITEBACK_OUT_FENCE_PTR"
 * @plane_crtc: plane, "CRTC_ID"
 * @plane_fb: plane, "FB_ID"
 * @plane_src_w: plane, "SRC_W"
 * @plane_src_h: plane, "SRC_H"
 * @plane_crtc_w: plane, "CRTC_W"
 * @plane_crtc_h: plane, "CRTC_H"
 */
struct vi915_demo_screen_props {
	uint32_t crtc_active;
	uint32_t crtc_mode;
	uint32_t conn_crtc;
	uint32_t conn_fb;
	uint32_t conn_fence;
	uint32_t plane_crtc;
	uint32_t plane_fb;
	uint32_t plane_src_w;
	uint32_t plane_src_h;
	uint32_t plane_crtc_w;
	uint32_t plane_crtc_h;
};

/**
 * struct vi915_demo_screen - vkms: one CRTC, its primary plane, its writeback
 * @fd: the card node, open and master
 * @node: path of that node
 * @crtc: the CRTC
 * @pipe: its index, as in debugfs
 * @plane: its primary plane
 * @connector: its writeback connector
 * @mode: property blob of the mode
 * @lit: the mode is set
 * @written: when the last readback was complete, in ms
 * @props: numbers of the properties
 * @readback: what was on the screen, written by the writeback connector
 */
struct vi915_demo_screen {
	int fd;
	char node[32];
	uint32_t crtc;
	uint32_t pipe;
	uint32_t plane;
	uint32_t connector;
	uint32_t mode;
	bool lit;
	uint64_t written;
	struct vi915_demo_screen_props props;
	struct vi915_demo_fb readback;
};

int vi915_demo_screen_open(struct vi915_demo_screen *screen, uint32_t width, uint32_t height);
void vi915_demo_screen_close(struct vi915_demo_screen *screen);

int vi915_demo_screen_create(struct vi915_demo_screen *screen, uint32_t width, uint32_t height,
			     struct vi915_demo_fb *fb);
int vi915_demo_screen_import(struct vi915_demo_screen *screen, int dmabuf, uint32_t width,
			     uint32_t height, uint32_t pitch, struct vi915_demo_fb *fb);
int vi915_demo_screen_export(struct vi915_demo_screen *screen, const struct vi915_demo_fb *fb);
void vi915_demo_screen_release(struct vi915_demo_screen *screen, struct vi915_demo_fb *fb);

int vi915_demo_screen_show(struct vi915_demo_screen *screen, const struct vi915_demo_fb *fb);
void vi915_demo_screen_rest(const struct vi915_demo_screen *screen);

/* demo_screen_crc.c */
int vi915_demo_screen_sees(struct vi915_demo_screen *screen, uint32_t crc, bool *sees);

#endif
