/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_GPU_H
#define VI915_GPU_H

#include <linux/types.h>

#include "vi915_config.h"

struct vi915_gpu;

/**
 * struct vi915_gpu_data - what is plugged in: platform data of one device
 *
 * The device has a copy, which lives as long as it does and so outlives each
 * unbind.
 */
struct vi915_gpu_data {
	/** @config: its description, first, for who only wants that */
	struct vi915_config config;
	/** @minor: the number its card is to have, or -1 */
	int minor;
	/** @exact: without that number there is to be no GPU */
	bool exact;
	/** @due: it may be probed; set once by whoever plugged it in */
	bool due;
	/** @error: what the last probe came to, written by it */
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
