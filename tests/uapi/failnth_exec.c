// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * EXECBUFFER2, contexts, address spaces and syncobjs when memory runs out: each
 * allocation of each call fails once.
 */
#include "failnth_fixture.h"

#include "ctx.h"
#include "prime.h"
#include "syncobj.h"

static struct drm_i915_gem_exec_fence fence_entry;
static struct drm_i915_gem_execbuffer_ext_timeline_fences timeline;
static uint64_t point;

/* An object and a batch that does nothing, and the batch knows where the object is. */
static void make_job(void *arg)
{
	struct world *w = arg;

	w->handle = gem_create(w->fd, OBJECT_SIZE);
	batch_init(&w->batch, w->fd, VI915_PAGE);
	batch_store(&w->batch, BATCH_IN(w->handle, 8), 0x5a5a5a5a);
	batch_end(&w->batch);
	exec_init(&w->exec, w->fd, 0, I915_EXEC_RENDER);
	exec_add(&w->exec, w->handle, 0, EXEC_OBJECT_WRITE);
	exec_add_batch(&w->exec, &w->batch);
}

static void end_job(void *arg)
{
	struct world *w = arg;

	exec_sync(w->fd, w->handle);
	batch_fini(&w->batch);
	gem_close(w->fd, w->handle);
}

static int submit(void *arg)
{
	struct world *w = arg;

	return __exec_submit(&w->exec);
}

/* A context that has not run yet: it gets its address space and its ring now. */
static void make_job_of_new_context(void *arg)
{
	struct world *w = arg;

	make_job(w);
	w->id = ctx_create(w->fd);
	w->exec.arg.rsvd1 = w->id;
}

static void end_job_of_context(void *arg)
{
	struct world *w = arg;

	end_job(w);
	ctx_destroy(w->fd, w->id);
}

static void make_job_with_userptr(void *arg)
{
	struct world *w = arg;

	make_job(w);
	gem_close(w->fd, w->handle);
	w->handle = gem_userptr(w->fd, w->memory, OBJECT_SIZE, 0);
	batch_reset(&w->batch);
	batch_end(&w->batch);
	exec_init(&w->exec, w->fd, 0, I915_EXEC_RENDER);
	exec_add(&w->exec, w->handle, exec_address(w->handle), EXEC_PINNED);
	exec_add_batch(&w->exec, &w->batch);
}

/* Waits for a sync file, signals a point of a timeline, gives a sync file. */
static void make_job_with_fences(void *arg)
{
	struct world *w = arg;

	make_job(w);
	w->fence = exec_nop_fence(w->fd, 0, I915_EXEC_BLT, -1);
	w->syncobj = syncobj_create(w->fd, 0);
	fence_entry.handle = w->syncobj;
	fence_entry.flags = I915_EXEC_FENCE_SIGNAL;
	point = 3;
	memset(&timeline, 0, sizeof(timeline));
	timeline.base.name = DRM_I915_GEM_EXECBUFFER_EXT_TIMELINE_FENCES;
	timeline.fence_count = 1;
	timeline.handles_ptr = (uintptr_t)&fence_entry;
	timeline.values_ptr = (uintptr_t)&point;
	exec_in_fence(&w->exec, w->fence);
	exec_want_out_fence(&w->exec);
	w->exec.arg.flags |= I915_EXEC_USE_EXTENSIONS;
	w->exec.arg.cliprects_ptr = (uintptr_t)&timeline;
}

static int submit_with_fences(void *arg)
{
	struct world *w = arg;
	int ret = __exec_submit(&w->exec);

	if (!ret)
		close(exec_out_fence(&w->exec));
	return ret;
}

static void end_job_with_fences(void *arg)
{
	struct world *w = arg;

	syncobj_destroy(w->fd, w->syncobj);
	close(w->fence);
	end_job(w);
}

/* The array of fences that is part of the uAPI's first version. */
static void make_job_with_fence_array(void *arg)
{
	struct world *w = arg;

	make_job(w);
	w->syncobj = syncobj_create(w->fd, 0);
	fence_entry.handle = w->syncobj;
	fence_entry.flags = I915_EXEC_FENCE_SIGNAL;
	w->exec.arg.flags |= I915_EXEC_FENCE_ARRAY;
	w->exec.arg.num_cliprects = 1;
	w->exec.arg.cliprects_ptr = (uintptr_t)&fence_entry;
}

static void end_job_with_fence_array(void *arg)
{
	struct world *w = arg;

	syncobj_destroy(w->fd, w->syncobj);
	end_job(w);
}

CALL(execbuffer2_with_relocations, make_job, submit, end_job);
CALL(execbuffer2_of_a_new_context, make_job_of_new_context, submit, end_job_of_context);
CALL(execbuffer2_with_user_memory, make_job_with_userptr, submit, end_job, EFAULT);
CALL(execbuffer2_with_a_timeline, make_job_with_fences, submit_with_fences, end_job_with_fences);
CALL(execbuffer2_with_fences, make_job_with_fence_array, submit, end_job_with_fence_array);

/* Contexts and address spaces. */

static int create_context(void *arg)
{
	struct world *w = arg;
	uint32_t ctx;
	int ret = __ctx_create(w->fd, &ctx);

	if (!ret)
		ctx_destroy(w->fd, ctx);
	return ret;
}

static void make_vm(void *arg)
{
	struct world *w = arg;

	w->id = vm_create(w->fd);
}

static void destroy_vm(void *arg)
{
	struct world *w = arg;

	vm_destroy(w->fd, w->id);
}

static int create_context_with_all(void *arg)
{
	struct world *w = arg;
	struct ctx_engines engines = {
		.slots = { { I915_ENGINE_CLASS_RENDER, 0 }, { I915_ENGINE_CLASS_COPY, 0 } },
	};
	struct drm_i915_gem_context_create_ext_setparam vm =
		ctx_ext_setparam(I915_CONTEXT_PARAM_VM, w->id, NULL);
	struct drm_i915_gem_context_create_ext_setparam map =
		ctx_ext_setparam(I915_CONTEXT_PARAM_ENGINES, (uintptr_t)&engines, &vm);
	uint32_t ctx;
	int ret;

	map.param.size = CTX_ENGINES_SIZE(2);
	ret = __ctx_create_ext(w->fd, I915_CONTEXT_CREATE_FLAGS_USE_EXTENSIONS, &map, &ctx);
	if (!ret)
		ctx_destroy(w->fd, ctx);
	return ret;
}

static void make_context(void *arg)
{
	struct world *w = arg;

	w->id = ctx_create(w->fd);
}

static void destroy_context(void *arg)
{
	struct world *w = arg;

	ctx_destroy(w->fd, w->id);
}

static int set_engines(void *arg)
{
	struct world *w = arg;
	struct ctx_engines engines = { .slots = { { I915_ENGINE_CLASS_VIDEO, 0 } } };

	return __ctx_set_engines(w->fd, w->id, &engines, 1);
}

static int get_vm(void *arg)
{
	struct world *w = arg;
	uint64_t vm;
	int ret = __ctx_get(w->fd, w->id, I915_CONTEXT_PARAM_VM, &vm);

	if (!ret)
		vm_destroy(w->fd, vm);
	return ret;
}

static int create_vm(void *arg)
{
	struct world *w = arg;
	uint32_t vm;
	int ret = __vm_create(w->fd, &vm);

	if (!ret)
		vm_destroy(w->fd, vm);
	return ret;
}

CALL(context_create, NULL, create_context, NULL);
CALL(context_create_ext, make_vm, create_context_with_all, destroy_vm);
CALL(context_setparam_engines, make_context, set_engines, destroy_context);
CALL(context_getparam_vm, make_context, get_vm, destroy_context);
CALL(vm_create, NULL, create_vm, NULL);

/* Syncobjs, which are the core's. */

static int create_syncobj(void *arg)
{
	struct drm_syncobj_create create = { 0 };
	struct world *w = arg;
	int ret = vi915_ioctl(w->fd, DRM_IOCTL_SYNCOBJ_CREATE, &create);

	if (!ret)
		syncobj_destroy(w->fd, create.handle);
	return ret;
}

static void make_signalled_syncobj(void *arg)
{
	struct world *w = arg;

	w->syncobj = syncobj_create(w->fd, DRM_SYNCOBJ_CREATE_SIGNALED);
}

static void destroy_syncobj(void *arg)
{
	struct world *w = arg;

	syncobj_destroy(w->fd, w->syncobj);
}

static int export_syncobj(void *arg)
{
	struct world *w = arg;
	int fence, ret = __syncobj_export_sync_file(w->fd, w->syncobj, &fence);

	if (!ret)
		close(fence);
	return ret;
}

static int wait_syncobj(void *arg)
{
	struct world *w = arg;

	return __syncobj_wait(w->fd, w->syncobj, 1000, 0);
}

static int transfer_syncobj(void *arg)
{
	struct world *w = arg;
	struct drm_syncobj_transfer transfer = {
		.src_handle = w->syncobj, .dst_handle = w->syncobj, .dst_point = 1,
	};

	return vi915_ioctl(w->fd, DRM_IOCTL_SYNCOBJ_TRANSFER, &transfer);
}

CALL(syncobj_create, NULL, create_syncobj, NULL);
/* EINVAL is what the core makes of a sync file that it has no memory for. */
CALL(syncobj_export, make_signalled_syncobj, export_syncobj, destroy_syncobj, EINVAL);
CALL(syncobj_wait, make_signalled_syncobj, wait_syncobj, destroy_syncobj);
CALL(syncobj_transfer, make_signalled_syncobj, transfer_syncobj, destroy_syncobj);

TEST_HARNESS_MAIN
