// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Video engines: which commands they skip, and GPUs with media=0, on which no
 * query shows a video engine.
 */
#include "gpu_fixture.h"

#include <string.h>
#include <sys/stat.h>

#include "config.h"
#include "ctx.h"
#include "exec.h"
#include "fdinfo.h"
#include "sysfs.h"

/* MFX_WAIT of one dword, and 3DSTATE_VF_STATISTICS. */
#define MFX_WAIT 0x68000000u
#define VF_STATISTICS 0x680b0000u

/* Runs one dword and BATCH_BUFFER_END. Returns: status of the fence, or -errno of execbuf. */
static int run(int fd, uint32_t ctx, unsigned int engine, uint32_t dword)
{
	struct batch batch;
	struct exec exec;
	int ret;

	batch_init(&batch, fd, VI915_PAGE);
	batch_dword(&batch, dword);
	batch_end(&batch);
	exec_init(&exec, fd, ctx, engine);
	exec_add_batch(&exec, &batch);
	exec_want_out_fence(&exec);
	ret = __exec_submit(&exec);
	if (!ret) {
		ret = exec_fence_wait(exec_out_fence(&exec));
		close(exec_out_fence(&exec));
	}
	batch_fini(&batch);
	return ret;
}

TEST_F(gpu, steps_over_video)
{
	EXPECT_EQ(1, run(self->fd, 0, I915_EXEC_BSD, MFX_WAIT));
	EXPECT_EQ(1, vi915_fdinfo(self->fd, "vi915-skipped-video"));
}

TEST_F(gpu, steps_over_3d_on_two_gpus)
{
	int other = vi915_open_render("gpu1");

	EXPECT_EQ(1, run(self->fd, 0, I915_EXEC_RENDER, VF_STATISTICS));
	EXPECT_EQ(1, vi915_fdinfo(self->fd, "vi915-skipped-render"));
	EXPECT_EQ(1, run(other, 0, I915_EXEC_RENDER, VF_STATISTICS));
	EXPECT_EQ(1, vi915_fdinfo(other, "vi915-skipped-render"));
	close(other);
}

TEST_F(gpu, copies)
{
	EXPECT_EQ(1, run(self->fd, 0, I915_EXEC_BLT, 0));
}

FIXTURE(without)
{
	int fd;
};

FIXTURE_SETUP(without)
{
	config_gpu("without", "media", "0");
	self->fd = vi915_open_render("without");
}

FIXTURE_TEARDOWN(without)
{
	close(self->fd);
	config_remove("without");
}

static int param(int fd, int32_t name)
{
	int value = -1;
	struct drm_i915_getparam arg = { .param = name, .value = &value };

	vi915_check(vi915_ioctl(fd, DRM_IOCTL_I915_GETPARAM, &arg));
	return value;
}

TEST_F(without, says_so_in_getparam)
{
	EXPECT_EQ(0, param(self->fd, I915_PARAM_HAS_BSD));
	EXPECT_EQ(0, param(self->fd, I915_PARAM_HAS_VEBOX));
	EXPECT_EQ(1, param(self->fd, I915_PARAM_HAS_BLT));
}

TEST_F(without, says_so_in_query)
{
	struct {
		struct drm_i915_query_engine_info head;
		struct drm_i915_engine_info engines[8];
	} info = {};
	struct drm_i915_query_item item = { .query_id = DRM_I915_QUERY_ENGINE_INFO };
	struct drm_i915_query query = { .num_items = 1, .items_ptr = (uintptr_t)&item };

	ASSERT_OK(vi915_ioctl(self->fd, DRM_IOCTL_I915_QUERY, &query));
	EXPECT_EQ((int)(sizeof(info.head) + 2 * sizeof(*info.engines)), item.length);
	item.data_ptr = (uintptr_t)&info;
	ASSERT_OK(vi915_ioctl(self->fd, DRM_IOCTL_I915_QUERY, &query));
	EXPECT_EQ(2, info.head.num_engines);
	EXPECT_EQ(I915_ENGINE_CLASS_RENDER, info.engines[0].engine.engine_class);
	EXPECT_EQ(I915_ENGINE_CLASS_COPY, info.engines[1].engine.engine_class);
	EXPECT_EQ(0, info.engines[2].engine.engine_class);
}

TEST_F(without, refuses_the_rings_and_runs_the_others)
{
	uint32_t ctx = ctx_create(self->fd);

	EXPECT_EQ(-EINVAL, run(self->fd, 0, I915_EXEC_BSD, 0));
	EXPECT_EQ(-EINVAL, run(self->fd, ctx, I915_EXEC_VEBOX, 0));
	EXPECT_EQ(1, run(self->fd, 0, I915_EXEC_DEFAULT, 0));
	EXPECT_EQ(1, run(self->fd, 0, I915_EXEC_RENDER, 0));
	EXPECT_EQ(1, run(self->fd, ctx, I915_EXEC_BLT, 0));
}

TEST_F(without, refuses_an_engine_map_with_one)
{
	I915_DEFINE_CONTEXT_PARAM_ENGINES(map, 2) = {
		.engines = { { I915_ENGINE_CLASS_COPY, 0 }, { I915_ENGINE_CLASS_VIDEO, 0 } },
	};
	struct drm_i915_gem_context_param arg = {
		.ctx_id = ctx_create(self->fd), .param = I915_CONTEXT_PARAM_ENGINES,
		.size = sizeof(map), .value = (uintptr_t)&map,
	};

	EXPECT_ERR(ENOENT, vi915_ioctl(self->fd, DRM_IOCTL_I915_GEM_CONTEXT_SETPARAM, &arg));
	map.engines[1].engine_class = I915_ENGINE_CLASS_VIDEO_ENHANCE;
	EXPECT_ERR(ENOENT, vi915_ioctl(self->fd, DRM_IOCTL_I915_GEM_CONTEXT_SETPARAM, &arg));
	map.engines[1].engine_class = I915_ENGINE_CLASS_RENDER;
	EXPECT_OK(vi915_ioctl(self->fd, DRM_IOCTL_I915_GEM_CONTEXT_SETPARAM, &arg));
}

TEST_F(without, shows_two_engines_in_sysfs)
{
	char text[64];

	EXPECT_LT(0, __vi915_sysfs_read("without", "engine/rcs0/name", text, sizeof(text)));
	EXPECT_LT(0, __vi915_sysfs_read("without", "engine/bcs0/name", text, sizeof(text)));
	EXPECT_EQ(-ENOENT, __vi915_sysfs_read("without", "engine/vcs0/name", text, sizeof(text)));
	EXPECT_EQ(-ENOENT, __vi915_sysfs_read("without", "engine/vecs0/name", text, sizeof(text)));
}

TEST_HARNESS_MAIN
