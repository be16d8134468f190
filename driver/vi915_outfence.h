/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_OUTFENCE_H
#define VI915_OUTFENCE_H

struct dma_fence;

int vi915_outfence_adopt(struct dma_fence *fence);

#endif
