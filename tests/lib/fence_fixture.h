/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Fixture of the tests of explicit fences: a job that does nothing, and a fence
 * that only the test signals. Includes the harness, so only a test program's .c
 * file includes this.
 */
#ifndef VI915_TESTS_FENCE_FIXTURE_H
#define VI915_TESTS_FENCE_FIXTURE_H

#include "gpu_fixture.h"

#include "ctx.h"
#include "exec.h"

/* Long enough for a job to run if nothing holds it up. */
#define A_WHILE_US 60000

FIXTURE(fence)
{
	int fd;
	uint32_t handle;
	int timeline;
	int fence;
	struct batch batch;
	struct exec exec;
};

/* The harness's name of the fixture's struct, for functions outside of a test. */
#define FENCE FIXTURE_DATA(fence)

/* A job without implicit dependencies: an empty batch. */
static void make_job(FENCE *self)
{
	exec_init(&self->exec, self->fd, 0, I915_EXEC_BLT);
	exec_add(&self->exec, self->handle, exec_address(self->handle), EXEC_PINNED);
	exec_add_batch(&self->exec, &self->batch);
}

FIXTURE_SETUP(fence)
{
	self->fd = vi915_open_render("gpu0");
	self->handle = gem_create(self->fd, VI915_PAGE);
	self->timeline = sw_timeline();
	self->fence = sw_fence(self->timeline, 1);
	batch_init(&self->batch, self->fd, VI915_PAGE);
	batch_end(&self->batch);
	make_job(self);
}

FIXTURE_TEARDOWN(fence)
{
	close(self->timeline);
	close(self->fence);
	close(self->fd);
}

#endif
