// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_drv.h>
#include <drm/drm_framebuffer.h>
#include <linux/bits.h>
#include <linux/dma-buf.h>
#include <linux/err.h>
#include <linux/iosys-map.h>
#include <linux/minmax.h>
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "vi915_contig.h"
#include "vi915_device.h"
#include "vi915_fb.h"
#include "vi915_gem.h"
#include "vi915_pages.h"
#include "vi915_queue.h"
#include "vi915_scanout.h"
#include "vi915_surface.h"
#include "vi915_view.h"

/**
 * DOC: scanout
 *
 * Timers and workers that cannot take a reservation read a picture while it is
 * on a screen. So its pages are held from before the flip to it until after the
 * flip away from it: they are not evicted, purged or moved. An exporter that
 * could move them is asked to pin them, which is what dma_buf_pin() is for.
 *
 * The last reference may go in a timer, so a worker releases the pages. Unplug
 * waits for these workers, since the mappings of imports go with the GPU: all
 * outputs are dark by then, and no pages are held any more.
 */

/* Longer than any reader needs for one picture. */
#define VI915_SCANOUT_UNPLUG_LIMIT	(10 * HZ)

/* Addresses for each plane's object; the rest of a longer one is not used. */
#define VI915_SCANOUT_STEP	BIT_ULL(40)

static int vi915_scanout_pin(struct vi915_bo *bo, bool *pinned)
{
	struct dma_buf_attachment *attach = bo->base.import_attach;
	int ret;

	if (!attach || !dma_buf_attachment_is_dynamic(attach))
		return 0;
	ret = dma_buf_pin(attach);
	*pinned = !ret;
	return ret;
}

static void vi915_scanout_unpin(struct vi915_bo *bo, bool *pinned)
{
	if (*pinned)
		dma_buf_unpin(bo->base.import_attach);
	*pinned = false;
}

/*
 * A display that neither renders nor reads memory itself (imports=cpu, rule R5)
 * copies its picture through the exporter's mapping. Here the bytes are the
 * same either way, but the flip fails if an exporter cannot map.
 */
static int vi915_scanout_map_cpu(struct vi915_bo *bo, struct iosys_map *cpu)
{
	const struct vi915_device *dev = to_vi915_device(bo->base.dev);

	if (!bo->base.import_attach || dev->config.render ||
	    dev->config.imports != VI915_IMPORTS_CPU)
		return 0;
	return dma_buf_vmap(bo->base.import_attach->dmabuf, cpu);
}

static void vi915_scanout_unmap_cpu(struct vi915_bo *bo, struct iosys_map *cpu)
{
	if (!iosys_map_is_null(cpu))
		dma_buf_vunmap(bo->base.import_attach->dmabuf, cpu);
	iosys_map_clear(cpu);
}

/*
 * Maps for both directions, so that jobs can use an import while it is shown:
 * held pages cannot be mapped anew for a wider direction.
 */
static int vi915_scanout_hold_locked(struct vi915_bo *bo, bool *pinned,
				     struct iosys_map *cpu)
{
	int ret = vi915_scanout_pin(bo, pinned);

	if (ret)
		return ret;
	ret = vi915_pages_get(bo, DMA_BIDIRECTIONAL);
	if (ret)
		goto err_unpin;

	ret = bo->pages.bare ? -EFAULT : vi915_contig_check_locked(bo);
	if (!ret)
		ret = vi915_view_to_raw(bo, false);
	if (!ret)
		ret = vi915_scanout_map_cpu(bo, cpu);
	if (ret)
		goto err_put_pages;
	return 0;

err_put_pages:
	vi915_pages_put(bo);
err_unpin:
	vi915_scanout_unpin(bo, pinned);
	return ret;
}

static int vi915_scanout_hold(struct vi915_scanout *scanout, unsigned int plane)
{
	struct vi915_bo *bo = to_vi915_bo(scanout->fb->obj[plane]);
	struct vi915_map *map = &scanout->map[plane];
	int ret = vi915_bo_lock(bo);

	if (ret)
		return ret;

	ret = vi915_scanout_hold_locked(bo, &scanout->pinned[plane],
					&scanout->cpu[plane]);
	if (!ret) {
		map->start = plane * VI915_SCANOUT_STEP;
		map->end = map->start + min_t(u64, bo->base.size, VI915_SCANOUT_STEP);
		map->frames = bo->pages.frames;
	}
	vi915_bo_unlock(bo);
	return ret;
}

/* May drop the last reference to the GPU. */
static void vi915_scanout_destroy(struct vi915_scanout *scanout)
{
	struct vi915_device *dev = scanout->dev;

	while (scanout->held) {
		unsigned int plane = --scanout->held;
		struct vi915_bo *bo = to_vi915_bo(scanout->fb->obj[plane]);

		dma_resv_lock(bo->base.resv, NULL);
		vi915_scanout_unmap_cpu(bo, &scanout->cpu[plane]);
		vi915_pages_put(bo);
		vi915_scanout_unpin(bo, &scanout->pinned[plane]);
		vi915_bo_unlock(bo);
	}
	drm_framebuffer_put(scanout->fb);
	kfree(scanout);

	if (atomic_dec_and_test(&dev->scanouts.count))
		wake_up_all(&dev->scanouts.gone);
	drm_dev_put(&dev->drm);
}

static void vi915_scanout_work(struct work_struct *work)
{
	vi915_scanout_destroy(container_of(work, struct vi915_scanout, work));
}

static struct vi915_scanout *vi915_scanout_alloc(struct drm_framebuffer *fb)
{
	struct vi915_device *dev = to_vi915_device(fb->dev);
	struct vi915_scanout *scanout;
	unsigned int plane;

	scanout = kzalloc(sizeof(*scanout), GFP_KERNEL);
	if (!scanout)
		return NULL;

	kref_init(&scanout->ref);
	INIT_WORK(&scanout->work, vi915_scanout_work);
	drm_dev_get(&dev->drm);
	atomic_inc(&dev->scanouts.count);
	scanout->dev = dev;
	drm_framebuffer_get(fb);
	scanout->fb = fb;
	for (plane = 0; plane < fb->format->num_planes; plane++)
		scanout->pitch[plane] = vi915_fb_pitch(fb, plane);
	scanout->missing = fb->height - vi915_fb_rows(fb);
	return scanout;
}

/**
 * vi915_scanout_create() - hold a framebuffer's pages
 * @fb: the framebuffer; no reservation held
 *
 * Imports are mapped now, if they were not (rule R6). Writes through GTT views
 * are visible in the pages. Does not wait for fences.
 *
 * Return: the scanout with one reference; or an ERR_PTR: -EINTR; -ENOMEM;
 * -EFAULT for an object marked DONTNEED or purged, or pages that the kernel
 * cannot read; -ENODEV after unplug; or the exporter's error.
 */
struct vi915_scanout *vi915_scanout_create(struct drm_framebuffer *fb)
{
	struct vi915_scanout *scanout;
	int idx, ret = 0;

	/* Unplug waits until the exit, and then finds the new scanout. */
	if (!drm_dev_enter(fb->dev, &idx))
		return ERR_PTR(-ENODEV);

	scanout = vi915_scanout_alloc(fb);
	if (!scanout) {
		scanout = ERR_PTR(-ENOMEM);
		goto out_exit;
	}

	while (!ret && scanout->held < fb->format->num_planes) {
		ret = vi915_scanout_hold(scanout, scanout->held);
		if (!ret)
			scanout->held++;
	}
	if (ret) {
		vi915_scanout_destroy(scanout);
		scanout = ERR_PTR(ret);
	}

out_exit:
	drm_dev_exit(idx);
	return scanout;
}

/**
 * vi915_scanout_get() - take a reference
 * @scanout: the scanout, of which the caller has a reference
 *
 * Return: @scanout.
 */
struct vi915_scanout *vi915_scanout_get(struct vi915_scanout *scanout)
{
	kref_get(&scanout->ref);
	return scanout;
}

static void vi915_scanout_release(struct kref *ref)
{
	struct vi915_scanout *scanout = container_of(ref, struct vi915_scanout,
						     ref);

	vi915_queue_add(&scanout->work);
}

/**
 * vi915_scanout_put() - give back a reference
 * @scanout: the scanout; in any context
 *
 * A worker releases the pages soon after the last reference.
 */
void vi915_scanout_put(struct vi915_scanout *scanout)
{
	kref_put(&scanout->ref, vi915_scanout_release);
}

static void vi915_scanout_refresh_bo(struct vi915_bo *bo)
{
	/* A hint whether there is work: both may change without the lock. */
	if (!READ_ONCE(bo->view.pages) && !READ_ONCE(bo->pages.stale))
		return;

	dma_resv_lock(bo->base.resv, NULL);
	if (!vi915_pages_ensure(bo, DMA_BIDIRECTIONAL))
		vi915_view_to_raw(bo, false);
	vi915_bo_unlock(bo);
}

/**
 * vi915_scanout_refresh() - make later writes through GTT views visible
 * @scanout: the scanout; no reservation held
 *
 * For a reader of a picture that is shown for long; may sleep. Costs nothing
 * for objects without such a view. If memory is short, the old bytes stay
 * visible.
 */
void vi915_scanout_refresh(const struct vi915_scanout *scanout)
{
	unsigned int plane;

	for (plane = 0; plane < scanout->held; plane++)
		vi915_scanout_refresh_bo(to_vi915_bo(scanout->fb->obj[plane]));
}

/**
 * vi915_scanout_surface() - prepare to read one plane of the format
 * @scanout: the scanout, of which the caller has a reference
 * @plane: index of the plane of the format
 * @map: filled; the caller's own copy
 * @maps: filled; refers to @map; the caller's own, since lookups change it
 * @surface: filled
 */
void vi915_scanout_surface(const struct vi915_scanout *scanout,
			   unsigned int plane, struct vi915_map *map,
			   struct vi915_maps *maps,
			   struct vi915_surface *surface)
{
	*map = scanout->map[plane];
	maps->map = map;
	maps->count = 1;
	maps->last = 0;
	surface->base = map->start + scanout->fb->offsets[plane];
	surface->pitch = scanout->pitch[plane];
	surface->tiling = vi915_fb_tiling(scanout->fb);
}

/**
 * vi915_scanout_rows() - the readable rows of a plane of the format
 * @scanout: the scanout, of which the caller has a reference
 * @plane: index of the plane of the format
 *
 * Return: their number, from the top.
 */
u32 vi915_scanout_rows(const struct vi915_scanout *scanout, unsigned int plane)
{
	const struct drm_framebuffer *fb = scanout->fb;

	return drm_format_info_plane_height(fb->format,
					    fb->height - scanout->missing,
					    plane);
}

/**
 * vi915_scanout_init_device() - prepare a device for scanouts
 * @dev: the GPU, being made
 */
void vi915_scanout_init_device(struct vi915_device *dev)
{
	atomic_set(&dev->scanouts.count, 0);
	init_waitqueue_head(&dev->scanouts.gone);
}

/**
 * vi915_scanout_unplug() - wait until no scanout holds pages
 * @dev: the GPU, unplugged, its outputs dark
 */
void vi915_scanout_unplug(struct vi915_device *dev)
{
	drm_WARN_ON(&dev->drm,
		    !wait_event_timeout(dev->scanouts.gone,
					!atomic_read(&dev->scanouts.count),
					VI915_SCANOUT_UNPLUG_LIMIT));
}
