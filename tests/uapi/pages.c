// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * When pages are allocated and freed: on first use, and under memory pressure.
 * The state in debugfs is compared with the kernel's counters.
 */
#include "gpu_fixture.h"

#include <sys/resource.h>
#include <sys/sysinfo.h>

/* A size that no other object of the box has. */
#define SIZE (37 * VI915_PAGE)
#define PAGES 37

static uint64_t pages_of(int fd, uint64_t size)
{
	struct vi915_object object;

	vi915_object_find(fd, 0, size, &object);
	return object.pages;
}

TEST_F(gpu, create_takes_no_pages)
{
	struct vi915_object object;

	gem_create(self->fd, SIZE);
	vi915_object_find(self->fd, 0, SIZE, &object);
	EXPECT_EQ(0, object.pages);
	EXPECT_EQ(0, object.users);
	EXPECT_EQ(0, object.ino);
	EXPECT_STREQ("shmem", object.kind);
	EXPECT_STREQ("will", object.madv);
}

TEST_F(gpu, a_huge_object_costs_nothing_until_it_is_touched)
{
	uint64_t size = 1ULL << 40;
	long before = vi915_meminfo("MemAvailable");
	uint32_t handle = gem_create(self->fd, size);

	EXPECT_EQ(0, pages_of(self->fd, size));
	EXPECT_LT(before - vi915_meminfo("MemAvailable"), 32 << 10);
	gem_close(self->fd, handle);
}

TEST_F(gpu, touching_more_than_there_is_memory_is_enomem_and_no_harm)
{
	uint32_t handle = gem_create(self->fd, 2048ULL * vi915_meminfo("MemTotal"));
	long before = vi915_meminfo("MemAvailable");
	char byte = 0;

	EXPECT_ERR(ENOMEM, __gem_pwrite(self->fd, handle, 0, &byte, 1));
	EXPECT_ERR(ENOMEM, __gem_set_domain(self->fd, handle, I915_GEM_DOMAIN_CPU, 0));
	EXPECT_LT(before - vi915_meminfo("MemAvailable"), 32 << 10);
}

static void touch_pread(int fd, uint32_t handle)
{
	char byte;

	gem_pread(fd, handle, 0, &byte, 1);
}

static void touch_pwrite(int fd, uint32_t handle)
{
	char byte = 1;

	gem_pwrite(fd, handle, SIZE - 1, &byte, 1);
}

static void touch_set_domain(int fd, uint32_t handle)
{
	gem_set_domain(fd, handle, I915_GEM_DOMAIN_CPU, 0);
}

static void touch_mmap_read(int fd, uint32_t handle)
{
	vi915_read_signal(gem_mmap_type(fd, handle, SIZE, I915_MMAP_OFFSET_WB));
}

static void touch_gtt_write(int fd, uint32_t handle)
{
	vi915_write_signal(gem_mmap_gtt(fd, handle, SIZE));
}

static void touch_dmabuf(int fd, uint32_t handle)
{
	vi915_write_signal(dmabuf_mmap(prime_export(fd, handle), SIZE));
}

TEST_F(gpu, each_first_use_takes_all_pages)
{
	static void (*const touch[])(int fd, uint32_t handle) = {
		touch_pread, touch_pwrite, touch_set_domain, touch_mmap_read, touch_gtt_write,
		touch_dmabuf,
	};
	uint32_t handle;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(touch); i++) {
		int fd = vi915_reopen(self->fd);
		uint64_t size = SIZE + i * VI915_PAGE;

		handle = gem_create(fd, size);
		EXPECT_EQ(0, pages_of(fd, size));
		touch[i](fd, handle);
		EXPECT_EQ(PAGES + i, pages_of(fd, size)) {
			TH_LOG("use %u", i);
		}
	}
}

TEST_F(gpu, what_names_the_object_without_using_it_takes_no_pages)
{
	uint32_t handle = gem_create(self->fd, SIZE), word;
	struct drm_i915_gem_get_tiling tiling;
	int other = vi915_open_render("gpu1");
	int dmabuf = prime_export(self->fd, handle);
	uint64_t offset;

	prime_import(self->fd, dmabuf);
	prime_import(other, dmabuf);
	gem_set_tiling(self->fd, handle, I915_TILING_X, 512);
	__gem_get_tiling(self->fd, handle, &tiling);
	gem_set_caching(self->fd, handle, I915_CACHING_NONE);
	gem_busy(self->fd, handle);
	__gem_wait(self->fd, handle, NULL);
	gem_sw_finish(self->fd, handle);
	__gem_madvise(self->fd, handle, I915_MADV_WILLNEED, &word);
	__gem_mmap_offset(self->fd, handle, I915_MMAP_OFFSET_WB, &offset);
	gem_mmap_gtt(self->fd, handle, SIZE);
	dmabuf_mmap(dmabuf, SIZE);
	dmabuf_size(dmabuf);
	EXPECT_EQ(0, pages_of(self->fd, SIZE));
	close(other);
}

TEST_F(gpu, pages_stay_after_use_and_go_when_asked_for)
{
	uint32_t handle = gem_create(self->fd, SIZE);
	char buf[64];

	vi915_fill(buf, sizeof(buf), 1);
	gem_pwrite(self->fd, handle, 0, buf, sizeof(buf));
	EXPECT_EQ(PAGES, pages_of(self->fd, SIZE));
	vi915_drop_caches(self->fd, DROP_RETIRE | DROP_FREED);
	EXPECT_EQ(PAGES, pages_of(self->fd, SIZE));
	vi915_drop_caches(self->fd, DROP_PAGES);
	EXPECT_EQ(0, pages_of(self->fd, SIZE));
	memset(buf, 0, sizeof(buf));
	gem_pread(self->fd, handle, 0, buf, sizeof(buf));
	vi915_same(buf, sizeof(buf), 1);
	EXPECT_EQ(PAGES, pages_of(self->fd, SIZE));
}

static long faults(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_minflt + usage.ru_majflt;
}

TEST_F(gpu, a_fault_maps_the_pages_around_it_too)
{
	const unsigned int pages = 256;
	volatile char *map;
	unsigned int i;
	long before;

	map = gem_mmap_gtt(self->fd, gem_create(self->fd, pages * VI915_PAGE),
			   pages * VI915_PAGE);
	before = faults();
	for (i = 0; i < pages; i++)
		map[i * VI915_PAGE] = 1;
	EXPECT_LE(faults() - before, pages / 8);
}

TEST_F(gpu, a_mapped_object_gives_pages_back_and_takes_them_again)
{
	uint32_t handle = gem_create(self->fd, SIZE);
	char *wb = gem_mmap_type(self->fd, handle, SIZE, I915_MMAP_OFFSET_WB);
	char *gtt = gem_mmap_gtt(self->fd, handle, SIZE);
	int round;

	for (round = 0; round < 5; round++) {
		vi915_fill(wb, SIZE, round);
		vi915_drop_caches(self->fd, DROP_PAGES);
		EXPECT_EQ(0, pages_of(self->fd, SIZE));
		vi915_same(gtt, SIZE, round);
	}
}

/* The owner of the fence may still use the pages. */
TEST_F(gpu, a_busy_object_keeps_pages_and_contents_until_it_is_idle)
{
	uint32_t handle = gem_create(self->fd, SIZE);
	int timeline = sw_timeline();
	char byte = 7;

	gem_pwrite(self->fd, handle, 0, &byte, 1);
	gem_attach_fence(self->fd, handle, sw_fence(timeline, 1), DMA_BUF_SYNC_READ);
	vi915_drop_caches(self->fd, DROP_PAGES);
	EXPECT_EQ(PAGES, pages_of(self->fd, SIZE));
	EXPECT_EQ(1, gem_madvise(self->fd, handle, I915_MADV_DONTNEED));
	vi915_drop_caches(self->fd, DROP_PAGES);
	EXPECT_EQ(1, gem_madvise(self->fd, handle, I915_MADV_DONTNEED));
	EXPECT_EQ(PAGES, pages_of(self->fd, SIZE));
	sw_signal(timeline, 1);
	vi915_drop_caches(self->fd, DROP_PAGES);
	EXPECT_EQ(0, pages_of(self->fd, SIZE));
	EXPECT_EQ(0, gem_madvise(self->fd, handle, I915_MADV_WILLNEED));
}

/* Marks many MiB and watches shmem shrink: purging frees memory. */
TEST_F(gpu, purging_gives_the_memory_back_to_the_kernel)
{
	const uint64_t size = 16 << 20;
	uint32_t handle = gem_create(self->fd, size);
	long before, full, after;

	before = vi915_meminfo("Shmem");
	gem_set_domain(self->fd, handle, I915_GEM_DOMAIN_CPU, 0);
	full = vi915_meminfo("Shmem");
	EXPECT_GE(full - before, 15 << 10);
	gem_madvise(self->fd, handle, I915_MADV_DONTNEED);
	EXPECT_GE(vi915_meminfo("Shmem") - before, 15 << 10);
	vi915_drop_caches(self->fd, DROP_PAGES);
	after = vi915_meminfo("Shmem");
	EXPECT_LT(after - before, 2 << 10);
}

TEST_F(gpu, closing_gives_the_memory_back_to_the_kernel)
{
	const uint64_t size = 16 << 20;
	long before = vi915_meminfo("Shmem");
	uint32_t handle = gem_create(self->fd, size);

	gem_set_domain(self->fd, handle, I915_GEM_DOMAIN_CPU, 0);
	EXPECT_GE(vi915_meminfo("Shmem") - before, 15 << 10);
	gem_close(self->fd, handle);
	vi915_drop_caches(self->fd, DROP_FREED | DROP_RCU);
	EXPECT_LT(vi915_meminfo("Shmem") - before, 2 << 10);
}

/*
 * More DONTNEED objects than memory: each is filled, so without a shrinker the
 * kernel would run out of memory and kill this process.
 */
TEST_F_TIMEOUT(gpu, memory_pressure_takes_what_is_not_needed, 120)
{
	const uint64_t size = 16 << 20;
	struct sysinfo si;
	uint32_t retained;
	int i, n, purged = 0;

	ASSERT_EQ(0, sysinfo(&si));
	n = (uint64_t)si.totalram * si.mem_unit / size + 4;
	for (i = 0; i < n; i++) {
		uint32_t handle = gem_create(self->fd, size);

		gem_set_domain(self->fd, handle, I915_GEM_DOMAIN_CPU, 0);
		gem_madvise(self->fd, handle, I915_MADV_DONTNEED);
	}
	for (i = 1; i <= n; i++) {
		vi915_check(__gem_madvise(self->fd, i, I915_MADV_WILLNEED, &retained));
		purged += !retained;
	}
	EXPECT_GE(purged, 4);
	EXPECT_LE(purged, n);
}

TEST_F(gpu, an_object_mapped_by_an_importer_keeps_its_pages)
{
	uint32_t handle = gem_create(self->fd, SIZE);
	int gpu1 = vi915_open_render("gpu1");
	int dmabuf = prime_export(self->fd, handle);
	uint32_t import = prime_import(gpu1, dmabuf);
	struct vi915_object object;
	char *gtt = gem_mmap_gtt(gpu1, import, SIZE);

	vi915_fill(gtt, SIZE, 1);
	vi915_object_find(self->fd, dmabuf_inode(dmabuf), SIZE, &object);
	EXPECT_EQ(PAGES, object.pages);
	EXPECT_STREQ("shmem", object.kind);
	vi915_object_find(gpu1, dmabuf_inode(dmabuf), SIZE, &object);
	EXPECT_EQ(PAGES, object.pages);
	EXPECT_EQ(1, object.mapped);
	EXPECT_STREQ("import", object.kind);
	vi915_same(gtt, SIZE, 1);
	close(gpu1);
}

TEST_HARNESS_MAIN
