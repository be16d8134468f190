/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Buffers and fences of other drivers: vgem, udmabuf, the system dma-heap, and
 * the video nodes of vivid. DRM peers are opened with vi915_driver_open().
 */
#ifndef VI915_TESTS_PEER_H
#define VI915_TESTS_PEER_H

#include <stdint.h>

#include "fail.h"
#include "uapi.h"

/*
 * vgem: create an object of at least @size bytes (a dumb buffer of 4-byte
 * pixels). prime_export() gives its dma-buf.
 */
uint32_t vgem_create_at(const char *at, int vgem, uint64_t size);
#define vgem_create(vgem, size) vgem_create_at(VI915_AT, vgem, size)

/*
 * vgem's fences: attached to the reservation of one of its handles (own or
 * imported); they time out after ten seconds. @flags: 0 or VGEM_FENCE_WRITE.
 */
int __vgem_fence_attach(int vgem, uint32_t handle, uint32_t flags, uint32_t *fence);
uint32_t vgem_fence_attach_at(const char *at, int vgem, uint32_t handle, uint32_t flags);
#define vgem_fence_attach(vgem, handle, flags) \
	vgem_fence_attach_at(VI915_AT, vgem, handle, flags)
int __vgem_fence_signal(int vgem, uint32_t fence);
#define vgem_fence_signal(vgem, fence) vi915_check(__vgem_fence_signal(vgem, fence))

/* udmabuf: a dma-buf over a sealed memfd of @size bytes, a page multiple. */
int __udmabuf_create(uint64_t size, int *dmabuf);
int udmabuf_create_at(const char *at, uint64_t size);
#define udmabuf_create(size) udmabuf_create_at(VI915_AT, size)

/* A dma-buf of @size bytes from /dev/dma_heap/system. */
int __heap_alloc(uint64_t size, int *dmabuf);
int heap_alloc_at(const char *at, uint64_t size);
#define heap_alloc(size) heap_alloc_at(VI915_AT, size)

/*
 * The n-th (from 0) video node whose name ends in @suffix, for example
 * "vid-cap" or "vid-out" for those of vivid.
 *
 * Returns: a file descriptor, or -ENOENT.
 */
int __video_open(const char *suffix, int n);
int video_open_at(const char *at, const char *suffix, int n);
#define video_open(suffix, n) video_open_at(VI915_AT, suffix, n)

#endif
