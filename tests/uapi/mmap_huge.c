// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * A mapping of whole huge pages. Debian's kernel on x86 maps them as such,
 * User-Mode Linux has none. The bytes must be the same, whatever splits such a
 * mapping.
 */
#include "gpu_fixture.h"

#include <sys/resource.h>
#include <sys/wait.h>

#define SIZE (8UL << 20)
#define STEP (VI915_PAGE / sizeof(uint32_t))

FIXTURE(huge)
{
	int fd;
	uint32_t handle;
	uint32_t *map;
};

static long faults(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_minflt;
}

FIXTURE_SETUP(huge)
{
	long before;
	size_t i;

	self->fd = vi915_open_render("gpu0");
	self->handle = gem_create(self->fd, SIZE);
	self->map = gem_mmap_type(self->fd, self->handle, SIZE, I915_MMAP_OFFSET_WB);
	before = faults();
	for (i = 0; i < SIZE / 4; i += STEP)
		self->map[i] = i;
	vi915_note("%ld faults for %lu pages", faults() - before, SIZE / VI915_PAGE);
}

FIXTURE_TEARDOWN(huge)
{
	munmap(self->map, SIZE);
	close(self->fd);
}

/* Number of pages from @from to @to that do not hold what was written. */
static size_t wrong(const uint32_t *map, size_t from, size_t to)
{
	size_t num = 0, i;

	for (i = from / 4; i < to / 4; i += STEP)
		num += map[i] != i;
	return num;
}

TEST_F(huge, a_child_sees_the_bytes_and_so_does_its_parent_after_it)
{
	int status;
	pid_t child = fork();

	if (!child) {
		size_t bad = wrong(self->map, 0, SIZE);

		self->map[1] = 1;
		_exit(bad > 0);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(0, wrong(self->map, 0, SIZE));
	EXPECT_EQ(1, self->map[1]);
}

TEST_F(huge, a_hole_and_a_part_that_is_read_only_leave_the_rest)
{
	char *at = (char *)self->map;

	ASSERT_EQ(0, munmap(at + (1 << 20), VI915_PAGE));
	ASSERT_EQ(0, mprotect(at + (4 << 20), 1 << 20, PROT_READ));
	EXPECT_EQ(0, wrong(self->map, 0, 1 << 20));
	EXPECT_EQ(0, wrong(self->map, (1 << 20) + VI915_PAGE, SIZE));
	self->map[(5 << 20) / 4] = 5;
	EXPECT_EQ(5, self->map[(5 << 20) / 4]);
}

TEST_F(huge, what_was_dropped_comes_back)
{
	vi915_drop_caches(self->fd, DROP_BOUND | DROP_UNBOUND);
	EXPECT_EQ(0, wrong(self->map, 0, SIZE));
}

TEST_F(huge, other_ways_to_the_bytes_see_them)
{
	uint32_t *raw = malloc(SIZE);

	ASSERT_NE(NULL, raw);
	ASSERT_OK(__gem_pread(self->fd, self->handle, 0, raw, SIZE));
	EXPECT_EQ(0, wrong(raw, 0, SIZE));
	raw[3 * STEP] = 77;
	ASSERT_OK(__gem_pwrite(self->fd, self->handle, 3 * VI915_PAGE, raw + 3 * STEP, 4));
	EXPECT_EQ(77, self->map[3 * STEP]);
	free(raw);
}

TEST_HARNESS_MAIN
