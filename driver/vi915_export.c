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
 * the dma-buf may live on, and GETFB2 of a framebuffer gives its object a new
 * handle. Exporting that would make a second dma-buf, which breaks rule R1:
 * importers would take it for another object. So while framebuffers use an
 * object, it keeps a reference to its dma-buf and exports that one again.
 *
 * A dma-buf is in the list from its birth until its release() has the
 * reservation, so moving the object's pages reaches every importer. Its file
 * may be gone long before: an O_PATH descriptor keeps a dma-buf, but not its
 * file. Never look at the file of a dma-buf without a reference to it.
 */

/**
 * vi915_export_alloc() - allocate an entry for vi915_export_add()
 *
 * Return: the entry, or NULL.
 */
struct vi915_export *vi915_export_alloc(void)
{
	return kzalloc(sizeof(struct vi915_export), GFP_KERNEL_ACCOUNT);
}

/**
 * vi915_export_free() - free an entry that was not added
 * @export: the entry
 */
void vi915_export_free(struct vi915_export *export)
{
	kfree(export);
}

/**
 * vi915_export_add() - add a new dma-buf to its object
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
 * vi915_export_remove() - remove a dma-buf that is being released
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
	/* The attachment of an import keeps its dma-buf already. */
	if (!bo->keepers || !dma_buf || bo->base.import_attach)
		return;
	get_dma_buf(dma_buf);
	bo->kept = dma_buf;
}

/**
 * vi915_export_keep() - keep an object's dma-buf for a new framebuffer
 * @bo: the object
 *
 * Takes drm_device.object_name_lock, which the DRM core holds while it exports
 * or forgets a dma-buf.
 *
 * Return: 0; -ENOENT if the last handle is gone, and the dma-buf forgotten.
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
 * vi915_export_ino() - find the inode number of an object's dma-buf
 * @bo: the object, its reservation held
 *
 * Return: inode number of its newest dma-buf; 0 if there is none.
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
