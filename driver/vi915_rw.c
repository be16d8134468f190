// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_device.h>
#include <drm/drm_file.h>
#include <linux/dma-buf.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_device.h"
#include "vi915_drv.h"
#include "vi915_gem.h"
#include "vi915_pages.h"
#include "vi915_rw.h"
#include "vi915_view.h"
#include "vi915_vmap.h"
#include "vi915_wait.h"

/**
 * struct vi915_rw - one pread or pwrite, its arguments checked
 * @user: the client's buffer
 * @offset: into the object, in bytes
 * @size: in bytes; @offset + @size lies inside the object
 * @write: into the object, not out of it
 */
struct vi915_rw {
	char __user *user;
	u64 offset;
	u64 size;
	bool write;
};

/*
 * Done without a lock: user memory may fault. The plain copy_from_user() would
 * write zeroes into the object for what it could not read.
 */
static int vi915_rw_copy(const struct vi915_rw *rw, char *kernel, u64 at,
			 size_t size)
{
	unsigned long left;

	if (rw->write)
		left = __copy_from_user(kernel, rw->user + at, size);
	else
		left = __copy_to_user(rw->user + at, kernel, size);
	return left ? -EFAULT : 0;
}

static int vi915_rw_copy_pages(struct vi915_bo *bo, const struct vi915_rw *rw)
{
	u64 done = 0;
	int ret = 0;

	while (done < rw->size && !ret) {
		u64 at = rw->offset + done;
		size_t n = min_t(u64, rw->size - done,
				 PAGE_SIZE - offset_in_page(at));
		struct page *page =
			pfn_to_page(vi915_pages_frame(bo, at >> PAGE_SHIFT));
		char *kernel = kmap_local_page(page);

		ret = vi915_rw_copy(rw, kernel + offset_in_page(at), done, n);
		kunmap_local(kernel);
		done += n;

		if (fatal_signal_pending(current))
			ret = -EINTR;
		cond_resched();
	}
	return ret;
}

/* Whatever views show: what is read and written are the raw bytes. */
static int vi915_rw_claim(struct vi915_bo *bo, const struct vi915_rw *rw)
{
	return vi915_view_access(bo, VI915_SIDE_RAW, rw->offset >> PAGE_SHIFT,
				 PFN_UP(rw->offset + rw->size), rw->write);
}

/*
 * Bytes around those that are written may be newest in another view, and its
 * user may go on meanwhile. So they are brought here without a lock, and put
 * in their place under the reservation, page by page.
 */
static int vi915_rw_write_tiled(struct vi915_bo *bo, const struct vi915_rw *rw)
{
	u64 done = 0;
	void *bounce;
	int ret = 0;

	bounce = kmalloc(PAGE_SIZE, GFP_KERNEL);
	if (!bounce)
		return -ENOMEM;

	while (done < rw->size && !ret) {
		u64 at = rw->offset + done;
		pgoff_t page = at >> PAGE_SHIFT;
		size_t n = min_t(u64, rw->size - done,
				 PAGE_SIZE - offset_in_page(at));

		ret = vi915_rw_copy(rw, bounce, done, n);
		if (ret)
			break;
		ret = vi915_bo_lock(bo);
		if (ret)
			break;
		ret = vi915_pages_ensure(bo, DMA_BIDIRECTIONAL);
		if (!ret)
			ret = vi915_view_access(bo, VI915_SIDE_RAW, page,
						page + 1, true);
		if (!ret)
			memcpy_to_page(pfn_to_page(vi915_pages_frame(bo, page)),
				       offset_in_page(at), bounce, n);
		vi915_bo_unlock(bo);

		done += n;
		cond_resched();
	}

	kfree(bounce);
	return ret;
}

static int vi915_rw_own(struct vi915_bo *bo, const struct vi915_rw *rw)
{
	int ret;

	ret = vi915_bo_lock(bo);
	if (ret)
		return ret;
	ret = vi915_pages_get(bo, DMA_BIDIRECTIONAL);
	if (ret)
		goto out_unlock;
	ret = vi915_rw_claim(bo, rw);
	if (ret)
		goto out_put_pages;
	vi915_bo_unlock(bo);

	ret = vi915_rw_copy_pages(bo, rw);

	/* Not interruptible: the pages have to be let go of. */
	dma_resv_lock(bo->base.resv, NULL);
	/* A fault may have converted what was half written. */
	vi915_view_settle(bo);
out_put_pages:
	vi915_pages_put(bo);
out_unlock:
	vi915_bo_unlock(bo);
	return ret;
}

/* Rule R5: through the exporter's own mapping, between its begin and end. */
static int vi915_rw_import(struct vi915_bo *bo, const struct vi915_rw *rw)
{
	enum dma_data_direction dir =
		rw->write ? DMA_BIDIRECTIONAL : DMA_FROM_DEVICE;
	struct dma_buf *dma_buf = bo->base.import_attach->dmabuf;
	struct iosys_map map;
	int ret, end;

	ret = dma_buf_begin_cpu_access(dma_buf, dir);
	if (ret)
		return ret;

	ret = vi915_bo_lock(bo);
	if (ret)
		goto out_end_access;
	/* Claims the raw bytes, and settles in the end. */
	ret = vi915_vmap(bo, &map);
	vi915_bo_unlock(bo);
	if (ret)
		goto out_end_access;

	if (map.is_iomem)
		ret = -EOPNOTSUPP;
	else
		ret = vi915_rw_copy(rw, map.vaddr + rw->offset, 0, rw->size);

	/* Not interruptible, as above. */
	dma_resv_lock(bo->base.resv, NULL);
	vi915_vunmap(bo, &map);
	vi915_bo_unlock(bo);

out_end_access:
	end = dma_buf_end_cpu_access(dma_buf, dir);
	return ret ?: end;
}

/* Rules R4 and R5, and the one place where they are applied. */
static int vi915_rw_check_access(const struct vi915_bo *bo)
{
	const struct vi915_device *dev = to_vi915_device(bo->base.dev);

	if (bo->userptr)
		return -EINVAL;
	if (bo->base.import_attach && dev->config.imports != VI915_IMPORTS_CPU)
		return -EINVAL;
	return 0;
}

static int vi915_rw(struct drm_device *drm, struct drm_file *file, u32 handle,
		    const struct vi915_rw *rw)
{
	struct vi915_bo *bo;
	int ret;

	if (!rw->size)
		return 0;
	if (!access_ok(rw->user, rw->size))
		return -EFAULT;

	bo = vi915_bo_lookup(file, handle);
	if (!bo)
		return -ENOENT;

	ret = -EINVAL;
	if (VI915_REFUSE(drm, rw->size > bo->base.size ||
			 rw->offset > bo->base.size - rw->size))
		goto out_put_bo;
	ret = vi915_rw_check_access(bo);
	if (ret)
		goto out_put_bo;
	/* Nothing is written of what cannot be read to the end. */
	ret = -EFAULT;
	if (rw->write && fault_in_readable(rw->user, rw->size))
		goto out_put_bo;

	ret = vi915_wait_bo(bo, rw->write);
	if (ret)
		goto out_put_bo;

	if (bo->base.import_attach)
		ret = vi915_rw_import(bo, rw);
	else if (rw->write && READ_ONCE(bo->tiling.mode) != I915_TILING_NONE)
		ret = vi915_rw_write_tiled(bo, rw);
	else
		ret = vi915_rw_own(bo, rw);

out_put_bo:
	vi915_bo_put(bo);
	return ret;
}

/**
 * vi915_rw_pread_ioctl() - DRM_IOCTL_I915_GEM_PREAD
 * @drm: the GPU
 * @data: &struct drm_i915_gem_pread
 * @file: whose handle
 *
 * Reads bytes as they lie in memory, tiled or not, once writers are done.
 *
 * Return: 0, also for no bytes; -EFAULT for a bad buffer, or contents that are
 * marked DONTNEED or purged; -ENOENT; -EINVAL for a range outside the object,
 * user memory, or an import (rule R4; with imports=cpu it works); -ENOMEM;
 * -EOPNOTSUPP for an exporter whose memory is not the CPU's; -ERESTARTSYS.
 */
int vi915_rw_pread_ioctl(struct drm_device *drm, void *data,
			 struct drm_file *file)
{
	struct drm_i915_gem_pread *args = data;
	struct vi915_rw rw = {
		.user = u64_to_user_ptr(args->data_ptr),
		.offset = args->offset,
		.size = args->size,
	};

	return vi915_rw(drm, file, args->handle, &rw);
}

/**
 * vi915_rw_pwrite_ioctl() - DRM_IOCTL_I915_GEM_PWRITE
 * @drm: the GPU
 * @data: &struct drm_i915_gem_pwrite
 * @file: whose handle
 *
 * Waits for readers too.
 *
 * Return: as vi915_rw_pread_ioctl().
 */
int vi915_rw_pwrite_ioctl(struct drm_device *drm, void *data,
			  struct drm_file *file)
{
	struct drm_i915_gem_pwrite *args = data;
	struct vi915_rw rw = {
		.user = u64_to_user_ptr(args->data_ptr),
		.offset = args->offset,
		.size = args->size,
		.write = true,
	};

	return vi915_rw(drm, file, args->handle, &rw);
}
