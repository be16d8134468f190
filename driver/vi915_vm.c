// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_device.h>
#include <drm/drm_file.h>
#include <linux/bitops.h>
#include <linux/dma-resv.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_device.h"
#include "vi915_extension.h"
#include "vi915_fence.h"
#include "vi915_file.h"
#include "vi915_gem.h"
#include "vi915_refuse.h"
#include "vi915_vm.h"

/**
 * DOC: address spaces
 *
 * Each context, or group of contexts that share one, has an address space of 48
 * bits. An object has at most one place in it, and keeps the place until its
 * handle goes, the place is needed for another object, or the address space
 * goes. A place costs no pages.
 *
 * Jobs do not use this: they carry a map of what they may reach (vi915_maps.c).
 * An object loses its place only when no job in this address space uses it, so
 * a job's map is valid until the job is complete. A batch can therefore reach
 * the objects of its own execbuf and nothing else.
 *
 * Places are found and made in vi915_vm_bind.c.
 */

/**
 * vi915_vm_canonical() - the canonical form of an address, for user space
 * @address: 48 bits
 *
 * Return: the address with bit 47 in all bits above.
 */
u64 vi915_vm_canonical(u64 address)
{
	return sign_extend64(address, VI915_VM_BITS - 1);
}

/* Includes the gpuvm's reservation object. */
#define VI915_VM_COST							\
	(sizeof(struct vi915_vm) + sizeof(struct drm_gem_object))

/* Size of an entry in the table of ids. */
#define VI915_VM_NAME_COST	64

static struct vi915_vm *to_vi915_vm(struct drm_gpuvm *gpuvm)
{
	return container_of(gpuvm, struct vi915_vm, base);
}

static void vi915_vm_free(struct drm_gpuvm *gpuvm)
{
	struct vi915_vm *vm = to_vi915_vm(gpuvm);

	mutex_destroy(&vm->lock);
	kfree(vm);
}

/* drm_gpuvm's own allocation would not be accounted to the binding process. */
static struct drm_gpuvm_bo *vi915_vm_bo_alloc(void)
{
	return kzalloc(sizeof(struct drm_gpuvm_bo), GFP_KERNEL_ACCOUNT);
}

static const struct drm_gpuvm_ops vi915_vm_ops = {
	.vm_free = vi915_vm_free,
	.vm_bo_alloc = vi915_vm_bo_alloc,
};

/* A place was freed, so searches that failed may succeed now. */
static void vi915_vm_loosen(struct vi915_vm *vm)
{
	vm->tight[0] = U64_MAX;
	vm->tight[1] = U64_MAX;
}

/**
 * vi915_vm_create() - make an empty address space
 * @file: file that it belongs to
 *
 * Return: the address space with one reference, or an ERR_PTR: -ENOMEM, also
 * when the file reaches its memory limit.
 */
struct vi915_vm *vi915_vm_create(struct vi915_file *file)
{
	struct drm_device *drm = &file->dev->drm;
	struct drm_gem_object *resv;
	struct vi915_vm *vm;
	int ret;

	ret = vi915_file_charge(file, VI915_VM_COST);
	if (ret)
		return ERR_PTR(ret);

	ret = -ENOMEM;
	vm = kzalloc(sizeof(*vm), GFP_KERNEL_ACCOUNT);
	if (!vm)
		goto err_uncharge;
	resv = drm_gpuvm_resv_object_alloc(drm);
	if (!resv)
		goto err_free;

	drm_gpuvm_init(&vm->base, "vi915", 0, drm, resv, 0, VI915_VM_SIZE, 0, 0,
		       &vi915_vm_ops);
	drm_gem_object_put(resv);
	kref_init(&vm->ref);
	mutex_init(&vm->lock);
	vm->file = file;
	vm->next[0] = VI915_VM_BIAS;
	vm->next[1] = SZ_4G;
	vi915_vm_loosen(vm);
	return vm;

err_free:
	kfree(vm);
err_uncharge:
	vi915_file_uncharge(file, VI915_VM_COST);
	return ERR_PTR(ret);
}

/**
 * vi915_vm_find() - the place of an object in an address space
 * @vm: the address space
 * @bo: the object; its reservation, held, keeps the answer true
 *
 * Return: its place, or NULL.
 */
struct drm_gpuva *vi915_vm_find(struct vi915_vm *vm, struct vi915_bo *bo)
{
	struct drm_gpuvm_bo *vm_bo;

	dma_resv_assert_held(bo->base.resv);

	drm_gem_for_each_gpuvm_bo(vm_bo, &bo->base)
		if (vm_bo->vm == &vm->base)
			return list_first_entry_or_null(&vm_bo->list.gpuva,
							struct drm_gpuva,
							gem.entry);
	return NULL;
}

/**
 * vi915_vm_unbind() - remove an object's place
 * @vm: the address space
 * @va: the place; the caller holds the object's reservation and a reference of
 *	its own, which may be the last one after this
 * @moves: the place goes only to make room, so failed searches are not worth
 *	repeating
 */
void vi915_vm_unbind(struct vi915_vm *vm, struct drm_gpuva *va, bool moves)
{
	drm_gpuvm_get(&vm->base);

	mutex_lock(&vm->lock);
	/* First: once the last binding is gone, the file may be freed. */
	vi915_file_uncharge(vm->file, VI915_VM_PLACE_COST);
	drm_gpuva_remove(va);
	if (!moves)
		vi915_vm_loosen(vm);
	mutex_unlock(&vm->lock);
	drm_gpuva_unlink(va);
	kfree(va);

	drm_gpuvm_put(&vm->base);
}

/**
 * vi915_vm_user() - a job that needs an object's place
 * @vm: the address space
 * @bo: the object
 *
 * Only unfinished jobs in this address space need the place; jobs in other
 * address spaces and other devices do not.
 *
 * Return: such a job's fence, with a reference, or NULL.
 */
struct dma_fence *vi915_vm_user(const struct vi915_vm *vm,
				const struct vi915_bo *bo)
{
	struct dma_fence *fence, *user = NULL;
	struct dma_resv_iter cursor;
	struct vi915_fence *ours;

	dma_resv_iter_begin(&cursor, bo->base.resv, DMA_RESV_USAGE_BOOKKEEP);
	dma_resv_for_each_fence_unlocked(&cursor, fence) {
		if (dma_resv_iter_is_restarted(&cursor)) {
			dma_fence_put(user);
			user = NULL;
		}
		ours = to_vi915_fence(fence);
		if (!user && ours && ours->vm == vm)
			user = dma_fence_get(fence);
	}
	dma_resv_iter_end(&cursor);
	return user;
}

/**
 * vi915_vm_is_idle() - may an object lose its place?
 * @vm: the address space
 * @bo: the object
 *
 * Return: whether vi915_vm_user() finds no job.
 */
bool vi915_vm_is_idle(const struct vi915_vm *vm, const struct vi915_bo *bo)
{
	struct dma_fence *user = vi915_vm_user(vm, bo);

	dma_fence_put(user);
	return !user;
}

/**
 * vi915_vm_first_bo() - the first object in a range of addresses
 * @vm: the address space
 * @start: the first address
 * @size: length of the range
 *
 * Return: the first object there, with a reference, or NULL.
 */
struct vi915_bo *vi915_vm_first_bo(struct vi915_vm *vm, u64 start, u64 size)
{
	struct vi915_bo *bo = NULL;
	struct drm_gpuva *va;

	mutex_lock(&vm->lock);
	va = drm_gpuva_find_first(&vm->base, start, size);
	if (va) {
		drm_gem_object_get(va->gem.obj);
		bo = to_vi915_bo(va->gem.obj);
	}
	mutex_unlock(&vm->lock);
	return bo;
}

static void vi915_vm_release(struct kref *ref)
{
	struct vi915_vm *vm = container_of(ref, struct vi915_vm, ref);
	struct drm_gpuva *va;
	struct vi915_bo *bo;

	while ((bo = vi915_vm_first_bo(vm, 0, VI915_VM_SIZE))) {
		dma_resv_lock(bo->base.resv, NULL);
		va = vi915_vm_find(vm, bo);
		if (va)
			vi915_vm_unbind(vm, va, false);
		vi915_bo_unlock(bo);
		vi915_bo_put(bo);
		cond_resched();
	}
	vi915_file_uncharge(vm->file, VI915_VM_COST);
	drm_gpuvm_put(&vm->base);
}

/**
 * vi915_vm_get() - take a reference
 * @vm: the address space
 *
 * Return: @vm.
 */
struct vi915_vm *vi915_vm_get(struct vi915_vm *vm)
{
	kref_get(&vm->ref);
	return vm;
}

/**
 * vi915_vm_put() - give back a reference
 * @vm: the address space, or NULL; no reservation held
 */
void vi915_vm_put(struct vi915_vm *vm)
{
	if (vm)
		kref_put(&vm->ref, vi915_vm_release);
}

/**
 * vi915_vm_retire_bo() - after a job, unbind an object without handles
 * @vm: the job's address space
 * @bo: the object, held by the caller, its reservation not held
 *
 * An object whose handles are all gone keeps its place until it is idle.
 */
void vi915_vm_retire_bo(struct vi915_vm *vm, struct vi915_bo *bo)
{
	struct drm_gpuva *va;

	/* Pairs with the barrier in vi915_vm_close_bo(). */
	smp_mb();
	if (READ_ONCE(bo->base.handle_count) && !READ_ONCE(bo->forsaken))
		return;

	dma_resv_lock(bo->base.resv, NULL);
	va = vi915_vm_find(vm, bo);
	if (va && vi915_vm_is_idle(vm, bo))
		vi915_vm_unbind(vm, va, false);
	vi915_bo_unlock(bo);
}

/**
 * vi915_vm_close_bo() - unbind an object for a handle that is closed
 * @bo: the object, held by the caller, its reservation not held
 * @file: file that owns the handle
 *
 * A place that jobs use is kept until they retire. An object that is still used
 * through another handle is bound again.
 */
void vi915_vm_close_bo(struct vi915_bo *bo, struct vi915_file *file)
{
	bool last = READ_ONCE(bo->base.handle_count) <= 1;
	struct drm_gpuvm_bo *vm_bo, *next;
	struct drm_gpuva *va;
	struct vi915_vm *vm;

	if (list_empty(&bo->base.gpuva.list))
		return;

	dma_resv_lock(bo->base.resv, NULL);
	WRITE_ONCE(bo->forsaken, last);
	/* Either this sees a job, or the job's end sees @forsaken. */
	smp_mb();
	drm_gem_for_each_gpuvm_bo_safe(vm_bo, next, &bo->base) {
		vm = to_vi915_vm(vm_bo->vm);
		va = list_first_entry_or_null(&vm_bo->list.gpuva,
					      struct drm_gpuva, gem.entry);
		if (va && (last || vm->file == file) &&
		    vi915_vm_is_idle(vm, bo))
			vi915_vm_unbind(vm, va, false);
	}
	vi915_bo_unlock(bo);
}

/**
 * vi915_vm_lookup() - the address space behind an id
 * @file: file that owns the id
 * @id: the id
 *
 * Return: the address space with a reference for the caller, or NULL.
 */
struct vi915_vm *vi915_vm_lookup(struct vi915_file *file, u32 id)
{
	struct vi915_vm *vm;

	xa_lock(&file->vms);
	vm = xa_load(&file->vms, id);
	if (vm)
		vi915_vm_get(vm);
	xa_unlock(&file->vms);
	return vm;
}

/**
 * vi915_vm_publish() - give an address space an id, maybe one of several
 * @vm: the address space; the caller's reference is used up, success or not
 * @id: out: the id, valid in the address space's file
 *
 * Return: 0; -ENOMEM, also when the file reaches its memory limit.
 */
int vi915_vm_publish(struct vi915_vm *vm, u32 *id)
{
	struct vi915_file *file = vm->file;
	int ret;

	ret = vi915_file_charge(file, VI915_VM_NAME_COST);
	if (ret)
		goto err_put;
	ret = xa_alloc(&file->vms, id, vm, xa_limit_32b, GFP_KERNEL_ACCOUNT);
	if (ret)
		goto err_uncharge;
	return 0;

err_uncharge:
	vi915_file_uncharge(file, VI915_VM_NAME_COST);
err_put:
	vi915_vm_put(vm);
	return ret;
}

/**
 * vi915_vm_create_ioctl() - DRM_IOCTL_I915_GEM_VM_CREATE
 * @drm: the GPU
 * @data: &struct drm_i915_gem_vm_control; vm_id out
 * @file: file to get the id
 *
 * Return: 0; -EINVAL for flags or any extension; -EFAULT; -ENOMEM; -EINTR.
 */
int vi915_vm_create_ioctl(struct drm_device *drm, void *data,
			  struct drm_file *file)
{
	struct drm_i915_gem_vm_control *args = data;
	struct vi915_vm *vm;
	int ret;

	if (VI915_REFUSE(drm, args->flags))
		return -EINVAL;
	ret = vi915_extension_walk(args->extensions, NULL, 0, NULL);
	if (ret)
		return ret;

	vm = vi915_vm_create(file->driver_priv);
	if (IS_ERR(vm))
		return PTR_ERR(vm);

	return vi915_vm_publish(vm, &args->vm_id);
}

/**
 * vi915_vm_destroy_ioctl() - DRM_IOCTL_I915_GEM_VM_DESTROY
 * @drm: the GPU
 * @data: &struct drm_i915_gem_vm_control
 * @file: file that owns the id
 *
 * The id goes; contexts that use the address space keep it.
 *
 * Return: 0; -EINVAL for flags or extensions; -ENOENT.
 */
int vi915_vm_destroy_ioctl(struct drm_device *drm, void *data,
			   struct drm_file *file)
{
	struct drm_i915_gem_vm_control *args = data;
	struct vi915_file *client = file->driver_priv;
	struct vi915_vm *vm;

	if (VI915_REFUSE(drm, args->flags || args->extensions))
		return -EINVAL;

	vm = xa_erase(&client->vms, args->vm_id);
	if (!vm)
		return -ENOENT;

	vi915_file_uncharge(client, VI915_VM_NAME_COST);
	vi915_vm_put(vm);
	return 0;
}
