/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_USERPTR_H
#define VI915_USERPTR_H

#include <linux/types.h>

struct drm_device;
struct drm_file;
struct page;
struct vi915_bo;
struct vi915_userptr;

int vi915_userptr_ioctl(struct drm_device *drm, void *data,
			struct drm_file *file);
int vi915_userptr_prepare(struct vi915_bo *bo);
struct page **vi915_userptr_take(struct vi915_userptr *userptr);
void vi915_userptr_give_back(struct vi915_userptr *userptr,
			     struct page **list);
bool vi915_userptr_is_stale(struct vi915_userptr *userptr);
void vi915_userptr_destroy(struct vi915_userptr *userptr);

#endif
