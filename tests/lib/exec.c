// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "exec.h"
#include "gem.h"
#include "gpu.h"
#include "prime.h"
#include "proc.h"

/* Addresses below this range need no 48 bits; in it, each handle has its own place. */
#define EXEC_BASE 4
#define EXEC_SHIFT 30

/* Longer than any job takes on a slow machine, even one that hangs. */
#define EXEC_PATIENCE_MS 20000

uint64_t exec_address(uint32_t handle)
{
	return batch_canonical((uint64_t)(handle + EXEC_BASE) << EXEC_SHIFT);
}

void exec_init(struct exec *exec, int fd, uint32_t ctx, unsigned int engine)
{
	memset(exec, 0, sizeof(*exec));
	exec->fd = fd;
	exec->arg.buffers_ptr = (uintptr_t)exec->objects;
	exec->arg.flags = engine;
	exec->arg.rsvd1 = ctx;
}

struct drm_i915_gem_exec_object2 *exec_add(struct exec *exec, uint32_t handle, uint64_t offset,
					   uint64_t flags)
{
	struct drm_i915_gem_exec_object2 *object = &exec->objects[exec->arg.buffer_count];

	vi915_require(exec->arg.buffer_count < EXEC_OBJECTS);
	exec->arg.buffer_count++;
	memset(object, 0, sizeof(*object));
	object->handle = handle;
	object->offset = offset;
	object->flags = flags;
	return object;
}

struct drm_i915_gem_exec_object2 *exec_add_batch(struct exec *exec, struct batch *batch)
{
	struct drm_i915_gem_exec_object2 *object;

	object = exec_add(exec, batch->handle, batch->address, EXEC_PINNED);
	object->relocs_ptr = (uintptr_t)batch->relocs;
	object->relocation_count = batch->num_relocs;
	return object;
}

void exec_in_fence(struct exec *exec, int sync_file)
{
	exec->arg.flags |= I915_EXEC_FENCE_IN;
	exec->arg.rsvd2 = (uint32_t)sync_file;
}

void exec_want_out_fence(struct exec *exec)
{
	exec->arg.flags |= I915_EXEC_FENCE_OUT;
}

int __exec_submit(struct exec *exec)
{
	return vi915_ioctl(exec->fd, DRM_IOCTL_I915_GEM_EXECBUFFER2_WR, &exec->arg);
}

int __exec_submit_once(struct exec *exec)
{
	return ioctl(exec->fd, DRM_IOCTL_I915_GEM_EXECBUFFER2_WR, &exec->arg) ? -errno : 0;
}

int exec_out_fence(const struct exec *exec)
{
	return exec->arg.rsvd2 >> 32;
}

/* Submits without waiting. Returns: the out-fence. */
static int exec_run(const char *at, struct exec *exec, struct batch *batch, int in_fence)
{
	exec_add_batch(exec, batch);
	if (in_fence >= 0)
		exec_in_fence(exec, in_fence);
	exec_want_out_fence(exec);
	vi915_check_at(at, "EXECBUFFER2", __exec_submit(exec));
	batch_fini(batch);
	return exec_out_fence(exec);
}

int exec_nop_fence_at(const char *at, int fd, uint32_t ctx, unsigned int engine, int in_fence)
{
	struct batch batch;
	struct exec exec;

	exec_init(&exec, fd, ctx, engine);
	batch_init_at(at, &batch, fd, VI915_PAGE);
	batch_end(&batch);
	return exec_run(at, &exec, &batch, in_fence);
}

void exec_nop_at(const char *at, int fd, uint32_t ctx, unsigned int engine)
{
	close(exec_nop_fence_at(at, fd, ctx, engine, -1));
}

int exec_store_fence_at(const char *at, int fd, uint32_t ctx, unsigned int engine,
			uint32_t handle, uint64_t offset, uint32_t value, int in_fence)
{
	struct batch batch;
	struct exec exec;

	exec_init(&exec, fd, ctx, engine);
	batch_init_at(at, &batch, fd, VI915_PAGE);
	exec_add(&exec, handle, exec_address(handle), EXEC_PINNED_WRITE);
	batch_store(&batch, BATCH_AT(exec_address(handle) + offset), value);
	batch_end(&batch);
	return exec_run(at, &exec, &batch, in_fence);
}

void exec_store_at(const char *at, int fd, uint32_t ctx, unsigned int engine, uint32_t handle,
		   uint64_t offset, uint32_t value)
{
	close(exec_store_fence_at(at, fd, ctx, engine, handle, offset, value, -1));
}

/* Pages as a surface with one page per row. */
static struct batch_rect exec_pages(uint32_t handle, unsigned int pages)
{
	return (struct batch_rect){
		.ptr = BATCH_AT(exec_address(handle)),
		.pitch = VI915_PAGE,
		.width = VI915_PAGE / 4,
		.height = pages,
	};
}

int exec_fill_fence_at(const char *at, int fd, uint32_t ctx, unsigned int engine,
		       uint32_t handle, unsigned int pages, uint32_t pixel, int in_fence)
{
	struct batch_rect to = exec_pages(handle, pages);
	struct batch batch;
	struct exec exec;

	exec_init(&exec, fd, ctx, engine);
	batch_init_at(at, &batch, fd, VI915_PAGE);
	exec_add(&exec, handle, exec_address(handle), EXEC_PINNED_WRITE);
	batch_fill(&batch, &to, pixel);
	batch_end(&batch);
	return exec_run(at, &exec, &batch, in_fence);
}

void exec_fill_at(const char *at, int fd, uint32_t ctx, unsigned int engine, uint32_t handle,
		  unsigned int pages, uint32_t pixel)
{
	close(exec_fill_fence_at(at, fd, ctx, engine, handle, pages, pixel, -1));
}

int exec_copy_fence_at(const char *at, int fd, uint32_t ctx, unsigned int engine, uint32_t to,
		       uint32_t from, unsigned int pages, int in_fence)
{
	struct batch_rect dst = exec_pages(to, pages), src = exec_pages(from, pages);
	struct batch batch;
	struct exec exec;

	exec_init(&exec, fd, ctx, engine);
	batch_init_at(at, &batch, fd, VI915_PAGE);
	exec_add(&exec, from, exec_address(from), EXEC_PINNED);
	exec_add(&exec, to, exec_address(to), EXEC_PINNED_WRITE);
	batch_copy(&batch, &dst, &src);
	batch_end(&batch);
	return exec_run(at, &exec, &batch, in_fence);
}

void exec_copy_at(const char *at, int fd, uint32_t ctx, unsigned int engine, uint32_t to,
		  uint32_t from, unsigned int pages)
{
	close(exec_copy_fence_at(at, fd, ctx, engine, to, from, pages, -1));
}

uint32_t exec_read_at(const char *at, int fd, uint32_t handle, uint64_t offset)
{
	uint32_t value;

	vi915_check_at(at, "gem_pread", __gem_pread(fd, handle, offset, &value, sizeof(value)));
	return value;
}

void exec_sync_at(const char *at, int fd, uint32_t handle)
{
	int64_t timeout = EXEC_PATIENCE_MS * 1000000LL;

	vi915_check_at(at, "gem_wait", __gem_wait(fd, handle, &timeout));
}

int exec_fence_wait_at(const char *at, int sync_file)
{
	fd_poll_at(at, sync_file, POLLIN, EXEC_PATIENCE_MS);
	return sync_file_status_at(at, sync_file);
}

/* Positions of the spinner's parts, in dwords. */
#define SPIN_LOOP 16
#define SPIN_RUNS 512
#define SPIN_SWITCH 1022
#define SPIN_GOES_ON 0xffffffffu

static void spin_write(struct spin *spin, struct batch *batch, unsigned int flags)
{
	uint64_t self = batch->address;

	batch_store(batch, BATCH_AT(self + SPIN_RUNS * 4), 1);
	batch_noop(batch, SPIN_LOOP - batch->used);
	if (!(flags & SPIN_NO_PREEMPTION))
		batch_arb_check(batch);
	batch_end_unless(batch, BATCH_AT(self + SPIN_SWITCH * 4), MI_BATCH_BUFFER_END);
	batch_jump(batch, BATCH_AT(self + SPIN_LOOP * 4));
	batch_end(batch);
	spin->map = batch->cs;
	spin->map[SPIN_SWITCH] = SPIN_GOES_ON;
	spin->map[SPIN_SWITCH + 1] = SPIN_GOES_ON;
}

void spin_start_at(const char *at, struct spin *spin, int fd, uint32_t ctx, unsigned int engine,
		   unsigned int flags, uint32_t object, int in_fence)
{
	struct batch batch;
	struct exec exec;

	exec_init(&exec, fd, ctx, engine);
	batch_init_at(at, &batch, fd, VI915_PAGE);
	spin->fd = fd;
	spin->handle = batch.handle;
	spin_write(spin, &batch, flags);
	if (object)
		exec_add(&exec, object, exec_address(object),
			 flags & SPIN_WRITE ? EXEC_PINNED_WRITE : EXEC_PINNED);
	exec_add_batch(&exec, &batch);
	if (in_fence >= 0)
		exec_in_fence(&exec, in_fence);
	exec_want_out_fence(&exec);
	vi915_check_at(at, "EXECBUFFER2 of a spinner", __exec_submit(&exec));
	spin->fence = exec_out_fence(&exec);
}

bool spin_is_running(const struct spin *spin)
{
	return spin->map[SPIN_RUNS] == 1;
}

void spin_wait_running_at(const char *at, struct spin *spin)
{
	int64_t until = vi915_now() + EXEC_PATIENCE_MS * 1000000LL;

	while (!spin_is_running(spin)) {
		if (vi915_now() > until)
			vi915_fail_at(at, "the spinner does not begin to run");
		usleep(1000);
	}
}

void spin_end(struct spin *spin)
{
	spin->map[SPIN_SWITCH] = MI_BATCH_BUFFER_END;
	__sync_synchronize();
}

int spin_free_at(const char *at, struct spin *spin)
{
	int status;

	spin_end(spin);
	status = exec_fence_wait_at(at, spin->fence);
	close(spin->fence);
	gem_munmap((void *)spin->map, VI915_PAGE);
	vi915_check_at(at, "gem_close", __gem_close(spin->fd, spin->handle));
	return status;
}

int exec_break_at(const char *at, int fd, uint32_t ctx, unsigned int engine)
{
	struct batch batch;
	struct exec exec;

	exec_init(&exec, fd, ctx, engine);
	batch_init_at(at, &batch, fd, VI915_PAGE);
	batch_dword(&batch, BATCH_INVALID);
	batch_end(&batch);
	return exec_run(at, &exec, &batch, -1);
}
