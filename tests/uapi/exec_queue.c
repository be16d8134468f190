// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The queue of a context on an engine is limited. */
#include "fence_fixture.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>

#include "proc.h"

static void signal_later(void *arg)
{
	sw_signal(*(int *)arg, 1);
}

/* More jobs than any queue holds. */
#define QUEUE_MAX 100000

/* Fills the queue of a context behind a fence. Returns: the number of queued jobs. */
static unsigned int fill_queue(FENCE *self, int in_fence)
{
	unsigned int n;
	int ret = 0;

	for (n = 0; n < QUEUE_MAX && ret != -EWOULDBLOCK; n += !ret) {
		make_job(self);
		exec_in_fence(&self->exec, in_fence);
		ret = __exec_submit_once(&self->exec);
		if (ret && ret != -EWOULDBLOCK)
			vi915_check(ret);
	}
	return n;
}

static void set_nonblock(int fd, bool on)
{
	int flags = fcntl(fd, F_GETFL);

	vi915_check(fcntl(fd, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK));
}

TEST_F(fence, a_full_queue_is_ewouldblock_for_who_does_not_block)
{
	unsigned int n;

	set_nonblock(self->fd, true);
	n = fill_queue(self, self->fence);
	EXPECT_EQ(256, n);
	/* The call was refused as a whole, and is refused again. */
	make_job(self);
	self->exec.arg.rsvd2 = 0x77770000 | (uint64_t)0x5555 << 32;
	self->exec.arg.flags |= I915_EXEC_FENCE_OUT;
	EXPECT_EQ(-EWOULDBLOCK, __exec_submit_once(&self->exec));
	EXPECT_EQ(0x77770000 | (uint64_t)0x5555 << 32, self->exec.arg.rsvd2);
	/* Other contexts have room. */
	EXPECT_EQ(1, exec_fence_wait(exec_nop_fence(self->fd, ctx_create(self->fd),
						    I915_EXEC_BLT, -1)));
	sw_signal(self->timeline, 1);
	exec_sync(self->fd, self->batch.handle);
	EXPECT_OK(__exec_submit_once(&self->exec));
}

static void on_alarm(int sig)
{
	(void)sig;
}

TEST_F(fence, a_full_queue_is_eintr_for_who_is_interrupted)
{
	struct sigaction action = { .sa_handler = on_alarm };

	set_nonblock(self->fd, true);
	fill_queue(self, self->fence);
	set_nonblock(self->fd, false);
	sigaction(SIGALRM, &action, NULL);
	make_job(self);
	self->exec.arg.rsvd2 = 0x12345678;
	exec_want_out_fence(&self->exec);
	ualarm(50000, 50000);
	EXPECT_EQ(-EINTR, __exec_submit_once(&self->exec));
	ualarm(0, 0);
	EXPECT_EQ(0x12345678, self->exec.arg.rsvd2);
	sw_signal(self->timeline, 1);
	EXPECT_OK(__exec_submit(&self->exec));
	EXPECT_EQ(1, exec_fence_wait(exec_out_fence(&self->exec)));
}

TEST_F(fence, a_full_queue_blocks_until_there_is_room)
{
	set_nonblock(self->fd, true);
	fill_queue(self, self->fence);
	set_nonblock(self->fd, false);
	vi915_after(100000000, signal_later, &self->timeline);
	make_job(self);
	exec_want_out_fence(&self->exec);
	exec_submit(&self->exec);
	EXPECT_EQ(1, sync_file_status(self->fence));
	EXPECT_EQ(1, exec_fence_wait(exec_out_fence(&self->exec)));
}

#define WAITERS 32
#define WAITER_JOBS 16

/* Half of the threads submit jobs that are refused after they have waited. */
static void submit_many(void *arg, int index)
{
	FENCE *self = arg;
	int i;

	for (i = 0; i < WAITER_JOBS; i++) {
		struct batch batch;
		struct exec exec;
		int ret;

		exec_init(&exec, self->fd, 0, I915_EXEC_BLT);
		batch_init(&batch, self->fd, VI915_PAGE);
		batch_end(&batch);
		/* One object at two places, which is detected only once there is room. */
		if (index % 2)
			exec_add(&exec, batch.handle, batch.address + VI915_PAGE, EXEC_PINNED);
		exec_add_batch(&exec, &batch);
		ret = __exec_submit(&exec);
		vi915_require(ret == (index % 2 ? -ENOSPC : 0));
		batch_fini(&batch);
	}
}

/* If a woken thread's job is refused, its room must wake the next thread. */
TEST_F(fence, a_full_queue_lets_all_in_who_wait)
{
	set_nonblock(self->fd, true);
	fill_queue(self, self->fence);
	set_nonblock(self->fd, false);
	vi915_after(300000000, signal_later, &self->timeline);
	vi915_threads(WAITERS, submit_many, self);
	EXPECT_EQ(1, exec_fence_wait(exec_nop_fence(self->fd, 0, I915_EXEC_BLT, -1)));
}

/**
 * struct queue - threads that wait for room in a full queue, and one that does not
 * @fence: the fixture
 * @timeline: each job of the queue waits for its own point of it
 * @tids: of the threads that wait
 * @submitted: of their jobs
 */
struct queue {
	FENCE *fence;
	int timeline;
	pid_t tids[WAITERS];
	unsigned int submitted;
};

static int submit_one(const struct queue *queue)
{
	const FENCE *self = queue->fence;
	struct batch batch = self->batch;
	struct exec exec;

	exec_init(&exec, self->fd, 0, I915_EXEC_BLT);
	exec_add_batch(&exec, &batch);
	return __exec_submit_once(&exec);
}

/* Threads that sleep in the kernel are in state S. */
static bool is_asleep(pid_t tid)
{
	char path[64], state = 0;
	FILE *file;

	if (!tid)
		return false;
	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	file = fopen(path, "r");
	vi915_require(file && fscanf(file, "%*d (%*[^)]) %c", &state) == 1);
	fclose(file);
	return state == 'S';
}

static void wait_for_room(struct queue *queue, int index)
{
	__atomic_store_n(&queue->tids[index], gettid(), __ATOMIC_SEQ_CST);
	vi915_check(submit_one(queue));
	__atomic_fetch_add(&queue->submitted, 1, __ATOMIC_SEQ_CST);
}

/* Room comes for all but one of those who wait. None of it is for a newcomer. */
static void come_late(struct queue *queue)
{
	unsigned int i, tries = 0;

	for (i = 1; i < WAITERS; i++)
		while (!is_asleep(__atomic_load_n(&queue->tids[i], __ATOMIC_SEQ_CST)))
			usleep(1000);
	set_nonblock(queue->fence->fd, true);
	/* Whenever it is awake, this thread comes before those that wait. */
	vi915_require(!setpriority(PRIO_PROCESS, gettid(), -20));
	for (i = 1; i < WAITERS - 1; i++) {
		sw_signal(queue->timeline, 1);
		do {
			sched_yield();
			usleep(tries % 64);
			vi915_require(submit_one(queue) == -EWOULDBLOCK);
			tries++;
		} while (__atomic_load_n(&queue->submitted, __ATOMIC_SEQ_CST) < i);
	}
	vi915_note("a newcomer was refused %u times", tries);
	sw_signal(queue->timeline, QUEUE_MAX);
}

static void come_and_wait(void *arg, int index)
{
	if (index)
		wait_for_room(arg, index);
	else
		come_late(arg);
}

TEST_F(fence, room_is_for_those_who_wait_and_not_for_newcomers)
{
	struct queue queue = { .fence = self, .timeline = sw_timeline() };
	int ret = 0, fence, n;

	set_nonblock(self->fd, true);
	for (n = 1; ret != -EWOULDBLOCK; n++) {
		fence = sw_fence(queue.timeline, n);
		make_job(self);
		exec_in_fence(&self->exec, fence);
		ret = __exec_submit_once(&self->exec);
		vi915_require(!ret || ret == -EWOULDBLOCK);
		close(fence);
	}
	set_nonblock(self->fd, false);
	vi915_threads(WAITERS, come_and_wait, &queue);
	EXPECT_EQ(1, exec_fence_wait(exec_nop_fence(self->fd, 0, I915_EXEC_BLT, -1)));
	close(queue.timeline);
}

TEST_F(fence, a_full_queue_goes_with_its_file)
{
	long before = vi915_object_count(self->fd);
	FENCE other;

	other = *self;
	other.fd = vi915_reopen(self->fd);
	other.handle = gem_create(other.fd, VI915_PAGE);
	batch_init(&other.batch, other.fd, VI915_PAGE);
	batch_end(&other.batch);
	set_nonblock(other.fd, true);
	fill_queue(&other, self->fence);
	close(other.fd);
	munmap(other.batch.cs, VI915_PAGE);
	sw_signal(self->timeline, 1);
	vi915_drop_caches(self->fd, DROP_ALL & ~DROP_RESET_ACTIVE);
	EXPECT_EQ(before, vi915_object_count(self->fd));
}

TEST_F(fence, jobs_that_ended_are_freed_though_another_spins)
{
	uint32_t ctx = ctx_create(self->fd), target;
	long objects, left = 0;
	struct spin spin;
	int i;

	spin_start(&spin, self->fd, ctx, I915_EXEC_BLT);
	exec_nop(self->fd, 0, I915_EXEC_BLT);
	objects = vi915_object_count(self->fd);
	for (i = 0; i < 300; i++) {
		target = gem_create(self->fd, VI915_PAGE);
		exec_store(self->fd, 0, I915_EXEC_BLT, target, 0, i);
		exec_sync(self->fd, target);
		gem_close(self->fd, target);
	}
	for (i = 0; i < 100 && (left = vi915_object_count(self->fd)) > objects; i++)
		usleep(10000);
	EXPECT_LE(left, objects);
	EXPECT_EQ(0, sync_file_status(spin.fence));
	EXPECT_EQ(1, spin_free(&spin));
}

TEST_HARNESS_MAIN
