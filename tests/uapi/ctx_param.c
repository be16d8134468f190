// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* CONTEXT_GETPARAM and CONTEXT_SETPARAM, except VM and ENGINES. */
#include "gpu_fixture.h"

#include "ctx.h"
#include "exec.h"

/* User id of "nobody", who has no capabilities. */
#define NOBODY 65534

/* Parameters that are one number. */
static const struct number {
	uint64_t param;
	uint64_t initial;
	bool settable;
} numbers[] = {
	{ I915_CONTEXT_PARAM_GTT_SIZE, 1ULL << 48, false },
	{ I915_CONTEXT_PARAM_NO_ERROR_CAPTURE, 0, true },
	{ I915_CONTEXT_PARAM_BANNABLE, 1, true },
	{ I915_CONTEXT_PARAM_PRIORITY, 0, true },
	{ I915_CONTEXT_PARAM_RECOVERABLE, 1, true },
	{ I915_CONTEXT_PARAM_PERSISTENCE, 1, true },
};

#define NUMBERS (sizeof(numbers) / sizeof(*numbers))

TEST_F(gpu, a_new_context_has_the_defaults)
{
	uint32_t ctx = ctx_create(self->fd);
	unsigned int i;

	for (i = 0; i < NUMBERS; i++) {
		EXPECT_EQ(numbers[i].initial, ctx_get(self->fd, ctx, numbers[i].param)) {
			TH_LOG("parameter %llu", (unsigned long long)numbers[i].param);
		}
		EXPECT_EQ(numbers[i].initial, ctx_get(self->fd, 0, numbers[i].param));
	}
}

TEST_F(gpu, getparam_sets_the_size_to_0)
{
	struct drm_i915_gem_context_param arg = { .ctx_id = ctx_create(self->fd) };
	unsigned int i;

	for (i = 0; i < NUMBERS; i++) {
		arg.param = numbers[i].param;
		arg.size = 0xdead;
		EXPECT_OK(__ctx_getparam(self->fd, &arg));
		EXPECT_EQ(0, arg.size);
	}
	arg.param = I915_CONTEXT_PARAM_VM;
	arg.size = 0xdead;
	EXPECT_OK(__ctx_getparam(self->fd, &arg));
	EXPECT_EQ(0, arg.size);
}

TEST_F(gpu, what_is_set_is_read)
{
	uint32_t ctx = ctx_create(self->fd);
	unsigned int i, round;

	/* Before the context's first use, and after it. */
	for (round = 0; round < 2; round++) {
		for (i = 0; i < NUMBERS; i++) {
			if (!numbers[i].settable)
				continue;
			EXPECT_OK(__ctx_set(self->fd, ctx, numbers[i].param, 0));
			EXPECT_EQ(0, ctx_get(self->fd, ctx, numbers[i].param));
			EXPECT_OK(__ctx_set(self->fd, ctx, numbers[i].param, 1));
			EXPECT_EQ(1, ctx_get(self->fd, ctx, numbers[i].param));
		}
		exec_nop(self->fd, ctx, I915_EXEC_DEFAULT);
	}
}

TEST_F(gpu, setting_one_context_sets_no_other)
{
	uint32_t a = ctx_create(self->fd), b = ctx_create(self->fd);

	ctx_set(self->fd, a, I915_CONTEXT_PARAM_RECOVERABLE, 0);
	EXPECT_EQ(0, ctx_get(self->fd, a, I915_CONTEXT_PARAM_RECOVERABLE));
	EXPECT_EQ(1, ctx_get(self->fd, b, I915_CONTEXT_PARAM_RECOVERABLE));
	EXPECT_EQ(1, ctx_get(self->fd, 0, I915_CONTEXT_PARAM_RECOVERABLE));
}

TEST_F(gpu, setparam_with_a_size_is_einval)
{
	struct drm_i915_gem_context_param arg = { .ctx_id = ctx_create(self->fd), .size = 8 };
	unsigned int i;

	for (i = 0; i < NUMBERS; i++) {
		if (!numbers[i].settable)
			continue;
		arg.param = numbers[i].param;
		arg.value = 0;
		EXPECT_ERR(EINVAL, __ctx_setparam(self->fd, &arg));
		EXPECT_EQ(numbers[i].initial, ctx_get(self->fd, arg.ctx_id, arg.param));
	}
}

TEST_F(gpu, an_unknown_context_is_enoent)
{
	uint64_t value;
	unsigned int i;

	for (i = 0; i < NUMBERS; i++) {
		EXPECT_ERR(ENOENT, __ctx_get(self->fd, 5, numbers[i].param, &value));
		EXPECT_ERR(ENOENT, __ctx_set(self->fd, 5, numbers[i].param, 1));
	}
}

TEST_F(gpu, what_does_not_exist_or_was_taken_out_is_einval)
{
	static const uint64_t params[] = {
		0, I915_CONTEXT_PARAM_BAN_PERIOD, I915_CONTEXT_PARAM_NO_ZEROMAP,
		I915_CONTEXT_PARAM_RINGSIZE, I915_CONTEXT_PARAM_LOW_LATENCY,
		I915_CONTEXT_PARAM_CONTEXT_IMAGE, 0x10, 0x1000, 1ULL << 32, ~0ULL,
	};
	uint32_t ctx = ctx_create(self->fd);
	uint64_t value;
	unsigned int i;

	for (i = 0; i < sizeof(params) / sizeof(*params); i++) {
		EXPECT_ERR(EINVAL, __ctx_get(self->fd, ctx, params[i], &value));
		EXPECT_ERR(EINVAL, __ctx_set(self->fd, ctx, params[i], 0));
		EXPECT_ERR(EINVAL, __ctx_set(self->fd, ctx, params[i], 1));
	}
}

TEST_F(gpu, the_map_of_engines_cannot_be_read)
{
	uint32_t ctx = ctx_create_slots(self->fd, I915_ENGINE_CLASS_RENDER, 1);
	uint64_t value;

	EXPECT_ERR(EINVAL, __ctx_get(self->fd, ctx, I915_CONTEXT_PARAM_ENGINES, &value));
}

TEST_F(gpu, the_size_of_the_gtt_cannot_be_set)
{
	EXPECT_ERR(EINVAL, __ctx_set(self->fd, ctx_create(self->fd),
				     I915_CONTEXT_PARAM_GTT_SIZE, 1ULL << 48));
}

TEST_F(gpu, priority_takes_minus_1023_to_1023)
{
	static const int64_t good[] = { -1023, -1, 0, 1, 1023 };
	static const int64_t bad[] = { -1024, 1024, INT64_MIN, INT64_MAX, 1LL << 32 };
	uint32_t ctx = ctx_create(self->fd);
	unsigned int i;

	for (i = 0; i < 5; i++) {
		EXPECT_OK(__ctx_set(self->fd, ctx, I915_CONTEXT_PARAM_PRIORITY, good[i]));
		EXPECT_EQ(good[i],
			  (int64_t)ctx_get(self->fd, ctx, I915_CONTEXT_PARAM_PRIORITY));
	}
	ctx_set(self->fd, ctx, I915_CONTEXT_PARAM_PRIORITY, 5);
	for (i = 0; i < 5; i++)
		EXPECT_ERR(EINVAL,
			   __ctx_set(self->fd, ctx, I915_CONTEXT_PARAM_PRIORITY, bad[i]));
	EXPECT_EQ(5, ctx_get(self->fd, ctx, I915_CONTEXT_PARAM_PRIORITY));
}

TEST_F(gpu, a_priority_above_0_takes_a_capability)
{
	uint32_t ctx = ctx_create(self->fd);

	ASSERT_EQ(0, seteuid(NOBODY));
	EXPECT_ERR(EPERM, __ctx_set(self->fd, ctx, I915_CONTEXT_PARAM_PRIORITY, 1));
	EXPECT_ERR(EPERM, __ctx_set(self->fd, ctx, I915_CONTEXT_PARAM_PRIORITY, 1023));
	EXPECT_ERR(EINVAL, __ctx_set(self->fd, ctx, I915_CONTEXT_PARAM_PRIORITY, 1024));
	EXPECT_OK(__ctx_set(self->fd, ctx, I915_CONTEXT_PARAM_PRIORITY, 0));
	EXPECT_OK(__ctx_set(self->fd, ctx, I915_CONTEXT_PARAM_PRIORITY, -1023));
	ASSERT_EQ(0, seteuid(0));
}

TEST_F(gpu, to_be_unbannable_takes_a_capability)
{
	uint32_t ctx = ctx_create(self->fd);

	ASSERT_EQ(0, seteuid(NOBODY));
	EXPECT_ERR(EPERM, __ctx_set(self->fd, ctx, I915_CONTEXT_PARAM_BANNABLE, 0));
	EXPECT_OK(__ctx_set(self->fd, ctx, I915_CONTEXT_PARAM_BANNABLE, 1));
	ASSERT_EQ(0, seteuid(0));
	EXPECT_EQ(1, ctx_get(self->fd, ctx, I915_CONTEXT_PARAM_BANNABLE));
	EXPECT_OK(__ctx_set(self->fd, ctx, I915_CONTEXT_PARAM_BANNABLE, 0));
}

TEST_F(gpu, the_rest_takes_no_capability)
{
	uint32_t ctx = ctx_create(self->fd);

	ASSERT_EQ(0, seteuid(NOBODY));
	EXPECT_OK(__ctx_set(self->fd, ctx, I915_CONTEXT_PARAM_RECOVERABLE, 0));
	EXPECT_OK(__ctx_set(self->fd, ctx, I915_CONTEXT_PARAM_PERSISTENCE, 0));
	EXPECT_OK(__ctx_set(self->fd, ctx, I915_CONTEXT_PARAM_NO_ERROR_CAPTURE, 1));
	ASSERT_EQ(0, seteuid(0));
}

/* A job that outlives its context must be found when it hangs. */
TEST_F(gpu, persistence_goes_with_reset_and_hangcheck)
{
	uint32_t ctx = ctx_create(self->fd);

	vi915_check(__vi915_debugfs_write(self->fd, "i915_params/reset", "0"));
	EXPECT_ERR(ENODEV, __ctx_set(self->fd, ctx, I915_CONTEXT_PARAM_PERSISTENCE, 0));
	EXPECT_OK(__ctx_set(self->fd, ctx, I915_CONTEXT_PARAM_PERSISTENCE, 1));
	vi915_check(__vi915_debugfs_write(self->fd, "i915_params/reset", "3"));

	vi915_check(__vi915_debugfs_write(self->fd, "i915_params/enable_hangcheck", "0"));
	EXPECT_ERR(EINVAL, __ctx_set(self->fd, ctx, I915_CONTEXT_PARAM_PERSISTENCE, 1));
	EXPECT_OK(__ctx_set(self->fd, ctx, I915_CONTEXT_PARAM_PERSISTENCE, 0));
	vi915_check(__vi915_debugfs_write(self->fd, "i915_params/enable_hangcheck", "1"));
	EXPECT_OK(__ctx_set(self->fd, ctx, I915_CONTEXT_PARAM_PERSISTENCE, 1));
}

TEST_F(gpu, protected_content_is_off)
{
	EXPECT_EQ(0, ctx_get(self->fd, ctx_create(self->fd),
			     I915_CONTEXT_PARAM_PROTECTED_CONTENT));
}

static int get_sseu(int fd, uint32_t size, struct drm_i915_gem_context_param_sseu *sseu,
		    uint32_t *got)
{
	struct drm_i915_gem_context_param arg = {
		.ctx_id = ctx_create(fd),
		.param = I915_CONTEXT_PARAM_SSEU,
		.size = size,
		.value = (uintptr_t)sseu,
	};
	int ret;

	ret = __ctx_getparam(fd, &arg);
	*got = arg.size;
	return ret;
}

TEST_F(gpu, sseu_can_be_read)
{
	struct drm_i915_gem_context_param_sseu sseu = {};
	uint32_t size = sizeof(sseu), got;

	/* Size 0 returns the size. */
	EXPECT_OK(get_sseu(self->fd, 0, NULL, &got));
	EXPECT_EQ(size, got);
	EXPECT_OK(get_sseu(self->fd, size, &sseu, &got));
	EXPECT_EQ(size, got);
	EXPECT_EQ(gem_getparam(self->fd, I915_PARAM_SLICE_MASK), sseu.slice_mask);
	EXPECT_EQ(gem_getparam(self->fd, I915_PARAM_SUBSLICE_MASK), sseu.subslice_mask);
	EXPECT_GT(sseu.max_eus_per_subslice, 0);
}

TEST_F(gpu, sseu_refuses_what_it_cannot_read)
{
	struct drm_i915_gem_context_param_sseu sseu = {};
	uint32_t size = sizeof(sseu), got;

	EXPECT_ERR(EINVAL, get_sseu(self->fd, size - 1, &sseu, &got));
	EXPECT_ERR(EFAULT, get_sseu(self->fd, size, BAD_POINTER, &got));
	sseu.rsvd = 1;
	EXPECT_ERR(EINVAL, get_sseu(self->fd, size, &sseu, &got));
	sseu.rsvd = 0;
	sseu.flags = 2;
	EXPECT_ERR(EINVAL, get_sseu(self->fd, size, &sseu, &got));
	sseu.flags = 0;
	sseu.engine.engine_class = 17;
	EXPECT_ERR(EINVAL, get_sseu(self->fd, size, &sseu, &got));
	sseu.engine.engine_class = I915_ENGINE_CLASS_RENDER;
	sseu.engine.engine_instance = 1;
	EXPECT_ERR(EINVAL, get_sseu(self->fd, size, &sseu, &got));
	/* An index, but the context has no map. */
	sseu.engine.engine_instance = 0;
	sseu.flags = I915_CONTEXT_SSEU_FLAG_ENGINE_INDEX;
	EXPECT_ERR(EINVAL, get_sseu(self->fd, size, &sseu, &got));
}

TEST_F(gpu, sseu_cannot_be_set_on_gen9)
{
	struct drm_i915_gem_context_param_sseu sseu = { .slice_mask = 1, .subslice_mask = 7 };
	struct drm_i915_gem_context_param arg = {
		.ctx_id = ctx_create(self->fd),
		.param = I915_CONTEXT_PARAM_SSEU,
		.size = sizeof(sseu),
		.value = (uintptr_t)&sseu,
	};

	EXPECT_ERR(ENODEV, __ctx_setparam(self->fd, &arg));
	arg.size--;
	EXPECT_ERR(EINVAL, __ctx_setparam(self->fd, &arg));
}

TEST_HARNESS_MAIN
