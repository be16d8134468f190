// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_file.h>
#include <linux/device.h>
#include <linux/jiffies.h>
#include <linux/kobject.h>
#include <linux/kstrtox.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_device.h"
#include "vi915_engine.h"
#include "vi915_error.h"
#include "vi915_query.h"
#include "vi915_sysfs.h"

/**
 * DOC: engines in sysfs
 *
 * In the card's folder, engine/NAME/ describes an engine and has its tunable
 * values; engine/NAME/.defaults/ has their initial values. `error` in the
 * card's folder is the report of the first hang. All is as in i915, because
 * programs for it look for it there.
 *
 * (i915 contract, section 5)
 */

/**
 * struct vi915_sysfs_dir - engine/NAME or engine/NAME/.defaults
 * @base: the folder
 * @engine: the engine; the folder is removed before its device goes
 * @link: in vi915_sysfs.dirs
 */
struct vi915_sysfs_dir {
	struct kobject base;
	struct vi915_engine *engine;
	struct list_head link;
};

/**
 * struct vi915_sysfs_attr - a file in such a folder
 * @attr: name and mode
 * @show: writes the file's contents to buf
 * @store: takes a written value; or NULL
 * @offset: offset of the field in &struct vi915_engine_props
 * @max: largest value of the field
 */
struct vi915_sysfs_attr {
	struct attribute attr;
	ssize_t (*show)(const struct vi915_engine *engine,
			const struct vi915_sysfs_attr *attr, char *buf);
	ssize_t (*store)(struct vi915_engine *engine,
			 const struct vi915_sysfs_attr *attr, const char *buf,
			 size_t size);
	size_t offset;
	u64 max;
};

static ssize_t vi915_sysfs_show(struct kobject *kobj, struct attribute *base,
				char *buf)
{
	struct vi915_sysfs_dir *dir =
		container_of(kobj, struct vi915_sysfs_dir, base);
	struct vi915_sysfs_attr *attr =
		container_of(base, struct vi915_sysfs_attr, attr);

	return attr->show(dir->engine, attr, buf);
}

static ssize_t vi915_sysfs_store(struct kobject *kobj, struct attribute *base,
				 const char *buf, size_t size)
{
	struct vi915_sysfs_dir *dir =
		container_of(kobj, struct vi915_sysfs_dir, base);
	struct vi915_sysfs_attr *attr =
		container_of(base, struct vi915_sysfs_attr, attr);

	return attr->store ? attr->store(dir->engine, attr, buf, size) : -EIO;
}

static const struct sysfs_ops vi915_sysfs_ops = {
	.show = vi915_sysfs_show,
	.store = vi915_sysfs_store,
};

static void vi915_sysfs_release(struct kobject *kobj)
{
	kfree(container_of(kobj, struct vi915_sysfs_dir, base));
}

static ssize_t vi915_sysfs_name(const struct vi915_engine *engine,
				const struct vi915_sysfs_attr *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", engine->info->name);
}

static ssize_t vi915_sysfs_class(const struct vi915_engine *engine,
				 const struct vi915_sysfs_attr *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", engine->info->class);
}

static ssize_t vi915_sysfs_instance(const struct vi915_engine *engine,
				    const struct vi915_sysfs_attr *attr,
				    char *buf)
{
	return sysfs_emit(buf, "0\n");
}

static ssize_t vi915_sysfs_mmio_base(const struct vi915_engine *engine,
				     const struct vi915_sysfs_attr *attr,
				     char *buf)
{
	return sysfs_emit(buf, "0x%x\n", engine->info->mmio_base);
}

/* A Skylake's first video engines have all known capabilities. */
static ssize_t vi915_sysfs_capabilities(const struct vi915_engine *engine,
					const struct vi915_sysfs_attr *attr,
					char *buf)
{
	u64 bits = vi915_query_capabilities(engine->info->class);
	bool hevc = bits & I915_VIDEO_CLASS_CAPABILITY_HEVC;
	bool sfc = bits & I915_VIDEO_AND_ENHANCE_CLASS_CAPABILITY_SFC;

	if (!bits)
		return 0;
	return sysfs_emit(buf, "%s%s%s\n", hevc ? "hevc" : "",
			  hevc && sfc ? " " : "", sfc ? "sfc" : "");
}

static u64 vi915_sysfs_field(const struct vi915_engine_props *props,
			     const struct vi915_sysfs_attr *attr)
{
	return READ_ONCE(*(const u64 *)((const char *)props + attr->offset));
}

static ssize_t vi915_sysfs_prop(const struct vi915_engine *engine,
				const struct vi915_sysfs_attr *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n",
			  vi915_sysfs_field(&engine->props, attr));
}

static ssize_t vi915_sysfs_default(const struct vi915_engine *engine,
				   const struct vi915_sysfs_attr *attr,
				   char *buf)
{
	return sysfs_emit(buf, "%llu\n",
			  vi915_sysfs_field(&vi915_engine_default_props, attr));
}

static ssize_t vi915_sysfs_set_prop(struct vi915_engine *engine,
				    const struct vi915_sysfs_attr *attr,
				    const char *buf, size_t size)
{
	u64 value;
	int ret;

	ret = kstrtou64(buf, 0, &value);
	if (ret)
		return ret;
	if (value > attr->max)
		return -EINVAL;

	if (attr->offset == offsetof(struct vi915_engine_props, heartbeat_ms))
		vi915_engine_set_heartbeat(engine, value);
	else
		WRITE_ONCE(*(u64 *)((char *)&engine->props + attr->offset),
			   value);
	return size;
}

/* Milliseconds that fit an unsigned int, as in i915. */
#define VI915_SYSFS_MAX_MS	UINT_MAX
/* Waits longer than this should sleep, not spin. */
#define VI915_SYSFS_MAX_NS	(2 * TICK_NSEC)

#define VI915_SYSFS_INFO(id, how)					\
	static struct vi915_sysfs_attr vi915_sysfs_attr_##id = {	\
		.attr = { .name = #id, .mode = 0444 },			\
		.show = (how),						\
	}

#define VI915_SYSFS_PROP(id, field, most)				\
	static struct vi915_sysfs_attr vi915_sysfs_attr_##id = {	\
		.attr = { .name = #id, .mode = 0644 },			\
		.show = vi915_sysfs_prop,				\
		.store = vi915_sysfs_set_prop,				\
		.offset = offsetof(struct vi915_engine_props, field),	\
		.max = (most),						\
	}

#define VI915_SYSFS_DEFAULT(id, field)					\
	static struct vi915_sysfs_attr vi915_sysfs_default_##id = {	\
		.attr = { .name = #id, .mode = 0444 },			\
		.show = vi915_sysfs_default,				\
		.offset = offsetof(struct vi915_engine_props, field),	\
	}

VI915_SYSFS_INFO(name, vi915_sysfs_name);
VI915_SYSFS_INFO(class, vi915_sysfs_class);
VI915_SYSFS_INFO(instance, vi915_sysfs_instance);
VI915_SYSFS_INFO(mmio_base, vi915_sysfs_mmio_base);
VI915_SYSFS_INFO(capabilities, vi915_sysfs_capabilities);
VI915_SYSFS_INFO(known_capabilities, vi915_sysfs_capabilities);
VI915_SYSFS_PROP(heartbeat_interval_ms, heartbeat_ms, VI915_SYSFS_MAX_MS);
VI915_SYSFS_PROP(max_busywait_duration_ns, busywait_ns, VI915_SYSFS_MAX_NS);
VI915_SYSFS_PROP(preempt_timeout_ms, preempt_timeout_ms, VI915_SYSFS_MAX_MS);
VI915_SYSFS_PROP(stop_timeout_ms, stop_timeout_ms, VI915_SYSFS_MAX_MS);
VI915_SYSFS_PROP(timeslice_duration_ms, timeslice_ms, VI915_SYSFS_MAX_MS);
VI915_SYSFS_DEFAULT(heartbeat_interval_ms, heartbeat_ms);
VI915_SYSFS_DEFAULT(max_busywait_duration_ns, busywait_ns);
VI915_SYSFS_DEFAULT(preempt_timeout_ms, preempt_timeout_ms);
VI915_SYSFS_DEFAULT(stop_timeout_ms, stop_timeout_ms);
VI915_SYSFS_DEFAULT(timeslice_duration_ms, timeslice_ms);

static struct attribute *vi915_sysfs_engine_attrs[] = {
	&vi915_sysfs_attr_name.attr,
	&vi915_sysfs_attr_class.attr,
	&vi915_sysfs_attr_instance.attr,
	&vi915_sysfs_attr_mmio_base.attr,
	&vi915_sysfs_attr_capabilities.attr,
	&vi915_sysfs_attr_known_capabilities.attr,
	&vi915_sysfs_attr_heartbeat_interval_ms.attr,
	&vi915_sysfs_attr_max_busywait_duration_ns.attr,
	&vi915_sysfs_attr_preempt_timeout_ms.attr,
	&vi915_sysfs_attr_stop_timeout_ms.attr,
	&vi915_sysfs_attr_timeslice_duration_ms.attr,
	NULL,
};
ATTRIBUTE_GROUPS(vi915_sysfs_engine);

static struct attribute *vi915_sysfs_default_attrs[] = {
	&vi915_sysfs_default_heartbeat_interval_ms.attr,
	&vi915_sysfs_default_max_busywait_duration_ns.attr,
	&vi915_sysfs_default_preempt_timeout_ms.attr,
	&vi915_sysfs_default_stop_timeout_ms.attr,
	&vi915_sysfs_default_timeslice_duration_ms.attr,
	NULL,
};
ATTRIBUTE_GROUPS(vi915_sysfs_default);

static const struct kobj_type vi915_sysfs_engine_type = {
	.release = vi915_sysfs_release,
	.sysfs_ops = &vi915_sysfs_ops,
	.default_groups = vi915_sysfs_engine_groups,
};

static const struct kobj_type vi915_sysfs_default_type = {
	.release = vi915_sysfs_release,
	.sysfs_ops = &vi915_sysfs_ops,
	.default_groups = vi915_sysfs_default_groups,
};

static struct vi915_sysfs_dir *
vi915_sysfs_add_dir(struct vi915_engine *engine, const struct kobj_type *type,
		    struct kobject *parent, const char *name)
{
	struct vi915_sysfs_dir *dir;
	int ret;

	dir = kzalloc(sizeof(*dir), GFP_KERNEL);
	if (!dir)
		return ERR_PTR(-ENOMEM);

	dir->engine = engine;
	ret = kobject_init_and_add(&dir->base, type, parent, "%s", name);
	if (ret) {
		kobject_put(&dir->base);
		return ERR_PTR(ret);
	}

	list_add(&dir->link, &engine->dev->sysfs.dirs);
	return dir;
}

static int vi915_sysfs_add_engine(struct vi915_engine *engine)
{
	struct vi915_sysfs_dir *dir;

	dir = vi915_sysfs_add_dir(engine, &vi915_sysfs_engine_type,
				  engine->dev->sysfs.engines,
				  engine->info->name);
	if (IS_ERR(dir))
		return PTR_ERR(dir);

	dir = vi915_sysfs_add_dir(engine, &vi915_sysfs_default_type,
				  &dir->base, ".defaults");
	return PTR_ERR_OR_ZERO(dir);
}

static struct vi915_device *vi915_sysfs_device(struct kobject *kobj)
{
	struct drm_minor *minor = dev_get_drvdata(kobj_to_dev(kobj));

	return to_vi915_device(minor->dev);
}

static ssize_t vi915_sysfs_read_error(struct file *file, struct kobject *kobj,
				      struct bin_attribute *attr, char *buf,
				      loff_t at, size_t size)
{
	return vi915_error_read(vi915_sysfs_device(kobj), buf, at, size);
}

static ssize_t vi915_sysfs_write_error(struct file *file, struct kobject *kobj,
				       struct bin_attribute *attr, char *buf,
				       loff_t at, size_t size)
{
	vi915_error_clear(vi915_sysfs_device(kobj));
	return size;
}

static const struct bin_attribute vi915_sysfs_error = {
	.attr = { .name = "error", .mode = 0600 },
	.read = vi915_sysfs_read_error,
	.write = vi915_sysfs_write_error,
};

/**
 * vi915_sysfs_init() - add the GPU's entries to the card's folder
 * @dev: the GPU, registered
 *
 * Return: 0 or a negative errno; nothing is left behind on failure.
 */
int vi915_sysfs_init(struct vi915_device *dev)
{
	struct kobject *card = &dev->drm.primary->kdev->kobj;
	unsigned int i;
	int ret;

	INIT_LIST_HEAD(&dev->sysfs.dirs);
	dev->sysfs.engines = kobject_create_and_add("engine", card);
	if (!dev->sysfs.engines)
		return -ENOMEM;

	for (i = 0; i < vi915_engine_count(dev); i++) {
		ret = vi915_sysfs_add_engine(&dev->engines[i]);
		if (ret)
			goto err_fini;
	}

	ret = sysfs_create_bin_file(card, &vi915_sysfs_error);
	if (ret)
		goto err_fini;
	return 0;

err_fini:
	vi915_sysfs_fini(dev);
	return ret;
}

/**
 * vi915_sysfs_fini() - remove the GPU's entries from the card's folder
 * @dev: the GPU, still registered; vi915_sysfs_init() may have failed
 *
 * Waits for reads and writes of the files to return.
 */
void vi915_sysfs_fini(struct vi915_device *dev)
{
	struct vi915_sysfs_dir *dir, *next;

	sysfs_remove_bin_file(&dev->drm.primary->kdev->kobj,
			      &vi915_sysfs_error);
	/* Inner folders are first in the list. */
	list_for_each_entry_safe(dir, next, &dev->sysfs.dirs, link) {
		list_del(&dir->link);
		kobject_del(&dir->base);
		kobject_put(&dir->base);
	}
	if (dev->sysfs.engines) {
		kobject_del(dev->sysfs.engines);
		kobject_put(dev->sysfs.engines);
		dev->sysfs.engines = NULL;
	}
}
