/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_DEMO_OUTPUT_H
#define VI915_DEMO_OUTPUT_H

#include <stdint.h>

#include "demo_gpu.h"
#include "demo_kms.h"

struct vi915_picture;

/**
 * struct vi915_demo_output - the output of a vi915 GPU
 * @kms: its CRTC, plane and connector
 * @debugfs: the CRTC's folder in debugfs
 * @blank: the buffer that it shows first
 * @blank_fb: the framebuffer of @blank
 */
struct vi915_demo_output {
	struct vi915_demo_kms kms;
	char debugfs[64];
	struct vi915_demo_bo blank;
	uint32_t blank_fb;
};

int vi915_demo_output_open(struct vi915_demo_output *output, struct vi915_demo_gpu *gpu,
			   uint32_t width, uint32_t height, uint32_t pitch);
void vi915_demo_output_close(struct vi915_demo_output *output, struct vi915_demo_gpu *gpu);
int vi915_demo_output_flip(struct vi915_demo_output *output, uint32_t fb, int fence);
int vi915_demo_output_wait(struct vi915_demo_output *output);
int vi915_demo_output_crc(struct vi915_demo_output *output, uint32_t *crc);
int vi915_demo_output_shot(struct vi915_demo_output *output, struct vi915_picture *picture);

#endif
