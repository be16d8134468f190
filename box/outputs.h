/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_OUTPUTS_H
#define VI915_OUTPUTS_H

#include <stddef.h>

/**
 * struct vi915_output - one output of one of our GPUs
 * @card: number of its card node
 * @gpu: name of the GPU
 * @crtc: number of its CRTC in the GPU
 * @connector: name of its connector, as HDMI-A-1
 */
struct vi915_output {
	int card;
	char gpu[32];
	unsigned int crtc;
	char connector[32];
};

/**
 * struct vi915_outputs - the outputs of all GPUs that vi915.ko drives
 * @all: the outputs, sorted by card, then by CRTC
 * @num: how many
 */
struct vi915_outputs {
	struct vi915_output *all;
	size_t num;
};

int vi915_outputs_read(struct vi915_outputs *outputs);
void vi915_outputs_fini(struct vi915_outputs *outputs);
void vi915_outputs_path(const struct vi915_output *output, const char *file, char *path,
			size_t size);

#endif
