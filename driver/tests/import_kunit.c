// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_gem.h>
#include <kunit/test.h>
#include <linux/iosys-map.h>
#include <linux/limits.h>
#include <linux/mm.h>

#include "../vi915_device.h"
#include "../vi915_dmabuf.h"
#include "../vi915_gem.h"
#include "exporter.h"
#include "helpers.h"

/* An object of GPU 0 that imports the exporter's buffer. */
static struct vi915_bo *vi915_import_bo(struct kunit *test,
					struct vi915_exporter *exporter)
{
	struct vi915_device *gpu = vi915_kunit_gpu(test, 0);
	struct dma_buf *dma_buf =
		vi915_exporter_export(test, exporter, VI915_EXPORTER_BYTES);

	return vi915_kunit_import(test, gpu, dma_buf);
}

static void vi915_import_expect_absent(struct kunit *test,
				       const struct vi915_bo *bo)
{
	KUNIT_EXPECT_NULL(test, bo->pages.frames);
	KUNIT_EXPECT_NULL(test, bo->pages.sgt);
	KUNIT_EXPECT_EQ(test, bo->pages.dir, DMA_NONE);
	vi915_kunit_expect_unlisted(test, bo);
}

/* An import only attaches; freeing it detaches. */
static void vi915_import_test_attach(struct kunit *test)
{
	struct vi915_exporter *exporter = vi915_exporter_create(test);
	struct vi915_bo *bo = vi915_import_bo(test, exporter);

	KUNIT_EXPECT_EQ(test, bo->base.size, VI915_EXPORTER_BYTES);
	KUNIT_EXPECT_EQ(test, bo->pages.kind, VI915_PAGES_IMPORT);
	KUNIT_EXPECT_EQ(test, exporter->attached, 1);
	KUNIT_EXPECT_EQ(test, exporter->mapped, 0);
	vi915_import_expect_absent(test, bo);

	KUNIT_EXPECT_EQ(test, vi915_kunit_ensure(bo, DMA_TO_DEVICE), 0);
	vi915_kunit_put_bo(test, bo);
	KUNIT_EXPECT_EQ(test, exporter->attached, 0);
	KUNIT_EXPECT_EQ(test, exporter->unmapped, 1);
}

static const int vi915_import_errors[] = {
	-EAGAIN, -EBUSY, -EINTR, -EIO, -ENODEV, -ENOMEM, -EPERM,
};

/* The importer returns the exporter's errno of an attachment. */
static void vi915_import_test_attach_error(struct kunit *test)
{
	struct vi915_exporter *exporter = vi915_exporter_create(test);
	struct vi915_device *gpu = vi915_kunit_gpu(test, 0);
	struct dma_buf *dma_buf =
		vi915_exporter_export(test, exporter, VI915_EXPORTER_BYTES);

	exporter->attach_error = *(const int *)test->param_value;
	KUNIT_EXPECT_PTR_EQ(test, vi915_dmabuf_import(&gpu->drm, dma_buf),
			    ERR_PTR(exporter->attach_error));
}

struct vi915_import_size_case {
	const char *name;
	size_t size;
	int ret;
};

static const struct vi915_import_size_case vi915_import_size_cases[] = {
	{ "nothing", 0, -EINVAL },
	{ "half_a_page", PAGE_SIZE / 2, -EINVAL },
	{ "one_page_and_a_byte", PAGE_SIZE + 1, -EINVAL },
	{ "more_than_an_int_counts", ((size_t)INT_MAX + 1) << PAGE_SHIFT,
	  -E2BIG },
};

/* An impossible length is refused without asking the exporter. */
static void vi915_import_test_size(struct kunit *test)
{
	const struct vi915_import_size_case *row = test->param_value;
	struct vi915_exporter *exporter = vi915_exporter_create(test);
	struct vi915_device *gpu = vi915_kunit_gpu(test, 0);
	struct dma_buf *dma_buf =
		vi915_exporter_export(test, exporter, row->size);

	exporter->attach_error = -EIO;
	KUNIT_EXPECT_PTR_EQ(test, vi915_dmabuf_import(&gpu->drm, dma_buf),
			    ERR_PTR(row->ret));
}

struct vi915_import_table_case {
	const char *name;
	/* Result of the importer for this table. */
	int ret;
	struct vi915_exporter_table table;
};

static const struct vi915_import_table_case vi915_import_table_cases[] = {
	{ "page_by_page", 0,
	  { .entries = VI915_EXPORTER_PAGES, .bytes = PAGE_SIZE } },
	{ "backwards", 0,
	  { .entries = VI915_EXPORTER_PAGES, .bytes = PAGE_SIZE,
	    .backwards = true } },
	{ "one_entry", 0, { .entries = 1, .bytes = VI915_EXPORTER_BYTES } },
	{ "pieces_of_a_huge_page", 0,
	  { .entries = VI915_EXPORTER_PAGES, .bytes = PAGE_SIZE,
	    .backwards = true, .offsets = true } },
	{ "no_entry", -EINVAL, { .entries = 0 } },
	{ "one_page_missing", -EINVAL,
	  { .entries = VI915_EXPORTER_PAGES - 1, .bytes = PAGE_SIZE } },
	{ "one_page_too_many", -EINVAL,
	  { .entries = VI915_EXPORTER_PAGES + 1, .bytes = PAGE_SIZE } },
	{ "all_twice", -EINVAL, { .entries = 2, .bytes = VI915_EXPORTER_BYTES } },
	{ "half_pages", -EINVAL,
	  { .entries = VI915_EXPORTER_PAGES, .bytes = PAGE_SIZE / 2 } },
	{ "all_as_half_pages", -EINVAL,
	  { .entries = 2 * VI915_EXPORTER_PAGES, .bytes = PAGE_SIZE / 2 } },
	{ "a_byte_short", -EINVAL,
	  { .entries = 1, .bytes = VI915_EXPORTER_BYTES - 1 } },
	{ "a_byte_long", -EINVAL,
	  { .entries = 1, .bytes = VI915_EXPORTER_BYTES + 1 } },
	{ "addresses_off_by_a_byte", -EINVAL,
	  { .entries = VI915_EXPORTER_PAGES, .bytes = PAGE_SIZE, .skew = 1 } },
	{ "addresses_off_by_half_a_page", -EINVAL,
	  { .entries = VI915_EXPORTER_PAGES, .bytes = PAGE_SIZE,
	    .skew = PAGE_SIZE / 2 } },
	{ "error_eagain", -EAGAIN, { .error = -EAGAIN } },
	{ "error_eintr", -EINTR, { .error = -EINTR } },
	{ "error_eio", -EIO, { .error = -EIO } },
	{ "error_enomem", -ENOMEM, { .error = -ENOMEM } },
};

static void vi915_import_expect_frames(struct kunit *test,
				       const struct vi915_bo *bo,
				       const struct vi915_exporter *from)
{
	unsigned long first = page_to_pfn(from->block), page;
	pgoff_t i;

	for (i = 0; i < VI915_EXPORTER_PAGES; i++) {
		page = from->table->backwards ? VI915_EXPORTER_PAGES - 1 - i : i;
		KUNIT_EXPECT_EQ(test, vi915_pages_frame(bo, i), first + page);
	}
}

/*
 * A good table gives the exporter's frames in order. A bad one is given back
 * and leaves no trace: a good one is accepted afterwards.
 */
static void vi915_import_test_table(struct kunit *test)
{
	const struct vi915_import_table_case *row = test->param_value;
	struct vi915_exporter *exporter = vi915_exporter_create(test);
	struct vi915_bo *bo = vi915_import_bo(test, exporter);

	exporter->table = &row->table;
	KUNIT_ASSERT_EQ(test, vi915_kunit_ensure(bo, DMA_BIDIRECTIONAL),
			row->ret);
	if (!row->ret) {
		vi915_import_expect_frames(test, bo, exporter);
		KUNIT_EXPECT_EQ(test, vi915_kunit_drop(bo), 0);
	}
	KUNIT_EXPECT_EQ(test, exporter->unmapped, exporter->mapped);
	vi915_import_expect_absent(test, bo);

	exporter->table = &vi915_exporter_good_table;
	KUNIT_ASSERT_EQ(test, vi915_kunit_ensure(bo, DMA_BIDIRECTIONAL), 0);
	vi915_import_expect_frames(test, bo, exporter);
}

/* Addresses outside of memory, which batches cannot reach, set @bare. */
static void vi915_import_test_bare(struct kunit *test)
{
	static const struct vi915_exporter_table bad = { .entries = 0 }, far = {
		.entries = VI915_EXPORTER_PAGES, .bytes = PAGE_SIZE,
		.skew = U32_MAX - PAGE_SIZE + 1,
	};
	struct vi915_exporter *exporter = vi915_exporter_create(test);
	struct vi915_bo *bo = vi915_import_bo(test, exporter);

	exporter->table = &far;
	KUNIT_ASSERT_EQ(test, vi915_kunit_ensure(bo, DMA_BIDIRECTIONAL), 0);
	KUNIT_EXPECT_TRUE(test, bo->pages.bare);
	KUNIT_EXPECT_EQ(test, vi915_kunit_drop(bo), 0);

	exporter->table = &bad;
	KUNIT_EXPECT_EQ(test, vi915_kunit_ensure(bo, DMA_BIDIRECTIONAL),
			-EINVAL);
	exporter->table = &vi915_exporter_good_table;
	KUNIT_ASSERT_EQ(test, vi915_kunit_ensure(bo, DMA_BIDIRECTIONAL), 0);
	KUNIT_EXPECT_FALSE(test, bo->pages.bare);
}

struct vi915_import_dir_case {
	const char *name;
	enum dma_data_direction first;
	bool held;
	enum dma_data_direction second;
	int ret;
	/* Number of mappings at the end, and their last direction. */
	unsigned int mapped;
	enum dma_data_direction dir;
};

static const struct vi915_import_dir_case vi915_import_dir_cases[] = {
	{ "read_read", DMA_TO_DEVICE, false, DMA_TO_DEVICE, 0,
	  1, DMA_TO_DEVICE },
	{ "read_write", DMA_TO_DEVICE, false, DMA_BIDIRECTIONAL, 0,
	  2, DMA_BIDIRECTIONAL },
	{ "write_read", DMA_BIDIRECTIONAL, false, DMA_TO_DEVICE, 0,
	  1, DMA_BIDIRECTIONAL },
	{ "write_write", DMA_BIDIRECTIONAL, false, DMA_BIDIRECTIONAL, 0,
	  1, DMA_BIDIRECTIONAL },
	{ "read_write_only", DMA_TO_DEVICE, false, DMA_FROM_DEVICE, 0,
	  2, DMA_BIDIRECTIONAL },
	{ "write_only_read", DMA_FROM_DEVICE, false, DMA_TO_DEVICE, 0,
	  2, DMA_BIDIRECTIONAL },
	{ "held_read_read", DMA_TO_DEVICE, true, DMA_TO_DEVICE, 0,
	  1, DMA_TO_DEVICE },
	{ "held_read_write", DMA_TO_DEVICE, true, DMA_BIDIRECTIONAL, -EBUSY,
	  1, DMA_TO_DEVICE },
	{ "held_write_read", DMA_BIDIRECTIONAL, true, DMA_TO_DEVICE, 0,
	  1, DMA_BIDIRECTIONAL },
};

/* Rule R6: a wider use maps again, a narrower one keeps the mapping. */
static void vi915_import_test_direction(struct kunit *test)
{
	const struct vi915_import_dir_case *row = test->param_value;
	struct vi915_exporter *exporter = vi915_exporter_create(test);
	struct vi915_bo *bo = vi915_import_bo(test, exporter);

	if (row->held)
		KUNIT_ASSERT_EQ(test, vi915_kunit_get(test, bo, row->first), 0);
	else
		KUNIT_ASSERT_EQ(test, vi915_kunit_ensure(bo, row->first), 0);
	KUNIT_EXPECT_EQ(test, exporter->dir, row->first);

	KUNIT_EXPECT_EQ(test, vi915_kunit_ensure(bo, row->second), row->ret);
	KUNIT_EXPECT_EQ(test, bo->pages.dir, row->dir);
	KUNIT_EXPECT_EQ(test, exporter->dir, row->dir);
	KUNIT_EXPECT_EQ(test, exporter->mapped, row->mapped);
	KUNIT_EXPECT_EQ(test, exporter->unmapped, row->mapped - 1);
}

/*
 * An exporter may cache the first mapping while there is an attachment, and
 * then refuse another direction: so the first is for both directions.
 */
static void vi915_import_test_direction_of_cache(struct kunit *test)
{
	struct vi915_exporter *exporter = vi915_exporter_create(test);
	struct vi915_bo *bo;

	exporter->ops.cache_sgt_mapping = true;
	bo = vi915_import_bo(test, exporter);
	KUNIT_ASSERT_EQ(test, vi915_kunit_ensure(bo, DMA_TO_DEVICE), 0);
	KUNIT_EXPECT_EQ(test, exporter->dir, DMA_BIDIRECTIONAL);
	KUNIT_EXPECT_EQ(test, vi915_kunit_ensure(bo, DMA_BIDIRECTIONAL), 0);
	KUNIT_EXPECT_EQ(test, vi915_kunit_drop(bo), 0);
	KUNIT_EXPECT_EQ(test, vi915_kunit_ensure(bo, DMA_FROM_DEVICE), 0);
	KUNIT_EXPECT_EQ(test, exporter->mapped, 1);
	KUNIT_EXPECT_EQ(test, exporter->unmapped, 0);

	vi915_kunit_put_bo(test, bo);
	KUNIT_EXPECT_EQ(test, exporter->unmapped, 1);
}

/* The kernel mapping of an import comes from its exporter, once. */
static void vi915_import_test_vmap(struct kunit *test)
{
	struct vi915_exporter *exporter = vi915_exporter_create(test);
	struct vi915_bo *bo = vi915_import_bo(test, exporter);
	struct iosys_map a, b;

	KUNIT_ASSERT_EQ(test, drm_gem_vmap_unlocked(&bo->base, &a), 0);
	KUNIT_EXPECT_EQ(test, drm_gem_vmap_unlocked(&bo->base, &b), 0);
	KUNIT_EXPECT_EQ(test, exporter->vmapped, 1);
	KUNIT_EXPECT_PTR_EQ(test, a.vaddr, page_address(exporter->block));
	KUNIT_EXPECT_PTR_EQ(test, b.vaddr, a.vaddr);
	drm_gem_vunmap_unlocked(&bo->base, &b);
	KUNIT_EXPECT_EQ(test, exporter->vmapped, 1);
	drm_gem_vunmap_unlocked(&bo->base, &a);
	KUNIT_EXPECT_EQ(test, exporter->vmapped, 0);
}

/* If the exporter offers no vmap, there is none. */
static void vi915_import_test_vmap_refused(struct kunit *test)
{
	struct vi915_exporter *exporter = vi915_exporter_create(test);
	struct iosys_map map;
	struct vi915_bo *bo;

	exporter->ops.vmap = NULL;
	exporter->ops.vunmap = NULL;
	bo = vi915_import_bo(test, exporter);
	KUNIT_EXPECT_EQ(test, drm_gem_vmap_unlocked(&bo->base, &map), -EINVAL);
}

static void vi915_import_describe_error(const int *error, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "errno_%d", -*error);
}

KUNIT_ARRAY_PARAM(vi915_import_error, vi915_import_errors,
		  vi915_import_describe_error);
KUNIT_ARRAY_PARAM_DESC(vi915_import_dir, vi915_import_dir_cases, name);
KUNIT_ARRAY_PARAM_DESC(vi915_import_size, vi915_import_size_cases, name);
KUNIT_ARRAY_PARAM_DESC(vi915_import_table, vi915_import_table_cases, name);

static struct kunit_case vi915_import_cases[] = {
	KUNIT_CASE(vi915_import_test_attach),
	KUNIT_CASE_PARAM(vi915_import_test_attach_error,
			 vi915_import_error_gen_params),
	KUNIT_CASE_PARAM(vi915_import_test_direction,
			 vi915_import_dir_gen_params),
	KUNIT_CASE(vi915_import_test_direction_of_cache),
	KUNIT_CASE_PARAM(vi915_import_test_size, vi915_import_size_gen_params),
	KUNIT_CASE(vi915_import_test_bare),
	KUNIT_CASE_PARAM(vi915_import_test_table,
			 vi915_import_table_gen_params),
	KUNIT_CASE(vi915_import_test_vmap),
	KUNIT_CASE(vi915_import_test_vmap_refused),
	{}
};

static struct kunit_suite vi915_import_suite = {
	.name = "vi915_import",
	.test_cases = vi915_import_cases,
};

kunit_test_suite(vi915_import_suite);
