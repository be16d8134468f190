// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * A GPU of the demo, through the plain i915 uAPI: GEM_CREATE, GTT mappings, SET_DOMAIN and PRIME.
 * This code does not depend on which driver owns an imported buffer.
 */
#include "demo_gpu.h"

#include <i915_drm.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xf86drm.h>

#include "demo_fail.h"

#define VI915_DEMO_CARDS 16
/* No buffer is at address 0, and no two buffers share a page of the page table. */
#define VI915_DEMO_FIRST_ADDRESS 0x100000ull
#define VI915_DEMO_ADDRESS_ALIGN 0x200000ull

static bool vi915_demo_gpu_is_i915(int fd)
{
	drmVersionPtr version = drmGetVersion(fd);
	bool found = version && strcmp(version->name, "i915") == 0;

	drmFreeVersion(version);
	return found;
}

/**
 * vi915_demo_gpu_open() - open a card that speaks i915
 * @gpu: filled in; close with vi915_demo_gpu_close()
 * @nth: 0 for the first such card, 1 for the second
 *
 * Return: 0, or -1 after saying why.
 */
int vi915_demo_gpu_open(struct vi915_demo_gpu *gpu, unsigned int nth)
{
	unsigned int skip = nth;

	gpu->address = VI915_DEMO_FIRST_ADDRESS;
	for (int i = 0; i < VI915_DEMO_CARDS; i++) {
		snprintf(gpu->node, sizeof(gpu->node), "/dev/dri/card%d", i);
		gpu->fd = open(gpu->node, O_RDWR | O_CLOEXEC);
		if (gpu->fd < 0)
			continue;
		if (vi915_demo_gpu_is_i915(gpu->fd) && !skip--)
			return 0;
		close(gpu->fd);
	}
	gpu->fd = -1;
	return vi915_demo_fail("%s card in /dev/dri speaks i915: load vi915.ko with gpus=2, or use a box with --gpus 2",
			       nth ? "only one" : "no");
}

/**
 * vi915_demo_gpu_close() - close the card; its buffers must be released
 * @gpu: may be half open
 */
void vi915_demo_gpu_close(struct vi915_demo_gpu *gpu)
{
	if (gpu->fd >= 0)
		close(gpu->fd);
	gpu->fd = -1;
}

static int vi915_demo_gpu_map(struct vi915_demo_gpu *gpu, struct vi915_demo_bo *bo)
{
	struct drm_i915_gem_mmap_offset arg = {
		.handle = bo->handle,
		.flags = I915_MMAP_OFFSET_GTT,
	};
	void *map;

	if (drmIoctl(gpu->fd, DRM_IOCTL_I915_GEM_MMAP_OFFSET, &arg))
		return vi915_demo_fail("%s: GEM_MMAP_OFFSET (GTT) on handle %u: %s", gpu->node,
				       bo->handle, strerror(errno));
	map = mmap(NULL, bo->size, PROT_READ | PROT_WRITE, MAP_SHARED, gpu->fd, (off_t)arg.offset);
	if (map == MAP_FAILED)
		return vi915_demo_fail("%s: mmap of %zu bytes of handle %u: %s", gpu->node,
				       bo->size, bo->handle, strerror(errno));
	bo->map = map;
	return 0;
}

/* Gives the buffer an address, which is never reused. */
static void vi915_demo_gpu_place(struct vi915_demo_gpu *gpu, struct vi915_demo_bo *bo)
{
	bo->address = gpu->address;
	gpu->address += (bo->size + VI915_DEMO_ADDRESS_ALIGN - 1) & ~(VI915_DEMO_ADDRESS_ALIGN - 1);
}

/**
 * vi915_demo_gpu_create() - create a buffer that the GPU owns, and map it
 * @gpu: the GPU
 * @size: bytes wanted; the buffer has whole pages
 * @bo: filled in, also when half made; release with vi915_demo_gpu_release()
 *
 * Return: 0, or -1 after saying why.
 */
int vi915_demo_gpu_create(struct vi915_demo_gpu *gpu, size_t size, struct vi915_demo_bo *bo)
{
	struct drm_i915_gem_create arg = { .size = size };

	if (drmIoctl(gpu->fd, DRM_IOCTL_I915_GEM_CREATE, &arg))
		return vi915_demo_fail("%s: GEM_CREATE of %zu bytes: %s", gpu->node, size,
				       strerror(errno));
	bo->handle = arg.handle;
	bo->size = arg.size;
	vi915_demo_gpu_place(gpu, bo);
	return vi915_demo_gpu_map(gpu, bo);
}

/**
 * vi915_demo_gpu_import() - import another device's buffer, and map the GPU's view of it
 * @gpu: the GPU
 * @dmabuf: the buffer's fd; stays the caller's
 * @size: bytes of the buffer
 * @bo: filled in, also when half made; release with vi915_demo_gpu_release()
 *
 * Return: 0, or -1 after saying why.
 */
int vi915_demo_gpu_import(struct vi915_demo_gpu *gpu, int dmabuf, size_t size,
			  struct vi915_demo_bo *bo)
{
	if (drmPrimeFDToHandle(gpu->fd, dmabuf, &bo->handle))
		return vi915_demo_fail("%s: PRIME_FD_TO_HANDLE of another device's buffer: %s",
				       gpu->node, strerror(errno));
	bo->size = size;
	vi915_demo_gpu_place(gpu, bo);
	return vi915_demo_gpu_map(gpu, bo);
}

/**
 * vi915_demo_gpu_export() - export a buffer as a dma-buf
 * @gpu: the GPU
 * @bo: the buffer
 *
 * Return: the fd, the caller's to close, or -1 after saying why.
 */
int vi915_demo_gpu_export(struct vi915_demo_gpu *gpu, const struct vi915_demo_bo *bo)
{
	int dmabuf;

	if (drmPrimeHandleToFD(gpu->fd, bo->handle, DRM_CLOEXEC | DRM_RDWR, &dmabuf))
		return vi915_demo_fail("%s: PRIME_HANDLE_TO_FD of handle %u: %s", gpu->node,
				       bo->handle, strerror(errno));
	return dmabuf;
}

/**
 * vi915_demo_gpu_touch() - make the GPU's view current before the CPU uses it
 * @gpu: the GPU
 * @bo: the buffer
 * @write: the view is about to be written, not only read
 *
 * Return: 0, or -1 after saying why.
 */
int vi915_demo_gpu_touch(struct vi915_demo_gpu *gpu, const struct vi915_demo_bo *bo, bool write)
{
	struct drm_i915_gem_set_domain arg = {
		.handle = bo->handle,
		.read_domains = I915_GEM_DOMAIN_GTT,
		.write_domain = write ? I915_GEM_DOMAIN_GTT : 0,
	};

	if (drmIoctl(gpu->fd, DRM_IOCTL_I915_GEM_SET_DOMAIN, &arg))
		return vi915_demo_fail("%s: GEM_SET_DOMAIN (GTT) on handle %u: %s", gpu->node,
				       bo->handle, strerror(errno));
	return 0;
}

/**
 * vi915_demo_gpu_release() - unmap a buffer and close the GPU's handle on it
 * @gpu: the GPU
 * @bo: the buffer; may be half made
 */
void vi915_demo_gpu_release(struct vi915_demo_gpu *gpu, struct vi915_demo_bo *bo)
{
	if (bo->map)
		munmap(bo->map, bo->size);
	if (bo->handle)
		drmCloseBufferHandle(gpu->fd, bo->handle);
	*bo = (struct vi915_demo_bo){ 0 };
}
