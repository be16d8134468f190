/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_MMAP_H
#define VI915_MMAP_H

#include <linux/types.h>

struct drm_device;
struct drm_file;
struct file;
struct vi915_bo;
struct vi915_device;
struct vm_area_struct;

/**
 * enum vi915_view - how a CPU mapping sees an object
 * @VI915_VIEW_GTT: through the GPU's aperture; linear if the object is tiled
 * @VI915_VIEW_WC: its memory, write-combined
 * @VI915_VIEW_WB: its memory, cached
 * @VI915_VIEW_UC: its memory, uncached
 * @VI915_NUM_VIEWS: number of views
 */
enum vi915_view {
	VI915_VIEW_GTT,
	VI915_VIEW_WC,
	VI915_VIEW_WB,
	VI915_VIEW_UC,
	VI915_NUM_VIEWS,
};

void vi915_mmap_init_device(struct vi915_device *dev);
int vi915_mmap_ioctl(struct drm_device *drm, void *data, struct drm_file *file);
int vi915_mmap_offset_ioctl(struct drm_device *drm, void *data,
			    struct drm_file *file);
int vi915_mmap_dumb_offset(struct drm_file *file, struct drm_device *drm,
			   u32 handle, u64 *offset);
int vi915_mmap(struct file *filp, struct vm_area_struct *vma);
int vi915_mmap_dmabuf(struct vi915_bo *bo, struct vm_area_struct *vma);
int vi915_mmap_fbdev(struct vi915_bo *bo, struct vm_area_struct *vma);
void vi915_mmap_zap(struct vi915_bo *bo);
void vi915_mmap_zap_pages(struct vi915_bo *bo, pgoff_t first, pgoff_t count);

#ifdef CONFIG_ARCH_SUPPORTS_PMD_PFNMAP
unsigned long vi915_mmap_get_area(struct file *filp, unsigned long addr,
				  unsigned long len, unsigned long pgoff,
				  unsigned long flags);
#else
/* The kernel's own choice of an address suffices. */
#define vi915_mmap_get_area NULL
#endif

#endif
