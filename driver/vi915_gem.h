/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_GEM_H
#define VI915_GEM_H

#include <drm/drm_gem.h>
#include <linux/container_of.h>
#include <linux/dma-resv.h>
#include <linux/list.h>
#include <linux/llist.h>

#include "vi915_domain.h"
#include "vi915_pages.h"
#include "vi915_tiling.h"
#include "vi915_view.h"
#include "vi915_vmap.h"

struct dma_buf;
struct drm_file;
struct vi915_device;
struct vi915_userptr;

/**
 * struct vi915_bo - a GEM object: one buffer, however many handles it has
 *
 * Each concern has a struct of its own, written only by the file of that name,
 * under the object's reservation unless stated otherwise.
 */
struct vi915_bo {
	/** @base: name, handles, reservation and mmap offsets */
	struct drm_gem_object base;
	/** @pages: its memory */
	struct vi915_pages pages;
	/** @vmap: its mapping for the kernel */
	struct vi915_vmap vmap;
	/** @domain: read and write domains, and caching */
	struct vi915_domain domain;
	/** @tiling: how a fence would lay it out */
	struct vi915_tiling tiling;
	/** @view: second copy of its bytes, for GTT views of a tiled object */
	struct vi915_view_copy view;
	/** @userptr: user memory that backs it, or NULL; set on creation */
	struct vi915_userptr *userptr;
	/**
	 * @exports: its dma-bufs, &struct vi915_export. drm_gem_object.dma_buf
	 * does not suffice: it is cleared with the last handle.
	 */
	struct list_head exports;
	/**
	 * @kept: the dma-buf to reuse for the next export, with a reference, or
	 * NULL; only while there are @keepers. Guarded by
	 * drm_device.object_name_lock.
	 */
	struct dma_buf *kept;
	/** @keepers: how many planes of framebuffers keep @kept; likewise */
	unsigned int keepers;
	/**
	 * @framebuffers: how many planes of framebuffers use it and rely on its
	 * tiling; written under the reservation
	 */
	unsigned int framebuffers;
	/**
	 * @bind_pass: the last execbuf that gave it an address, from
	 * vi915_device.bind_passes; written under the reservation
	 */
	u64 bind_pass;
	/**
	 * @forsaken: its last handle is going, or gone; written under the
	 * reservation. The DRM core's handle count drops only later.
	 */
	bool forsaken;
	/** @link: in vi915_device.bos, guarded by vi915_device.bos_lock */
	struct list_head link;
	/** @freed: in vi915_device.freed, after the last reference */
	struct llist_node freed;
};

/**
 * to_vi915_bo() - the vi915 object around a GEM object
 * @obj: a GEM object of a vi915 device
 *
 * Return: the &struct vi915_bo whose @base it is.
 */
static inline struct vi915_bo *to_vi915_bo(struct drm_gem_object *obj)
{
	return container_of(obj, struct vi915_bo, base);
}

/**
 * vi915_bo_pages() - how long an object is
 * @bo: the object
 *
 * Return: its size in pages.
 */
static inline pgoff_t vi915_bo_pages(const struct vi915_bo *bo)
{
	return bo->base.size >> PAGE_SHIFT;
}

/**
 * vi915_bo_lock() - take an object's reservation, with no other one held
 * @bo: the object
 *
 * Return: 0, or -EINTR after a signal.
 */
static inline int vi915_bo_lock(struct vi915_bo *bo)
{
	return dma_resv_lock_interruptible(bo->base.resv, NULL);
}

/**
 * vi915_bo_unlock() - release an object's reservation
 * @bo: the object
 */
static inline void vi915_bo_unlock(struct vi915_bo *bo)
{
	dma_resv_unlock(bo->base.resv);
}

int vi915_bo_init_device(struct vi915_device *dev);
void vi915_bo_flush_freed(struct vi915_device *dev);
int vi915_bo_check_size(const struct vi915_device *dev, u64 size);
struct vi915_bo *vi915_bo_create(struct vi915_device *dev, u64 size);
struct vi915_bo *vi915_bo_create_import(struct vi915_device *dev,
					struct dma_buf *dma_buf);
struct vi915_bo *vi915_bo_create_userptr(struct vi915_device *dev, u64 size,
					 struct vi915_userptr *userptr);
struct vi915_bo *vi915_bo_lookup(struct drm_file *file, u32 handle);
void vi915_bo_put(struct vi915_bo *bo);
int vi915_bo_publish(struct vi915_bo *bo, struct drm_file *file, u32 *handle);

#endif
