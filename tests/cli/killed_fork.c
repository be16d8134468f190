// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * A process that is killed during fork leaves a half-copied address space of
 * the child, which the kernel must free. In a box of its own, with the fast
 * kernel: with the debug kernel an alarm would hit the checks instead of the
 * copy.
 */
#include "test.h"

#include "proc.h"

#include <limits.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>

#define TRIES 10
#define MAPPINGS 2500

/* Many mappings to copy, none of which can be merged with its neighbour. */
static void map_pages(void)
{
	unsigned int i;
	char *map;

	map = mmap(NULL, 2 * MAPPINGS * VI915_PAGE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	for (i = 0; i < MAPPINGS; i++)
		mprotect(map + 2 * i * VI915_PAGE, VI915_PAGE, PROT_READ);
}

/* Forks until the alarm arrives during a fork. */
static void fork_until_killed(unsigned int microseconds)
{
	struct itimerval alarm = { .it_value.tv_usec = microseconds };
	pid_t child;

	setitimer(ITIMER_REAL, &alarm, NULL);
	for (;;) {
		child = fork();
		if (child == 0)
			_exit(0);
		if (child > 0)
			waitpid(child, NULL, 0);
	}
}

FIXTURE(box)
{
	int unused;
};

FIXTURE_SETUP(box)
{
	map_pages();
}

FIXTURE_TEARDOWN(box)
{
}

TEST_F_TIMEOUT(box, killed_while_it_forks, 120)
{
	unsigned int try, microseconds = 1500, killed = 0;
	int status;
	pid_t child;

	for (try = 0; try < TRIES; try++, microseconds += microseconds / 2) {
		child = fork();
		ASSERT_LE(0, child);
		if (child == 0)
			fork_until_killed(microseconds);
		ASSERT_EQ(child, waitpid(child, &status, 0));
		killed += WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM;
	}
	EXPECT_EQ(TRIES, killed);
}

int main(int argc, char **argv)
{
	const char *vi915 = getenv("VI915");
	char self[PATH_MAX] = "";

	if (argc > 1)
		return test_harness_run(1, argv);
	if (vi915 && readlink("/proc/self/exe", self, sizeof(self) - 1) > 0)
		execl(vi915, vi915, "run", "--gpus", "1", "--", self, "inside", NULL);
	printf("Bail out! VI915 does not name the command\n");
	return 1;
}
