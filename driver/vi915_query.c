// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_device.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/nospec.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_device.h"
#include "vi915_engine.h"
#include "vi915_query.h"
#include "vi915_refuse.h"

/**
 * DOC: queries
 *
 * A client asks twice: with length 0 for the size of the answer, then with that
 * much room. An item's error is written to its length and does not stop the
 * other items.
 */

/*
 * Reads the head of the answer's room, which must be zero. Returns @length if
 * the client only asks for the size, 0 to go on, or a negative errno.
 */
static int vi915_query_head(const struct drm_i915_query_item *item, void *head,
			    size_t head_size, int length)
{
	if (item->flags)
		return -EINVAL;
	if (!item->length)
		return length;
	if (item->length < length)
		return -EINVAL;
	if (copy_from_user(head, u64_to_user_ptr(item->data_ptr), head_size))
		return -EFAULT;
	return memchr_inv(head, 0, head_size) ? -EINVAL : 0;
}

/**
 * vi915_query_capabilities() - the capabilities of an engine
 * @class: I915_ENGINE_CLASS_*
 *
 * Return: I915_VIDEO_CLASS_CAPABILITY_* and the like, of a Skylake's first
 * engine of the class.
 */
u64 vi915_query_capabilities(u8 class)
{
	switch (class) {
	case I915_ENGINE_CLASS_VIDEO:
		return I915_VIDEO_CLASS_CAPABILITY_HEVC |
		       I915_VIDEO_AND_ENHANCE_CLASS_CAPABILITY_SFC;
	case I915_ENGINE_CLASS_VIDEO_ENHANCE:
		return I915_VIDEO_AND_ENHANCE_CLASS_CAPABILITY_SFC;
	default:
		return 0;
	}
}

static int vi915_query_engines(const struct vi915_device *dev,
			       const struct drm_i915_query_item *item)
{
	struct drm_i915_query_engine_info __user *user =
		u64_to_user_ptr(item->data_ptr);
	struct drm_i915_engine_info infos[VI915_NUM_ENGINES] = {};
	unsigned int count = vi915_engine_count(dev);
	size_t size = count * sizeof(*infos);
	struct drm_i915_query_engine_info head;
	unsigned int i;
	int ret;

	ret = vi915_query_head(item, &head, sizeof(head), sizeof(head) + size);
	if (ret)
		return ret;

	for (i = 0; i < count; i++) {
		infos[i].engine.engine_class = vi915_engine_infos[i].class;
		infos[i].flags = I915_ENGINE_INFO_HAS_LOGICAL_INSTANCE;
		infos[i].capabilities =
			vi915_query_capabilities(vi915_engine_infos[i].class);
	}
	head.num_engines = count;

	if (copy_to_user(user->engines, infos, size) ||
	    copy_to_user(user, &head, sizeof(head)))
		return -EFAULT;
	return sizeof(head) + size;
}

/*
 * The numbers are those of the largest gen9. A GT2 has one slice with three
 * subslices of eight units. Masks follow the head, a byte each.
 */
#define VI915_QUERY_SLICES	3
#define VI915_QUERY_SUBSLICES	4
#define VI915_QUERY_UNITS	8

struct vi915_query_topology {
	struct drm_i915_query_topology_info head;
	u8 slices;
	u8 subslices[VI915_QUERY_SLICES];
	u8 units[VI915_QUERY_SLICES][VI915_QUERY_SUBSLICES];
};

static const struct vi915_query_topology vi915_query_gt2 = {
	.head = {
		.max_slices = VI915_QUERY_SLICES,
		.max_subslices = VI915_QUERY_SUBSLICES,
		.max_eus_per_subslice = VI915_QUERY_UNITS,
		.subslice_offset = 1,
		.subslice_stride = 1,
		.eu_offset = 1 + VI915_QUERY_SLICES,
		.eu_stride = 1,
	},
	.slices = 0x1,
	.subslices = { 0x7 },
	.units = { { 0xff, 0xff, 0xff } },
};

static int vi915_query_topology(const struct vi915_device *dev,
				const struct drm_i915_query_item *item)
{
	const struct vi915_query_topology *gt2 = &vi915_query_gt2;

	if (item->flags)
		return -EINVAL;
	if (!item->length)
		return sizeof(*gt2);
	if (item->length < sizeof(*gt2))
		return -EINVAL;
	if (copy_to_user(u64_to_user_ptr(item->data_ptr), gt2, sizeof(*gt2)))
		return -EFAULT;
	return sizeof(*gt2);
}

static int vi915_query_regions(const struct vi915_device *dev,
			       const struct drm_i915_query_item *item)
{
	struct drm_i915_query_memory_regions __user *user =
		u64_to_user_ptr(item->data_ptr);
	struct drm_i915_query_memory_regions head;
	struct drm_i915_memory_region_info info = {
		.region.memory_class = I915_MEMORY_CLASS_SYSTEM,
	};
	int ret;

	ret = vi915_query_head(item, &head, sizeof(head),
			       sizeof(head) + sizeof(info));
	if (ret)
		return ret;

	info.probed_size = (u64)totalram_pages() << PAGE_SHIFT;
	info.unallocated_size = info.probed_size;
	info.probed_cpu_visible_size = info.probed_size;
	info.unallocated_cpu_visible_size = info.probed_size;
	head.num_regions = 1;

	if (copy_to_user(&user->regions[0], &info, sizeof(info)) ||
	    copy_to_user(user, &head, sizeof(head)))
		return -EFAULT;
	return sizeof(head) + sizeof(info);
}

/* Queries that the uAPI knows, but that a Skylake cannot answer. */
static int vi915_query_absent(const struct vi915_device *dev,
			      const struct drm_i915_query_item *item)
{
	return -ENODEV;
}

/* Indexed by query id. */
static int (*const vi915_queries[])(const struct vi915_device *dev,
				    const struct drm_i915_query_item *item) = {
	[DRM_I915_QUERY_TOPOLOGY_INFO] = vi915_query_topology,
	[DRM_I915_QUERY_ENGINE_INFO] = vi915_query_engines,
	[DRM_I915_QUERY_PERF_CONFIG] = vi915_query_absent,
	[DRM_I915_QUERY_MEMORY_REGIONS] = vi915_query_regions,
	[DRM_I915_QUERY_HWCONFIG_BLOB] = vi915_query_absent,
	[DRM_I915_QUERY_GEOMETRY_SUBSLICES] = vi915_query_absent,
	[DRM_I915_QUERY_GUC_SUBMISSION_VERSION] = vi915_query_absent,
};

static int vi915_query_item(const struct vi915_device *dev,
			    const struct drm_i915_query_item *item)
{
	if (item->query_id >= ARRAY_SIZE(vi915_queries))
		return -EINVAL;
	return vi915_queries[array_index_nospec(item->query_id,
						ARRAY_SIZE(vi915_queries))](dev,
										       item);
}

/**
 * vi915_query_ioctl() - DRM_IOCTL_I915_QUERY
 * @drm: the GPU
 * @data: &struct drm_i915_query
 * @file: file of the caller
 *
 * Return: 0; -EINVAL for flags, or an item of id 0; -EFAULT; -EINTR. Each
 * item's length becomes the size of its answer in bytes; or -EINVAL for an
 * unknown item, flags, too little room, or room that does not begin with
 * zeroes; -ENODEV if the GPU has no answer; -EFAULT.
 */
int vi915_query_ioctl(struct drm_device *drm, void *data,
		      struct drm_file *file)
{
	struct drm_i915_query *args = data;
	struct drm_i915_query_item __user *user =
		u64_to_user_ptr(args->items_ptr);
	struct drm_i915_query_item item;
	u32 i;
	int ret;

	if (VI915_REFUSE(drm, args->flags))
		return -EINVAL;

	for (i = 0; i < args->num_items; i++, user++) {
		if (signal_pending(current))
			return -EINTR;
		cond_resched();

		if (copy_from_user(&item, user, sizeof(item)))
			return -EFAULT;
		if (VI915_REFUSE(drm, !item.query_id))
			return -EINVAL;

		ret = vi915_query_item(to_vi915_device(drm), &item);
		if (ret != item.length && put_user(ret, &user->length))
			return -EFAULT;
	}
	return 0;
}

/**
 * vi915_query_aperture_ioctl() - DRM_IOCTL_I915_GEM_GET_APERTURE
 * @drm: the GPU
 * @data: &struct drm_i915_gem_get_aperture; sizes in bytes
 * @file: file of the caller
 *
 * Nothing is ever pinned in the aperture, so all of it is available.
 *
 * Return: 0.
 */
int vi915_query_aperture_ioctl(struct drm_device *drm, void *data,
			       struct drm_file *file)
{
	struct drm_i915_gem_get_aperture *args = data;

	args->aper_size = SZ_4G;
	args->aper_available_size = SZ_4G;
	return 0;
}
