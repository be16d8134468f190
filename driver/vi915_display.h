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
 * Set up before the GPU is registered; does not change until it is freed.
 */
struct vi915_display {
	/** @wq: for work on pictures (captures, shots), which may sleep */
	struct workqueue_struct *wq;
	/** @outputs: array of @count outputs */
	struct vi915_output *outputs;
	/** @end: signals on unplug; then no flip waits for a fence any more */
	struct dma_fence *end;
	/** @count: number of outputs; 0 for a GPU without display */
	unsigned int count;
};

int vi915_display_init(struct vi915_device *dev);
void vi915_display_unplug(struct vi915_device *dev);
int vi915_display_pipe_ioctl(struct drm_device *drm, void *data,
			     struct drm_file *file);

#endif
