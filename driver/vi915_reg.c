// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_device.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_cs_regs.h"
#include "vi915_refuse.h"
#include "vi915_reg.h"

/* RING_TIMESTAMP of the render engine, 8 bytes; the only readable register. */
#define VI915_REG_TIMESTAMP	0x2358
#define VI915_REG_SIZE		8

/**
 * vi915_reg_read_ioctl() - DRM_IOCTL_I915_REG_READ
 * @drm: the GPU
 * @data: &struct drm_i915_reg_read
 * @file: file of the caller
 *
 * The low bits of the offset are flags; I915_REG_READ_8B_WA asks for another
 * way of reading, with the same result here.
 *
 * Return: 0; -EINVAL for any other register or flag.
 */
int vi915_reg_read_ioctl(struct drm_device *drm, void *data,
			 struct drm_file *file)
{
	struct drm_i915_reg_read *args = data;
	u64 flags = args->offset % VI915_REG_SIZE;

	if (VI915_REFUSE(drm, args->offset - flags != VI915_REG_TIMESTAMP))
		return -EINVAL;
	if (VI915_REFUSE(drm, flags & ~I915_REG_READ_8B_WA))
		return -EINVAL;

	args->val = vi915_cs_timestamp();
	return 0;
}
