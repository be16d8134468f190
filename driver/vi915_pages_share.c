// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/dma-mapping.h>
#include <linux/dma-resv.h>
#include <linux/err.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "vi915_gem.h"
#include "vi915_pages.h"
#include "vi915_view.h"

/**
 * DOC: pages for importers
 *
 * An importer gets an object's own pages as an sg table, mapped for its device.
 * It may keep the table until the pages move.
 */

/**
 * vi915_pages_share() - map an object's own pages for another device
 * @bo: the object, its reservation held
 * @dev: the device
 * @dir: direction of the device's accesses
 *
 * Return: an sg table, to be given back with vi915_pages_unshare(); or an
 * ERR_PTR: as vi915_pages_ensure(), -ENOMEM, or the error of the DMA mapping.
 */
struct sg_table *vi915_pages_share(struct vi915_bo *bo, struct device *dev,
				   enum dma_data_direction dir)
{
	struct sg_table *sgt;
	int ret;

	ret = vi915_pages_ensure(bo, dir);
	if (!ret)
		ret = vi915_view_to_raw(bo, dir != DMA_TO_DEVICE);
	if (ret)
		return ERR_PTR(ret);

	sgt = kmalloc(sizeof(*sgt), GFP_KERNEL);
	if (!sgt)
		return ERR_PTR(-ENOMEM);

	ret = sg_alloc_table_from_pages_segment(sgt, bo->pages.list,
						vi915_bo_pages(bo), 0,
						bo->base.size,
						dma_get_max_seg_size(dev),
						GFP_KERNEL);
	if (ret)
		goto err_free_sgt;

	ret = dma_map_sgtable(dev, sgt, dir, DMA_ATTR_SKIP_CPU_SYNC);
	if (ret)
		goto err_free_table;

	bo->pages.shares++;
	return sgt;

err_free_table:
	sg_free_table(sgt);
err_free_sgt:
	kfree(sgt);
	return ERR_PTR(ret);
}

/**
 * vi915_pages_unshare() - undo one vi915_pages_share()
 * @bo: the object, its reservation held
 * @dev: as for vi915_pages_share()
 * @sgt: the table that it returned
 * @dir: as for vi915_pages_share()
 */
void vi915_pages_unshare(struct vi915_bo *bo, struct device *dev,
			 struct sg_table *sgt, enum dma_data_direction dir)
{
	dma_resv_assert_held(bo->base.resv);

	bo->pages.shares--;
	dma_unmap_sgtable(dev, sgt, dir, DMA_ATTR_SKIP_CPU_SYNC);
	sg_free_table(sgt);
	kfree(sgt);
}
