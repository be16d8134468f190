// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * User memory that is mapped and was touched, but that the caller may no longer
 * read or write: EFAULT from every call that finds arrays or structs there.
 * Pages that are not mapped at all are tested with each call.
 */
#include "refuse_fixture.h"

#include <linux/futex.h>
#include <sys/syscall.h>

#include "syncobj.h"

/* A page that starts with these bytes and cannot be read any more. */
static void *unreadable(const void *bytes, size_t size)
{
	char *page = mmap(NULL, VI915_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);

	if (page == MAP_FAILED)
		return NULL;
	memcpy(page, bytes, size);
	mprotect(page, VI915_PAGE, PROT_NONE);
	return page;
}

/* The same, but it can still be read. */
static void *unwritable(const void *bytes, size_t size)
{
	void *page = unreadable(bytes, size);

	mprotect(page, VI915_PAGE, PROT_READ);
	return page;
}

TEST_F(exec, an_object_list_that_cannot_be_read)
{
	self->exec.arg.buffers_ptr =
		(uintptr_t)unreadable(self->exec.objects, sizeof(self->exec.objects));
	REFUSED(EFAULT);
}

TEST_F(exec, relocations_that_cannot_be_read)
{
	struct drm_i915_gem_relocation_entry reloc = {
		.target_handle = self->target,
		.offset = VI915_PAGE - 64,
		.presumed_offset = -1,
		.read_domains = I915_GEM_DOMAIN_RENDER,
	};

	self->last->relocs_ptr = (uintptr_t)unreadable(&reloc, sizeof(reloc));
	self->last->relocation_count = 1;
	REFUSED(EFAULT);
}

TEST_F(exec, a_fence_array_that_cannot_be_read)
{
	struct drm_i915_gem_exec_fence fence = {
		.handle = syncobj_create(self->fd, 0), .flags = I915_EXEC_FENCE_SIGNAL,
	};

	self->exec.arg.flags |= I915_EXEC_FENCE_ARRAY;
	self->exec.arg.cliprects_ptr = (uintptr_t)unreadable(&fence, sizeof(fence));
	self->exec.arg.num_cliprects = 1;
	REFUSED(EFAULT);
}

TEST_F(exec, timeline_fences_and_points_that_cannot_be_read)
{
	struct drm_i915_gem_exec_fence fence = {
		.handle = syncobj_create(self->fd, 0), .flags = I915_EXEC_FENCE_SIGNAL,
	};
	uint64_t point = 1;
	struct drm_i915_gem_execbuffer_ext_timeline_fences good = {
		.base.name = DRM_I915_GEM_EXECBUFFER_EXT_TIMELINE_FENCES,
		.fence_count = 1,
		.handles_ptr = (uintptr_t)&fence,
		.values_ptr = (uintptr_t)&point,
	}, ext;

	self->exec.arg.flags |= I915_EXEC_USE_EXTENSIONS;
	self->exec.arg.cliprects_ptr = (uintptr_t)unreadable(&good, sizeof(good));
	REFUSED(EFAULT);

	ext = good;
	ext.handles_ptr = (uintptr_t)unreadable(&fence, sizeof(fence));
	self->exec.arg.flags |= I915_EXEC_USE_EXTENSIONS;
	self->exec.arg.cliprects_ptr = (uintptr_t)&ext;
	REFUSED(EFAULT);

	ext = good;
	ext.values_ptr = (uintptr_t)unreadable(&point, sizeof(point));
	self->exec.arg.flags |= I915_EXEC_USE_EXTENSIONS;
	self->exec.arg.cliprects_ptr = (uintptr_t)&ext;
	REFUSED(EFAULT);
}

TEST_F(exec, the_argument_of_a_call)
{
	struct drm_i915_gem_execbuffer2 *arg = unreadable(&self->exec.arg, sizeof(*arg));
	struct drm_i915_gem_busy busy = { .handle = self->target }, *answer;

	EXPECT_ERR(EFAULT, vi915_ioctl(self->fd, DRM_IOCTL_I915_GEM_EXECBUFFER2_WR, arg));
	EXPECT_EQ(0, gem_busy(self->fd, self->target));
	/* The call works, but its answer cannot be written. */
	answer = unwritable(&busy, sizeof(busy));
	EXPECT_ERR(EFAULT, vi915_ioctl(self->fd, DRM_IOCTL_I915_GEM_BUSY, answer));
}

TEST_F(gpu, data_of_pread_and_pwrite)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE);
	uint32_t value = 0x12345678, seen = 0;

	gem_pwrite(self->fd, handle, 0, &value, sizeof(value));
	EXPECT_ERR(EFAULT, __gem_pwrite(self->fd, handle, 0,
					unreadable(&seen, sizeof(seen)), sizeof(seen)));
	EXPECT_ERR(EFAULT, __gem_pread(self->fd, handle, 0,
				       unreadable(&seen, sizeof(seen)), sizeof(seen)));
	EXPECT_ERR(EFAULT, __gem_pread(self->fd, handle, 0,
				       unwritable(&seen, sizeof(seen)), sizeof(seen)));
	gem_pread(self->fd, handle, 0, &seen, sizeof(seen));
	EXPECT_EQ(value, seen);
}

TEST_F(gpu, a_value_of_getparam)
{
	int value = 0;

	EXPECT_ERR(EFAULT, __gem_getparam(self->fd, I915_PARAM_CHIPSET_ID,
					  unwritable(&value, sizeof(value))));
	EXPECT_ERR(EFAULT, __gem_getparam(self->fd, I915_PARAM_CHIPSET_ID,
					  unreadable(&value, sizeof(value))));
}

/* An unreadable item fails the call, unwritable data fails the item. */
TEST_F(gpu, items_of_query_and_their_data)
{
	struct drm_i915_query_engine_info none[16] = {};
	struct drm_i915_query_item item = { .query_id = DRM_I915_QUERY_ENGINE_INFO };
	struct drm_i915_query query = { .num_items = 1 };

	query.items_ptr = (uintptr_t)unreadable(&item, sizeof(item));
	EXPECT_ERR(EFAULT, vi915_ioctl(self->fd, DRM_IOCTL_I915_QUERY, &query));
	/* The item asks for the length, which cannot be written. */
	query.items_ptr = (uintptr_t)unwritable(&item, sizeof(item));
	EXPECT_ERR(EFAULT, vi915_ioctl(self->fd, DRM_IOCTL_I915_QUERY, &query));

	item.length = sizeof(none);
	item.data_ptr = (uintptr_t)unreadable(none, sizeof(none));
	EXPECT_OK(__gem_query(self->fd, &item));
	EXPECT_EQ(-EFAULT, item.length);
	item.length = sizeof(none);
	item.data_ptr = (uintptr_t)unwritable(none, sizeof(none));
	EXPECT_OK(__gem_query(self->fd, &item));
	EXPECT_EQ(-EFAULT, item.length);
}

TEST_F(gpu, extensions_of_create)
{
	struct drm_i915_gem_memory_class_instance region = {
		.memory_class = I915_MEMORY_CLASS_SYSTEM,
	};
	struct drm_i915_gem_create_ext_memory_regions ext = {
		.base.name = I915_GEM_CREATE_EXT_MEMORY_REGIONS,
		.num_regions = 1,
		.regions = (uintptr_t)&region,
	};
	uint64_t size = VI915_PAGE;
	uint32_t handle;

	EXPECT_ERR(EFAULT, __gem_create_ext(self->fd, &size, 0, unreadable(&ext, sizeof(ext)),
					    &handle));
	ext.regions = (uintptr_t)unreadable(&region, sizeof(region));
	EXPECT_ERR(EFAULT, __gem_create_ext(self->fd, &size, 0, &ext, &handle));
}

TEST_F(gpu, parameters_of_contexts)
{
	const uint32_t use_extensions = I915_CONTEXT_CREATE_FLAGS_USE_EXTENSIONS;
	struct drm_i915_gem_context_create_ext_setparam ext =
		ctx_ext_setparam(I915_CONTEXT_PARAM_RECOVERABLE, 0, NULL);
	struct i915_context_param_engines no_engines = {};
	struct drm_i915_gem_context_param_sseu sseu = {
		.engine.engine_class = I915_ENGINE_CLASS_RENDER,
	};
	struct drm_i915_gem_context_param param = {};
	uint32_t ctx;

	EXPECT_ERR(EFAULT, __ctx_create_ext(self->fd, use_extensions,
					    unreadable(&ext, sizeof(ext)), &ctx));

	param.ctx_id = ctx_create(self->fd);
	param.param = I915_CONTEXT_PARAM_ENGINES;
	param.size = sizeof(no_engines);
	param.value = (uintptr_t)unreadable(&no_engines, sizeof(no_engines));
	EXPECT_ERR(EFAULT, __ctx_setparam(self->fd, &param));

	param.param = I915_CONTEXT_PARAM_SSEU;
	param.size = sizeof(sseu);
	param.value = (uintptr_t)unreadable(&sseu, sizeof(sseu));
	EXPECT_ERR(EFAULT, __ctx_getparam(self->fd, &param));
	param.size = sizeof(sseu);
	param.value = (uintptr_t)unwritable(&sseu, sizeof(sseu));
	EXPECT_ERR(EFAULT, __ctx_getparam(self->fd, &param));
}

TEST_F(gpu, handles_and_points_of_syncobjs)
{
	uint32_t handle = syncobj_create(self->fd, DRM_SYNCOBJ_CREATE_SIGNALED);
	uint64_t point = 0;
	struct drm_syncobj_wait wait = {
		.handles = (uintptr_t)unreadable(&handle, sizeof(handle)), .count_handles = 1,
	};
	struct drm_syncobj_timeline_array query = {
		.handles = (uintptr_t)&handle, .count_handles = 1,
	};

	EXPECT_ERR(EFAULT, vi915_ioctl(self->fd, DRM_IOCTL_SYNCOBJ_WAIT, &wait));
	query.points = (uintptr_t)unwritable(&point, sizeof(point));
	EXPECT_ERR(EFAULT, vi915_ioctl(self->fd, DRM_IOCTL_SYNCOBJ_QUERY, &query));
}

/* The memory core looks at this memory, without a copy. */
TEST_F(gpu, user_memory_of_an_object)
{
	char byte = 1;
	uint32_t handle = gem_userptr(self->fd, unreadable(&byte, 1), VI915_PAGE, 0);

	EXPECT_ERR(EFAULT, __gem_set_domain(self->fd, handle, I915_GEM_DOMAIN_CPU, 0));
	handle = gem_userptr(self->fd, unwritable(&byte, 1), VI915_PAGE, 0);
	EXPECT_ERR(EFAULT, __gem_set_domain(self->fd, handle, I915_GEM_DOMAIN_CPU,
					    I915_GEM_DOMAIN_CPU));
}

/* Other ways to user memory: strings, single words, atomics. */
TEST(other_calls)
{
	uint32_t word = 7;
	char path[] = "/";
	int zero = open("/dev/zero", O_RDONLY);

	EXPECT_EQ(-1, syscall(SYS_futex, unreadable(&word, sizeof(word)), FUTEX_WAIT_PRIVATE,
			      word + 1, NULL, NULL, 0));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, syscall(SYS_futex, &word, FUTEX_WAKE_OP_PRIVATE, 1, 1UL,
			      unwritable(&word, sizeof(word)),
			      FUTEX_OP(FUTEX_OP_SET, 1, FUTEX_OP_CMP_EQ, 0)));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, syscall(SYS_futex, unwritable(&word, sizeof(word)), FUTEX_LOCK_PI_PRIVATE,
			      0, NULL, NULL, 0));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, access(unreadable(path, sizeof(path)), F_OK));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, read(zero, unwritable(&word, sizeof(word)), sizeof(word)));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(0, access(unwritable(path, sizeof(path)), F_OK));
	close(zero);
}

/* A page that was only read so far can still be written by the kernel, permanently. */
TEST(a_page_that_was_only_read_yet)
{
	int zero = open("/dev/zero", O_RDONLY), one = memfd_create("one", 0);
	volatile uint32_t *map;
	uint32_t seen = 1;

	ASSERT_EQ(0, ftruncate(one, VI915_PAGE));
	map = mmap(NULL, VI915_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, one, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(0, map[0]);
	ASSERT_EQ(sizeof(seen), pwrite(one, &seen, sizeof(seen), 4));
	EXPECT_EQ(1, map[1]);
	EXPECT_EQ(sizeof(seen), read(zero, (void *)&map[1], sizeof(seen)));
	ASSERT_EQ(sizeof(seen), pread(one, &seen, sizeof(seen), 4));
	EXPECT_EQ(0, seen);
	close(zero);
	close(one);
}

TEST_HARNESS_MAIN
