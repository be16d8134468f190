// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_drv.h>
#include <drm/drm_prime.h>
#include <kunit/visibility.h>
#include <linux/dma-buf.h>
#include <linux/dma-resv.h>
#include <linux/module.h>

#include "vi915_contig.h"
#include "vi915_device.h"
#include "vi915_dmabuf.h"
#include "vi915_domain.h"
#include "vi915_export.h"
#include "vi915_gem.h"
#include "vi915_inject.h"
#include "vi915_mmap.h"
#include "vi915_pages.h"
#include "vi915_refuse.h"
#include "vi915_trace.h"
#include "vi915_vmap.h"

/**
 * DOC: sharing
 *
 * A dma-buf has its object's own reservation, so fences are shared without
 * copies. References run one way (rule R2): fd to dma-buf to object, and on the
 * importer's side handle to object to attachment to dma-buf. The DRM core keeps
 * one dma-buf per object, and one handle per dma-buf and file (rule R1).
 *
 * As an exporter this driver can pin pages and can move them: importers that
 * cannot follow a move pin, the others are told by move_notify. As an importer
 * it follows moves if the exporter makes any, and maps nothing before first
 * use. To an exporter that never moves it attaches statically, because the
 * dma-buf core would otherwise map at once.
 *
 * A dma-buf is "own" if it has these dma_buf_ops and this device (rule R7). A
 * buffer of another vi915 GPU is as foreign as any other.
 *
 * A description can turn some of this off. Calls then fail at the same place,
 * and with the same errno, as with a driver that lacks the feature.
 */

static struct vi915_bo *vi915_dmabuf_to_bo(struct dma_buf *dma_buf)
{
	return to_vi915_bo(dma_buf->priv);
}

/*
 * Rule R2: attachments outlive the GPU, but a GPU that is gone takes no new
 * ones. drm_gem_map_attach() gives ENOSYS for objects without an sg table.
 */
static int vi915_dmabuf_op_attach(struct dma_buf *dma_buf,
				  struct dma_buf_attachment *attach)
{
	struct vi915_bo *bo = vi915_dmabuf_to_bo(dma_buf);
	struct vi915_device *dev = to_vi915_device(bo->base.dev);
	bool own = attach->dev == dev->drm.dev;

	if (VI915_REFUSE(&dev->drm, drm_dev_is_unplugged(&dev->drm)))
		return -ENODEV;
	if (VI915_REFUSE(&dev->drm,
			 dev->config.exports == VI915_EXPORTS_OWN && !own))
		return -ENOSYS;
	return 0;
}

static int vi915_dmabuf_op_pin(struct dma_buf_attachment *attach)
{
	return vi915_pages_get(vi915_dmabuf_to_bo(attach->dmabuf),
			       DMA_BIDIRECTIONAL);
}

static void vi915_dmabuf_op_unpin(struct dma_buf_attachment *attach)
{
	vi915_pages_put(vi915_dmabuf_to_bo(attach->dmabuf));
}

static struct sg_table *vi915_dmabuf_op_map(struct dma_buf_attachment *attach,
					    enum dma_data_direction dir)
{
	struct vi915_bo *bo = vi915_dmabuf_to_bo(attach->dmabuf);
	struct sg_table *sgt;

	sgt = vi915_pages_share(bo, attach->dev, dir);
	if (!IS_ERR(sgt))
		trace_vi915_map(to_vi915_device(bo->base.dev), attach, dir);
	return sgt;
}

static void vi915_dmabuf_op_unmap(struct dma_buf_attachment *attach,
				  struct sg_table *sgt,
				  enum dma_data_direction dir)
{
	struct vi915_bo *bo = vi915_dmabuf_to_bo(attach->dmabuf);

	trace_vi915_unmap(to_vi915_device(bo->base.dev), attach, dir);
	vi915_pages_unshare(bo, attach->dev, sgt, dir);
}

/* Rule R8: START. The dma-buf core has checked the flags. */
static int vi915_dmabuf_op_begin(struct dma_buf *dma_buf,
				 enum dma_data_direction dir)
{
	return vi915_domain_begin_cpu(vi915_dmabuf_to_bo(dma_buf),
				      dir != DMA_FROM_DEVICE);
}

static int vi915_dmabuf_op_end(struct dma_buf *dma_buf,
			       enum dma_data_direction dir)
{
	return vi915_domain_end_cpu(vi915_dmabuf_to_bo(dma_buf));
}

static int vi915_dmabuf_op_mmap(struct dma_buf *dma_buf,
				struct vm_area_struct *vma)
{
	struct vi915_bo *bo = vi915_dmabuf_to_bo(dma_buf);
	struct vi915_device *dev = to_vi915_device(bo->base.dev);

	/* The errno of the dma-buf core if an exporter has no mmap. */
	if (VI915_REFUSE(&dev->drm, !dev->config.mmap))
		return -EINVAL;
	return vi915_mmap_dmabuf(bo, vma);
}

static int vi915_dmabuf_op_vmap(struct dma_buf *dma_buf, struct iosys_map *map)
{
	return vi915_vmap(vi915_dmabuf_to_bo(dma_buf), map);
}

static void vi915_dmabuf_op_vunmap(struct dma_buf *dma_buf,
				   struct iosys_map *map)
{
	vi915_vunmap(vi915_dmabuf_to_bo(dma_buf), map);
}

static void vi915_dmabuf_op_release(struct dma_buf *dma_buf)
{
	struct vi915_bo *bo = vi915_dmabuf_to_bo(dma_buf);

	dma_resv_lock(bo->base.resv, NULL);
	vi915_export_remove(bo, dma_buf);
	vi915_bo_unlock(bo);

	drm_gem_dmabuf_release(dma_buf);
}

#define VI915_DMABUF_OPS				\
	.attach = vi915_dmabuf_op_attach,		\
	.pin = vi915_dmabuf_op_pin,			\
	.unpin = vi915_dmabuf_op_unpin,			\
	.map_dma_buf = vi915_dmabuf_op_map,		\
	.unmap_dma_buf = vi915_dmabuf_op_unmap,		\
	.begin_cpu_access = vi915_dmabuf_op_begin,	\
	.end_cpu_access = vi915_dmabuf_op_end,		\
	.mmap = vi915_dmabuf_op_mmap,			\
	.release = vi915_dmabuf_op_release

static const struct dma_buf_ops vi915_dmabuf_ops = {
	VI915_DMABUF_OPS,
	.vmap = vi915_dmabuf_op_vmap,
	.vunmap = vi915_dmabuf_op_vunmap,
};

/* No vmap at all: if it always failed, the dma-buf core would warn. */
static const struct dma_buf_ops vi915_dmabuf_ops_no_vmap = {
	VI915_DMABUF_OPS,
};

static bool vi915_dmabuf_is_ours(const struct dma_buf *dma_buf)
{
	return dma_buf->ops == &vi915_dmabuf_ops ||
	       dma_buf->ops == &vi915_dmabuf_ops_no_vmap;
}

/**
 * vi915_dmabuf_handle_to_fd() - drm_driver.prime_handle_to_fd
 * @drm: the GPU
 * @file: open file that the handle belongs to
 * @handle: handle of an object
 * @flags: DRM_CLOEXEC, DRM_RDWR; checked by the DRM core
 * @fd: out: file descriptor of its dma-buf
 *
 * Return: as drm_gem_prime_handle_to_fd(); -ENOSYS with exports=0, as from the
 * DRM core for drivers without export.
 */
int vi915_dmabuf_handle_to_fd(struct drm_device *drm, struct drm_file *file,
			      u32 handle, u32 flags, int *fd)
{
	const struct vi915_device *dev = to_vi915_device(drm);

	if (VI915_REFUSE(drm, dev->config.exports == VI915_EXPORTS_NONE))
		return -ENOSYS;
	return drm_gem_prime_handle_to_fd(drm, file, handle, flags, fd);
}

static struct dma_buf *vi915_dmabuf_create(struct drm_gem_object *obj,
					   int flags)
{
	struct vi915_device *dev = to_vi915_device(obj->dev);
	struct dma_buf_export_info info = {
		.exp_name = KBUILD_MODNAME,
		.owner = THIS_MODULE,
		.ops = dev->config.vmap ? &vi915_dmabuf_ops :
					  &vi915_dmabuf_ops_no_vmap,
		.size = obj->size,
		.flags = flags,
		.resv = obj->resv,
		.priv = obj,
	};
	struct vi915_export *export;
	struct dma_buf *dma_buf;

	export = vi915_export_alloc();
	if (!export)
		return ERR_PTR(-ENOMEM);

	dma_buf = drm_gem_dmabuf_export(obj->dev, &info);
	if (IS_ERR(dma_buf)) {
		vi915_export_free(export);
		return dma_buf;
	}

	dma_resv_lock(obj->resv, NULL);
	vi915_export_add(to_vi915_bo(obj), export, dma_buf);
	dma_resv_unlock(obj->resv);
	trace_vi915_export(dev, dma_buf);
	return dma_buf;
}

/**
 * vi915_dmabuf_export() - drm_gem_object_funcs.export
 * @obj: one of our objects; never an import, which the DRM core re-exports as
 *	its exporter's dma-buf
 * @flags: DRM_CLOEXEC, DRM_RDWR; checked by the DRM core
 *
 * Calls are serialised: the DRM core holds drm_device.object_name_lock.
 *
 * Return: a dma-buf that holds the object, the existing one if there is one
 * (rule R1); or an ERR_PTR: -EINVAL for user memory (rule R12), -ENOMEM,
 * -EINTR.
 */
struct dma_buf *vi915_dmabuf_export(struct drm_gem_object *obj, int flags)
{
	struct vi915_bo *bo = to_vi915_bo(obj);
	struct dma_buf *dma_buf;
	int ret;

	if (VI915_REFUSE(obj->dev, bo->userptr))
		return ERR_PTR(-EINVAL);
	ret = vi915_inject(to_vi915_device(obj->dev), VI915_FAULT_EXPORT);
	if (ret)
		return ERR_PTR(ret);

	if (bo->kept) {
		get_dma_buf(bo->kept);
		return bo->kept;
	}
	dma_buf = vi915_dmabuf_create(obj, flags);
	if (!IS_ERR(dma_buf))
		vi915_export_remember(bo, dma_buf);
	return dma_buf;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_dmabuf_export);

/*
 * The exporter is about to move the pages. Called with the reservation held,
 * possibly in reclaim.
 */
static void vi915_dmabuf_move_notify(struct dma_buf_attachment *attach)
{
	vi915_pages_move_notify(attach->importer_priv);
}

static const struct dma_buf_attach_ops vi915_dmabuf_attach_ops = {
	.move_notify = vi915_dmabuf_move_notify,
};

/**
 * vi915_dmabuf_attach() - attach a new object to the foreign buffer it imports
 * @bo: the object, not visible to others yet
 * @dma_buf: the buffer; the object takes a reference of its own
 *
 * Return: 0, -ENOMEM, or the exporter's error.
 */
int vi915_dmabuf_attach(struct vi915_bo *bo, struct dma_buf *dma_buf)
{
	struct device *dev = bo->base.dev->dev;
	struct dma_buf_attachment *attach;

	if (dma_buf_is_dynamic(dma_buf))
		attach = dma_buf_dynamic_attach(dma_buf, dev,
						&vi915_dmabuf_attach_ops, bo);
	else
		attach = dma_buf_attach(dma_buf, dev);
	if (IS_ERR(attach))
		return PTR_ERR(attach);

	get_dma_buf(dma_buf);
	bo->base.import_attach = attach;
	return 0;
}

/**
 * vi915_dmabuf_detach() - undo vi915_dmabuf_attach()
 * @bo: the object, its pages gone; its reservation, which may be the
 *	exporter's, must not be used any more
 */
void vi915_dmabuf_detach(struct vi915_bo *bo)
{
	struct dma_buf_attachment *attach = bo->base.import_attach;
	struct dma_buf *dma_buf = attach->dmabuf;

	dma_buf_detach(dma_buf, attach);
	bo->base.import_attach = NULL;
	bo->base.resv = &bo->base._resv;
	dma_buf_put(dma_buf);
}

/* Rules R11 and R12 for foreign buffers. */
static int vi915_dmabuf_check_import(struct drm_device *drm,
				     struct dma_buf *dma_buf)
{
	const struct vi915_device *dev = to_vi915_device(drm);

	/* The errno of drm_gem_prime_import_dev() without import support. */
	if (VI915_REFUSE(drm, dev->config.imports == VI915_IMPORTS_NONE))
		return -EINVAL;
	if (VI915_REFUSE(drm, !dma_buf->size || !PAGE_ALIGNED(dma_buf->size)))
		return -EINVAL;
	return vi915_bo_check_size(dev, dma_buf->size);
}

/*
 * Drivers of displays without a renderer refuse a buffer that they cannot show
 * on import: drm_gem_dma_prime_import_sg_table(). A GPU that renders can still
 * read such a buffer, so it refuses only to show it.
 */
static int vi915_dmabuf_check_new(struct vi915_bo *bo)
{
	const struct vi915_device *dev = to_vi915_device(bo->base.dev);

	return dev->config.render ? 0 : vi915_contig_check(bo);
}

/**
 * vi915_dmabuf_import() - drm_driver.gem_prime_import
 * @drm: the GPU that imports
 * @dma_buf: the buffer; the caller keeps its reference
 *
 * Return: the object behind a dma-buf of this device, else a new object for the
 * foreign buffer, either with a reference for the caller; or an ERR_PTR:
 * -EINVAL for any foreign buffer with imports=none, and for one that is empty
 * or no whole number of pages; -E2BIG, -ENOMEM, -ENODEV after unplug; or the
 * exporter's error on attaching.
 */
struct drm_gem_object *vi915_dmabuf_import(struct drm_device *drm,
					   struct dma_buf *dma_buf)
{
	struct vi915_bo *bo;
	int ret, idx;

	/* Rule R7: never look into @dma_buf->priv before this check. */
	if (vi915_dmabuf_is_ours(dma_buf)) {
		bo = vi915_dmabuf_to_bo(dma_buf);
		if (bo->base.dev == drm) {
			ret = vi915_inject(to_vi915_device(drm),
					   VI915_FAULT_IMPORT);
			if (ret)
				return ERR_PTR(ret);
			drm_gem_object_get(&bo->base);
			return &bo->base;
		}
	}

	ret = vi915_dmabuf_check_import(drm, dma_buf);
	if (!ret)
		ret = vi915_inject(to_vi915_device(drm), VI915_FAULT_IMPORT);
	if (ret)
		return ERR_PTR(ret);

	if (!drm_dev_enter(drm, &idx))
		return ERR_PTR(-ENODEV);
	bo = vi915_bo_create_import(to_vi915_device(drm), dma_buf);
	ret = IS_ERR(bo) ? PTR_ERR(bo) : vi915_dmabuf_check_new(bo);
	if (ret && !IS_ERR(bo))
		vi915_bo_put(bo);
	drm_dev_exit(idx);
	if (ret)
		return ERR_PTR(ret);

	trace_vi915_import(to_vi915_device(drm), dma_buf);
	return &bo->base;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_dmabuf_import);
