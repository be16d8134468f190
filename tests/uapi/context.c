// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* CONTEXT_CREATE, CONTEXT_CREATE_EXT, CONTEXT_DESTROY. */
#include "gpu_fixture.h"

#include "ctx.h"
#include "exec.h"

#define USE_EXTENSIONS I915_CONTEXT_CREATE_FLAGS_USE_EXTENSIONS

TEST_F(gpu, ids_start_at_1_and_go_up)
{
	EXPECT_EQ(1, ctx_create(self->fd));
	EXPECT_EQ(2, ctx_create(self->fd));
	EXPECT_EQ(3, ctx_create(self->fd));
}

TEST_F(gpu, context_0_is_there_from_the_start)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE);

	EXPECT_EQ(1ULL << 48, ctx_get(self->fd, 0, I915_CONTEXT_PARAM_GTT_SIZE));
	exec_store(self->fd, 0, I915_EXEC_DEFAULT, handle, 0, 1);
	exec_sync(self->fd, handle);
	EXPECT_EQ(1, exec_read(self->fd, handle, 0));
}

TEST_F(gpu, a_context_belongs_to_its_file)
{
	int other = vi915_reopen(self->fd);
	uint32_t ctx = ctx_create(self->fd);
	uint64_t value;

	EXPECT_ERR(ENOENT, __ctx_get(other, ctx, I915_CONTEXT_PARAM_GTT_SIZE, &value));
	EXPECT_ERR(ENOENT, __ctx_destroy(other, ctx));
	EXPECT_OK(__ctx_get(self->fd, ctx, I915_CONTEXT_PARAM_GTT_SIZE, &value));
	close(other);
}

TEST_F(gpu, a_destroyed_context_is_enoent_everywhere)
{
	uint32_t ctx = ctx_create(self->fd);
	struct drm_i915_reset_stats stats;
	struct batch batch;
	struct exec exec;
	uint64_t value;

	ctx_destroy(self->fd, ctx);
	EXPECT_ERR(ENOENT, __ctx_get(self->fd, ctx, I915_CONTEXT_PARAM_GTT_SIZE, &value));
	EXPECT_ERR(ENOENT, __ctx_set(self->fd, ctx, I915_CONTEXT_PARAM_RECOVERABLE, 1));
	EXPECT_ERR(ENOENT, __ctx_reset_stats(self->fd, ctx, &stats));
	batch_init(&batch, self->fd, VI915_PAGE);
	batch_end(&batch);
	exec_init(&exec, self->fd, ctx, I915_EXEC_DEFAULT);
	exec_add_batch(&exec, &batch);
	EXPECT_ERR(ENOENT, __exec_submit(&exec));
}

TEST_F(gpu, destroy_of_0_unknown_and_destroyed_is_enoent)
{
	uint32_t ctx = ctx_create(self->fd);

	EXPECT_ERR(ENOENT, __ctx_destroy(self->fd, 0));
	EXPECT_ERR(ENOENT, __ctx_destroy(self->fd, ctx + 1));
	EXPECT_ERR(ENOENT, __ctx_destroy(self->fd, ~0u));
	EXPECT_OK(__ctx_destroy(self->fd, ctx));
	EXPECT_ERR(ENOENT, __ctx_destroy(self->fd, ctx));
}

TEST_F(gpu, destroy_pad_is_einval_and_destroys_nothing)
{
	struct drm_i915_gem_context_destroy arg = { .ctx_id = ctx_create(self->fd), .pad = 1 };

	EXPECT_ERR(EINVAL, vi915_ioctl(self->fd, DRM_IOCTL_I915_GEM_CONTEXT_DESTROY, &arg));
	EXPECT_OK(__ctx_destroy(self->fd, arg.ctx_id));
}

TEST_F(gpu, destroy_lets_queued_work_end)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE), ctx = ctx_create(self->fd);
	struct spin spin;

	spin_start_on(&spin, self->fd, ctx, I915_EXEC_RENDER, 0, 0);
	exec_store(self->fd, ctx, I915_EXEC_RENDER, handle, 0, 7);
	ctx_destroy(self->fd, ctx);
	EXPECT_NE(0, gem_busy(self->fd, handle));
	EXPECT_EQ(1, spin_free(&spin));
	exec_sync(self->fd, handle);
	EXPECT_EQ(7, exec_read(self->fd, handle, 0));
}

TEST_F(gpu, many_come_and_go)
{
	uint32_t ctx[200];
	unsigned int i;

	for (i = 0; i < 200; i++) {
		ctx[i] = ctx_create(self->fd);
		exec_nop(self->fd, ctx[i], I915_EXEC_DEFAULT);
	}
	for (i = 0; i < 200; i += 2)
		ctx_destroy(self->fd, ctx[i]);
	for (i = 1; i < 200; i += 2)
		exec_nop(self->fd, ctx[i], I915_EXEC_BLT);
	for (i = 1; i < 200; i += 2)
		ctx_destroy(self->fd, ctx[i]);
}

TEST_F(gpu, closing_the_file_takes_contexts_and_their_objects)
{
	int other = vi915_reopen(self->fd);
	uint32_t ctx, handle;
	long before;

	/* Jobs of earlier tests may still be about to end. */
	vi915_drop_caches(self->fd, DROP_ALL & ~DROP_RESET_ACTIVE);
	before = vi915_object_count(self->fd);
	ctx = ctx_create(other);
	handle = gem_create(other, VI915_PAGE);
	exec_store(other, ctx, I915_EXEC_DEFAULT, handle, 0, 1);
	exec_sync(other, handle);
	close(other);
	vi915_drop_caches(self->fd, DROP_ALL & ~DROP_RESET_ACTIVE);
	EXPECT_EQ(before, vi915_object_count(self->fd));
}

TEST_F(gpu, create_flags_that_do_not_exist_are_einval)
{
	uint32_t ctx;
	int bit;

	for (bit = 2; bit < 32; bit++)
		EXPECT_ERR(EINVAL, __ctx_create_ext(self->fd, 1u << bit, NULL, &ctx));
	EXPECT_EQ(1, ctx_create(self->fd));
}

TEST_F(gpu, extensions_are_not_looked_at_without_their_flag)
{
	uint32_t ctx;

	EXPECT_OK(__ctx_create_ext(self->fd, 0, BAD_POINTER, &ctx));
	EXPECT_OK(__ctx_create_ext(self->fd, USE_EXTENSIONS, NULL, &ctx));
}

TEST_F(gpu, an_unreadable_extension_is_efault)
{
	struct drm_i915_gem_context_create_ext_setparam ext =
		ctx_ext_setparam(I915_CONTEXT_PARAM_RECOVERABLE, 0, BAD_POINTER);
	uint32_t ctx;

	EXPECT_ERR(EFAULT, __ctx_create_ext(self->fd, USE_EXTENSIONS, BAD_POINTER, &ctx));
	EXPECT_ERR(EFAULT, __ctx_create_ext(self->fd, USE_EXTENSIONS, &ext, &ctx));
	EXPECT_EQ(1, ctx_create(self->fd));
}

TEST_F(gpu, an_unknown_extension_is_einval)
{
	struct drm_i915_gem_context_create_ext_setparam ext =
		ctx_ext_setparam(I915_CONTEXT_PARAM_RECOVERABLE, 0, NULL);
	uint32_t ctx;

	/* i915 has removed cloning. */
	ext.base.name = I915_CONTEXT_CREATE_EXT_CLONE;
	EXPECT_ERR(EINVAL, __ctx_create_ext(self->fd, USE_EXTENSIONS, &ext, &ctx));
	ext.base.name = 2;
	EXPECT_ERR(EINVAL, __ctx_create_ext(self->fd, USE_EXTENSIONS, &ext, &ctx));
	ext.base.name = ~0u;
	EXPECT_ERR(EINVAL, __ctx_create_ext(self->fd, USE_EXTENSIONS, &ext, &ctx));
}

TEST_F(gpu, extension_flags_and_reserved_words_are_einval)
{
	struct drm_i915_gem_context_create_ext_setparam ext =
		ctx_ext_setparam(I915_CONTEXT_PARAM_RECOVERABLE, 0, NULL);
	uint32_t ctx;
	int i;

	ext.base.flags = 1;
	EXPECT_ERR(EINVAL, __ctx_create_ext(self->fd, USE_EXTENSIONS, &ext, &ctx));
	ext.base.flags = 0;
	for (i = 0; i < 4; i++) {
		ext.base.rsvd[i] = 1;
		EXPECT_ERR(EINVAL, __ctx_create_ext(self->fd, USE_EXTENSIONS, &ext, &ctx));
		ext.base.rsvd[i] = 0;
	}
	EXPECT_OK(__ctx_create_ext(self->fd, USE_EXTENSIONS, &ext, &ctx));
}

TEST_F(gpu, a_ring_of_extensions_is_e2big)
{
	struct drm_i915_gem_context_create_ext_setparam ext;
	uint32_t ctx;

	ext = ctx_ext_setparam(I915_CONTEXT_PARAM_RECOVERABLE, 0, &ext);
	EXPECT_ERR(E2BIG, __ctx_create_ext(self->fd, USE_EXTENSIONS, &ext, &ctx));
	EXPECT_EQ(1, ctx_create(self->fd));
}

TEST_F(gpu, setparam_at_creation_sets_each_of_a_chain)
{
	struct drm_i915_gem_context_create_ext_setparam priority, recoverable;
	uint32_t ctx;

	recoverable = ctx_ext_setparam(I915_CONTEXT_PARAM_RECOVERABLE, 0, NULL);
	priority = ctx_ext_setparam(I915_CONTEXT_PARAM_PRIORITY, -5, &recoverable);
	ctx = ctx_create_ext(self->fd, &priority);
	EXPECT_EQ(-5, (int64_t)ctx_get(self->fd, ctx, I915_CONTEXT_PARAM_PRIORITY));
	EXPECT_EQ(0, ctx_get(self->fd, ctx, I915_CONTEXT_PARAM_RECOVERABLE));
}

TEST_F(gpu, setparam_at_creation_refuses_as_setparam_does)
{
	struct drm_i915_gem_context_create_ext_setparam ext;
	uint32_t ctx;

	ext = ctx_ext_setparam(I915_CONTEXT_PARAM_PRIORITY, 2000, NULL);
	EXPECT_ERR(EINVAL, __ctx_create_ext(self->fd, USE_EXTENSIONS, &ext, &ctx));
	ext = ctx_ext_setparam(I915_CONTEXT_PARAM_VM, 77, NULL);
	EXPECT_ERR(ENOENT, __ctx_create_ext(self->fd, USE_EXTENSIONS, &ext, &ctx));
	ext = ctx_ext_setparam(1000, 0, NULL);
	EXPECT_ERR(EINVAL, __ctx_create_ext(self->fd, USE_EXTENSIONS, &ext, &ctx));
	/* Refused calls have taken no id. */
	EXPECT_EQ(1, ctx_create(self->fd));
}

TEST_F(gpu, setparam_at_creation_names_no_context)
{
	struct drm_i915_gem_context_create_ext_setparam ext =
		ctx_ext_setparam(I915_CONTEXT_PARAM_RECOVERABLE, 0, NULL);
	uint32_t ctx;

	ext.param.ctx_id = 1;
	EXPECT_ERR(EINVAL, __ctx_create_ext(self->fd, USE_EXTENSIONS, &ext, &ctx));
}

TEST_F(gpu, a_single_timeline_orders_the_engines)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE), ctx;
	struct spin spin;

	EXPECT_OK(__ctx_create_ext(self->fd, I915_CONTEXT_CREATE_FLAGS_SINGLE_TIMELINE, NULL,
				   &ctx));
	spin_start(&spin, self->fd, ctx, I915_EXEC_RENDER);
	exec_store(self->fd, ctx, I915_EXEC_BLT, handle, 0, 3);
	spin_wait_running(&spin);
	usleep(50000);
	EXPECT_NE(0, gem_busy(self->fd, handle));
	EXPECT_EQ(1, spin_free(&spin));
	exec_sync(self->fd, handle);
	EXPECT_EQ(3, exec_read(self->fd, handle, 0));
}

TEST_HARNESS_MAIN
