// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* GETPARAM: the values of a Skylake GT2 with the features of this driver. */
#include "gpu_fixture.h"

struct param {
	const char *name;
	int param;
	int value;
};

#define P(name, value) { #name, I915_PARAM_##name, value }

#define SCHEDULER (I915_SCHEDULER_CAP_ENABLED | I915_SCHEDULER_CAP_PRIORITY | \
		   I915_SCHEDULER_CAP_PREEMPTION | I915_SCHEDULER_CAP_SEMAPHORES | \
		   I915_SCHEDULER_CAP_ENGINE_BUSY_STATS)

static const struct param values[] = {
	P(CHIPSET_ID, 0x1916),
	P(CMD_PARSER_VERSION, 0),
	P(CS_TIMESTAMP_FREQUENCY, 12000000),
	P(EU_TOTAL, 24),
	P(HAS_ALIASING_PPGTT, 2),
	P(HAS_BLT, 1),
	P(HAS_BSD, 1),
	P(HAS_BSD2, 0),
	P(HAS_COHERENT_PHYS_GTT, 1),
	P(HAS_COHERENT_RINGS, 1),
	P(HAS_EXECBUF2, 1),
	P(HAS_EXEC_ASYNC, 1),
	P(HAS_EXEC_BATCH_FIRST, 1),
	P(HAS_EXEC_CAPTURE, 1),
	P(HAS_EXEC_FENCE, 1),
	P(HAS_EXEC_FENCE_ARRAY, 1),
	P(HAS_EXEC_HANDLE_LUT, 1),
	P(HAS_EXEC_NO_RELOC, 1),
	P(HAS_EXEC_SOFTPIN, 1),
	P(HAS_EXEC_SUBMIT_FENCE, 1),
	P(HAS_EXEC_TIMELINE_FENCES, 1),
	P(HAS_GEM, 1),
	P(HAS_GEN7_SOL_RESET, 1),
	P(HAS_LLC, 1),
	P(HAS_OVERLAY, 0),
	P(HAS_PAGEFLIPPING, 1),
	P(HAS_PINNED_BATCHES, 1),
	P(HAS_PRIME_VMAP_FLUSH, 1),
	P(HAS_RELAXED_DELTA, 1),
	P(HAS_RELAXED_FENCING, 1),
	P(HAS_RESOURCE_STREAMER, 0),
	P(HAS_SCHEDULER, SCHEDULER),
	P(HAS_SECURE_BATCHES, 0),
	P(HAS_SEMAPHORES, 1),
	P(HAS_USERPTR_PROBE, 1),
	P(HAS_VEBOX, 1),
	P(HAS_WAIT_TIMEOUT, 1),
	P(HAS_WT, 0),
	P(MMAP_GTT_COHERENT, 1),
	P(MMAP_VERSION, 1),
	P(NUM_FENCES_AVAIL, 32),
	P(SLICE_MASK, 1),
	P(SUBSLICE_MASK, 7),
	P(SUBSLICE_TOTAL, 3),
};

/* Refused with the errnos of i915. */
static const struct param refused[] = {
	P(ALLOW_BATCHBUFFER, -ENODEV),
	P(HAS_EXEC_CONSTANTS, -ENODEV),
	P(IRQ_ACTIVE, -ENODEV),
	P(LAST_DISPATCH, -ENODEV),
	P(HAS_CONTEXT_FREQ_HINT, -EINVAL),
};

TEST_F(gpu, parameters_have_the_values_of_this_chip)
{
	unsigned int i;
	int value, ret;

	for (i = 0; i < ARRAY_SIZE(values); i++) {
		value = -1;
		ret = __gem_getparam(self->fd, values[i].param, &value);
		EXPECT_EQ(0, ret) {
			TH_LOG("%s: %s", values[i].name, vi915_errname(ret));
		}
		EXPECT_EQ(values[i].value, value) {
			TH_LOG("%s", values[i].name);
		}
	}
}

TEST_F(gpu, parameters_that_are_gone_are_refused_as_in_i915)
{
	unsigned int i;
	int value, ret;

	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		value = 77;
		ret = __gem_getparam(self->fd, refused[i].param, &value);
		EXPECT_EQ(refused[i].value, ret) {
			TH_LOG("%s", refused[i].name);
		}
		EXPECT_EQ(77, value) {
			TH_LOG("%s was refused and written", refused[i].name);
		}
	}
}

static int gpu_reset(int fd, const char *reset, const char *hangcheck)
{
	int value;

	vi915_check(__vi915_debugfs_write(fd, "i915_params/reset", reset));
	vi915_check(__vi915_debugfs_write(fd, "i915_params/enable_hangcheck", hangcheck));
	value = gem_getparam(fd, I915_PARAM_HAS_GPU_RESET);
	vi915_check(__vi915_debugfs_write(fd, "i915_params/reset", "3"));
	vi915_check(__vi915_debugfs_write(fd, "i915_params/enable_hangcheck", "1"));
	return value;
}

TEST_F(gpu, has_gpu_reset_follows_the_parameters_in_debugfs)
{
	EXPECT_EQ(2, gem_getparam(self->fd, I915_PARAM_HAS_GPU_RESET));
	EXPECT_EQ(0, gpu_reset(self->fd, "0", "1"));
	EXPECT_EQ(1, gpu_reset(self->fd, "1", "1"));
	EXPECT_EQ(2, gpu_reset(self->fd, "2", "1"));
	EXPECT_EQ(2, gpu_reset(self->fd, "4294967295", "1"));
	EXPECT_EQ(0, gpu_reset(self->fd, "2", "0"));
	EXPECT_EQ(2, gem_getparam(self->fd, I915_PARAM_HAS_GPU_RESET));
}

TEST_F(gpu, mmap_gtt_version_says_that_mmap_offset_exists)
{
	EXPECT_GE(gem_getparam(self->fd, I915_PARAM_MMAP_GTT_VERSION), 4);
}

TEST_F(gpu, unknown_parameter_is_einval)
{
	int value;

	EXPECT_ERR(EINVAL, __gem_getparam(self->fd, 0x7fff, &value));
	EXPECT_ERR(EINVAL, __gem_getparam(self->fd, -1, &value));
}

TEST_F(gpu, unwritable_value_pointer_is_efault)
{
	EXPECT_ERR(EFAULT, __gem_getparam(self->fd, I915_PARAM_CHIPSET_ID, BAD_POINTER));
}

TEST(the_card_node_answers_like_the_render_node)
{
	int card = vi915_open("gpu0"), render = vi915_open_render("gpu0");
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(values); i++)
		EXPECT_EQ(gem_getparam(render, values[i].param),
			  gem_getparam(card, values[i].param));
}

TEST_HARNESS_MAIN
