// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_device.h>
#include <drm/drm_file.h>
#include <drm/drm_mode.h>
#include <linux/math.h>
#include <linux/uaccess.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_create.h"
#include "vi915_device.h"
#include "vi915_extension.h"
#include "vi915_gem.h"
#include "vi915_inject.h"
#include "vi915_refuse.h"

/* Pitch in bytes above which rows start on pages, as gen9 scanout needs. */
#define VI915_CREATE_MAX_PITCH	(32 * 1024)

static int vi915_create_publish(struct vi915_device *dev,
				struct drm_file *file, u64 *size, u32 *handle)
{
	struct vi915_bo *bo;
	u64 length;
	int ret;

	bo = vi915_bo_create(dev, *size);
	if (IS_ERR(bo))
		return PTR_ERR(bo);

	ret = vi915_inject_file(file, VI915_FAULT_CREATE);
	if (ret) {
		vi915_bo_put(bo);
		return ret;
	}

	length = bo->base.size;
	ret = vi915_bo_publish(bo, file, handle);
	if (!ret)
		*size = length;
	return ret;
}

/**
 * vi915_create_ioctl() - DRM_IOCTL_I915_GEM_CREATE
 * @drm: the GPU
 * @data: &struct drm_i915_gem_create
 * @file: open file that gets the handle
 *
 * Return: 0; -EINVAL for size 0; -E2BIG; -ENOMEM. On failure the handle stays
 * as it was (i915 contract, section 8).
 */
int vi915_create_ioctl(struct drm_device *drm, void *data,
		       struct drm_file *file)
{
	struct drm_i915_gem_create *args = data;

	return vi915_create_publish(to_vi915_device(drm), file, &args->size,
				    &args->handle);
}

struct vi915_create_ext {
	struct drm_device *drm;
	bool placed;
};

/* There is one memory region: system memory, instance 0. */
static int vi915_create_ext_regions(struct i915_user_extension __user *base,
				    void *data)
{
	struct vi915_create_ext *create = data;
	struct drm_i915_gem_create_ext_memory_regions ext;
	struct drm_i915_gem_memory_class_instance region;

	if (copy_from_user(&ext, base, sizeof(ext)))
		return -EFAULT;

	/* A longer list names an unknown region, or one twice. */
	if (VI915_REFUSE(create->drm, ext.pad || ext.num_regions != 1))
		return -EINVAL;
	if (VI915_REFUSE(create->drm, create->placed))
		return -EINVAL;
	if (copy_from_user(&region, u64_to_user_ptr(ext.regions),
			   sizeof(region)))
		return -EFAULT;
	if (VI915_REFUSE(create->drm,
			 region.memory_class != I915_MEMORY_CLASS_SYSTEM ||
			 region.memory_instance))
		return -EINVAL;

	create->placed = true;
	return 0;
}

static int vi915_create_ext_protected(struct i915_user_extension __user *base,
				      void *data)
{
	struct vi915_create_ext *create = data;
	struct drm_i915_gem_create_ext_protected_content ext;

	if (copy_from_user(&ext, base, sizeof(ext)))
		return -EFAULT;
	if (VI915_REFUSE(create->drm, ext.flags))
		return -EINVAL;
	/* There is no protected content on gen9. */
	return -ENODEV;
}

static int vi915_create_ext_set_pat(struct i915_user_extension __user *base,
				    void *data)
{
	/* User space cannot choose page attributes on gen9. */
	return -ENODEV;
}

static const vi915_extension_fn vi915_create_extensions[] = {
	[I915_GEM_CREATE_EXT_MEMORY_REGIONS] = vi915_create_ext_regions,
	[I915_GEM_CREATE_EXT_PROTECTED_CONTENT] = vi915_create_ext_protected,
	[I915_GEM_CREATE_EXT_SET_PAT] = vi915_create_ext_set_pat,
};

/**
 * vi915_create_ext_ioctl() - DRM_IOCTL_I915_GEM_CREATE_EXT
 * @drm: the GPU
 * @data: &struct drm_i915_gem_create_ext
 * @file: open file that gets the handle
 *
 * No flag is valid: NEEDS_CPU_ACCESS is for local memory, and there is none.
 *
 * Return: as vi915_create_ioctl(), and: -EINVAL for flags, an unknown
 * extension, or a region other than {SYSTEM, 0}; -EFAULT; -E2BIG for an
 * endless chain; -ENODEV for extensions that gen9 does not have; -EINTR.
 */
int vi915_create_ext_ioctl(struct drm_device *drm, void *data,
			   struct drm_file *file)
{
	struct vi915_create_ext create = { .drm = drm };
	struct drm_i915_gem_create_ext *args = data;
	int ret;

	if (VI915_REFUSE(drm, args->flags))
		return -EINVAL;

	ret = vi915_extension_walk(args->extensions, vi915_create_extensions,
				   ARRAY_SIZE(vi915_create_extensions),
				   &create);
	if (ret)
		return ret;

	return vi915_create_publish(to_vi915_device(drm), file, &args->size,
				    &args->handle);
}

/**
 * vi915_create_dumb() - DRM_IOCTL_MODE_CREATE_DUMB
 * @file: open file that gets the handle
 * @drm: the GPU
 * @args: width and height in pixels, bpp in bits; pitch and size out, in bytes
 *
 * Flags are ignored, as by i915: old clients leave garbage there. Pitch and
 * size are rounded up as the outputs need it.
 *
 * Return: 0; -EINVAL for a depth other than 8, 16 or 32 bits or a pitch that
 * does not fit; else as vi915_create_ioctl().
 */
int vi915_create_dumb(struct drm_file *file, struct drm_device *drm,
		      struct drm_mode_create_dumb *args)
{
	u32 cpp = DIV_ROUND_UP(args->bpp, 8);
	const struct vi915_config *config = &to_vi915_device(drm)->config;
	u64 pitch = ALIGN((u64)args->width * cpp, config->pitch_align);
	u64 size;
	int ret;

	if (VI915_REFUSE(drm, cpp != 1 && cpp != 2 && cpp != 4))
		return -EINVAL;

	if (pitch > VI915_CREATE_MAX_PITCH)
		pitch = ALIGN(pitch, PAGE_SIZE);
	if (VI915_REFUSE(drm, pitch > U32_MAX))
		return -EINVAL;

	size = pitch * ALIGN((u64)args->height, config->height_align);
	ret = vi915_create_publish(to_vi915_device(drm), file, &size,
				   &args->handle);
	if (ret)
		return ret;

	args->pitch = pitch;
	args->size = size;
	return 0;
}
