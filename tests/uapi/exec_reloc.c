// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Relocations: what they write to objects and to the array, and when they are
 * skipped.
 */
#include "gpu_fixture.h"

#include "ctx.h"
#include "exec.h"

/* Marks a place that a relocation must not write. */
#define GARBAGE 0xbadc0ffeu

/* An object, and a batch that is followed by places to relocate. */
FIXTURE(reloc)
{
	int fd;
	uint32_t target;
	struct batch batch;
	struct exec exec;
	struct drm_i915_gem_exec_object2 *object;
	struct drm_i915_gem_exec_object2 *last;
	struct drm_i915_gem_relocation_entry reloc;
};

/* The harness's name of the fixture's struct, for functions outside of a test. */
#define RELOC FIXTURE_DATA(reloc)

static void make_job(RELOC *self)
{
	exec_init(&self->exec, self->fd, 0, I915_EXEC_RENDER);
	self->object = exec_add(&self->exec, self->target, 0, EXEC_OBJECT_SUPPORTS_48B_ADDRESS);
	self->last = exec_add(&self->exec, self->batch.handle, 0,
			      EXEC_OBJECT_SUPPORTS_48B_ADDRESS);
	self->last->relocs_ptr = (uintptr_t)&self->reloc;
	self->last->relocation_count = 1;
}

FIXTURE_SETUP(reloc)
{
	self->fd = vi915_open_render("gpu0");
	self->target = gem_create(self->fd, 4 * VI915_PAGE);
	batch_init(&self->batch, self->fd, 2 * VI915_PAGE);
	batch_end(&self->batch);
	self->reloc = (struct drm_i915_gem_relocation_entry){
		.target_handle = self->target,
		.offset = VI915_PAGE / 2,
		.presumed_offset = -1,
		.read_domains = I915_GEM_DOMAIN_RENDER,
	};
	make_job(self);
}

FIXTURE_TEARDOWN(reloc)
{
	close(self->fd);
}

static uint64_t qword_at(RELOC *self, unsigned int offset)
{
	uint64_t value;

	gem_pread(self->fd, self->batch.handle, offset, &value, sizeof(value));
	return value;
}

static void put_qword(RELOC *self, unsigned int offset, uint64_t value)
{
	exec_sync(self->fd, self->batch.handle);
	gem_pwrite(self->fd, self->batch.handle, offset, &value, sizeof(value));
}

TEST_F(reloc, all_64_bits_of_the_address_are_written)
{
	put_qword(self, self->reloc.offset, GARBAGE | (uint64_t)GARBAGE << 32);
	exec_submit(&self->exec);
	EXPECT_EQ(self->object->offset, qword_at(self, self->reloc.offset));
	EXPECT_EQ(self->object->offset, self->reloc.presumed_offset);
	/* The neighbouring qwords are unchanged. */
	EXPECT_EQ(0, qword_at(self, self->reloc.offset - 8));
	EXPECT_EQ(0, qword_at(self, self->reloc.offset + 8));
}

TEST_F(reloc, the_delta_is_added)
{
	self->reloc.delta = 0x1234;
	exec_submit(&self->exec);
	EXPECT_EQ(self->object->offset + 0x1234, qword_at(self, self->reloc.offset));
	/* presumed_offset gets the offset of the object, without the delta. */
	EXPECT_EQ(self->object->offset, self->reloc.presumed_offset);
}

TEST_F(reloc, the_delta_is_signed)
{
	self->reloc.delta = (uint32_t)-0x1000;
	exec_submit(&self->exec);
	EXPECT_EQ(self->object->offset - 0x1000, qword_at(self, self->reloc.offset));
}

TEST_F(reloc, an_address_above_2_to_the_47_is_canonical)
{
	self->object->offset = batch_canonical(0x800000000000);
	self->object->flags |= EXEC_OBJECT_PINNED;
	exec_submit(&self->exec);
	EXPECT_EQ(0xffff800000000000, self->object->offset);
	EXPECT_EQ(0xffff800000000000, qword_at(self, self->reloc.offset));
	EXPECT_EQ(0xffff800000000000, self->reloc.presumed_offset);
}

TEST_F(reloc, a_right_presumed_offset_leaves_the_place_alone)
{
	exec_submit(&self->exec);
	put_qword(self, self->reloc.offset, GARBAGE);
	exec_submit(&self->exec);
	EXPECT_EQ(GARBAGE, qword_at(self, self->reloc.offset));
}

TEST_F(reloc, a_wrong_presumed_offset_does_not)
{
	exec_submit(&self->exec);
	put_qword(self, self->reloc.offset, GARBAGE);
	self->reloc.presumed_offset += VI915_PAGE;
	exec_submit(&self->exec);
	EXPECT_EQ(self->object->offset, qword_at(self, self->reloc.offset));
	EXPECT_EQ(self->object->offset, self->reloc.presumed_offset);
}

TEST_F(reloc, it_may_straddle_a_page)
{
	self->reloc.offset = VI915_PAGE - 4;
	self->object->offset = 0x123400005000;
	self->object->flags |= EXEC_OBJECT_PINNED;
	put_qword(self, self->reloc.offset - 8, ~0ULL);
	put_qword(self, self->reloc.offset + 8, ~0ULL);
	exec_submit(&self->exec);
	EXPECT_EQ(0x123400005000, qword_at(self, VI915_PAGE - 4));
	EXPECT_EQ(~0ULL, qword_at(self, VI915_PAGE - 12));
	EXPECT_EQ(~0ULL, qword_at(self, VI915_PAGE + 4));
}

TEST_F(reloc, it_may_be_at_either_end_of_the_object)
{
	self->reloc.offset = 2 * VI915_PAGE - 8;
	exec_submit(&self->exec);
	EXPECT_EQ(self->object->offset, qword_at(self, 2 * VI915_PAGE - 8));
	/* At the start of the object, so the batch starts behind it. */
	self->reloc.offset = 0;
	self->reloc.presumed_offset = -1;
	put_qword(self, 8, MI_BATCH_BUFFER_END);
	self->exec.arg.batch_start_offset = 8;
	exec_submit(&self->exec);
	EXPECT_EQ(self->object->offset, qword_at(self, 0));
}

TEST_F(reloc, it_may_be_in_an_object_that_is_not_the_batch)
{
	uint64_t value;

	self->last->relocation_count = 0;
	self->object->relocs_ptr = (uintptr_t)&self->reloc;
	self->object->relocation_count = 1;
	self->reloc.target_handle = self->batch.handle;
	self->reloc.offset = 3 * VI915_PAGE + 16;
	self->reloc.delta = 8;
	exec_submit(&self->exec);
	gem_pread(self->fd, self->target, 3 * VI915_PAGE + 16, &value, sizeof(value));
	EXPECT_EQ(self->last->offset + 8, value);
}

TEST_F(reloc, an_object_may_name_itself)
{
	self->reloc.target_handle = self->batch.handle;
	exec_submit(&self->exec);
	EXPECT_EQ(self->last->offset, qword_at(self, self->reloc.offset));
}

TEST_F(reloc, every_gpu_domain_is_good)
{
	static const uint32_t domains[] = {
		0, I915_GEM_DOMAIN_RENDER, I915_GEM_DOMAIN_SAMPLER, I915_GEM_DOMAIN_COMMAND,
		I915_GEM_DOMAIN_INSTRUCTION, I915_GEM_DOMAIN_VERTEX,
	};
	unsigned int i;

	for (i = 0; i < 6; i++) {
		self->reloc.read_domains = domains[i] | I915_GEM_DOMAIN_RENDER;
		self->reloc.write_domain = domains[i];
		self->reloc.presumed_offset = -1;
		EXPECT_OK(__exec_submit(&self->exec));
	}
}

TEST_F(reloc, a_write_domain_makes_the_target_written)
{
	struct spin spin;
	int fence;

	/* Another job reads the target, and readers do not wait for readers. */
	spin_start_on(&spin, self->fd, ctx_create(self->fd), I915_EXEC_BLT, SPIN_READ,
		      self->target);
	exec_want_out_fence(&self->exec);
	exec_submit(&self->exec);
	fence = exec_out_fence(&self->exec);
	EXPECT_EQ(1, exec_fence_wait(fence));
	close(fence);
	self->reloc.write_domain = I915_GEM_DOMAIN_RENDER;
	exec_submit(&self->exec);
	fence = exec_out_fence(&self->exec);
	usleep(50000);
	EXPECT_EQ(0, sync_file_status(fence));
	EXPECT_NE(0, gem_busy(self->fd, self->target) & 0xffff);
	EXPECT_EQ(1, spin_free(&spin));
	EXPECT_EQ(1, exec_fence_wait(fence));
	close(fence);
}

TEST_F(reloc, an_array_that_cannot_be_written_is_fine)
{
	struct drm_i915_gem_relocation_entry *array;

	array = mmap(NULL, VI915_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	*array = self->reloc;
	ASSERT_EQ(0, mprotect(array, VI915_PAGE, PROT_READ));
	self->last->relocs_ptr = (uintptr_t)array;
	EXPECT_OK(__exec_submit(&self->exec));
	EXPECT_EQ(self->object->offset, qword_at(self, self->reloc.offset));
	EXPECT_EQ(-1ULL, array->presumed_offset);
}

/* A NO_RELOC call that gives the object's actual offset. */
static void expect_left_alone(struct __test_metadata *_metadata, RELOC *self)
{
	self->exec.arg.flags |= I915_EXEC_NO_RELOC;
	self->reloc.presumed_offset = -1;
	put_qword(self, self->reloc.offset, GARBAGE);
	exec_submit(&self->exec);
	EXPECT_EQ(GARBAGE, qword_at(self, self->reloc.offset));
	EXPECT_EQ(-1ULL, self->reloc.presumed_offset);
}

TEST_F(reloc, no_reloc_skips_them_while_offsets_match)
{
	exec_submit(&self->exec);
	expect_left_alone(_metadata, self);
	expect_left_alone(_metadata, self);
}

TEST_F(reloc, no_reloc_is_a_promise_that_the_offset_can_break)
{
	uint64_t offset;

	exec_submit(&self->exec);
	offset = self->object->offset;
	put_qword(self, self->reloc.offset, GARBAGE);
	self->exec.arg.flags |= I915_EXEC_NO_RELOC;
	/* A wrong offset: the object does not move, and the relocation is done. */
	self->object->offset = offset + (1ULL << 32);
	self->reloc.presumed_offset = self->object->offset;
	exec_submit(&self->exec);
	EXPECT_EQ(offset, self->object->offset);
	EXPECT_EQ(offset, self->reloc.presumed_offset);
	EXPECT_EQ(offset, qword_at(self, self->reloc.offset));
}

TEST_F(reloc, handle_lut_takes_indices)
{
	self->exec.arg.flags |= I915_EXEC_HANDLE_LUT;
	self->reloc.target_handle = 0;
	exec_submit(&self->exec);
	EXPECT_EQ(self->object->offset, qword_at(self, self->reloc.offset));
	self->reloc.target_handle = 1;
	self->reloc.presumed_offset = -1;
	exec_submit(&self->exec);
	EXPECT_EQ(self->last->offset, qword_at(self, self->reloc.offset));
}

TEST_F(reloc, batch_first_relocates_the_first)
{
	exec_init(&self->exec, self->fd, 0, I915_EXEC_RENDER | I915_EXEC_BATCH_FIRST);
	self->last = exec_add(&self->exec, self->batch.handle, 0, 0);
	self->last->relocs_ptr = (uintptr_t)&self->reloc;
	self->last->relocation_count = 1;
	self->object = exec_add(&self->exec, self->target, 0, 0);
	exec_submit(&self->exec);
	EXPECT_EQ(self->object->offset, qword_at(self, self->reloc.offset));
}

TEST_F(reloc, many_are_all_made)
{
	unsigned int n = 500, i;
	struct drm_i915_gem_relocation_entry *array = calloc(n, sizeof(*array));

	for (i = 0; i < n; i++) {
		array[i] = self->reloc;
		array[i].offset = VI915_PAGE + 8 * i;
		array[i].delta = i;
	}
	self->last->relocs_ptr = (uintptr_t)array;
	self->last->relocation_count = n;
	exec_submit(&self->exec);
	for (i = 0; i < n; i++) {
		ASSERT_EQ(self->object->offset + i, qword_at(self, VI915_PAGE + 8 * i));
		ASSERT_EQ(self->object->offset, array[i].presumed_offset);
	}
	free(array);
}

/* End to end: the store goes where the relocation says. */
TEST_F(gpu, a_relocated_store_hits_its_target)
{
	uint32_t handle = gem_create(self->fd, 2 * VI915_PAGE);
	struct batch batch;
	struct exec exec;

	batch_init(&batch, self->fd, VI915_PAGE);
	batch_store(&batch, BATCH_IN(handle, VI915_PAGE + 12), 77);
	batch_end(&batch);
	exec_init(&exec, self->fd, 0, I915_EXEC_BSD);
	exec_add(&exec, handle, 0, 0);
	exec_add_batch(&exec, &batch)->flags = 0;
	exec_submit(&exec);
	exec_sync(self->fd, handle);
	EXPECT_EQ(77, exec_read(self->fd, handle, VI915_PAGE + 12));
}

TEST_F(gpu, without_supports_48b_all_is_below_4_gib)
{
	struct drm_i915_gem_exec_object2 *object;
	struct batch batch;
	struct exec exec;
	unsigned int i;

	batch_init(&batch, self->fd, VI915_PAGE);
	batch_end(&batch);
	exec_init(&exec, self->fd, 0, I915_EXEC_DEFAULT);
	for (i = 0; i < 30; i++)
		/* The hint is above 4 GiB. */
		exec_add(&exec, gem_create(self->fd, (1 + i) * VI915_PAGE), (5ULL + i) << 32, 0);
	exec_add_batch(&exec, &batch)->flags = 0;
	exec_submit(&exec);
	for (i = 0; i < exec.arg.buffer_count; i++) {
		object = &exec.objects[i];
		EXPECT_LE(object->offset + (1 + i) * VI915_PAGE, (1ULL << 32) - VI915_PAGE);
	}
}

TEST_F(gpu, an_object_that_lies_high_comes_down_for_who_needs_it)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE);
	struct drm_i915_gem_exec_object2 *object;
	struct batch batch;
	struct exec exec;

	batch_init(&batch, self->fd, VI915_PAGE);
	batch_end(&batch);
	exec_init(&exec, self->fd, 0, I915_EXEC_DEFAULT);
	object = exec_add(&exec, handle, 1ULL << 40, EXEC_PINNED);
	exec_add_batch(&exec, &batch);
	exec_submit(&exec);
	EXPECT_EQ(1ULL << 40, object->offset);
	object->flags = 0;
	exec_submit(&exec);
	EXPECT_LT(object->offset, 1ULL << 32);
}

TEST_F(gpu, an_alignment_is_kept)
{
	struct drm_i915_gem_exec_object2 *object;
	uint64_t alignment;
	struct batch batch;
	struct exec exec;

	batch_init(&batch, self->fd, VI915_PAGE);
	batch_end(&batch);
	for (alignment = 1; alignment < 1ULL << 40; alignment <<= 3) {
		exec_init(&exec, self->fd, 0, I915_EXEC_DEFAULT);
		object = exec_add(&exec, gem_create(self->fd, VI915_PAGE), 0,
				  EXEC_OBJECT_SUPPORTS_48B_ADDRESS);
		object->alignment = alignment;
		exec_add_batch(&exec, &batch);
		EXPECT_OK(__exec_submit(&exec));
		EXPECT_EQ(0, object->offset & (alignment - 1));
		EXPECT_EQ(0, object->offset % VI915_PAGE);
	}
}

TEST_F(gpu, an_offset_is_a_hint_that_is_taken_when_it_is_free)
{
	uint64_t hint = 0x7700000000;
	struct drm_i915_gem_exec_object2 *object;
	struct batch batch;
	struct exec exec;

	batch_init(&batch, self->fd, VI915_PAGE);
	batch_end(&batch);
	exec_init(&exec, self->fd, 0, I915_EXEC_DEFAULT);
	object = exec_add(&exec, gem_create(self->fd, VI915_PAGE), hint,
			  EXEC_OBJECT_SUPPORTS_48B_ADDRESS);
	exec_add_batch(&exec, &batch);
	exec_submit(&exec);
	EXPECT_EQ(hint, object->offset);
	/* If it is not free, the object goes elsewhere. */
	object->handle = gem_create(self->fd, VI915_PAGE);
	exec_submit(&exec);
	EXPECT_NE(hint, object->offset);
}

/* Threads that relocate one batch, each to its own object. */
struct crowd {
	int fd;
	struct batch batch;
};

#define CROWD_THREADS 6
#define CROWD_ROUNDS 60
#define CROWD_VALUE 0xc0de

static void relocate_and_check(void *arg, int index)
{
	struct crowd *crowd = arg;
	uint32_t handle = gem_create(crowd->fd, VI915_PAGE), ctx = ctx_create(crowd->fd);
	struct drm_i915_gem_relocation_entry reloc;
	struct drm_i915_gem_exec_object2 *last;
	struct exec exec;
	int i;

	for (i = 0; i < CROWD_ROUNDS; i++) {
		reloc = crowd->batch.relocs[0];
		reloc.target_handle = handle;
		reloc.delta = 4 * i;
		exec_init(&exec, crowd->fd, ctx, 1 + index % 4);
		exec_add(&exec, handle, 0, EXEC_OBJECT_WRITE);
		last = exec_add(&exec, crowd->batch.handle, 0, 0);
		last->relocs_ptr = (uintptr_t)&reloc;
		last->relocation_count = 1;
		exec_submit(&exec);
	}
	exec_sync(crowd->fd, handle);
	for (i = 0; i < CROWD_ROUNDS; i++)
		vi915_require(exec_read(crowd->fd, handle, 4 * i) == CROWD_VALUE);
}

TEST_F(gpu, concurrent_execbufs_of_one_batch_see_their_own_relocations)
{
	struct crowd crowd = { .fd = self->fd };

	batch_init(&crowd.batch, self->fd, VI915_PAGE);
	batch_store(&crowd.batch, BATCH_IN(1, 0), CROWD_VALUE);
	batch_end(&crowd.batch);
	vi915_threads(CROWD_THREADS, relocate_and_check, &crowd);
}

TEST_HARNESS_MAIN
