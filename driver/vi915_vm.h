/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_VM_H
#define VI915_VM_H

#include <drm/drm_gpuvm.h>
#include <linux/bits.h>
#include <linux/kref.h>
#include <linux/mutex.h>
#include <linux/sizes.h>
#include <linux/types.h>

struct drm_device;
struct dma_fence;
struct drm_exec;
struct drm_file;
struct vi915_bo;
struct vi915_device;
struct vi915_file;

#define VI915_VM_BITS	48
#define VI915_VM_SIZE	BIT_ULL(VI915_VM_BITS)
/* End of the addresses without EXEC_OBJECT_SUPPORTS_48B_ADDRESS. */
#define VI915_VM_LOW_END	(SZ_4G - PAGE_SIZE)
/* Negative relocation deltas of a batch at a low address would wrap. */
#define VI915_VM_BIAS		SZ_256K

/* Memory that an object's place in an address space takes, in bytes. */
#define VI915_VM_PLACE_COST						\
	(sizeof(struct drm_gpuva) + sizeof(struct drm_gpuvm_bo))

/**
 * struct vi915_vm - a per-process GPU address space
 *
 * Making and removing a binding takes both the object's reservation and @lock,
 * so reading needs only one of them.
 */
struct vi915_vm {
	/** @base: the bindings, by address and by object */
	struct drm_gpuvm base;
	/** @ref: held by contexts, and by ids in its file */
	struct kref ref;
	/** @file: file it belongs to; valid while @ref is held */
	struct vi915_file *file;
	/**
	 * @lock: guards the tree of @base. With the gpuvm's own reservation,
	 * all submissions in an address space would exclude each other.
	 */
	struct mutex lock;
	/** @next: where to search first, by vi915_vm_wish.high; under @lock */
	u64 next[2];
	/**
	 * @tight: objects of this size or larger found no room, and since then
	 * places were only freed by eviction; indexed as @next; under @lock
	 */
	u64 tight[2];
};

/**
 * struct vi915_vm_wish - where to bind an object
 * @offset: the wished address, 48 bits; a hint unless @pinned
 * @size: length of the place, in bytes; at least the object's size
 * @align: alignment of the address; 0 or a power of two
 * @pinned: at @offset or not at all
 * @fixed: this execbuf has placed it already, so it must not move
 * @high: may lie above 4 GiB
 * @bias: stay at or above VI915_VM_BIAS
 */
struct vi915_vm_wish {
	u64 offset;
	u64 size;
	u64 align;
	bool pinned;
	bool fixed;
	bool high;
	bool bias;
};

u64 vi915_vm_canonical(u64 address);
struct vi915_vm *vi915_vm_create(struct vi915_file *file);
struct vi915_vm *vi915_vm_get(struct vi915_vm *vm);
void vi915_vm_put(struct vi915_vm *vm);
struct vi915_vm *vi915_vm_lookup(struct vi915_file *file, u32 id);
int vi915_vm_publish(struct vi915_vm *vm, u32 *id);

struct drm_gpuva *vi915_vm_find(struct vi915_vm *vm, struct vi915_bo *bo);
struct dma_fence *vi915_vm_user(const struct vi915_vm *vm,
				const struct vi915_bo *bo);
bool vi915_vm_is_idle(const struct vi915_vm *vm, const struct vi915_bo *bo);
void vi915_vm_unbind(struct vi915_vm *vm, struct drm_gpuva *va, bool moves);
struct vi915_bo *vi915_vm_first_bo(struct vi915_vm *vm, u64 start, u64 size);
int vi915_vm_bind(struct vi915_vm *vm, struct vi915_bo *bo,
		  const struct vi915_vm_wish *wish, struct drm_exec *exec,
		  u64 *address, struct dma_fence **busy);
void vi915_vm_retire_bo(struct vi915_vm *vm, struct vi915_bo *bo);
void vi915_vm_close_bo(struct vi915_bo *bo, struct vi915_file *file);

int vi915_vm_create_ioctl(struct drm_device *drm, void *data,
			  struct drm_file *file);
int vi915_vm_destroy_ioctl(struct drm_device *drm, void *data,
			   struct drm_file *file);

#endif
