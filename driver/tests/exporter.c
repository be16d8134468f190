// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/dma-buf.h>
#include <linux/gfp.h>
#include <linux/iosys-map.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "exporter.h"
#include "helpers.h"

/**
 * DOC: an odd exporter
 *
 * It never moves anything, counts what importers do, and returns tables as
 * told, also invalid ones. The addresses are written by hand, since no DMA
 * mapping would give the odd ones. A table has pages only where a case asks for
 * it, and importers must not use these.
 */

const struct vi915_exporter_table vi915_exporter_good_table = {
	.entries = VI915_EXPORTER_PAGES,
	.bytes = PAGE_SIZE,
};

static int vi915_exporter_attach(struct dma_buf *dma_buf,
				 struct dma_buf_attachment *attach)
{
	struct vi915_exporter *exporter = dma_buf->priv;

	if (exporter->attach_error)
		return exporter->attach_error;
	exporter->attached++;
	return 0;
}

static void vi915_exporter_detach(struct dma_buf *dma_buf,
				  struct dma_buf_attachment *attach)
{
	struct vi915_exporter *exporter = dma_buf->priv;

	exporter->attached--;
}

static struct sg_table *
vi915_exporter_make_table(const struct vi915_exporter *exporter)
{
	const struct vi915_exporter_table *table = exporter->table;
	struct scatterlist *sg;
	struct sg_table *sgt;
	unsigned int i, page;

	sgt = kzalloc(sizeof(*sgt), GFP_KERNEL);
	if (!sgt)
		return ERR_PTR(-ENOMEM);
	if (sg_alloc_table(sgt, max(table->entries, 1), GFP_KERNEL)) {
		kfree(sgt);
		return ERR_PTR(-ENOMEM);
	}

	sgt->nents = table->entries;
	for_each_sgtable_dma_sg(sgt, sg, i) {
		page = i % VI915_EXPORTER_PAGES;
		if (table->backwards)
			page = VI915_EXPORTER_PAGES - 1 - page;
		if (table->offsets)
			sg_set_page(sg, exporter->block, table->bytes,
				    page * PAGE_SIZE);
		sg_dma_address(sg) = page_to_phys(exporter->block + page) +
				     table->skew;
		sg_dma_len(sg) = table->bytes;
	}
	return sgt;
}

static struct sg_table *vi915_exporter_map(struct dma_buf_attachment *attach,
					   enum dma_data_direction dir)
{
	struct vi915_exporter *exporter = attach->dmabuf->priv;
	struct sg_table *sgt;

	if (exporter->table->error)
		return ERR_PTR(exporter->table->error);

	sgt = vi915_exporter_make_table(exporter);
	if (!IS_ERR(sgt)) {
		exporter->mapped++;
		exporter->dir = dir;
	}
	return sgt;
}

static void vi915_exporter_unmap(struct dma_buf_attachment *attach,
				 struct sg_table *sgt,
				 enum dma_data_direction dir)
{
	struct vi915_exporter *exporter = attach->dmabuf->priv;

	exporter->unmapped++;
	sg_free_table(sgt);
	kfree(sgt);
}

static int vi915_exporter_vmap(struct dma_buf *dma_buf, struct iosys_map *map)
{
	struct vi915_exporter *exporter = dma_buf->priv;

	exporter->vmapped++;
	iosys_map_set_vaddr(map, page_address(exporter->block));
	return 0;
}

static void vi915_exporter_vunmap(struct dma_buf *dma_buf,
				  struct iosys_map *map)
{
	struct vi915_exporter *exporter = dma_buf->priv;

	exporter->vmapped--;
}

/* The case frees the exporter's memory. */
static void vi915_exporter_release(struct dma_buf *dma_buf)
{
}

static const struct dma_buf_ops vi915_exporter_ops = {
	.attach = vi915_exporter_attach,
	.detach = vi915_exporter_detach,
	.map_dma_buf = vi915_exporter_map,
	.unmap_dma_buf = vi915_exporter_unmap,
	.vmap = vi915_exporter_vmap,
	.vunmap = vi915_exporter_vunmap,
	.release = vi915_exporter_release,
};

static void vi915_exporter_free_block(void *arg)
{
	__free_pages(arg, get_order(VI915_EXPORTER_BYTES));
}

/**
 * vi915_exporter_create() - make an exporter that goes with the case
 * @test: the case
 *
 * Return: an exporter that behaves correctly.
 */
struct vi915_exporter *vi915_exporter_create(struct kunit *test)
{
	struct vi915_exporter *exporter;

	exporter = kunit_kzalloc(test, sizeof(*exporter), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, exporter);

	exporter->ops = vi915_exporter_ops;
	exporter->table = &vi915_exporter_good_table;
	exporter->block = alloc_pages(GFP_KERNEL | __GFP_ZERO,
				      get_order(VI915_EXPORTER_BYTES));
	KUNIT_ASSERT_NOT_NULL(test, exporter->block);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test,
						  vi915_exporter_free_block,
						  exporter->block));
	return exporter;
}

/**
 * vi915_exporter_export() - make a dma-buf that goes with the case
 * @test: the case
 * @exporter: exporter of the dma-buf
 * @size: size that the dma-buf claims to have, in bytes
 *
 * Return: the dma-buf; without one the case ends.
 */
struct dma_buf *vi915_exporter_export(struct kunit *test,
				      struct vi915_exporter *exporter,
				      size_t size)
{
	DEFINE_DMA_BUF_EXPORT_INFO(info);
	struct dma_buf *dma_buf;

	info.ops = &exporter->ops;
	info.size = size;
	info.flags = O_RDWR;
	info.priv = exporter;
	dma_buf = dma_buf_export(&info);
	vi915_kunit_own_dmabuf(test, dma_buf);
	return dma_buf;
}
