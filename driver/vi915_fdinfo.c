// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_print.h>
#include <linux/dma-resv.h>
#include <linux/idr.h>
#include <linux/spinlock.h>

#include "vi915_fdinfo.h"
#include "vi915_gem.h"

/**
 * DOC: usage of a client
 *
 * What /proc/PID/fdinfo/FD tells of one open file, with the keys of the
 * kernel's "DRM client usage stats". The one memory region has the name that
 * i915 gives it.
 *
 * An object counts in each file that has a handle of it. An import counts as
 * resident while this GPU has it mapped, though the pages are its exporter's.
 * Page arrays, address spaces and rings are not counted.
 */

static void vi915_fdinfo_count(struct drm_memory_stats *stats,
			       struct drm_gem_object *obj)
{
	const struct vi915_bo *bo = to_vi915_bo(obj);
	bool active = !dma_resv_test_signaled(obj->resv, DMA_RESV_USAGE_READ);

	if (drm_gem_object_is_shared_for_memory_stats(obj))
		stats->shared += obj->size;
	else
		stats->private += obj->size;
	if (active)
		stats->active += obj->size;

	/* The reservation cannot be taken here: this is what it was just now. */
	if (!READ_ONCE(bo->pages.frames))
		return;
	stats->resident += obj->size;
	if (!active && READ_ONCE(bo->pages.madv) == VI915_MADV_DONTNEED)
		stats->purgeable += obj->size;
}

static void vi915_fdinfo_memory(struct drm_printer *p, struct drm_file *file)
{
	struct drm_memory_stats stats = {};
	struct drm_gem_object *obj;
	int id;

	spin_lock(&file->table_lock);
	idr_for_each_entry(&file->object_idr, obj, id)
		vi915_fdinfo_count(&stats, obj);
	spin_unlock(&file->table_lock);

	drm_print_memory_stats(p, &stats, DRM_GEM_OBJECT_RESIDENT |
					  DRM_GEM_OBJECT_PURGEABLE, "system0");
}

/**
 * vi915_fdinfo_show() - drm_driver.show_fdinfo
 * @p: where to
 * @file: whose usage; the device is there while this runs
 */
void vi915_fdinfo_show(struct drm_printer *p, struct drm_file *file)
{
	vi915_fdinfo_memory(p, file);
}
