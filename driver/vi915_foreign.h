/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_FOREIGN_H
#define VI915_FOREIGN_H

#include <linux/types.h>

struct dma_fence;

struct dma_fence *vi915_foreign_create(struct dma_fence *fence,
				       struct dma_fence *end);
size_t vi915_foreign_size(void);
bool vi915_foreign_is_late(struct dma_fence *fence);

#endif
