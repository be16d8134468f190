// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_device.h>
#include <drm/drm_file.h>
#include <linux/dma-resv.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_device.h"
#include "vi915_domain.h"
#include "vi915_gem.h"
#include "vi915_pages.h"
#include "vi915_refuse.h"
#include "vi915_userptr.h"
#include "vi915_view.h"
#include "vi915_wait.h"

/* Domains that a client may ask for: those of its own mappings. */
#define VI915_DOMAIN_CPU						\
	(I915_GEM_DOMAIN_CPU | I915_GEM_DOMAIN_GTT | I915_GEM_DOMAIN_WC)

/**
 * vi915_domain_init() - start a new object in the CPU domain, cached
 * @bo: the object, being made
 */
void vi915_domain_init(struct vi915_bo *bo)
{
	bo->domain.read = I915_GEM_DOMAIN_CPU;
	bo->domain.write = I915_GEM_DOMAIN_CPU;
	bo->domain.caching = I915_CACHING_CACHED;
}

static void vi915_domain_move(struct vi915_bo *bo, u32 read, u32 write)
{
	dma_resv_assert_held(bo->base.resv);

	bo->domain.read = write ? write : bo->domain.read | read;
	bo->domain.write = write;
}

/* With implicit=0 dma-buf users do not see our jobs, which may still run. */
static int vi915_domain_settle(struct vi915_bo *bo, bool shared)
{
	if (shared && !to_vi915_device(bo->base.dev)->config.implicit &&
	    !dma_resv_test_signaled(bo->base.resv, DMA_RESV_USAGE_BOOKKEEP))
		return 0;
	return vi915_view_settle(bo);
}

/*
 * Waits without the reservation, so that fences can be added meanwhile.
 * @brackets is 1 for an access through the dma-buf, which will be ended, or 0.
 */
static int vi915_domain_change(struct vi915_bo *bo, u32 read, u32 write,
			       unsigned int brackets)
{
	int ret;

	ret = brackets ? vi915_wait_shared(bo, write) : vi915_wait_bo(bo, write);
	if (ret)
		return ret;

	if (bo->userptr) {
		ret = vi915_userptr_prepare(bo);
		if (ret)
			return ret;
	}

	ret = vi915_bo_lock(bo);
	if (ret)
		return ret;

	ret = vi915_pages_ensure(bo, write ? DMA_BIDIRECTIONAL : DMA_TO_DEVICE);
	if (!ret)
		ret = vi915_domain_settle(bo, brackets);
	if (!ret && read & ~I915_GEM_DOMAIN_GTT)
		ret = vi915_view_to_raw(bo, write);
	if (!ret) {
		vi915_domain_move(bo, read, write);
		bo->domain.brackets += brackets;
	}

	vi915_bo_unlock(bo);
	return ret;
}

/**
 * vi915_domain_begin_cpu() - begin a CPU access to a shared object
 * @bo: the object, its reservation not held
 * @write: the access writes too
 *
 * Waits for writers, and before a write for readers too (rule R8).
 *
 * Return: 0; -EINTR or -ERESTARTSYS; or as vi915_pages_ensure().
 */
int vi915_domain_begin_cpu(struct vi915_bo *bo, bool write)
{
	return vi915_domain_change(bo, I915_GEM_DOMAIN_CPU,
				   write ? I915_GEM_DOMAIN_CPU : 0, 1);
}

/**
 * vi915_domain_end_cpu() - end a CPU access to a shared object
 * @bo: the object, its reservation not held
 *
 * A user that begins twice and ends once looks like two users of whom one goes
 * on, so that passes. Only an end without any open access is refused.
 *
 * Return: 0; -EINVAL for an access that was not begun (rule R8); or as
 * vi915_view_to_raw().
 */
int vi915_domain_end_cpu(struct vi915_bo *bo)
{
	int ret = 0;

	/* Not interruptible: callers in the kernel do not retry. */
	dma_resv_lock(bo->base.resv, NULL);

	if (VI915_REFUSE(bo->base.dev, !bo->domain.brackets)) {
		ret = -EINVAL;
	} else {
		bo->domain.brackets--;
		/* Convert now: importers go on without telling us. */
		ret = vi915_view_to_raw(bo, false);
		vi915_domain_move(bo, I915_GEM_DOMAIN_GTT, 0);
	}
	vi915_bo_unlock(bo);
	return ret;
}

/**
 * vi915_domain_set_ioctl() - DRM_IOCTL_I915_GEM_SET_DOMAIN
 * @drm: the GPU
 * @data: &struct drm_i915_gem_set_domain
 * @file: open file that the handle belongs to
 *
 * Return: 0, also when no domain is named; -EINVAL for a domain of the GPU, an
 * unknown one, or a write domain that is not the only read domain; -ENOENT;
 * -EFAULT for contents or user memory that are gone; -EAGAIN and -EBUSY for
 * user memory that changes meanwhile; -ENOMEM; -ERESTARTSYS; or the error of an
 * import's exporter.
 */
int vi915_domain_set_ioctl(struct drm_device *drm, void *data,
			   struct drm_file *file)
{
	struct drm_i915_gem_set_domain *args = data;
	struct vi915_bo *bo;
	int ret;

	if (VI915_REFUSE(drm, (args->read_domains | args->write_domain) &
			 ~VI915_DOMAIN_CPU))
		return -EINVAL;
	if (VI915_REFUSE(drm, args->write_domain &&
			 args->read_domains != args->write_domain))
		return -EINVAL;
	if (!args->read_domains)
		return 0;

	bo = vi915_bo_lookup(file, args->handle);
	if (!bo)
		return -ENOENT;

	ret = vi915_domain_change(bo, args->read_domains, args->write_domain,
				  0);
	vi915_bo_put(bo);
	return ret;
}

/**
 * vi915_domain_sw_finish_ioctl() - DRM_IOCTL_I915_GEM_SW_FINISH
 * @drm: the GPU
 * @data: &struct drm_i915_gem_sw_finish
 * @file: open file that the handle belongs to
 *
 * The call makes CPU writes visible to the display. In coherent memory they
 * always are.
 *
 * Return: 0, or -ENOENT.
 */
int vi915_domain_sw_finish_ioctl(struct drm_device *drm, void *data,
				 struct drm_file *file)
{
	struct drm_i915_gem_sw_finish *args = data;
	struct vi915_bo *bo;

	bo = vi915_bo_lookup(file, args->handle);
	if (!bo)
		return -ENOENT;

	vi915_bo_put(bo);
	return 0;
}

/**
 * vi915_domain_set_caching_ioctl() - DRM_IOCTL_I915_GEM_SET_CACHING
 * @drm: the GPU
 * @data: &struct drm_i915_gem_caching
 * @file: open file that the handle belongs to
 *
 * There is no write-through cache, so DISPLAY becomes NONE, as on Skylake.
 *
 * Return: 0; -EINVAL for an unknown mode; -ENOENT; -ENXIO for user memory with
 * anything but CACHED.
 */
int vi915_domain_set_caching_ioctl(struct drm_device *drm, void *data,
				   struct drm_file *file)
{
	struct drm_i915_gem_caching *args = data;
	u32 caching = args->caching;
	struct vi915_bo *bo;
	int ret = 0;

	if (VI915_REFUSE(drm, caching != I915_CACHING_NONE &&
			 caching != I915_CACHING_CACHED &&
			 caching != I915_CACHING_DISPLAY))
		return -EINVAL;
	if (caching == I915_CACHING_DISPLAY)
		caching = I915_CACHING_NONE;

	bo = vi915_bo_lookup(file, args->handle);
	if (!bo)
		return -ENOENT;

	/* Vulkan drivers ask for CACHED for every object they make. */
	if (VI915_REFUSE(drm, bo->userptr && caching != I915_CACHING_CACHED))
		ret = -ENXIO;
	else
		WRITE_ONCE(bo->domain.caching, caching);

	vi915_bo_put(bo);
	return ret;
}

/**
 * vi915_domain_get_caching_ioctl() - DRM_IOCTL_I915_GEM_GET_CACHING
 * @drm: the GPU
 * @data: &struct drm_i915_gem_caching
 * @file: open file that the handle belongs to
 *
 * Return: 0, or -ENOENT.
 */
int vi915_domain_get_caching_ioctl(struct drm_device *drm, void *data,
				   struct drm_file *file)
{
	struct drm_i915_gem_caching *args = data;
	struct vi915_bo *bo;

	bo = vi915_bo_lookup(file, args->handle);
	if (!bo)
		return -ENOENT;

	args->caching = READ_ONCE(bo->domain.caching);
	vi915_bo_put(bo);
	return 0;
}
