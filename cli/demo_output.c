// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The output of a vi915 GPU. Two witnesses tell its picture: the DRM core's CRC of the picture that
 * the CRTC composed at a vblank, and vi915_shot, which is composed when it is opened. Neither
 * depends on the client that shows the picture, nor on the GPU that rendered it.
 */
#include "demo_output.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <xf86drm.h>

#include "demo_fail.h"
#include "picture.h"

/* Longer than any job of the demo may take. */
#define VI915_DEMO_FLIP_TIMEOUT_MS 20000
#define VI915_DEMO_CRC_TIMEOUT_MS 2000

/**
 * vi915_demo_output_open() - find the first output of a GPU and light it
 * @output: filled in, also when half open; close with vi915_demo_output_close()
 * @gpu: the GPU
 * @width: of the pictures
 * @height: of the pictures
 * @pitch: bytes from row to row
 *
 * Return: 0, or -1 after saying why.
 */
int vi915_demo_output_open(struct vi915_demo_output *output, struct vi915_demo_gpu *gpu,
			   uint32_t width, uint32_t height, uint32_t pitch)
{
	drmModeAtomicReq *req;
	struct stat st;

	if (vi915_demo_kms_open(&output->kms, gpu->fd, gpu->node, false, width, height))
		return -1;
	if (fstat(gpu->fd, &st))
		return vi915_demo_fail("%s: %s", gpu->node, strerror(errno));
	snprintf(output->debugfs, sizeof(output->debugfs), "/sys/kernel/debug/dri/%u/crtc-%u",
		 minor(st.st_rdev), output->kms.pipe);
	if (access(output->debugfs, X_OK))
		return vi915_demo_fail("%s, which has the CRCs: %s; run this as root, or in a box",
				       output->debugfs, strerror(errno));
	if (vi915_demo_gpu_create(gpu, (size_t)pitch * height, &output->blank) ||
	    vi915_demo_kms_addfb(&output->kms, output->blank.handle, pitch, DRM_FORMAT_MOD_LINEAR,
				 &output->blank_fb))
		return -1;
	req = vi915_demo_kms_request(&output->kms, output->blank_fb);
	return req ? vi915_demo_kms_commit(&output->kms, req, 0) : -1;
}

/**
 * vi915_demo_output_close() - turn the output off
 * @output: may be half open
 * @gpu: its GPU
 */
void vi915_demo_output_close(struct vi915_demo_output *output, struct vi915_demo_gpu *gpu)
{
	if (gpu->fd < 0)
		return;
	if (output->blank_fb)
		drmModeRmFB(gpu->fd, output->blank_fb);
	vi915_demo_gpu_release(gpu, &output->blank);
	vi915_demo_kms_close(&output->kms);
}

/**
 * vi915_demo_output_flip() - have a framebuffer shown from the next vblank on
 * @output: the output
 * @fb: the framebuffer
 * @fence: a sync_file to wait for instead of the buffer's fences; -1 for those
 *
 * This does not wait; vi915_demo_output_wait() does.
 *
 * Return: 0, or -1 after saying why.
 */
int vi915_demo_output_flip(struct vi915_demo_output *output, uint32_t fb, int fence)
{
	drmModeAtomicReq *req = vi915_demo_kms_request(&output->kms, fb);

	if (!req)
		return -1;
	if (fence >= 0)
		drmModeAtomicAddProperty(req, output->kms.plane, output->kms.props.plane_fence,
					 (uint64_t)fence);
	return vi915_demo_kms_commit(&output->kms, req,
				     DRM_MODE_ATOMIC_NONBLOCK | DRM_MODE_PAGE_FLIP_EVENT);
}

static void vi915_demo_output_flipped(int fd, unsigned int sequence, unsigned int sec,
				      unsigned int usec, void *data)
{
	(void)fd;
	(void)sequence;
	(void)sec;
	(void)usec;
	(void)data;
}

/**
 * vi915_demo_output_wait() - wait until the last flip is shown
 * @output: the output
 *
 * Return: 0, or -1 after saying why.
 */
int vi915_demo_output_wait(struct vi915_demo_output *output)
{
	struct pollfd event = { .fd = output->kms.fd, .events = POLLIN };
	drmEventContext context = {
		.version = 2,
		.page_flip_handler = vi915_demo_output_flipped,
	};
	int ret = poll(&event, 1, VI915_DEMO_FLIP_TIMEOUT_MS);

	if (ret != 1)
		return vi915_demo_fail("%s: a flip on %s: %s", output->kms.node, output->kms.name,
				       ret ? strerror(errno) : "not done after 20 s");
	if (drmHandleEvent(output->kms.fd, &context))
		return vi915_demo_fail("%s: cannot read an event", output->kms.node);
	return 0;
}

static int vi915_demo_output_source(struct vi915_demo_output *output)
{
	char path[96];
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "%s/crc/control", output->debugfs);
	/* Only root may choose a source, but "auto" is the default. */
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	len = write(fd, "auto", strlen("auto"));
	close(fd);
	return len < 0 ? vi915_demo_fail("%s: auto: %s", path, strerror(errno)) : 0;
}

/**
 * vi915_demo_output_crc() - read the CRC of the picture at the next vblank
 * @output: the output, lit
 * @crc: set
 *
 * Return: 0, or -1 after saying why.
 */
int vi915_demo_output_crc(struct vi915_demo_output *output, uint32_t *crc)
{
	struct pollfd data = { .events = POLLIN };
	char path[96], line[128], *value;
	ssize_t len;
	int ret;

	if (vi915_demo_output_source(output))
		return -1;
	snprintf(path, sizeof(path), "%s/crc/data", output->debugfs);
	data.fd = open(path, O_RDONLY | O_CLOEXEC);
	if (data.fd < 0)
		return vi915_demo_fail("%s: %s", path, strerror(errno));
	ret = poll(&data, 1, VI915_DEMO_CRC_TIMEOUT_MS);
	len = ret == 1 ? read(data.fd, line, sizeof(line) - 1) : 0;
	close(data.fd);
	if (len <= 0)
		return vi915_demo_fail("%s: no CRC within %d s", path,
				       VI915_DEMO_CRC_TIMEOUT_MS / 1000);
	line[len] = '\0';
	/* The number of the frame, then the CRC. */
	value = strchr(line, ' ');
	if (!value)
		return vi915_demo_fail("%s: '%s' is no CRC", path, line);
	*crc = (uint32_t)strtoul(value, NULL, 16);
	return 0;
}

/**
 * vi915_demo_output_shot() - read the picture that is shown now
 * @output: the output, lit
 * @picture: filled in; vi915_picture_fini() frees it
 *
 * Return: 0, or -1 after saying why.
 */
int vi915_demo_output_shot(struct vi915_demo_output *output, struct vi915_picture *picture)
{
	char path[96];
	int ret;

	snprintf(path, sizeof(path), "%s/vi915_shot", output->debugfs);
	ret = vi915_picture_take(picture, path);
	return ret ? vi915_demo_fail("%s: %s", path, strerror(-ret)) : 0;
}
