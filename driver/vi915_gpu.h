/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_GPU_H
#define VI915_GPU_H

#include <linux/types.h>

#include "vi915_config.h"

struct vi915_gpu;

/**
 * struct vi915_gpu_data - platform data of one device
 *
 * The device keeps a copy for its whole life, across unbinds.
 */
struct vi915_gpu_data {
	/** @config: its description; first, for code that needs only that */
	struct vi915_config config;
	/** @minor: number that its card shall have, or -1 */
	int minor;
	/** @exact: probing fails if @minor is not free */
	bool exact;
	/** @due: it may be probed; set once, by vi915_gpu.c */
	bool due;
	/** @error: result of the last probe, written by it */
	int error;
};

int vi915_gpu_register_driver(void);
void vi915_gpu_unregister_driver(void);

struct vi915_gpu *vi915_gpu_create(const struct vi915_config *config,
				   const int *minors);
void vi915_gpu_destroy(struct vi915_gpu *gpu);

const char *vi915_gpu_name(const struct vi915_gpu *gpu);
bool vi915_gpu_is_live(struct vi915_gpu *gpu);
int vi915_gpu_plug(struct vi915_gpu *gpu);
void vi915_gpu_unplug(struct vi915_gpu *gpu);
int vi915_gpu_set(struct vi915_gpu *gpu, const char *key, const char *value);

int vi915_gpu_print_key(struct vi915_gpu *gpu, const char *key, char *buf,
			size_t size);
int vi915_gpu_print_devices(struct vi915_gpu *gpu, char *buf, size_t size);
int vi915_gpu_print_reason(struct vi915_gpu *gpu, char *buf, size_t size);
void vi915_gpu_refuse(struct vi915_gpu *gpu, const char *format, ...)
	__printf(2, 3);

#endif
