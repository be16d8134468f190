// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* VM_CREATE, VM_DESTROY, and contexts that share an address space. */
#include "gpu_fixture.h"

#include "ctx.h"
#include "exec.h"

/* An address that a driver would not choose by itself. */
#define PLACE 0x123456789000ULL

/* Runs an empty batch with @handle. Returns: the object's address. */
static uint64_t run_at(int fd, uint32_t ctx, uint32_t handle, uint64_t offset, uint64_t flags)
{
	struct drm_i915_gem_exec_object2 *object;
	struct batch batch;
	struct exec exec;

	batch_init(&batch, fd, VI915_PAGE);
	batch_end(&batch);
	exec_init(&exec, fd, ctx, I915_EXEC_DEFAULT);
	object = exec_add(&exec, handle, offset, flags);
	exec_add_batch(&exec, &batch);
	exec_submit(&exec);
	batch_fini(&batch);
	return object->offset;
}

static uint64_t run_anywhere(int fd, uint32_t ctx, uint32_t handle)
{
	return run_at(fd, ctx, handle, 0, EXEC_OBJECT_SUPPORTS_48B_ADDRESS);
}

TEST_F(gpu, ids_are_not_0)
{
	uint32_t a = vm_create(self->fd), b = vm_create(self->fd);

	EXPECT_NE(0, a);
	EXPECT_NE(0, b);
	EXPECT_NE(a, b);
	EXPECT_OK(__vm_destroy(self->fd, a));
	EXPECT_OK(__vm_destroy(self->fd, b));
}

TEST_F(gpu, destroy_of_0_unknown_and_destroyed_is_enoent)
{
	uint32_t vm = vm_create(self->fd);

	EXPECT_ERR(ENOENT, __vm_destroy(self->fd, 0));
	EXPECT_ERR(ENOENT, __vm_destroy(self->fd, vm + 1));
	EXPECT_ERR(ENOENT, __vm_destroy(self->fd, ~0u));
	EXPECT_OK(__vm_destroy(self->fd, vm));
	EXPECT_ERR(ENOENT, __vm_destroy(self->fd, vm));
}

TEST_F(gpu, flags_are_einval)
{
	struct drm_i915_gem_vm_control arg = { .flags = 1 };

	EXPECT_ERR(EINVAL, vi915_ioctl(self->fd, DRM_IOCTL_I915_GEM_VM_CREATE, &arg));
	arg.vm_id = vm_create(self->fd);
	EXPECT_ERR(EINVAL, vi915_ioctl(self->fd, DRM_IOCTL_I915_GEM_VM_DESTROY, &arg));
	EXPECT_OK(__vm_destroy(self->fd, arg.vm_id));
}

TEST_F(gpu, extensions_are_refused)
{
	struct i915_user_extension ext = {};
	struct drm_i915_gem_vm_control arg = { .extensions = (uintptr_t)&ext };

	EXPECT_ERR(EINVAL, vi915_ioctl(self->fd, DRM_IOCTL_I915_GEM_VM_CREATE, &arg));
	arg.extensions = (uintptr_t)BAD_POINTER;
	EXPECT_ERR(EFAULT, vi915_ioctl(self->fd, DRM_IOCTL_I915_GEM_VM_CREATE, &arg));
	arg.vm_id = vm_create(self->fd);
	EXPECT_ERR(EINVAL, vi915_ioctl(self->fd, DRM_IOCTL_I915_GEM_VM_DESTROY, &arg));
	EXPECT_OK(__vm_destroy(self->fd, arg.vm_id));
}

TEST_F(gpu, contexts_that_share_a_vm_share_addresses)
{
	uint32_t vm = vm_create(self->fd), handle = gem_create(self->fd, VI915_PAGE);
	uint32_t a = ctx_create_in_vm(self->fd, vm), b = ctx_create_in_vm(self->fd, vm);

	EXPECT_EQ(PLACE, run_at(self->fd, a, handle, PLACE, EXEC_PINNED));
	EXPECT_EQ(PLACE, run_anywhere(self->fd, b, handle));
}

TEST_F(gpu, contexts_of_their_own_have_their_own_addresses)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE);
	uint32_t a = ctx_create(self->fd), b = ctx_create(self->fd);

	EXPECT_EQ(PLACE, run_at(self->fd, a, handle, PLACE, EXEC_PINNED));
	EXPECT_NE(PLACE, run_anywhere(self->fd, b, handle));
	/* One object at two addresses at the same time. */
	EXPECT_EQ(PLACE, run_anywhere(self->fd, a, handle));
}

TEST_F(gpu, an_address_means_another_object_in_another_vm)
{
	uint32_t a = ctx_create(self->fd), b = ctx_create(self->fd), ctx, i;
	uint32_t handle[2];
	struct batch batch;
	struct exec exec;

	/* The same batch and address, but two objects. */
	batch_init(&batch, self->fd, VI915_PAGE);
	batch_store(&batch, BATCH_AT(PLACE), 0x11);
	batch_end(&batch);
	for (i = 0; i < 2; i++) {
		ctx = i ? b : a;
		handle[i] = gem_create(self->fd, VI915_PAGE);
		exec_init(&exec, self->fd, ctx, I915_EXEC_RENDER);
		exec_add(&exec, handle[i], PLACE, EXEC_PINNED_WRITE);
		exec_add_batch(&exec, &batch);
		exec_submit(&exec);
		exec_sync(self->fd, handle[i]);
		EXPECT_EQ(0x11, exec_read(self->fd, handle[i], 0));
	}
}

TEST_F(gpu, getparam_gives_a_name_for_the_contexts_vm)
{
	uint32_t a = ctx_create(self->fd), handle = gem_create(self->fd, VI915_PAGE), b;
	uint64_t vm = ctx_get(self->fd, a, I915_CONTEXT_PARAM_VM);

	EXPECT_NE(0, vm);
	b = ctx_create_in_vm(self->fd, vm);
	EXPECT_EQ(PLACE, run_at(self->fd, a, handle, PLACE, EXEC_PINNED));
	EXPECT_EQ(PLACE, run_anywhere(self->fd, b, handle));
	/* The id is destroyed, but the context keeps its address space. */
	EXPECT_OK(__vm_destroy(self->fd, vm));
	EXPECT_EQ(PLACE, run_anywhere(self->fd, a, handle));
}

TEST_F(gpu, a_vm_lives_as_long_as_its_contexts)
{
	uint32_t vm = vm_create(self->fd), handle = gem_create(self->fd, VI915_PAGE);
	uint32_t ctx = ctx_create_in_vm(self->fd, vm), other;

	vm_destroy(self->fd, vm);
	EXPECT_EQ(PLACE, run_at(self->fd, ctx, handle, PLACE, EXEC_PINNED));
	other = ctx_create_in_vm(self->fd, ctx_get(self->fd, ctx, I915_CONTEXT_PARAM_VM));
	ctx_destroy(self->fd, ctx);
	EXPECT_EQ(PLACE, run_anywhere(self->fd, other, handle));
}

TEST_F(gpu, setparam_vm_works_before_the_first_use_only)
{
	uint32_t vm = vm_create(self->fd), handle = gem_create(self->fd, VI915_PAGE);
	uint32_t a = ctx_create_in_vm(self->fd, vm), b = ctx_create(self->fd);

	ctx_set(self->fd, b, I915_CONTEXT_PARAM_VM, vm);
	EXPECT_EQ(PLACE, run_at(self->fd, a, handle, PLACE, EXEC_PINNED));
	EXPECT_EQ(PLACE, run_anywhere(self->fd, b, handle));
	EXPECT_ERR(EINVAL, __ctx_set(self->fd, b, I915_CONTEXT_PARAM_VM, vm_create(self->fd)));
	EXPECT_EQ(PLACE, run_anywhere(self->fd, b, handle));
}

TEST_F(gpu, setparam_vm_of_an_unknown_vm_is_enoent)
{
	uint32_t ctx = ctx_create(self->fd), vm = vm_create(self->fd);
	int other = vi915_reopen(self->fd);

	EXPECT_ERR(ENOENT, __ctx_set(self->fd, ctx, I915_CONTEXT_PARAM_VM, 0));
	EXPECT_ERR(ENOENT, __ctx_set(self->fd, ctx, I915_CONTEXT_PARAM_VM, vm + 1));
	EXPECT_ERR(ENOENT, __ctx_set(self->fd, ctx, I915_CONTEXT_PARAM_VM, vm | 1ULL << 32));
	/* Ids belong to a file. */
	EXPECT_ERR(ENOENT, __ctx_set(other, ctx_create(other), I915_CONTEXT_PARAM_VM, vm));
	vm_destroy(self->fd, vm);
	EXPECT_ERR(ENOENT, __ctx_set(self->fd, ctx, I915_CONTEXT_PARAM_VM, vm));
	close(other);
}

TEST_F(gpu, setparam_vm_with_a_size_is_einval)
{
	struct drm_i915_gem_context_param arg = {
		.ctx_id = ctx_create(self->fd),
		.param = I915_CONTEXT_PARAM_VM,
		.size = 4,
		.value = vm_create(self->fd),
	};

	EXPECT_ERR(EINVAL, __ctx_setparam(self->fd, &arg));
}

/* Number of objects that are still in use. */
static long count_objects(int fd)
{
	vi915_drop_caches(fd, DROP_ALL & ~DROP_RESET_ACTIVE);
	return vi915_object_count(fd);
}

TEST_F(gpu, an_idle_object_goes_with_its_handle_not_with_the_vm)
{
	uint32_t ctx = ctx_create(self->fd), handle;
	long before = count_objects(self->fd);

	handle = gem_create(self->fd, VI915_PAGE);
	run_anywhere(self->fd, ctx, handle);
	exec_sync(self->fd, handle);
	EXPECT_EQ(before + 1, count_objects(self->fd));
	gem_close(self->fd, handle);
	EXPECT_EQ(before, count_objects(self->fd));
}

TEST_F(gpu, a_busy_object_goes_with_its_last_job_not_with_the_vm)
{
	uint32_t ctx = ctx_create(self->fd), handle;
	long before = count_objects(self->fd);
	struct spin spin;

	handle = gem_create(self->fd, VI915_PAGE);
	spin_start_on(&spin, self->fd, ctx, I915_EXEC_RENDER, SPIN_READ, handle);
	spin_wait_running(&spin);
	gem_close(self->fd, handle);
	EXPECT_EQ(1, spin_free(&spin));
	EXPECT_EQ(before, count_objects(self->fd));
}

TEST_F(gpu, a_vm_and_what_is_bound_in_it_go_with_the_file)
{
	int other = vi915_reopen(self->fd);
	long before = vi915_object_count(self->fd);
	uint32_t ctx = ctx_create_in_vm(other, vm_create(other));
	unsigned int i;

	for (i = 0; i < 16; i++)
		run_anywhere(other, ctx, gem_create(other, 16 * VI915_PAGE));
	close(other);
	vi915_drop_caches(self->fd, DROP_ALL & ~DROP_RESET_ACTIVE);
	EXPECT_EQ(before, vi915_object_count(self->fd));
}

TEST_HARNESS_MAIN
