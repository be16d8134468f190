// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_device.h>
#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

#include "vi915_device.h"
#include "vi915_drv.h"
#include "vi915_gpu.h"
#include "vi915_order.h"

/**
 * DOC: choice of the minor number
 *
 * The DRM core has no call for it: a DRM device gets the lowest number that is
 * free when it is allocated. So while the real device is allocated, a stand-in
 * takes each free number below the wanted one: a DRM device that is allocated
 * and never registered. A stand-in is only visible as an empty folder in
 * debugfs; a DRM device of another driver that is allocated at the same moment
 * gets a higher number than it would have.
 */

#define VI915_ORDER_MAX		64

/* A device of this driver has a number, but no calls, files or nodes. */
static const struct drm_driver vi915_order_driver = {
	.name = "vi915-order",
	.desc = "takes a number",
	.date = "20261129",
};

/*
 * Held while numbers are taken, so that no GPU of ours is allocated beside
 * another's stand-ins. Innermost of our locks; the DRM core's are taken inside
 * it.
 */
static DEFINE_MUTEX(vi915_order_lock);

static void vi915_order_release(struct device *parent)
{
	kfree(parent);
}

/* Each has a parent of its own: debugfs folders are named after parents. */
static struct drm_device *vi915_order_place(unsigned int index)
{
	struct device *parent = kzalloc(sizeof(*parent), GFP_KERNEL);
	struct drm_device *drm;
	int ret;

	if (!parent)
		return ERR_PTR(-ENOMEM);
	device_initialize(parent);
	parent->release = vi915_order_release;
	ret = dev_set_name(parent, "vi915-order.%u", index);
	drm = ret ? ERR_PTR(ret) : drm_dev_alloc(&vi915_order_driver, parent);
	/* From here on only the DRM device holds the parent. */
	put_device(parent);
	return drm;
}

/* Returns the number of places taken, or a negative errno. */
static int vi915_order_fill(struct drm_device **places, int minor)
{
	struct drm_device *drm;
	int num = 0;

	while (num < minor && num < VI915_ORDER_MAX) {
		drm = vi915_order_place(num);
		if (IS_ERR(drm)) {
			while (num)
				drm_dev_put(places[--num]);
			return PTR_ERR(drm);
		}
		if (drm->primary->index >= minor) {
			drm_dev_put(drm);
			break;
		}
		places[num++] = drm;
	}
	return num;
}

/**
 * vi915_order_alloc() - allocate a GPU with its wanted minor number
 * @pdev: its platform device
 * @data: platform data of @pdev
 *
 * Return: the GPU, which goes with the binding of @pdev; or an ERR_PTR: -EBUSY
 * if @data->exact and the number is taken; -ENOMEM.
 */
struct vi915_device *vi915_order_alloc(struct platform_device *pdev,
				       const struct vi915_gpu_data *data)
{
	struct drm_device **places = NULL;
	struct vi915_device *dev;
	int num = 0;

	mutex_lock(&vi915_order_lock);
	if (data->minor > 0) {
		places = kcalloc(VI915_ORDER_MAX, sizeof(*places), GFP_KERNEL);
		num = places ? vi915_order_fill(places, data->minor) : -ENOMEM;
		if (num < 0) {
			dev = ERR_PTR(num);
			goto out_unlock;
		}
	}

	dev = devm_drm_dev_alloc(&pdev->dev, vi915_drm_driver(&data->config),
				 struct vi915_device, drm);
	while (num)
		drm_dev_put(places[--num]);
	if (!IS_ERR(dev) && data->exact &&
	    dev->drm.primary->index != data->minor) {
		drm_dbg_driver(&dev->drm, "refused: the number %d is taken\n",
			       data->minor);
		/* The GPU is freed when the probe has failed. */
		dev = ERR_PTR(-EBUSY);
	}
out_unlock:
	mutex_unlock(&vi915_order_lock);
	kfree(places);
	return dev;
}
