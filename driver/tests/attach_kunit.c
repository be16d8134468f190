// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_gem.h>
#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/dma-buf.h>
#include <linux/dma-resv.h>
#include <linux/iosys-map.h>
#include <linux/scatterlist.h>

#include "../vi915_device.h"
#include "../vi915_gem.h"
#include "helpers.h"

/*
 * A GPU as exporter; the importer is made of bare dma-buf calls for another
 * GPU's struct device. It either follows moves or does not.
 */

#define VI915_ATTACH_PAGES	5

struct vi915_attach_importer {
	struct vi915_bo *own;
	struct dma_buf *dma_buf;
	struct dma_buf_attachment *attach;
	struct sg_table *sgt;
	unsigned int notified;
	/* The importer unmaps @sgt in move_notify(). */
	bool follows;
};

static void vi915_attach_move_notify(struct dma_buf_attachment *attach)
{
	struct vi915_attach_importer *importer = attach->importer_priv;

	importer->notified++;
	if (importer->follows && importer->sgt) {
		dma_buf_unmap_attachment(attach, importer->sgt, DMA_TO_DEVICE);
		importer->sgt = NULL;
	}
}

static const struct dma_buf_attach_ops vi915_attach_ops = {
	.move_notify = vi915_attach_move_notify,
};

static void vi915_attach_detach(void *arg)
{
	struct vi915_attach_importer *importer = arg;

	if (importer->sgt)
		dma_buf_unmap_attachment_unlocked(importer->attach,
						  importer->sgt, DMA_TO_DEVICE);
	importer->sgt = NULL;
	dma_buf_detach(importer->dma_buf, importer->attach);
}

static struct vi915_attach_importer *
vi915_attach_make(struct kunit *test, const struct dma_buf_attach_ops *ops)
{
	struct vi915_device *exporter = vi915_kunit_gpu(test, 0);
	struct vi915_device *other = vi915_kunit_gpu(test, 1);
	struct vi915_attach_importer *importer;

	importer = kunit_kzalloc(test, sizeof(*importer), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, importer);

	importer->own = vi915_kunit_create(test, exporter, VI915_ATTACH_PAGES);
	importer->dma_buf = vi915_kunit_export(test, importer->own);
	importer->attach = dma_buf_dynamic_attach(importer->dma_buf,
						  other->drm.dev, ops,
						  ops ? importer : NULL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, importer->attach);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, vi915_attach_detach,
						  importer));
	return importer;
}

static void vi915_attach_map(struct kunit *test,
			     struct vi915_attach_importer *importer)
{
	struct sg_table *sgt =
		dma_buf_map_attachment_unlocked(importer->attach,
						DMA_TO_DEVICE);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, sgt);
	importer->sgt = sgt;
}

/* The table has the object's frames, in order, and nothing else. */
static void vi915_attach_expect_table(struct kunit *test,
				      const struct vi915_attach_importer *from)
{
	struct sg_dma_page_iter iter;
	pgoff_t i = 0;

	for_each_sgtable_dma_page(from->sgt, &iter, 0) {
		KUNIT_ASSERT_LT(test, i, VI915_ATTACH_PAGES);
		KUNIT_EXPECT_EQ(test,
				PHYS_PFN(sg_page_iter_dma_address(&iter)),
				vi915_pages_frame(from->own, i));
		i++;
	}
	KUNIT_EXPECT_EQ(test, i, VI915_ATTACH_PAGES);
}

/* An importer that does not follow pins the pages while it is attached. */
static void vi915_attach_test_static_importer_pins(struct kunit *test)
{
	struct vi915_attach_importer *importer = vi915_attach_make(test, NULL);
	struct vi915_bo *own = importer->own;

	KUNIT_EXPECT_EQ(test, own->pages.users, 1);
	vi915_attach_map(test, importer);
	vi915_attach_expect_table(test, importer);
	KUNIT_EXPECT_EQ(test, own->pages.shares, 1);
	vi915_kunit_expect_unlisted(test, own);
	KUNIT_EXPECT_EQ(test, vi915_kunit_drop(own), -EBUSY);
	vi915_kunit_advise(own, VI915_MADV_DONTNEED);
	KUNIT_EXPECT_EQ(test, vi915_kunit_evict(own), -EBUSY);
	KUNIT_EXPECT_EQ(test, own->pages.madv, VI915_MADV_DONTNEED);
	vi915_attach_expect_table(test, importer);

	kunit_release_action(test, vi915_attach_detach, importer);
	KUNIT_EXPECT_EQ(test, own->pages.users, 0);
	KUNIT_EXPECT_EQ(test, own->pages.shares, 0);
	KUNIT_EXPECT_EQ(test, vi915_kunit_evict(own), 0);
	KUNIT_EXPECT_EQ(test, own->pages.madv, VI915_MADV_PURGED);
}

/*
 * Pinned pages serve all users, even if their owner has marked them DONTNEED: a
 * display goes on reading what it shows.
 */
static void vi915_attach_test_dontneed_while_pinned(struct kunit *test)
{
	struct vi915_attach_importer *importer = vi915_attach_make(test, NULL);
	struct iosys_map map;

	vi915_kunit_fill(test, importer->own, 1);
	KUNIT_EXPECT_EQ(test,
			vi915_kunit_advise(importer->own, VI915_MADV_DONTNEED),
			VI915_MADV_DONTNEED);
	vi915_attach_map(test, importer);
	vi915_attach_expect_table(test, importer);
	KUNIT_ASSERT_EQ(test, dma_buf_vmap_unlocked(importer->dma_buf, &map),
			0);
	dma_buf_vunmap_unlocked(importer->dma_buf, &map);
	vi915_kunit_expect_filled(test, importer->own, 1);
}

/* Purged contents cannot be pinned, nor attached to without following. */
static void vi915_attach_test_purged(struct kunit *test)
{
	struct vi915_device *exporter = vi915_kunit_gpu(test, 0);
	struct vi915_device *other = vi915_kunit_gpu(test, 1);
	struct vi915_bo *own =
		vi915_kunit_create(test, exporter, VI915_ATTACH_PAGES);
	struct dma_buf *dma_buf = vi915_kunit_export(test, own);

	vi915_kunit_advise(own, VI915_MADV_DONTNEED);
	KUNIT_EXPECT_PTR_EQ(test, dma_buf_attach(dma_buf, other->drm.dev),
			    ERR_PTR(-EFAULT));
	KUNIT_EXPECT_EQ(test, own->pages.users, 0);
	KUNIT_EXPECT_EQ(test, own->pages.shares, 0);
}

/* A following importer is told once, and can map the pages again. */
static void vi915_attach_test_importer_follows(struct kunit *test)
{
	struct vi915_attach_importer *importer =
		vi915_attach_make(test, &vi915_attach_ops);
	struct vi915_bo *own = importer->own;

	importer->follows = true;
	KUNIT_EXPECT_EQ(test, own->pages.users, 0);
	KUNIT_EXPECT_NULL(test, own->pages.frames);
	vi915_attach_map(test, importer);
	vi915_attach_expect_table(test, importer);

	KUNIT_EXPECT_EQ(test, vi915_kunit_drop(own), 0);
	KUNIT_EXPECT_EQ(test, importer->notified, 1);
	KUNIT_EXPECT_NULL(test, importer->sgt);
	KUNIT_EXPECT_NULL(test, own->pages.frames);

	vi915_attach_map(test, importer);
	vi915_attach_expect_table(test, importer);
}

/* Pages without a mapping can be dropped without a notice. */
static void vi915_attach_test_no_notice_without_mapping(struct kunit *test)
{
	struct vi915_attach_importer *importer =
		vi915_attach_make(test, &vi915_attach_ops);

	KUNIT_ASSERT_EQ(test, vi915_kunit_ensure(importer->own, DMA_TO_DEVICE),
			0);
	KUNIT_EXPECT_EQ(test, vi915_kunit_drop(importer->own), 0);
	KUNIT_EXPECT_EQ(test, importer->notified, 0);
}

/* An importer that keeps its mapping keeps the pages from moving. */
static void vi915_attach_test_importer_keeps_mapping(struct kunit *test)
{
	struct vi915_attach_importer *importer =
		vi915_attach_make(test, &vi915_attach_ops);
	struct vi915_bo *own = importer->own;

	vi915_attach_map(test, importer);
	KUNIT_EXPECT_EQ(test, vi915_kunit_drop(own), -EBUSY);
	KUNIT_EXPECT_EQ(test, importer->notified, 1);
	KUNIT_EXPECT_EQ(test, own->pages.shares, 1);
	vi915_attach_expect_table(test, importer);
}

static int vi915_attach_pin(struct vi915_attach_importer *importer)
{
	int ret;

	dma_resv_lock(importer->dma_buf->resv, NULL);
	ret = dma_buf_pin(importer->attach);
	dma_resv_unlock(importer->dma_buf->resv);
	return ret;
}

static void vi915_attach_unpin(struct vi915_attach_importer *importer)
{
	dma_resv_lock(importer->dma_buf->resv, NULL);
	dma_buf_unpin(importer->attach);
	dma_resv_unlock(importer->dma_buf->resv);
}

/* Pinned pages do not move, and their importer gets no notice. */
static void vi915_attach_test_pin(struct kunit *test)
{
	struct vi915_attach_importer *importer =
		vi915_attach_make(test, &vi915_attach_ops);
	struct vi915_bo *own = importer->own;

	importer->follows = true;
	KUNIT_ASSERT_EQ(test, vi915_attach_pin(importer), 0);
	KUNIT_EXPECT_EQ(test, own->pages.users, 1);
	KUNIT_EXPECT_NOT_NULL(test, own->pages.frames);
	KUNIT_EXPECT_EQ(test, vi915_kunit_drop(own), -EBUSY);
	KUNIT_EXPECT_EQ(test, importer->notified, 0);
	vi915_attach_unpin(importer);
	KUNIT_EXPECT_EQ(test, own->pages.users, 0);
	KUNIT_EXPECT_EQ(test, vi915_kunit_drop(own), 0);
}

static struct kunit_case vi915_attach_cases[] = {
	KUNIT_CASE(vi915_attach_test_dontneed_while_pinned),
	KUNIT_CASE(vi915_attach_test_importer_follows),
	KUNIT_CASE(vi915_attach_test_importer_keeps_mapping),
	KUNIT_CASE(vi915_attach_test_no_notice_without_mapping),
	KUNIT_CASE(vi915_attach_test_pin),
	KUNIT_CASE(vi915_attach_test_purged),
	KUNIT_CASE(vi915_attach_test_static_importer_pins),
	{}
};

static struct kunit_suite vi915_attach_suite = {
	.name = "vi915_attach",
	.test_cases = vi915_attach_cases,
};

kunit_test_suite(vi915_attach_suite);
