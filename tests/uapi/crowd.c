// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * A thousand threads submit at once: to one engine or to all, in one context or
 * one each, by one open file or one each, from objects or from user memory. Each
 * of them gets through. How long that takes is printed; how an engine's time is
 * shared is compared in fair.c, which no scheduler of CPUs disturbs.
 */
#include "gpu_fixture.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "batch.h"
#include "ctx.h"
#include "exec.h"

#define THREADS 1024
#define ROUNDS 2

static const unsigned int engines[] = {
	I915_EXEC_RENDER, I915_EXEC_BLT, I915_EXEC_BSD, I915_EXEC_VEBOX,
};

#define NUM_ENGINES (sizeof(engines) / sizeof(*engines))

/**
 * struct how - how the threads differ
 * @files: each has an open file of its own
 * @contexts: each has a context of its own
 * @engines: they spread over all engines
 * @user: their batches are in user memory
 */
struct how {
	bool files;
	bool contexts;
	bool engines;
	bool user;
};

struct crowd;

/**
 * struct member - one thread
 * @crowd: all of them
 * @thread: its
 * @exec: what it submits, every time
 * @batch: what runs
 * @rounds: that it has done
 */
struct member {
	struct crowd *crowd;
	pthread_t thread;
	struct exec exec;
	struct batch batch;
	unsigned int rounds;
};

/**
 * struct crowd - all threads
 * @members: each
 * @start: they wait here for each other
 */
struct crowd {
	struct member *members;
	pthread_barrier_t start;
};

static void *member_run(void *arg)
{
	struct member *member = arg;
	struct crowd *crowd = member->crowd;

	pthread_barrier_wait(&crowd->start);
	while (member->rounds < ROUNDS) {
		exec_submit(&member->exec);
		exec_sync(member->exec.fd, member->batch.handle);
		vi915_require(!gem_busy(member->exec.fd, member->batch.handle));
		member->rounds++;
	}
	return NULL;
}

/* A batch in memory of the process. */
static void batch_of_user(struct batch *batch, int fd)
{
	uint32_t *page = mmap(NULL, VI915_PAGE, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	vi915_require(page != MAP_FAILED);
	page[0] = MI_BATCH_BUFFER_END;
	memset(batch, 0, sizeof(*batch));
	batch->handle = gem_userptr(fd, page, VI915_PAGE, 0);
	batch->address = exec_address(batch->handle);
}

static void member_init(struct member *member, const struct how *how, int fd, unsigned int i)
{
	uint32_t ctx = 0;

	if (how->files)
		fd = vi915_open_render("gpu0");
	if (how->contexts)
		ctx = ctx_create(fd);
	if (how->user) {
		batch_of_user(&member->batch, fd);
	} else {
		batch_init(&member->batch, fd, VI915_PAGE);
		batch_end(&member->batch);
	}
	exec_init(&member->exec, fd, ctx, engines[how->engines ? i % NUM_ENGINES : 0]);
	exec_add_batch(&member->exec, &member->batch);
}

FIXTURE(crowd)
{
	int fd;
	struct crowd crowd;
};

FIXTURE_VARIANT(crowd)
{
	struct how how;
};

FIXTURE_SETUP(crowd)
{
	struct rlimit files = { 4 * THREADS, 4 * THREADS };

	vi915_require(!setrlimit(RLIMIT_NOFILE, &files));
	self->fd = vi915_open_render("gpu0");
}

FIXTURE_TEARDOWN(crowd)
{
	close(self->fd);
}

TEST_F_TIMEOUT(crowd, everybody_gets_through, 300)
{
	struct crowd *crowd = &self->crowd;
	pthread_attr_t small;
	int64_t start;
	unsigned int i, jobs = 0;

	crowd->members = calloc(THREADS, sizeof(*crowd->members));
	vi915_require(crowd->members);
	vi915_require(!pthread_barrier_init(&crowd->start, NULL, THREADS + 1));
	vi915_require(!pthread_attr_init(&small));
	vi915_require(!pthread_attr_setstacksize(&small, 64 << 10));
	for (i = 0; i < THREADS; i++) {
		crowd->members[i].crowd = crowd;
		member_init(&crowd->members[i], &variant->how, self->fd, i);
		vi915_require(!pthread_create(&crowd->members[i].thread, &small, member_run,
					      &crowd->members[i]));
	}
	start = vi915_now();
	pthread_barrier_wait(&crowd->start);
	for (i = 0; i < THREADS; i++)
		vi915_require(!pthread_join(crowd->members[i].thread, NULL));
	for (i = 0; i < THREADS; i++)
		jobs += crowd->members[i].rounds;
	vi915_note("%u jobs in %lld ms", jobs, (long long)(vi915_now() - start) / 1000000);
	EXPECT_EQ(THREADS * ROUNDS, jobs);
}

#define CROWD(name, ...) \
	FIXTURE_VARIANT_ADD(crowd, name) \
	{ \
		.how = { __VA_ARGS__ }, \
	}

CROWD(one_context, .engines = false);
CROWD(own_contexts, .contexts = true, .engines = true);
CROWD(own_files, .files = true, .engines = true);
CROWD(user_memory, .user = true, .files = true, .engines = true);

TEST_HARNESS_MAIN
