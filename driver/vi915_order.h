/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_ORDER_H
#define VI915_ORDER_H

struct platform_device;
struct vi915_device;
struct vi915_gpu_data;

struct vi915_device *vi915_order_alloc(struct platform_device *pdev,
				       const struct vi915_gpu_data *data);

#endif
