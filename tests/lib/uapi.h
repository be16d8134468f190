/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The kernel's own uAPI headers, for programs.
 *
 * DRM's are taken from the kernel source that the box is built from, found
 * from where kselftest_harness.h is; a search path to include/uapi would also
 * put the kernel's <linux/...> before the C library's. Those files are not the
 * sanitised copies of headers_install: the one word that matters to a program
 * is defined away here.
 */
#ifndef VI915_TESTS_UAPI_H
#define VI915_TESTS_UAPI_H

#ifndef __user
#define __user
#endif

#include <../../../include/uapi/drm/drm.h>
#include <../../../include/uapi/drm/drm_fourcc.h>
#include <../../../include/uapi/drm/drm_mode.h>
#include <../../../include/uapi/drm/i915_drm.h>
#include <../../../include/uapi/drm/vgem_drm.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/sync_file.h>
#include <linux/udmabuf.h>

#endif
