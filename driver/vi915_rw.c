// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_device.h>
#include <drm/drm_file.h>
#include <linux/dma-buf.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_device.h"
#include "vi915_gem.h"
#include "vi915_pages.h"
#include "vi915_refuse.h"
#include "vi915_rw.h"
#include "vi915_view.h"
#include "vi915_vmap.h"
#include "vi915_wait.h"

/* Most bytes copied in one hold of the reservation. */
#define VI915_RW_BOUNCE		SZ_16K

/* Bytes of user memory faulted in between two checks for signals. */
#define VI915_RW_FAULT_IN	SZ_1M

/**
 * struct vi915_rw - one pread or pwrite, its arguments checked
 * @user: the client's buffer
 * @offset: into the object, in bytes
 * @size: length in bytes; @offset + @size lies inside the object
 * @write: copy into the object, not out of it
 */
struct vi915_rw {
	char __user *user;
	u64 offset;
	u64 size;
	bool write;
};

/*
 * Called without a lock, since user memory may fault. Plain copy_from_user()
 * would fill the object with zeroes after an unreadable byte.
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

/* pread and pwrite use the raw bytes, whatever views show. */
static int vi915_rw_claim(struct vi915_bo *bo, const struct vi915_rw *rw)
{
	return vi915_view_access(bo, VI915_SIDE_RAW, rw->offset >> PAGE_SHIFT,
				 PFN_UP(rw->offset + rw->size), rw->write);
}

/* Copies between pages and @bounce, which is as long as the range. */
static int vi915_rw_bounce_pages(struct vi915_bo *bo, u64 at, size_t size,
				 char *bounce, bool write)
{
	size_t done, n;

	for (done = 0; done < size; done += n, at += n) {
		unsigned long pfn = vi915_pages_frame(bo, at >> PAGE_SHIFT);
		size_t in_page = offset_in_page(at);

		n = min_t(size_t, size - done, PAGE_SIZE - in_page);
		/* The exporter has moved it to memory without struct pages. */
		if (!pfn_valid(pfn))
			return -EOPNOTSUPP;
		if (write)
			memcpy_to_page(pfn_to_page(pfn), in_page,
				       bounce + done, n);
		else
			memcpy_from_page(bounce + done, pfn_to_page(pfn),
					 in_page, n);
	}
	return 0;
}

static int vi915_rw_bounce_step(struct vi915_bo *bo, u64 at, size_t size,
				char *bounce, bool write)
{
	int ret;

	ret = vi915_bo_lock(bo);
	if (ret)
		return ret;
	ret = vi915_pages_ensure(bo, DMA_BIDIRECTIONAL);
	if (!ret)
		ret = vi915_view_access(bo, VI915_SIDE_RAW, at >> PAGE_SHIFT,
					PFN_UP(at + size), write);
	if (!ret)
		ret = vi915_rw_bounce_pages(bo, at, size, bounce, write);
	vi915_bo_unlock(bo);
	return ret;
}

/*
 * For objects that may change between two steps: in a tiled object, the
 * neighbours of the written bytes may be newest in a GTT view that is still
 * being written; an import's exporter may move its pages, since they are not
 * pinned. So bytes are copied between user memory and a buffer without a lock,
 * and between buffer and object under the reservation.
 */
static int vi915_rw_bounced(struct vi915_bo *bo, const struct vi915_rw *rw)
{
	size_t room = min_t(u64, rw->size, VI915_RW_BOUNCE);
	u64 done = 0;
	char *bounce;
	int ret = 0;

	bounce = kmalloc(room, GFP_KERNEL);
	if (!bounce)
		return -ENOMEM;

	while (done < rw->size && !ret) {
		size_t n = min_t(u64, rw->size - done, room);

		if (rw->write)
			ret = vi915_rw_copy(rw, bounce, done, n);
		if (!ret)
			ret = vi915_rw_bounce_step(bo, rw->offset + done, n,
						   bounce, rw->write);
		if (!ret && !rw->write)
			ret = vi915_rw_copy(rw, bounce, done, n);
		done += n;

		if (!ret && fatal_signal_pending(current))
			ret = -EINTR;
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

	/* Not interruptible: the pages must be released. */
	dma_resv_lock(bo->base.resv, NULL);
	/* A fault may have converted half-written bytes. */
	vi915_view_settle(bo);
out_put_pages:
	vi915_pages_put(bo);
out_unlock:
	vi915_bo_unlock(bo);
	return ret;
}

/*
 * For memory without struct pages, which only its exporter can map for the CPU.
 * It maps the whole buffer, which takes time, and kernel addresses that
 * User-Mode Linux frees late, so other memory is copied without it.
 */
static int vi915_rw_mapped(struct vi915_bo *bo, const struct vi915_rw *rw)
{
	struct iosys_map map;
	int ret;

	ret = vi915_bo_lock(bo);
	if (ret)
		return ret;
	/* Makes the raw bytes valid; vi915_vunmap() settles the views. */
	ret = vi915_vmap(bo, &map);
	vi915_bo_unlock(bo);
	if (ret)
		return ret;

	if (map.is_iomem)
		ret = -EOPNOTSUPP;
	else
		ret = vi915_rw_copy(rw, map.vaddr + rw->offset, 0, rw->size);

	/* Not interruptible, as above. */
	dma_resv_lock(bo->base.resv, NULL);
	vi915_vunmap(bo, &map);
	vi915_bo_unlock(bo);
	return ret;
}

/* Does an import have memory without struct pages? */
static int vi915_rw_is_bare(struct vi915_bo *bo, bool *bare)
{
	int ret;

	ret = vi915_bo_lock(bo);
	if (ret)
		return ret;
	ret = vi915_pages_ensure(bo, DMA_BIDIRECTIONAL);
	*bare = bo->pages.bare;
	vi915_bo_unlock(bo);
	return ret;
}

/* Rule R5: only if the exporter allows it, between its begin and end. */
static int vi915_rw_import(struct vi915_bo *bo, const struct vi915_rw *rw)
{
	enum dma_data_direction dir =
		rw->write ? DMA_BIDIRECTIONAL : DMA_FROM_DEVICE;
	struct dma_buf *dma_buf = bo->base.import_attach->dmabuf;
	int ret, end;
	bool bare;

	/* No CPU access by others: the same errno as the dma-buf core's. */
	if (!dma_buf->ops->vmap)
		return -EINVAL;
	ret = dma_buf_begin_cpu_access(dma_buf, dir);
	if (ret)
		return ret;

	ret = vi915_rw_is_bare(bo, &bare);
	if (!ret)
		ret = bare ? vi915_rw_mapped(bo, rw) :
			     vi915_rw_bounced(bo, rw);

	end = dma_buf_end_cpu_access(dma_buf, dir);
	return ret ?: end;
}

/* Rules R4 and R5 are applied here and nowhere else. */
static int vi915_rw_check_access(const struct vi915_bo *bo)
{
	const struct vi915_device *dev = to_vi915_device(bo->base.dev);

	if (bo->userptr)
		return -EINVAL;
	if (bo->base.import_attach && dev->config.imports != VI915_IMPORTS_CPU)
		return -EINVAL;
	return 0;
}

/*
 * Writes nothing if not all of the buffer can be read. A client's buffer may be
 * far larger than memory, so fault it in by steps, and stop at a fatal signal.
 */
static int vi915_rw_fault_in(const struct vi915_rw *rw)
{
	u64 done;

	for (done = 0; done < rw->size; done += VI915_RW_FAULT_IN) {
		if (fault_in_readable(rw->user + done,
				      min_t(u64, rw->size - done,
					    VI915_RW_FAULT_IN)))
			return -EFAULT;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
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
	if (rw->write) {
		ret = vi915_rw_fault_in(rw);
		if (ret)
			goto out_put_bo;
	}

	ret = vi915_wait_bo(bo, rw->write);
	if (ret)
		goto out_put_bo;

	if (bo->base.import_attach)
		ret = vi915_rw_import(bo, rw);
	else if (rw->write && READ_ONCE(bo->tiling.mode) != I915_TILING_NONE)
		ret = vi915_rw_bounced(bo, rw);
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
 * @file: file that owns the handle
 *
 * Reads the raw bytes in memory, tiled or not, once writers are done.
 *
 * Return: 0, also for no bytes; -EFAULT for a bad buffer, or contents that are
 * marked DONTNEED or purged; -ENOENT; -EINVAL for a range outside the object,
 * user memory, or an import (rule R4; with imports=cpu it works); -ENOMEM;
 * -EOPNOTSUPP for an exporter whose memory the CPU cannot reach; -ERESTARTSYS.
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
 * @file: file that owns the handle
 *
 * Like pread, but waits for readers too.
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
