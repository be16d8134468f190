/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_GPUS_H
#define VI915_GPUS_H

/* As many as the driver takes. */
#define VI915_GPUS_MAX 64

/**
 * struct vi915_gpus - the GPUs as they are collected from the options
 * @text: the module's gpus= parameter
 * @names: what each described GPU is called
 * @num: how many have been described
 */
struct vi915_gpus {
	char *text;
	char *names[VI915_GPUS_MAX];
	unsigned int num;
};

int vi915_gpus_add(struct vi915_gpus *gpus, const char *description);

#endif
