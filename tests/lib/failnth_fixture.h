/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The fixture of tests that let each allocation of a call fail: two GPUs, and
 * one variant for each call. Includes the harness, so only a test program's .c
 * file includes this.
 */
#ifndef VI915_TESTS_FAILNTH_FIXTURE_H
#define VI915_TESTS_FAILNTH_FIXTURE_H

#include "gpu_fixture.h"

#include "ctx.h"
#include "exec.h"
#include "failnth.h"

/* Objects of these tests: a few rows of tiles. */
#define OBJECT_SIZE (16 * VI915_PAGE)

/**
 * struct world - what the calls work on
 * @card: gpu0's
 * @fd: gpu0's render node
 * @other: gpu1's
 * @zero: /dev/zero, to have the kernel write to a mapping
 * @memory: OBJECT_SIZE bytes of this process, present
 * @handle: what prepare functions make, from here on
 */
struct world {
	int card;
	int fd;
	int other;
	int zero;
	char *memory;
	uint32_t handle;
	uint32_t import;
	uint32_t id;
	uint32_t syncobj;
	int dmabuf;
	int fence;
	char *map;
	struct batch batch;
	struct exec exec;
};

FIXTURE(call)
{
	struct world world;
	struct failnth_balance before;
};

FIXTURE_VARIANT(call)
{
	struct failnth_call call;
};

/* A variant: its prepare, run and undo functions, and what else the call may be refused with. */
#define CALL(...) FAILNTH_VARIANT(call, __VA_ARGS__)

FIXTURE_SETUP(call)
{
	struct world *w = &self->world;

	w->card = vi915_open("gpu0");
	w->fd = vi915_open_render("gpu0");
	w->other = vi915_open_render("gpu1");
	w->zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	w->memory = mmap(NULL, OBJECT_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			 -1, 0);
	vi915_require(w->zero >= 0 && w->memory != MAP_FAILED);
	vi915_fill(w->memory, OBJECT_SIZE, 1);
	/*
	 * fail-nth also fires the driver's own failures on order, hang= among them:
	 * three hung jobs must not ban the context.
	 */
	ctx_set(w->fd, 0, I915_CONTEXT_PARAM_BANNABLE, 0);
}

FIXTURE_TEARDOWN(call)
{
	munmap(self->world.memory, OBJECT_SIZE);
}

/* Each call promises its errno, leaves nothing behind, and works afterwards. */
TEST_F_TIMEOUT(call, fails_cleanly_whichever_allocation_does, 120)
{
	struct world *w = &self->world;
	int fds[] = { w->card, w->fd, w->other };
	struct failnth_result result;

	/* Once before, so that what is made on first use is there. */
	if (variant->call.prepare)
		variant->call.prepare(w);
	ASSERT_EQ(0, variant->call.run(w));
	if (variant->call.undo)
		variant->call.undo(w);
	failnth_balance(&self->before, fds, 3);
	result = failnth_sweep(&variant->call, w);
	vi915_note("%u allocations, without %u of them it is refused", result.chances,
		   result.refused);
	failnth_same(&self->before);
}

/* An object of gpu0's render node, without pages. */
static inline void make_object(void *arg)
{
	struct world *w = arg;

	w->handle = gem_create(w->fd, OBJECT_SIZE);
}

static inline void close_object(void *arg)
{
	struct world *w = arg;

	gem_close(w->fd, w->handle);
}

/* Has the kernel write to the mapping: a page that is not to be had is EFAULT. */
static inline int fault(struct world *w)
{
	return read(w->zero, w->map + 5000, 100) == 100 ? 0 : -errno;
}

#endif
