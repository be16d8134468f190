// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --gpu now,clock=now --gpu delay,clock=delay=50 --gpu lazy,clock=lazy --peers vgem
/*
 * The clock of a GPU decides when a job runs. Until then the target holds the
 * old bytes: a reader that forgets to wait sees them every time, and a reader
 * that waits, in any possible way, sees the new ones every time. Also rule R10:
 * every job runs in the end, whether anything waits for it or not. This has a
 * box of its own.
 */
#include "test.h"

#include <unistd.h>

#include "clock.h"
#include "ctx.h"
#include "exec.h"
#include "gem.h"
#include "gpu.h"
#include "prime.h"
#include "proc.h"

/* How long the clocks hold a job at least when nothing waits for it. */
#define DELAY_NS (50 * CLOCK_MS)
#define LAZY_NS (5000 * CLOCK_MS)

#define ROUNDS 12

FIXTURE(clock)
{
	struct clock clock;
};

FIXTURE_VARIANT(clock)
{
	const char *gpu;
	int64_t holds;
};

FIXTURE_VARIANT_ADD(clock, delay)
{
	.gpu = "delay",
	.holds = DELAY_NS,
};

FIXTURE_VARIANT_ADD(clock, lazy)
{
	.gpu = "lazy",
	.holds = LAZY_NS,
};

FIXTURE_SETUP(clock)
{
	clock_open(&self->clock, variant->gpu, "now");
}

FIXTURE_TEARDOWN(clock)
{
	clock_close(&self->clock);
}

TEST_F_TIMEOUT(clock, who_waits_sees_the_new_bytes_and_who_does_not_the_old, 120)
{
	unsigned int i, round, raced = 0;
	int64_t start;
	bool old;

	for (i = 0; i < clock_num_ways; i++) {
		for (round = 0; round < ROUNDS; round++) {
			clock_put_old(&self->clock);
			start = vi915_now();
			clock_submit(&self->clock, CLOCK_NEW(round));
			old = clock_holds(&self->clock, CLOCK_OLD);
			/* Ignore this round if the machine was too slow to look in time. */
			if (vi915_now() - start < variant->holds) {
				ASSERT_TRUE(old) {
					TH_LOG("%s: the job ran by itself", clock_ways[i].name);
				}
				raced++;
			}
			clock_ways[i].wait(&self->clock);
			ASSERT_TRUE(clock_holds(&self->clock, CLOCK_NEW(round))) {
				TH_LOG("%s, round %u: not the new bytes", clock_ways[i].name,
				       round);
			}
		}
	}
	/* Most rounds did see the old bytes. */
	EXPECT_GT(raced, clock_num_ways * ROUNDS / 2);
}

TEST_F(clock, looking_at_status_is_not_waiting)
{
	int64_t start = vi915_now();
	int status;

	clock_put_old(&self->clock);
	clock_submit(&self->clock, CLOCK_NEW(0));
	status = sync_file_status(self->clock.out);
	usleep(5000);
	if (vi915_now() - start < variant->holds) {
		EXPECT_EQ(0, status);
		EXPECT_TRUE(clock_holds(&self->clock, CLOCK_OLD));
	}
	exec_fence_wait(self->clock.out);
	EXPECT_EQ(1, sync_file_status(self->clock.out));
	EXPECT_TRUE(clock_holds(&self->clock, CLOCK_NEW(0)));
}

TEST_F(clock, a_gtt_mapping_shows_the_old_bytes_too)
{
	volatile uint32_t *gtt = gem_mmap_gtt(self->clock.fd, self->clock.handle, CLOCK_SIZE);
	int64_t start;
	uint32_t seen;

	clock_put_old(&self->clock);
	EXPECT_EQ(CLOCK_OLD, gtt[100]);
	start = vi915_now();
	clock_submit(&self->clock, CLOCK_NEW(1));
	seen = gtt[100];
	if (vi915_now() - start < variant->holds)
		EXPECT_EQ(CLOCK_OLD, seen);
	exec_fence_wait(self->clock.out);
	EXPECT_EQ(CLOCK_NEW(1), gtt[100]);
}

TEST_F(clock, the_object_is_busy_until_the_job_has_run)
{
	int64_t start = vi915_now();
	uint32_t busy;

	clock_submit(&self->clock, CLOCK_NEW(2));
	busy = gem_busy(self->clock.other, self->clock.import);
	if (vi915_now() - start < variant->holds)
		EXPECT_EQ(0xffffffff, busy);
	exec_sync(self->clock.fd, self->clock.handle);
	EXPECT_EQ(0, gem_busy(self->clock.other, self->clock.import));
}

TEST_F(clock, jobs_run_in_their_order)
{
	unsigned int i;

	clock_put_old(&self->clock);
	for (i = 0; i < 20; i++)
		clock_submit(&self->clock, CLOCK_NEW(i));
	exec_fence_wait(self->clock.out);
	EXPECT_TRUE(clock_holds(&self->clock, CLOCK_NEW(19)));
}

TEST_F(clock, to_wait_for_the_last_runs_all_before_it)
{
	uint32_t second = gem_create(self->clock.fd, CLOCK_SIZE);
	uint32_t third = gem_create(self->clock.fd, CLOCK_SIZE);
	uint32_t ctx = ctx_create(self->clock.fd);
	int out;

	clock_put_old(&self->clock);
	clock_submit(&self->clock, CLOCK_NEW(7));
	exec_copy(self->clock.fd, ctx, I915_EXEC_BLT, second, self->clock.handle, CLOCK_PAGES);
	out = exec_copy_fence(self->clock.fd, 0, I915_EXEC_BLT, third, second, CLOCK_PAGES, -1);
	EXPECT_EQ(1, exec_fence_wait(out));
	EXPECT_EQ(CLOCK_NEW(7), exec_read(self->clock.fd, third, CLOCK_SIZE - 4));
	close(out);
}

TEST_F_TIMEOUT(clock, r10_a_job_runs_though_nobody_waits, 60)
{
	int64_t until;

	clock_put_old(&self->clock);
	clock_submit(&self->clock, CLOCK_NEW(3));
	until = vi915_now() + CLOCK_MOST_NS;
	while (!clock_holds(&self->clock, CLOCK_NEW(3)) && vi915_now() < until)
		usleep(100000);
	EXPECT_TRUE(clock_holds(&self->clock, CLOCK_NEW(3)));
}

TEST_F_TIMEOUT(clock, r10_a_file_that_is_closed_leaves_nothing_behind, 60)
{
	int file = vi915_reopen(self->clock.fd);
	long before = vi915_object_count(self->clock.fd), after;
	int64_t until = vi915_now() + CLOCK_MOST_NS;

	exec_store(file, 0, I915_EXEC_BSD, gem_create(file, CLOCK_SIZE), 0, 1);
	close(file);
	do {
		usleep(100000);
		after = vi915_object_count(self->clock.fd);
	} while (after != before && vi915_now() < until);
	EXPECT_EQ(before, after);
}

TEST_F(clock, a_hang_is_found_when_somebody_waits)
{
	int out = exec_break(self->clock.fd, ctx_create(self->clock.fd), I915_EXEC_RENDER);

	EXPECT_EQ(-EIO, exec_fence_wait(out));
	close(out);
}

/* clock=now: there is no race to see, but all else is the same. */

FIXTURE(now)
{
	struct clock clock;
};

FIXTURE_SETUP(now)
{
	clock_open(&self->clock, "now", "lazy");
}

FIXTURE_TEARDOWN(now)
{
	clock_close(&self->clock);
}

TEST_F(now, who_waits_sees_the_new_bytes)
{
	unsigned int i, round;

	for (i = 0; i < clock_num_ways; i++) {
		for (round = 0; round < ROUNDS; round++) {
			clock_put_old(&self->clock);
			clock_submit(&self->clock, CLOCK_NEW(round));
			clock_ways[i].wait(&self->clock);
			ASSERT_TRUE(clock_holds(&self->clock, CLOCK_NEW(round))) {
				TH_LOG("%s, round %u: not the new bytes", clock_ways[i].name,
				       round);
			}
		}
	}
}

TEST_F(now, a_job_runs_by_itself)
{
	int64_t until = vi915_now() + CLOCK_MOST_NS;

	clock_put_old(&self->clock);
	clock_submit(&self->clock, CLOCK_NEW(0));
	while (!clock_holds(&self->clock, CLOCK_NEW(0)) && vi915_now() < until)
		usleep(1000);
	EXPECT_TRUE(clock_holds(&self->clock, CLOCK_NEW(0)));
}

TEST(a_delay_counts_from_when_the_job_could_run)
{
	int fd = vi915_open_render("delay"), timeline = sw_timeline(), in = sw_fence(timeline, 1);
	int out = exec_nop_fence(fd, 0, I915_EXEC_RENDER, in), status;
	int64_t ready;

	usleep(100000);
	ready = vi915_now();
	sw_signal(timeline, 1);
	usleep(10000);
	status = sync_file_status(out);
	if (vi915_now() - ready < 40 * CLOCK_MS)
		EXPECT_EQ(0, status);
	EXPECT_EQ(1, exec_fence_wait(out));
	close(out);
	close(in);
	close(timeline);
	close(fd);
}

TEST_HARNESS_MAIN
