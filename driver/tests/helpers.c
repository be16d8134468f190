// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_drv.h>
#include <drm/drm_gem.h>
#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/dma-buf.h>
#include <linux/file.h>
#include <linux/iosys-map.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/platform_device.h>

#include "../vi915_device.h"
#include "../vi915_dmabuf.h"
#include "../vi915_gem.h"
#include "../vi915_pages.h"
#include "helpers.h"

/**
 * DOC: GPUs for the suites
 *
 * Sharing is tested between GPUs of the loaded driver, not between fakes: load
 * vi915.ko with at least two. Everything that a case takes is given back when
 * it ends, however it ends, and then no object may be left.
 */

struct vi915_kunit_gpu {
	struct kunit *test;
	struct device *parent;
	struct vi915_device *dev;
	size_t objects;
};

static size_t vi915_kunit_count(struct vi915_device *dev)
{
	size_t count;

	mutex_lock(&dev->bos_lock);
	count = list_count_nodes(&dev->bos);
	mutex_unlock(&dev->bos_lock);
	return count;
}

/*
 * Was taken first, so it is released last. A kernel thread's last fput() is
 * delayed unless it is flushed.
 */
static void vi915_kunit_release_gpu(void *arg)
{
	struct vi915_kunit_gpu *gpu = arg;

	flush_delayed_fput();
	/*
	 * Fewer objects are fine: another user may have released some
	 * meanwhile.
	 */
	KUNIT_EXPECT_LE_MSG(gpu->test, vi915_kunit_count(gpu->dev),
			    gpu->objects, "objects left on %s",
			    gpu->dev->config.name);
	drm_dev_put(&gpu->dev->drm);
	put_device(gpu->parent);
}

/**
 * vi915_kunit_gpu() - borrow a GPU of the loaded driver
 * @test: the case; fails if there is no such GPU, or if it leaves objects at
 *	its end
 * @index: number of the GPU
 *
 * Return: the GPU, with a reference that is dropped when the case ends.
 */
struct vi915_device *vi915_kunit_gpu(struct kunit *test, unsigned int index)
{
	struct vi915_kunit_gpu *gpu;
	char name[16];

	gpu = kunit_kzalloc(test, sizeof(*gpu), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, gpu);

	snprintf(name, sizeof(name), "vi915.%u", index);
	gpu->parent = bus_find_device_by_name(&platform_bus_type, NULL, name);
	KUNIT_ASSERT_NOT_NULL_MSG(test, gpu->parent,
				  "there is no %s: load vi915.ko with gpus=2 or more",
				  name);

	gpu->test = test;
	gpu->dev = dev_get_drvdata(gpu->parent);
	if (!gpu->dev) {
		put_device(gpu->parent);
		KUNIT_FAIL_AND_ABORT(test, "%s has no driver", name);
	}
	drm_dev_get(&gpu->dev->drm);
	gpu->objects = vi915_kunit_count(gpu->dev);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test,
						  vi915_kunit_release_gpu,
						  gpu));
	return gpu->dev;
}

KUNIT_DEFINE_ACTION_WRAPPER(vi915_kunit_action_put_gem, drm_gem_object_put,
			    struct drm_gem_object *);

static struct vi915_bo *vi915_kunit_own_bo(struct kunit *test,
					   struct vi915_bo *bo)
{
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, bo);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test,
						  vi915_kunit_action_put_gem,
						  &bo->base));
	return bo;
}

/**
 * vi915_kunit_create() - make an object that is freed when the case ends
 * @test: the case
 * @dev: the GPU
 * @pages: length of the object in pages
 *
 * Return: the object; on failure the case ends.
 */
struct vi915_bo *vi915_kunit_create(struct kunit *test,
				    struct vi915_device *dev,
				    unsigned long pages)
{
	return vi915_kunit_own_bo(test,
				  vi915_bo_create(dev, pages * PAGE_SIZE));
}

/**
 * vi915_kunit_put_bo() - drop an object before the case ends
 * @test: the case
 * @bo: the object, from vi915_kunit_create() or vi915_kunit_import()
 */
void vi915_kunit_put_bo(struct kunit *test, struct vi915_bo *bo)
{
	kunit_release_action(test, vi915_kunit_action_put_gem, &bo->base);
}

static void vi915_kunit_action_put_dmabuf(void *arg)
{
	dma_buf_put(arg);
	flush_delayed_fput();
}

/**
 * vi915_kunit_own_dmabuf() - have a dma-buf dropped when the case ends
 * @test: the case
 * @dma_buf: the dma-buf, or the ERR_PTR that fails the case
 */
void vi915_kunit_own_dmabuf(struct kunit *test, struct dma_buf *dma_buf)
{
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dma_buf);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test,
						  vi915_kunit_action_put_dmabuf,
						  dma_buf));
}

/**
 * vi915_kunit_put_dmabuf() - drop a dma-buf before the case ends
 * @test: the case
 * @dma_buf: the dma-buf
 */
void vi915_kunit_put_dmabuf(struct kunit *test, struct dma_buf *dma_buf)
{
	kunit_release_action(test, vi915_kunit_action_put_dmabuf, dma_buf);
}

/**
 * vi915_kunit_export() - make a dma-buf that is dropped when the case ends
 * @test: the case
 * @bo: the object behind it
 *
 * Return: the dma-buf; on failure the case ends.
 */
struct dma_buf *vi915_kunit_export(struct kunit *test, struct vi915_bo *bo)
{
	struct dma_buf *dma_buf = vi915_dmabuf_export(&bo->base, O_RDWR);

	vi915_kunit_own_dmabuf(test, dma_buf);
	return dma_buf;
}

/**
 * vi915_kunit_import() - import a dma-buf until the case ends
 * @test: the case
 * @dev: the GPU
 * @dma_buf: the dma-buf
 *
 * Return: the object; on failure the case ends.
 */
struct vi915_bo *vi915_kunit_import(struct kunit *test,
				    struct vi915_device *dev,
				    struct dma_buf *dma_buf)
{
	struct drm_gem_object *obj = vi915_dmabuf_import(&dev->drm, dma_buf);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, obj);
	return vi915_kunit_own_bo(test, to_vi915_bo(obj));
}

/**
 * vi915_kunit_ensure() - vi915_pages_ensure() under the reservation
 * @bo: the object
 * @dir: the direction
 *
 * Return: 0 or -errno of vi915_pages_ensure().
 */
int vi915_kunit_ensure(struct vi915_bo *bo, enum dma_data_direction dir)
{
	int ret;

	dma_resv_lock(bo->base.resv, NULL);
	ret = vi915_pages_ensure(bo, dir);
	vi915_bo_unlock(bo);
	return ret;
}

static void vi915_kunit_action_put(void *arg)
{
	struct vi915_bo *bo = arg;

	dma_resv_lock(bo->base.resv, NULL);
	vi915_pages_put(bo);
	vi915_bo_unlock(bo);
}

/**
 * vi915_kunit_get() - vi915_pages_get() under the reservation, until the case
 * ends
 * @test: the case
 * @bo: the object
 * @dir: the direction
 *
 * Return: its result; or -ENOMEM, and then no reference is held.
 */
int vi915_kunit_get(struct kunit *test, struct vi915_bo *bo,
		    enum dma_data_direction dir)
{
	int ret;

	dma_resv_lock(bo->base.resv, NULL);
	ret = vi915_pages_get(bo, dir);
	vi915_bo_unlock(bo);

	if (!ret)
		ret = kunit_add_action_or_reset(test, vi915_kunit_action_put,
						bo);
	return ret;
}

/**
 * vi915_kunit_put() - undo vi915_kunit_get() before the case ends
 * @test: the case
 * @bo: the object
 */
void vi915_kunit_put(struct kunit *test, struct vi915_bo *bo)
{
	kunit_release_action(test, vi915_kunit_action_put, bo);
}

/**
 * vi915_kunit_drop() - vi915_pages_drop() under the reservation
 * @bo: the object
 *
 * Return: its result.
 */
int vi915_kunit_drop(struct vi915_bo *bo)
{
	int ret;

	dma_resv_lock(bo->base.resv, NULL);
	ret = vi915_pages_drop(bo);
	vi915_bo_unlock(bo);
	return ret;
}

/**
 * vi915_kunit_evict() - vi915_pages_evict() under the reservation
 * @bo: the object
 *
 * Return: its result.
 */
int vi915_kunit_evict(struct vi915_bo *bo)
{
	int ret;

	dma_resv_lock(bo->base.resv, NULL);
	ret = vi915_pages_evict(bo);
	vi915_bo_unlock(bo);
	return ret;
}

/**
 * vi915_kunit_advise() - vi915_pages_advise() under the reservation
 * @bo: the object
 * @madv: the advice
 *
 * Return: its result.
 */
enum vi915_madv vi915_kunit_advise(struct vi915_bo *bo, enum vi915_madv madv)
{
	dma_resv_lock(bo->base.resv, NULL);
	madv = vi915_pages_advise(bo, madv);
	vi915_bo_unlock(bo);
	return madv;
}

/* Differs between neighbouring bytes and pages. */
static u8 vi915_kunit_byte(u8 seed, size_t offset)
{
	return seed + offset + offset / PAGE_SIZE;
}

/**
 * vi915_kunit_fill() - write a pattern into all of an object
 * @test: the case
 * @bo: the object
 * @seed: different seeds give different patterns
 */
void vi915_kunit_fill(struct kunit *test, struct vi915_bo *bo, u8 seed)
{
	struct iosys_map map;
	size_t i;

	KUNIT_ASSERT_EQ(test, drm_gem_vmap_unlocked(&bo->base, &map), 0);
	for (i = 0; i < bo->base.size; i++)
		iosys_map_wr(&map, i, u8, vi915_kunit_byte(seed, i));
	drm_gem_vunmap_unlocked(&bo->base, &map);
}

/**
 * vi915_kunit_expect_filled() - check an object's pattern
 * @test: the case; fails if the pattern is not there
 * @bo: the object
 * @seed: seed passed to vi915_kunit_fill(), for this object or for one that
 *	shares its memory
 */
void vi915_kunit_expect_filled(struct kunit *test, struct vi915_bo *bo, u8 seed)
{
	struct iosys_map map;
	size_t i;

	KUNIT_ASSERT_EQ(test, drm_gem_vmap_unlocked(&bo->base, &map), 0);
	for (i = 0; i < bo->base.size; i++)
		if (iosys_map_rd(&map, i, u8) != vi915_kunit_byte(seed, i))
			break;
	drm_gem_vunmap_unlocked(&bo->base, &map);
	KUNIT_EXPECT_EQ(test, i, bo->base.size);
}

/**
 * vi915_kunit_expect_unlisted() - check that shrinkers do not see an object
 * @test: the case; fails if they do
 * @bo: the object; if it was never listed it is in no list at all
 */
void vi915_kunit_expect_unlisted(struct kunit *test, const struct vi915_bo *bo)
{
	if (bo->base.lru)
		KUNIT_EXPECT_PTR_EQ(test, bo->base.lru,
				    &to_vi915_device(bo->base.dev)->kept);
}

/**
 * vi915_kunit_expect_same_frames() - check that two objects share every page
 * @test: the case; fails if they do not
 * @a: an object with pages
 * @b: another one
 */
void vi915_kunit_expect_same_frames(struct kunit *test, struct vi915_bo *a,
				    struct vi915_bo *b)
{
	pgoff_t i;

	KUNIT_ASSERT_EQ(test, a->base.size, b->base.size);
	KUNIT_ASSERT_NOT_NULL(test, a->pages.frames);
	KUNIT_ASSERT_NOT_NULL(test, b->pages.frames);
	for (i = 0; i < vi915_bo_pages(a); i++)
		KUNIT_EXPECT_EQ(test, vi915_pages_frame(a, i),
				vi915_pages_frame(b, i));
}

MODULE_DESCRIPTION("KUnit suites for vi915");
MODULE_IMPORT_NS(DMA_BUF);
MODULE_IMPORT_NS(EXPORTED_FOR_KUNIT_TESTING);
MODULE_LICENSE("Dual MIT/GPL");
