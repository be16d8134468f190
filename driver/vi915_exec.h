/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_EXEC_H
#define VI915_EXEC_H

#include <drm/drm_exec.h>
#include <linux/types.h>

#include "vi915_exec_fence.h"
#include "vi915_reloc.h"

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
 * struct vi915_exec_entry - one object that an execbuf names once or more often
 * @bo: the object; a reference, which the job owns once vi915_execbuf.given
 * @address: GPU address where it is bound, 48 bits
 * @flags: EXEC_OBJECT_WRITE, _CAPTURE if any line or relocation asks for it;
 *	EXEC_OBJECT_ASYNC if all lines do; the other flags of its first line
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
	/** @file: open file of the client */
	struct drm_file *file;
	/** @args: the ioctl's argument, a copy in kernel memory */
	struct drm_i915_gem_execbuffer2 *args;
	/** @objects: the object list, copied from the client */
	struct drm_i915_gem_exec_object2 *objects;
	/** @which: index in @entries for each of @objects */
	u32 *which;
	/** @count: length of @objects and @which */
	unsigned int count;
	/** @entries: one per object, in the order of their first lines */
	struct vi915_exec_entry *entries;
	/** @num_entries: length of @entries */
	unsigned int num_entries;
	/** @slots: hash table by object: index in @entries plus 1; 0: empty */
	u32 *slots;
	/** @slot_bits: log2 of the length of @slots */
	unsigned int slot_bits;
	/** @given: the job holds the references to the objects */
	bool given;
	/** @batch: index of the batch in @objects */
	unsigned int batch;
	/** @fences: explicit fences, in and out */
	struct vi915_exec_fences fences;
	/** @relocs: the relocations, read once they are needed */
	struct vi915_relocs relocs;
	/** @need_relocs: the relocations are needed */
	bool need_relocs;
	/** @ctx: context to run in; a reference */
	struct vi915_context *ctx;
	/** @ring: ring of @ctx to run in */
	struct vi915_ring *ring;
	/** @job: the job being made; the engine's once submitted, then NULL */
	struct vi915_job *job;
	/** @fence: fence for the job, until the job owns it */
	struct vi915_fence *fence;
	/** @exec: holds the reservations */
	struct drm_exec exec;
	/** @busy: object to wait for before trying again; a reference */
	struct vi915_bo *busy;
	/** @occupied: fence to wait for, which frees addresses; a reference */
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

#endif
