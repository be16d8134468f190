// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The cost of two GPUs that wait for each other, compared with fences of
 * sw_sync without any work behind them.
 */
#include <poll.h>
#include <unistd.h>

#include "exec.h"
#include "gem.h"
#include "gpu.h"
#include "measure.h"
#include "prime.h"
#include "proc.h"

#define US 1000.0

/* An empty batch of one GPU, and an object that both GPUs share. */
struct side {
	int fd;
	uint32_t shared;
	struct batch batch;
};

/* Two GPUs, and the timelines to compare with. */
struct pair {
	struct side a;
	struct side b;
	int timeline_a;
	int timeline_b;
	uint32_t point_a;
	uint32_t point_b;
};

static int fence_submit(struct side *side, uint64_t shared_flags, int in_fence)
{
	struct exec exec;

	exec_init(&exec, side->fd, 0, I915_EXEC_BLT | I915_EXEC_NO_RELOC);
	if (shared_flags)
		exec_add(&exec, side->shared, exec_address(side->shared), shared_flags);
	exec_add_batch(&exec, &side->batch);
	if (in_fence >= 0)
		exec_in_fence(&exec, in_fence);
	exec_want_out_fence(&exec);
	exec_submit(&exec);
	return exec_out_fence(&exec);
}

static void fence_wait(int fence)
{
	struct pollfd pollfd = { .fd = fence, .events = POLLIN };

	vi915_require(poll(&pollfd, 1, 10000) == 1);
}

/* A job of A, one of B behind it, and one of A behind that. */
static int64_t fence_gpus(void *arg, unsigned int n)
{
	struct pair *pair = arg;
	int64_t start = vi915_now();
	int there, back, done;

	while (n--) {
		there = fence_submit(&pair->a, 0, -1);
		back = fence_submit(&pair->b, 0, there);
		done = fence_submit(&pair->a, 0, back);
		fence_wait(done);
		close(there);
		close(back);
		close(done);
	}
	return vi915_now() - start;
}

/* The same with implicit fences: A writes, B writes, A writes. */
static int64_t fence_implicit(void *arg, unsigned int n)
{
	struct pair *pair = arg;
	int64_t start = vi915_now();
	int done;

	while (n--) {
		close(fence_submit(&pair->a, EXEC_PINNED_WRITE, -1));
		close(fence_submit(&pair->b, EXEC_PINNED_WRITE, -1));
		done = fence_submit(&pair->a, EXEC_PINNED_WRITE, -1);
		fence_wait(done);
		close(done);
	}
	return vi915_now() - start;
}

/* Three fences of two timelines: made, signalled in turn, waited for. */
static int64_t fence_sw_sync(void *arg, unsigned int n)
{
	struct pair *pair = arg;
	int64_t start = vi915_now();
	int there, back, done;

	while (n--) {
		there = sw_fence(pair->timeline_a, ++pair->point_a);
		back = sw_fence(pair->timeline_b, ++pair->point_b);
		done = sw_fence(pair->timeline_a, ++pair->point_a);
		sw_signal(pair->timeline_a, 1);
		sw_signal(pair->timeline_b, 1);
		sw_signal(pair->timeline_a, 1);
		fence_wait(done);
		close(there);
		close(back);
		close(done);
	}
	return vi915_now() - start;
}

/* A job that waits for a foreign fence. */
static int64_t fence_job_after(void *arg, unsigned int n)
{
	struct pair *pair = arg;
	int64_t start = vi915_now();
	int before, done;

	while (n--) {
		before = sw_fence(pair->timeline_a, ++pair->point_a);
		done = fence_submit(&pair->b, 0, before);
		sw_signal(pair->timeline_a, 1);
		fence_wait(done);
		close(before);
		close(done);
	}
	return vi915_now() - start;
}

/* Two fences instead of the foreign one and the job's. */
static int64_t fence_sw_after(void *arg, unsigned int n)
{
	struct pair *pair = arg;
	int64_t start = vi915_now();
	int before, done;

	while (n--) {
		before = sw_fence(pair->timeline_a, ++pair->point_a);
		done = sw_fence(pair->timeline_b, ++pair->point_b);
		sw_signal(pair->timeline_a, 1);
		sw_signal(pair->timeline_b, 1);
		fence_wait(done);
		close(before);
		close(done);
	}
	return vi915_now() - start;
}

static void fence_side_init(struct side *side, int gpu)
{
	side->fd = vi915_bench_open(gpu);
	batch_init(&side->batch, side->fd, VI915_PAGE);
	batch_end(&side->batch);
}

static void fence_row(const char *what, struct pair *pair,
		      int64_t (*ours_run)(void *arg, unsigned int n),
		      int64_t (*peer_run)(void *arg, unsigned int n))
{
	struct vi915_work ours = { ours_run, pair }, theirs = { peer_run, pair };
	struct vi915_compared compared = vi915_compare(&ours, &theirs, VI915_ROUNDS);

	vi915_row(what, "sw_sync", &compared, US, 0);
}

int main(void)
{
	struct pair pair = { 0 };
	int dmabuf;

	fence_side_init(&pair.a, 0);
	fence_side_init(&pair.b, 1);
	pair.a.shared = gem_create(pair.a.fd, VI915_PAGE);
	dmabuf = prime_export(pair.a.fd, pair.a.shared);
	pair.b.shared = prime_import(pair.b.fd, dmabuf);
	close(dmabuf);
	pair.timeline_a = sw_timeline();
	pair.timeline_b = sw_timeline();

	vi915_table("fences between two GPUs", "us");
	fence_row("there and back: A, B after A, A after B", &pair, fence_gpus, fence_sw_sync);
	fence_row("the same, by a buffer that both write", &pair, fence_implicit,
		  fence_sw_sync);
	fence_row("a job that waits for sw_sync", &pair, fence_job_after, fence_sw_after);
	return 0;
}
