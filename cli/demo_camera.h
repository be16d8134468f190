/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_DEMO_CAMERA_H
#define VI915_DEMO_CAMERA_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct vi915_demo_camera - vivid, capturing into buffers of other drivers
 * @fd: its video node, open
 * @node: path of that node
 * @width: of a frame, in pixels
 * @height: of a frame, in pixels
 * @pitch: bytes from row to row; pixels are DRM_FORMAT_XRGB8888
 * @size: bytes of a frame
 */
struct vi915_demo_camera {
	int fd;
	char node[32];
	uint32_t width;
	uint32_t height;
	uint32_t pitch;
	size_t size;
};

int vi915_demo_camera_open(struct vi915_demo_camera *camera, uint32_t width, uint32_t height);
void vi915_demo_camera_close(struct vi915_demo_camera *camera);

int vi915_demo_camera_start(struct vi915_demo_camera *camera, const int *dmabufs, uint32_t count);
int vi915_demo_camera_queue(struct vi915_demo_camera *camera, uint32_t index, int dmabuf);
int vi915_demo_camera_next(struct vi915_demo_camera *camera, uint32_t *index);
int vi915_demo_camera_stop(struct vi915_demo_camera *camera);

#endif
