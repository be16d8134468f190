/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_DEMO_CAMERA_H
#define VI915_DEMO_CAMERA_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct vi915_demo_camera - vivid, capturing into buffers that others own
 * @fd: its video node, open
 * @node: path of that node
 * @width: of a frame, in pixels
 * @height: of a frame, in pixels
 * @pitch: bytes from row to row; pixels are DRM_FORMAT_XRGB8888
 * @size: bytes of a frame
 * @memory: whose buffers it writes: V4L2_MEMORY_DMABUF, or _MMAP for its own
 */
struct vi915_demo_camera {
	int fd;
	char node[32];
	uint32_t width;
	uint32_t height;
	uint32_t pitch;
	size_t size;
	uint32_t memory;
};

/**
 * struct vi915_demo_camera_buffer - a buffer of the camera's own
 * @dmabuf: for others to import it
 * @map: the camera's mapping of it
 * @size: bytes of it, a multiple of the page size
 */
struct vi915_demo_camera_buffer {
	int dmabuf;
	uint8_t *map;
	size_t size;
};

int vi915_demo_camera_open(struct vi915_demo_camera *camera, uint32_t width, uint32_t height);
void vi915_demo_camera_close(struct vi915_demo_camera *camera);

int vi915_demo_camera_resize(struct vi915_demo_camera *camera, uint32_t width, uint32_t height);
int vi915_demo_camera_allocate(struct vi915_demo_camera *camera,
			       struct vi915_demo_camera_buffer *buffers, uint32_t count);
void vi915_demo_camera_release(struct vi915_demo_camera_buffer *buffer);
int vi915_demo_camera_stream(struct vi915_demo_camera *camera);
int vi915_demo_camera_start(struct vi915_demo_camera *camera, const int *dmabufs, uint32_t count);
int vi915_demo_camera_queue(struct vi915_demo_camera *camera, uint32_t index, int dmabuf);
int vi915_demo_camera_next(struct vi915_demo_camera *camera, uint32_t *index);
int vi915_demo_camera_stop(struct vi915_demo_camera *camera);

#endif
