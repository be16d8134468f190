/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_GPU_LIST_H
#define VI915_GPU_LIST_H

#include <stdbool.h>

int vi915_gpu_list_print(bool json);
int vi915_gpu_list_keys(bool json);

#endif
