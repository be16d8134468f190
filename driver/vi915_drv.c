// SPDX-License-Identifier: GPL-2.0-only OR MIT

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_ioctl.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_config.h"
#include "vi915_configfs.h"
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
#include "vi915_gpu.h"
#include "vi915_madvise.h"
#include "vi915_mmap.h"
#include "vi915_query.h"
#include "vi915_reg.h"
#include "vi915_rw.h"
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

static const struct file_operations vi915_fops = {
	.owner = THIS_MODULE,
	.open = drm_open,
	.release = vi915_file_release,
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

/* NULL if the parameter was not given. Written only while the module loads. */
static char *vi915_param_gpus;

/* A charp parameter ends at 1024 characters; 64 descriptions need more. */
static int vi915_param_set(const char *val, const struct kernel_param *kp)
{
	char *copy = kstrdup(val, GFP_KERNEL);

	if (!copy)
		return -ENOMEM;
	kfree(vi915_param_gpus);
	vi915_param_gpus = copy;
	return 0;
}

static int vi915_param_get(char *buffer, const struct kernel_param *kp)
{
	return scnprintf(buffer, PAGE_SIZE, "%s\n", vi915_param_gpus ?: "1");
}

static void vi915_param_free(void *arg)
{
	kfree(vi915_param_gpus);
}

static const struct kernel_param_ops vi915_param_ops = {
	.set = vi915_param_set,
	.get = vi915_param_get,
	.free = vi915_param_free,
};
module_param_cb(gpus, &vi915_param_ops, &vi915_param_gpus, 0444);
MODULE_PARM_DESC(gpus, "Number of GPUs, or their descriptions: NAME[,key=value]...[;NAME[,key=value]...]..., keys as in vi915(1) (default 1)");

/*
 * The GPUs of the parameter, by their place in it. Filled by module init,
 * emptied by module exit, unchanged in between.
 */
static struct vi915_gpu *vi915_drv_gpus[VI915_MAX_GPUS];

static void vi915_drv_remove_gpus(void)
{
	unsigned int i;

	for (i = 0; i < VI915_MAX_GPUS && vi915_drv_gpus[i]; i++) {
		vi915_gpu_destroy(vi915_drv_gpus[i]);
		vi915_drv_gpus[i] = NULL;
	}
}

static int vi915_drv_plug_gpu(struct vi915_gpu *gpu, char *reason)
{
	int ret = vi915_gpu_plug(gpu);

	if (ret) {
		vi915_gpu_print_reason(gpu, reason, VI915_REASON_LEN);
		pr_err("gpus: %s\n", reason);
	}
	return ret;
}

/* Plug in the order of card numbers, so that nodes appear in that order. */
static int vi915_drv_plug_gpus(int count, const int *first, char *reason)
{
	int next, i, done = 0, last = -1, ret = 0;

	/* No numbers (all -1): keep the order of the list. */
	while (done < count && !ret && first[0] < 0)
		ret = vi915_drv_plug_gpu(vi915_drv_gpus[done++], reason);

	for (; done < count && !ret; done++) {
		for (next = -1, i = 0; i < count; i++)
			if (first[i] > last && (next < 0 || first[i] < first[next]))
				next = i;
		last = first[next];
		ret = vi915_drv_plug_gpu(vi915_drv_gpus[next], reason);
	}
	return ret;
}

/* Working memory for making the GPUs of the parameter. */
struct vi915_drv_list {
	struct vi915_config configs[VI915_MAX_GPUS];
	/* Card numbers by device; and by GPU, that of its first device. */
	int minors[VI915_MAX_GPUS];
	int first[VI915_MAX_GPUS];
	char reason[VI915_REASON_LEN];
};

static int vi915_drv_make_gpus(struct vi915_drv_list *list, int count)
{
	struct vi915_gpu *gpu;
	int i, device = 0;

	vi915_config_minors(list->configs, count, list->minors);
	for (i = 0; i < count; i++) {
		gpu = vi915_gpu_create(&list->configs[i], &list->minors[device]);
		if (IS_ERR(gpu))
			return PTR_ERR(gpu);
		vi915_drv_gpus[i] = gpu;
		list->first[i] = list->minors[device];
		device += vi915_config_parts(&list->configs[i]);
	}
	return vi915_drv_plug_gpus(count, list->first, list->reason);
}

static int vi915_drv_add_gpus(void)
{
	struct vi915_drv_list *list;
	char *text;
	int ret;

	list = kzalloc(sizeof(*list), GFP_KERNEL);
	text = kstrdup(vi915_param_gpus ?: "1", GFP_KERNEL);
	if (!list || !text) {
		ret = -ENOMEM;
		goto out_free;
	}

	ret = vi915_config_parse_list(list->configs, VI915_MAX_GPUS, text,
				      list->reason);
	if (ret < 0) {
		pr_err("gpus: %s\n", list->reason);
		goto out_free;
	}
	ret = vi915_drv_make_gpus(list, ret);
	if (ret)
		vi915_drv_remove_gpus();

out_free:
	kfree(text);
	kfree(list);
	return ret;
}

/* There from module init to module exit. */
static struct workqueue_struct *vi915_drv_wq;

/**
 * vi915_drv_queue() - queue work that needs a context where it may sleep
 * @work: the work; may hold the last reference to its GPU
 *
 * Module exit waits for the work to end: a reference that it drops may be the
 * last one that keeps the module loaded.
 */
void vi915_drv_queue(struct work_struct *work)
{
	queue_work(vi915_drv_wq, work);
}

static int __init vi915_drv_init(void)
{
	int ret;

	vi915_drv_wq = alloc_workqueue("vi915", WQ_UNBOUND, 0);
	if (!vi915_drv_wq)
		return -ENOMEM;

	ret = vi915_gpu_register_driver();
	if (ret)
		goto err_destroy_wq;

	ret = vi915_drv_add_gpus();
	if (ret)
		goto err_unregister;

	/* Last: folders made there pin the module, so nothing may fail then. */
	ret = vi915_configfs_register(vi915_drv_gpus, VI915_MAX_GPUS);
	if (ret)
		goto err_remove;
	return 0;

err_remove:
	vi915_drv_remove_gpus();
err_unregister:
	vi915_gpu_unregister_driver();
err_destroy_wq:
	destroy_workqueue(vi915_drv_wq);
	return ret;
}

static void __exit vi915_drv_exit(void)
{
	vi915_configfs_unregister();
	vi915_drv_remove_gpus();
	vi915_gpu_unregister_driver();
	destroy_workqueue(vi915_drv_wq);
	/* The last fence may have put the module from an RCU callback. */
	rcu_barrier();
}

module_init(vi915_drv_init);
module_exit(vi915_drv_exit);

MODULE_DESCRIPTION("A GPU in software that speaks the i915 GEM uAPI");
MODULE_IMPORT_NS(DMA_BUF);
MODULE_LICENSE("Dual MIT/GPL");
