// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_gem.h>
#include <drm/drm_prime.h>
#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/device.h>
#include <linux/dma-buf.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/iosys-map.h>
#include <linux/kref.h>
#include <linux/scatterlist.h>
#include <uapi/drm/i915_drm.h>

#include "../vi915_device.h"
#include "../vi915_dmabuf.h"
#include "../vi915_export.h"
#include "../vi915_gem.h"
#include "helpers.h"

#define VI915_DMABUF_PAGES	5

/* An object of one GPU, and its import on another GPU. */
struct vi915_dmabuf_pair {
	struct vi915_device *exporter;
	struct vi915_device *importer;
	struct vi915_bo *own;
	struct dma_buf *dma_buf;
	struct vi915_bo *import;
};

static struct vi915_dmabuf_pair *vi915_dmabuf_share(struct kunit *test)
{
	struct vi915_dmabuf_pair *pair;

	pair = kunit_kzalloc(test, sizeof(*pair), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, pair);

	pair->exporter = vi915_kunit_gpu(test, 0);
	pair->importer = vi915_kunit_gpu(test, 1);
	pair->own = vi915_kunit_create(test, pair->exporter,
				       VI915_DMABUF_PAGES);
	pair->dma_buf = vi915_kunit_export(test, pair->own);
	pair->import = vi915_kunit_import(test, pair->importer, pair->dma_buf);
	return pair;
}

static void vi915_dmabuf_expect_unmapped(struct kunit *test,
					 const struct vi915_bo *import)
{
	KUNIT_EXPECT_NULL(test, import->pages.frames);
	KUNIT_EXPECT_NULL(test, import->pages.sgt);
	KUNIT_EXPECT_EQ(test, import->pages.dir, DMA_NONE);
}

/* A dma-buf refers to the object and holds it. */
static void vi915_dmabuf_test_export(struct kunit *test)
{
	struct vi915_device *gpu = vi915_kunit_gpu(test, 0);
	struct vi915_bo *bo = vi915_kunit_create(test, gpu, VI915_DMABUF_PAGES);
	struct dma_buf *dma_buf = vi915_kunit_export(test, bo);

	KUNIT_EXPECT_EQ(test, dma_buf->size, bo->base.size);
	KUNIT_EXPECT_PTR_EQ(test, dma_buf->resv, bo->base.resv);
	KUNIT_EXPECT_TRUE(test, dma_buf_is_dynamic(dma_buf));
	KUNIT_EXPECT_STREQ(test, dma_buf->exp_name, "vi915");
	KUNIT_EXPECT_EQ(test, list_count_nodes(&bo->exports), 1);
	KUNIT_EXPECT_EQ(test, kref_read(&bo->base.refcount), 2);
	KUNIT_EXPECT_NULL(test, bo->pages.frames);

	vi915_kunit_put_dmabuf(test, dma_buf);
	KUNIT_EXPECT_TRUE(test, list_empty(&bo->exports));
	KUNIT_EXPECT_EQ(test, kref_read(&bo->base.refcount), 1);
}

/* Rule R1, also when the DRM core has forgotten the first dma-buf. */
static void vi915_dmabuf_test_export_twice(struct kunit *test)
{
	struct vi915_device *gpu = vi915_kunit_gpu(test, 0);
	struct vi915_bo *bo = vi915_kunit_create(test, gpu, VI915_DMABUF_PAGES);
	struct dma_buf *first, *again;

	bo->base.handle_count = 1;
	KUNIT_ASSERT_EQ(test, vi915_export_keep(bo), 0);
	first = vi915_kunit_export(test, bo);
	again = vi915_dmabuf_export(&bo->base, O_RDWR);
	KUNIT_ASSERT_PTR_EQ(test, again, first);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&bo->exports), 1);

	/* Without other users, the framebuffer keeps it. */
	dma_buf_put(again);
	vi915_kunit_put_dmabuf(test, first);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&bo->exports), 1);
	KUNIT_EXPECT_EQ(test, kref_read(&bo->base.refcount), 2);

	vi915_export_unkeep(bo);
	flush_delayed_fput();
	KUNIT_EXPECT_TRUE(test, list_empty(&bo->exports));
	KUNIT_EXPECT_EQ(test, kref_read(&bo->base.refcount), 1);
}

/* The DRM core knows a dma-buf already when the framebuffer is made. */
static void vi915_dmabuf_test_export_before_keep(struct kunit *test)
{
	struct vi915_device *gpu = vi915_kunit_gpu(test, 0);
	struct vi915_bo *bo = vi915_kunit_create(test, gpu, VI915_DMABUF_PAGES);
	struct dma_buf *first = vi915_kunit_export(test, bo), *again;

	KUNIT_EXPECT_EQ(test, vi915_export_keep(bo), -ENOENT);
	bo->base.handle_count = 1;
	bo->base.dma_buf = first;
	KUNIT_ASSERT_EQ(test, vi915_export_keep(bo), 0);
	bo->base.dma_buf = NULL;
	bo->base.handle_count = 0;

	again = vi915_dmabuf_export(&bo->base, O_RDWR);
	KUNIT_EXPECT_PTR_EQ(test, again, first);
	dma_buf_put(again);
	vi915_export_unkeep(bo);
	vi915_kunit_put_dmabuf(test, first);
	KUNIT_EXPECT_TRUE(test, list_empty(&bo->exports));
}

/* Its last file is closed, and release() waits for the reservation. */
static void vi915_dmabuf_test_export_on_its_way_out(struct kunit *test)
{
	struct vi915_device *gpu = vi915_kunit_gpu(test, 0);
	struct vi915_bo *bo = vi915_kunit_create(test, gpu, VI915_DMABUF_PAGES);
	struct dma_buf *dma_buf = vi915_dmabuf_export(&bo->base, O_RDWR);
	unsigned long ino;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dma_buf);
	ino = file_inode(dma_buf->file)->i_ino;

	dma_resv_lock(bo->base.resv, NULL);
	dma_buf_put(dma_buf);
	/*
	 * A dma-buf that must not be used any more still has its inode number.
	 */
	KUNIT_EXPECT_EQ(test, vi915_export_ino(bo), ino);
	vi915_export_notify(bo);
	vi915_bo_unlock(bo);

	flush_delayed_fput();
	KUNIT_EXPECT_TRUE(test, list_empty(&bo->exports));
	dma_resv_lock(bo->base.resv, NULL);
	KUNIT_EXPECT_EQ(test, vi915_export_ino(bo), 0);
	vi915_bo_unlock(bo);
}

/* Rule R7: a GPU recognises its own objects. */
static void vi915_dmabuf_test_import_of_own(struct kunit *test)
{
	struct vi915_device *gpu = vi915_kunit_gpu(test, 0);
	struct vi915_bo *bo = vi915_kunit_create(test, gpu, VI915_DMABUF_PAGES);
	struct dma_buf *dma_buf = vi915_kunit_export(test, bo);
	struct vi915_bo *again = vi915_kunit_import(test, gpu, dma_buf);

	KUNIT_EXPECT_PTR_EQ(test, again, bo);
	KUNIT_EXPECT_NULL(test, bo->base.import_attach);
	KUNIT_EXPECT_EQ(test, kref_read(&bo->base.refcount), 3);
}

/* Another GPU gets an import, which attaches but maps nothing. */
static void vi915_dmabuf_test_import_maps_nothing(struct kunit *test)
{
	struct vi915_dmabuf_pair *pair = vi915_dmabuf_share(test);

	KUNIT_ASSERT_PTR_NE(test, pair->import, pair->own);
	KUNIT_EXPECT_PTR_EQ(test, pair->import->base.dev, &pair->importer->drm);
	KUNIT_EXPECT_EQ(test, pair->import->base.size, pair->own->base.size);
	KUNIT_EXPECT_PTR_EQ(test, pair->import->base.resv,
			    pair->own->base.resv);
	KUNIT_EXPECT_EQ(test, pair->import->pages.kind, VI915_PAGES_IMPORT);
	vi915_dmabuf_expect_unmapped(test, pair->import);
	KUNIT_EXPECT_NULL(test, pair->own->pages.frames);
	KUNIT_EXPECT_EQ(test, pair->own->pages.users, 0);
	KUNIT_EXPECT_EQ(test, pair->own->pages.shares, 0);
}

/* Both sides use the same pages, so nothing is copied. */
static void vi915_dmabuf_test_same_frames(struct kunit *test)
{
	struct vi915_dmabuf_pair *pair = vi915_dmabuf_share(test);

	KUNIT_ASSERT_EQ(test, vi915_kunit_ensure(pair->import, DMA_TO_DEVICE),
			0);
	KUNIT_EXPECT_EQ(test, pair->own->pages.shares, 1);
	KUNIT_EXPECT_EQ(test, pair->own->pages.users, 0);
	vi915_kunit_expect_same_frames(test, pair->own, pair->import);
	KUNIT_EXPECT_PTR_EQ(test, pair->import->base.lru,
			    &pair->importer->evictable);

	vi915_kunit_fill(test, pair->own, 1);
	vi915_kunit_expect_filled(test, pair->import, 1);
	vi915_kunit_fill(test, pair->import, 2);
	vi915_kunit_expect_filled(test, pair->own, 2);
}

/* Dropping an import unmaps it only; the exporter keeps its pages. */
static void vi915_dmabuf_test_importer_drops(struct kunit *test)
{
	struct vi915_dmabuf_pair *pair = vi915_dmabuf_share(test);

	KUNIT_ASSERT_EQ(test, vi915_kunit_ensure(pair->import, DMA_TO_DEVICE),
			0);
	KUNIT_EXPECT_EQ(test, vi915_kunit_evict(pair->import), 0);
	vi915_dmabuf_expect_unmapped(test, pair->import);
	KUNIT_EXPECT_EQ(test, pair->own->pages.shares, 0);
	KUNIT_EXPECT_NOT_NULL(test, pair->own->pages.frames);
}

/* Moving pages unmaps every import; the next use maps it again. */
static void vi915_dmabuf_test_move_notify(struct kunit *test)
{
	struct vi915_dmabuf_pair *pair = vi915_dmabuf_share(test);
	struct vi915_bo *second =
		vi915_kunit_import(test, pair->importer, pair->dma_buf);

	vi915_kunit_fill(test, pair->own, 3);
	KUNIT_ASSERT_EQ(test, vi915_kunit_ensure(pair->import, DMA_TO_DEVICE),
			0);
	KUNIT_ASSERT_EQ(test, vi915_kunit_ensure(second, DMA_BIDIRECTIONAL), 0);
	KUNIT_EXPECT_EQ(test, pair->own->pages.shares, 2);

	KUNIT_EXPECT_EQ(test, vi915_kunit_drop(pair->own), 0);
	KUNIT_EXPECT_NULL(test, pair->own->pages.frames);
	KUNIT_EXPECT_EQ(test, pair->own->pages.shares, 0);
	vi915_dmabuf_expect_unmapped(test, pair->import);
	vi915_dmabuf_expect_unmapped(test, second);

	KUNIT_ASSERT_EQ(test, vi915_kunit_ensure(pair->import, DMA_TO_DEVICE),
			0);
	vi915_kunit_expect_same_frames(test, pair->own, pair->import);
	vi915_kunit_expect_filled(test, pair->import, 3);
}

/* Pages that an importer uses cannot move. */
static void vi915_dmabuf_test_move_refused_in_use(struct kunit *test)
{
	struct vi915_dmabuf_pair *pair = vi915_dmabuf_share(test);

	KUNIT_ASSERT_EQ(test,
			vi915_kunit_get(test, pair->import, DMA_TO_DEVICE), 0);
	KUNIT_EXPECT_EQ(test, vi915_kunit_drop(pair->own), -EBUSY);
	vi915_kunit_expect_same_frames(test, pair->own, pair->import);
	vi915_kunit_put(test, pair->import);
	KUNIT_EXPECT_EQ(test, vi915_kunit_drop(pair->own), 0);
	vi915_dmabuf_expect_unmapped(test, pair->import);
}

/* Purged contents are gone for importers too. */
static void vi915_dmabuf_test_purge_reaches_importer(struct kunit *test)
{
	struct vi915_dmabuf_pair *pair = vi915_dmabuf_share(test);
	struct iosys_map map;

	KUNIT_ASSERT_EQ(test, vi915_kunit_ensure(pair->import, DMA_TO_DEVICE),
			0);
	vi915_kunit_advise(pair->own, VI915_MADV_DONTNEED);
	KUNIT_EXPECT_EQ(test, vi915_kunit_evict(pair->own), 0);
	KUNIT_EXPECT_EQ(test, pair->own->pages.madv, VI915_MADV_PURGED);
	vi915_dmabuf_expect_unmapped(test, pair->import);

	KUNIT_EXPECT_EQ(test, vi915_kunit_ensure(pair->import, DMA_TO_DEVICE),
			-EFAULT);
	KUNIT_EXPECT_EQ(test, drm_gem_vmap_unlocked(&pair->import->base, &map),
			-EFAULT);
	vi915_dmabuf_expect_unmapped(test, pair->import);
	KUNIT_EXPECT_EQ(test, pair->own->pages.shares, 0);
	KUNIT_EXPECT_EQ(test, pair->own->pages.users, 0);
}

/* An importer cannot purge its exporter's contents. */
static void vi915_dmabuf_test_importer_cannot_purge(struct kunit *test)
{
	struct vi915_dmabuf_pair *pair = vi915_dmabuf_share(test);

	vi915_kunit_fill(test, pair->own, 4);
	KUNIT_ASSERT_EQ(test, vi915_kunit_ensure(pair->import, DMA_TO_DEVICE),
			0);
	vi915_kunit_advise(pair->import, VI915_MADV_DONTNEED);
	KUNIT_EXPECT_EQ(test, vi915_kunit_evict(pair->import), 0);
	KUNIT_EXPECT_EQ(test,
			vi915_kunit_advise(pair->import, VI915_MADV_WILLNEED),
			VI915_MADV_WILLNEED);
	KUNIT_EXPECT_EQ(test, pair->own->pages.madv, VI915_MADV_WILLNEED);
	vi915_kunit_expect_filled(test, pair->own, 4);
	vi915_kunit_expect_filled(test, pair->import, 4);
}

/* Both sides share one kernel mapping, made by the exporter. */
static void vi915_dmabuf_test_vmap_counts(struct kunit *test)
{
	struct vi915_dmabuf_pair *pair = vi915_dmabuf_share(test);
	struct iosys_map a, b;

	KUNIT_ASSERT_EQ(test, drm_gem_vmap_unlocked(&pair->import->base, &a),
			0);
	KUNIT_EXPECT_EQ(test, pair->own->vmap.users, 1);
	KUNIT_ASSERT_EQ(test, drm_gem_vmap_unlocked(&pair->own->base, &b), 0);
	KUNIT_EXPECT_EQ(test, pair->own->vmap.users, 2);
	KUNIT_EXPECT_TRUE(test, iosys_map_is_equal(&a, &b));
	KUNIT_EXPECT_EQ(test, vi915_kunit_drop(pair->own), -EBUSY);
	drm_gem_vunmap_unlocked(&pair->import->base, &a);
	KUNIT_EXPECT_EQ(test, pair->own->vmap.users, 1);
	drm_gem_vunmap_unlocked(&pair->own->base, &b);
	KUNIT_EXPECT_EQ(test, pair->own->vmap.users, 0);
	KUNIT_EXPECT_EQ(test, vi915_kunit_drop(pair->own), 0);
}

/* The last holder of a buffer still reads the first contents. */
static void vi915_dmabuf_test_import_is_last(struct kunit *test)
{
	struct vi915_dmabuf_pair *pair = vi915_dmabuf_share(test);

	vi915_kunit_fill(test, pair->own, 5);
	vi915_kunit_put_bo(test, pair->own);
	vi915_kunit_put_dmabuf(test, pair->dma_buf);
	KUNIT_EXPECT_EQ(test, vi915_kunit_ensure(pair->import, DMA_TO_DEVICE),
			0);
	vi915_kunit_expect_filled(test, pair->import, 5);
}

static void vi915_dmabuf_test_exporter_is_last(struct kunit *test)
{
	struct vi915_dmabuf_pair *pair = vi915_dmabuf_share(test);

	vi915_kunit_fill(test, pair->import, 6);
	KUNIT_EXPECT_EQ(test, vi915_kunit_ensure(pair->import, DMA_TO_DEVICE),
			0);
	vi915_kunit_put_bo(test, pair->import);
	KUNIT_EXPECT_EQ(test, pair->own->pages.shares, 0);
	vi915_kunit_put_dmabuf(test, pair->dma_buf);
	KUNIT_EXPECT_TRUE(test, list_empty(&pair->own->exports));
	vi915_kunit_expect_filled(test, pair->own, 6);
}

/* Rule R8: a CPU access moves the object to the CPU's domain and back. */
static void vi915_dmabuf_test_cpu_access(struct kunit *test)
{
	struct vi915_dmabuf_pair *pair = vi915_dmabuf_share(test);
	struct vi915_domain *domain = &pair->own->domain;

	KUNIT_EXPECT_EQ(test,
			dma_buf_begin_cpu_access(pair->dma_buf,
						 DMA_BIDIRECTIONAL),
			0);
	KUNIT_EXPECT_EQ(test, domain->read, I915_GEM_DOMAIN_CPU);
	KUNIT_EXPECT_EQ(test, domain->write, I915_GEM_DOMAIN_CPU);
	KUNIT_EXPECT_NOT_NULL(test, pair->own->pages.frames);
	KUNIT_EXPECT_EQ(test,
			dma_buf_end_cpu_access(pair->dma_buf,
					       DMA_BIDIRECTIONAL),
			0);
	KUNIT_EXPECT_EQ(test, domain->write, 0);

	KUNIT_EXPECT_EQ(test,
			dma_buf_begin_cpu_access(pair->dma_buf,
						 DMA_FROM_DEVICE),
			0);
	KUNIT_EXPECT_EQ(test, domain->read & I915_GEM_DOMAIN_CPU,
			I915_GEM_DOMAIN_CPU);
	KUNIT_EXPECT_EQ(test, domain->write, 0);
	KUNIT_EXPECT_EQ(test,
			dma_buf_end_cpu_access(pair->dma_buf, DMA_FROM_DEVICE),
			0);
}

static struct kunit_case vi915_dmabuf_cases[] = {
	KUNIT_CASE(vi915_dmabuf_test_cpu_access),
	KUNIT_CASE(vi915_dmabuf_test_export),
	KUNIT_CASE(vi915_dmabuf_test_export_on_its_way_out),
	KUNIT_CASE(vi915_dmabuf_test_export_before_keep),
	KUNIT_CASE(vi915_dmabuf_test_export_twice),
	KUNIT_CASE(vi915_dmabuf_test_exporter_is_last),
	KUNIT_CASE(vi915_dmabuf_test_import_is_last),
	KUNIT_CASE(vi915_dmabuf_test_import_maps_nothing),
	KUNIT_CASE(vi915_dmabuf_test_import_of_own),
	KUNIT_CASE(vi915_dmabuf_test_importer_cannot_purge),
	KUNIT_CASE(vi915_dmabuf_test_importer_drops),
	KUNIT_CASE(vi915_dmabuf_test_move_notify),
	KUNIT_CASE(vi915_dmabuf_test_move_refused_in_use),
	KUNIT_CASE(vi915_dmabuf_test_purge_reaches_importer),
	KUNIT_CASE(vi915_dmabuf_test_same_frames),
	KUNIT_CASE(vi915_dmabuf_test_vmap_counts),
	{}
};

static struct kunit_suite vi915_dmabuf_suite = {
	.name = "vi915_dmabuf",
	.test_cases = vi915_dmabuf_cases,
};

kunit_test_suite(vi915_dmabuf_suite);
