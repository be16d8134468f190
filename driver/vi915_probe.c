// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_drv.h>
#include <drm/drm_managed.h>
#include <linux/dma-mapping.h>
#include <linux/platform_device.h>
#include <linux/sched/mm.h>

#include "vi915_device.h"
#include "vi915_display.h"
#include "vi915_engine.h"
#include "vi915_error.h"
#include "vi915_fbdev.h"
#include "vi915_gem.h"
#include "vi915_gpu.h"
#include "vi915_inject.h"
#include "vi915_job.h"
#include "vi915_mmap.h"
#include "vi915_order.h"
#include "vi915_pages.h"
#include "vi915_params.h"
#include "vi915_probe.h"
#include "vi915_scanout.h"
#include "vi915_shrinker.h"
#include "vi915_sysfs.h"

/**
 * DOC: devices
 *
 * Each GPU is a platform device, so unbinding it in sysfs is hot-unplug and
 * binding it again is replug. Its description is platform data and outlives
 * both.
 *
 * On unplug the DRM core refuses new ioctls and waits for those under way.
 * Pages of this GPU's own objects stay until their last user (an open file, a
 * mapping or a dma-buf) is gone. Running jobs end at once, with their fences,
 * and DMA mappings of imported buffers go, since they belong to the struct
 * device.
 */

static void vi915_probe_fini_locks(struct drm_device *drm, void *unused)
{
	struct vi915_device *dev = to_vi915_device(drm);

	drm_WARN_ON(drm, !list_empty(&dev->bos));
	mutex_destroy(&dev->lru_lock);
	mutex_destroy(&dev->bos_lock);
}

static int vi915_probe_init_locks(struct vi915_device *dev)
{
	mutex_init(&dev->bos_lock);
	INIT_LIST_HEAD(&dev->bos);
	mutex_init(&dev->lru_lock);
	drm_gem_lru_init(&dev->purgeable, &dev->lru_lock);
	drm_gem_lru_init(&dev->evictable, &dev->lru_lock);
	drm_gem_lru_init(&dev->kept, &dev->lru_lock);

	/* Teach lockdep this now, not when memory first runs short. */
	fs_reclaim_acquire(GFP_KERNEL);
	might_lock(&dev->lru_lock);
	might_lock(&dev->bos_lock);
	fs_reclaim_release(GFP_KERNEL);

	return drmm_add_action_or_reset(&dev->drm, vi915_probe_fini_locks,
					NULL);
}

/**
 * vi915_device_probe() - make a GPU
 * @pdev: its platform device, with &struct vi915_gpu_data as platform data
 *
 * Return: 0 or a negative errno; nothing is left behind on failure.
 */
int vi915_device_probe(struct platform_device *pdev)
{
	const struct vi915_gpu_data *data = dev_get_platdata(&pdev->dev);
	struct vi915_device *dev = vi915_order_alloc(pdev, data);
	int ret;

	if (IS_ERR(dev))
		return PTR_ERR(dev);

	dev->config = data->config;
	vi915_inject_init(dev);
	platform_set_drvdata(pdev, dev);

	/* A DMA address just names memory: there are no limits. */
	ret = dma_coerce_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	if (ret)
		return ret;
	dma_set_max_seg_size(&pdev->dev, UINT_MAX);

	ret = vi915_probe_init_locks(dev);
	if (ret)
		return ret;

	ret = vi915_bo_init_device(dev);
	if (ret)
		return ret;

	vi915_mmap_init_device(dev);
	vi915_job_init_device(dev);
	vi915_scanout_init_device(dev);
	vi915_params_init(dev);
	vi915_programs_init(dev);
	ret = vi915_error_init(dev);
	if (ret)
		return ret;

	ret = vi915_engine_init_all(dev);
	if (ret)
		return ret;

	ret = vi915_shrinker_init(dev);
	if (ret)
		return ret;

	ret = vi915_display_init(dev);
	if (ret)
		return ret;

	ret = drm_dev_register(&dev->drm, 0);
	if (ret)
		return ret;

	/* It needs the card's folder, so clients may use the card: go on. */
	ret = vi915_sysfs_init(dev);
	if (ret)
		drm_warn(&dev->drm, "cannot show the engines in sysfs: %d\n",
			 ret);
	if (dev->config.fbdev)
		vi915_fbdev_setup(dev);
	return 0;
}

static struct vi915_bo *vi915_probe_next_bo(struct vi915_device *dev,
					    struct list_head *done)
{
	struct vi915_bo *bo;

	mutex_lock(&dev->bos_lock);
	while (!list_empty(&dev->bos)) {
		bo = list_first_entry(&dev->bos, struct vi915_bo, link);
		list_move_tail(&bo->link, done);
		if (kref_get_unless_zero(&bo->base.refcount)) {
			mutex_unlock(&dev->bos_lock);
			return bo;
		}
	}
	list_splice_init(done, &dev->bos);
	mutex_unlock(&dev->bos_lock);

	return NULL;
}

/**
 * vi915_device_remove() - unplug a GPU, even one in use
 * @pdev: its platform device
 */
void vi915_device_remove(struct platform_device *pdev)
{
	struct vi915_device *dev = platform_get_drvdata(pdev);
	struct vi915_bo *bo;
	LIST_HEAD(done);

	vi915_sysfs_fini(dev);
	drm_dev_unplug(&dev->drm);
	vi915_display_unplug(dev);
	vi915_engine_unplug_all(dev);
	vi915_scanout_unplug(dev);

	while ((bo = vi915_probe_next_bo(dev, &done))) {
		vi915_pages_unplug(bo);
		vi915_bo_put(bo);
	}
	/* Objects being freed have DMA mappings of the device, too. */
	vi915_bo_flush_freed(dev);
}
