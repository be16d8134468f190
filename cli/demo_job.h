/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_DEMO_JOB_H
#define VI915_DEMO_JOB_H

#include "demo_camera.h"
#include "demo_canvas.h"
#include "demo_gpu.h"
#include "demo_output.h"
#include "demo_report.h"
#include "demo_scene.h"
#include "demo_screen.h"
#include "demo_way.h"

/**
 * struct vi915_demo_captured - a buffer of GPU A that the camera writes
 * @sides: the buffer on each GPU
 * @dmabuf: the fd by which GPU B and the camera import it
 */
struct vi915_demo_captured {
	struct vi915_demo_bo sides[2];
	int dmabuf;
};

/**
 * struct vi915_demo_job - the devices and buffers of a running demo
 * @camera: vivid
 * @gpus: GPU A and GPU B
 * @outputs: an output of each
 * @screen: vgem and vkms
 * @captured: the buffers that the camera writes
 * @checked: vgem's buffer on each GPU
 * @ways: the ways, each in each tiling
 * @meant: the present picture, made by the CPU
 * @frames: pictures to show on each way
 * @forget: leave out one wait
 * @report: the results
 */
struct vi915_demo_job {
	struct vi915_demo_camera camera;
	struct vi915_demo_gpu gpus[2];
	struct vi915_demo_output outputs[2];
	struct vi915_demo_screen screen;
	struct vi915_demo_captured captured[VI915_DEMO_SCENE_FRAMES];
	struct vi915_demo_bo checked[2];
	struct vi915_demo_way ways[VI915_DEMO_ROWS];
	struct vi915_demo_canvas meant;
	unsigned int frames;
	bool forget;
	struct vi915_demo_report *report;
};

int vi915_demo_job_run(const char *out, unsigned int frames, bool forget, bool json);

#endif
