/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_DEMO_GPU_H
#define VI915_DEMO_GPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct vi915_demo_gpu - a GPU of the demo, a device that speaks i915
 * @fd: its card node, open
 * @node: path of that node
 * @address: address of the next buffer in its address space
 * @blits: number of blits so far
 * @moved: bytes that these blits write
 */
struct vi915_demo_gpu {
	int fd;
	char node[32];
	uint64_t address;
	uint64_t blits;
	uint64_t moved;
};

/**
 * struct vi915_demo_bo - a GPU's buffer, its own or imported
 * @handle: the GPU's handle on it, 0 when there is none
 * @size: bytes, a multiple of the page size
 * @address: its address in the GPU's jobs
 * @map: the GPU's view of it (GTT mapping), NULL when not mapped
 */
struct vi915_demo_bo {
	uint32_t handle;
	size_t size;
	uint64_t address;
	uint8_t *map;
};

int vi915_demo_gpu_open(struct vi915_demo_gpu *gpu, unsigned int nth);
void vi915_demo_gpu_close(struct vi915_demo_gpu *gpu);

int vi915_demo_gpu_create(struct vi915_demo_gpu *gpu, size_t size, struct vi915_demo_bo *bo);
int vi915_demo_gpu_import(struct vi915_demo_gpu *gpu, int dmabuf, size_t size,
			  struct vi915_demo_bo *bo);
int vi915_demo_gpu_export(struct vi915_demo_gpu *gpu, const struct vi915_demo_bo *bo);
int vi915_demo_gpu_touch(struct vi915_demo_gpu *gpu, const struct vi915_demo_bo *bo, bool write);
void vi915_demo_gpu_release(struct vi915_demo_gpu *gpu, struct vi915_demo_bo *bo);

#endif
