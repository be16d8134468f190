/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_DISPLAY_H
#define VI915_DISPLAY_H

struct dma_fence;
struct drm_device;
struct drm_file;
struct vi915_device;
struct vi915_output;
struct workqueue_struct;

/**
 * struct vi915_display - all outputs of a GPU
 *
 * Set up before the GPU is registered and then the same until it is freed.
 */
struct vi915_display {
	/** @wq: for what is left to do where locks may be waited for */
	struct workqueue_struct *wq;
	/** @outputs: @count of them */
	struct vi915_output *outputs;
	/** @end: signals on unplug, and then no flip waits for a fence any more */
	struct dma_fence *end;
	/** @count: 0 for a GPU without */
	unsigned int count;
};

int vi915_display_init(struct vi915_device *dev);
void vi915_display_unplug(struct vi915_device *dev);
int vi915_display_pipe_ioctl(struct drm_device *drm, void *data,
			     struct drm_file *file);

#endif
