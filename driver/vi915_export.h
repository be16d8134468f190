/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_EXPORT_H
#define VI915_EXPORT_H

#include <linux/list.h>

struct dma_buf;
struct vi915_bo;

/**
 * struct vi915_export - one dma-buf of an object
 * @link: in vi915_bo.exports
 * @dma_buf: not a reference: the dma-buf holds the object, and its release()
 *	removes this entry. It may be in release() already, waiting for the
 *	reservation.
 * @ino: its inode number; the inode is gone before release() is called
 */
struct vi915_export {
	struct list_head link;
	struct dma_buf *dma_buf;
	unsigned long ino;
};

struct vi915_export *vi915_export_alloc(void);
void vi915_export_free(struct vi915_export *export);
void vi915_export_add(struct vi915_bo *bo, struct vi915_export *export,
		      struct dma_buf *dma_buf);
void vi915_export_remove(struct vi915_bo *bo, const struct dma_buf *dma_buf);
int vi915_export_keep(struct vi915_bo *bo);
void vi915_export_unkeep(struct vi915_bo *bo);
void vi915_export_remember(struct vi915_bo *bo, struct dma_buf *dma_buf);
unsigned long vi915_export_ino(struct vi915_bo *bo);
void vi915_export_notify(struct vi915_bo *bo);

#endif
