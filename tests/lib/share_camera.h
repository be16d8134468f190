/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * vivid as a peer: a camera that fills every pixel with one colour, into its
 * own buffers, which it exports, or into those of others.
 */
#ifndef VI915_TESTS_SHARE_CAMERA_H
#define VI915_TESTS_SHARE_CAMERA_H

#include <stdbool.h>
#include <stdint.h>

#include "fail.h"

#define CAMERA_BUFFERS 4

/* Pixels as DRM_FORMAT_XRGB8888 has them; the X byte is whatever vivid writes. */
#define CAMERA_BLACK 0x000000u
#define CAMERA_WHITE 0xffffffu

/**
 * struct share_camera - an open camera
 * @fd: the video node
 * @size: of a frame, in bytes
 * @count: buffers that were agreed on
 * @memory: V4L2_MEMORY_x of them
 */
struct share_camera {
	int fd;
	uint32_t size;
	uint32_t count;
	uint32_t memory;
};

void camera_open_at(const char *at, struct share_camera *camera);
#define camera_open(camera) camera_open_at(VI915_AT, camera)

/* Every pixel of the frames to come: CAMERA_BLACK or CAMERA_WHITE. */
void camera_paint_at(const char *at, struct share_camera *camera, uint32_t pixel);
#define camera_paint(camera, pixel) camera_paint_at(VI915_AT, camera, pixel)

/* Agree on 2 to CAMERA_BUFFERS buffers: its own, or of others. */
void camera_request_at(const char *at, struct share_camera *camera, uint32_t memory);
#define camera_request(camera, memory) camera_request_at(VI915_AT, camera, memory)

/* Give buffer @index to the camera; @dmabuf is it, when it is another's. */
int __camera_queue(struct share_camera *camera, uint32_t index, int dmabuf);

/* The dma-buf of one of its own buffers. */
int camera_export_at(const char *at, struct share_camera *camera, uint32_t index);
#define camera_export(camera, index) camera_export_at(VI915_AT, camera, index)

int __camera_start(struct share_camera *camera);

/* Wait for a frame. Returns: the buffer it is in. */
uint32_t camera_frame_at(const char *at, struct share_camera *camera);
#define camera_frame(camera) camera_frame_at(VI915_AT, camera)

/* It lets go of all buffers. */
void camera_stop(struct share_camera *camera);

/* Whether each of the first @size bytes is a part of such a pixel. */
bool camera_painted(const void *ptr, uint32_t size, uint32_t pixel);

/**
 * camera_gives() - have a GPU read what the camera wrote into its own buffer
 * @gpu: who imports
 *
 * And the camera's mapping read what the GPU wrote there.
 *
 * Returns: 0, or -errno of the import.
 */
int camera_gives_at(const char *at, struct share_camera *camera, int gpu);
#define camera_gives(camera, gpu) camera_gives_at(VI915_AT, camera, gpu)

/**
 * camera_takes() - have the camera write into a GPU's buffers
 * @gpu: whose they are
 * @handles: at least camera->size bytes each, CAMERA_BUFFERS of them
 *
 * Returns: 0, or -errno of VIDIOC_QBUF.
 */
int camera_takes_at(const char *at, struct share_camera *camera, int gpu,
		    const uint32_t *handles);
#define camera_takes(camera, gpu, handles) camera_takes_at(VI915_AT, camera, gpu, handles)

#endif
