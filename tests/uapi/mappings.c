// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * User-Mode Linux maps pages by calls to its host, which limits the number of
 * mappings of a process: 65530 by default. A process in the box that needs more
 * must fail alone.
 */
#include "test.h"

#include <sys/mman.h>
#include <sys/wait.h>

#include "proc.h"

/* More than the host's default limit. */
#define MANY 70000u

/* Every page is the zero page, so no two of them are one mapping of the host. */
static void map_many(void)
{
	volatile char *map = mmap(NULL, MANY * VI915_PAGE, PROT_READ,
				  MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	_exit(map == MAP_FAILED || map[0] || map[(MANY - 1) * VI915_PAGE]);
}

/* If the host allows as many, the process exits by itself. */
TEST(a_process_with_too_many_mappings_ends_alone)
{
	pid_t child = fork();
	int status;

	ASSERT_LE(0, child);
	if (child == 0)
		map_many();
	ASSERT_EQ(child, waitpid(child, &status, 0));
	/* Either the call was refused, or an access to the new memory failed. */
	EXPECT_EQ(WIFSIGNALED(status) ? SIGSEGV : 0,
		  WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));

	/* The next process is not affected. */
	child = fork();
	ASSERT_LE(0, child);
	if (child == 0)
		_exit(7);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(7, WEXITSTATUS(status));
}

TEST_HARNESS_MAIN
