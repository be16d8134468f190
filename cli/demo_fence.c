// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The fences of a buffer: looking at them without waiting, through a sync_file of the dma-buf, and
 * waiting for them with poll(2).
 */
#include "demo_fence.h"

#include <errno.h>
#include <linux/dma-buf.h>
#include <linux/sync_file.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "demo_fail.h"

#define VI915_DEMO_FENCE_LIMIT_MS 20000
/* More fences than a buffer of the demo can have. */
#define VI915_DEMO_FENCE_MANY 16

/**
 * vi915_demo_fence_of() - get the fences that a use of a buffer has to wait for
 * @dmabuf: the buffer
 * @write: the use writes it, so that it waits for readers too
 * @fence: filled in; drop it with vi915_demo_fence_drop()
 *
 * Return: 0, or -1 after saying why.
 */
int vi915_demo_fence_of(int dmabuf, bool write, struct vi915_demo_fence *fence)
{
	struct dma_buf_export_sync_file arg = {
		.flags = write ? DMA_BUF_SYNC_RW : DMA_BUF_SYNC_READ,
	};

	*fence = (struct vi915_demo_fence){ .fd = -1 };
	if (ioctl(dmabuf, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &arg))
		return vi915_demo_fail("DMA_BUF_IOCTL_EXPORT_SYNC_FILE: %s", strerror(errno));
	fence->fd = arg.fd;
	return 0;
}

/**
 * vi915_demo_fence_pending() - check whether one of the fences is pending
 * @fence: the fences; set to the names of a pending one
 *
 * Return: 1 if so, 0 if not, or -1 after saying why.
 */
int vi915_demo_fence_pending(struct vi915_demo_fence *fence)
{
	struct sync_fence_info all[VI915_DEMO_FENCE_MANY] = { 0 };
	struct sync_file_info info = {
		.num_fences = VI915_DEMO_FENCE_MANY,
		.sync_fence_info = (uintptr_t)all,
	};

	if (ioctl(fence->fd, SYNC_IOC_FILE_INFO, &info))
		return vi915_demo_fail("SYNC_IOC_FILE_INFO: %s", strerror(errno));
	for (uint32_t i = 0; i < info.num_fences; i++) {
		if (all[i].status)
			continue;
		snprintf(fence->driver, sizeof(fence->driver), "%s", all[i].driver_name);
		snprintf(fence->timeline, sizeof(fence->timeline), "%s", all[i].obj_name);
		return 1;
	}
	return 0;
}

/**
 * vi915_demo_fence_drop() - let go of fences
 * @fence: may be empty
 */
void vi915_demo_fence_drop(struct vi915_demo_fence *fence)
{
	if (fence->fd >= 0)
		close(fence->fd);
	fence->fd = -1;
}

/**
 * vi915_demo_fence_wait() - wait until a buffer may be used
 * @dmabuf: the buffer
 * @write: wait for all users, since it will be written; else wait for writers
 *
 * Return: 0, or -1 after saying why.
 */
int vi915_demo_fence_wait(int dmabuf, bool write)
{
	struct pollfd all = { .fd = dmabuf, .events = write ? POLLOUT : POLLIN };
	int ret = poll(&all, 1, VI915_DEMO_FENCE_LIMIT_MS);

	if (ret == 1)
		return 0;
	return vi915_demo_fail("poll of a buffer's fences: %s",
			       ret ? strerror(errno) : "nothing after 20 s");
}
