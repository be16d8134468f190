// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* GEM_MMAP: the CPU mapping that the ioctl itself makes. */
#include "gpu_fixture.h"

#define SIZE (4 * VI915_PAGE)

FIXTURE(map)
{
	int fd;
	uint32_t handle;
};

FIXTURE_VARIANT(map)
{
	uint64_t flags;
};

FIXTURE_VARIANT_ADD(map, wb)
{
	.flags = 0,
};

FIXTURE_VARIANT_ADD(map, wc)
{
	.flags = I915_MMAP_WC,
};

FIXTURE_SETUP(map)
{
	self->fd = vi915_open_render("gpu0");
	self->handle = gem_create(self->fd, SIZE);
}

FIXTURE_TEARDOWN(map)
{
	close(self->fd);
}

static void *map(int fd, uint32_t handle, uint64_t offset, uint64_t size, uint64_t flags)
{
	return gem_mmap_at(VI915_AT, fd, handle, offset, size, flags);
}

TEST_F(map, what_is_written_is_read_back)
{
	char *ptr = map(self->fd, self->handle, 0, SIZE, variant->flags);
	char buf[SIZE];

	vi915_fill(ptr, SIZE, 1);
	gem_pread(self->fd, self->handle, 0, buf, SIZE);
	vi915_same(buf, SIZE, 1);

	vi915_fill(buf, SIZE, 2);
	gem_pwrite(self->fd, self->handle, 0, buf, SIZE);
	vi915_same(ptr, SIZE, 2);
	gem_munmap(ptr, SIZE);
}

TEST_F(map, a_part_of_the_object_maps_that_part)
{
	char *ptr = map(self->fd, self->handle, 2 * VI915_PAGE, VI915_PAGE, variant->flags);
	uint32_t word = 0x12345678, seen = 0;

	memcpy(ptr + 16, &word, sizeof(word));
	gem_pread(self->fd, self->handle, 2 * VI915_PAGE + 16, &seen, sizeof(seen));
	EXPECT_EQ(word, seen);
	gem_munmap(ptr, VI915_PAGE);
}

TEST_F(map, a_size_within_a_page_maps_the_page)
{
	char *ptr = map(self->fd, self->handle, VI915_PAGE, 100, variant->flags);

	EXPECT_EQ(0, vi915_read_signal(ptr + VI915_PAGE - 1));
	gem_munmap(ptr, VI915_PAGE);
}

TEST_F(map, the_mapping_outlives_handle_and_file)
{
	char *ptr = map(self->fd, self->handle, 0, SIZE, variant->flags);

	vi915_fill(ptr, SIZE, 3);
	gem_close(self->fd, self->handle);
	vi915_same(ptr, SIZE, 3);
	close(self->fd);
	self->fd = -1;
	vi915_same(ptr, SIZE, 3);
	vi915_fill(ptr, SIZE, 4);
	vi915_same(ptr, SIZE, 4);
	gem_munmap(ptr, SIZE);
}

TEST_F(map, two_mappings_show_the_same_pages)
{
	char *a = map(self->fd, self->handle, 0, SIZE, variant->flags);
	char *b = map(self->fd, self->handle, 0, SIZE, 0);

	EXPECT_NE(a, b);
	vi915_fill(a, SIZE, 5);
	vi915_same(b, SIZE, 5);
	vi915_fill(b, SIZE, 6);
	vi915_same(a, SIZE, 6);
}

TEST_F(map, unknown_handle_is_enoent)
{
	void *ptr;

	EXPECT_ERR(ENOENT, __gem_mmap(self->fd, BAD_HANDLE, 0, SIZE, variant->flags, &ptr));
	EXPECT_ERR(ENOENT, __gem_mmap(self->fd, 0, 0, SIZE, variant->flags, &ptr));
	EXPECT_ERR(ENOENT, __gem_mmap(self->fd, ~0u, 0, SIZE, variant->flags, &ptr));
}

TEST_F(map, a_range_beyond_the_object_is_einval)
{
	static const uint64_t ranges[][2] = {
		{ 0, SIZE + 1 },
		{ 0, SIZE + VI915_PAGE },
		{ VI915_PAGE, SIZE },
		{ SIZE, VI915_PAGE },
		{ SIZE, 0 },
		{ -VI915_PAGE, VI915_PAGE },
		{ -VI915_PAGE, 2 * VI915_PAGE },
		{ VI915_PAGE, -VI915_PAGE },
		{ 0, -1 },
	};
	unsigned int i;
	void *ptr;

	for (i = 0; i < ARRAY_SIZE(ranges); i++)
		EXPECT_ERR(EINVAL, __gem_mmap(self->fd, self->handle, ranges[i][0],
					      ranges[i][1], variant->flags, &ptr));
}

TEST_F(map, size_zero_is_einval)
{
	void *ptr;

	EXPECT_ERR(EINVAL, __gem_mmap(self->fd, self->handle, 0, 0, variant->flags, &ptr));
}

TEST_F(map, an_offset_within_a_page_is_einval)
{
	void *ptr;

	EXPECT_ERR(EINVAL, __gem_mmap(self->fd, self->handle, 1, VI915_PAGE, variant->flags,
				      &ptr));
	EXPECT_ERR(EINVAL, __gem_mmap(self->fd, self->handle, VI915_PAGE + 512, VI915_PAGE,
				      variant->flags, &ptr));
}

TEST_F(map, flags_other_than_wc_are_einval)
{
	void *ptr;
	int bit;

	for (bit = 1; bit < 64; bit++)
		EXPECT_ERR(EINVAL, __gem_mmap(self->fd, self->handle, 0, SIZE,
					      variant->flags | 1ULL << bit, &ptr));
}

/* Argument of GEM_MMAP before it had flags. */
struct mmap_without_flags {
	uint32_t handle;
	uint32_t pad;
	uint64_t offset;
	uint64_t size;
	uint64_t addr_ptr;
};

#define OLD_MMAP DRM_IOWR(DRM_COMMAND_BASE + DRM_I915_GEM_MMAP, struct mmap_without_flags)

TEST_F(gpu, programs_older_than_the_flags_map_wb)
{
	struct {
		struct mmap_without_flags map;
		uint64_t behind;
	} arg = {
		.map.handle = gem_create(self->fd, SIZE),
		.map.size = SIZE,
		.behind = ~0ULL,
	};

	ASSERT_OK(vi915_ioctl(self->fd, OLD_MMAP, &arg));
	EXPECT_EQ(0, vi915_write_signal((void *)(uintptr_t)arg.map.addr_ptr));
	EXPECT_EQ(~0ULL, arg.behind);
}

TEST_F(map, userptr_is_enxio)
{
	void *mem = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint32_t handle = gem_userptr(self->fd, mem, SIZE, 0);
	void *ptr;

	EXPECT_ERR(ENXIO, __gem_mmap(self->fd, handle, 0, SIZE, variant->flags, &ptr));
}

TEST_F(map, refused_calls_leave_no_mapping)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	int c, before = 0, after = 0;
	void *ptr;
	int i;

	while ((c = getc(maps)) != EOF)
		before += c == '\n';
	for (i = 0; i < 10; i++) {
		__gem_mmap(self->fd, self->handle, 0, SIZE + 1, variant->flags, &ptr);
		__gem_mmap(self->fd, BAD_HANDLE, 0, SIZE, variant->flags, &ptr);
	}
	rewind(maps);
	while ((c = getc(maps)) != EOF)
		after += c == '\n';
	fclose(maps);
	EXPECT_EQ(before, after);
}

TEST_HARNESS_MAIN
