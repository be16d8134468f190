// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* An address space that is full: who has to leave it, and what that costs. */
#include "gpu_fixture.h"

#include <stdlib.h>

#include "attack.h"
#include "ctx.h"
#include "exec.h"

#define GIB (1ULL << 30)
/* Objects without SUPPORTS_48B_ADDRESS end a page below 4 GiB. */
#define LOW_END (4 * GIB - VI915_PAGE)
#define EIGHTHS 8
#define MANY 8000
/* Objects of one execbuf: lockdep counts up to 2047 locks of a kind held together. */
#define PART 1900

/* An address space of its own; its batch is above the first 4 GiB. */
FIXTURE(evict)
{
	int fd;
	uint32_t ctx;
	struct batch batch;
	uint32_t eighths[EIGHTHS];
};

/* The harness's name of the fixture's struct, for functions outside of a test. */
#define EVICT FIXTURE_DATA(evict)

FIXTURE_SETUP(evict)
{
	self->fd = vi915_open_render("gpu0");
	self->ctx = ctx_create(self->fd);
	batch_init(&self->batch, self->fd, VI915_PAGE);
	batch_end(&self->batch);
}

FIXTURE_TEARDOWN(evict)
{
	close(self->fd);
}

/* One object with a batch. @offset is what is asked for, then what it got. */
static int place(EVICT *self, uint32_t handle, uint64_t *offset, uint64_t pad, uint64_t flags)
{
	struct drm_i915_gem_exec_object2 *object;
	struct exec exec;
	int ret;

	exec_init(&exec, self->fd, self->ctx, I915_EXEC_RENDER);
	object = exec_add(&exec, handle, *offset, flags);
	if (pad) {
		object->flags |= EXEC_OBJECT_PAD_TO_SIZE;
		object->pad_to_size = pad;
	}
	exec_add_batch(&exec, &self->batch);
	ret = __exec_submit(&exec);
	if (!ret)
		exec_sync(self->fd, self->batch.handle);
	*offset = object->offset;
	return ret;
}

/* Where it is, if it has a place; else it gets one above 4 GiB. */
static uint64_t where(EVICT *self, uint32_t handle)
{
	uint64_t offset = 1ULL << 40 | (uint64_t)handle << 20;

	vi915_check(place(self, handle, &offset, 0, EXEC_OBJECT_SUPPORTS_48B_ADDRESS));
	return offset;
}

/* Eight objects, each of which has an eighth of the first 4 GiB for itself. */
static void fill_low(EVICT *self)
{
	uint64_t offset;
	unsigned int i;

	for (i = 0; i < EIGHTHS; i++) {
		self->eighths[i] = gem_create(self->fd, VI915_PAGE);
		offset = i * GIB / 2;
		vi915_check(place(self, self->eighths[i], &offset,
				  GIB / 2 - (i == EIGHTHS - 1 ? VI915_PAGE : 0),
				  EXEC_OBJECT_PINNED));
	}
}

static unsigned int count_moved(EVICT *self)
{
	unsigned int i, moved = 0;

	for (i = 0; i < EIGHTHS; i++)
		moved += where(self, self->eighths[i]) != i * GIB / 2;
	return moved;
}

TEST_F(evict, who_asks_for_0_gets_0_when_it_is_free)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE);
	uint64_t offset = 0;

	EXPECT_OK(place(self, handle, &offset, 0, 0));
	EXPECT_EQ(0, offset);
	/* And keeps it, whatever it asks for later. */
	offset = GIB;
	EXPECT_OK(place(self, handle, &offset, 0, 0));
	EXPECT_EQ(0, offset);
}

TEST_F(evict, who_asks_for_0_with_48_bits_gets_0_when_it_is_free)
{
	uint64_t offset = 0;

	EXPECT_OK(place(self, gem_create(self->fd, VI915_PAGE), &offset, 0,
			EXEC_OBJECT_SUPPORTS_48B_ADDRESS));
	EXPECT_EQ(0, offset);
}

TEST_F(evict, who_asks_for_0_when_it_is_taken_gets_another_place)
{
	uint64_t first = 0, second = 0;

	EXPECT_OK(place(self, gem_create(self->fd, VI915_PAGE), &first, 0, 0));
	EXPECT_OK(place(self, gem_create(self->fd, VI915_PAGE), &second, 0, 0));
	EXPECT_EQ(0, first);
	EXPECT_NE(0, second);
}

TEST_F(evict, a_batch_with_relocations_keeps_away_from_0)
{
	struct batch batch;
	struct exec exec;

	batch_init(&batch, self->fd, VI915_PAGE);
	batch_store(&batch, BATCH_IN(batch.handle, 256), 1);
	batch_end(&batch);
	exec_init(&exec, self->fd, self->ctx, I915_EXEC_RENDER);
	exec_add_batch(&exec, &batch);
	exec.objects[0].flags = 0;
	exec.objects[0].offset = 0;
	exec_submit(&exec);
	EXPECT_LE(256 * 1024, exec.objects[0].offset);
}

TEST_F(evict, only_those_in_the_way_leave)
{
	uint64_t offset = 5 * GIB / 4;

	fill_low(self);
	EXPECT_OK(place(self, gem_create(self->fd, VI915_PAGE), &offset, GIB, 0));
	EXPECT_LE(offset, LOW_END - GIB);
	EXPECT_EQ(2, count_moved(self));
}

TEST_F(evict, a_place_that_was_made_room_for_is_not_the_next_to_be_taken)
{
	uint32_t first = gem_create(self->fd, VI915_PAGE);
	uint64_t a = 0, b = 0;

	fill_low(self);
	EXPECT_OK(place(self, first, &a, GIB, 0));
	EXPECT_OK(place(self, gem_create(self->fd, VI915_PAGE), &b, GIB, 0));
	EXPECT_NE(a, b);
	EXPECT_EQ(a, where(self, first));
}

TEST_F(evict, who_is_idle_leaves_before_who_is_in_use)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE);
	uint32_t spins = ctx_create(self->fd);
	uint64_t offset = 0;
	struct spin spin;
	struct exec exec;
	unsigned int i;
	int fence;

	fill_low(self);
	/* All but the last two are in use until the spinner ends. */
	spin_start(&spin, self->fd, spins, I915_EXEC_BSD);
	exec_init(&exec, self->fd, self->ctx, I915_EXEC_RENDER);
	for (i = 0; i < EIGHTHS - 2; i++)
		exec_add(&exec, self->eighths[i], i * GIB / 2, EXEC_OBJECT_PINNED);
	exec_add_batch(&exec, &self->batch);
	exec_in_fence(&exec, spin.fence);
	exec_want_out_fence(&exec);
	exec_submit(&exec);
	fence = exec_out_fence(&exec);

	/* A context on another engine shares the address space: it need not wait. */
	exec_init(&exec, self->fd, self->ctx, I915_EXEC_BLT);
	exec_add(&exec, handle, 0, EXEC_OBJECT_PAD_TO_SIZE)->pad_to_size = GIB / 2;
	exec_add_batch(&exec, &self->batch);
	exec_submit(&exec);
	offset = exec.objects[0].offset;
	EXPECT_LE(6 * GIB / 2, offset);
	EXPECT_EQ(0, sync_file_status(fence));

	EXPECT_EQ(1, spin_free(&spin));
	EXPECT_EQ(1, exec_fence_wait(fence));
	close(fence);
}

TEST_F(evict, what_is_longer_than_there_are_addresses_is_enospc_and_moves_nobody)
{
	uint64_t offset = 0;

	fill_low(self);
	EXPECT_ERR(ENOSPC, place(self, gem_create(self->fd, VI915_PAGE), &offset, 4 * GIB, 0));
	EXPECT_ERR(ENOSPC, place(self, gem_create(self->fd, VI915_PAGE), &offset, -VI915_PAGE, 0));
	EXPECT_EQ(0, count_moved(self));
}

TEST_F(evict, what_does_not_fit_together_is_enospc_and_moves_nobody)
{
	struct exec exec;
	unsigned int i;

	fill_low(self);
	exec_init(&exec, self->fd, self->ctx, I915_EXEC_RENDER);
	for (i = 0; i < 3; i++)
		exec_add(&exec, gem_create(self->fd, VI915_PAGE), 0,
			 EXEC_OBJECT_PAD_TO_SIZE)->pad_to_size = 3 * GIB / 2;
	exec_add_batch(&exec, &self->batch);
	EXPECT_ERR(ENOSPC, __exec_submit(&exec));
	EXPECT_EQ(0, count_moved(self));
	/* With 48 bits it does, and there is room for all. */
	for (i = 0; i < 3; i++)
		exec.objects[i].flags |= EXEC_OBJECT_SUPPORTS_48B_ADDRESS;
	EXPECT_OK(__exec_submit(&exec));
	EXPECT_EQ(0, count_moved(self));
}

/* Gives objects the places that they name, a part at a time. */
static void place_all(EVICT *self, const struct drm_i915_gem_exec_object2 *objects,
		      unsigned int count)
{
	struct drm_i915_gem_exec_object2 part[PART + 1] = { };
	struct drm_i915_gem_execbuffer2 arg = {
		.buffers_ptr = (uintptr_t)part,
		.flags = I915_EXEC_RENDER,
		.rsvd1 = self->ctx,
	};
	unsigned int i, n;

	for (i = 0; i < count; i += n) {
		n = count - i < PART ? count - i : PART;
		memcpy(part, objects + i, n * sizeof(*part));
		part[n] = (struct drm_i915_gem_exec_object2){
			.handle = self->batch.handle,
			.offset = self->batch.address,
			.flags = EXEC_PINNED,
		};
		arg.buffer_count = n + 1;
		vi915_check(vi915_ioctl(self->fd, DRM_IOCTL_I915_GEM_EXECBUFFER2, &arg));
	}
}

/* As many objects as asked for, spread over the first 4 GiB, and room for a batch. */
static struct drm_i915_gem_exec_object2 *spread(EVICT *self, unsigned int count)
{
	struct drm_i915_gem_exec_object2 *objects = calloc(count + 1, sizeof(*objects));
	uint64_t step = 4 * GIB / count & ~(VI915_PAGE - 1);
	unsigned int i;

	vi915_require(objects);
	for (i = 0; i < count; i++) {
		objects[i].handle = gem_create(self->fd, VI915_PAGE);
		objects[i].offset = i * step;
		objects[i].flags = EXEC_OBJECT_PINNED;
	}
	objects[count].handle = self->batch.handle;
	objects[count].offset = self->batch.address;
	objects[count].flags = EXEC_PINNED;
	place_all(self, objects, count);
	exec_sync(self->fd, self->batch.handle);
	return objects;
}

/* One after the other, each after a look at all, this took minutes. */
TEST_F_TIMEOUT(evict, thousands_leave_for_one, 60)
{
	struct drm_i915_gem_exec_object2 *objects = spread(self, MANY);
	uint32_t handle = gem_create(self->fd, VI915_PAGE);
	uint64_t offset = 3 * GIB;
	unsigned int i, stayed = 0;

	EXPECT_OK(place(self, handle, &offset, 2 * GIB, 0));
	EXPECT_LE(offset, LOW_END - 2 * GIB);
	/* A few of those that should still be there, and of the others. */
	for (i = 0; i < MANY; i += MANY / 20)
		stayed += where(self, objects[i].handle) == objects[i].offset;
	EXPECT_LE(9, stayed);
	EXPECT_GE(11, stayed);
	free(objects);
}

/* And thousands for thousands: no search over all for each of them. */
TEST_F_TIMEOUT(evict, thousands_leave_for_thousands, 60)
{
	struct drm_i915_gem_exec_object2 *objects = spread(self, PART);
	struct drm_i915_gem_execbuffer2 arg = {
		.buffers_ptr = (uintptr_t)objects,
		.buffer_count = PART + 1,
		.flags = I915_EXEC_RENDER,
		.rsvd1 = self->ctx,
	};
	uint64_t size = 4 * GIB / PART & ~(VI915_PAGE - 1);
	unsigned int i;

	for (i = 0; i < PART; i++) {
		objects[i].handle = gem_create(self->fd, VI915_PAGE);
		objects[i].flags = EXEC_OBJECT_PAD_TO_SIZE;
		objects[i].pad_to_size = size - VI915_PAGE;
		objects[i].offset = LOW_END;
	}
	EXPECT_OK(vi915_ioctl(self->fd, DRM_IOCTL_I915_GEM_EXECBUFFER2, &arg));
	for (i = 0; i < PART; i++)
		EXPECT_LE(objects[i].offset, LOW_END - objects[i].pad_to_size);
	free(objects);
}

struct crowd {
	EVICT self;
	struct drm_i915_gem_exec_object2 *objects;
	unsigned int count;
	uint32_t large;
};

static void crowd_init(struct crowd *crowd, int fd, unsigned int count)
{
	crowd->self.fd = fd;
	crowd->self.ctx = ctx_create(fd);
	batch_init(&crowd->self.batch, fd, VI915_PAGE);
	batch_end(&crowd->self.batch);
	crowd->count = count;
	crowd->objects = spread(&crowd->self, count);
	crowd->large = gem_create(fd, VI915_PAGE);
}

/* Half of them leave for one, and come back, each to its own place. */
static void crowd_leave_and_return(void *arg)
{
	struct crowd *crowd = arg;
	struct drm_i915_gem_execbuffer2 call = {
		.buffers_ptr = (uintptr_t)crowd->objects,
		.buffer_count = crowd->count + 1,
		.rsvd1 = crowd->self.ctx,
	};
	uint64_t offset = 0;

	vi915_check(place(&crowd->self, crowd->large, &offset, 2 * GIB, 0));
	vi915_check(vi915_ioctl(crowd->self.fd, DRM_IOCTL_I915_GEM_EXECBUFFER2, &call));
}

/*
 * A walk over all of them for each that leaves or returns makes four times as
 * many cost sixteen times as much.
 */
TEST_F_TIMEOUT(evict, four_times_as_many_cost_less_than_eight_times_as_much, 60)
{
	struct crowd few, many;
	uint64_t cost_few, cost_many;

	crowd_init(&few, self->fd, PART / 4);
	crowd_init(&many, self->fd, PART);
	cost_few = attack_cost(crowd_leave_and_return, &few, 5);
	cost_many = attack_cost(crowd_leave_and_return, &many, 5);
	vi915_note("%u cost %llu us, %u cost %llu us", few.count,
		   (unsigned long long)cost_few / 1000, many.count,
		   (unsigned long long)cost_many / 1000);
	EXPECT_LT(cost_many, 8 * cost_few);
	free(few.objects);
	free(many.objects);
}

#define CROWD 1500

static void crowd_prepare(struct attacker *attacker)
{
	crowd_init(attacker->arg, attacker->render, CROWD);
}

static void crowd_step(struct attacker *attacker)
{
	crowd_leave_and_return(attacker->arg);
}

TEST_F_TIMEOUT(evict, crowds_keep_nobody_from_drawing_and_die_when_killed, 60)
{
	struct crowd crowd;
	struct attack attack = {
		.gpu = "gpu0",
		.prepare = crowd_prepare,
		.step = crowd_step,
		.arg = &crowd,
		.processes = 2,
		.rounds = 8,
		.steps = 8,
		.bound = 64,
	};

	attack_run(&attack, NULL);
}

TEST_HARNESS_MAIN
