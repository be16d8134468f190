// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * A job for a GPU's blitter, through the plain i915 uAPI: EXECBUFFER2 with all buffers at addresses
 * of our choice. This code never waits: the fences that a job has to wait for are in the
 * reservations of its buffers, and the kernel waits for them.
 */
#include "demo_exec.h"

#include <errno.h>
#include <string.h>
#include <xf86drm.h>

#include "demo_fail.h"
#include "demo_gpu.h"

#define VI915_DEMO_MI_BATCH_BUFFER_END 0x05000000u

/**
 * vi915_demo_exec_begin() - begin a job
 * @exec: filled in
 * @gpu: whose job it will be
 */
void vi915_demo_exec_begin(struct vi915_demo_exec *exec, struct vi915_demo_gpu *gpu)
{
	memset(exec, 0, sizeof(*exec));
	exec->gpu = gpu;
}

/**
 * vi915_demo_exec_use() - name a buffer that the job uses
 * @exec: the job
 * @bo: the buffer; not named before
 * @write: the job writes it, after all earlier users; else it reads it, after all earlier writers
 */
void vi915_demo_exec_use(struct vi915_demo_exec *exec, const struct vi915_demo_bo *bo,
			 bool write)
{
	struct drm_i915_gem_exec_object2 *object = &exec->objects[exec->num_objects++];

	object->handle = bo->handle;
	object->offset = bo->address;
	object->flags = EXEC_OBJECT_PINNED | EXEC_OBJECT_SUPPORTS_48B_ADDRESS;
	if (write)
		object->flags |= EXEC_OBJECT_WRITE;
}

/**
 * vi915_demo_exec_put() - add a dword to the job's batch
 * @exec: the job
 * @dword: the dword
 */
void vi915_demo_exec_put(struct vi915_demo_exec *exec, uint32_t dword)
{
	if (exec->num_dwords < VI915_DEMO_EXEC_DWORDS)
		exec->batch[exec->num_dwords] = dword;
	exec->num_dwords++;
}

/**
 * vi915_demo_exec_put_address() - add the two dwords of an address
 * @exec: the job
 * @address: the address
 */
void vi915_demo_exec_put_address(struct vi915_demo_exec *exec, uint64_t address)
{
	vi915_demo_exec_put(exec, (uint32_t)address);
	vi915_demo_exec_put(exec, (uint32_t)(address >> 32));
}

static int vi915_demo_exec_write(struct vi915_demo_exec *exec, const struct vi915_demo_bo *batch)
{
	struct drm_i915_gem_pwrite arg = {
		.handle = batch->handle,
		.size = (uint64_t)exec->num_dwords * sizeof(exec->batch[0]),
		.data_ptr = (uintptr_t)exec->batch,
	};

	if (drmIoctl(exec->gpu->fd, DRM_IOCTL_I915_GEM_PWRITE, &arg))
		return vi915_demo_fail("%s: GEM_PWRITE of a batch: %s", exec->gpu->node,
				       strerror(errno));
	return 0;
}

static int vi915_demo_exec_call(struct vi915_demo_exec *exec)
{
	struct drm_i915_gem_execbuffer2 arg = {
		.buffers_ptr = (uintptr_t)exec->objects,
		.buffer_count = exec->num_objects,
		.batch_len = (uint32_t)(exec->num_dwords * sizeof(exec->batch[0])),
		.flags = I915_EXEC_BLT | I915_EXEC_NO_RELOC,
	};

	if (drmIoctl(exec->gpu->fd, DRM_IOCTL_I915_GEM_EXECBUFFER2, &arg))
		return vi915_demo_fail("%s: EXECBUFFER2 of %u dwords for the blitter: %s",
				       exec->gpu->node, exec->num_dwords, strerror(errno));
	return 0;
}

/**
 * vi915_demo_exec_submit() - submit a job without waiting for it
 * @exec: the job; the caller may drop it afterwards
 *
 * Return: 0, or -1 after saying why.
 */
int vi915_demo_exec_submit(struct vi915_demo_exec *exec)
{
	struct vi915_demo_bo batch = { 0 };
	int ret;

	vi915_demo_exec_put(exec, VI915_DEMO_MI_BATCH_BUFFER_END);
	if (exec->num_dwords % 2)
		vi915_demo_exec_put(exec, 0);
	if (exec->num_dwords > VI915_DEMO_EXEC_DWORDS)
		return vi915_demo_fail("%s: a batch of %u dwords is too long", exec->gpu->node,
				       exec->num_dwords);
	/* Each job has a batch of its own, since an earlier job may not have run yet. */
	ret = vi915_demo_gpu_create(exec->gpu, sizeof(exec->batch), &batch);
	if (!ret)
		ret = vi915_demo_exec_write(exec, &batch);
	vi915_demo_exec_use(exec, &batch, false);
	if (!ret)
		ret = vi915_demo_exec_call(exec);
	if (!ret) {
		exec->gpu->blits += exec->blits;
		exec->gpu->moved += exec->moved;
	}
	vi915_demo_gpu_release(exec->gpu, &batch);
	return ret;
}
