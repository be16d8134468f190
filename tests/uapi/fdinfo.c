// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* fdinfo: what a client uses, with the keys of the kernel's usage stats. */
#include "gpu_fixture.h"

#include "ctx.h"
#include "exec.h"
#include "fdinfo.h"

#define SIZE (64 * VI915_PAGE)

#define MEMORY(fd, what) vi915_fdinfo(fd, "drm-" what "-system0")

TEST_F(gpu, the_driver_is_i915_and_clients_have_numbers_of_their_own)
{
	int other = vi915_reopen(self->fd);
	char driver[64];

	ASSERT_OK(__vi915_fdinfo(self->fd, "drm-driver", driver, sizeof(driver)));
	EXPECT_STREQ("i915", driver);
	EXPECT_NE(vi915_fdinfo(self->fd, "drm-client-id"), vi915_fdinfo(other, "drm-client-id"));
	close(other);
}

TEST_F(gpu, a_duplicate_is_the_same_client)
{
	int copy = dup(self->fd);

	EXPECT_EQ(vi915_fdinfo(self->fd, "drm-client-id"), vi915_fdinfo(copy, "drm-client-id"));
	close(copy);
}

TEST_F(gpu, a_new_file_uses_nothing)
{
	EXPECT_EQ(0, MEMORY(self->fd, "total"));
	EXPECT_EQ(0, MEMORY(self->fd, "shared"));
	EXPECT_EQ(0, MEMORY(self->fd, "resident"));
	EXPECT_EQ(0, MEMORY(self->fd, "purgeable"));
	EXPECT_EQ(0, MEMORY(self->fd, "active"));
}

TEST_F(gpu, an_object_is_resident_from_its_first_use)
{
	uint32_t handle = gem_create(self->fd, SIZE);

	EXPECT_EQ(SIZE, MEMORY(self->fd, "total"));
	EXPECT_EQ(0, MEMORY(self->fd, "resident"));
	gem_set_domain(self->fd, handle, I915_GEM_DOMAIN_CPU, 0);
	EXPECT_EQ(SIZE, MEMORY(self->fd, "resident"));
	vi915_drop_caches(self->fd, DROP_PAGES);
	EXPECT_EQ(0, MEMORY(self->fd, "resident"));
	gem_close(self->fd, handle);
	EXPECT_EQ(0, MEMORY(self->fd, "total"));
}

TEST_F(gpu, only_what_has_pages_that_are_not_needed_is_purgeable)
{
	uint32_t handle = gem_create(self->fd, SIZE);

	gem_set_domain(self->fd, handle, I915_GEM_DOMAIN_CPU, 0);
	EXPECT_EQ(0, MEMORY(self->fd, "purgeable"));
	gem_madvise(self->fd, handle, I915_MADV_DONTNEED);
	EXPECT_EQ(SIZE, MEMORY(self->fd, "purgeable"));
	vi915_drop_caches(self->fd, DROP_PAGES);
	EXPECT_EQ(0, MEMORY(self->fd, "purgeable"));
	EXPECT_EQ(0, MEMORY(self->fd, "resident"));
	EXPECT_EQ(SIZE, MEMORY(self->fd, "total"));
}

TEST_F(gpu, a_shared_object_counts_as_shared_on_both_sides)
{
	uint32_t handle = gem_create(self->fd, SIZE);
	int other = vi915_open_render("gpu1");
	int dmabuf;

	EXPECT_EQ(0, MEMORY(self->fd, "shared"));
	dmabuf = prime_export(self->fd, handle);
	EXPECT_EQ(SIZE, MEMORY(self->fd, "shared"));
	handle = prime_import(other, dmabuf);
	EXPECT_EQ(SIZE, MEMORY(other, "shared"));
	EXPECT_EQ(SIZE, MEMORY(other, "total"));
	/* The pages belong to the exporter, but count for the importer, which uses them. */
	EXPECT_EQ(0, MEMORY(other, "resident"));
	gem_set_domain(other, handle, I915_GEM_DOMAIN_GTT, 0);
	EXPECT_EQ(SIZE, MEMORY(other, "resident"));
	close(dmabuf);
	close(other);
}

TEST_F(gpu, an_object_with_a_pending_fence_is_active)
{
	uint32_t handle = gem_create(self->fd, SIZE);
	int timeline = sw_timeline();

	gem_set_domain(self->fd, handle, I915_GEM_DOMAIN_CPU, 0);
	gem_madvise(self->fd, handle, I915_MADV_DONTNEED);
	gem_attach_fence(self->fd, handle, sw_fence(timeline, 1), DMA_BUF_SYNC_READ);
	EXPECT_EQ(SIZE, MEMORY(self->fd, "active"));
	EXPECT_EQ(0, MEMORY(self->fd, "purgeable"));
	sw_signal(timeline, 1);
	EXPECT_EQ(0, MEMORY(self->fd, "active"));
	EXPECT_EQ(SIZE, MEMORY(self->fd, "purgeable"));
	close(timeline);
}

static const struct {
	unsigned int engine;
	const char *busy;
	const char *skipped;
} classes[] = {
	{ I915_EXEC_RENDER, "drm-engine-render", "vi915-skipped-render" },
	{ I915_EXEC_BLT, "drm-engine-copy", "vi915-skipped-copy" },
	{ I915_EXEC_BSD, "drm-engine-video", "vi915-skipped-video" },
	{ I915_EXEC_VEBOX, "drm-engine-video-enhance", "vi915-skipped-video-enhance" },
};

TEST_F(gpu, a_new_file_has_kept_no_engine_busy)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(classes); i++) {
		EXPECT_EQ(0, vi915_fdinfo(self->fd, classes[i].busy));
		EXPECT_EQ(0, vi915_fdinfo(self->fd, classes[i].skipped));
	}
}

TEST_F(gpu, a_spinner_keeps_its_engine_busy_while_it_runs_and_no_other)
{
	int other = vi915_reopen(self->fd);
	uint64_t first, second, third;
	struct spin spin;
	unsigned int i, k;

	for (i = 0; i < ARRAY_SIZE(classes); i++) {
		uint64_t rest[ARRAY_SIZE(classes)];

		for (k = 0; k < ARRAY_SIZE(classes); k++)
			rest[k] = vi915_fdinfo(self->fd, classes[k].busy);
		spin_start(&spin, self->fd, 0, classes[i].engine);
		spin_wait_running(&spin);
		first = vi915_fdinfo(self->fd, classes[i].busy);
		usleep(50000);
		second = vi915_fdinfo(self->fd, classes[i].busy);
		EXPECT_GT(second, first);
		spin_free(&spin);
		third = vi915_fdinfo(self->fd, classes[i].busy);
		EXPECT_GE(third, second);
		usleep(10000);
		EXPECT_EQ(third, vi915_fdinfo(self->fd, classes[i].busy));
		EXPECT_EQ(0, vi915_fdinfo(other, classes[i].busy));
		for (k = 0; k < ARRAY_SIZE(classes); k++)
			if (k != i)
				EXPECT_EQ(rest[k], vi915_fdinfo(self->fd, classes[k].busy));
	}
	close(other);
}

TEST_F(gpu, the_time_of_a_closed_context_still_counts)
{
	uint32_t ctx = ctx_create(self->fd);
	struct spin spin;
	uint64_t busy;

	spin_start(&spin, self->fd, ctx, I915_EXEC_RENDER);
	spin_wait_running(&spin);
	usleep(20000);
	spin_free(&spin);
	busy = vi915_fdinfo(self->fd, "drm-engine-render");
	ctx_destroy(self->fd, ctx);
	EXPECT_NE(0, busy);
	EXPECT_EQ(busy, vi915_fdinfo(self->fd, "drm-engine-render"));
}

/* 3DSTATE_VF_STATISTICS, one dword, and PIPE_CONTROL, which draws nothing. */
TEST_F(gpu, commands_of_the_3d_pipeline_are_counted_as_stepped_over)
{
	struct batch batch;
	struct exec exec;

	batch_init(&batch, self->fd, VI915_PAGE);
	batch_dword(&batch, 0x680b0000);
	batch_dword(&batch, 0x680b0000);
	batch_end(&batch);
	exec_init(&exec, self->fd, 0, I915_EXEC_RENDER);
	exec_add_batch(&exec, &batch);
	exec_submit(&exec);
	exec_sync(self->fd, batch.handle);
	EXPECT_EQ(2, vi915_fdinfo(self->fd, "vi915-skipped-render"));
	EXPECT_EQ(0, vi915_fdinfo(self->fd, "vi915-skipped-copy"));
	batch_fini(&batch);
}

static void read_all(void *arg, int index)
{
	int fd = *(int *)arg;
	uint32_t handle;
	int i;

	for (i = 0; i < 200; i++) {
		if (index) {
			vi915_fdinfo(fd, "drm-total-system0");
			continue;
		}
		handle = gem_create(fd, VI915_PAGE);
		gem_close(fd, handle);
	}
}

TEST_F(gpu, it_can_be_read_while_objects_come_and_go)
{
	vi915_threads(3, read_all, &self->fd);
	EXPECT_EQ(0, MEMORY(self->fd, "total"));
}

TEST_HARNESS_MAIN
