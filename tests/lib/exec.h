/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * EXECBUFFER2: an execbuf that is put together object by object, jobs in one
 * line, and spinners. Unless a test says otherwise, objects are softpinned at
 * an address computed from their handle.
 */
#ifndef VI915_TESTS_EXEC_H
#define VI915_TESTS_EXEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "batch.h"
#include "fail.h"
#include "uapi.h"

#define EXEC_OBJECTS 32

/* Softpinned anywhere in 48 bits. */
#define EXEC_PINNED (EXEC_OBJECT_PINNED | EXEC_OBJECT_SUPPORTS_48B_ADDRESS)
#define EXEC_PINNED_WRITE (EXEC_PINNED | EXEC_OBJECT_WRITE)

/**
 * struct exec - an execbuf
 * @fd: file that the execbuf is for
 * @arg: argument of the ioctl; flags, fences and lengths may be changed
 *	directly
 * @objects: what @arg.buffers_ptr points to
 */
struct exec {
	int fd;
	struct drm_i915_gem_execbuffer2 arg;
	struct drm_i915_gem_exec_object2 objects[EXEC_OBJECTS];
};

/**
 * exec_address() - the address where the one-line jobs below softpin an object
 */
uint64_t exec_address(uint32_t handle);

/**
 * exec_init() - an execbuf without objects
 * @engine: I915_EXEC_x, or the index in the context's map
 */
void exec_init(struct exec *exec, int fd, uint32_t ctx, unsigned int engine);

/**
 * exec_add() - one more object
 *
 * Returns: its entry, to be changed at will.
 */
struct drm_i915_gem_exec_object2 *exec_add(struct exec *exec, uint32_t handle, uint64_t offset,
					   uint64_t flags);

/**
 * exec_add_batch() - the batch, which comes last
 *
 * Softpinned at its own address, with the batch's relocations.
 */
struct drm_i915_gem_exec_object2 *exec_add_batch(struct exec *exec, struct batch *batch);

/* Takes @sync_file as the in-fence. */
void exec_in_fence(struct exec *exec, int sync_file);
void exec_want_out_fence(struct exec *exec);

/**
 * __exec_submit() - the ioctl, repeated after EINTR and EAGAIN
 *
 * The ioctl is EXECBUFFER2_WR, which writes rsvd2 back.
 */
int __exec_submit(struct exec *exec);
#define exec_submit(exec) vi915_check(__exec_submit(exec))
/* The ioctl once; returns EINTR and EAGAIN like any other errno. */
int __exec_submit_once(struct exec *exec);

/* The sync_file that FENCE_OUT gave. */
int exec_out_fence(const struct exec *exec);

/*
 * Jobs in one line. They return as soon as the job is queued. @ctx 0 is the
 * file's own context. Those with _fence also take an in-fence, -1 for none, and
 * return the out-fence.
 */
void exec_nop_at(const char *at, int fd, uint32_t ctx, unsigned int engine);
#define exec_nop(fd, ctx, engine) exec_nop_at(VI915_AT, fd, ctx, engine)
int exec_nop_fence_at(const char *at, int fd, uint32_t ctx, unsigned int engine, int in_fence);
#define exec_nop_fence(fd, ctx, engine, in_fence) \
	exec_nop_fence_at(VI915_AT, fd, ctx, engine, in_fence)

/* Store one dword by MI_STORE_DWORD_IMM, which every engine can run. */
void exec_store_at(const char *at, int fd, uint32_t ctx, unsigned int engine, uint32_t handle,
		   uint64_t offset, uint32_t value);
#define exec_store(fd, ctx, engine, handle, offset, value) \
	exec_store_at(VI915_AT, fd, ctx, engine, handle, offset, value)
int exec_store_fence_at(const char *at, int fd, uint32_t ctx, unsigned int engine,
			uint32_t handle, uint64_t offset, uint32_t value, int in_fence);
#define exec_store_fence(fd, ctx, engine, handle, offset, value, in_fence) \
	exec_store_fence_at(VI915_AT, fd, ctx, engine, handle, offset, value, in_fence)

/*
 * Fill @pages whole pages from the start of the object, by a blit to a surface
 * of 1024 pixels a row; only I915_EXEC_BLT has a blitter.
 */
void exec_fill_at(const char *at, int fd, uint32_t ctx, unsigned int engine, uint32_t handle,
		  unsigned int pages, uint32_t pixel);
#define exec_fill(fd, ctx, engine, handle, pages, pixel) \
	exec_fill_at(VI915_AT, fd, ctx, engine, handle, pages, pixel)
int exec_fill_fence_at(const char *at, int fd, uint32_t ctx, unsigned int engine,
		       uint32_t handle, unsigned int pages, uint32_t pixel, int in_fence);
#define exec_fill_fence(fd, ctx, engine, handle, pages, pixel, in_fence) \
	exec_fill_fence_at(VI915_AT, fd, ctx, engine, handle, pages, pixel, in_fence)
void exec_copy_at(const char *at, int fd, uint32_t ctx, unsigned int engine, uint32_t to,
		  uint32_t from, unsigned int pages);
#define exec_copy(fd, ctx, engine, to, from, pages) \
	exec_copy_at(VI915_AT, fd, ctx, engine, to, from, pages)
int exec_copy_fence_at(const char *at, int fd, uint32_t ctx, unsigned int engine, uint32_t to,
		       uint32_t from, unsigned int pages, int in_fence);
#define exec_copy_fence(fd, ctx, engine, to, from, pages, in_fence) \
	exec_copy_fence_at(VI915_AT, fd, ctx, engine, to, from, pages, in_fence)

/* The value of a dword of an object, read after its writers are done. */
uint32_t exec_read_at(const char *at, int fd, uint32_t handle, uint64_t offset);
#define exec_read(fd, handle, offset) exec_read_at(VI915_AT, fd, handle, offset)

/* Waits for every fence of an object; the test ends after 20 seconds. */
void exec_sync_at(const char *at, int fd, uint32_t handle);
#define exec_sync(fd, handle) exec_sync_at(VI915_AT, fd, handle)

/* Waits for a sync_file, 20 seconds. Returns: sync_file_status(). */
int exec_fence_wait_at(const char *at, int sync_file);
#define exec_fence_wait(sync_file) exec_fence_wait_at(VI915_AT, sync_file)

/**
 * struct spin - a batch that loops until it is told to end
 * @fd: file of the batch object
 * @handle: handle of the batch object
 * @map: mapping of the batch object
 * @fence: out-fence of the job
 */
struct spin {
	int fd;
	uint32_t handle;
	volatile uint32_t *map;
	int fence;
};

#define SPIN_NO_PREEMPTION 1u
/* Put @object into the execbuf, as read or as written by the job. */
#define SPIN_READ 2u
#define SPIN_WRITE 4u

/**
 * spin_start() - queue a spinner
 * @flags: SPIN_x
 * @object: handle of an object that it keeps busy, or 0
 * @in_fence: sync_file that it waits for, or -1
 */
void spin_start_at(const char *at, struct spin *spin, int fd, uint32_t ctx, unsigned int engine,
		   unsigned int flags, uint32_t object, int in_fence);
#define spin_start_on(spin, fd, ctx, engine, flags, object) \
	spin_start_at(VI915_AT, spin, fd, ctx, engine, flags, object, -1)
#define spin_start(spin, fd, ctx, engine) \
	spin_start_at(VI915_AT, spin, fd, ctx, engine, 0, 0, -1)

/* Waits until the batch runs, up to 20 seconds. */
void spin_wait_running_at(const char *at, struct spin *spin);
#define spin_wait_running(spin) spin_wait_running_at(VI915_AT, spin)
bool spin_is_running(const struct spin *spin);
void spin_end(struct spin *spin);
/* Ends the spinner, waits for it and frees it. Returns: the fence's status. */
int spin_free_at(const char *at, struct spin *spin);
#define spin_free(spin) spin_free_at(VI915_AT, spin)

/**
 * exec_break() - queue a batch that no engine can run
 *
 * Returns: its out-fence.
 */
int exec_break_at(const char *at, int fd, uint32_t ctx, unsigned int engine);
#define exec_break(fd, ctx, engine) exec_break_at(VI915_AT, fd, ctx, engine)

#endif
