/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_EXECBUF_H
#define VI915_EXECBUF_H

#include <drm/drm_exec.h>
#include <linux/types.h>

#include "vi915_exec_fence.h"
#include "vi915_reloc.h"

struct drm_device;
struct drm_file;
struct drm_i915_gem_exec_object2;
struct drm_i915_gem_execbuffer2;
struct vi915_bo;
struct vi915_context;
struct vi915_device;
struct vi915_fence;
struct vi915_file;
struct vi915_job;
struct vi915_ring;

/**
 * struct vi915_exec_entry - one object that an execbuf names, however often
 * @bo: the object; a reference, the job's once vi915_execbuf.given
 * @address: where it is bound, 48 bits
 * @flags: EXEC_OBJECT_WRITE, _CAPTURE if any line says so, or a relocation;
 *	EXEC_OBJECT_ASYNC if all do; of the others those of its first line
 */
struct vi915_exec_entry {
	struct vi915_bo *bo;
	u64 address;
	u64 flags;
};

/**
 * struct vi915_execbuf - one EXECBUFFER2 call on its way through the phases
 */
struct vi915_execbuf {
	/** @dev: the GPU */
	struct vi915_device *dev;
	/** @file: who calls */
	struct drm_file *file;
	/** @args: the ioctl's argument, a copy in kernel memory */
	struct drm_i915_gem_execbuffer2 *args;
	/** @objects: the object list, copied from the client */
	struct drm_i915_gem_exec_object2 *objects;
	/** @which: which of @entries each of @objects names */
	u32 *which;
	/** @count: of both */
	unsigned int count;
	/** @entries: one per object, in the order of their first lines */
	struct vi915_exec_entry *entries;
	/** @num_entries: of @entries */
	unsigned int num_entries;
	/** @slots: numbers of @entries plus 1, by hash of the object */
	u32 *slots;
	/** @slot_bits: log2 of the length of @slots */
	unsigned int slot_bits;
	/** @given: the job holds the objects */
	bool given;
	/** @batch: which of them is the batch */
	unsigned int batch;
	/** @fences: what goes in and comes out */
	struct vi915_exec_fences fences;
	/** @relocs: the relocations, once they were needed */
	struct vi915_relocs relocs;
	/** @need_relocs: they are */
	bool need_relocs;
	/** @ctx: where it runs; a reference */
	struct vi915_context *ctx;
	/** @ring: of @ctx */
	struct vi915_ring *ring;
	/** @job: what it is to become; the engine's once submitted */
	struct vi915_job *job;
	/** @fence: its fence, until the job has it */
	struct vi915_fence *fence;
	/** @exec: holds the reservations */
	struct drm_exec exec;
	/** @busy: whom to wait for before trying again; a reference */
	struct vi915_bo *busy;
	/** @occupied: what to wait for to get a place; a reference */
	struct dma_fence *occupied;
};

/**
 * vi915_execbuf_entry() - the object that a line names
 * @eb: the execbuf, its objects looked up
 * @line: index of the object list
 *
 * Return: its entry.
 */
static inline struct vi915_exec_entry *
vi915_execbuf_entry(const struct vi915_execbuf *eb, unsigned int line)
{
	return &eb->entries[eb->which[line]];
}

int vi915_execbuf_ioctl(struct drm_device *drm, void *data,
			struct drm_file *file);

#endif
