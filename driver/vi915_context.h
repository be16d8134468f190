/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_CONTEXT_H
#define VI915_CONTEXT_H

#include <linux/atomic.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct dma_fence;
struct drm_device;
struct drm_file;
struct pid;
struct vi915_engine;
struct vi915_file;
struct vi915_ring;
struct vi915_vm;

/* Largest engine map: I915_EXEC_RING_MASK can name that many slots. */
#define VI915_CONTEXT_SLOTS 64

/**
 * enum vi915_context_flag - bits of vi915_context.flags
 * @VI915_CONTEXT_BANNABLE: too many hangs ban it
 * @VI915_CONTEXT_RECOVERABLE: it goes on after a hang
 * @VI915_CONTEXT_PERSISTENT: its jobs go on after it is closed
 * @VI915_CONTEXT_NO_ERROR_CAPTURE: its hangs leave no record
 * @VI915_CONTEXT_BANNED: it takes no more jobs
 * @VI915_CONTEXT_CLOSED: it has no id any more
 */
enum vi915_context_flag {
	VI915_CONTEXT_BANNABLE,
	VI915_CONTEXT_RECOVERABLE,
	VI915_CONTEXT_PERSISTENT,
	VI915_CONTEXT_NO_ERROR_CAPTURE,
	VI915_CONTEXT_BANNED,
	VI915_CONTEXT_CLOSED,
};

/**
 * struct vi915_context_slot - one place of an engine map
 * @engine: engine of this slot, or NULL for a hole
 * @ring: its timeline, made on first use; under vi915_context.lock
 */
struct vi915_context_slot {
	struct vi915_engine *engine;
	struct vi915_ring *ring;
};

/**
 * struct vi915_context - a client's state on the GPU
 */
struct vi915_context {
	/** @ref: held by its file and by its jobs */
	struct kref ref;
	/** @dev: the GPU; a reference */
	struct vi915_device *dev;
	/** @file: its open file; a reference, to count its jobs */
	struct vi915_file *file;
	/** @pid: process that made it; a reference */
	struct pid *pid;
	/** @id: its id in @file; 0 for the default context */
	u32 id;
	/** @lock: guards @vm, @slots and @user_map until @sealed, rings after */
	struct mutex lock;
	/** @vm: its address space; a reference */
	struct vi915_vm *vm;
	/** @slots: its engine map */
	struct vi915_context_slot *slots;
	/** @num_slots: length of @slots */
	unsigned int num_slots;
	/** @user_map: @slots is from user space; execbuf names slots of it */
	bool user_map;
	/** @sealed: it was used: map and address space are final */
	bool sealed;
	/** @flags: bits of &enum vi915_context_flag */
	unsigned long flags;
	/** @priority: -1023 to 1023; read without a lock */
	int priority;
	/** @hangs: number of its jobs that hung */
	atomic_t hangs;
	/** @victims: number of its jobs cancelled for another one's hang */
	atomic_t victims;
	/** @strays: accesses to unmapped addresses by its jobs that ended */
	atomic64_t strays;
	/** @hang_times: jiffies of its last two hangs; under @hang_lock */
	unsigned long hang_times[2];
	/** @hang_lock: guards @hang_times, as several engines may find hangs */
	spinlock_t hang_lock;
	/** @single: all slots share one timeline */
	bool single;
	/** @last_fence: fence of a @single context's last job; under @lock */
	struct dma_fence *last_fence;
};

struct vi915_context *vi915_context_create(struct vi915_file *client);
struct vi915_context *vi915_context_get(struct vi915_context *ctx);
void vi915_context_put(struct vi915_context *ctx);
struct vi915_context *vi915_context_lookup(struct vi915_file *client, u32 id);
int vi915_context_seal(struct vi915_context *ctx);
void vi915_context_close(struct vi915_context *ctx);
struct vi915_ring *vi915_context_ring(struct vi915_context *ctx,
				      unsigned int slot);
void vi915_context_check_closed(struct vi915_context *ctx,
				struct vi915_ring *ring);
void vi915_context_hung(struct vi915_context *ctx);

int vi915_context_create_ioctl(struct drm_device *drm, void *data,
			       struct drm_file *file);
int vi915_context_destroy_ioctl(struct drm_device *drm, void *data,
				struct drm_file *file);
int vi915_context_reset_stats_ioctl(struct drm_device *drm, void *data,
				    struct drm_file *file);

#endif
