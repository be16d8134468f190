/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_DMABUF_H
#define VI915_DMABUF_H

#include <linux/types.h>

struct dma_buf;
struct drm_device;
struct drm_file;
struct drm_gem_object;
struct vi915_bo;

int vi915_dmabuf_handle_to_fd(struct drm_device *drm, struct drm_file *file,
			      u32 handle, u32 flags, int *fd);
struct dma_buf *vi915_dmabuf_export(struct drm_gem_object *obj, int flags);
struct drm_gem_object *vi915_dmabuf_import(struct drm_device *drm,
					   struct dma_buf *dma_buf);
int vi915_dmabuf_attach(struct vi915_bo *bo, struct dma_buf *dma_buf);
void vi915_dmabuf_detach(struct vi915_bo *bo);

#endif
