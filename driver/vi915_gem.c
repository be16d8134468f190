// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_file.h>
#include <drm/drm_managed.h>
#include <drm/drm_prime.h>
#include <drm/drm_print.h>
#include <kunit/visibility.h>
#include <linux/dma-buf.h>
#include <linux/module.h>
#include <linux/overflow.h>
#include <linux/pagemap.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "vi915_contig.h"
#include "vi915_device.h"
#include "vi915_dmabuf.h"
#include "vi915_file.h"
#include "vi915_gem.h"
#include "vi915_queue.h"
#include "vi915_refuse.h"
#include "vi915_userptr.h"
#include "vi915_vm.h"
#include "vi915_vmap.h"

/**
 * DOC: objects
 *
 * An object is born without pages, gets them on first use (vi915_pages.c) and
 * keeps them until memory is short or its last reference is gone. An exception
 * is an object whose memory must be in one piece (vi915_contig.c). Handles,
 * mappings, dma-bufs and jobs each hold a reference, so nothing can wait for
 * the object once the last one is gone. Its reservation may still have fences,
 * put there by user space through IMPORT_SYNC_FILE; they protect nothing any
 * more, and waiting for them would let one client stall another's close(2).
 *
 * The reservation guards everything about an object that can change. An
 * imported object shares its exporter's reservation, so both drivers use the
 * same lock without knowing each other.
 */

static void vi915_bo_destroy(struct vi915_bo *bo)
{
	struct drm_gem_object *obj = &bo->base;
	struct vi915_device *dev = to_vi915_device(obj->dev);

	mutex_lock(&dev->bos_lock);
	list_del(&bo->link);
	mutex_unlock(&dev->bos_lock);

	vi915_pages_fini(bo);
	if (bo->userptr)
		vi915_userptr_destroy(bo->userptr);
	if (obj->import_attach)
		vi915_dmabuf_detach(bo);

	drm_gem_object_release(obj);
	kfree(bo);
}

static void vi915_bo_free_work(struct work_struct *work)
{
	struct vi915_device *dev = container_of(work, struct vi915_device,
						free_work);
	struct llist_node *list = llist_del_all(&dev->freed);
	struct vi915_bo *bo, *next;

	llist_for_each_entry_safe(bo, next, list, freed)
		vi915_bo_destroy(bo);
}

/**
 * vi915_bo_flush_freed() - wait until all objects queued for freeing are freed
 * @dev: the GPU; no reservation held
 */
void vi915_bo_flush_freed(struct vi915_device *dev)
{
	flush_work(&dev->free_work);
}

static void vi915_bo_fini_device(struct drm_device *drm, void *unused)
{
	flush_work(&to_vi915_device(drm)->free_work);
}

/**
 * vi915_bo_init_device() - prepare a device for objects
 * @dev: the GPU, being made
 *
 * Return: 0 or -ENOMEM.
 */
int vi915_bo_init_device(struct vi915_device *dev)
{
	init_llist_head(&dev->freed);
	INIT_WORK(&dev->free_work, vi915_bo_free_work);
	return drmm_add_action_or_reset(&dev->drm, vi915_bo_fini_device, NULL);
}

/*
 * The shrinker's reference can turn out to be the last one. Freeing takes
 * reservations, and in reclaim their holder may be waiting for memory.
 *
 * An execbuf's reference can be the last one, too: an object that it evicts may
 * be referenced only by its binding, and its own objects may be closed, and
 * their job done, by the time it unlocks them. drm_exec drops a reference while
 * it has other objects locked. An object that no execbuf has ever named is
 * freed at once.
 */
static void vi915_bo_free(struct drm_gem_object *obj)
{
	struct vi915_device *dev = to_vi915_device(obj->dev);
	struct vi915_bo *bo = to_vi915_bo(obj);

	if (!(current->flags & PF_MEMALLOC) && !bo->bind_pass) {
		vi915_bo_destroy(bo);
		return;
	}

	llist_add(&bo->freed, &dev->freed);
	vi915_queue_add(&dev->free_work);
}

static int vi915_bo_vmap(struct drm_gem_object *obj, struct iosys_map *map)
{
	return vi915_vmap(to_vi915_bo(obj), map);
}

static void vi915_bo_vunmap(struct drm_gem_object *obj, struct iosys_map *map)
{
	vi915_vunmap(to_vi915_bo(obj), map);
}

/* Called for each new handle, however it was made. */
static int vi915_bo_open(struct drm_gem_object *obj, struct drm_file *file)
{
	return vi915_file_take_handle(file->driver_priv);
}

static void vi915_bo_close(struct drm_gem_object *obj, struct drm_file *file)
{
	vi915_vm_close_bo(to_vi915_bo(obj), file->driver_priv);
	vi915_file_give_handle(file->driver_priv);
}

/* For the DRM core's state file; same name as in vi915_objects. */
static void vi915_bo_print_info(struct drm_printer *p, unsigned int indent,
				const struct drm_gem_object *obj)
{
	const struct vi915_bo *bo = container_of(obj, struct vi915_bo, base);

	drm_printf_indent(p, indent, "object=%p\n", bo);
}

static const struct drm_gem_object_funcs vi915_bo_funcs = {
	.free = vi915_bo_free,
	.open = vi915_bo_open,
	.close = vi915_bo_close,
	.print_info = vi915_bo_print_info,
	.export = vi915_dmabuf_export,
	.vmap = vi915_bo_vmap,
	.vunmap = vi915_bo_vunmap,
};

/**
 * vi915_bo_check_size() - may an object be this long?
 * @dev: the GPU
 * @size: size in bytes
 *
 * Return: 0; -EINVAL for 0 bytes, or a size that overflows when rounded up to
 * pages; -E2BIG for more pages than an int counts (i915 contract, section 8),
 * or more bytes than the GPU's description allows in an object.
 */
int vi915_bo_check_size(const struct vi915_device *dev, u64 size)
{
	u64 limit = dev->config.max_size;
	u64 end;

	if (!size || check_add_overflow(size, (u64)PAGE_SIZE - 1, &end))
		return -EINVAL;
	if (end >> PAGE_SHIFT > INT_MAX)
		return -E2BIG;
	if (VI915_REFUSE(&dev->drm, limit && PAGE_ALIGN(size) > limit))
		return -E2BIG;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_bo_check_size);

static struct vi915_bo *vi915_bo_alloc(enum vi915_pages_kind kind)
{
	struct vi915_bo *bo;

	bo = kzalloc(sizeof(*bo), GFP_KERNEL_ACCOUNT);
	if (!bo)
		return ERR_PTR(-ENOMEM);

	bo->base.funcs = &vi915_bo_funcs;
	INIT_LIST_HEAD(&bo->exports);
	vi915_pages_init(bo, kind);
	vi915_domain_init(bo);
	return bo;
}

/* From here on the rest of the device can find the object. */
static void vi915_bo_link(struct vi915_device *dev, struct vi915_bo *bo)
{
	mutex_lock(&dev->bos_lock);
	list_add_tail(&bo->link, &dev->bos);
	mutex_unlock(&dev->bos_lock);
}

/* Allocates its memory now, for good: later there may be none in one piece. */
static struct vi915_bo *vi915_bo_create_contig(struct vi915_device *dev,
					       size_t size)
{
	struct vi915_bo *bo;
	int ret;

	bo = vi915_bo_alloc(VI915_PAGES_CONTIG);
	if (IS_ERR(bo))
		return bo;

	drm_gem_private_object_init(&dev->drm, &bo->base, size);
	dma_resv_lock(bo->base.resv, NULL);
	ret = vi915_pages_ensure(bo, DMA_BIDIRECTIONAL);
	vi915_bo_unlock(bo);
	if (ret) {
		drm_gem_private_object_fini(&bo->base);
		kfree(bo);
		return ERR_PTR(ret);
	}

	vi915_bo_link(dev, bo);
	return bo;
}

/**
 * vi915_bo_create() - make an object with memory of its own
 * @dev: the GPU
 * @size: size in bytes; rounded up to whole pages
 *
 * Return: the object with one reference, owned by the caller; or an ERR_PTR: an
 * error of vi915_bo_check_size(), -ENOMEM, -ENFILE.
 */
struct vi915_bo *vi915_bo_create(struct vi915_device *dev, u64 size)
{
	struct vi915_bo *bo;
	int ret;

	ret = vi915_bo_check_size(dev, size);
	if (ret)
		return ERR_PTR(ret);
	if (vi915_contig_wanted(dev))
		return vi915_bo_create_contig(dev, PAGE_ALIGN(size));

	bo = vi915_bo_alloc(VI915_PAGES_SHMEM);
	if (IS_ERR(bo))
		return bo;

	ret = drm_gem_object_init(&dev->drm, &bo->base, PAGE_ALIGN(size));
	if (ret) {
		drm_gem_private_object_fini(&bo->base);
		kfree(bo);
		/* shmem returns -ENOSPC if it has no memory for an inode. */
		return ERR_PTR(ret == -ENOSPC ? -ENOMEM : ret);
	}

	/* A client that asks for too much gets ENOMEM, not the OOM killer. */
	mapping_set_gfp_mask(bo->base.filp->f_mapping,
			     GFP_HIGHUSER | __GFP_RETRY_MAYFAIL | __GFP_NOWARN);

	vi915_bo_link(dev, bo);
	return bo;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_bo_create);

/**
 * vi915_bo_create_import() - make an object for a foreign buffer
 * @dev: the GPU
 * @dma_buf: the buffer; a whole number of pages long
 *
 * Return: the object, attached, with one reference; or an ERR_PTR: -ENOMEM, or
 * the exporter's error.
 */
struct vi915_bo *vi915_bo_create_import(struct vi915_device *dev,
					struct dma_buf *dma_buf)
{
	struct vi915_bo *bo;
	int ret;

	bo = vi915_bo_alloc(VI915_PAGES_IMPORT);
	if (IS_ERR(bo))
		return bo;

	drm_gem_private_object_init(&dev->drm, &bo->base, dma_buf->size);
	bo->base.resv = dma_buf->resv;

	ret = vi915_dmabuf_attach(bo, dma_buf);
	if (ret) {
		drm_gem_private_object_fini(&bo->base);
		kfree(bo);
		return ERR_PTR(ret);
	}

	vi915_bo_link(dev, bo);
	return bo;
}

/**
 * vi915_bo_create_userptr() - make an object for user memory
 * @dev: the GPU
 * @size: size in bytes, whole pages
 * @userptr: the memory; owned by the object on success
 *
 * Return: the object with one reference, or an ERR_PTR: -ENOMEM.
 */
struct vi915_bo *vi915_bo_create_userptr(struct vi915_device *dev, u64 size,
					 struct vi915_userptr *userptr)
{
	struct vi915_bo *bo;

	bo = vi915_bo_alloc(VI915_PAGES_USERPTR);
	if (IS_ERR(bo))
		return bo;

	drm_gem_private_object_init(&dev->drm, &bo->base, size);
	bo->userptr = userptr;
	vi915_bo_link(dev, bo);
	return bo;
}

/**
 * vi915_bo_lookup() - the object behind a handle
 * @file: file that owns the handle
 * @handle: the handle
 *
 * Return: the object with a reference for the caller, or NULL.
 */
struct vi915_bo *vi915_bo_lookup(struct drm_file *file, u32 handle)
{
	struct drm_gem_object *obj = drm_gem_object_lookup(file, handle);

	return obj ? to_vi915_bo(obj) : NULL;
}

/**
 * vi915_bo_put() - give back a reference
 * @bo: the object; its reservation must not be held
 */
void vi915_bo_put(struct vi915_bo *bo)
{
	drm_gem_object_put(&bo->base);
}

/**
 * vi915_bo_publish() - give a new object its first handle
 * @bo: the object; the caller's reference is used up, success or not
 * @file: file to get the handle
 * @handle: the handle
 *
 * Return: 0, or an error of drm_gem_handle_create(): -ENOMEM, also for more
 * handles than the GPU's description allows; -ENOSPC.
 */
int vi915_bo_publish(struct vi915_bo *bo, struct drm_file *file, u32 *handle)
{
	u32 new_handle;
	int ret;

	ret = drm_gem_handle_create(file, &bo->base, &new_handle);
	if (!ret)
		*handle = new_handle;
	/* Frees the object if no handle holds it now. */
	vi915_bo_put(bo);
	return ret;
}
