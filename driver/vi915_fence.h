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
 * struct vi915_fence - signals the end of a job, and its beginning
 *
 * It may outlive job, ring and GPU: it contains its names, and holds the module
 * that has its callbacks.
 */
struct vi915_fence {
	/** @base: signals when the job is complete; -EIO when it hung */
	struct dma_fence base;
	/** @started: signals when the job begins; @base holds it */
	struct dma_fence started;
	/** @lock: lock of both fences */
	spinlock_t lock;
	/** @ring: ring of the job; only valid until @base signals */
	struct vi915_ring *ring;
	/** @owner: the GPU; only to compare, never to dereference */
	const struct vi915_device *owner;
	/** @vm: the job's address space; only to compare, until signalled */
	const struct vi915_vm *vm;
	/** @class: I915_ENGINE_CLASS_* of the engine */
	u8 class;
	/** @timeline: GPU, engine, context and process, for people to read */
	char timeline[48];
	/** @rcu: frees it after the last RCU reader */
	struct rcu_head rcu;
};

extern const struct dma_fence_ops vi915_fence_ops;

/**
 * to_vi915_fence() - the fence of a job of any of our GPUs
 * @fence: any fence
 *
 * Return: the &struct vi915_fence whose @base it is, or NULL for any other.
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
