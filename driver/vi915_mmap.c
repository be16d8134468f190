// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_device.h>
#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_vma_manager.h>
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/huge_mm.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/overflow.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_device.h"
#include "vi915_extension.h"
#include "vi915_fault.h"
#include "vi915_gem.h"
#include "vi915_inject.h"
#include "vi915_mmap.h"
#include "vi915_refuse.h"

/**
 * DOC: CPU mappings
 *
 * An object has one range of mmap offsets, four times as long as itself: its
 * views, in the order of &enum vi915_view. So one node serves all views, and
 * one call zaps all mappings. A mapping may cover any part of one view.
 *
 * Mappings hold an anonymous file of the device, not the file that user space
 * gave to mmap(2): closing that file must release its handles even while
 * mappings are left, as programs written for i915 expect.
 */

/*
 * Rules R3 and R5 are applied here and nowhere else: only its exporter may give
 * CPU views of a foreign buffer.
 */
static int vi915_mmap_check_view(const struct vi915_bo *bo,
				 enum vi915_view view)
{
	const struct vi915_device *dev = to_vi915_device(bo->base.dev);

	if (bo->userptr)
		return -ENODEV;
	if (view == VI915_VIEW_GTT || !bo->base.import_attach)
		return 0;
	return dev->config.imports == VI915_IMPORTS_CPU ? -ENXIO : -EINVAL;
}

/**
 * vi915_mmap_init_device() - extend a GPU's range of mmap offsets
 * @dev: the GPU, being made; it has no objects yet
 *
 * The DRM core's range is 1 TiB, and the views of one object can take 32 TiB.
 * An object has no pages until its first use, so a client can make many large
 * ones cheaply. To fill the 8 EiB that mmap(2) can name it would need 262,144
 * of the largest, which take some hundred MiB of kernel memory.
 */
void vi915_mmap_init_device(struct vi915_device *dev)
{
	struct drm_vma_offset_manager *mgr = dev->drm.vma_offset_manager;
	u64 end = min_t(u64, S64_MAX >> PAGE_SHIFT, ULONG_MAX);

	drm_vma_offset_manager_destroy(mgr);
	drm_vma_offset_manager_init(mgr, DRM_FILE_PAGE_OFFSET_START,
				    end - DRM_FILE_PAGE_OFFSET_START);
}

/* Makes the node of @bo on first use; the core removes it with the object. */
static int vi915_mmap_node(struct vi915_bo *bo)
{
	return drm_vma_offset_add(bo->base.dev->vma_offset_manager,
				  &bo->base.vma_node,
				  vi915_bo_pages(bo) * VI915_NUM_VIEWS);
}

static pgoff_t vi915_mmap_view_start(const struct vi915_bo *bo,
				     enum vi915_view view)
{
	return drm_vma_node_start(&bo->base.vma_node) +
	       view * vi915_bo_pages(bo);
}

static int vi915_mmap_bo_offset(struct vi915_bo *bo, enum vi915_view view,
				u64 *offset)
{
	int ret = vi915_mmap_check_view(bo, view);

	if (!ret)
		ret = vi915_inject(to_vi915_device(bo->base.dev),
				   VI915_FAULT_MAP);
	if (!ret)
		ret = vi915_mmap_node(bo);
	if (!ret)
		*offset = (u64)vi915_mmap_view_start(bo, view) << PAGE_SHIFT;
	return ret;
}

static int vi915_mmap_get_offset(struct drm_file *file, u32 handle,
				 enum vi915_view view, u64 *offset)
{
	struct vi915_bo *bo;
	int ret;

	bo = vi915_bo_lookup(file, handle);
	if (!bo)
		return -ENOENT;

	ret = vi915_mmap_bo_offset(bo, view, offset);
	vi915_bo_put(bo);
	return ret;
}

/**
 * vi915_mmap_offset_ioctl() - DRM_IOCTL_I915_GEM_MMAP_OFFSET and _MMAP_GTT
 * @drm: the GPU
 * @data: &struct drm_i915_gem_mmap_offset; the DRM core has filled the part
 *	that MMAP_GTT's shorter struct lacks with zeroes, which means GTT
 * @file: file of the caller
 *
 * Return: 0; -ENOENT for a bad handle; -EINVAL for unknown flags or
 * extensions; -EFAULT; -ENODEV for FIXED, which is for local memory, and for
 * user memory; -EINVAL or -ENXIO for a CPU view of an import (rules R3, R5);
 * -ENOSPC when no range is left; -ENOMEM.
 */
int vi915_mmap_offset_ioctl(struct drm_device *drm, void *data,
			    struct drm_file *file)
{
	struct drm_i915_gem_mmap_offset *args = data;
	enum vi915_view view;
	int ret;

	ret = vi915_extension_walk(args->extensions, NULL, 0, NULL);
	if (ret)
		return ret;

	switch (args->flags) {
	case I915_MMAP_OFFSET_GTT:
		view = VI915_VIEW_GTT;
		break;
	case I915_MMAP_OFFSET_WC:
		view = VI915_VIEW_WC;
		break;
	case I915_MMAP_OFFSET_WB:
		view = VI915_VIEW_WB;
		break;
	case I915_MMAP_OFFSET_UC:
		view = VI915_VIEW_UC;
		break;
	case I915_MMAP_OFFSET_FIXED:
		return -ENODEV;
	default:
		return -EINVAL;
	}

	return vi915_mmap_get_offset(file, args->handle, view, &args->offset);
}

/**
 * vi915_mmap_dumb_offset() - DRM_IOCTL_MODE_MAP_DUMB
 * @file: file of the caller
 * @drm: the GPU
 * @handle: handle of any object
 * @offset: out: offset for mmap(2), in bytes
 *
 * Gives the WC view, but for an import the GTT view, which i915 without PAT
 * gives for all objects: a software renderer knows no other call to map its
 * imports.
 *
 * Return: as vi915_mmap_offset_ioctl() for that view.
 */
int vi915_mmap_dumb_offset(struct drm_file *file, struct drm_device *drm,
			   u32 handle, u64 *offset)
{
	struct vi915_bo *bo;
	int ret;

	bo = vi915_bo_lookup(file, handle);
	if (!bo)
		return -ENOENT;

	ret = vi915_mmap_bo_offset(bo, bo->base.import_attach ?
				   VI915_VIEW_GTT : VI915_VIEW_WC, offset);
	vi915_bo_put(bo);
	return ret;
}

static int vi915_mmap_file_release(struct inode *inode, struct file *filp)
{
	struct vi915_device *dev = filp->private_data;

	cmpxchg(&dev->mmap_file, filp, NULL);
	drm_dev_put(&dev->drm);
	return 0;
}

static const struct file_operations vi915_mmap_file_ops = {
	.owner = THIS_MODULE,
	.release = vi915_mmap_file_release,
};

/*
 * Returns the file that mappings hold. Two threads may make one each; either
 * serves, since both use the device's address space.
 */
static struct file *vi915_mmap_get_file(struct vi915_device *dev)
{
	struct file *filp;

	filp = get_file_active(&dev->mmap_file);
	if (filp)
		return filp;

	filp = anon_inode_getfile("vi915.mmap", &vi915_mmap_file_ops, dev,
				  O_RDWR);
	if (IS_ERR(filp))
		return filp;

	filp->f_mapping = dev->drm.anon_inode->i_mapping;
	drm_dev_get(&dev->drm);
	/* Pairs with get_file_active(): its caller sees the file's fields. */
	smp_store_mb(dev->mmap_file, filp);
	return filp;
}

/* Cannot fail. Takes over the caller's reference to @bo. */
static void vi915_mmap_setup(struct vi915_bo *bo, struct vm_area_struct *vma,
			     enum vi915_view view)
{
	pgprot_t prot = vm_get_page_prot(vma->vm_flags);

	vm_flags_set(vma, VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP | VM_IO);
	switch (view) {
	case VI915_VIEW_GTT:
	case VI915_VIEW_WC:
		prot = pgprot_writecombine(prot);
		break;
	case VI915_VIEW_UC:
		prot = pgprot_noncached(prot);
		break;
	default:
		break;
	}
	/* Keeps memory encryption as usual: these are ordinary pages. */
	vma->vm_page_prot = prot;
	vma->vm_ops = &vi915_fault_vm_ops;
	vma->vm_private_data = bo;
}

static struct vi915_bo *vi915_mmap_lookup(struct drm_file *file, pgoff_t start,
					  pgoff_t length)
{
	struct drm_vma_offset_manager *mgr =
		file->minor->dev->vma_offset_manager;
	struct drm_vma_offset_node *node;
	struct vi915_bo *bo = ERR_PTR(-EINVAL);

	drm_vma_offset_lock_lookup(mgr);
	node = drm_vma_offset_lookup_locked(mgr, start, length);
	if (node && !drm_vma_node_is_allowed(node, file)) {
		bo = ERR_PTR(-EACCES);
	} else if (node) {
		bo = container_of(node, struct vi915_bo, base.vma_node);
		/* The lock keeps the memory of a dying object. */
		if (!kref_get_unless_zero(&bo->base.refcount))
			bo = ERR_PTR(-EINVAL);
	}
	drm_vma_offset_unlock_lookup(mgr);

	return bo;
}

#ifdef CONFIG_ARCH_SUPPORTS_PMD_PFNMAP
/**
 * vi915_mmap_get_area() - choose the address of a mapping of a DRM node
 * @filp: the node
 * @addr: address that user space wishes
 * @len: length of the mapping
 * @pgoff: an offset from vi915_mmap_offset_ioctl()
 * @flags: as for mmap(2)
 *
 * A huge page can be mapped as one if address and offset in the object differ
 * by a whole number of huge pages. The mmap offset says nothing about that.
 *
 * Return: an address, or an error of mmap(2). An offset outside all objects
 * gets an address, too: refusing it is left to vi915_mmap().
 */
unsigned long vi915_mmap_get_area(struct file *filp, unsigned long addr,
				  unsigned long len, unsigned long pgoff,
				  unsigned long flags)
{
	struct vi915_bo *bo;
	pgoff_t in_view;

	bo = vi915_mmap_lookup(filp->private_data, pgoff, len >> PAGE_SHIFT);
	if (IS_ERR(bo))
		return mm_get_unmapped_area(current->mm, filp, addr, len, pgoff,
					    flags);

	in_view = (pgoff - drm_vma_node_start(&bo->base.vma_node)) %
		  vi915_bo_pages(bo);
	vi915_bo_put(bo);
	return thp_get_unmapped_area(filp, addr, len, in_view, flags);
}
#endif

/*
 * Refuses private mappings, whose writes would reach no other user of the
 * object. Tests VM_MAYSHARE, since a shared mapping of a file that is open
 * read-only has no VM_SHARED.
 */
static int vi915_mmap_check_vma(struct drm_device *drm,
				struct vm_area_struct *vma)
{
	if (VI915_REFUSE(drm, !(vma->vm_flags & VM_MAYSHARE)))
		return -EINVAL;
	return 0;
}

/**
 * vi915_mmap() - mmap(2) on a DRM node
 * @filp: the node
 * @vma: the mapping, at an offset from vi915_mmap_offset_ioctl()
 *
 * Return: 0; -ENODEV after unplug; -EINVAL for an offset outside all objects, a
 * range that leaves its view, or a private mapping; -EACCES for an object this
 * file has no handle for; -EINVAL or -ENXIO as the ioctl; -ENOMEM, -ENFILE.
 */
int vi915_mmap(struct file *filp, struct vm_area_struct *vma)
{
	struct drm_file *file = filp->private_data;
	struct drm_device *drm = file->minor->dev;
	pgoff_t length = vma_pages(vma), in_node;
	struct vi915_bo *bo;
	struct file *anon;
	int ret;

	if (drm_dev_is_unplugged(drm))
		return -ENODEV;
	ret = vi915_mmap_check_vma(drm, vma);
	if (ret)
		return ret;

	bo = vi915_mmap_lookup(file, vma->vm_pgoff, length);
	if (IS_ERR(bo))
		return PTR_ERR(bo);

	in_node = vma->vm_pgoff - drm_vma_node_start(&bo->base.vma_node);
	ret = -EINVAL;
	if (VI915_REFUSE(drm, length > vi915_bo_pages(bo) -
				       in_node % vi915_bo_pages(bo)))
		goto err_put_bo;
	ret = vi915_mmap_check_view(bo, in_node / vi915_bo_pages(bo));
	if (!ret)
		ret = vi915_inject(to_vi915_device(drm), VI915_FAULT_MMAP);
	if (ret)
		goto err_put_bo;

	anon = vi915_mmap_get_file(to_vi915_device(drm));
	if (IS_ERR(anon)) {
		ret = PTR_ERR(anon);
		goto err_put_bo;
	}

	vma_set_file(vma, anon);
	/* The mapping holds the file now. */
	fput(anon);
	vi915_mmap_setup(bo, vma, in_node / vi915_bo_pages(bo));
	return 0;

err_put_bo:
	vi915_bo_put(bo);
	return ret;
}

/**
 * vi915_mmap_dmabuf() - mmap(2) on a dma-buf that a GPU exported
 * @bo: the object behind it
 * @vma: the mapping; the dma-buf core has checked that it is within the buffer
 *
 * Works after unplug too (rule R2).
 *
 * Return: 0; -EINVAL for a private mapping; -ENOSPC; -ENOMEM.
 */
int vi915_mmap_dmabuf(struct vi915_bo *bo, struct vm_area_struct *vma)
{
	int ret;

	ret = vi915_mmap_check_vma(bo->base.dev, vma);
	if (!ret)
		ret = vi915_inject(to_vi915_device(bo->base.dev),
				   VI915_FAULT_MMAP);
	if (!ret)
		ret = vi915_mmap_node(bo);
	if (ret)
		return ret;

	/* The dma-buf's file uses the device's address space already. */
	drm_gem_object_get(&bo->base);
	vma->vm_pgoff += vi915_mmap_view_start(bo, VI915_VIEW_WB);
	vi915_mmap_setup(bo, vma, VI915_VIEW_WB);
	return 0;
}

/**
 * vi915_mmap_fbdev() - mmap(2) on a framebuffer device
 * @bo: object of the framebuffer that is shown
 * @vma: the mapping, at an offset in the object
 *
 * The mapping holds the object, but not the framebuffer device.
 *
 * Return: 0; -EINVAL for a private mapping, or a range that leaves the object;
 * -ENOSPC; -ENOMEM, -ENFILE.
 */
int vi915_mmap_fbdev(struct vi915_bo *bo, struct vm_area_struct *vma)
{
	pgoff_t length = vma_pages(vma);
	struct file *anon;
	int ret;

	ret = vi915_mmap_check_vma(bo->base.dev, vma);
	if (ret)
		return ret;
	if (VI915_REFUSE(bo->base.dev, length > vi915_bo_pages(bo) ||
			 vma->vm_pgoff > vi915_bo_pages(bo) - length))
		return -EINVAL;
	ret = vi915_mmap_node(bo);
	if (ret)
		return ret;

	anon = vi915_mmap_get_file(to_vi915_device(bo->base.dev));
	if (IS_ERR(anon))
		return PTR_ERR(anon);

	vma_set_file(vma, anon);
	/* The mapping holds the file now. */
	fput(anon);
	drm_gem_object_get(&bo->base);
	vma->vm_pgoff += vi915_mmap_view_start(bo, VI915_VIEW_WB);
	vi915_mmap_setup(bo, vma, VI915_VIEW_WB);
	return 0;
}

/**
 * vi915_mmap_zap() - remove all CPU mappings of an object
 * @bo: the object, its reservation held so that no fault maps it again; or the
 *	caller excludes the faults that matter to it otherwise
 */
void vi915_mmap_zap(struct vi915_bo *bo)
{
	drm_vma_node_unmap(&bo->base.vma_node,
			   bo->base.dev->anon_inode->i_mapping);
}

/**
 * vi915_mmap_zap_pages() - remove the CPU mappings of some pages
 * @bo: the object, its reservation held so that no fault maps them again
 * @first: the first page
 * @count: how many; not 0
 */
void vi915_mmap_zap_pages(struct vi915_bo *bo, pgoff_t first, pgoff_t count)
{
	unsigned int view;

	if (count == vi915_bo_pages(bo)) {
		vi915_mmap_zap(bo);
		return;
	}
	if (!drm_mm_node_allocated(&bo->base.vma_node.vm_node))
		return;

	for (view = 0; view < VI915_NUM_VIEWS; view++)
		unmap_mapping_pages(bo->base.dev->anon_inode->i_mapping,
				    vi915_mmap_view_start(bo, view) + first,
				    count, true);
}

/**
 * vi915_mmap_ioctl() - DRM_IOCTL_I915_GEM_MMAP
 * @drm: the GPU
 * @data: &struct drm_i915_gem_mmap
 * @file: file of the caller
 *
 * The mapping is readable and writable, and outlives handle and file.
 *
 * Return: 0; -EINVAL for flags other than WC, or a range that is empty, not on
 * a page, or outside the object; -ENOENT for a bad handle; -ENXIO for user
 * memory; -EINVAL or -ENXIO for an import (rules R3, R5); or an error of
 * mmap(2).
 */
int vi915_mmap_ioctl(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_i915_gem_mmap *args = data;
	enum vi915_view view;
	unsigned long addr;
	struct vi915_bo *bo;
	int ret;

	if (VI915_REFUSE(drm, args->flags & ~I915_MMAP_WC))
		return -EINVAL;
	view = args->flags & I915_MMAP_WC ? VI915_VIEW_WC : VI915_VIEW_WB;

	bo = vi915_bo_lookup(file, args->handle);
	if (!bo)
		return -ENOENT;

	ret = bo->userptr ? -ENXIO : vi915_mmap_check_view(bo, view);
	if (ret)
		goto out_put_bo;

	ret = -EINVAL;
	if (VI915_REFUSE(drm, !args->size || !PAGE_ALIGNED(args->offset)))
		goto out_put_bo;
	if (VI915_REFUSE(drm, args->size > bo->base.size ||
			 args->offset > bo->base.size - args->size))
		goto out_put_bo;

	ret = vi915_mmap_node(bo);
	if (ret)
		goto out_put_bo;

	addr = vm_mmap(file->filp, 0, args->size, PROT_READ | PROT_WRITE,
		       MAP_SHARED,
		       ((u64)vi915_mmap_view_start(bo, view) << PAGE_SHIFT) +
		       args->offset);
	if (IS_ERR_VALUE(addr))
		ret = addr;
	else
		args->addr_ptr = addr;

out_put_bo:
	vi915_bo_put(bo);
	return ret;
}
