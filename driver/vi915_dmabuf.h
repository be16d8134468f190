/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_DMABUF_H
#define VI915_DMABUF_H

struct dma_buf;
struct drm_device;
struct drm_gem_object;
struct vi915_bo;

struct dma_buf *vi915_dmabuf_export(struct drm_gem_object *obj, int flags);
struct drm_gem_object *vi915_dmabuf_import(struct drm_device *drm,
					   struct dma_buf *dma_buf);
int vi915_dmabuf_attach(struct vi915_bo *bo, struct dma_buf *dma_buf);
void vi915_dmabuf_detach(struct vi915_bo *bo);

#endif
