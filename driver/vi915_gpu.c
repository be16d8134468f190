// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/device.h>
#include <linux/err.h>
#include <linux/idr.h>
#include <linux/list.h>
#include <linux/mod_devicetable.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/stdarg.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "vi915_gpu.h"
#include "vi915_probe.h"

/**
 * DOC: GPUs that come and go
 *
 * A GPU here is what a person describes: one device or, if split, two. It
 * exists from its description until it is destroyed, plugged in or not. While
 * plugged in, it is live: its platform devices exist, and its description does
 * not change. Clients see &struct vi915_device, which exists only while the
 * driver is bound to such a device; sysfs can unbind it, too.
 *
 * Each device has a name of its own, not a shared name and a number: MODALIAS
 * shows the name, and libdrm takes devices with equal MODALIAS for one device.
 * A GPU keeps its names when it is plugged in again.
 *
 * A late GPU is plugged in at once and bound later: until then every probe of
 * the device is refused.
 *
 * A GPU's lock serialises calls for it, over all of plugging and unplugging;
 * calls for different GPUs share only the lists of names and numbers. The
 * caller of vi915_gpu_destroy() makes sure that no other calls come: configfs
 * by its reference counts, module exit by being the last.
 */

/**
 * struct vi915_gpu_part - one of the devices of a GPU
 */
struct vi915_gpu_part {
	/** @index: N of its name vi915.N, or -1; kept until the GPU goes */
	int index;
	/** @minor: number that its list of GPUs gives its card, or -1 */
	int minor;
	/** @pdev: the device, or NULL when the GPU is not plugged in */
	struct platform_device *pdev;
	/** @name: its described name; valid while @link is in the list */
	char name[VI915_NAME_LEN];
	/** @link: in vi915_gpu_names; empty when not plugged in */
	struct list_head link;
};

/**
 * struct vi915_gpu - one GPU
 */
struct vi915_gpu {
	/**
	 * @lock: serialises plugging, unplugging and changes; guards @config,
	 * @live and @parts. Outermost: held while devices are added and
	 * removed, outside all locks taken there. Never taken by the worker or
	 * by a probe.
	 */
	struct mutex lock;
	/** @config: the description; its name never changes */
	struct vi915_config config;
	/** @live: it is plugged in */
	bool live;
	/** @parts: the devices; the second only of a split GPU */
	struct vi915_gpu_part parts[2];
	/**
	 * @late_work: binds @parts of a late GPU. It reads them without a lock:
	 * they do not change from its queueing to its cancellation.
	 */
	struct delayed_work late_work;

	/** @reason_lock: guards @reason, also from the worker; innermost */
	struct mutex reason_lock;
	/** @reason: the last refusal, or "" */
	char reason[VI915_REASON_LEN];
};

/* Allocates N of vi915.N; has its own lock. */
static DEFINE_IDA(vi915_gpu_indices);

/*
 * Guards vi915_gpu_names and its entries: parts of plugged-in GPUs have unique
 * names. Taken under a GPU's lock, with no lock inside.
 */
static DEFINE_MUTEX(vi915_gpu_names_lock);
static LIST_HEAD(vi915_gpu_names);

/* -- the driver ------------------------------------------------------------ */

/* Filled before the driver is registered. */
static struct platform_device_id vi915_gpu_ids[VI915_MAX_GPUS + 1];

static int vi915_gpu_probe(struct platform_device *pdev)
{
	struct vi915_gpu_data *data = dev_get_platdata(&pdev->dev);

	/* Any other name (driver_override) means foreign platform data. */
	if (!platform_get_device_id(pdev) || !data)
		return -ENODEV;
	/* vi915_gpu_late() will probe it again. */
	if (!READ_ONCE(data->due))
		return -ENODEV;
	data->error = vi915_device_probe(pdev);
	/* A number in use is a person's mistake: let the core log no error. */
	return data->error == -EBUSY ? -ENODEV : data->error;
}

static struct platform_driver vi915_gpu_driver = {
	.probe = vi915_gpu_probe,
	.remove = vi915_device_remove,
	.id_table = vi915_gpu_ids,
	.driver = {
		.name = "vi915",
		/* Plugging in waits, to report whether the GPU starts. */
		.probe_type = PROBE_FORCE_SYNCHRONOUS,
	},
};

/**
 * vi915_gpu_register_driver() - register the platform driver
 *
 * Return: 0 or a negative errno.
 */
int vi915_gpu_register_driver(void)
{
	unsigned int i;

	for (i = 0; i < VI915_MAX_GPUS; i++)
		snprintf(vi915_gpu_ids[i].name, sizeof(vi915_gpu_ids[i].name),
			 "vi915.%u", i);
	return platform_driver_register(&vi915_gpu_driver);
}

/**
 * vi915_gpu_unregister_driver() - the reverse, after all GPUs are destroyed
 */
void vi915_gpu_unregister_driver(void)
{
	platform_driver_unregister(&vi915_gpu_driver);
	ida_destroy(&vi915_gpu_indices);
}

/* -- reasons of refusals --------------------------------------------------- */

/**
 * vi915_gpu_refuse() - store the reason of a refusal
 * @gpu: the GPU
 * @format: one sentence, as for printk
 */
void vi915_gpu_refuse(struct vi915_gpu *gpu, const char *format, ...)
{
	va_list args;

	mutex_lock(&gpu->reason_lock);
	va_start(args, format);
	vscnprintf(gpu->reason, sizeof(gpu->reason), format, args);
	va_end(args);
	pr_debug("%s: refused: %s\n", gpu->config.name, gpu->reason);
	mutex_unlock(&gpu->reason_lock);
}

/**
 * vi915_gpu_print_reason() - write the reason of the last refusal
 * @gpu: the GPU
 * @buf: buffer to write to
 * @size: size of @buf, in bytes
 *
 * Return: bytes written, without the final NUL; 0 before the first refusal.
 */
int vi915_gpu_print_reason(struct vi915_gpu *gpu, char *buf, size_t size)
{
	int n;

	mutex_lock(&gpu->reason_lock);
	n = scnprintf(buf, size, "%s", gpu->reason);
	mutex_unlock(&gpu->reason_lock);
	return n;
}

/* Stores @error of a card that should get the number @minor, in words. */
static void vi915_gpu_refuse_error(struct vi915_gpu *gpu, int error, int minor)
{
	if (error == -EBUSY)
		vi915_gpu_refuse(gpu,
				 "'%s' has order=%d, and there is a card%d; write another number or order=auto, or close what has the old one open",
				 gpu->config.name, minor, minor);
	else
		vi915_gpu_refuse(gpu,
				 "'%s' does not start: %pe; the kernel's log has more",
				 gpu->config.name, ERR_PTR(error));
}

/* -- plugging -------------------------------------------------------------- */

/* Reserves a part's name and its index; both are unique among GPUs. */
static int vi915_gpu_claim(struct vi915_gpu *gpu, unsigned int i,
			   const char *name)
{
	struct vi915_gpu_part *part = &gpu->parts[i], *other;

	if (part->index < 0)
		part->index = ida_alloc_max(&vi915_gpu_indices,
					    VI915_MAX_GPUS - 1, GFP_KERNEL);
	if (part->index < 0) {
		vi915_gpu_refuse(gpu,
				 "'%s' has split=1, and there are %u devices already; remove a GPU",
				 gpu->config.name, VI915_MAX_GPUS);
		return part->index;
	}

	mutex_lock(&vi915_gpu_names_lock);
	list_for_each_entry(other, &vi915_gpu_names, link) {
		if (strcmp(other->name, name))
			continue;
		mutex_unlock(&vi915_gpu_names_lock);
		vi915_gpu_refuse(gpu,
				 "there is a '%s' already; of a GPU with split=1 it is the second part; unplug the other one",
				 name);
		return -EEXIST;
	}
	strscpy(part->name, name, sizeof(part->name));
	list_add_tail(&part->link, &vi915_gpu_names);
	mutex_unlock(&vi915_gpu_names_lock);
	return 0;
}

static void vi915_gpu_release_name(struct vi915_gpu_part *part)
{
	mutex_lock(&vi915_gpu_names_lock);
	list_del_init(&part->link);
	mutex_unlock(&vi915_gpu_names_lock);
}

static void vi915_gpu_remove_part(struct vi915_gpu_part *part)
{
	platform_device_unregister(part->pdev);
	part->pdev = NULL;
	vi915_gpu_release_name(part);
}

/* On the heap, to leave the stack to the probe. */
static struct vi915_gpu_data *vi915_gpu_describe(struct vi915_gpu *gpu,
						 unsigned int i)
{
	struct vi915_gpu_data *data = kzalloc(sizeof(*data), GFP_KERNEL);

	if (!data)
		return ERR_PTR(-ENOMEM);
	vi915_config_part(&gpu->config, i, &data->config);
	data->due = !gpu->config.late_ms;
	data->exact = data->config.order.kind == VI915_ORDER_MINOR;
	data->minor = gpu->parts[i].minor;
	return data;
}

static struct platform_device *
vi915_gpu_register(struct vi915_gpu *gpu, unsigned int i,
		   struct vi915_gpu_data *data)
{
	struct vi915_gpu_part *part = &gpu->parts[i];
	struct platform_device *pdev;
	int ret;

	ret = vi915_gpu_claim(gpu, i, data->config.name);
	if (ret)
		return ERR_PTR(ret);

	if (data->minor < 0)
		data->minor = vi915_config_minor(&gpu->config, i, part->index);
	pdev = platform_device_register_data(NULL,
					     vi915_gpu_ids[part->index].name,
					     PLATFORM_DEVID_NONE, data,
					     sizeof(*data));
	if (IS_ERR(pdev)) {
		vi915_gpu_release_name(part);
		ret = PTR_ERR(pdev);
		vi915_gpu_refuse_error(gpu, ret == -EBUSY ? -EEXIST : ret, -1);
	}
	return pdev;
}

static int vi915_gpu_add_part(struct vi915_gpu *gpu, unsigned int i)
{
	struct vi915_gpu_data *data = vi915_gpu_describe(gpu, i);
	struct platform_device *pdev;

	if (IS_ERR(data)) {
		vi915_gpu_refuse_error(gpu, PTR_ERR(data), -1);
		return PTR_ERR(data);
	}
	pdev = vi915_gpu_register(gpu, i, data);
	kfree(data);
	if (IS_ERR(pdev))
		return PTR_ERR(pdev);

	gpu->parts[i].pdev = pdev;
	/* It has been probed by now, unless it is late. */
	data = dev_get_platdata(&pdev->dev);
	if (!data->error)
		return 0;
	vi915_gpu_refuse_error(gpu, data->error, data->minor);
	return data->error;
}

static void vi915_gpu_late(struct work_struct *work)
{
	struct vi915_gpu *gpu =
		container_of(work, struct vi915_gpu, late_work.work);
	struct vi915_gpu_data *data;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(gpu->parts) && gpu->parts[i].pdev; i++) {
		data = dev_get_platdata(&gpu->parts[i].pdev->dev);
		WRITE_ONCE(data->due, true);
		if (device_attach(&gpu->parts[i].pdev->dev) <= 0 && data->error)
			vi915_gpu_refuse_error(gpu, data->error, data->minor);
	}
}

static void vi915_gpu_remove_parts(struct vi915_gpu *gpu)
{
	unsigned int i;

	for (i = ARRAY_SIZE(gpu->parts); i--;)
		if (gpu->parts[i].pdev)
			vi915_gpu_remove_part(&gpu->parts[i]);
}

static int vi915_gpu_plug_locked(struct vi915_gpu *gpu)
{
	unsigned int i;
	int ret;

	lockdep_assert_held(&gpu->lock);

	mutex_lock(&gpu->reason_lock);
	ret = vi915_config_check(&gpu->config, gpu->reason);
	mutex_unlock(&gpu->reason_lock);
	if (ret)
		return ret;

	for (i = 0; i < vi915_config_parts(&gpu->config); i++) {
		ret = vi915_gpu_add_part(gpu, i);
		if (ret) {
			vi915_gpu_remove_parts(gpu);
			return ret;
		}
	}
	gpu->live = true;
	/* Plugged in: drop the reasons of earlier refusals. */
	mutex_lock(&gpu->reason_lock);
	gpu->reason[0] = '\0';
	mutex_unlock(&gpu->reason_lock);
	if (gpu->config.late_ms)
		schedule_delayed_work(&gpu->late_work,
				      msecs_to_jiffies(gpu->config.late_ms));
	return 0;
}

/**
 * vi915_gpu_plug() - plug a GPU in
 * @gpu: the GPU
 *
 * Return: 0, also when it is plugged in already; -EINVAL for an inconsistent
 * description, -EEXIST for a name in use, -EBUSY for a minor number in use, or
 * the error of its probe. On error it is not plugged in, and its reason says
 * why.
 */
int vi915_gpu_plug(struct vi915_gpu *gpu)
{
	int ret = 0;

	mutex_lock(&gpu->lock);
	if (!gpu->live)
		ret = vi915_gpu_plug_locked(gpu);
	mutex_unlock(&gpu->lock);
	return ret;
}

/**
 * vi915_gpu_unplug() - take a GPU away, even while it is in use
 * @gpu: the GPU; it may be unplugged already
 *
 * A late GPU that is not bound yet never will be.
 */
void vi915_gpu_unplug(struct vi915_gpu *gpu)
{
	mutex_lock(&gpu->lock);
	if (gpu->live) {
		cancel_delayed_work_sync(&gpu->late_work);
		vi915_gpu_remove_parts(gpu);
		gpu->live = false;
	}
	mutex_unlock(&gpu->lock);
}

/* -- the object ------------------------------------------------------------ */

/**
 * vi915_gpu_create() - make a GPU that is not plugged in yet
 * @config: its description
 * @minors: numbers of its devices' cards by its list, in force until the
 *	description is changed; or NULL
 *
 * Return: the GPU, or an ERR_PTR: -ENOSPC for too many GPUs; -ENOMEM.
 */
struct vi915_gpu *vi915_gpu_create(const struct vi915_config *config,
				   const int *minors)
{
	struct vi915_gpu *gpu = kzalloc(sizeof(*gpu), GFP_KERNEL);
	unsigned int i;
	int ret = 0;

	if (!gpu)
		return ERR_PTR(-ENOMEM);
	mutex_init(&gpu->lock);
	mutex_init(&gpu->reason_lock);
	INIT_DELAYED_WORK(&gpu->late_work, vi915_gpu_late);
	gpu->config = *config;
	for (i = 0; i < ARRAY_SIZE(gpu->parts); i++) {
		gpu->parts[i].index = -1;
		gpu->parts[i].minor = -1;
		INIT_LIST_HEAD(&gpu->parts[i].link);
	}

	for (i = 0; i < vi915_config_parts(config) && ret >= 0; i++) {
		ret = ida_alloc_max(&vi915_gpu_indices, VI915_MAX_GPUS - 1,
				    GFP_KERNEL);
		gpu->parts[i].index = ret;
		gpu->parts[i].minor = minors ? minors[i] : -1;
	}
	if (ret < 0) {
		vi915_gpu_destroy(gpu);
		return ERR_PTR(ret);
	}
	return gpu;
}

/**
 * vi915_gpu_destroy() - unplug a GPU and forget it
 * @gpu: the GPU; no other caller may still use it
 */
void vi915_gpu_destroy(struct vi915_gpu *gpu)
{
	unsigned int i;

	vi915_gpu_unplug(gpu);
	for (i = 0; i < ARRAY_SIZE(gpu->parts); i++)
		if (gpu->parts[i].index >= 0)
			ida_free(&vi915_gpu_indices, gpu->parts[i].index);
	mutex_destroy(&gpu->reason_lock);
	mutex_destroy(&gpu->lock);
	kfree(gpu);
}

/**
 * vi915_gpu_name() - the name of a GPU
 * @gpu: the GPU
 *
 * Return: its name, as long as it lives.
 */
const char *vi915_gpu_name(const struct vi915_gpu *gpu)
{
	return gpu->config.name;
}

/**
 * vi915_gpu_is_live() - is a GPU plugged in?
 * @gpu: the GPU
 *
 * Return: whether it is, or was a moment ago.
 */
bool vi915_gpu_is_live(struct vi915_gpu *gpu)
{
	bool live;

	mutex_lock(&gpu->lock);
	live = gpu->live;
	mutex_unlock(&gpu->lock);
	return live;
}

/**
 * vi915_gpu_set() - change one key of a GPU's description
 * @gpu: the GPU
 * @key: name of the key
 * @value: its new value
 *
 * Return: 0; -EBUSY while it is plugged in; -EINVAL for an impossible value.
 * Plugging in checks whether it is consistent with the other keys.
 */
int vi915_gpu_set(struct vi915_gpu *gpu, const char *key, const char *value)
{
	unsigned int i;
	int ret;

	mutex_lock(&gpu->lock);
	if (gpu->live) {
		vi915_gpu_refuse(gpu,
				 "'%s' is plugged in, so %s cannot change; unplug it first: write 0 to live",
				 gpu->config.name, key);
		ret = -EBUSY;
		goto out_unlock;
	}

	mutex_lock(&gpu->reason_lock);
	ret = vi915_config_set(&gpu->config, key, value, gpu->reason);
	mutex_unlock(&gpu->reason_lock);
	/* A changed description voids the numbers from its list. */
	for (i = 0; i < ARRAY_SIZE(gpu->parts) && !ret; i++)
		gpu->parts[i].minor = -1;
out_unlock:
	mutex_unlock(&gpu->lock);
	return ret;
}

/**
 * vi915_gpu_print_key() - write one key of a GPU's description
 * @gpu: the GPU
 * @key: name of the key
 * @buf: buffer to write to
 * @size: size of @buf, in bytes
 *
 * Return: bytes written, without the final NUL.
 */
int vi915_gpu_print_key(struct vi915_gpu *gpu, const char *key, char *buf,
			size_t size)
{
	int n;

	mutex_lock(&gpu->lock);
	n = vi915_config_print_key(&gpu->config, key, buf, size);
	mutex_unlock(&gpu->lock);
	return n;
}

/**
 * vi915_gpu_print_devices() - write the names of a GPU's platform devices
 * @gpu: the GPU
 * @buf: buffer to write to
 * @size: size of @buf, in bytes
 *
 * Return: bytes written, without the final NUL; 0 when it is not plugged in.
 */
int vi915_gpu_print_devices(struct vi915_gpu *gpu, char *buf, size_t size)
{
	unsigned int i;
	int n = 0;

	mutex_lock(&gpu->lock);
	for (i = 0; i < ARRAY_SIZE(gpu->parts); i++)
		if (gpu->parts[i].pdev)
			n += scnprintf(buf + n, size - n, "%s%s", i ? " " : "",
				       dev_name(&gpu->parts[i].pdev->dev));
	mutex_unlock(&gpu->lock);
	return n;
}
