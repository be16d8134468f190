/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_GPUS_H
#define VI915_GPUS_H

#include <stddef.h>

#include "driver/vi915_config.h"

/**
 * struct vi915_gpus - the GPUs of the options read so far
 * @text: the module's gpus= parameter; NULL before one was described
 * @configs: the descriptions
 * @num: how many there are
 */
struct vi915_gpus {
	char *text;
	struct vi915_config configs[VI915_MAX_GPUS];
	unsigned int num;
};

void vi915_gpus_complete(const char *word, size_t kept);
void vi915_gpus_complete_number(const char *word, size_t kept);
int vi915_gpus_add(struct vi915_gpus *gpus, const char *description);
int vi915_gpus_set_all(struct vi915_gpus *gpus, const char *description);
int vi915_gpus_default(struct vi915_gpus *gpus, const char *key, const char *value);
int vi915_gpus_check(const struct vi915_gpus *gpus);

#endif
