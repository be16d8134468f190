// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* USERPTR: an object made of memory of the calling process. */
#include "gpu_fixture.h"

#include <pthread.h>

#define SIZE (8 * VI915_PAGE)

FIXTURE(user)
{
	int fd;
	char *mem;
};

FIXTURE_SETUP(user)
{
	self->fd = vi915_open_render("gpu0");
	self->mem = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->mem);
}

FIXTURE_TEARDOWN(user)
{
	close(self->fd);
}

static int try_userptr(int fd, void *ptr, uint64_t size, uint32_t flags)
{
	uint32_t handle = 0;
	int ret = __gem_userptr(fd, ptr, size, flags, &handle);

	if (!ret)
		gem_close(fd, handle);
	return ret;
}

/* Makes the object get its pages, as a job does. */
static int use(int fd, uint32_t handle)
{
	return __gem_set_domain(fd, handle, I915_GEM_DOMAIN_GTT, I915_GEM_DOMAIN_GTT);
}

TEST_F(user, anonymous_memory_becomes_an_object)
{
	uint32_t handle = gem_userptr(self->fd, self->mem, SIZE, 0);
	struct vi915_object object;

	vi915_fill(self->mem, SIZE, 1);
	EXPECT_OK(use(self->fd, handle));
	vi915_same(self->mem, SIZE, 1);
	vi915_object_find(self->fd, 0, SIZE, &object);
	EXPECT_STREQ("userptr", object.kind);
	EXPECT_EQ(8, object.pages);
}

TEST_F(user, creating_touches_no_memory)
{
	struct vi915_object object;

	gem_userptr(self->fd, self->mem, SIZE, I915_USERPTR_PROBE);
	vi915_object_find(self->fd, 0, SIZE, &object);
	EXPECT_EQ(0, object.pages);
	EXPECT_EQ(0, vi915_pfn(self->mem));
}

TEST_F(user, every_cpu_domain_works)
{
	uint32_t handle = gem_userptr(self->fd, self->mem, SIZE, 0);

	EXPECT_OK(__gem_set_domain(self->fd, handle, I915_GEM_DOMAIN_CPU, 0));
	EXPECT_OK(__gem_set_domain(self->fd, handle, I915_GEM_DOMAIN_CPU, I915_GEM_DOMAIN_CPU));
	EXPECT_OK(__gem_set_domain(self->fd, handle, I915_GEM_DOMAIN_GTT, 0));
	EXPECT_OK(__gem_set_domain(self->fd, handle, I915_GEM_DOMAIN_WC, 0));
}

TEST_F(user, memory_of_files_works_too)
{
	int fd = memfd_create("vi915-test", MFD_CLOEXEC);
	void *mem;

	ASSERT_EQ(0, ftruncate(fd, SIZE));
	mem = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	EXPECT_OK(use(self->fd, gem_userptr(self->fd, mem, SIZE, I915_USERPTR_PROBE)));
}

TEST_F(user, two_objects_over_the_same_memory_work)
{
	uint32_t a = gem_userptr(self->fd, self->mem, SIZE, 0);
	uint32_t b = gem_userptr(self->fd, self->mem + VI915_PAGE, 2 * VI915_PAGE, 0);

	EXPECT_OK(use(self->fd, a));
	EXPECT_OK(use(self->fd, b));
	EXPECT_OK(use(self->fd, a));
}

TEST_F(user, size_zero_is_einval)
{
	EXPECT_ERR(EINVAL, try_userptr(self->fd, self->mem, 0, 0));
}

TEST_F(user, what_is_no_whole_number_of_pages_is_einval)
{
	EXPECT_ERR(EINVAL, try_userptr(self->fd, self->mem, VI915_PAGE + 1, 0));
	EXPECT_ERR(EINVAL, try_userptr(self->fd, self->mem, 1, 0));
	EXPECT_ERR(EINVAL, try_userptr(self->fd, self->mem + 1, VI915_PAGE, 0));
	EXPECT_ERR(EINVAL, try_userptr(self->fd, self->mem + 2048, VI915_PAGE, 0));
}

TEST_F(user, unknown_flags_are_einval)
{
	const uint32_t known = I915_USERPTR_READ_ONLY | I915_USERPTR_PROBE |
			       I915_USERPTR_UNSYNCHRONIZED;
	uint32_t flag;

	for (flag = 1; flag; flag <<= 1)
		if (!(flag & known))
			EXPECT_ERR(EINVAL, try_userptr(self->fd, self->mem, SIZE, flag));
}

TEST_F(user, kernel_addresses_are_efault)
{
	EXPECT_ERR(EFAULT, try_userptr(self->fd, (void *)0xffff888000000000UL, SIZE, 0));
}

/* Whether page tables have five levels, which makes user space larger. */
static bool is_wide(void)
{
	void *high = mmap((void *)(1UL << 48), VI915_PAGE, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	vi915_require(high != MAP_FAILED);
	munmap(high, VI915_PAGE);
	return (unsigned long)high >= 1UL << 47;
}

TEST_F(user, a_range_that_leaves_user_space_is_efault)
{
	if (!is_wide())
		EXPECT_ERR(EFAULT, try_userptr(self->fd, self->mem, 1ULL << 42, 0));
	EXPECT_ERR(EFAULT, try_userptr(self->fd, (void *)((1UL << 56) - VI915_PAGE), SIZE, 0));
}

TEST_F(user, more_than_an_object_can_be_is_e2big)
{
	EXPECT_ERR(E2BIG, try_userptr(self->fd, self->mem, 1ULL << 62, 0));
	EXPECT_ERR(E2BIG, try_userptr(self->fd, NULL, 1ULL << 62, 0));
}

TEST_F(user, unsynchronized_is_enodev)
{
	EXPECT_ERR(ENODEV, try_userptr(self->fd, self->mem, SIZE, I915_USERPTR_UNSYNCHRONIZED));
}

TEST_F(user, read_only_is_enodev)
{
	EXPECT_ERR(ENODEV, try_userptr(self->fd, self->mem, SIZE, I915_USERPTR_READ_ONLY));
}

TEST_F(user, probe_of_memory_works)
{
	EXPECT_OK(try_userptr(self->fd, self->mem, SIZE, I915_USERPTR_PROBE));
}

TEST_F(user, probe_of_several_mappings_side_by_side_works)
{
	ASSERT_EQ(0, mprotect(self->mem + VI915_PAGE, VI915_PAGE, PROT_READ));
	EXPECT_OK(try_userptr(self->fd, self->mem, SIZE, I915_USERPTR_PROBE));
}

TEST_F(user, probe_of_a_hole_is_efault)
{
	gem_munmap(self->mem + 3 * VI915_PAGE, VI915_PAGE);
	EXPECT_ERR(EFAULT, try_userptr(self->fd, self->mem, SIZE, I915_USERPTR_PROBE));
	EXPECT_ERR(EFAULT, try_userptr(self->fd, self->mem + 3 * VI915_PAGE, VI915_PAGE,
				       I915_USERPTR_PROBE));
	EXPECT_OK(try_userptr(self->fd, self->mem, 3 * VI915_PAGE, I915_USERPTR_PROBE));
	EXPECT_OK(try_userptr(self->fd, self->mem, SIZE, 0));
}

TEST_F(user, probe_of_a_hole_at_either_end_is_efault)
{
	gem_munmap(self->mem, VI915_PAGE);
	gem_munmap(self->mem + SIZE - VI915_PAGE, VI915_PAGE);
	EXPECT_ERR(EFAULT, try_userptr(self->fd, self->mem, 4 * VI915_PAGE, I915_USERPTR_PROBE));
	EXPECT_ERR(EFAULT, try_userptr(self->fd, self->mem + 4 * VI915_PAGE, 4 * VI915_PAGE,
				       I915_USERPTR_PROBE));
}

TEST_F(user, probe_of_a_gem_mapping_is_efault)
{
	uint32_t handle = gem_create(self->fd, SIZE);

	EXPECT_ERR(EFAULT, try_userptr(self->fd, gem_mmap_gtt(self->fd, handle, SIZE), SIZE,
				       I915_USERPTR_PROBE));
	EXPECT_ERR(EFAULT, try_userptr(self->fd,
				       gem_mmap_type(self->fd, handle, SIZE, I915_MMAP_OFFSET_WB),
				       SIZE, I915_USERPTR_PROBE));
}

TEST_F(user, a_gem_mapping_can_be_named_and_not_used)
{
	uint32_t handle = gem_create(self->fd, SIZE);
	void *gtt = gem_mmap_gtt(self->fd, handle, SIZE);

	vi915_write_signal(gtt);
	EXPECT_ERR(EFAULT, use(self->fd, gem_userptr(self->fd, gtt, SIZE, 0)));
}

TEST_F(user, null_can_be_named_and_not_used)
{
	EXPECT_ERR(EFAULT, use(self->fd, gem_userptr(self->fd, NULL, SIZE, 0)));
	EXPECT_ERR(EFAULT, try_userptr(self->fd, NULL, SIZE, I915_USERPTR_PROBE));
}

TEST_F(user, read_only_memory_is_efault_when_used)
{
	ASSERT_EQ(0, mprotect(self->mem, SIZE, PROT_READ));
	EXPECT_ERR(EFAULT, use(self->fd, gem_userptr(self->fd, self->mem, SIZE, 0)));
}

TEST_F(user, use_after_munmap_is_efault)
{
	uint32_t handle = gem_userptr(self->fd, self->mem, SIZE, 0);

	gem_munmap(self->mem, SIZE);
	EXPECT_ERR(EFAULT, use(self->fd, handle));
}

TEST_F(user, use_after_munmap_of_used_memory_is_efault)
{
	uint32_t handle = gem_userptr(self->fd, self->mem, SIZE, 0);

	ASSERT_OK(use(self->fd, handle));
	gem_munmap(self->mem, SIZE);
	EXPECT_ERR(EFAULT, use(self->fd, handle));
	EXPECT_ERR(EFAULT, __gem_set_domain(self->fd, handle, I915_GEM_DOMAIN_CPU, 0));
}

TEST_F(user, use_after_munmap_of_one_page_is_efault)
{
	uint32_t handle = gem_userptr(self->fd, self->mem, SIZE, 0);

	ASSERT_OK(use(self->fd, handle));
	gem_munmap(self->mem + 5 * VI915_PAGE, VI915_PAGE);
	EXPECT_ERR(EFAULT, use(self->fd, handle));
}

TEST_F(user, new_memory_at_the_old_address_is_used_instead)
{
	uint32_t handle = gem_userptr(self->fd, self->mem, SIZE, 0);
	void *again;

	ASSERT_OK(use(self->fd, handle));
	again = mmap(self->mem, SIZE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	ASSERT_EQ(self->mem, again);
	EXPECT_OK(use(self->fd, handle));
	vi915_fill(self->mem, SIZE, 2);
	vi915_drop_caches(self->fd, DROP_PAGES);
	vi915_same(self->mem, SIZE, 2);
}

TEST_F(user, memory_can_be_given_back_to_the_kernel_and_used_again)
{
	uint32_t handle = gem_userptr(self->fd, self->mem, SIZE, 0);

	vi915_fill(self->mem, SIZE, 3);
	ASSERT_OK(use(self->fd, handle));
	ASSERT_EQ(0, madvise(self->mem, SIZE, MADV_DONTNEED));
	EXPECT_EQ(0, self->mem[0]);
	EXPECT_OK(use(self->fd, handle));
}

TEST_F(user, the_object_can_be_closed_before_and_after_its_memory)
{
	uint32_t a = gem_userptr(self->fd, self->mem, SIZE, 0);
	uint32_t b = gem_userptr(self->fd, self->mem, SIZE, 0);

	ASSERT_OK(use(self->fd, a));
	ASSERT_OK(use(self->fd, b));
	gem_close(self->fd, a);
	vi915_fill(self->mem, SIZE, 4);
	vi915_same(self->mem, SIZE, 4);
	gem_munmap(self->mem, SIZE);
	gem_close(self->fd, b);
}

TEST_F(user, a_child_cannot_use_its_parents_memory_and_does_no_harm)
{
	uint32_t handle = gem_userptr(self->fd, self->mem, SIZE, 0);
	int status;
	pid_t pid;

	vi915_fill(self->mem, SIZE, 5);
	ASSERT_OK(use(self->fd, handle));
	pid = fork();
	if (!pid)
		_exit(use(self->fd, handle) == -EFAULT ? 0 : 1);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_OK(use(self->fd, handle));
	vi915_same(self->mem, SIZE, 5);
}

/* Rule R12. */
TEST_F(user, export_is_einval)
{
	uint32_t handle = gem_userptr(self->fd, self->mem, SIZE, 0);
	int dmabuf;

	EXPECT_ERR(EINVAL, __prime_export(self->fd, handle, DRM_RDWR, &dmabuf));
	EXPECT_ERR(EINVAL, __prime_export(self->fd, handle, DRM_CLOEXEC, &dmabuf));
}

TEST_F(user, a_mapping_of_a_dmabuf_cannot_be_used)
{
	int dmabuf = prime_export(self->fd, gem_create(self->fd, SIZE));
	void *map = dmabuf_mmap(dmabuf, SIZE);

	vi915_write_signal(map);
	EXPECT_ERR(EFAULT, use(self->fd, gem_userptr(self->fd, map, SIZE, 0)));
	EXPECT_ERR(EFAULT, try_userptr(self->fd, map, SIZE, I915_USERPTR_PROBE));
}

static void *churn(void *arg)
{
	char *mem = arg;
	int i;

	for (i = 0; i < 300; i++) {
		mmap(mem, SIZE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		mem[i % SIZE] = i;
	}
	return NULL;
}

/* Every call succeeds or is EFAULT; nothing hangs and nothing leaks. */
TEST_F(user, use_while_the_mapping_changes_is_fine_or_efault)
{
	uint32_t handle = gem_userptr(self->fd, self->mem, SIZE, 0);
	pthread_t thread;
	int i, ret;

	ASSERT_EQ(0, pthread_create(&thread, NULL, churn, self->mem));
	for (i = 0; i < 300; i++) {
		ret = use(self->fd, handle);
		EXPECT_TRUE(ret == 0 || ret == -EFAULT) {
			TH_LOG("%s", vi915_errname(ret));
		}
	}
	pthread_join(thread, NULL);
	EXPECT_OK(use(self->fd, handle));
}

TEST_HARNESS_MAIN
