// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_device.h>
#include <linux/dma-direction.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_context.h"
#include "vi915_device.h"
#include "vi915_exec.h"
#include "vi915_exec_bind.h"
#include "vi915_gem.h"
#include "vi915_job.h"
#include "vi915_maps.h"
#include "vi915_pages.h"
#include "vi915_refuse.h"
#include "vi915_view.h"
#include "vi915_vm.h"

/**
 * vi915_exec_set_busy() - set the object to wait for before trying again
 * @eb: the execbuf
 * @bo: the object; a reference to it is taken
 */
void vi915_exec_set_busy(struct vi915_execbuf *eb, struct vi915_bo *bo)
{
	drm_gem_object_get(&bo->base);
	eb->busy = bo;
}

static int vi915_exec_bind_pages(struct vi915_execbuf *eb, struct vi915_bo *bo)
{
	int ret;

	/* A batch may write any of its objects, whatever their flags say. */
	ret = vi915_pages_ensure(bo, DMA_BIDIRECTIONAL);
	if (ret == -EBUSY)
		vi915_exec_set_busy(eb, bo);
	if (ret)
		return ret;
	if (VI915_REFUSE(&eb->dev->drm, bo->pages.bare))
		return -EFAULT;
	return vi915_view_to_gpu(bo);
}

static void vi915_exec_bind_map(struct vi915_execbuf *eb,
				const struct vi915_exec_entry *entry)
{
	const struct vi915_bo *bo = entry->bo;
	struct vi915_job *job = eb->job;
	struct vi915_map *map;

	if (entry->flags & EXEC_OBJECT_CAPTURE &&
	    job->num_captures < VI915_JOB_CAPTURES)
		job->captures[job->num_captures++] = entry->address;

	map = &job->maps[job->num_maps++];
	map->start = entry->address;
	map->end = entry->address + bo->base.size;
	map->frames = bo->pages.frames;
}

static int vi915_exec_bind_one(struct vi915_execbuf *eb, unsigned int i,
			       u64 pass)
{
	const struct drm_i915_gem_exec_object2 *o = &eb->objects[i];
	struct vi915_exec_entry *entry = vi915_execbuf_entry(eb, i);
	struct vi915_bo *bo = entry->bo;
	struct vi915_vm_wish wish = {
		/* A hint may be garbage; a pinned address was checked. */
		.offset = o->offset & PAGE_MASK,
		.size = max_t(u64, o->pad_to_size, bo->base.size),
		.align = o->alignment,
		.pinned = o->flags & EXEC_OBJECT_PINNED,
		.high = o->flags & EXEC_OBJECT_SUPPORTS_48B_ADDRESS,
		.fixed = bo->bind_pass == pass,
		.bias = i == eb->batch && o->relocation_count &&
			!(o->flags & EXEC_OBJECT_PINNED),
	};
	int ret;

	if (!wish.fixed) {
		ret = vi915_exec_bind_pages(eb, bo);
		if (ret)
			return ret;
	}
	WRITE_ONCE(bo->bind_pass, pass);
	ret = vi915_vm_bind(eb->ctx->vm, bo, &wish, &eb->exec, &entry->address,
			    &eb->occupied);
	if (ret)
		return ret;

	/* An object that is named twice still has only one map. */
	if (!wish.fixed)
		vi915_exec_bind_map(eb, entry);
	return 0;
}

/**
 * vi915_exec_bind() - get pages and an address for every object of an execbuf
 * @eb: the execbuf, its objects locked; its job's maps are filled
 *
 * Pinned objects go first, since they cannot move. May be called again.
 *
 * Return: 0; -EBUSY with @eb->busy or @eb->occupied set; -ENOSPC if the objects
 * do not fit together; -EFAULT for contents that are gone, or foreign memory
 * that the kernel cannot reach; else as vi915_pages_ensure() and
 * vi915_vm_bind().
 */
int vi915_exec_bind(struct vi915_execbuf *eb)
{
	u64 pass = atomic64_inc_return(&eb->dev->bind_passes);
	unsigned int i, pinned;
	int ret;

	eb->job->num_maps = 0;
	eb->job->num_captures = 0;
	for (pinned = 2; pinned--;) {
		for (i = 0; i < eb->count; i++) {
			if (!!(eb->objects[i].flags & EXEC_OBJECT_PINNED) !=
			    pinned)
				continue;
			ret = vi915_exec_bind_one(eb, i, pass) ?:
			      vi915_relax(i);
			if (ret)
				return ret;
		}
	}
	return 0;
}
