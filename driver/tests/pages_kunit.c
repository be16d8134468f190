// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_gem.h>
#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/dma-fence.h>
#include <linux/dma-resv.h>
#include <linux/iosys-map.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "../vi915_device.h"
#include "../vi915_gem.h"
#include "helpers.h"

#define VI915_PAGES_TEST_LENGTH	5

static void vi915_pages_expect_absent(struct kunit *test,
				      const struct vi915_bo *bo)
{
	KUNIT_EXPECT_NULL(test, bo->pages.frames);
	KUNIT_EXPECT_NULL(test, bo->pages.list);
	KUNIT_EXPECT_NULL(test, bo->pages.sgt);
	KUNIT_EXPECT_EQ(test, bo->pages.dir, DMA_NONE);
	KUNIT_EXPECT_EQ(test, bo->pages.users, 0);
	vi915_kunit_expect_unlisted(test, bo);
}

struct vi915_pages_size_case {
	const char *name;
	u64 size;
	int ret;
};

static const struct vi915_pages_size_case vi915_pages_size_cases[] = {
	{ "nothing", 0, -EINVAL },
	{ "one_byte", 1, 0 },
	{ "one_page", PAGE_SIZE, 0 },
	{ "one_page_and_a_byte", PAGE_SIZE + 1, 0 },
	{ "as_many_pages_as_an_int_counts", (u64)INT_MAX << PAGE_SHIFT, 0 },
	{ "one_byte_more_than_an_int_counts",
	  ((u64)INT_MAX << PAGE_SHIFT) + 1, -E2BIG },
	{ "largest_whole_pages", -(u64)PAGE_SIZE, -E2BIG },
	{ "rounds_up_to_nothing", -(u64)PAGE_SIZE + 1, -EINVAL },
	{ "largest", U64_MAX, -EINVAL },
};

static void vi915_pages_test_size(struct kunit *test)
{
	const struct vi915_pages_size_case *row = test->param_value;

	KUNIT_EXPECT_EQ(test, vi915_bo_check_size(vi915_kunit_gpu(test, 0), row->size),
			row->ret);
}

/* An object has a length in whole pages, and no memory until it is used. */
static void vi915_pages_test_born_without_pages(struct kunit *test)
{
	struct vi915_device *gpu = vi915_kunit_gpu(test, 0);
	struct vi915_bo *bo = vi915_bo_create(gpu, PAGE_SIZE + 1);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, bo);
	KUNIT_EXPECT_EQ(test, bo->base.size, 2 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, bo->pages.kind, VI915_PAGES_SHMEM);
	KUNIT_EXPECT_EQ(test, bo->pages.madv, VI915_MADV_WILLNEED);
	vi915_pages_expect_absent(test, bo);
	drm_gem_object_put(&bo->base);
}

/* A refused length makes no object. */
static void vi915_pages_test_create_refused(struct kunit *test)
{
	struct vi915_device *gpu = vi915_kunit_gpu(test, 0);

	KUNIT_EXPECT_PTR_EQ(test, vi915_bo_create(gpu, 0), ERR_PTR(-EINVAL));
	KUNIT_EXPECT_PTR_EQ(test, vi915_bo_create(gpu, -(u64)PAGE_SIZE),
			    ERR_PTR(-E2BIG));
}

/* First use allocates pages, the next finds them; dropping frees them. */
static void vi915_pages_test_ensure(struct kunit *test)
{
	struct vi915_device *gpu = vi915_kunit_gpu(test, 0);
	struct vi915_bo *bo =
		vi915_kunit_create(test, gpu, VI915_PAGES_TEST_LENGTH);
	unsigned long *frames;
	pgoff_t i;

	KUNIT_EXPECT_EQ(test, vi915_kunit_drop(bo), 0);
	KUNIT_ASSERT_EQ(test, vi915_kunit_ensure(bo, DMA_TO_DEVICE), 0);
	frames = bo->pages.frames;
	KUNIT_ASSERT_NOT_NULL(test, frames);
	for (i = 0; i < VI915_PAGES_TEST_LENGTH; i++)
		KUNIT_EXPECT_TRUE(test, pfn_valid(vi915_pages_frame(bo, i)));

	KUNIT_EXPECT_EQ(test, vi915_kunit_ensure(bo, DMA_BIDIRECTIONAL), 0);
	KUNIT_EXPECT_PTR_EQ(test, bo->pages.frames, frames);
	KUNIT_EXPECT_EQ(test, bo->pages.users, 0);

	KUNIT_EXPECT_EQ(test, vi915_kunit_drop(bo), 0);
	vi915_pages_expect_absent(test, bo);
}

/* Contents outlive the pages. */
static void vi915_pages_test_contents_stay(struct kunit *test)
{
	struct vi915_device *gpu = vi915_kunit_gpu(test, 0);
	struct vi915_bo *bo =
		vi915_kunit_create(test, gpu, VI915_PAGES_TEST_LENGTH);

	vi915_kunit_fill(test, bo, 1);
	KUNIT_EXPECT_EQ(test, vi915_kunit_drop(bo), 0);
	vi915_kunit_expect_filled(test, bo, 1);
	KUNIT_EXPECT_EQ(test, vi915_kunit_evict(bo), 0);
	vi915_kunit_expect_filled(test, bo, 1);
}

/* Pages stay in place until the last user has put them. */
static void vi915_pages_test_users_hold_pages(struct kunit *test)
{
	struct vi915_device *gpu = vi915_kunit_gpu(test, 0);
	struct vi915_bo *bo =
		vi915_kunit_create(test, gpu, VI915_PAGES_TEST_LENGTH);

	KUNIT_ASSERT_EQ(test, vi915_kunit_get(test, bo, DMA_TO_DEVICE), 0);
	KUNIT_ASSERT_EQ(test, vi915_kunit_get(test, bo, DMA_BIDIRECTIONAL), 0);
	KUNIT_EXPECT_EQ(test, bo->pages.users, 2);
	KUNIT_EXPECT_EQ(test, vi915_kunit_drop(bo), -EBUSY);
	vi915_kunit_put(test, bo);
	KUNIT_EXPECT_EQ(test, bo->pages.users, 1);
	KUNIT_EXPECT_EQ(test, vi915_kunit_drop(bo), -EBUSY);
	KUNIT_EXPECT_EQ(test, vi915_kunit_evict(bo), -EBUSY);
	KUNIT_EXPECT_NOT_NULL(test, bo->pages.frames);
	vi915_kunit_put(test, bo);
	KUNIT_EXPECT_EQ(test, bo->pages.users, 0);
	KUNIT_EXPECT_NOT_NULL(test, bo->pages.frames);
	KUNIT_EXPECT_EQ(test, vi915_kunit_drop(bo), 0);
}

/* The shrinker sees an object exactly while it has unused pages. */
static void vi915_pages_test_lists(struct kunit *test)
{
	struct vi915_device *gpu = vi915_kunit_gpu(test, 0);
	struct vi915_bo *bo =
		vi915_kunit_create(test, gpu, VI915_PAGES_TEST_LENGTH);

	KUNIT_ASSERT_EQ(test, vi915_kunit_ensure(bo, DMA_TO_DEVICE), 0);
	KUNIT_EXPECT_PTR_EQ(test, bo->base.lru, &gpu->evictable);
	KUNIT_ASSERT_EQ(test, vi915_kunit_get(test, bo, DMA_TO_DEVICE), 0);
	vi915_kunit_expect_unlisted(test, bo);
	vi915_kunit_put(test, bo);
	KUNIT_EXPECT_PTR_EQ(test, bo->base.lru, &gpu->evictable);
	vi915_kunit_advise(bo, VI915_MADV_DONTNEED);
	KUNIT_EXPECT_PTR_EQ(test, bo->base.lru, &gpu->purgeable);
	vi915_kunit_advise(bo, VI915_MADV_WILLNEED);
	KUNIT_EXPECT_PTR_EQ(test, bo->base.lru, &gpu->evictable);
	KUNIT_EXPECT_EQ(test, vi915_kunit_drop(bo), 0);
	vi915_kunit_expect_unlisted(test, bo);
}

/* DONTNEED contents are evicted with the pages, permanently. */
static void vi915_pages_test_evict_purges(struct kunit *test)
{
	struct vi915_device *gpu = vi915_kunit_gpu(test, 0);
	struct vi915_bo *bo =
		vi915_kunit_create(test, gpu, VI915_PAGES_TEST_LENGTH);
	struct iosys_map map;

	KUNIT_ASSERT_EQ(test, vi915_kunit_ensure(bo, DMA_TO_DEVICE), 0);
	KUNIT_EXPECT_EQ(test, vi915_kunit_advise(bo, VI915_MADV_DONTNEED),
			VI915_MADV_DONTNEED);
	KUNIT_EXPECT_EQ(test, vi915_kunit_evict(bo), 0);
	KUNIT_EXPECT_EQ(test, bo->pages.madv, VI915_MADV_PURGED);
	vi915_pages_expect_absent(test, bo);

	KUNIT_EXPECT_EQ(test, vi915_kunit_advise(bo, VI915_MADV_WILLNEED),
			VI915_MADV_PURGED);
	KUNIT_EXPECT_EQ(test, vi915_kunit_ensure(bo, DMA_TO_DEVICE), -EFAULT);
	KUNIT_EXPECT_EQ(test, vi915_kunit_get(test, bo, DMA_TO_DEVICE),
			-EFAULT);
	KUNIT_EXPECT_EQ(test, drm_gem_vmap_unlocked(&bo->base, &map), -EFAULT);
	KUNIT_EXPECT_EQ(test, bo->pages.users, 0);
	KUNIT_EXPECT_EQ(test, bo->vmap.users, 0);
}

/* DONTNEED contents without pages are purged at once. */
static void vi915_pages_test_dontneed_without_pages(struct kunit *test)
{
	struct vi915_device *gpu = vi915_kunit_gpu(test, 0);
	struct vi915_bo *bo =
		vi915_kunit_create(test, gpu, VI915_PAGES_TEST_LENGTH);

	KUNIT_EXPECT_EQ(test, vi915_kunit_advise(bo, VI915_MADV_DONTNEED),
			VI915_MADV_PURGED);
	KUNIT_EXPECT_EQ(test, vi915_kunit_ensure(bo, DMA_TO_DEVICE), -EFAULT);
}

/* WILLNEED in time loses nothing. */
static void vi915_pages_test_willneed_again(struct kunit *test)
{
	struct vi915_device *gpu = vi915_kunit_gpu(test, 0);
	struct vi915_bo *bo =
		vi915_kunit_create(test, gpu, VI915_PAGES_TEST_LENGTH);

	vi915_kunit_fill(test, bo, 2);
	vi915_kunit_advise(bo, VI915_MADV_DONTNEED);
	KUNIT_EXPECT_EQ(test, vi915_kunit_ensure(bo, DMA_TO_DEVICE), -EFAULT);
	KUNIT_EXPECT_EQ(test, vi915_kunit_advise(bo, VI915_MADV_WILLNEED),
			VI915_MADV_WILLNEED);
	vi915_kunit_expect_filled(test, bo, 2);
}

static const char *vi915_pages_fence_name(struct dma_fence *fence)
{
	return "vi915_kunit";
}

static const struct dma_fence_ops vi915_pages_fence_ops = {
	.get_driver_name = vi915_pages_fence_name,
	.get_timeline_name = vi915_pages_fence_name,
};

static DEFINE_SPINLOCK(vi915_pages_fence_lock);

/* Also releases those that would wait for it after a failure. */
static void vi915_pages_end_fence(void *arg)
{
	dma_fence_signal(arg);
	dma_fence_put(arg);
}

static struct dma_fence *vi915_pages_add_fence(struct kunit *test,
					       struct vi915_bo *bo)
{
	struct dma_fence *fence = kzalloc(sizeof(*fence), GFP_KERNEL);
	int ret;

	KUNIT_ASSERT_NOT_NULL(test, fence);
	dma_fence_init(fence, &vi915_pages_fence_ops, &vi915_pages_fence_lock,
		       dma_fence_context_alloc(1), 1);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, vi915_pages_end_fence,
						  fence));

	dma_resv_lock(bo->base.resv, NULL);
	ret = dma_resv_reserve_fences(bo->base.resv, 1);
	if (!ret)
		dma_resv_add_fence(bo->base.resv, fence,
				   DMA_RESV_USAGE_BOOKKEEP);
	vi915_bo_unlock(bo);
	KUNIT_ASSERT_EQ(test, ret, 0);
	return fence;
}

/* A pending fence of any kind keeps the pages. */
static void vi915_pages_test_fence_holds_pages(struct kunit *test)
{
	struct vi915_device *gpu = vi915_kunit_gpu(test, 0);
	struct vi915_bo *bo =
		vi915_kunit_create(test, gpu, VI915_PAGES_TEST_LENGTH);
	struct dma_fence *fence;

	KUNIT_ASSERT_EQ(test, vi915_kunit_ensure(bo, DMA_TO_DEVICE), 0);
	fence = vi915_pages_add_fence(test, bo);
	KUNIT_EXPECT_EQ(test, vi915_kunit_evict(bo), -EBUSY);
	KUNIT_EXPECT_NOT_NULL(test, bo->pages.frames);
	dma_fence_signal(fence);
	KUNIT_EXPECT_EQ(test, vi915_kunit_evict(bo), 0);
}

/* All users share one kernel mapping, which holds the pages meanwhile. */
static void vi915_pages_test_vmap_counts(struct kunit *test)
{
	struct vi915_device *gpu = vi915_kunit_gpu(test, 0);
	struct vi915_bo *bo =
		vi915_kunit_create(test, gpu, *(const int *)test->param_value);
	struct iosys_map a, b;

	KUNIT_ASSERT_EQ(test, drm_gem_vmap_unlocked(&bo->base, &a), 0);
	KUNIT_EXPECT_EQ(test, drm_gem_vmap_unlocked(&bo->base, &b), 0);
	KUNIT_EXPECT_TRUE(test, iosys_map_is_equal(&a, &b));
	KUNIT_EXPECT_EQ(test, bo->vmap.users, 2);
	KUNIT_EXPECT_EQ(test, bo->pages.users, 2);
	KUNIT_EXPECT_EQ(test, vi915_kunit_drop(bo), -EBUSY);

	drm_gem_vunmap_unlocked(&bo->base, &b);
	KUNIT_EXPECT_EQ(test, bo->vmap.users, 1);
	iosys_map_memset(&a, 0, 0x5a, bo->base.size);
	drm_gem_vunmap_unlocked(&bo->base, &a);
	KUNIT_EXPECT_EQ(test, bo->vmap.users, 0);
	KUNIT_EXPECT_TRUE(test, iosys_map_is_null(&bo->vmap.map));
	KUNIT_EXPECT_EQ(test, vi915_kunit_drop(bo), 0);
}

/* A size that can never fit is refused before other memory is reclaimed. */
static void vi915_pages_test_more_than_memory(struct kunit *test)
{
	struct vi915_device *gpu = vi915_kunit_gpu(test, 0);
	struct vi915_bo *bo =
		vi915_kunit_create(test, gpu, totalram_pages() + 1);

	KUNIT_EXPECT_EQ(test, vi915_kunit_ensure(bo, DMA_TO_DEVICE), -ENOMEM);
	vi915_pages_expect_absent(test, bo);
}

static const int vi915_pages_lengths[] = { 1, VI915_PAGES_TEST_LENGTH };

static void vi915_pages_describe_length(const int *pages, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "pages_%d", *pages);
}

KUNIT_ARRAY_PARAM(vi915_pages_length, vi915_pages_lengths,
		  vi915_pages_describe_length);
KUNIT_ARRAY_PARAM_DESC(vi915_pages_size, vi915_pages_size_cases, name);

static struct kunit_case vi915_pages_cases[] = {
	KUNIT_CASE(vi915_pages_test_born_without_pages),
	KUNIT_CASE(vi915_pages_test_contents_stay),
	KUNIT_CASE(vi915_pages_test_create_refused),
	KUNIT_CASE(vi915_pages_test_dontneed_without_pages),
	KUNIT_CASE(vi915_pages_test_ensure),
	KUNIT_CASE(vi915_pages_test_evict_purges),
	KUNIT_CASE(vi915_pages_test_fence_holds_pages),
	KUNIT_CASE(vi915_pages_test_lists),
	KUNIT_CASE(vi915_pages_test_more_than_memory),
	KUNIT_CASE_PARAM(vi915_pages_test_size, vi915_pages_size_gen_params),
	KUNIT_CASE(vi915_pages_test_users_hold_pages),
	KUNIT_CASE_PARAM(vi915_pages_test_vmap_counts,
			 vi915_pages_length_gen_params),
	KUNIT_CASE(vi915_pages_test_willneed_again),
	{}
};

static struct kunit_suite vi915_pages_suite = {
	.name = "vi915_pages",
	.test_cases = vi915_pages_cases,
};

kunit_test_suite(vi915_pages_suite);
