// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_device.h>
#include <drm/drm_exec.h>
#include <linux/align.h>
#include <linux/dma-fence.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "vi915_file.h"
#include "vi915_gem.h"
#include "vi915_refuse.h"
#include "vi915_vm.h"

/**
 * DOC: places
 *
 * An object gets the address it asks for if that is free. Else a free place is
 * searched from the last one found on, so that addresses are reused as late as
 * possible. If none is free, room is made: a single walk chooses a range whose
 * objects may all be evicted, and only then are they evicted, one by one. So an
 * object that fits nowhere is refused before any other has lost its place.
 *
 * After a failed search, objects of that size or larger are not searched for
 * again until a place is freed other than by eviction: making room for n
 * objects among m others does not cost n walks over all m.
 */

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

static u64 vi915_vm_va_end(const struct drm_gpuva *va)
{
	return va->va.addr + va->va.range;
}

/* The first free place between @from and @to; U64_MAX if there is none. */
static u64 vi915_vm_walk(struct vi915_vm *vm, const struct vi915_vm_wish *wish,
			 u64 from, u64 to)
{
	u64 align = max_t(u64, wish->align, PAGE_SIZE), at = from;
	struct drm_gpuva *va;
	size_t i;

	for (i = 1; !vi915_relax(i); i++) {
		at = ALIGN(at, align);
		if (at < from || wish->size > to || at > to - wish->size)
			break;
		va = drm_gpuva_find_first(&vm->base, at, wish->size);
		if (!va)
			return at;
		at = vi915_vm_va_end(va);
	}
	return U64_MAX;
}

static u64 vi915_vm_search(struct vi915_vm *vm, const struct vi915_vm_wish *wish)
{
	u64 limit = vi915_vm_limit(wish), *next = &vm->next[wish->high], at;

	if (vi915_vm_fits(wish, wish->offset, wish->size) &&
	    !drm_gpuva_find_first(&vm->base, wish->offset, wish->size))
		return wish->offset;
	if (wish->size >= vm->tight[wish->high])
		return U64_MAX;

	at = vi915_vm_walk(vm, wish, *next, limit);
	if (at == U64_MAX)
		at = vi915_vm_walk(vm, wish, VI915_VM_BIAS, limit);
	if (at == U64_MAX && !wish->bias)
		at = vi915_vm_walk(vm, wish, 0, limit);
	if (at != U64_MAX)
		*next = at + wish->size;
	else if (!fatal_signal_pending(current))
		vm->tight[wish->high] = wish->size;
	return at;
}

/*
 * The first range between @from and @to whose objects may all be evicted.
 * Objects that this execbuf has placed must stay, and objects in use should: a
 * range begins behind the last of them, so each place is visited once. U64_MAX
 * if there is none; then @second is the first range with objects in use, which
 * must be waited for, if there is one.
 */
static u64 vi915_vm_scan(struct vi915_vm *vm, const struct vi915_vm_wish *wish,
			 u64 pass, u64 from, u64 to, u64 *second)
{
	u64 align = max_t(u64, wish->align, PAGE_SIZE);
	u64 at = ALIGN(from, align), placed = 0, used = 0;
	struct drm_gpuva *va;
	size_t i = 1;

	if (wish->size > to || at > to - wish->size)
		return U64_MAX;
	va = drm_gpuva_find_first(&vm->base, at, to - at);
	while (at <= to - wish->size) {
		for (; va && va->va.addr < at + wish->size;
		     va = __drm_gpuva_next(va)) {
			struct vi915_bo *bo = to_vi915_bo(va->gem.obj);

			if (READ_ONCE(bo->bind_pass) == pass)
				placed = vi915_vm_va_end(va);
			else if (!vi915_vm_is_idle(vm, bo))
				used = vi915_vm_va_end(va);
			if (vi915_relax(i++))
				return U64_MAX;
		}
		if (placed <= at && used <= at)
			return at;
		if (placed <= at && *second == U64_MAX)
			*second = at;
		at = ALIGN(placed > at ? placed : used, align);
	}
	return U64_MAX;
}

/* The address at which to make room, or U64_MAX if none can be made. */
static u64 vi915_vm_choose(struct vi915_vm *vm, const struct vi915_vm_wish *wish,
			   u64 pass)
{
	u64 limit = vi915_vm_limit(wish), *next = &vm->next[wish->high];
	u64 low = wish->bias ? VI915_VM_BIAS : 0, second = U64_MAX, at;
	struct drm_gpuva *va;

	if (wish->pinned) {
		at = vi915_vm_scan(vm, wish, pass, wish->offset,
				   wish->offset + wish->size, &second);
		return min(at, second);
	}

	/* Begin behind the place at *next: do not evict it for its tail. */
	va = drm_gpuva_find_first(&vm->base, *next, PAGE_SIZE);
	if (va)
		*next = vi915_vm_va_end(va);
	at = vi915_vm_scan(vm, wish, pass, max(*next, low), limit, &second);
	if (at == U64_MAX)
		at = vi915_vm_scan(vm, wish, pass, low, limit, &second);
	if (at == U64_MAX)
		at = second;
	/* The next search shall find this range, once it is evicted. */
	if (at != U64_MAX)
		*next = at;
	return at;
}

/*
 * Puts @va at the wished place. Returns 0, -ENOSPC, -EINTR, or -EAGAIN if all
 * objects in the range at address *room must be evicted first.
 */
static int vi915_vm_place(struct vi915_vm *vm, struct drm_gpuva *va,
			  const struct vi915_vm_wish *wish, u64 pass, u64 *room)
{
	u64 at = wish->pinned ? wish->offset : U64_MAX;
	int ret;

	mutex_lock(&vm->lock);
	if (!wish->pinned)
		at = vi915_vm_search(vm, wish);
	if (at == U64_MAX ||
	    drm_gpuva_find_first(&vm->base, at, wish->size))
		at = vi915_vm_choose(vm, wish, pass);

	if (fatal_signal_pending(current)) {
		ret = -EINTR;
	} else if (at == U64_MAX) {
		ret = -ENOSPC;
	} else if (drm_gpuva_find_first(&vm->base, at, wish->size)) {
		*room = at;
		ret = -EAGAIN;
	} else {
		va->va.addr = at;
		va->va.range = wish->size;
		ret = drm_gpuva_insert(&vm->base, va);
		/* Later searches begin behind the range just filled. */
		if (vm->next[wish->high] == at)
			vm->next[wish->high] += wish->size;
	}
	mutex_unlock(&vm->lock);
	return ret;
}

static int vi915_vm_evict(struct vi915_vm *vm, struct vi915_bo *bo,
			  struct drm_exec *exec, struct dma_fence **busy)
{
	unsigned int locked = exec->num_objects;
	struct drm_gpuva *va;
	int ret;

	ret = drm_exec_lock_obj(exec, &bo->base);
	if (ret)
		return ret;

	va = vi915_vm_find(vm, bo);
	if (va) {
		*busy = vi915_vm_user(vm, bo);
		if (*busy)
			return -EBUSY;
		vi915_vm_unbind(vm, va, true);
	}
	/* Keep the lock if the execbuf had taken it before. */
	if (exec->num_objects > locked)
		drm_exec_unlock_obj(exec, &bo->base);
	return 0;
}

static int vi915_vm_make_room(struct vi915_vm *vm, u64 start, u64 size,
			      struct drm_exec *exec, struct dma_fence **busy)
{
	struct vi915_bo *bo;
	size_t i = 1;
	int ret = 0;

	while (!ret && (bo = vi915_vm_first_bo(vm, start, size))) {
		ret = vi915_vm_evict(vm, bo, exec, busy);
		/* @exec holds a reference if the object is still locked. */
		vi915_bo_put(bo);
		if (!ret)
			ret = vi915_relax(i++);
	}
	return ret;
}

static int vi915_vm_bind_new(struct vi915_vm *vm, struct vi915_bo *bo,
			     const struct vi915_vm_wish *wish,
			     struct drm_exec *exec, u64 *address,
			     struct dma_fence **busy)
{
	struct drm_gpuvm_bo *vm_bo;
	struct drm_gpuva *va;
	u64 room;
	int ret;

	ret = vi915_file_charge(vm->file, VI915_VM_PLACE_COST);
	if (ret)
		return ret;
	va = kzalloc(sizeof(*va), GFP_KERNEL_ACCOUNT);
	if (!va) {
		ret = -ENOMEM;
		goto err_uncharge;
	}
	va->gem.obj = &bo->base;
	vm_bo = drm_gpuvm_bo_obtain(&vm->base, &bo->base);
	if (IS_ERR(vm_bo)) {
		ret = PTR_ERR(vm_bo);
		goto err_free;
	}

	do {
		ret = vi915_vm_place(vm, va, wish, bo->bind_pass, &room);
		if (ret != -EAGAIN)
			break;
		ret = vi915_vm_make_room(vm, room, wish->size, exec, busy);
	} while (!ret);

	if (!ret)
		drm_gpuva_link(va, vm_bo);
	drm_gpuvm_bo_put(vm_bo);
	if (ret)
		goto err_free;
	*address = va->va.addr;
	return 0;

err_free:
	kfree(va);
err_uncharge:
	vi915_file_uncharge(vm->file, VI915_VM_PLACE_COST);
	return ret;
}

/**
 * vi915_vm_bind() - give an object a place in an address space
 * @vm: the address space
 * @bo: the object, locked by @exec; its bind_pass is the caller's, and objects
 *	with the same bind_pass keep their places
 * @wish: where to bind it
 * @exec: locks the objects to evict
 * @address: out: its address, 48 bits
 * @busy: on -EBUSY, the fence to wait for, with a reference
 *
 * Return: 0; -EBUSY if an object in the way is in use, or this one is and would
 * have to move; -ENOSPC; -ENOMEM; -EDEADLK or -EINTR from drm_exec.
 */
int vi915_vm_bind(struct vi915_vm *vm, struct vi915_bo *bo,
		  const struct vi915_vm_wish *wish, struct drm_exec *exec,
		  u64 *address, struct dma_fence **busy)
{
	struct drm_gpuva *va = vi915_vm_find(vm, bo);

	/* An execbuf that names it still wants it. */
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
		vi915_vm_unbind(vm, va, true);
	}
	return vi915_vm_bind_new(vm, bo, wish, exec, address, busy);
}
