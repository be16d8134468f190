/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_DEMO_EXEC_H
#define VI915_DEMO_EXEC_H

#include <i915_drm.h>
#include <stdbool.h>
#include <stdint.h>

struct vi915_demo_bo;
struct vi915_demo_gpu;

/* Most buffers that a job of the demo names, its batch included, and most dwords of a batch. */
#define VI915_DEMO_EXEC_BUFFERS 8
#define VI915_DEMO_EXEC_DWORDS 1024

/**
 * struct vi915_demo_exec - a job for the blitter while it is written
 * @gpu: the GPU that runs it
 * @objects: the buffers that it uses
 * @num_objects: how many
 * @batch: its commands
 * @num_dwords: dwords in @batch
 * @blits: number of blits in it
 * @moved: bytes that the blits write
 */
struct vi915_demo_exec {
	struct vi915_demo_gpu *gpu;
	struct drm_i915_gem_exec_object2 objects[VI915_DEMO_EXEC_BUFFERS];
	uint32_t num_objects;
	uint32_t batch[VI915_DEMO_EXEC_DWORDS];
	uint32_t num_dwords;
	uint64_t blits;
	uint64_t moved;
};

void vi915_demo_exec_begin(struct vi915_demo_exec *exec, struct vi915_demo_gpu *gpu);
void vi915_demo_exec_use(struct vi915_demo_exec *exec, const struct vi915_demo_bo *bo,
			 bool write);
void vi915_demo_exec_put(struct vi915_demo_exec *exec, uint32_t dword);
void vi915_demo_exec_put_address(struct vi915_demo_exec *exec, uint64_t address);
int vi915_demo_exec_submit(struct vi915_demo_exec *exec);

#endif
