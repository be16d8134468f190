/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_FENCE_H
#define VI915_FENCE_H

#include <linux/container_of.h>
#include <linux/dma-fence.h>
#include <linux/spinlock.h>

struct vi915_device;
struct vi915_ring;
struct vi915_vm;

/**
 * struct vi915_fence - tells when a job is complete, and when it has begun
 *
 * Outlives everything it tells of: it has its names in itself, and holds the
 * module whose code answers for it.
 */
struct vi915_fence {
	/** @base: signals when the job is complete; -EIO when it hung */
	struct dma_fence base;
	/** @started: signals when the job begins; @base holds it */
	struct dma_fence started;
	/** @lock: of both */
	spinlock_t lock;
	/** @ring: where the job is; only valid until @base signals */
	struct vi915_ring *ring;
	/** @owner: the GPU; to compare with, not to follow */
	const struct vi915_device *owner;
	/** @vm: the address space it works in; to compare with, until signalled */
	const struct vi915_vm *vm;
	/** @class: I915_ENGINE_CLASS_* of the engine */
	u8 class;
	/** @timeline: GPU, engine, context and process, for people */
	char timeline[48];
	/** @rcu: frees it after its last reader */
	struct rcu_head rcu;
};

extern const struct dma_fence_ops vi915_fence_ops;

/**
 * to_vi915_fence() - is this the fence of a job of any of our GPUs?
 * @fence: any fence
 *
 * Return: the fence it is part of, or NULL.
 */
static inline struct vi915_fence *to_vi915_fence(struct dma_fence *fence)
{
	if (fence->ops != &vi915_fence_ops)
		return NULL;
	return container_of(fence, struct vi915_fence, base);
}

bool vi915_fence_is_ours(const struct dma_fence *fence);
struct vi915_fence *vi915_fence_alloc(void);
void vi915_fence_init(struct vi915_fence *fence, struct vi915_ring *ring,
		      u64 seqno);
void vi915_fence_discard(struct vi915_fence *fence);
void vi915_fence_cancel(struct dma_fence *base, int error);
void vi915_fence_start(struct vi915_fence *fence);
void vi915_fence_complete(struct vi915_fence *fence, int error);

#endif
