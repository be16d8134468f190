// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The camera: the kernel's vivid driver. It fills only buffers of other drivers, which it imports
 * as dma-bufs (V4L2_MEMORY_DMABUF).
 */
#include "demo_camera.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "demo_fail.h"

#define VI915_DEMO_VIDEO_NODES 64
#define VI915_DEMO_FRAME_TIMEOUT_MS 10000
/* Entries in menus of vivid's controls. */
#define VI915_DEMO_MOVE_RIGHT_FAST 6
#define VI915_DEMO_OSD_COUNTERS 1

static int vi915_demo_camera_ioctl(struct vi915_demo_camera *camera, unsigned long request,
				   void *arg, const char *what)
{
	int ret;

	do {
		ret = ioctl(camera->fd, request, arg);
	} while (ret < 0 && errno == EINTR);
	if (ret < 0)
		return vi915_demo_fail("camera %s: %s: %s", camera->node, what, strerror(errno));
	return 0;
}

static int vi915_demo_camera_find(struct vi915_demo_camera *camera)
{
	const uint32_t needed = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;

	for (int i = 0; i < VI915_DEMO_VIDEO_NODES; i++) {
		struct v4l2_capability cap = { 0 };

		snprintf(camera->node, sizeof(camera->node), "/dev/video%d", i);
		camera->fd = open(camera->node, O_RDWR | O_CLOEXEC | O_NONBLOCK);
		if (camera->fd < 0)
			continue;
		if (ioctl(camera->fd, VIDIOC_QUERYCAP, &cap) == 0 &&
		    strcmp((const char *)cap.driver, "vivid") == 0 &&
		    (cap.device_caps & needed) == needed)
			return 0;
		close(camera->fd);
	}
	camera->fd = -1;
	return vi915_demo_fail("no /dev/video* is a vivid camera: load vivid.ko, or use a box with --peers vivid");
}

/*
 * vivid's own controls have no numbers in the uAPI headers, only names. A control that is missing
 * or fails makes the picture plainer, but does not affect the proof.
 */
static void vi915_demo_camera_set(struct vi915_demo_camera *camera, const char *name, int value)
{
	struct v4l2_queryctrl query = { .id = V4L2_CTRL_FLAG_NEXT_CTRL };

	while (ioctl(camera->fd, VIDIOC_QUERYCTRL, &query) == 0) {
		struct v4l2_control control = { .id = query.id, .value = value };

		if (strcmp((const char *)query.name, name) == 0) {
			ioctl(camera->fd, VIDIOC_S_CTRL, &control);
			return;
		}
		query.id |= V4L2_CTRL_FLAG_NEXT_CTRL;
	}
}

static int vi915_demo_camera_format(struct vi915_demo_camera *camera, uint32_t width,
				    uint32_t height)
{
	struct v4l2_format format = {
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.fmt.pix = {
			.width = width,
			.height = height,
			/* Bytes B, G, R, X in memory: DRM_FORMAT_XRGB8888. */
			.pixelformat = V4L2_PIX_FMT_XBGR32,
			.field = V4L2_FIELD_NONE,
		},
	};
	struct v4l2_streamparm rate = {
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.parm.capture.timeperframe = { 1, 60 },
	};
	const struct v4l2_pix_format *pix = &format.fmt.pix;

	if (vi915_demo_camera_ioctl(camera, VIDIOC_S_FMT, &format, "S_FMT"))
		return -1;
	if (pix->width != width || pix->height != height || pix->pixelformat != V4L2_PIX_FMT_XBGR32)
		return vi915_demo_fail("camera %s: has no %ux%u in format XR24", camera->node,
				       width, height);
	camera->width = pix->width;
	camera->height = pix->height;
	camera->pitch = pix->bytesperline;
	camera->size = pix->sizeimage;
	ioctl(camera->fd, VIDIOC_S_PARM, &rate);
	return 0;
}

/**
 * vi915_demo_camera_open() - find vivid and set up its webcam
 * @camera: filled in; close with vi915_demo_camera_close()
 * @width: of the frames
 * @height: of the frames
 *
 * Return: 0, or -1 after saying why.
 */
int vi915_demo_camera_open(struct vi915_demo_camera *camera, uint32_t width, uint32_t height)
{
	int webcam = 0;

	if (vi915_demo_camera_find(camera))
		return -1;
	if (vi915_demo_camera_ioctl(camera, VIDIOC_S_INPUT, &webcam, "S_INPUT (webcam)") ||
	    vi915_demo_camera_format(camera, width, height)) {
		vi915_demo_camera_close(camera);
		return -1;
	}
	vi915_demo_camera_set(camera, "Test Pattern", 0);
	vi915_demo_camera_set(camera, "Horizontal Movement", VI915_DEMO_MOVE_RIGHT_FAST);
	vi915_demo_camera_set(camera, "OSD Text Mode", VI915_DEMO_OSD_COUNTERS);
	return 0;
}

/**
 * vi915_demo_camera_close() - close the camera; it lets go of all buffers
 * @camera: may be half open
 */
void vi915_demo_camera_close(struct vi915_demo_camera *camera)
{
	if (camera->fd >= 0)
		close(camera->fd);
	camera->fd = -1;
}

/**
 * vi915_demo_camera_queue() - have the next free frame written into a buffer
 * @camera: the camera
 * @index: index of the buffer in the camera's queue
 * @dmabuf: the buffer's fd
 *
 * Return: 0, or -1 after saying why.
 */
int vi915_demo_camera_queue(struct vi915_demo_camera *camera, uint32_t index, int dmabuf)
{
	struct v4l2_buffer buffer = {
		.index = index,
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.memory = V4L2_MEMORY_DMABUF,
		.m.fd = dmabuf,
	};

	return vi915_demo_camera_ioctl(camera, VIDIOC_QBUF, &buffer,
				       "QBUF of the GPU's buffer (DMABUF)");
}

static int vi915_demo_camera_request(struct vi915_demo_camera *camera, uint32_t count)
{
	struct v4l2_requestbuffers request = {
		.count = count,
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.memory = V4L2_MEMORY_DMABUF,
	};

	if (vi915_demo_camera_ioctl(camera, VIDIOC_REQBUFS, &request, "REQBUFS (DMABUF)"))
		return -1;
	if (request.count != count)
		return vi915_demo_fail("camera %s: wants %u buffers, not %u", camera->node,
				       request.count, count);
	return 0;
}

/**
 * vi915_demo_camera_start() - hand over the buffers and start capturing
 * @camera: the camera
 * @dmabufs: the buffers, each of at least camera->size bytes
 * @count: how many
 *
 * Return: 0, or -1 after saying why.
 */
int vi915_demo_camera_start(struct vi915_demo_camera *camera, const int *dmabufs, uint32_t count)
{
	int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;

	if (vi915_demo_camera_request(camera, count))
		return -1;
	for (uint32_t i = 0; i < count; i++) {
		if (vi915_demo_camera_queue(camera, i, dmabufs[i]))
			return -1;
	}
	return vi915_demo_camera_ioctl(camera, VIDIOC_STREAMON, &type, "STREAMON");
}

/**
 * vi915_demo_camera_next() - wait for a frame
 * @camera: the camera
 * @index: set to the index of its buffer, which is the caller's until queued again
 *
 * Return: 0, or -1 after saying why.
 */
int vi915_demo_camera_next(struct vi915_demo_camera *camera, uint32_t *index)
{
	struct v4l2_buffer buffer = {
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.memory = V4L2_MEMORY_DMABUF,
	};
	struct pollfd ready = { .fd = camera->fd, .events = POLLIN };

	if (poll(&ready, 1, VI915_DEMO_FRAME_TIMEOUT_MS) == 0)
		return vi915_demo_fail("camera %s: no frame within %d s", camera->node,
				       VI915_DEMO_FRAME_TIMEOUT_MS / 1000);
	if (vi915_demo_camera_ioctl(camera, VIDIOC_DQBUF, &buffer, "DQBUF"))
		return -1;
	if (buffer.flags & V4L2_BUF_FLAG_ERROR)
		return vi915_demo_fail("camera %s: frame %u came back with an error", camera->node,
				       buffer.sequence);
	*index = buffer.index;
	return 0;
}

/**
 * vi915_demo_camera_stop() - stop capturing; the camera lets go of all buffers
 * @camera: the camera
 *
 * Return: 0, or -1 after saying why.
 */
int vi915_demo_camera_stop(struct vi915_demo_camera *camera)
{
	struct v4l2_requestbuffers none = {
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.memory = V4L2_MEMORY_DMABUF,
	};
	int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;

	if (vi915_demo_camera_ioctl(camera, VIDIOC_STREAMOFF, &type, "STREAMOFF"))
		return -1;
	return vi915_demo_camera_ioctl(camera, VIDIOC_REQBUFS, &none, "REQBUFS of none");
}
