/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * vivid as a peer: a camera that fills every pixel with one colour, either into
 * its own buffers, which it exports, or into imported ones.
 */
#ifndef VI915_TESTS_SHARE_CAMERA_H
#define VI915_TESTS_SHARE_CAMERA_H

#include <stdbool.h>
#include <stdint.h>

#include "fail.h"

#define CAMERA_BUFFERS 4

/* Pixels in DRM_FORMAT_XRGB8888; vivid writes any value to the X byte. */
#define CAMERA_BLACK 0x000000u
#define CAMERA_WHITE 0xffffffu

/**
 * struct share_camera - an open camera
 * @fd: file of the video node
 * @size: size of a frame in bytes
 * @count: number of buffers that were agreed on
 * @memory: V4L2_MEMORY_x of these buffers
 */
struct share_camera {
	int fd;
	uint32_t size;
	uint32_t count;
	uint32_t memory;
};

void camera_open_at(const char *at, struct share_camera *camera);
#define camera_open(camera) camera_open_at(VI915_AT, camera)

/* Colour of every pixel of later frames: CAMERA_BLACK or CAMERA_WHITE. */
void camera_paint_at(const char *at, struct share_camera *camera, uint32_t pixel);
#define camera_paint(camera, pixel) camera_paint_at(VI915_AT, camera, pixel)

/* Agree on 2 to CAMERA_BUFFERS buffers: V4L2_MEMORY_x, own or imported. */
void camera_request_at(const char *at, struct share_camera *camera, uint32_t memory);
#define camera_request(camera, memory) camera_request_at(VI915_AT, camera, memory)

/* Give buffer @index to the camera; @dmabuf is the buffer if it is imported. */
int __camera_queue(struct share_camera *camera, uint32_t index, int dmabuf);

/* Export one of the camera's own buffers as a dma-buf. */
int camera_export_at(const char *at, struct share_camera *camera, uint32_t index);
#define camera_export(camera, index) camera_export_at(VI915_AT, camera, index)

int __camera_start(struct share_camera *camera);

/* Wait for a frame. Returns: the index of its buffer. */
uint32_t camera_frame_at(const char *at, struct share_camera *camera);
#define camera_frame(camera) camera_frame_at(VI915_AT, camera)

/* Stop; the camera releases all buffers. */
void camera_stop(struct share_camera *camera);

/* Whether the first @size bytes are such pixels, ignoring the X bytes. */
bool camera_painted(const void *ptr, uint32_t size, uint32_t pixel);

/**
 * camera_gives() - have a GPU read what the camera wrote into its own buffer
 * @gpu: file of the GPU, which imports the buffer
 *
 * Also checks that the camera's mapping sees what the GPU writes there.
 *
 * Returns: 0, or -errno of the import.
 */
int camera_gives_at(const char *at, struct share_camera *camera, int gpu);
#define camera_gives(camera, gpu) camera_gives_at(VI915_AT, camera, gpu)

/**
 * camera_takes() - have the camera write into a GPU's buffers
 * @gpu: file of the GPU that owns the buffers
 * @handles: CAMERA_BUFFERS objects of at least camera->size bytes each
 *
 * Returns: 0, or -errno of VIDIOC_QBUF.
 */
int camera_takes_at(const char *at, struct share_camera *camera, int gpu,
		    const uint32_t *handles);
#define camera_takes(camera, gpu, handles) camera_takes_at(VI915_AT, camera, gpu, handles)

#endif
