// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_device.h>
#include <drm/drm_file.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_gem.h"
#include "vi915_madvise.h"
#include "vi915_pages.h"

/**
 * vi915_madvise_ioctl() - DRM_IOCTL_I915_GEM_MADVISE
 * @drm: the GPU
 * @data: &struct drm_i915_gem_madvise; retained says whether the contents still
 *	exist
 * @file: file that owns the handle
 *
 * Return: 0; -EINVAL for an unknown advice; -ENOENT; -EINTR.
 */
int vi915_madvise_ioctl(struct drm_device *drm, void *data,
			struct drm_file *file)
{
	struct drm_i915_gem_madvise *args = data;
	enum vi915_madv madv;
	struct vi915_bo *bo;
	int ret;

	switch (args->madv) {
	case I915_MADV_WILLNEED:
		madv = VI915_MADV_WILLNEED;
		break;
	case I915_MADV_DONTNEED:
		madv = VI915_MADV_DONTNEED;
		break;
	default:
		return -EINVAL;
	}

	bo = vi915_bo_lookup(file, args->handle);
	if (!bo)
		return -ENOENT;

	ret = vi915_bo_lock(bo);
	if (!ret) {
		args->retained = vi915_pages_advise(bo, madv) !=
				 VI915_MADV_PURGED;
		vi915_bo_unlock(bo);
	}

	vi915_bo_put(bo);
	return ret;
}
