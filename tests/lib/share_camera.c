// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <linux/videodev2.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gem.h"
#include "gpu.h"
#include "peer.h"
#include "prime.h"
#include "proc.h"
#include "share_camera.h"

/* vivid's controls, which are not in a uAPI header. */
#define VIVID_TEST_PATTERN 0x00f0f000u
#define VIVID_OSD_TEXT_MODE 0x00f0f001u
#define VIVID_PATTERN_BLACK 5
#define VIVID_PATTERN_WHITE 6
#define VIVID_OSD_NONE 2

#define CAPTURE V4L2_BUF_TYPE_VIDEO_CAPTURE

static void camera_set(const char *at, struct share_camera *camera, uint32_t id, int value)
{
	struct v4l2_control control = { .id = id, .value = value };

	vi915_check_at(at, "VIDIOC_S_CTRL", vi915_ioctl(camera->fd, VIDIOC_S_CTRL, &control));
}

void camera_open_at(const char *at, struct share_camera *camera)
{
	struct v4l2_format format = {
		.type = CAPTURE,
		.fmt.pix = {
			.width = 320,
			.height = 180,
			.pixelformat = V4L2_PIX_FMT_XBGR32,
			.field = V4L2_FIELD_NONE,
		},
	};
	int webcam = 0;

	memset(camera, 0, sizeof(*camera));
	camera->fd = video_open_at(at, "vid-cap", 0);
	vi915_check_at(at, "VIDIOC_S_INPUT", vi915_ioctl(camera->fd, VIDIOC_S_INPUT, &webcam));
	vi915_check_at(at, "VIDIOC_S_FMT", vi915_ioctl(camera->fd, VIDIOC_S_FMT, &format));
	if (format.fmt.pix.pixelformat != V4L2_PIX_FMT_XBGR32 ||
	    format.fmt.pix.bytesperline != 4 * format.fmt.pix.width)
		vi915_fail_at(at, "the camera has no packed XBGR32");
	camera->size = format.fmt.pix.sizeimage;
	camera_set(at, camera, VIVID_OSD_TEXT_MODE, VIVID_OSD_NONE);
}

void camera_paint_at(const char *at, struct share_camera *camera, uint32_t pixel)
{
	camera_set(at, camera, VIVID_TEST_PATTERN,
		   pixel == CAMERA_WHITE ? VIVID_PATTERN_WHITE : VIVID_PATTERN_BLACK);
}

void camera_request_at(const char *at, struct share_camera *camera, uint32_t memory)
{
	struct v4l2_requestbuffers request = { .count = 2, .type = CAPTURE, .memory = memory };

	vi915_check_at(at, "VIDIOC_REQBUFS", vi915_ioctl(camera->fd, VIDIOC_REQBUFS, &request));
	if (!request.count || request.count > CAMERA_BUFFERS)
		vi915_fail_at(at, "the camera wants %u buffers", request.count);
	camera->count = request.count;
	camera->memory = memory;
}

int __camera_queue(struct share_camera *camera, uint32_t index, int dmabuf)
{
	struct v4l2_buffer buffer = {
		.index = index,
		.type = CAPTURE,
		.memory = camera->memory,
		.m.fd = dmabuf,
	};

	return vi915_ioctl(camera->fd, VIDIOC_QBUF, &buffer);
}

int camera_export_at(const char *at, struct share_camera *camera, uint32_t index)
{
	struct v4l2_exportbuffer export = {
		.type = CAPTURE, .index = index, .flags = O_RDWR | O_CLOEXEC,
	};

	vi915_check_at(at, "VIDIOC_EXPBUF", vi915_ioctl(camera->fd, VIDIOC_EXPBUF, &export));
	return export.fd;
}

int __camera_start(struct share_camera *camera)
{
	int type = CAPTURE;

	return vi915_ioctl(camera->fd, VIDIOC_STREAMON, &type);
}

uint32_t camera_frame_at(const char *at, struct share_camera *camera)
{
	struct v4l2_buffer buffer = { .type = CAPTURE, .memory = camera->memory };

	if (!fd_poll_at(at, camera->fd, POLLIN, 20000))
		vi915_fail_at(at, "no frame in 20 s");
	vi915_check_at(at, "VIDIOC_DQBUF", vi915_ioctl(camera->fd, VIDIOC_DQBUF, &buffer));
	if (buffer.flags & V4L2_BUF_FLAG_ERROR)
		vi915_fail_at(at, "the camera says the frame is broken");
	return buffer.index;
}

void camera_stop(struct share_camera *camera)
{
	struct v4l2_requestbuffers none = { .type = CAPTURE, .memory = camera->memory };
	int type = CAPTURE;

	vi915_ioctl(camera->fd, VIDIOC_STREAMOFF, &type);
	vi915_ioctl(camera->fd, VIDIOC_REQBUFS, &none);
}

bool camera_painted(const void *ptr, uint32_t size, uint32_t pixel)
{
	const uint32_t *pixels = ptr;
	uint32_t i;

	for (i = 0; i < size / 4; i++)
		if ((pixels[i] & 0xffffff) != pixel)
			return false;
	return true;
}

/* Get a white and a black frame, and see each through the GPU's view. */
static void camera_see(const char *at, struct share_camera *camera, int gpu,
		       const uint32_t *handles, const int *dmabufs)
{
	const uint32_t pixels[] = { CAMERA_WHITE, CAMERA_BLACK };
	uint32_t index;
	void *map;
	int i;

	camera_paint_at(at, camera, pixels[0]);
	vi915_check_at(at, "VIDIOC_STREAMON", __camera_start(camera));
	for (i = 0; i < 2; i++) {
		camera_paint_at(at, camera, pixels[i]);
		/* Skip frames that were started before the colour was set. */
		for (;;) {
			index = camera_frame_at(at, camera);
			map = gem_mmap_gtt_at(at, gpu, handles[index], camera->size);
			if (camera_painted(map, camera->size, pixels[i]))
				break;
			if (!i || !camera_painted(map, camera->size, pixels[0]))
				vi915_fail_at(at, "frame %d is not what the camera drew", i);
			munmap(map, camera->size);
			vi915_check_at(at, "VIDIOC_QBUF",
				       __camera_queue(camera, index, dmabufs[index]));
		}
		munmap(map, camera->size);
	}
}

int camera_gives_at(const char *at, struct share_camera *camera, int gpu)
{
	uint32_t handles[CAMERA_BUFFERS], i;
	int dmabufs[CAMERA_BUFFERS], ret = 0;
	void *ours, *theirs;

	camera_request_at(at, camera, V4L2_MEMORY_MMAP);
	for (i = 0; i < camera->count && !ret; i++) {
		dmabufs[i] = camera_export_at(at, camera, i);
		vi915_check_at(at, "VIDIOC_QBUF", __camera_queue(camera, i, 0));
		ret = __prime_import(gpu, dmabufs[i], &handles[i]);
	}
	if (ret)
		goto out_stop;
	camera_see(at, camera, gpu, handles, dmabufs);

	ours = gem_mmap_gtt_at(at, gpu, handles[0], camera->size);
	theirs = dmabuf_mmap_at(at, dmabufs[0], camera->size);
	vi915_fill(ours, camera->size, 1);
	vi915_same_at(at, theirs, camera->size, 1);
	vi915_fill(theirs, camera->size, 2);
	vi915_same_at(at, ours, camera->size, 2);
	munmap(ours, camera->size);
	munmap(theirs, camera->size);
out_stop:
	while (i--) {
		if (!ret)
			gem_close(gpu, handles[i]);
		close(dmabufs[i]);
	}
	camera_stop(camera);
	return ret;
}

int camera_takes_at(const char *at, struct share_camera *camera, int gpu,
		    const uint32_t *handles)
{
	int dmabufs[CAMERA_BUFFERS], ret = 0;
	uint32_t i;

	camera_request_at(at, camera, V4L2_MEMORY_DMABUF);
	for (i = 0; i < camera->count && !ret; i++) {
		dmabufs[i] = prime_export_at(at, gpu, handles[i]);
		ret = __camera_queue(camera, i, dmabufs[i]);
	}
	if (!ret)
		camera_see(at, camera, gpu, handles, dmabufs);
	camera_stop(camera);
	while (i--)
		close(dmabufs[i]);
	return ret;
}
