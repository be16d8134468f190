// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_gem.h>
#include <drm/drm_managed.h>
#include <linux/shrinker.h>

#include "vi915_device.h"
#include "vi915_gem.h"
#include "vi915_pages.h"
#include "vi915_shrinker.h"

/**
 * DOC: shrinker
 *
 * Objects with idle pages are on one of two lists of their device. Objects
 * whose contents are not needed (DONTNEED) go first, with their contents. The
 * others only give their pages back to their source: to shmem, which can swap
 * them out, or to the exporter.
 *
 * The lists are DRM's: it takes a reference and tries to lock the reservation
 * of each object before it asks the driver to evict the object.
 */

static bool vi915_shrinker_evict(struct drm_gem_object *obj)
{
	return !vi915_pages_evict(to_vi915_bo(obj));
}

static unsigned long vi915_shrinker_count(struct shrinker *shrinker,
					  struct shrink_control *sc)
{
	struct vi915_device *dev = shrinker->private_data;
	unsigned long count = READ_ONCE(dev->purgeable.count) +
			      READ_ONCE(dev->evictable.count);

	return count ?: SHRINK_EMPTY;
}

static unsigned long vi915_shrinker_scan(struct shrinker *shrinker,
					 struct shrink_control *sc)
{
	struct vi915_device *dev = shrinker->private_data;
	unsigned long remaining = 0, freed;

	freed = drm_gem_lru_scan(&dev->purgeable, sc->nr_to_scan, &remaining,
				 vi915_shrinker_evict);
	if (freed < sc->nr_to_scan)
		freed += drm_gem_lru_scan(&dev->evictable,
					  sc->nr_to_scan - freed, &remaining,
					  vi915_shrinker_evict);

	return freed || remaining ? freed : SHRINK_STOP;
}

/**
 * vi915_shrinker_drop_all() - drop all idle pages
 * @dev: the GPU
 *
 * Return: number of pages dropped.
 */
unsigned long vi915_shrinker_drop_all(struct vi915_device *dev)
{
	unsigned long remaining = 0;

	return drm_gem_lru_scan(&dev->purgeable, UINT_MAX, &remaining,
				vi915_shrinker_evict) +
	       drm_gem_lru_scan(&dev->evictable, UINT_MAX, &remaining,
				vi915_shrinker_evict);
}

static void vi915_shrinker_fini(struct drm_device *drm, void *unused)
{
	shrinker_free(to_vi915_device(drm)->shrinker);
}

/**
 * vi915_shrinker_init() - register a GPU's shrinker
 * @dev: the GPU, its lists ready
 *
 * Return: 0 or -ENOMEM.
 */
int vi915_shrinker_init(struct vi915_device *dev)
{
	dev->shrinker = shrinker_alloc(0, "drm-vi915:%s", dev->config.name);
	if (!dev->shrinker)
		return -ENOMEM;

	dev->shrinker->count_objects = vi915_shrinker_count;
	dev->shrinker->scan_objects = vi915_shrinker_scan;
	dev->shrinker->private_data = dev;
	shrinker_register(dev->shrinker);

	return drmm_add_action_or_reset(&dev->drm, vi915_shrinker_fini, NULL);
}
