// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The trace events: one for each change of a job or a share, with its objects. */
#include "gpu_fixture.h"

#include "ctx.h"
#include "exec.h"
#include "trace.h"

#define SIZE (5 * VI915_PAGE)

FIXTURE(trace)
{
	int a;
	int b;
	int dmabuf;
	char ino[32];
	char text[512];
};

FIXTURE_SETUP(trace)
{
	self->a = vi915_open_render("gpu0");
	self->b = vi915_open_render("gpu1");
	vi915_trace_start();
	self->dmabuf = prime_export(self->a, gem_create(self->a, SIZE));
	snprintf(self->ino, sizeof(self->ino), "ino=%lu",
		 (unsigned long)dmabuf_inode(self->dmabuf));
}

FIXTURE_TEARDOWN(trace)
{
	vi915_trace_stop();
	close(self->dmabuf);
	close(self->b);
	close(self->a);
}

#define FIND(event, word) \
	vi915_trace_find(event, word, 0, self->text, sizeof(self->text))
#define WORD(key) vi915_trace_word(self->text, key)

TEST_F(trace, an_export_is_one_event_of_the_gpu_that_has_the_buffer)
{
	ASSERT_TRUE(FIND("vi915_export", self->ino));
	EXPECT_STREQ("gpu0", WORD("gpu"));
	EXPECT_EQ(SIZE, strtoul(WORD("size"), NULL, 10));
	EXPECT_STREQ("vi915", WORD("exporter"));
	EXPECT_EQ(1, vi915_trace_count("vi915_export", NULL));
}

TEST_F(trace, an_import_is_one_event_of_the_gpu_that_imports)
{
	uint32_t handle = prime_import(self->b, self->dmabuf);

	ASSERT_TRUE(FIND("vi915_import", self->ino));
	EXPECT_STREQ("gpu1", WORD("gpu"));
	EXPECT_EQ(SIZE, strtoul(WORD("size"), NULL, 10));
	/* Importing it again changes nothing. */
	EXPECT_EQ(handle, prime_import(self->b, self->dmabuf));
	EXPECT_EQ(1, vi915_trace_count("vi915_import", NULL));
}

TEST_F(trace, a_buffer_that_comes_home_is_no_import)
{
	prime_import(self->a, self->dmabuf);
	EXPECT_EQ(0, vi915_trace_count("vi915_import", NULL));
}

TEST_F(trace, a_refused_export_or_import_is_no_event)
{
	int dmabuf, timeline = sw_timeline();
	uint32_t handle;

	EXPECT_ERR(ENOENT, __prime_export(self->a, BAD_HANDLE, DRM_CLOEXEC, &dmabuf));
	EXPECT_ERR(EINVAL, __prime_import(self->b, timeline, &handle));
	EXPECT_EQ(1, vi915_trace_count("vi915_export", NULL));
	EXPECT_EQ(0, vi915_trace_count("vi915_import", NULL));
	close(timeline);
}

TEST_F(trace, the_first_use_is_a_map_seen_from_both_sides)
{
	uint32_t handle = prime_import(self->b, self->dmabuf);
	char device[64];

	EXPECT_EQ(0, vi915_trace_count("vi915_map", NULL));
	gem_set_domain(self->b, handle, I915_GEM_DOMAIN_GTT, 0);
	ASSERT_TRUE(FIND("vi915_map", "gpu=gpu1"));
	EXPECT_STREQ("to", WORD("dir"));
	EXPECT_EQ(SIZE, strtoul(WORD("size"), NULL, 10));
	snprintf(device, sizeof(device), "%s", WORD("device"));
	ASSERT_TRUE(FIND("vi915_map", "gpu=gpu0"));
	EXPECT_STREQ(device, WORD("device"));
	EXPECT_EQ(2, vi915_trace_count("vi915_map", self->ino));
	/* Another use in the same direction changes nothing. */
	gem_set_domain(self->b, handle, I915_GEM_DOMAIN_GTT, 0);
	EXPECT_EQ(2, vi915_trace_count("vi915_map", NULL));
}

TEST_F(trace, a_wider_use_is_an_unmap_and_a_map)
{
	uint32_t handle = prime_import(self->b, self->dmabuf);

	gem_set_domain(self->b, handle, I915_GEM_DOMAIN_GTT, 0);
	gem_set_domain(self->b, handle, I915_GEM_DOMAIN_GTT, I915_GEM_DOMAIN_GTT);
	ASSERT_TRUE(FIND("vi915_unmap", "gpu=gpu1"));
	EXPECT_STREQ("to", WORD("dir"));
	ASSERT_TRUE(vi915_trace_find("vi915_map", "gpu=gpu1", 1, self->text, sizeof(self->text)));
	EXPECT_STREQ("both", WORD("dir"));
}

TEST_F(trace, pressure_and_the_end_are_unmaps)
{
	uint32_t handle = prime_import(self->b, self->dmabuf);

	gem_set_domain(self->b, handle, I915_GEM_DOMAIN_GTT, 0);
	vi915_drop_caches(self->b, DROP_PAGES);
	EXPECT_EQ(1, vi915_trace_count("vi915_unmap", "gpu=gpu1"));
	EXPECT_EQ(1, vi915_trace_count("vi915_unmap", "gpu=gpu0"));

	gem_set_domain(self->b, handle, I915_GEM_DOMAIN_GTT, 0);
	gem_close(self->b, handle);
	vi915_drop_caches(self->b, DROP_FREED);
	EXPECT_EQ(2, vi915_trace_count("vi915_unmap", "gpu=gpu1"));
	EXPECT_EQ(vi915_trace_count("vi915_map", NULL), vi915_trace_count("vi915_unmap", NULL));
}

TEST_F(trace, a_job_is_submitted_run_and_complete)
{
	static const char *const events[] = {
		"vi915_job_submit", "vi915_job_run", "vi915_job_complete",
	};
	uint32_t ctx = ctx_create(self->a);
	char ring[64] = "";
	unsigned int i;

	exec_nop(self->a, ctx, I915_EXEC_BLT);
	vi915_drop_caches(self->a, DROP_IDLE);
	for (i = 0; i < ARRAY_SIZE(events); i++) {
		ASSERT_EQ(1, vi915_trace_count(events[i], NULL));
		ASSERT_TRUE(FIND(events[i], "gpu=gpu0"));
		EXPECT_STREQ("bcs0", WORD("engine"));
		EXPECT_EQ(getpid(), atoi(WORD("pid")));
		EXPECT_EQ(ctx, (uint32_t)atoi(WORD("ctx")));
		EXPECT_STREQ("1", WORD("seqno"));
		if (!i)
			snprintf(ring, sizeof(ring), "%s", WORD("ring"));
		EXPECT_STREQ(ring, WORD("ring"));
	}
	EXPECT_STREQ("0", WORD("error"));
}

TEST_F(trace, jobs_of_a_ring_are_numbered_and_other_rings_have_other_numbers)
{
	char ring[64];

	exec_nop(self->a, 0, I915_EXEC_BLT);
	exec_nop(self->a, 0, I915_EXEC_BLT);
	exec_nop(self->a, 0, I915_EXEC_RENDER);
	vi915_drop_caches(self->a, DROP_IDLE);
	ASSERT_TRUE(FIND("vi915_job_submit", "engine=bcs0"));
	snprintf(ring, sizeof(ring), "ring=%s", WORD("ring"));
	EXPECT_EQ(2, vi915_trace_count("vi915_job_submit", ring));
	EXPECT_EQ(1, vi915_trace_count("vi915_job_submit", "seqno=2"));
	ASSERT_TRUE(FIND("vi915_job_submit", "engine=rcs0"));
	EXPECT_STREQ("1", WORD("seqno"));
	EXPECT_STRNE(strchr(ring, '=') + 1, WORD("ring"));
}

TEST_F(trace, a_hang_is_complete_with_its_errno)
{
	int fence = exec_break(self->a, ctx_create(self->a), I915_EXEC_RENDER);

	EXPECT_EQ(-EIO, exec_fence_wait(fence));
	close(fence);
	ASSERT_TRUE(FIND("vi915_job_complete", "engine=rcs0"));
	EXPECT_EQ(-EIO, atoi(WORD("error")));
}

TEST_F(trace, a_refused_execbuf_is_no_event)
{
	struct exec exec;

	exec_init(&exec, self->a, 0, I915_EXEC_BLT);
	exec_add(&exec, BAD_HANDLE, 0, 0);
	EXPECT_ERR(ENOENT, __exec_submit(&exec));
	EXPECT_EQ(0, vi915_trace_count("vi915_job_submit", NULL));
}

TEST_HARNESS_MAIN
