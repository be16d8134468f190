// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Every reason for which EXECBUFFER2 refuses, except fences. The call is valid
 * except for one thing, and the refusal changes nothing: its argument is
 * unchanged, no object is busy, no byte of the target is written.
 */
#include "refuse_fixture.h"

TEST_F(exec, what_all_others_spoil_is_good)
{
	EXPECT_OK(__exec_submit(&self->exec));
	exec_sync(self->fd, self->target);
	EXPECT_EQ(1, exec_read(self->fd, self->target, 0));
	/* No out-fence was requested. */
	EXPECT_EQ(0x1111111122222222, self->exec.arg.rsvd2);
}

TEST_F(exec, no_objects_are_einval)
{
	self->exec.arg.buffer_count = 0;
	REFUSED(EINVAL);
}

TEST_F(exec, more_objects_than_can_be_are_einval)
{
	self->exec.arg.buffer_count = ~0u;
	REFUSED(EINVAL);
	self->exec.arg.buffer_count = (1u << 18) + 1;
	REFUSED(EINVAL);
}

TEST_F(exec, unreadable_objects_are_efault)
{
	self->exec.arg.buffers_ptr = 0;
	REFUSED(EFAULT);
	self->exec.arg.buffers_ptr = (uintptr_t)BAD_POINTER;
	REFUSED(EFAULT);
	self->exec.arg.buffers_ptr = 1ULL << 63;
	REFUSED(EFAULT);
}

TEST_F(exec, an_unknown_context_is_enoent)
{
	self->exec.arg.rsvd1 = 1;
	REFUSED(ENOENT);
	self->exec.arg.rsvd1 = 0xffffffff;
	REFUSED(ENOENT);
}

TEST_F(exec, an_unknown_ring_is_einval)
{
	unsigned int ring;

	for (ring = I915_EXEC_VEBOX + 1; ring <= I915_EXEC_RING_MASK; ring++) {
		self->exec.arg.flags = ring;
		REFUSED(EINVAL);
	}
}

TEST_F(exec, bsd_bits_on_another_ring_are_einval)
{
	static const unsigned int rings[] = {
		I915_EXEC_DEFAULT, I915_EXEC_RENDER, I915_EXEC_BLT, I915_EXEC_VEBOX,
	};
	unsigned int i, bsd;

	for (i = 0; i < 4; i++) {
		for (bsd = 1; bsd < 4; bsd++) {
			self->exec.arg.flags = rings[i] | bsd << I915_EXEC_BSD_SHIFT;
			REFUSED(EINVAL);
		}
	}
}

TEST_F(exec, constants_other_than_general_are_einval)
{
	self->exec.arg.flags |= I915_EXEC_CONSTANTS_ABSOLUTE;
	REFUSED(EINVAL);
	self->exec.arg.flags |= I915_EXEC_CONSTANTS_REL_SURFACE;
	REFUSED(EINVAL);
	self->exec.arg.flags |= I915_EXEC_CONSTANTS_MASK;
	REFUSED(EINVAL);
}

TEST_F(exec, sol_reset_is_einval)
{
	self->exec.arg.flags |= I915_EXEC_GEN7_SOL_RESET;
	REFUSED(EINVAL);
	self->exec.arg.flags = I915_EXEC_BLT | I915_EXEC_GEN7_SOL_RESET;
	REFUSED(EINVAL);
}

TEST_F(exec, the_resource_streamer_is_einval)
{
	self->exec.arg.flags |= I915_EXEC_RESOURCE_STREAMER;
	REFUSED(EINVAL);
}

TEST_F(exec, secure_is_eperm)
{
	self->exec.arg.flags |= I915_EXEC_SECURE;
	REFUSED(EPERM);
}

TEST_F(exec, unknown_flags_are_einval)
{
	unsigned int bit;

	for (bit = 22; bit < 64; bit++) {
		self->exec.arg.flags |= 1ULL << bit;
		REFUSED(EINVAL);
	}
}

TEST_F(exec, cliprects_are_einval)
{
	self->exec.arg.num_cliprects = 1;
	REFUSED(EINVAL);
	self->exec.arg.cliprects_ptr = (uintptr_t)&self->exec;
	REFUSED(EINVAL);
}

TEST_F(exec, dr1_and_dr4_are_einval)
{
	self->exec.arg.DR1 = 1;
	REFUSED(EINVAL);
	self->exec.arg.DR4 = 1;
	REFUSED(EINVAL);
	self->exec.arg.DR1 = 0xffffffff;
	REFUSED(EINVAL);
}

TEST_F(exec, a_batch_that_is_not_8_aligned_is_einval)
{
	unsigned int i;

	for (i = 1; i < 8; i++) {
		self->exec.arg.batch_start_offset = i;
		REFUSED(EINVAL);
		self->exec.arg.batch_len = 8 + i;
		REFUSED(EINVAL);
	}
}

TEST_F(exec, a_batch_that_leaves_its_object_is_einval)
{
	self->exec.arg.batch_start_offset = VI915_PAGE;
	REFUSED(EINVAL);
	self->exec.arg.batch_start_offset = VI915_PAGE + 8;
	REFUSED(EINVAL);
	self->exec.arg.batch_start_offset = 0xfffffff8;
	REFUSED(EINVAL);
	self->exec.arg.batch_len = VI915_PAGE + 8;
	REFUSED(EINVAL);
	self->exec.arg.batch_len = 0xfffffff8;
	REFUSED(EINVAL);
	self->exec.arg.batch_start_offset = VI915_PAGE - 8;
	self->exec.arg.batch_len = 16;
	REFUSED(EINVAL);
	/* Their sum overflows 32 bits. */
	self->exec.arg.batch_start_offset = 0x80000000;
	self->exec.arg.batch_len = 0x80000000;
	REFUSED(EINVAL);
}

TEST_F(exec, a_bad_handle_is_enoent)
{
	self->object->handle = 0;
	REFUSED(ENOENT);
	self->object->handle = BAD_HANDLE;
	REFUSED(ENOENT);
	self->last->handle = 0;
	REFUSED(ENOENT);
	self->last->handle = BAD_HANDLE;
	REFUSED(ENOENT);
}

TEST_F(exec, a_handle_of_another_file_is_enoent)
{
	int other = vi915_reopen(self->fd);
	uint32_t theirs;

	do
		theirs = gem_create(other, VI915_PAGE);
	while (theirs < 20);
	self->object->handle = theirs;
	REFUSED(ENOENT);
	close(other);
}

TEST_F(exec, a_bad_handle_comes_after_a_bad_context_and_engine)
{
	self->last->handle = 0;
	self->exec.arg.rsvd1 = 9;
	REFUSED(ENOENT);
	self->last->handle = 0;
	self->exec.arg.flags = 9;
	REFUSED(EINVAL);
}

TEST_F(exec, unknown_object_flags_are_einval)
{
	unsigned int bit;

	for (bit = 8; bit < 64; bit++) {
		self->object->flags |= 1ULL << bit;
		REFUSED(EINVAL);
	}
	self->last->flags |= 1ULL << 40;
	REFUSED(EINVAL);
}

TEST_F(exec, to_write_the_batch_is_einval)
{
	self->last->flags |= EXEC_OBJECT_WRITE;
	REFUSED(EINVAL);
}

TEST_F(exec, an_alignment_that_is_no_power_of_2_is_einval)
{
	self->object->alignment = 3 * VI915_PAGE;
	REFUSED(EINVAL);
	self->object->alignment = ~0ULL;
	REFUSED(EINVAL);
}

TEST_F(exec, a_pad_to_size_within_a_page_is_einval)
{
	self->object->flags |= EXEC_OBJECT_PAD_TO_SIZE;
	self->object->pad_to_size = VI915_PAGE + 1;
	REFUSED(EINVAL);
	self->object->flags |= EXEC_OBJECT_PAD_TO_SIZE;
	self->object->pad_to_size = ~0ULL;
	REFUSED(EINVAL);
}

TEST_F(exec, an_object_that_may_be_purged_is_efault)
{
	char byte = 1;
	uint32_t handle = gem_create(self->fd, VI915_PAGE);

	gem_pwrite(self->fd, handle, 0, &byte, 1);
	gem_madvise(self->fd, handle, I915_MADV_DONTNEED);
	self->object->handle = handle;
	REFUSED(EFAULT);
	vi915_drop_caches(self->fd, DROP_PAGES);
	self->object->handle = handle;
	REFUSED(EFAULT);
}

TEST_F(exec, user_memory_that_is_gone_is_efault)
{
	void *page = mmap(NULL, VI915_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);
	uint32_t user = gem_userptr(self->fd, page, VI915_PAGE, 0);

	munmap(page, VI915_PAGE);
	self->object->handle = user;
	REFUSED(EFAULT);
}

/* Relocations of the batch, each with one invalid field. */
TEST_F(exec, relocations_are_checked)
{
	struct drm_i915_gem_relocation_entry good = {
		.target_handle = self->target,
		.offset = VI915_PAGE - 64,
		.presumed_offset = -1,
		.read_domains = I915_GEM_DOMAIN_RENDER,
	}, reloc;
	static const struct {
		uint32_t read;
		uint32_t write;
	} domains[] = {
		{ I915_GEM_DOMAIN_CPU, 0 },
		{ I915_GEM_DOMAIN_CPU, I915_GEM_DOMAIN_CPU },
		{ I915_GEM_DOMAIN_GTT, 0 },
		{ I915_GEM_DOMAIN_GTT, I915_GEM_DOMAIN_GTT },
		{ I915_GEM_DOMAIN_WC, 0 },
		{ I915_GEM_DOMAIN_RENDER, I915_GEM_DOMAIN_CPU },
		{ 0x200, 0 },
		{ 0x80000000, 0 },
		{ I915_GEM_DOMAIN_RENDER, I915_GEM_DOMAIN_RENDER | I915_GEM_DOMAIN_SAMPLER },
	};
	unsigned int i;

#define REFUSED_RELOC(err) \
	do { \
		self->last->relocs_ptr = (uintptr_t)&reloc; \
		self->last->relocation_count = 1; \
		REFUSED(err); \
		reloc = good; \
	} while (0)

	reloc = good;
	reloc.target_handle = 0;
	REFUSED_RELOC(ENOENT);
	reloc.target_handle = BAD_HANDLE;
	REFUSED_RELOC(ENOENT);
	for (i = 1; i < 4; i++) {
		reloc.offset = 64 + i;
		REFUSED_RELOC(EINVAL);
	}
	/* Eight bytes must fit into the object. */
	reloc.offset = VI915_PAGE - 4;
	REFUSED_RELOC(EINVAL);
	reloc.offset = VI915_PAGE;
	REFUSED_RELOC(EINVAL);
	reloc.offset = -8;
	REFUSED_RELOC(EINVAL);
	reloc.offset = 1ULL << 32;
	REFUSED_RELOC(EINVAL);
	for (i = 0; i < sizeof(domains) / sizeof(*domains); i++) {
		reloc.read_domains = domains[i].read;
		reloc.write_domain = domains[i].write;
		REFUSED_RELOC(EINVAL);
	}
}

TEST_F(exec, a_relocation_to_an_object_that_is_not_in_the_call_is_enoent)
{
	struct drm_i915_gem_relocation_entry reloc = {
		.target_handle = gem_create(self->fd, VI915_PAGE),
		.presumed_offset = -1,
		.read_domains = I915_GEM_DOMAIN_RENDER,
	};

	self->last->relocs_ptr = (uintptr_t)&reloc;
	self->last->relocation_count = 1;
	REFUSED(ENOENT);
	/* With HANDLE_LUT, an index into the object list. */
	reloc.target_handle = 2;
	self->exec.arg.flags |= I915_EXEC_HANDLE_LUT;
	self->last->relocs_ptr = (uintptr_t)&reloc;
	self->last->relocation_count = 1;
	REFUSED(ENOENT);
	reloc.target_handle = ~0u;
	self->exec.arg.flags |= I915_EXEC_HANDLE_LUT;
	self->last->relocs_ptr = (uintptr_t)&reloc;
	self->last->relocation_count = 1;
	REFUSED(ENOENT);
}

TEST_F(exec, unreadable_relocations_are_efault)
{
	self->last->relocs_ptr = (uintptr_t)BAD_POINTER;
	self->last->relocation_count = 1;
	REFUSED(EFAULT);
	self->last->relocs_ptr = 1ULL << 63;
	self->last->relocation_count = 1;
	REFUSED(EFAULT);
	self->object->relocs_ptr = 0;
	self->object->relocation_count = 4;
	REFUSED(EFAULT);
}

TEST_F(exec, more_relocations_than_can_be_are_einval)
{
	self->last->relocs_ptr = (uintptr_t)&self->exec;
	self->last->relocation_count = ~0u;
	REFUSED(EINVAL);
}

TEST_F(exec, a_banned_or_lost_context_is_eio)
{
	uint32_t ctx = ctx_create(self->fd);
	int fence;

	ctx_set(self->fd, ctx, I915_CONTEXT_PARAM_RECOVERABLE, 0);
	fence = exec_break(self->fd, ctx, I915_EXEC_RENDER);
	EXPECT_EQ(-EIO, exec_fence_wait(fence));
	close(fence);
	self->exec.arg.rsvd1 = ctx;
	REFUSED(EIO);
}

TEST_HARNESS_MAIN
