/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_DEMO_FENCE_H
#define VI915_DEMO_FENCE_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct vi915_demo_fence - fences of a buffer
 * @fd: a sync_file of them, the caller's to close; -1 when there is none
 * @driver: name of the driver of a pending one
 * @timeline: name of its timeline
 */
struct vi915_demo_fence {
	int fd;
	char driver[32];
	char timeline[32];
};

int vi915_demo_fence_of(int dmabuf, bool write, struct vi915_demo_fence *fence);
int vi915_demo_fence_pending(struct vi915_demo_fence *fence);
void vi915_demo_fence_drop(struct vi915_demo_fence *fence);
int vi915_demo_fence_wait(int dmabuf, bool write);

#endif
