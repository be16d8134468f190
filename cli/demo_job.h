/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_DEMO_JOB_H
#define VI915_DEMO_JOB_H

#include "demo_camera.h"
#include "demo_gpu.h"
#include "demo_report.h"
#include "demo_screen.h"

#define VI915_DEMO_CAPTURE_BUFFERS 4
#define VI915_DEMO_DRAW_BUFFERS 2

/**
 * struct vi915_demo_share - a buffer that the GPU and the screen both have
 * @bo: the GPU's side of it
 * @fb: the screen's side of it
 * @dmabuf: the fd that took it from one to the other
 * @used: it was shown before
 */
struct vi915_demo_share {
	struct vi915_demo_bo bo;
	struct vi915_demo_fb fb;
	int dmabuf;
	bool used;
};

/**
 * struct vi915_demo_job - the devices and buffers of a demo that runs
 * @camera: vivid
 * @gpu: GPU A
 * @gpu_b: GPU B
 * @screen: vkms
 * @captured: buffers of the GPU that the camera writes
 * @drawn: buffers of the screen that the GPU's view draws into
 * @last: index of the camera's last frame in @captured
 * @frames: how many to show each way
 * @forget: leave out one wait
 * @out: folder for the pictures
 * @report: what is found on the way
 */
struct vi915_demo_job {
	struct vi915_demo_camera camera;
	struct vi915_demo_gpu gpu;
	struct vi915_demo_gpu gpu_b;
	struct vi915_demo_screen screen;
	struct vi915_demo_share captured[VI915_DEMO_CAPTURE_BUFFERS];
	struct vi915_demo_share drawn[VI915_DEMO_DRAW_BUFFERS];
	uint32_t last;
	unsigned int frames;
	bool forget;
	const char *out;
	struct vi915_demo_report *report;
};

int vi915_demo_job_run(const char *out, unsigned int frames, bool forget, bool json);

/* For demo_outputs.c and demo_offload.c. */
int vi915_demo_job_show(struct vi915_demo_job *job, struct vi915_demo_share *share,
			const uint8_t *meant, struct vi915_demo_way *way);
int vi915_demo_job_prove(struct vi915_demo_job *job, struct vi915_demo_share *share,
			 struct vi915_demo_way *way, size_t *same);

int vi915_demo_outputs(struct vi915_demo_job *job);
int vi915_demo_offload(struct vi915_demo_job *job);

#endif
