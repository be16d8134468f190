// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* CONTEXT_PARAM_ENGINES: a context's own map of engines. */
#include "gpu_fixture.h"

#include "ctx.h"
#include "exec.h"

static const uint16_t classes[] = {
	I915_ENGINE_CLASS_RENDER,
	I915_ENGINE_CLASS_COPY,
	I915_ENGINE_CLASS_VIDEO,
	I915_ENGINE_CLASS_VIDEO_ENHANCE,
};

#define CLASSES (sizeof(classes) / sizeof(*classes))

/* An empty batch on engine @index. */
static int run_on(int fd, uint32_t ctx, unsigned int index)
{
	struct batch batch;
	struct exec exec;
	int ret;

	batch_init(&batch, fd, VI915_PAGE);
	batch_end(&batch);
	exec_init(&exec, fd, ctx, index);
	exec_add_batch(&exec, &batch);
	ret = __exec_submit(&exec);
	batch_fini(&batch);
	return ret;
}

/* Sets a map of @size bytes at @engines. */
static int set_size(int fd, uint32_t ctx, const void *engines, uint32_t size)
{
	struct drm_i915_gem_context_param arg = {
		.ctx_id = ctx,
		.param = I915_CONTEXT_PARAM_ENGINES,
		.size = size,
		.value = (uintptr_t)engines,
	};

	return __ctx_setparam(fd, &arg);
}

TEST_F(gpu, the_index_is_the_slot)
{
	uint32_t ctx = ctx_create(self->fd), handle = gem_create(self->fd, VI915_PAGE);
	struct ctx_engines engines = {};
	struct spin spin;
	unsigned int i;

	/* In reverse order, so that no index means the same as without a map. */
	for (i = 0; i < CLASSES; i++)
		engines.slots[i].engine_class = classes[CLASSES - 1 - i];
	ASSERT_OK(__ctx_set_engines(self->fd, ctx, &engines, CLASSES));
	for (i = 0; i < CLASSES; i++) {
		spin_start_on(&spin, self->fd, ctx, i, SPIN_READ, handle);
		/* BUSY shows the class of the reader's engine. */
		EXPECT_EQ(0x10000u << classes[CLASSES - 1 - i], gem_busy(self->fd, handle));
		EXPECT_EQ(1, spin_free(&spin));
	}
}

TEST_F(gpu, every_slot_of_64_has_its_own_timeline)
{
	uint32_t ctx = ctx_create_slots(self->fd, I915_ENGINE_CLASS_RENDER, CTX_SLOTS), i;
	uint32_t handle = gem_create(self->fd, VI915_PAGE);
	struct spin spin;

	/* A job that runs in slot 0 does not block the other slots. */
	spin_start(&spin, self->fd, ctx, 0);
	spin_wait_running(&spin);
	for (i = 1; i < CTX_SLOTS; i++)
		exec_store(self->fd, ctx, i, handle, 4 * i, i);
	exec_sync(self->fd, handle);
	for (i = 1; i < CTX_SLOTS; i++)
		EXPECT_EQ(i, exec_read(self->fd, handle, 4 * i));
	EXPECT_EQ(0, sync_file_status(spin.fence));
	EXPECT_EQ(1, spin_free(&spin));
}

TEST_F(gpu, a_slot_keeps_its_order)
{
	uint32_t ctx = ctx_create_slots(self->fd, I915_ENGINE_CLASS_COPY, 2), i;
	uint32_t handle = gem_create(self->fd, VI915_PAGE);
	struct spin spin;
	int fence = -1;

	spin_start(&spin, self->fd, ctx, 1);
	for (i = 0; i < 8; i++) {
		if (fence >= 0)
			close(fence);
		fence = exec_store_fence(self->fd, ctx, 1, handle, 0, i, -1);
	}
	usleep(50000);
	EXPECT_EQ(0, sync_file_status(fence));
	EXPECT_EQ(1, spin_free(&spin));
	EXPECT_EQ(1, exec_fence_wait(fence));
	EXPECT_EQ(7, exec_read(self->fd, handle, 0));
	close(fence);
}

TEST_F(gpu, an_index_beyond_the_map_is_einval)
{
	uint32_t ctx = ctx_create_slots(self->fd, I915_ENGINE_CLASS_RENDER, 3);
	unsigned int i;

	for (i = 0; i < 3; i++)
		EXPECT_OK(run_on(self->fd, ctx, i));
	for (i = 3; i < 64; i++)
		EXPECT_ERR(EINVAL, run_on(self->fd, ctx, i));
}

TEST_F(gpu, an_empty_slot_is_einval)
{
	struct ctx_engines engines = {
		.slots = { { I915_ENGINE_CLASS_INVALID, I915_ENGINE_CLASS_INVALID_NONE } },
	};
	uint32_t ctx = ctx_create(self->fd);

	ASSERT_OK(__ctx_set_engines(self->fd, ctx, &engines, 2));
	EXPECT_ERR(EINVAL, run_on(self->fd, ctx, 0));
	EXPECT_OK(run_on(self->fd, ctx, 1));
}

TEST_F(gpu, an_empty_map_has_no_engine)
{
	struct ctx_engines engines = {};
	uint32_t ctx = ctx_create(self->fd);

	ASSERT_OK(__ctx_set_engines(self->fd, ctx, &engines, 0));
	EXPECT_ERR(EINVAL, run_on(self->fd, ctx, 0));
	EXPECT_ERR(EINVAL, run_on(self->fd, ctx, 1));
}

TEST_F(gpu, an_unknown_class_or_instance_is_enoent)
{
	struct ctx_engines engines = {};
	uint32_t ctx = ctx_create(self->fd);

	engines.slots[0].engine_class = I915_ENGINE_CLASS_COMPUTE;
	EXPECT_ERR(ENOENT, __ctx_set_engines(self->fd, ctx, &engines, 1));
	engines.slots[0].engine_class = 17;
	EXPECT_ERR(ENOENT, __ctx_set_engines(self->fd, ctx, &engines, 1));
	engines.slots[0].engine_class = I915_ENGINE_CLASS_INVALID;
	EXPECT_ERR(ENOENT, __ctx_set_engines(self->fd, ctx, &engines, 1));
	engines.slots[0].engine_class = I915_ENGINE_CLASS_RENDER;
	engines.slots[0].engine_instance = 1;
	EXPECT_ERR(ENOENT, __ctx_set_engines(self->fd, ctx, &engines, 1));
	engines.slots[0].engine_instance = 0;
	engines.slots[1].engine_class = I915_ENGINE_CLASS_VIDEO;
	engines.slots[1].engine_instance = 1;
	EXPECT_ERR(ENOENT, __ctx_set_engines(self->fd, ctx, &engines, 2));
	/* Refused calls have set nothing. */
	EXPECT_OK(__ctx_set_engines(self->fd, ctx, &engines, 1));
	EXPECT_OK(run_on(self->fd, ctx, 0));
	EXPECT_ERR(EINVAL, run_on(self->fd, ctx, 1));
}

TEST_F(gpu, a_bad_size_is_einval)
{
	struct ctx_engines engines = {};
	uint32_t ctx = ctx_create(self->fd);

	EXPECT_ERR(EINVAL, set_size(self->fd, ctx, &engines, 0));
	EXPECT_ERR(EINVAL, set_size(self->fd, ctx, &engines, 7));
	EXPECT_ERR(EINVAL, set_size(self->fd, ctx, &engines, CTX_ENGINES_SIZE(1) - 1));
	EXPECT_ERR(EINVAL, set_size(self->fd, ctx, &engines, CTX_ENGINES_SIZE(1) + 1));
	EXPECT_ERR(EINVAL, set_size(self->fd, ctx, &engines, CTX_ENGINES_SIZE(CTX_SLOTS + 1)));
	EXPECT_ERR(EINVAL, set_size(self->fd, ctx, &engines, ~0u));
	EXPECT_OK(set_size(self->fd, ctx, &engines, CTX_ENGINES_SIZE(CTX_SLOTS)));
}

TEST_F(gpu, an_unreadable_map_is_efault)
{
	char *pages = mmap(NULL, 2 * VI915_PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint32_t ctx = ctx_create(self->fd);

	ASSERT_EQ(0, munmap(pages + VI915_PAGE, VI915_PAGE));
	EXPECT_ERR(EFAULT, set_size(self->fd, ctx, NULL, CTX_ENGINES_SIZE(1)));
	EXPECT_ERR(EFAULT, set_size(self->fd, ctx, BAD_POINTER, CTX_ENGINES_SIZE(1)));
	/* The first slot is mapped, the second is not. */
	EXPECT_ERR(EFAULT, set_size(self->fd, ctx, pages + VI915_PAGE - CTX_ENGINES_SIZE(1),
				    CTX_ENGINES_SIZE(2)));
	EXPECT_OK(set_size(self->fd, ctx, pages + VI915_PAGE - CTX_ENGINES_SIZE(1),
			   CTX_ENGINES_SIZE(1)));
}

TEST_F(gpu, unknown_and_unreadable_extensions_are_refused)
{
	struct i915_user_extension ext = { .name = 77 };
	struct ctx_engines engines = { .extensions = (uintptr_t)&ext };
	uint32_t ctx = ctx_create(self->fd);

	EXPECT_ERR(EINVAL, __ctx_set_engines(self->fd, ctx, &engines, 1));
	engines.extensions = (uintptr_t)BAD_POINTER;
	EXPECT_ERR(EFAULT, __ctx_set_engines(self->fd, ctx, &engines, 1));
}

TEST_F(gpu, it_can_be_set_once)
{
	uint32_t ctx = ctx_create_slots(self->fd, I915_ENGINE_CLASS_RENDER, 1);
	struct ctx_engines engines = {};

	EXPECT_ERR(EINVAL, __ctx_set_engines(self->fd, ctx, &engines, 2));
	EXPECT_ERR(EINVAL, run_on(self->fd, ctx, 1));
}

TEST_F(gpu, it_can_be_set_before_the_first_use_only)
{
	uint32_t ctx = ctx_create(self->fd);
	struct ctx_engines engines = {};

	EXPECT_OK(run_on(self->fd, ctx, I915_EXEC_BLT));
	EXPECT_ERR(EINVAL, __ctx_set_engines(self->fd, ctx, &engines, 1));
	EXPECT_OK(run_on(self->fd, ctx, I915_EXEC_BLT));
}

TEST_F(gpu, it_cannot_be_set_on_context_0)
{
	struct ctx_engines engines = {};

	EXPECT_OK(run_on(self->fd, 0, I915_EXEC_DEFAULT));
	EXPECT_ERR(EINVAL, __ctx_set_engines(self->fd, 0, &engines, 1));
}

TEST_F(gpu, it_can_be_set_at_creation)
{
	struct drm_i915_gem_context_create_ext_setparam ext;
	struct ctx_engines engines = {};
	uint32_t ctx;

	engines.slots[0].engine_class = I915_ENGINE_CLASS_COPY;
	ext = ctx_ext_setparam(I915_CONTEXT_PARAM_ENGINES, (uintptr_t)&engines, NULL);
	ext.param.size = CTX_ENGINES_SIZE(1);
	ctx = ctx_create_ext(self->fd, &ext);
	EXPECT_OK(run_on(self->fd, ctx, 0));
	EXPECT_ERR(EINVAL, run_on(self->fd, ctx, 1));
	EXPECT_ERR(EINVAL, __ctx_set_engines(self->fd, ctx, &engines, 1));
}

TEST_F(gpu, the_map_of_an_unknown_context_is_enoent)
{
	struct ctx_engines engines = {};

	EXPECT_ERR(ENOENT, __ctx_set_engines(self->fd, 99, &engines, 1));
}

TEST_F(gpu, bsd_bits_mean_nothing_with_a_map)
{
	uint32_t ctx = ctx_create_slots(self->fd, I915_ENGINE_CLASS_RENDER, 1);

	EXPECT_OK(run_on(self->fd, ctx, 0 | I915_EXEC_BSD_RING1));
}

TEST_HARNESS_MAIN
