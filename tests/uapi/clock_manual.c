// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --gpu manual,clock=manual --gpu now --peers vgem
/*
 * clock=manual: a job completes when a step is written to vi915_step or, by
 * rule R10, after a long time without a step. This has a box of its own.
 */
#include "test.h"

#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "ctx.h"
#include "exec.h"
#include "gem.h"
#include "gpu.h"
#include "prime.h"
#include "proc.h"
#include "syncobj.h"

/* A job is held for at least this time. */
#define HELD_NS (5000 * CLOCK_MS)

FIXTURE(manual)
{
	struct clock clock;
};

FIXTURE_SETUP(manual)
{
	clock_open(&self->clock, "manual", "now");
	/* Completes jobs that an earlier test left. */
	__vi915_debugfs_write(self->clock.fd, "vi915_step", "all");
}

FIXTURE_TEARDOWN(manual)
{
	__vi915_debugfs_write(self->clock.fd, "vi915_step", "all");
	clock_close(&self->clock);
}

static long waiting(struct clock *clock)
{
	char text[64];

	vi915_check(__vi915_debugfs_read(clock->fd, "vi915_step", text, sizeof(text)));
	return strtol(text, NULL, 0);
}

static int step(struct clock *clock, const char *text)
{
	return __vi915_debugfs_write(clock->fd, "vi915_step", text);
}

/* A job that depends on no other job. */
static int submit_alone(struct clock *clock)
{
	return exec_store_fence(clock->fd, ctx_create(clock->fd), I915_EXEC_BSD,
				gem_create(clock->fd, VI915_PAGE), 0, 1, -1);
}

/* Waits also until the scheduler has handed the jobs to the clock. */
static long waiting_soon(struct clock *clock, long n)
{
	int64_t until = vi915_now() + 5000 * CLOCK_MS;

	while (waiting(clock) != n && vi915_now() < until)
		usleep(1000);
	return waiting(clock);
}

TEST_F(manual, the_file_tells_how_many_wait_for_a_step)
{
	unsigned int i;

	EXPECT_EQ(0, waiting(&self->clock));
	for (i = 1; i < 6; i++) {
		close(submit_alone(&self->clock));
		EXPECT_EQ(i, waiting_soon(&self->clock, i));
	}
	/* Jobs that depend on another waiting job count too. */
	clock_submit(&self->clock, CLOCK_NEW(0));
	clock_submit(&self->clock, CLOCK_NEW(1));
	EXPECT_EQ(7, waiting_soon(&self->clock, 7));
}

TEST_F(manual, one_step_completes_the_next_job)
{
	unsigned int i;
	int out[4];

	clock_put_old(&self->clock);
	for (i = 0; i < 4; i++) {
		clock_submit(&self->clock, CLOCK_NEW(i));
		out[i] = dup(self->clock.out);
	}
	EXPECT_TRUE(clock_holds(&self->clock, CLOCK_OLD));
	for (i = 0; i < 4; i++) {
		EXPECT_EQ(4 - i, waiting_soon(&self->clock, 4 - i));
		EXPECT_EQ(0, sync_file_status(out[i]));
		EXPECT_OK(step(&self->clock, "1"));
		EXPECT_EQ(1, exec_fence_wait(out[i]));
		EXPECT_TRUE(clock_holds(&self->clock, CLOCK_NEW(i)));
		close(out[i]);
	}
	EXPECT_EQ(0, waiting(&self->clock));
}

TEST_F(manual, steps_are_made_in_the_order_of_submission)
{
	unsigned int i, k;
	int out[4];

	for (i = 0; i < 4; i++)
		out[i] = submit_alone(&self->clock);
	EXPECT_EQ(4, waiting_soon(&self->clock, 4));
	for (i = 0; i < 4; i++) {
		EXPECT_OK(step(&self->clock, "1"));
		EXPECT_EQ(1, exec_fence_wait(out[i]));
		for (k = i + 1; k < 4; k++)
			EXPECT_EQ(0, sync_file_status(out[k]));
		close(out[i]);
	}
}

TEST_F(manual, all_completes_everything)
{
	unsigned int i;

	for (i = 0; i < 8; i++)
		clock_submit(&self->clock, CLOCK_NEW(i));
	EXPECT_OK(step(&self->clock, "all"));
	EXPECT_EQ(1, exec_fence_wait(self->clock.out));
	EXPECT_TRUE(clock_holds(&self->clock, CLOCK_NEW(7)));
	EXPECT_EQ(0, waiting(&self->clock));
	/* Later jobs wait again. */
	clock_submit(&self->clock, CLOCK_NEW(9));
	EXPECT_EQ(1, waiting(&self->clock));
	EXPECT_TRUE(clock_holds(&self->clock, CLOCK_NEW(7)));
}

TEST_F(manual, a_waiter_makes_no_step)
{
	int64_t timeout = 100 * CLOCK_MS;

	clock_put_old(&self->clock);
	clock_submit(&self->clock, CLOCK_NEW(0));
	EXPECT_EQ(0, fd_poll(self->clock.out, POLLIN, 100));
	EXPECT_EQ(0, fd_poll(self->clock.dmabuf, POLLIN, 100));
	EXPECT_ERR(ETIME, __gem_wait(self->clock.fd, self->clock.handle, &timeout));
	EXPECT_ERR(ETIME, __syncobj_wait(self->clock.fd, self->clock.syncobj, 50, 0));
	EXPECT_NE(0, gem_busy(self->clock.fd, self->clock.handle));
	EXPECT_TRUE(clock_holds(&self->clock, CLOCK_OLD));
	EXPECT_OK(step(&self->clock, "1"));
	EXPECT_EQ(1, exec_fence_wait(self->clock.out));
	EXPECT_TRUE(clock_holds(&self->clock, CLOCK_NEW(0)));
}

static void step_later(void *arg)
{
	vi915_check(step(arg, "1"));
}

TEST_F(manual, every_way_to_wait_ends_with_the_step)
{
	unsigned int i;

	for (i = 0; i < clock_num_ways; i++) {
		/* This way needs more than one step. */
		if (clock_ways[i].jobs)
			continue;
		clock_put_old(&self->clock);
		clock_submit(&self->clock, CLOCK_NEW(i));
		vi915_after(20 * CLOCK_MS, step_later, &self->clock);
		clock_ways[i].wait(&self->clock);
		EXPECT_TRUE(clock_holds(&self->clock, CLOCK_NEW(i))) {
			TH_LOG("%s: not the new bytes", clock_ways[i].name);
		}
	}
}

TEST_F(manual, what_is_no_step_is_einval)
{
	EXPECT_ERR(EINVAL, step(&self->clock, "x"));
	EXPECT_ERR(EINVAL, step(&self->clock, "-1"));
	EXPECT_ERR(EINVAL, step(&self->clock, "allx"));
}

/* Stores @value to the start of an object, without implicit fences. */
static void submit_with_priority(struct clock *clock, int64_t priority, uint32_t handle,
				 uint32_t value)
{
	uint64_t address = exec_address(handle);
	uint32_t ctx = ctx_create(clock->fd);
	struct batch batch;
	struct exec exec;

	ctx_set(clock->fd, ctx, I915_CONTEXT_PARAM_PRIORITY, priority);
	batch_init(&batch, clock->fd, VI915_PAGE);
	batch_store(&batch, BATCH_AT(address), value);
	batch_end(&batch);
	exec_init(&exec, clock->fd, ctx, I915_EXEC_RENDER);
	exec_add(&exec, handle, address, EXEC_PINNED_WRITE | EXEC_OBJECT_ASYNC);
	exec_add_batch(&exec, &batch);
	exec_submit(&exec);
}

TEST_F(manual, of_those_that_may_run_the_highest_priority_goes_first)
{
	uint32_t handle = gem_create(self->clock.fd, VI915_PAGE);

	submit_with_priority(&self->clock, -500, handle, 1);
	submit_with_priority(&self->clock, 0, handle, 2);
	submit_with_priority(&self->clock, -100, handle, 3);
	/* Time for the engine to get all of them. */
	usleep(50000);
	EXPECT_OK(step(&self->clock, "all"));
	/* The job that was queued first ran last. */
	EXPECT_EQ(1, exec_read(self->clock.fd, handle, 0));
}

TEST_F_TIMEOUT(manual, r10_a_job_runs_though_nobody_makes_a_step, 60)
{
	int64_t until, start;
	bool old;

	clock_put_old(&self->clock);
	start = vi915_now();
	clock_submit(&self->clock, CLOCK_NEW(5));
	old = clock_holds(&self->clock, CLOCK_OLD);
	if (vi915_now() - start < HELD_NS)
		EXPECT_TRUE(old);
	until = start + CLOCK_MOST_NS;
	while (!clock_holds(&self->clock, CLOCK_NEW(5)) && vi915_now() < until)
		usleep(100000);
	EXPECT_TRUE(clock_holds(&self->clock, CLOCK_NEW(5)));
	EXPECT_EQ(POLLIN, fd_poll(self->clock.out, POLLIN, 1000));
	EXPECT_EQ(1, sync_file_status(self->clock.out));
}

TEST_HARNESS_MAIN
