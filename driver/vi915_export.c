// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_device.h>
#include <kunit/visibility.h>
#include <linux/dma-buf.h>
#include <linux/dma-resv.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>

#include "vi915_export.h"
#include "vi915_gem.h"

/**
 * DOC: dma-bufs of an object
 *
 * The DRM core forgets an object's dma-buf with the object's last handle. But
 * the dma-buf may live on, and a framebuffer gives its object a handle again by
 * GETFB2. An object with two dma-bufs would break rule R1: importers know it by
 * two names. So as long as framebuffers look at an object, it keeps a reference
 * to its dma-buf, and exports that one again.
 *
 * A dma-buf is in the list from its birth until its release() has the
 * reservation, so whoever moves the object's pages reaches every importer. Its
 * file may be gone long before: an O_PATH descriptor keeps a dma-buf, not its
 * file. Nothing here looks at the file of a dma-buf that it has no reference to.
 */

/**
 * vi915_export_alloc() - memory for vi915_export_add()
 *
 * Return: an entry, or NULL.
 */
struct vi915_export *vi915_export_alloc(void)
{
	return kzalloc(sizeof(struct vi915_export), GFP_KERNEL_ACCOUNT);
}

/**
 * vi915_export_free() - for an entry that was not added
 * @export: the entry
 */
void vi915_export_free(struct vi915_export *export)
{
	kfree(export);
}

/**
 * vi915_export_add() - an object has a new dma-buf
 * @bo: the object, its reservation held
 * @export: from vi915_export_alloc(); the list owns it now
 * @dma_buf: the dma-buf
 */
void vi915_export_add(struct vi915_bo *bo, struct vi915_export *export,
		      struct dma_buf *dma_buf)
{
	dma_resv_assert_held(bo->base.resv);

	export->dma_buf = dma_buf;
	export->ino = file_inode(dma_buf->file)->i_ino;
	list_add(&export->link, &bo->exports);
}

/**
 * vi915_export_remove() - a dma-buf goes
 * @bo: the object, its reservation held
 * @dma_buf: one of its dma-bufs, in release()
 */
void vi915_export_remove(struct vi915_bo *bo, const struct dma_buf *dma_buf)
{
	struct vi915_export *export;

	dma_resv_assert_held(bo->base.resv);

	list_for_each_entry(export, &bo->exports, link) {
		if (export->dma_buf != dma_buf)
			continue;
		list_del(&export->link);
		kfree(export);
		return;
	}
}

/**
 * vi915_export_remember() - keep a dma-buf if framebuffers want it kept
 * @bo: the object, drm_device.object_name_lock held
 * @dma_buf: its dma-buf, or NULL; the caller keeps its reference
 */
void vi915_export_remember(struct vi915_bo *bo, struct dma_buf *dma_buf)
{
	/* An import's is its attachment's, and stays with it. */
	if (!bo->keepers || !dma_buf || bo->base.import_attach)
		return;
	get_dma_buf(dma_buf);
	bo->kept = dma_buf;
}

/**
 * vi915_export_keep() - a framebuffer begins to look at an object
 * @bo: the object
 *
 * Takes drm_device.object_name_lock, which the DRM core holds around exports
 * and where it forgets a dma-buf.
 *
 * Return: 0; -ENOENT when its last handle is gone, and its dma-buf forgotten.
 */
int vi915_export_keep(struct vi915_bo *bo)
{
	struct drm_device *drm = bo->base.dev;
	int ret = 0;

	mutex_lock(&drm->object_name_lock);
	if (!bo->base.handle_count)
		ret = -ENOENT;
	else if (!bo->keepers++)
		vi915_export_remember(bo, bo->base.dma_buf);
	mutex_unlock(&drm->object_name_lock);
	return ret;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_export_keep);

/**
 * vi915_export_unkeep() - undo vi915_export_keep()
 * @bo: the object; the caller holds no lock
 */
void vi915_export_unkeep(struct vi915_bo *bo)
{
	struct drm_device *drm = bo->base.dev;
	struct dma_buf *last = NULL;

	mutex_lock(&drm->object_name_lock);
	if (!--bo->keepers)
		swap(last, bo->kept);
	mutex_unlock(&drm->object_name_lock);
	if (last)
		dma_buf_put(last);
}
EXPORT_SYMBOL_IF_KUNIT(vi915_export_unkeep);

/**
 * vi915_export_ino() - the file number that an object is known by
 * @bo: the object, its reservation held
 *
 * Return: of its newest dma-buf; 0 where there is none.
 */
unsigned long vi915_export_ino(struct vi915_bo *bo)
{
	const struct vi915_export *newest;

	dma_resv_assert_held(bo->base.resv);

	newest = list_first_entry_or_null(&bo->exports, struct vi915_export,
					  link);
	return newest ? newest->ino : 0;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_export_ino);

/**
 * vi915_export_notify() - tell all importers that an object's pages move
 * @bo: the object, its reservation held
 *
 * May be called in reclaim, and for an object that has no dma-buf.
 */
void vi915_export_notify(struct vi915_bo *bo)
{
	struct vi915_export *export;

	dma_resv_assert_held(bo->base.resv);

	list_for_each_entry(export, &bo->exports, link)
		dma_buf_move_notify(export->dma_buf);
}
EXPORT_SYMBOL_IF_KUNIT(vi915_export_notify);
