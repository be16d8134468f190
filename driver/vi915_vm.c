// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_device.h>
#include <drm/drm_exec.h>
#include <drm/drm_file.h>
#include <linux/bitops.h>
#include <linux/dma-resv.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_device.h"
#include "vi915_drv.h"
#include "vi915_extension.h"
#include "vi915_fence.h"
#include "vi915_file.h"
#include "vi915_gem.h"
#include "vi915_vm.h"

/**
 * DOC: address spaces
 *
 * 48 bits of addresses per context, or per group of contexts that share one.
 * An object has at most one place in an address space. It stays there until its
 * handle goes, somebody wants the place, or the address space goes; a place
 * costs no pages.
 *
 * Jobs do not come here: they take along what they may reach. A place is only
 * taken from an object that no unsignalled fence stands on, so what a job took
 * along is true until it is complete. It also means that a batch reaches the
 * objects of its own execbuf and nothing else.
 *
 * Free places are found by walking on from the last one, so that an address is
 * not used again before it must be.
 */

/* An address without EXEC_OBJECT_SUPPORTS_48B_ADDRESS ends below this. */
#define VI915_VM_LOW_END	(SZ_4G - PAGE_SIZE)
/* Negative relocation deltas of a batch at a low address would wrap. */
#define VI915_VM_BIAS		SZ_256K

/**
 * vi915_vm_canonical() - an address as user space writes it
 * @address: 48 bits
 *
 * Return: the address with bit 47 in all bits above.
 */
u64 vi915_vm_canonical(u64 address)
{
	return sign_extend64(address, VI915_VM_BITS - 1);
}

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

static const struct drm_gpuvm_ops vi915_vm_ops = {
	.vm_free = vi915_vm_free,
};

/**
 * vi915_vm_create() - make an empty address space
 * @file: whose it is
 *
 * Return: the address space with one reference, or an ERR_PTR: -ENOMEM.
 */
struct vi915_vm *vi915_vm_create(struct vi915_file *file)
{
	struct drm_device *drm = &file->dev->drm;
	struct drm_gem_object *resv;
	struct vi915_vm *vm;

	vm = kzalloc(sizeof(*vm), GFP_KERNEL);
	if (!vm)
		return ERR_PTR(-ENOMEM);

	resv = drm_gpuvm_resv_object_alloc(drm);
	if (!resv) {
		kfree(vm);
		return ERR_PTR(-ENOMEM);
	}

	drm_gpuvm_init(&vm->base, "vi915", 0, drm, resv, 0, VI915_VM_SIZE, 0, 0,
		       &vi915_vm_ops);
	drm_gem_object_put(resv);
	kref_init(&vm->ref);
	mutex_init(&vm->lock);
	vm->file = file;
	vm->next[0] = VI915_VM_BIAS;
	vm->next[1] = SZ_4G;
	return vm;
}

/* The object's place, or NULL; with its reservation held that stays true. */
static struct drm_gpuva *vi915_vm_find(struct vi915_vm *vm, struct vi915_bo *bo)
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

/* The caller holds the object, of which this may have been the last but one. */
static void vi915_vm_unbind(struct vi915_vm *vm, struct drm_gpuva *va)
{
	drm_gpuvm_get(&vm->base);

	mutex_lock(&vm->lock);
	drm_gpuva_remove(va);
	mutex_unlock(&vm->lock);
	drm_gpuva_unlink(va);
	kfree(va);

	drm_gpuvm_put(&vm->base);
}

/*
 * A job that is not done and knows the object by its place in this address
 * space: its fence, with a reference, or NULL. Nobody else cares for the place:
 * not the jobs of other address spaces, and not other devices.
 */
static struct dma_fence *vi915_vm_user(const struct vi915_vm *vm,
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

static bool vi915_vm_is_idle(const struct vi915_vm *vm,
			     const struct vi915_bo *bo)
{
	struct dma_fence *user = vi915_vm_user(vm, bo);

	dma_fence_put(user);
	return !user;
}

/* Somebody's object in the address space, with a reference; NULL when empty. */
static struct vi915_bo *vi915_vm_any_bo(struct vi915_vm *vm)
{
	struct vi915_bo *bo = NULL;
	struct drm_gpuva *va;

	mutex_lock(&vm->lock);
	drm_gpuvm_for_each_va(va, &vm->base) {
		drm_gem_object_get(va->gem.obj);
		bo = to_vi915_bo(va->gem.obj);
		break;
	}
	mutex_unlock(&vm->lock);
	return bo;
}

static void vi915_vm_release(struct kref *ref)
{
	struct vi915_vm *vm = container_of(ref, struct vi915_vm, ref);
	struct drm_gpuva *va;
	struct vi915_bo *bo;

	while ((bo = vi915_vm_any_bo(vm))) {
		dma_resv_lock(bo->base.resv, NULL);
		va = vi915_vm_find(vm, bo);
		if (va)
			vi915_vm_unbind(vm, va);
		vi915_bo_unlock(bo);
		vi915_bo_put(bo);
	}
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

static u64 vi915_vm_limit(const struct vi915_vm_wish *wish)
{
	return wish->high ? VI915_VM_SIZE : VI915_VM_LOW_END;
}

static bool vi915_vm_fits(const struct vi915_vm_wish *wish, u64 address,
			  u64 size)
{
	u64 limit = vi915_vm_limit(wish);

	if (size > limit || address > limit - size)
		return false;
	if (wish->align && !IS_ALIGNED(address, wish->align))
		return false;
	return !wish->bias || address >= VI915_VM_BIAS;
}

static bool vi915_vm_serves(const struct drm_gpuva *va,
			    const struct vi915_vm_wish *wish)
{
	if (wish->pinned && va->va.addr != wish->offset)
		return false;
	return va->va.range >= wish->size &&
	       vi915_vm_fits(wish, va->va.addr, va->va.range);
}

/* From @from up to @to; U64_MAX when there is no room. */
static u64 vi915_vm_walk(struct vi915_vm *vm, const struct vi915_vm_wish *wish,
			 u64 from, u64 to)
{
	u64 align = max_t(u64, wish->align, PAGE_SIZE), at = from;
	struct drm_gpuva *va;

	for (;;) {
		at = ALIGN(at, align);
		if (at < from || wish->size > to || at > to - wish->size)
			return U64_MAX;
		va = drm_gpuva_find_first(&vm->base, at, wish->size);
		if (!va)
			return at;
		at = va->va.addr + va->va.range;
	}
}

static u64 vi915_vm_search(struct vi915_vm *vm, const struct vi915_vm_wish *wish)
{
	u64 limit = vi915_vm_limit(wish), *next = &vm->next[wish->high], at;

	if (vi915_vm_fits(wish, wish->offset, wish->size) && wish->offset &&
	    !drm_gpuva_find_first(&vm->base, wish->offset, wish->size))
		return wish->offset;

	at = vi915_vm_walk(vm, wish, *next, limit);
	if (at == U64_MAX)
		at = vi915_vm_walk(vm, wish, VI915_VM_BIAS, limit);
	if (at == U64_MAX && !wish->bias)
		at = vi915_vm_walk(vm, wish, 0, limit);
	if (at != U64_MAX)
		*next = at + wish->size;
	return at;
}

/* Who has to go, with a reference; NULL when nobody may be asked to. */
static struct vi915_bo *vi915_vm_choose_victim(struct vi915_vm *vm,
					       const struct vi915_vm_wish *wish,
					       u64 pass)
{
	u64 start = wish->pinned ? wish->offset : 0;
	u64 end = wish->pinned ? wish->offset + wish->size :
				 vi915_vm_limit(wish);
	struct vi915_bo *victim = NULL;
	struct drm_gpuva *va;

	lockdep_assert_held(&vm->lock);

	drm_gpuvm_for_each_va_range(va, &vm->base, start, end) {
		struct vi915_bo *bo = to_vi915_bo(va->gem.obj);

		/* What this execbuf has placed already stays. */
		if (READ_ONCE(bo->bind_pass) == pass) {
			if (wish->pinned)
				return NULL;
			continue;
		}
		/* The first that is idle, else the first. */
		if (!victim || vi915_vm_is_idle(vm, bo))
			victim = bo;
		if (vi915_vm_is_idle(vm, victim) && !wish->pinned)
			break;
	}

	if (victim)
		drm_gem_object_get(&victim->base);
	return victim;
}

static int vi915_vm_evict(struct vi915_vm *vm, struct vi915_bo *bo,
			  struct drm_exec *exec, struct dma_fence **busy)
{
	struct drm_gpuva *va;
	int ret;

	ret = drm_exec_lock_obj(exec, &bo->base);
	if (ret)
		return ret;

	va = vi915_vm_find(vm, bo);
	if (!va)
		return 0;
	*busy = vi915_vm_user(vm, bo);
	if (*busy)
		return -EBUSY;
	vi915_vm_unbind(vm, va);
	return 0;
}

/*
 * Put @va where it is wished, or say who is in the way. Returns 0, -ENOSPC, or
 * -EAGAIN with *victim set.
 */
static int vi915_vm_place(struct vi915_vm *vm, struct drm_gpuva *va,
			  const struct vi915_vm_wish *wish, u64 pass,
			  struct vi915_bo **victim)
{
	u64 at = U64_MAX;
	int ret;

	mutex_lock(&vm->lock);
	if (!wish->pinned)
		at = vi915_vm_search(vm, wish);
	else if (!drm_gpuva_find_first(&vm->base, wish->offset, wish->size))
		at = wish->offset;

	if (at != U64_MAX) {
		va->va.addr = at;
		va->va.range = wish->size;
		ret = drm_gpuva_insert(&vm->base, va);
	} else {
		*victim = vi915_vm_choose_victim(vm, wish, pass);
		ret = *victim ? -EAGAIN : -ENOSPC;
	}
	mutex_unlock(&vm->lock);
	return ret;
}

static int vi915_vm_bind_new(struct vi915_vm *vm, struct vi915_bo *bo,
			     const struct vi915_vm_wish *wish,
			     struct drm_exec *exec, u64 *address,
			     struct dma_fence **busy)
{
	struct drm_gpuvm_bo *vm_bo;
	struct vi915_bo *victim;
	struct drm_gpuva *va;
	int ret;

	va = kzalloc(sizeof(*va), GFP_KERNEL);
	if (!va)
		return -ENOMEM;
	va->gem.obj = &bo->base;

	vm_bo = drm_gpuvm_bo_obtain(&vm->base, &bo->base);
	if (IS_ERR(vm_bo)) {
		kfree(va);
		return PTR_ERR(vm_bo);
	}

	while ((ret = vi915_vm_place(vm, va, wish, bo->bind_pass, &victim)) ==
	       -EAGAIN) {
		ret = vi915_vm_evict(vm, victim, exec, busy);
		/* Locked by @exec, which holds it, unless that failed. */
		vi915_bo_put(victim);
		if (ret)
			break;
	}

	if (ret) {
		kfree(va);
	} else {
		drm_gpuva_link(va, vm_bo);
		*address = va->va.addr;
	}
	drm_gpuvm_bo_put(vm_bo);
	return ret;
}

/**
 * vi915_vm_bind() - give an object a place in an address space
 * @vm: the address space
 * @bo: the object, locked by @exec; its bind_pass is that of the caller, and
 *	objects with the same one keep their places
 * @wish: where
 * @exec: locks whoever has to make room
 * @address: where it is now, 48 bits
 * @busy: on -EBUSY, the fence to wait for, with a reference
 *
 * Return: 0; -EBUSY when an object in the way, or this one that would have to
 * move, is in use; -ENOSPC; -ENOMEM; -EDEADLK or -EINTR from drm_exec.
 */
int vi915_vm_bind(struct vi915_vm *vm, struct vi915_bo *bo,
		  const struct vi915_vm_wish *wish, struct drm_exec *exec,
		  u64 *address, struct dma_fence **busy)
{
	struct drm_gpuva *va = vi915_vm_find(vm, bo);

	/* Whoever names it wants it. */
	WRITE_ONCE(bo->forsaken, false);
	if (va && vi915_vm_serves(va, wish)) {
		*address = va->va.addr;
		return 0;
	}

	if (VI915_REFUSE(vm->base.drm, va && wish->fixed))
		return -ENOSPC;
	if (va) {
		*busy = vi915_vm_user(vm, bo);
		if (*busy)
			return -EBUSY;
		vi915_vm_unbind(vm, va);
	}
	return vi915_vm_bind_new(vm, bo, wish, exec, address, busy);
}

/**
 * vi915_vm_retire_bo() - a job is done with an object: does anybody want it?
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
		vi915_vm_unbind(vm, va);
	vi915_bo_unlock(bo);
}

/**
 * vi915_vm_close_bo() - a handle goes: give up the places it stood for
 * @bo: the object, held by the caller, its reservation not held
 * @file: whose handle
 *
 * Where jobs use it, an object keeps its place until they retire. A place that is still
 * wanted, through another handle, is taken anew.
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
	/* Either this sees a job, or the job's end sees that nobody wants it. */
	smp_mb();
	drm_gem_for_each_gpuvm_bo_safe(vm_bo, next, &bo->base) {
		vm = to_vi915_vm(vm_bo->vm);
		va = list_first_entry_or_null(&vm_bo->list.gpuva,
					      struct drm_gpuva, gem.entry);
		if (va && (last || vm->file == file) &&
		    vi915_vm_is_idle(vm, bo))
			vi915_vm_unbind(vm, va);
	}
	vi915_bo_unlock(bo);
}

/**
 * vi915_vm_lookup() - the address space behind an id
 * @file: whose id it is
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
 * vi915_vm_create_ioctl() - DRM_IOCTL_I915_GEM_VM_CREATE
 * @drm: the GPU
 * @data: &struct drm_i915_gem_vm_control; vm_id out
 * @file: who gets the id
 *
 * Return: 0; -EINVAL for flags or any extension; -EFAULT; -ENOMEM; -EBUSY when
 * all ids are taken.
 */
int vi915_vm_create_ioctl(struct drm_device *drm, void *data,
			  struct drm_file *file)
{
	struct drm_i915_gem_vm_control *args = data;
	struct vi915_file *client = file->driver_priv;
	struct vi915_vm *vm;
	int ret;

	if (VI915_REFUSE(drm, args->flags))
		return -EINVAL;
	ret = vi915_extension_walk(args->extensions, NULL, 0, NULL);
	if (ret)
		return ret;

	vm = vi915_vm_create(client);
	if (IS_ERR(vm))
		return PTR_ERR(vm);

	ret = xa_alloc(&client->vms, &args->vm_id, vm, xa_limit_32b,
		       GFP_KERNEL);
	if (ret)
		vi915_vm_put(vm);
	return ret;
}

/**
 * vi915_vm_destroy_ioctl() - DRM_IOCTL_I915_GEM_VM_DESTROY
 * @drm: the GPU
 * @data: &struct drm_i915_gem_vm_control
 * @file: whose id
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

	vi915_vm_put(vm);
	return 0;
}
