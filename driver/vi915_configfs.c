// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/configfs.h>
#include <linux/container_of.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "vi915_config.h"
#include "vi915_configfs.h"
#include "vi915_gpu.h"

/**
 * DOC: GPUs in configfs
 *
 * /sys/kernel/config/vi915/ has a folder for each GPU. mkdir makes a GPU with
 * the default description, rmdir unplugs and frees it. Each key of the
 * description is a file, which can be written while the GPU is not plugged in.
 * Writing to live plugs the GPU in and out; error has the reason of the last
 * refusal; devices has the names of its platform devices.
 *
 * The GPUs of the module's parameter have folders too, which stay as long as the
 * module does. Folders that users make pin the module; those do not.
 *
 * The keys come from vi915_config_key(); they are not listed here. configfs
 * does not tell a function for which attribute it is called, so each key gets a
 * pair of functions of its own, by its index.
 */

/**
 * struct vi915_configfs_folder - the folder of one GPU
 */
struct vi915_configfs_folder {
	/** @group: base; holds the reference count */
	struct config_group group;
	/** @gpu: the GPU; never changes */
	struct vi915_gpu *gpu;
	/** @owned: the folder owns the GPU and frees it in the end */
	bool owned;
};

static struct vi915_gpu *vi915_configfs_gpu(struct config_item *item)
{
	struct config_group *group = to_config_group(item);

	return container_of(group, struct vi915_configfs_folder, group)->gpu;
}

/* Copy the text that was written, without the newline of echo. */
static char *vi915_configfs_copy(const char *page, size_t count, char **value)
{
	char *copy = kstrndup(page, count, GFP_KERNEL);

	if (copy)
		*value = strim(copy);
	return copy;
}

/* Add a newline to the @n bytes printed to a page. */
static ssize_t vi915_configfs_line(char *page, int n)
{
	return n + scnprintf(page + n, PAGE_SIZE - n, "\n");
}

/* -- the keys -------------------------------------------------------------- */

static ssize_t vi915_configfs_show(struct config_item *item, unsigned int key,
				   char *page)
{
	return vi915_configfs_line(page,
		vi915_gpu_print_key(vi915_configfs_gpu(item),
				    vi915_config_key(key, NULL, 0), page,
				    PAGE_SIZE));
}

static ssize_t vi915_configfs_store(struct config_item *item, unsigned int key,
				    const char *page, size_t count)
{
	char *value, *copy = vi915_configfs_copy(page, count, &value);
	int ret;

	if (!copy)
		return -ENOMEM;
	ret = vi915_gpu_set(vi915_configfs_gpu(item),
			    vi915_config_key(key, NULL, 0), value);
	kfree(copy);
	return ret ?: count;
}

#define VI915_CONFIGFS_KEY(n)						\
	enum { VI915_CONFIGFS_KEY_##n = (n) };				\
	static ssize_t vi915_configfs_show_##n(struct config_item *item, \
					       char *page)		\
	{								\
		return vi915_configfs_show(item, VI915_CONFIGFS_KEY_##n, page); \
	}								\
	static ssize_t vi915_configfs_store_##n(struct config_item *item, \
						const char *page,	\
						size_t count)		\
	{								\
		return vi915_configfs_store(item, VI915_CONFIGFS_KEY_##n, \
					    page, count);		\
	}
#define VI915_CONFIGFS_ATTR(n) {					\
		.ca_owner = THIS_MODULE,				\
		.ca_mode = 0644,					\
		.show = vi915_configfs_show_##n,			\
		.store = vi915_configfs_store_##n,			\
	}

/* At least as many as there are keys; checked when the module is loaded. */
VI915_CONFIGFS_KEY(0) VI915_CONFIGFS_KEY(1) VI915_CONFIGFS_KEY(2)
VI915_CONFIGFS_KEY(3) VI915_CONFIGFS_KEY(4) VI915_CONFIGFS_KEY(5)
VI915_CONFIGFS_KEY(6) VI915_CONFIGFS_KEY(7) VI915_CONFIGFS_KEY(8)
VI915_CONFIGFS_KEY(9) VI915_CONFIGFS_KEY(10) VI915_CONFIGFS_KEY(11)
VI915_CONFIGFS_KEY(12) VI915_CONFIGFS_KEY(13) VI915_CONFIGFS_KEY(14)
VI915_CONFIGFS_KEY(15) VI915_CONFIGFS_KEY(16) VI915_CONFIGFS_KEY(17)
VI915_CONFIGFS_KEY(18) VI915_CONFIGFS_KEY(19) VI915_CONFIGFS_KEY(20)
VI915_CONFIGFS_KEY(21) VI915_CONFIGFS_KEY(22) VI915_CONFIGFS_KEY(23)
VI915_CONFIGFS_KEY(24) VI915_CONFIGFS_KEY(25) VI915_CONFIGFS_KEY(26)
VI915_CONFIGFS_KEY(27) VI915_CONFIGFS_KEY(28) VI915_CONFIGFS_KEY(29)
VI915_CONFIGFS_KEY(30) VI915_CONFIGFS_KEY(31)

/* vi915_configfs_name_keys() fills in the names. */
static struct configfs_attribute vi915_configfs_keys[] = {
	VI915_CONFIGFS_ATTR(0), VI915_CONFIGFS_ATTR(1), VI915_CONFIGFS_ATTR(2),
	VI915_CONFIGFS_ATTR(3), VI915_CONFIGFS_ATTR(4), VI915_CONFIGFS_ATTR(5),
	VI915_CONFIGFS_ATTR(6), VI915_CONFIGFS_ATTR(7), VI915_CONFIGFS_ATTR(8),
	VI915_CONFIGFS_ATTR(9), VI915_CONFIGFS_ATTR(10), VI915_CONFIGFS_ATTR(11),
	VI915_CONFIGFS_ATTR(12), VI915_CONFIGFS_ATTR(13), VI915_CONFIGFS_ATTR(14),
	VI915_CONFIGFS_ATTR(15), VI915_CONFIGFS_ATTR(16), VI915_CONFIGFS_ATTR(17),
	VI915_CONFIGFS_ATTR(18), VI915_CONFIGFS_ATTR(19), VI915_CONFIGFS_ATTR(20),
	VI915_CONFIGFS_ATTR(21), VI915_CONFIGFS_ATTR(22), VI915_CONFIGFS_ATTR(23),
	VI915_CONFIGFS_ATTR(24), VI915_CONFIGFS_ATTR(25), VI915_CONFIGFS_ATTR(26),
	VI915_CONFIGFS_ATTR(27), VI915_CONFIGFS_ATTR(28), VI915_CONFIGFS_ATTR(29),
	VI915_CONFIGFS_ATTR(30), VI915_CONFIGFS_ATTR(31),
};

/* -- the others ------------------------------------------------------------ */

static ssize_t vi915_configfs_devices_show(struct config_item *item, char *page)
{
	return vi915_configfs_line(page,
		vi915_gpu_print_devices(vi915_configfs_gpu(item), page,
					PAGE_SIZE));
}

static ssize_t vi915_configfs_error_show(struct config_item *item, char *page)
{
	return vi915_configfs_line(page,
		vi915_gpu_print_reason(vi915_configfs_gpu(item), page,
				       PAGE_SIZE));
}

static ssize_t vi915_configfs_live_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%d\n",
			  vi915_gpu_is_live(vi915_configfs_gpu(item)));
}

static ssize_t vi915_configfs_live_store(struct config_item *item,
					 const char *page, size_t count)
{
	struct vi915_gpu *gpu = vi915_configfs_gpu(item);
	char *value, *copy = vi915_configfs_copy(page, count, &value);
	int ret = 0;

	if (!copy)
		return -ENOMEM;
	if (!strcmp(value, "1")) {
		ret = vi915_gpu_plug(gpu);
	} else if (!strcmp(value, "0")) {
		vi915_gpu_unplug(gpu);
	} else {
		vi915_gpu_refuse(gpu, "live cannot be '%.32s'; write 0 or 1",
				 value);
		ret = -EINVAL;
	}
	kfree(copy);
	return ret ?: count;
}

CONFIGFS_ATTR_RO(vi915_configfs_, devices);
CONFIGFS_ATTR_RO(vi915_configfs_, error);
CONFIGFS_ATTR(vi915_configfs_, live);

/* vi915_configfs_name_keys() adds the keys. */
static struct configfs_attribute *
vi915_configfs_attrs[3 + ARRAY_SIZE(vi915_configfs_keys) + 1] = {
	&vi915_configfs_attr_devices,
	&vi915_configfs_attr_error,
	&vi915_configfs_attr_live,
};

/* -- folders --------------------------------------------------------------- */

static void vi915_configfs_release(struct config_item *item)
{
	struct config_group *group = to_config_group(item);
	struct vi915_configfs_folder *folder =
		container_of(group, struct vi915_configfs_folder, group);

	if (folder->owned)
		vi915_gpu_destroy(folder->gpu);
	kfree(folder);
}

static struct configfs_item_operations vi915_configfs_folder_ops = {
	.release = vi915_configfs_release,
};

static const struct config_item_type vi915_configfs_folder_type = {
	.ct_item_ops = &vi915_configfs_folder_ops,
	.ct_attrs = vi915_configfs_attrs,
	.ct_owner = THIS_MODULE,
};

static struct vi915_configfs_folder *
vi915_configfs_create(struct vi915_gpu *gpu, bool owned)
{
	struct vi915_configfs_folder *folder;

	folder = kzalloc(sizeof(*folder), GFP_KERNEL);
	if (!folder)
		return ERR_PTR(-ENOMEM);
	folder->gpu = gpu;
	folder->owned = owned;
	config_group_init_type_name(&folder->group, vi915_gpu_name(gpu),
				    &vi915_configfs_folder_type);
	return folder;
}

static struct config_group *
vi915_configfs_make_group(struct config_group *parent, const char *name)
{
	struct vi915_configfs_folder *folder;
	struct vi915_config config;
	struct vi915_gpu *gpu;
	char *reason;
	int ret;

	reason = kmalloc(VI915_REASON_LEN, GFP_KERNEL);
	if (!reason)
		return ERR_PTR(-ENOMEM);
	vi915_config_init(&config, 0);
	ret = vi915_config_set_name(&config, name, reason);
	if (ret)
		pr_debug("refused: %s\n", reason);
	kfree(reason);
	if (ret)
		return ERR_PTR(ret);

	gpu = vi915_gpu_create(&config, NULL);
	if (IS_ERR(gpu))
		return ERR_CAST(gpu);
	folder = vi915_configfs_create(gpu, true);
	if (IS_ERR(folder)) {
		vi915_gpu_destroy(gpu);
		return ERR_CAST(folder);
	}
	return &folder->group;
}

/* Unplug now: the GPU is gone when rmdir returns, even if a file is open. */
static void vi915_configfs_drop_item(struct config_group *parent,
				     struct config_item *item)
{
	vi915_gpu_unplug(vi915_configfs_gpu(item));
	config_item_put(item);
}

static struct configfs_group_operations vi915_configfs_group_ops = {
	.make_group = vi915_configfs_make_group,
	.drop_item = vi915_configfs_drop_item,
};

static const struct config_item_type vi915_configfs_type = {
	.ct_group_ops = &vi915_configfs_group_ops,
	.ct_owner = THIS_MODULE,
};

static struct configfs_subsystem vi915_configfs_subsystem = {
	.su_group = {
		.cg_item = {
			.ci_namebuf = "vi915",
			.ci_type = &vi915_configfs_type,
		},
	},
};

static int vi915_configfs_name_keys(void)
{
	unsigned int i;
	const char *name;

	for (i = 0; (name = vi915_config_key(i, NULL, 0)); i++) {
		if (WARN_ON(i == ARRAY_SIZE(vi915_configfs_keys)))
			return -ENOSPC;
		vi915_configfs_keys[i].ca_name = name;
		vi915_configfs_attrs[3 + i] = &vi915_configfs_keys[i];
	}
	return 0;
}

/**
 * vi915_configfs_register() - make the folder vi915 in configfs
 * @gpus: GPUs that get folders which cannot be removed; they stay the caller's
 * @max: length of @gpus; the GPUs end at the first NULL
 *
 * Return: 0 or a negative errno.
 */
int vi915_configfs_register(struct vi915_gpu *const *gpus, unsigned int max)
{
	struct config_group *root = &vi915_configfs_subsystem.su_group;
	struct vi915_configfs_folder *folder;
	unsigned int i;
	int ret = vi915_configfs_name_keys();

	if (ret)
		return ret;
	config_group_init(root);
	mutex_init(&vi915_configfs_subsystem.su_mutex);
	for (i = 0; i < max && gpus[i]; i++) {
		folder = vi915_configfs_create(gpus[i], false);
		if (IS_ERR(folder)) {
			ret = PTR_ERR(folder);
			goto err_remove;
		}
		configfs_add_default_group(&folder->group, root);
	}

	ret = configfs_register_subsystem(&vi915_configfs_subsystem);
	if (ret)
		goto err_remove;
	return 0;

err_remove:
	configfs_remove_default_groups(root);
	return ret;
}

/**
 * vi915_configfs_unregister() - remove the folder vi915 from configfs
 *
 * Users' folders are all removed before, since those pin the module.
 */
void vi915_configfs_unregister(void)
{
	configfs_unregister_subsystem(&vi915_configfs_subsystem);
	configfs_remove_default_groups(&vi915_configfs_subsystem.su_group);
	mutex_destroy(&vi915_configfs_subsystem.su_mutex);
}
