// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/dma-buf.h>
#include <linux/dma-resv.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>

#include "vi915_gem.h"
#include "vi915_pages.h"
#include "vi915_vmap.h"

static int vi915_vmap_list(struct vi915_bo *bo)
{
	void *vaddr;

	if (vi915_bo_pages(bo) == 1)
		vaddr = page_address(bo->pages.list[0]);
	else
		vaddr = vmap(bo->pages.list, vi915_bo_pages(bo), VM_MAP,
			     PAGE_KERNEL);
	if (!vaddr)
		return -ENOMEM;

	iosys_map_set_vaddr(&bo->vmap.map, vaddr);
	return 0;
}

/**
 * vi915_vmap() - map all of an object for the kernel
 * @bo: the object, its reservation held
 * @map: out: the mapping
 *
 * Return: 0; as vi915_pages_get(); -ENOMEM; or the exporter's error.
 */
int vi915_vmap(struct vi915_bo *bo, struct iosys_map *map)
{
	int ret;

	dma_resv_assert_held(bo->base.resv);

	if (bo->pages.kind == VI915_PAGES_IMPORT) {
		/* First: dma_buf_vmap() would warn if the exporter refuses. */
		ret = vi915_pages_ensure(bo, DMA_BIDIRECTIONAL);
		if (!ret)
			ret = vi915_view_to_raw(bo, true);
		if (ret)
			return ret;
		return dma_buf_vmap(bo->base.import_attach->dmabuf, map);
	}

	ret = vi915_pages_get(bo, DMA_BIDIRECTIONAL);
	if (ret)
		return ret;

	ret = vi915_view_to_raw(bo, true);
	if (!ret && !bo->vmap.users)
		ret = vi915_vmap_list(bo);
	if (ret)
		goto err_put;

	bo->vmap.users++;
	*map = bo->vmap.map;
	return 0;

err_put:
	vi915_pages_put(bo);
	return ret;
}

/**
 * vi915_vunmap() - undo one vi915_vmap()
 * @bo: the object, its reservation held
 * @map: the mapping from vi915_vmap()
 */
void vi915_vunmap(struct vi915_bo *bo, struct iosys_map *map)
{
	dma_resv_assert_held(bo->base.resv);

	/* The user of the mapping may have written raw bytes until now. */
	vi915_view_settle(bo);

	if (bo->pages.kind == VI915_PAGES_IMPORT) {
		dma_buf_vunmap(bo->base.import_attach->dmabuf, map);
		return;
	}

	if (!--bo->vmap.users) {
		if (is_vmalloc_addr(bo->vmap.map.vaddr))
			vunmap(bo->vmap.map.vaddr);
		iosys_map_clear(&bo->vmap.map);
	}
	vi915_pages_put(bo);
}
