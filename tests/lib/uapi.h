/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The uAPI that tests use. <drm/...> are headers of the box's kernel, copied by
 * the build; the rest comes from the C library.
 */
#ifndef VI915_TESTS_UAPI_H
#define VI915_TESTS_UAPI_H

#include <drm/drm.h>
#include <drm/drm_fourcc.h>
#include <drm/drm_mode.h>
#include <drm/i915_drm.h>
#include <drm/vgem_drm.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/sync_file.h>
#include <linux/udmabuf.h>

#endif
