// SPDX-License-Identifier: GPL-2.0-only OR MIT

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "vi915_config.h"
#include "vi915_configfs.h"
#include "vi915_gpu.h"
#include "vi915_queue.h"

/* NULL if the parameter was not given. Written only while the module loads. */
static char *vi915_module_param;

/* A charp parameter ends at 1024 characters; 64 descriptions need more. */
static int vi915_module_param_set(const char *val, const struct kernel_param *kp)
{
	char *copy = kstrdup(val, GFP_KERNEL);

	if (!copy)
		return -ENOMEM;
	kfree(vi915_module_param);
	vi915_module_param = copy;
	return 0;
}

static int vi915_module_param_get(char *buffer, const struct kernel_param *kp)
{
	return scnprintf(buffer, PAGE_SIZE, "%s\n", vi915_module_param ?: "1");
}

static void vi915_module_param_free(void *arg)
{
	kfree(vi915_module_param);
}

static const struct kernel_param_ops vi915_module_param_ops = {
	.set = vi915_module_param_set,
	.get = vi915_module_param_get,
	.free = vi915_module_param_free,
};
module_param_cb(gpus, &vi915_module_param_ops, &vi915_module_param, 0444);
MODULE_PARM_DESC(gpus, "Number of GPUs, or their descriptions: NAME[,key=value]...[;NAME[,key=value]...]..., keys as in vi915(1) (default 1)");

/*
 * The GPUs of the parameter, by their place in it. Filled by module init,
 * emptied by module exit, unchanged in between.
 */
static struct vi915_gpu *vi915_module_gpus[VI915_MAX_GPUS];

static void vi915_module_remove_gpus(void)
{
	unsigned int i;

	for (i = 0; i < VI915_MAX_GPUS && vi915_module_gpus[i]; i++) {
		vi915_gpu_destroy(vi915_module_gpus[i]);
		vi915_module_gpus[i] = NULL;
	}
}

static int vi915_module_plug_gpu(struct vi915_gpu *gpu, char *reason)
{
	int ret = vi915_gpu_plug(gpu);

	if (ret) {
		vi915_gpu_print_reason(gpu, reason, VI915_REASON_LEN);
		pr_err("gpus: %s\n", reason);
	}
	return ret;
}

/* Plug in the order of card numbers, so that nodes appear in that order. */
static int vi915_module_plug_gpus(int count, const int *first, char *reason)
{
	int next, i, done = 0, last = -1, ret = 0;

	/* No numbers (all -1): keep the order of the list. */
	while (done < count && !ret && first[0] < 0)
		ret = vi915_module_plug_gpu(vi915_module_gpus[done++], reason);

	for (; done < count && !ret; done++) {
		for (next = -1, i = 0; i < count; i++)
			if (first[i] > last && (next < 0 || first[i] < first[next]))
				next = i;
		last = first[next];
		ret = vi915_module_plug_gpu(vi915_module_gpus[next], reason);
	}
	return ret;
}

/* Working memory for making the GPUs of the parameter. */
struct vi915_module_list {
	struct vi915_config configs[VI915_MAX_GPUS];
	/* Card numbers by device; and by GPU, that of its first device. */
	int minors[VI915_MAX_GPUS];
	int first[VI915_MAX_GPUS];
	char reason[VI915_REASON_LEN];
};

static int vi915_module_make_gpus(struct vi915_module_list *list, int count)
{
	struct vi915_gpu *gpu;
	int i, device = 0;

	vi915_config_minors(list->configs, count, list->minors);
	for (i = 0; i < count; i++) {
		gpu = vi915_gpu_create(&list->configs[i], &list->minors[device]);
		if (IS_ERR(gpu))
			return PTR_ERR(gpu);
		vi915_module_gpus[i] = gpu;
		list->first[i] = list->minors[device];
		device += vi915_config_parts(&list->configs[i]);
	}
	return vi915_module_plug_gpus(count, list->first, list->reason);
}

static int vi915_module_add_gpus(void)
{
	struct vi915_module_list *list;
	char *text;
	int ret;

	list = kzalloc(sizeof(*list), GFP_KERNEL);
	text = kstrdup(vi915_module_param ?: "1", GFP_KERNEL);
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
	ret = vi915_module_make_gpus(list, ret);
	if (ret)
		vi915_module_remove_gpus();

out_free:
	kfree(text);
	kfree(list);
	return ret;
}

static int __init vi915_module_init(void)
{
	int ret;

	ret = vi915_queue_init();
	if (ret)
		return ret;

	ret = vi915_gpu_register_driver();
	if (ret)
		goto err_remove_queue;

	ret = vi915_module_add_gpus();
	if (ret)
		goto err_unregister;

	/* Last: folders made there pin the module, so nothing may fail then. */
	ret = vi915_configfs_register(vi915_module_gpus, VI915_MAX_GPUS);
	if (ret)
		goto err_remove;
	return 0;

err_remove:
	vi915_module_remove_gpus();
err_unregister:
	vi915_gpu_unregister_driver();
err_remove_queue:
	vi915_queue_fini();
	return ret;
}

static void __exit vi915_module_exit(void)
{
	vi915_configfs_unregister();
	vi915_module_remove_gpus();
	vi915_gpu_unregister_driver();
	vi915_queue_fini();
	/* The last fence may have put the module from an RCU callback. */
	rcu_barrier();
}

module_init(vi915_module_init);
module_exit(vi915_module_exit);

MODULE_DESCRIPTION("A GPU in software that speaks the i915 GEM uAPI");
MODULE_IMPORT_NS(DMA_BUF);
MODULE_LICENSE("Dual MIT/GPL");
