// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/visibility.h>
#include <linux/dma-buf.h>
#include <linux/dma-resv.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "vi915_export.h"
#include "vi915_gem.h"

/**
 * DOC: dma-bufs of an object
 *
 * The DRM core forgets an object's dma-buf with the object's last handle, but
 * the dma-buf may live on, and the object may get a handle again: by import,
 * or by GETFB2. So it is remembered here, and an object that has a dma-buf is
 * never given a second one (rule R1): importers would know one buffer by two
 * names, and half of them would not hear that it moves.
 *
 * A dma-buf whose last file is closed cannot be had any more, but it is here
 * until its release() has got the reservation. So there can be several, of
 * which one at most is alive.
 *
 * All functions but the first two want the reservation held.
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
 * vi915_export_get() - the dma-buf that an object is known by
 * @bo: the object, its reservation held
 *
 * Return: it, with a reference for the caller; NULL where there is none, or
 * where its last file was closed.
 */
struct dma_buf *vi915_export_get(struct vi915_bo *bo)
{
	struct vi915_export *export;

	dma_resv_assert_held(bo->base.resv);

	list_for_each_entry(export, &bo->exports, link)
		if (get_file_active(&export->dma_buf->file))
			return export->dma_buf;
	return NULL;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_export_get);

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
