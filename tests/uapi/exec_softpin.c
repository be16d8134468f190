// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* EXEC_OBJECT_PINNED: the caller chooses the addresses of objects. */
#include "gpu_fixture.h"

#include <signal.h>

#include "ctx.h"
#include "exec.h"

#define GTT_SIZE (1ULL << 48)
#define MIB (1ULL << 20)

/* A batch in a new context, with objects at given addresses. */
FIXTURE(pin)
{
	int fd;
	uint32_t ctx;
	struct batch batch;
	struct exec exec;
	struct drm_i915_gem_exec_object2 *object;
};

/* The harness's name of the fixture's struct, for functions outside of a test. */
#define PIN FIXTURE_DATA(pin)

static void make_job(PIN *self)
{
	exec_init(&self->exec, self->fd, self->ctx, I915_EXEC_RENDER);
	exec_add_batch(&self->exec, &self->batch);
	self->exec.arg.flags |= I915_EXEC_BATCH_FIRST;
	self->object = exec_add(&self->exec, gem_create(self->fd, 4 * VI915_PAGE), 1ULL << 32,
				EXEC_PINNED);
}

FIXTURE_SETUP(pin)
{
	self->fd = vi915_open_render("gpu0");
	self->ctx = ctx_create(self->fd);
	batch_init(&self->batch, self->fd, VI915_PAGE);
	batch_end(&self->batch);
	make_job(self);
}

FIXTURE_TEARDOWN(pin)
{
	close(self->fd);
}

static int pin_at(PIN *self, uint64_t offset)
{
	self->object->offset = offset;
	return __exec_submit(&self->exec);
}

TEST_F(pin, an_object_goes_where_it_is_told)
{
	static const uint64_t places[] = {
		0, VI915_PAGE, 64 * MIB, 1ULL << 32, (1ULL << 32) - VI915_PAGE, 1ULL << 45,
		(1ULL << 47) - 4 * VI915_PAGE, (1ULL << 47) - VI915_PAGE, 1ULL << 47,
		GTT_SIZE - 4 * VI915_PAGE,
	};
	unsigned int i;

	for (i = 0; i < sizeof(places) / sizeof(*places); i++) {
		EXPECT_OK(pin_at(self, batch_canonical(places[i])));
		EXPECT_EQ(batch_canonical(places[i]), self->object->offset);
	}
}

TEST_F(pin, every_place_can_be_written_by_a_batch)
{
	static const uint64_t places[] = {
		0, (1ULL << 32) - 2 * VI915_PAGE, (1ULL << 47) - VI915_PAGE, GTT_SIZE - VI915_PAGE,
	};
	uint32_t handle, i;
	struct batch batch;
	struct exec exec;

	batch_init(&batch, self->fd, VI915_PAGE);
	for (i = 0; i < 4; i++) {
		handle = gem_create(self->fd, VI915_PAGE);
		batch_reset(&batch);
		batch_store(&batch, BATCH_AT(places[i] + VI915_PAGE - 4), 40 + i);
		batch_end(&batch);
		exec_init(&exec, self->fd, self->ctx, I915_EXEC_DEFAULT);
		exec_add(&exec, handle, batch_canonical(places[i]), EXEC_PINNED_WRITE);
		exec_add_batch(&exec, &batch);
		exec_submit(&exec);
		exec_sync(self->fd, handle);
		EXPECT_EQ(40 + i, exec_read(self->fd, handle, VI915_PAGE - 4));
	}
}

TEST_F(pin, an_offset_within_a_page_is_einval)
{
	EXPECT_ERR(EINVAL, pin_at(self, (1ULL << 32) + 1));
	EXPECT_ERR(EINVAL, pin_at(self, (1ULL << 32) + VI915_PAGE - 1));
	EXPECT_ERR(EINVAL, pin_at(self, 1));
}

TEST_F(pin, an_offset_that_is_not_canonical_is_einval)
{
	EXPECT_ERR(EINVAL, pin_at(self, 1ULL << 47));
	EXPECT_ERR(EINVAL, pin_at(self, GTT_SIZE - 4 * VI915_PAGE));
	EXPECT_ERR(EINVAL, pin_at(self, GTT_SIZE));
	EXPECT_ERR(EINVAL, pin_at(self, 1ULL << 63));
	EXPECT_ERR(EINVAL, pin_at(self, 0xffff000000000000));
}

TEST_F(pin, what_leaves_the_address_space_is_einval)
{
	EXPECT_ERR(EINVAL, pin_at(self, batch_canonical(GTT_SIZE - VI915_PAGE)));
	EXPECT_ERR(EINVAL, pin_at(self, batch_canonical(GTT_SIZE - 3 * VI915_PAGE)));
	EXPECT_OK(pin_at(self, batch_canonical(GTT_SIZE - 4 * VI915_PAGE)));
}

TEST_F(pin, an_offset_that_is_not_aligned_as_asked_is_einval)
{
	self->object->alignment = MIB;
	EXPECT_OK(pin_at(self, 1ULL << 32));
	EXPECT_ERR(EINVAL, pin_at(self, (1ULL << 32) + VI915_PAGE));
	EXPECT_ERR(EINVAL, pin_at(self, (1ULL << 32) + MIB / 2));
}

TEST_F(pin, without_supports_48b_the_end_is_a_page_below_4_gib)
{
	self->object->flags = EXEC_OBJECT_PINNED;
	EXPECT_OK(pin_at(self, (1ULL << 32) - 5 * VI915_PAGE));
	EXPECT_ERR(EINVAL, pin_at(self, (1ULL << 32) - 4 * VI915_PAGE));
	EXPECT_ERR(EINVAL, pin_at(self, (1ULL << 32) - VI915_PAGE));
	EXPECT_ERR(EINVAL, pin_at(self, 1ULL << 32));
	EXPECT_ERR(EINVAL, pin_at(self, 1ULL << 40));
}

/* EINVAL or ENOSPC: the uAPI does not say which, nor does i915. */
static bool is_no_room(int ret)
{
	return ret == -EINVAL || ret == -ENOSPC;
}

TEST_F(pin, two_of_one_call_may_not_overlap)
{
	static const int64_t shifts[] = {
		0, VI915_PAGE, 3 * VI915_PAGE, -(int64_t)VI915_PAGE, -3 * (int64_t)VI915_PAGE,
	};
	struct drm_i915_gem_exec_object2 *second;
	unsigned int i;

	second = exec_add(&self->exec, gem_create(self->fd, 4 * VI915_PAGE), 0, EXEC_PINNED);
	for (i = 0; i < sizeof(shifts) / sizeof(*shifts); i++) {
		second->offset = (1ULL << 32) + shifts[i];
		EXPECT_TRUE(is_no_room(pin_at(self, 1ULL << 32)));
	}
	second->offset = (1ULL << 32) + 4 * VI915_PAGE;
	EXPECT_OK(pin_at(self, 1ULL << 32));
	second->offset = (1ULL << 32) - 4 * VI915_PAGE;
	EXPECT_OK(pin_at(self, 1ULL << 32));
}

TEST_F(pin, one_that_is_not_pinned_makes_room)
{
	struct drm_i915_gem_exec_object2 *second;

	/* An unpinned object at this address is moved away. */
	EXPECT_OK(pin_at(self, 1ULL << 33));
	self->object->flags = EXEC_OBJECT_SUPPORTS_48B_ADDRESS;
	second = exec_add(&self->exec, gem_create(self->fd, 4 * VI915_PAGE), 1ULL << 33,
			  EXEC_PINNED);
	EXPECT_OK(__exec_submit(&self->exec));
	EXPECT_EQ(1ULL << 33, second->offset);
	EXPECT_NE(1ULL << 33, self->object->offset);
}

TEST_F(pin, an_idle_object_is_evicted)
{
	uint32_t first = self->object->handle, i;

	for (i = 0; i < 8; i++) {
		EXPECT_OK(pin_at(self, 1ULL << 32));
		EXPECT_EQ(1ULL << 32, self->object->offset);
		self->object->handle = gem_create(self->fd, (i + 1) * VI915_PAGE);
	}
	self->object->handle = first;
	EXPECT_OK(pin_at(self, (1ULL << 32) + VI915_PAGE));
}

static void end_spin(void *arg)
{
	spin_end(arg);
}

/* The place is in use by a busy object: the call waits until it is idle. */
TEST_F(pin, a_busy_object_is_waited_for_and_evicted)
{
	uint32_t busy = gem_create(self->fd, 4 * VI915_PAGE);
	struct spin spin;

	spin_start_on(&spin, self->fd, self->ctx, I915_EXEC_BLT, SPIN_READ, busy);
	vi915_after(100000000, end_spin, &spin);
	EXPECT_OK(pin_at(self, exec_address(busy)));
	EXPECT_EQ(exec_address(busy), self->object->offset);
	EXPECT_EQ(1, exec_fence_wait(spin.fence));
	EXPECT_EQ(1, spin_free(&spin));
}

static void on_alarm(int sig)
{
	(void)sig;
}

TEST_F(pin, a_signal_interrupts_the_wait_for_a_busy_object)
{
	struct sigaction action = { .sa_handler = on_alarm };
	uint32_t busy = gem_create(self->fd, 4 * VI915_PAGE);
	struct spin spin;

	spin_start_on(&spin, self->fd, self->ctx, I915_EXEC_BLT, SPIN_READ, busy);
	self->object->offset = exec_address(busy);
	sigaction(SIGALRM, &action, NULL);
	ualarm(50000, 50000);
	EXPECT_EQ(-EINTR, __exec_submit_once(&self->exec));
	ualarm(0, 0);
	EXPECT_EQ(0, sync_file_status(spin.fence));
	EXPECT_EQ(0, gem_busy(self->fd, self->object->handle));
	EXPECT_EQ(1, spin_free(&spin));
	EXPECT_OK(__exec_submit(&self->exec));
}

TEST_F(pin, another_context_is_not_in_the_way)
{
	uint32_t busy = gem_create(self->fd, 4 * VI915_PAGE);
	struct spin spin;

	spin_start_on(&spin, self->fd, ctx_create(self->fd), I915_EXEC_BLT, SPIN_READ, busy);
	EXPECT_OK(pin_at(self, exec_address(busy)));
	EXPECT_EQ(0, sync_file_status(spin.fence));
	EXPECT_EQ(1, spin_free(&spin));
}

TEST_F(pin, an_object_that_is_busy_elsewhere_is_moved_when_it_is_idle)
{
	uint32_t busy = gem_create(self->fd, 4 * VI915_PAGE);
	struct spin spin;

	spin_start_on(&spin, self->fd, self->ctx, I915_EXEC_BLT, SPIN_READ, busy);
	vi915_after(100000000, end_spin, &spin);
	self->object->handle = busy;
	EXPECT_OK(pin_at(self, 1ULL << 41));
	EXPECT_EQ(1ULL << 41, self->object->offset);
	EXPECT_EQ(1, spin_free(&spin));
}

TEST_F(pin, an_object_that_another_context_uses_is_moved_at_once)
{
	struct spin spin;

	EXPECT_OK(pin_at(self, 1ULL << 41));
	exec_sync(self->fd, self->object->handle);
	spin_start_on(&spin, self->fd, ctx_create(self->fd), I915_EXEC_BLT, SPIN_READ,
		      self->object->handle);
	EXPECT_OK(pin_at(self, 1ULL << 42));
	EXPECT_EQ(1ULL << 42, self->object->offset);
	EXPECT_EQ(0, sync_file_status(spin.fence));
	EXPECT_EQ(1, spin_free(&spin));
}

TEST_F(pin, pad_to_size_keeps_room_behind_the_object)
{
	struct drm_i915_gem_exec_object2 *second;

	self->object->flags |= EXEC_OBJECT_PAD_TO_SIZE;
	self->object->pad_to_size = MIB;
	second = exec_add(&self->exec, gem_create(self->fd, VI915_PAGE),
			  (1ULL << 32) + MIB - VI915_PAGE, EXEC_PINNED);
	EXPECT_TRUE(is_no_room(pin_at(self, 1ULL << 32)));
	second->offset = (1ULL << 32) + MIB;
	EXPECT_OK(pin_at(self, 1ULL << 32));
}

TEST_F(pin, pad_to_size_below_the_size_means_nothing)
{
	self->object->flags |= EXEC_OBJECT_PAD_TO_SIZE;
	self->object->pad_to_size = VI915_PAGE;
	EXPECT_OK(pin_at(self, 1ULL << 32));
	self->object->pad_to_size = 0;
	EXPECT_OK(pin_at(self, 1ULL << 32));
}

TEST_F(pin, pad_to_size_beyond_the_address_space_is_refused)
{
	self->object->flags |= EXEC_OBJECT_PAD_TO_SIZE;
	self->object->pad_to_size = GTT_SIZE;
	EXPECT_TRUE(is_no_room(pin_at(self, 1ULL << 32)));
	self->object->flags &= ~EXEC_OBJECT_PINNED;
	self->object->pad_to_size = 2 * GTT_SIZE;
	EXPECT_TRUE(is_no_room(__exec_submit(&self->exec)));
	self->object->pad_to_size = -VI915_PAGE;
	EXPECT_TRUE(is_no_room(__exec_submit(&self->exec)));
}

TEST_F(pin, pad_to_size_of_what_is_not_pinned_keeps_room_too)
{
	struct drm_i915_gem_exec_object2 *second;
	uint64_t low, high;

	self->object->flags = EXEC_OBJECT_PAD_TO_SIZE;
	self->object->pad_to_size = MIB;
	second = exec_add(&self->exec, gem_create(self->fd, 4 * VI915_PAGE), 0,
			  EXEC_OBJECT_PAD_TO_SIZE);
	second->pad_to_size = MIB;
	EXPECT_OK(__exec_submit(&self->exec));
	low = self->object->offset < second->offset ? self->object->offset : second->offset;
	high = self->object->offset ^ second->offset ^ low;
	EXPECT_GE(high - low, MIB);
}

/* Fills the range below 4 GiB: 20 objects of 256 MiB do not fit. */
TEST_F(pin, a_full_address_space_is_enospc)
{
	struct drm_i915_gem_exec_object2 *object;
	unsigned int i;

	exec_init(&self->exec, self->fd, self->ctx, I915_EXEC_BATCH_FIRST);
	exec_add_batch(&self->exec, &self->batch);
	for (i = 0; i < 20; i++) {
		object = exec_add(&self->exec, gem_create(self->fd, VI915_PAGE), 0,
				  EXEC_OBJECT_PAD_TO_SIZE);
		object->pad_to_size = 256 * MIB;
	}
	EXPECT_ERR(ENOSPC, __exec_submit(&self->exec));
	self->exec.arg.buffer_count = 1 + 14;
	EXPECT_OK(__exec_submit(&self->exec));
}

TEST_F(pin, what_was_refused_is_not_left_in_the_way)
{
	uint32_t bad = self->object->handle;

	exec_add(&self->exec, BAD_HANDLE, 0, 0);
	EXPECT_ERR(ENOENT, pin_at(self, 1ULL << 34));
	make_job(self);
	EXPECT_OK(pin_at(self, 1ULL << 34));
	self->object->handle = bad;
	EXPECT_OK(pin_at(self, 1ULL << 34));
}

/* The place still belongs to an import that was closed. */
TEST_F(pin, an_imported_object_is_pinned_as_any_other)
{
	int b = vi915_open_render("gpu1"), dmabuf;
	uint32_t theirs = gem_create(b, 4 * VI915_PAGE), ours, i;

	dmabuf = prime_export(b, theirs);
	for (i = 0; i < 3; i++) {
		ours = prime_import(self->fd, dmabuf);
		exec_store(self->fd, self->ctx, I915_EXEC_BSD, ours, 4 * i, i + 1);
		exec_sync(b, theirs);
		EXPECT_EQ(i + 1, exec_read(b, theirs, 4 * i));
		gem_close(self->fd, ours);
	}
	close(dmabuf);
	close(b);
}

TEST_F(pin, bindings_go_under_pressure_and_come_back)
{
	char bytes[4 * VI915_PAGE], seen[4 * VI915_PAGE];
	uint32_t handle = gem_create(self->fd, 4 * VI915_PAGE), i;

	vi915_fill(bytes, sizeof(bytes), 9);
	gem_pwrite(self->fd, handle, 0, bytes, sizeof(bytes));
	for (i = 0; i < 4; i++) {
		exec_store(self->fd, self->ctx, I915_EXEC_RENDER, handle, 4 * i, i);
		memcpy(bytes + 4 * i, &i, sizeof(i));
		vi915_drop_caches(self->fd, DROP_ACTIVE | DROP_RETIRE | DROP_PAGES);
	}
	gem_pread(self->fd, handle, 0, seen, sizeof(seen));
	EXPECT_EQ(0, memcmp(bytes, seen, sizeof(seen)));
}

TEST_F(pin, a_hint_within_a_page_is_no_address)
{
	self->object->flags &= ~EXEC_OBJECT_PINNED;
	EXPECT_OK(pin_at(self, (1ULL << 33) + 0x800));
	EXPECT_EQ(1ULL << 33, self->object->offset);
}

TEST_F(pin, one_object_at_two_places_is_enospc)
{
	struct drm_i915_gem_exec_object2 *again =
		exec_add(&self->exec, self->object->handle, 1ULL << 34, EXEC_PINNED);

	EXPECT_ERR(ENOSPC, pin_at(self, 1ULL << 33));
	again->offset = 1ULL << 33;
	EXPECT_OK(pin_at(self, 1ULL << 33));
}

TEST_F(pin, what_stays_high_is_told_in_canonical_form)
{
	EXPECT_OK(pin_at(self, batch_canonical(1ULL << 47)));
	self->object->flags &= ~EXEC_OBJECT_PINNED;
	EXPECT_OK(pin_at(self, 0));
	EXPECT_EQ(batch_canonical(1ULL << 47), self->object->offset);
}

TEST_F(pin, an_object_named_twice_is_written_if_either_says_so)
{
	struct spin spin;

	exec_add(&self->exec, self->object->handle, self->object->offset, EXEC_PINNED_WRITE);
	spin_start(&spin, self->fd, 0, I915_EXEC_BLT);
	exec_in_fence(&self->exec, spin.fence);
	exec_submit(&self->exec);
	/* The lower half holds the writer. */
	EXPECT_NE(0, gem_busy(self->fd, self->object->handle) & 0xffff);
	EXPECT_EQ(1, spin_free(&spin));
}

TEST_HARNESS_MAIN
