/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_EXEC_FENCE_H
#define VI915_EXEC_FENCE_H

#include <linux/types.h>

struct dma_fence;
struct drm_device;
struct drm_file;
struct drm_i915_gem_execbuffer2;
struct sync_file;
struct vi915_exec_syncobj;
struct vi915_job;

/**
 * struct vi915_exec_fences - the explicit fences of an execbuf
 * @in: fence to wait for, from FENCE_IN or FENCE_SUBMIT, or NULL; a reference
 * @syncobjs: syncobjs from FENCE_ARRAY or the timeline extension
 * @num_syncobjs: number of @syncobjs
 * @out_fd: file descriptor reserved for FENCE_OUT, or -1
 * @out: sync file for @out_fd, or NULL
 */
struct vi915_exec_fences {
	struct dma_fence *in;
	struct vi915_exec_syncobj *syncobjs;
	unsigned int num_syncobjs;
	int out_fd;
	struct sync_file *out;
};

int vi915_exec_fence_collect(struct vi915_exec_fences *fences,
			     struct drm_device *drm, struct drm_file *file,
			     const struct drm_i915_gem_execbuffer2 *args);
int vi915_exec_fence_depend(const struct vi915_exec_fences *fences,
			    struct vi915_job *job);
int vi915_exec_fence_prepare(struct vi915_exec_fences *fences,
			     struct dma_fence *fence);
void vi915_exec_fence_publish(struct vi915_exec_fences *fences,
			      struct drm_i915_gem_execbuffer2 *args,
			      struct dma_fence *fence);
void vi915_exec_fence_release(struct vi915_exec_fences *fences);

#endif
