/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_DEMO_SCREEN_H
#define VI915_DEMO_SCREEN_H

#include <stddef.h>
#include <stdint.h>

#include "demo_canvas.h"
#include "demo_kms.h"

/**
 * struct vi915_demo_dumb - a dumb buffer of a card
 * @handle: the card's handle on it, 0 when there is none
 * @pitch: bytes from row to row
 * @size: bytes
 * @map: the card's mapping of it
 */
struct vi915_demo_dumb {
	uint32_t handle;
	uint32_t pitch;
	size_t size;
	uint8_t *map;
};

/**
 * struct vi915_demo_screen - the third witness: vkms shows vgem's memory
 * @vgem: vgem's card node, open
 * @vgem_node: path of that node
 * @vkms: vkms's card node, open
 * @vkms_node: path of that node
 * @kms: CRTC, plane and writeback connector of vkms
 * @memory: vgem's buffer, linear
 * @dmabuf: that buffer, for the GPUs and vkms
 * @handle: vkms's handle on it
 * @fb: vkms's framebuffer of it
 * @readback: the buffer for vkms's writeback connector
 * @readback_fb: the framebuffer of @readback
 * @written: time in ms when the last readback was complete
 */
struct vi915_demo_screen {
	int vgem;
	char vgem_node[32];
	int vkms;
	char vkms_node[32];
	struct vi915_demo_kms kms;
	struct vi915_demo_dumb memory;
	int dmabuf;
	uint32_t handle;
	uint32_t fb;
	struct vi915_demo_dumb readback;
	uint32_t readback_fb;
	uint64_t written;
};

int vi915_demo_screen_open(struct vi915_demo_screen *screen, uint32_t width, uint32_t height);
void vi915_demo_screen_close(struct vi915_demo_screen *screen);
int vi915_demo_screen_show(struct vi915_demo_screen *screen, struct vi915_demo_canvas *shown);

#endif
