// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Steps that submit work: any batch, on any engine, with any of the objects. */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "batch.h"
#include "ctx.h"
#include "exec.h"
#include "fail.h"
#include "fuzz.h"
#include "gem.h"
#include "proc.h"

#define FUZZ_BATCH_DWORDS 512
#define FUZZ_RELOCS 4

/* Errnos that a mostly valid call may be refused with. */
static bool fuzz_is_exec_error(const struct fuzz *fuzz, int err)
{
	static const int errors[] = {
		EINVAL, ENOENT, EFAULT, EPERM, ENOSPC, EIO, ENOMEM, EINTR, EMFILE, E2BIG,
		ENODEV, EAGAIN, ENXIO, EOPNOTSUPP,
	};
	unsigned int i;

	/* Another thread has just closed the file. */
	if (fuzz->world->concurrent && (err == EBADF || err == ENOTTY))
		return true;
	for (i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		if (errors[i] == err)
			return true;
	return false;
}

static uint64_t fuzz_object_flags(struct fuzz *fuzz)
{
	static const uint64_t flags[] = {
		EXEC_OBJECT_WRITE, EXEC_OBJECT_ASYNC, EXEC_OBJECT_CAPTURE, EXEC_OBJECT_NEEDS_FENCE,
		EXEC_OBJECT_PAD_TO_SIZE, EXEC_OBJECT_NEEDS_GTT,
	};
	uint64_t result = EXEC_PINNED;

	if (fuzz_chance(&fuzz->random, 40))
		result |= EXEC_OBJECT_WRITE;
	if (fuzz_chance(&fuzz->random, 10))
		result ^= flags[fuzz_below(&fuzz->random, 6)];
	if (fuzz_chance(&fuzz->random, 1))
		result = fuzz_number(&fuzz->random);
	if (fuzz_chance(&fuzz->random, 3))
		result &= ~(uint64_t)EXEC_OBJECT_PINNED;
	return result;
}

/* Adds each object at the address that the batch uses; the batch comes last. */
static void fuzz_add_objects(struct fuzz *fuzz, struct exec *exec, unsigned int batch_slot)
{
	const uint32_t *handles = fuzz->world->handles[fuzz->file];
	struct drm_i915_gem_exec_object2 *object;
	unsigned int slot, i;

	for (i = 1; i <= FUZZ_HANDLES; i++) {
		slot = (batch_slot + i) % FUZZ_HANDLES;
		if (!(fuzz->slots & 1u << slot))
			continue;
		object = exec_add(exec, handles[slot], FUZZ_AT_OBJECT(slot),
				  i < FUZZ_HANDLES ? fuzz_object_flags(fuzz) : EXEC_PINNED);
		if (fuzz_chance(&fuzz->random, 3))
			object->offset = fuzz_number(&fuzz->random);
		if (fuzz_chance(&fuzz->random, 2))
			object->alignment = fuzz_number(&fuzz->random);
		if (fuzz_chance(&fuzz->random, 2))
			object->pad_to_size = fuzz_number(&fuzz->random);
	}
}

static void fuzz_add_relocs(struct fuzz *fuzz, struct exec *exec,
			    struct drm_i915_gem_relocation_entry *relocs)
{
	struct drm_i915_gem_exec_object2 *last = &exec->objects[exec->arg.buffer_count - 1];
	unsigned int n = fuzz_below(&fuzz->random, FUZZ_RELOCS + 1), i;

	memset(relocs, 0, FUZZ_RELOCS * sizeof(*relocs));
	for (i = 0; i < n; i++) {
		relocs[i].target_handle =
			exec->objects[fuzz_below(&fuzz->random, exec->arg.buffer_count)].handle;
		relocs[i].offset = 4 * fuzz_below(&fuzz->random, VI915_PAGE / 4);
		relocs[i].delta = fuzz_below(&fuzz->random, VI915_PAGE);
		relocs[i].presumed_offset = fuzz_number(&fuzz->random);
		relocs[i].read_domains = I915_GEM_DOMAIN_RENDER;
		relocs[i].write_domain = fuzz_chance(&fuzz->random, 30) ? 2 : 0;
		if (fuzz_chance(&fuzz->random, 5))
			relocs[i].offset = fuzz_number(&fuzz->random);
		if (fuzz_chance(&fuzz->random, 5))
			relocs[i].read_domains = fuzz_number(&fuzz->random);
	}
	last->relocs_ptr = (uintptr_t)relocs;
	last->relocation_count = n;
}

static void fuzz_add_flags(struct fuzz *fuzz, struct exec *exec)
{
	static const uint64_t flags[] = {
		I915_EXEC_NO_RELOC, I915_EXEC_HANDLE_LUT, I915_EXEC_FENCE_OUT, I915_EXEC_FENCE_IN,
		I915_EXEC_FENCE_SUBMIT, I915_EXEC_BATCH_FIRST, I915_EXEC_IS_PINNED,
		I915_EXEC_FENCE_ARRAY, I915_EXEC_USE_EXTENSIONS,
	};

	while (fuzz_chance(&fuzz->random, 35))
		exec->arg.flags |= flags[fuzz_below(&fuzz->random, 9)];
	if (exec->arg.flags & (I915_EXEC_FENCE_IN | I915_EXEC_FENCE_SUBMIT))
		exec->arg.rsvd2 = (uint32_t)fuzz_any_fd(fuzz);
	if (fuzz_chance(&fuzz->random, 3))
		exec->arg.flags ^= 1ULL << fuzz_below(&fuzz->random, 64);
	if (fuzz_chance(&fuzz->random, 5))
		exec->arg.batch_start_offset = 8 * fuzz_below(&fuzz->random, VI915_PAGE / 8);
	if (fuzz_chance(&fuzz->random, 3))
		exec->arg.batch_len = fuzz_number(&fuzz->random);
	if (fuzz_chance(&fuzz->random, 2))
		exec->arg.num_cliprects = fuzz_number(&fuzz->random);
}

/* Chooses the objects of the job. Returns: the slot of the batch, or -1. */
static int fuzz_choose_slots(struct fuzz *fuzz)
{
	const uint32_t *handles = fuzz->world->handles[fuzz->file];
	unsigned int batch = fuzz_below(&fuzz->random, FUZZ_HANDLES), i;

	for (i = 0; i < FUZZ_HANDLES && !handles[batch]; i++)
		batch = (batch + 1) % FUZZ_HANDLES;
	if (!handles[batch])
		return -1;
	fuzz->slots = 1u << batch;
	for (i = 0; i < FUZZ_HANDLES; i++)
		if (handles[i] && handles[i] != handles[batch] &&
		    fuzz_chance(&fuzz->random, 40))
			fuzz->slots |= 1u << i;
	return batch;
}

static void fuzz_put_batch(struct fuzz *fuzz, unsigned int slot, bool blits)
{
	uint32_t dwords[FUZZ_BATCH_DWORDS];
	struct fuzz_world *world = fuzz->world;
	unsigned int n;

	n = fuzz_batch(fuzz, dwords, FUZZ_BATCH_DWORDS, FUZZ_AT_OBJECT(slot), blits);
	/* May fail: an object that cannot be written here is run with its contents. */
	__gem_pwrite(world->files[fuzz->file], world->handles[fuzz->file][slot], 0, dwords,
		     n * sizeof(*dwords));
}

/* Most batches hang, so make contexts not bannable, and replace banned ones. */
static void fuzz_mend_context(struct fuzz *fuzz, int fd, uint32_t ctx, int err)
{
	if (!err) {
		__ctx_set(fd, ctx, I915_CONTEXT_PARAM_BANNABLE, 0);
		return;
	}
	if (!fuzz_chance(&fuzz->random, 30))
		return;
	if (err == ENOENT)
		__ctx_create(fd, &ctx);
	else if (err == EIO && ctx)
		__ctx_destroy(fd, ctx);
	else if (err == EIO)
		fuzz_reopen(fuzz);
}

void fuzz_step_exec(struct fuzz *fuzz)
{
	struct drm_i915_gem_relocation_entry relocs[FUZZ_RELOCS];
	unsigned int engine;
	int slot, fd, err;
	struct exec exec;

	fuzz->file = fuzz_below(&fuzz->random, fuzz->world->num_files);
	slot = fuzz_choose_slots(fuzz);
	if (slot < 0)
		return;
	engine = fuzz_below(&fuzz->random, fuzz_chance(&fuzz->random, 95) ? 5 : 64);
	fuzz_put_batch(fuzz, slot, engine == I915_EXEC_BLT);
	fd = fuzz->world->files[fuzz->file];
	exec_init(&exec, fd, fuzz_below(&fuzz->random, FUZZ_CONTEXTS), engine);
	fuzz_add_objects(fuzz, &exec, slot);
	if (fuzz_chance(&fuzz->random, 30))
		fuzz_add_relocs(fuzz, &exec, relocs);
	fuzz_add_flags(fuzz, &exec);
	fuzz_say(fuzz, "EXECBUFFER2(%d, context %u, flags %#llx, %u objects, batch %u)", fd,
		 (uint32_t)exec.arg.rsvd1, (unsigned long long)exec.arg.flags,
		 exec.arg.buffer_count, exec.objects[exec.arg.buffer_count - 1].handle);
	err = ioctl(fd, DRM_IOCTL_I915_GEM_EXECBUFFER2_WR, &exec.arg) ? errno : 0;
	fuzz_say(fuzz, "  -> %s", err ? vi915_errname(err) : "ok");
	fuzz_mend_context(fuzz, fd, exec.arg.rsvd1, err);
	if (err) {
		fuzz->refused++;
		if (!fuzz_is_exec_error(fuzz, err))
			fuzz_fail(fuzz, "EXECBUFFER2: %s is not an error that it documents",
				  vi915_errname(err));
		return;
	}
	fuzz->done++;
	if (exec.arg.flags & I915_EXEC_FENCE_OUT)
		fuzz_put_fd(fuzz, exec_out_fence(&exec));
}
