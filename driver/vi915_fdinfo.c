// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_print.h>
#include <linux/dma-resv.h>
#include <linux/idr.h>
#include <linux/spinlock.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_engine.h"
#include "vi915_fdinfo.h"
#include "vi915_file.h"
#include "vi915_gem.h"
#include "vi915_wait.h"

/**
 * DOC: usage of a client
 *
 * /proc/PID/fdinfo/FD of one open file, with the keys of the kernel's "DRM
 * client usage stats". The only memory region has i915's name for it.
 *
 * An engine's time is the time it ran commands of the client, not the time a
 * job waited for its turn or for memory to change. Capacity is left out: there
 * is one engine of each class. Keys of our own tell how many 3D and media
 * commands were skipped, and how often the client's completed jobs accessed
 * unmapped addresses.
 *
 * An object counts in each file that has a handle for it. An import counts as
 * resident while this GPU has it mapped, although its exporter owns the pages.
 * Page arrays, address spaces and rings are not counted.
 */

static void vi915_fdinfo_count(struct drm_memory_stats *stats,
			       struct drm_gem_object *obj)
{
	const struct vi915_bo *bo = to_vi915_bo(obj);
	bool active = !dma_resv_test_signaled(obj->resv, vi915_wait_usage(bo));

	if (drm_gem_object_is_shared_for_memory_stats(obj))
		stats->shared += obj->size;
	else
		stats->private += obj->size;
	if (active)
		stats->active += obj->size;

	/*
	 * The caller holds table_lock, a spinlock, so the reservation cannot be
	 * taken: what is read may be outdated.
	 */
	if (!READ_ONCE(bo->pages.frames))
		return;
	stats->resident += obj->size;
	if (!active && bo->pages.kind != VI915_PAGES_CONTIG &&
	    READ_ONCE(bo->pages.madv) == VI915_MADV_DONTNEED)
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

/* The names that i915 uses. */
static const char *const vi915_fdinfo_classes[] = {
	[I915_ENGINE_CLASS_RENDER] = "render",
	[I915_ENGINE_CLASS_COPY] = "copy",
	[I915_ENGINE_CLASS_VIDEO] = "video",
	[I915_ENGINE_CLASS_VIDEO_ENHANCE] = "video-enhance",
};

static void vi915_fdinfo_engines(struct drm_printer *p, struct drm_file *file)
{
	struct vi915_file *vfile = file->driver_priv;
	const char *name;
	unsigned int i;

	for (i = 0; i < vi915_engine_count(vfile->dev); i++) {
		u8 class = vi915_engine_infos[i].class;

		name = vi915_fdinfo_classes[class];
		drm_printf(p, "drm-engine-%s:\t%llu ns\n", name,
			   (u64)atomic64_read(&vfile->busy_ns[class]));
		drm_printf(p, "vi915-skipped-%s:\t%llu\n", name,
			   (u64)atomic64_read(&vfile->skipped[class]));
	}
	drm_printf(p, "vi915-unmapped:\t%llu\n",
		   (u64)atomic64_read(&vfile->strays));
}

/**
 * vi915_fdinfo_show() - drm_driver.show_fdinfo
 * @p: printer to write to
 * @file: client whose usage to show; the device cannot go meanwhile
 */
void vi915_fdinfo_show(struct drm_printer *p, struct drm_file *file)
{
	vi915_fdinfo_engines(p, file);
	vi915_fdinfo_memory(p, file);
}
