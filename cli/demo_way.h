/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_DEMO_WAY_H
#define VI915_DEMO_WAY_H

#include <stdbool.h>
#include <stdint.h>

#include "demo_blit.h"
#include "demo_fence.h"
#include "demo_gpu.h"
#include "demo_scene.h"

struct vi915_demo_job;
struct vi915_demo_row;

/**
 * struct vi915_demo_way - a buffer that one GPU renders into and one shows
 * @job: the demo
 * @row: the results of this way
 * @picture: file name of its last picture, or NULL
 * @sides: the buffer on each GPU
 * @dmabuf: the fd by which the other GPU imports it
 * @fb: the framebuffer on the GPU that shows it
 * @pitch: bytes from row to row
 * @label: the label, a buffer of the GPU that renders
 * @scene: the present picture
 * @fence: the fence of the job that makes it
 * @crcs: expected CRCs of the pictures so far
 */
struct vi915_demo_way {
	struct vi915_demo_job *job;
	struct vi915_demo_row *row;
	const char *picture;
	struct vi915_demo_bo sides[2];
	int dmabuf;
	uint32_t fb;
	uint32_t pitch;
	struct vi915_demo_bo label;
	struct vi915_demo_scene scene;
	struct vi915_demo_fence fence;
	uint32_t *crcs;
};

int vi915_demo_way_open(struct vi915_demo_way *way);
void vi915_demo_way_close(struct vi915_demo_way *way);
int vi915_demo_way_begin(struct vi915_demo_way *way, unsigned int number);
int vi915_demo_way_end(struct vi915_demo_way *way, unsigned int number);

#endif
