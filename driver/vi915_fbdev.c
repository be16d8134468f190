// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_client.h>
#include <drm/drm_fb_helper.h>
#include <drm/drm_fourcc.h>
#include <drm/drm_framebuffer.h>
#include <drm/drm_print.h>
#include <linux/fb.h>
#include <linux/iosys-map.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "vi915_device.h"
#include "vi915_fbdev.h"
#include "vi915_gem.h"
#include "vi915_mmap.h"

/**
 * DOC: /dev/fbN
 *
 * One framebuffer on all outputs, for the text console and programs that know
 * no KMS, while no other client is the GPU's master. Console and programs write
 * directly to the memory that is shown: it is mapped for the kernel and for
 * them, so no copy has to be kept up to date.
 *
 * It outlives its GPU while the file is open; its memory lives while it is
 * mapped.
 */

/**
 * struct vi915_fbdev - a GPU's /dev/fbN
 */
struct vi915_fbdev {
	/** @helper: base; its DRM client holds the GPU */
	struct drm_fb_helper helper;
	/** @rcu: frees it after the last of our callbacks has returned */
	struct rcu_head rcu;
};

static struct vi915_fbdev *to_vi915_fbdev(struct drm_fb_helper *helper)
{
	return container_of(helper, struct vi915_fbdev, helper);
}

static int vi915_fbdev_op_mmap(struct fb_info *info, struct vm_area_struct *vma)
{
	struct drm_fb_helper *helper = info->par;

	return vi915_mmap_fbdev(to_vi915_bo(helper->buffer->gem), vma);
}

static void vi915_fbdev_free(struct rcu_head *rcu)
{
	kfree(container_of(rcu, struct vi915_fbdev, rcu));
	/* The module's exit waits for callbacks such as this to return. */
	module_put(THIS_MODULE);
}

/*
 * The file is closed and the device unregistered. Closing the file has just
 * dropped its module reference, so take another while our code runs.
 */
static void vi915_fbdev_op_destroy(struct fb_info *info)
{
	struct drm_fb_helper *helper = info->par;
	struct vi915_fbdev *fbdev = to_vi915_fbdev(helper);

	__module_get(THIS_MODULE);
	drm_fb_helper_fini(helper);
	drm_client_buffer_vunmap(helper->buffer);
	drm_client_framebuffer_delete(helper->buffer);
	drm_client_release(&helper->client);
	drm_fb_helper_unprepare(helper);
	call_rcu(&fbdev->rcu, vi915_fbdev_free);
}

static const struct fb_ops vi915_fbdev_ops = {
	.owner = THIS_MODULE,
	__FB_DEFAULT_SYSMEM_OPS_RDWR,
	DRM_FB_HELPER_DEFAULT_OPS,
	__FB_DEFAULT_SYSMEM_OPS_DRAW,
	.fb_mmap = vi915_fbdev_op_mmap,
	.fb_destroy = vi915_fbdev_op_destroy,
};

static int vi915_fbdev_probe(struct drm_fb_helper *helper,
			     struct drm_fb_helper_surface_size *sizes)
{
	struct fb_info *info = helper->info;
	struct drm_client_buffer *buffer;
	struct iosys_map map;
	u32 format;
	int ret;

	format = drm_driver_legacy_fb_format(helper->dev, sizes->surface_bpp,
					     sizes->surface_depth);
	buffer = drm_client_framebuffer_create(&helper->client,
					       sizes->surface_width,
					       sizes->surface_height, format);
	if (IS_ERR(buffer))
		return PTR_ERR(buffer);

	ret = drm_client_buffer_vmap(buffer, &map);
	if (ret) {
		drm_client_framebuffer_delete(buffer);
		return ret;
	}

	helper->buffer = buffer;
	helper->fb = buffer->fb;
	drm_fb_helper_fill_info(info, helper, sizes);
	info->fbops = &vi915_fbdev_ops;
	info->flags |= FBINFO_VIRTFB | FBINFO_READS_FAST;
	info->screen_size = (unsigned long)sizes->surface_height *
			    buffer->fb->pitches[0];
	info->screen_buffer = map.vaddr;
	info->fix.smem_len = info->screen_size;
	return 0;
}

static const struct drm_fb_helper_funcs vi915_fbdev_helper_funcs = {
	.fb_probe = vi915_fbdev_probe,
};

static void vi915_fbdev_unregister(struct drm_client_dev *client)
{
	struct drm_fb_helper *helper = drm_fb_helper_from_client(client);

	if (helper->info) {
		/* The last close destroys it. */
		drm_fb_helper_unregister_info(helper);
		return;
	}

	drm_client_release(client);
	drm_fb_helper_unprepare(helper);
	kfree(to_vi915_fbdev(helper));
}

/* Runs when the last master has closed the GPU. */
static int vi915_fbdev_restore(struct drm_client_dev *client, bool force)
{
	drm_fb_helper_restore_fbdev_mode_unlocked(client->dev->fb_helper, force);
	return 0;
}

static int vi915_fbdev_hotplug(struct drm_client_dev *client)
{
	struct drm_fb_helper *helper = drm_fb_helper_from_client(client);
	struct drm_device *drm = client->dev;
	int ret;

	if (drm->fb_helper)
		return drm_fb_helper_hotplug_event(helper);

	ret = drm_fb_helper_init(drm, helper);
	if (ret)
		return ret;

	ret = drm_fb_helper_initial_config(helper);
	if (ret)
		drm_fb_helper_fini(helper);
	return ret;
}

static const struct drm_client_funcs vi915_fbdev_client_funcs = {
	.owner = THIS_MODULE,
	.unregister = vi915_fbdev_unregister,
	.restore = vi915_fbdev_restore,
	.hotplug = vi915_fbdev_hotplug,
};

/**
 * vi915_fbdev_setup() - offer a GPU's outputs as /dev/fbN
 * @dev: the GPU, registered
 *
 * If no output is connected, the device appears when one is. It goes when the
 * DRM core unregisters the GPU. On failure the GPU works without it.
 */
void vi915_fbdev_setup(struct vi915_device *dev)
{
	struct vi915_fbdev *fbdev;
	int ret;

	fbdev = kzalloc(sizeof(*fbdev), GFP_KERNEL);
	if (!fbdev)
		return;

	drm_fb_helper_prepare(&dev->drm, &fbdev->helper, 32,
			      &vi915_fbdev_helper_funcs);
	ret = drm_client_init(&dev->drm, &fbdev->helper.client, "fbdev",
			      &vi915_fbdev_client_funcs);
	if (ret) {
		drm_warn(&dev->drm, "cannot offer a framebuffer device: %d\n",
			 ret);
		drm_fb_helper_unprepare(&fbdev->helper);
		kfree(fbdev);
		return;
	}

	/* The client owns itself now; this calls its hotplug. */
	drm_client_register(&fbdev->helper.client);
}
