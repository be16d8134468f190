// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * User-Mode Linux maps each page by a call of its host, which limits how many
 * mappings a process may have: 65530, unless somebody raised that. Who needs more
 * fails alone.
 */
#include "test.h"

#include <sys/mman.h>
#include <sys/wait.h>

#include "proc.h"

/* More than the host's default. */
#define MANY 70000u

/* Each of its pages is the page of zeros, so none goes on where the last ended. */
static void map_many(void)
{
	volatile char *map = mmap(NULL, MANY * VI915_PAGE, PROT_READ,
				  MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	_exit(map == MAP_FAILED || map[0] || map[(MANY - 1) * VI915_PAGE]);
}

/* Where the host allows as many, the process ends by itself. */
TEST(a_process_with_too_many_mappings_ends_alone)
{
	pid_t child = fork();
	int status;

	ASSERT_LE(0, child);
	if (child == 0)
		map_many();
	ASSERT_EQ(child, waitpid(child, &status, 0));
	/* Either the call was refused, or the touch of what it gave. */
	EXPECT_EQ(WIFSIGNALED(status) ? SIGSEGV : 0,
		  WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));

	/* The next one has all that it needs. */
	child = fork();
	ASSERT_LE(0, child);
	if (child == 0)
		_exit(7);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(7, WEXITSTATUS(status));
}

TEST_HARNESS_MAIN
