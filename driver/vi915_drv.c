// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_ioctl.h>
#include <linux/module.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_config.h"
#include "vi915_context.h"
#include "vi915_context_param.h"
#include "vi915_create.h"
#include "vi915_debugfs.h"
#include "vi915_display.h"
#include "vi915_dmabuf.h"
#include "vi915_domain.h"
#include "vi915_drv.h"
#include "vi915_execbuf.h"
#include "vi915_fdinfo.h"
#include "vi915_file.h"
#include "vi915_getparam.h"
#include "vi915_madvise.h"
#include "vi915_mmap.h"
#include "vi915_query.h"
#include "vi915_reg.h"
#include "vi915_rw.h"
#include "vi915_shot.h"
#include "vi915_throttle.h"
#include "vi915_tiling.h"
#include "vi915_userptr.h"
#include "vi915_vm.h"
#include "vi915_wait.h"

/* Sorted by number. The DRM core answers EINVAL for ioctls not listed here. */
static const struct drm_ioctl_desc vi915_ioctls[] = {
	DRM_IOCTL_DEF_DRV(I915_GETPARAM, vi915_getparam_ioctl, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(I915_GEM_BUSY, vi915_wait_busy_ioctl, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(I915_GEM_THROTTLE, vi915_throttle_ioctl, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(I915_GEM_CREATE, vi915_create_ioctl, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(I915_GEM_CREATE_EXT, vi915_create_ext_ioctl, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(I915_GEM_PREAD, vi915_rw_pread_ioctl, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(I915_GEM_PWRITE, vi915_rw_pwrite_ioctl, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(I915_GEM_MMAP, vi915_mmap_ioctl, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(I915_GEM_SET_DOMAIN, vi915_domain_set_ioctl, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(I915_GEM_SW_FINISH, vi915_domain_sw_finish_ioctl, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(I915_GEM_SET_TILING, vi915_tiling_set_ioctl, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(I915_GEM_GET_TILING, vi915_tiling_get_ioctl, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(I915_GEM_GET_APERTURE, vi915_query_aperture_ioctl, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(I915_GEM_MMAP_OFFSET, vi915_mmap_offset_ioctl, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(I915_GET_PIPE_FROM_CRTC_ID, vi915_display_pipe_ioctl, 0),
	DRM_IOCTL_DEF_DRV(I915_GEM_MADVISE, vi915_madvise_ioctl, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(I915_GEM_EXECBUFFER2_WR, vi915_execbuf_ioctl, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(I915_GEM_WAIT, vi915_wait_ioctl, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(I915_GEM_CONTEXT_CREATE_EXT, vi915_context_create_ioctl,
			  DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(I915_GEM_CONTEXT_DESTROY, vi915_context_destroy_ioctl, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(I915_GEM_SET_CACHING, vi915_domain_set_caching_ioctl, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(I915_GEM_GET_CACHING, vi915_domain_get_caching_ioctl, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(I915_REG_READ, vi915_reg_read_ioctl, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(I915_GET_RESET_STATS, vi915_context_reset_stats_ioctl, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(I915_GEM_USERPTR, vi915_userptr_ioctl, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(I915_GEM_CONTEXT_GETPARAM, vi915_context_param_get_ioctl,
			  DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(I915_GEM_CONTEXT_SETPARAM, vi915_context_param_set_ioctl,
			  DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(I915_QUERY, vi915_query_ioctl, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(I915_GEM_VM_CREATE, vi915_vm_create_ioctl, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(I915_GEM_VM_DESTROY, vi915_vm_destroy_ioctl, DRM_RENDER_ALLOW),
};

static int vi915_drv_release(struct inode *inode, struct file *file)
{
	vi915_shot_closing(file->private_data);
	return drm_release(inode, file);
}

static const struct file_operations vi915_fops = {
	.owner = THIS_MODULE,
	.open = drm_open,
	.release = vi915_drv_release,
	.unlocked_ioctl = drm_ioctl,
	.compat_ioctl = drm_compat_ioctl,
	.mmap = vi915_mmap,
	.get_unmapped_area = vi915_mmap_get_area,
	.poll = drm_poll,
	.read = drm_read,
	.show_fdinfo = drm_show_fdinfo,
	.llseek = noop_llseek,
	.fop_flags = FOP_UNSIGNED_OFFSET,
};

/* Programs look for this name and know these version numbers. */
#define VI915_DRM_DRIVER(features)				\
	{							\
		.driver_features = DRIVER_GEM | DRIVER_GEM_GPUVA |	\
				   DRIVER_SYNCOBJ |		\
				   DRIVER_SYNCOBJ_TIMELINE |	\
				   (features),			\
		.open = vi915_file_open,			\
		.postclose = vi915_file_close,			\
		.prime_handle_to_fd = vi915_dmabuf_handle_to_fd, \
		.gem_prime_import = vi915_dmabuf_import,	\
		.show_fdinfo = vi915_fdinfo_show,		\
		.dumb_create = vi915_create_dumb,		\
		.dumb_map_offset = vi915_mmap_dumb_offset,	\
		.debugfs_init = vi915_debugfs_init,		\
		.ioctls = vi915_ioctls,				\
		.num_ioctls = ARRAY_SIZE(vi915_ioctls),		\
		.fops = &vi915_fops,				\
		.name = "i915",					\
		.desc = "vi915: a GPU in software",		\
		.date = "20261122",				\
		.major = 1,					\
		.minor = 6,					\
	}

#define VI915_DRM_OUTPUTS	(DRIVER_MODESET | DRIVER_ATOMIC)

/* First index: there are outputs. Second index: there is a render node. */
static const struct drm_driver vi915_drm_drivers[2][2] = {
	{ VI915_DRM_DRIVER(0),
	  VI915_DRM_DRIVER(DRIVER_RENDER) },
	{ VI915_DRM_DRIVER(VI915_DRM_OUTPUTS),
	  VI915_DRM_DRIVER(VI915_DRM_OUTPUTS | DRIVER_RENDER) },
};

/**
 * vi915_drm_driver() - find the driver structure for a description
 * @config: the GPU's description
 *
 * The DRM core reads from the driver which nodes to make, when the device is
 * allocated, and whether to refuse calls for outputs.
 *
 * Return: a driver with or without a render node, with or without outputs.
 */
const struct drm_driver *vi915_drm_driver(const struct vi915_config *config)
{
	return &vi915_drm_drivers[!!config->outputs][config->render];
}
