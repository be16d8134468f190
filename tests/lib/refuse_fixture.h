/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Fixture of the tests of how EXECBUFFER2 refuses: a valid call that a test
 * spoils, and what must be true after the refusal. Includes the harness, so
 * only a test program's .c file includes this.
 */
#ifndef VI915_TESTS_REFUSE_FIXTURE_H
#define VI915_TESTS_REFUSE_FIXTURE_H

#include "gpu_fixture.h"

#include "ctx.h"
#include "exec.h"

#define UNTOUCHED 0x5a5a5a5a

/* A job that would store to a target; the test spoils @exec. */
FIXTURE(exec)
{
	int fd;
	uint32_t target;
	struct batch batch;
	struct exec exec;
	struct drm_i915_gem_exec_object2 *object;
	struct drm_i915_gem_exec_object2 *last;
};

/* The harness's name of the fixture's struct, for functions outside of a test. */
#define EXEC FIXTURE_DATA(exec)

static void make_job(EXEC *self)
{
	exec_init(&self->exec, self->fd, 0, I915_EXEC_RENDER);
	/* A refused call must not change rsvd2. */
	self->exec.arg.rsvd2 = 0x1111111122222222;
	self->object = exec_add(&self->exec, self->target, exec_address(self->target),
				EXEC_PINNED_WRITE);
	self->last = exec_add_batch(&self->exec, &self->batch);
}

FIXTURE_SETUP(exec)
{
	uint32_t value = UNTOUCHED;

	self->fd = vi915_open_render("gpu0");
	self->target = gem_create(self->fd, VI915_PAGE);
	gem_pwrite(self->fd, self->target, 0, &value, sizeof(value));
	batch_init(&self->batch, self->fd, VI915_PAGE);
	batch_store(&self->batch, BATCH_AT(exec_address(self->target)), 1);
	batch_end(&self->batch);
	make_job(self);
}

FIXTURE_TEARDOWN(exec)
{
	close(self->fd);
}

static void check_nothing_happened(struct __test_metadata *_metadata,
				   EXEC *self,
				   const struct drm_i915_gem_execbuffer2 *before)
{
	EXPECT_EQ(0, memcmp(before, &self->exec.arg, sizeof(*before)));
	EXPECT_EQ(0, gem_busy(self->fd, self->target));
	EXPECT_EQ(0, gem_busy(self->fd, self->batch.handle));
	EXPECT_EQ(UNTOUCHED, exec_read(self->fd, self->target, 0));
}

/* The call is refused with @err and changes nothing; then @exec is made valid again. */
#define REFUSED(err) \
	do { \
		struct drm_i915_gem_execbuffer2 before = self->exec.arg; \
		EXPECT_ERR(err, __exec_submit(&self->exec)); \
		check_nothing_happened(_metadata, self, &before); \
		make_job(self); \
	} while (0)

#endif
