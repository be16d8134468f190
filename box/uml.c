// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "link.h"
#include "say.h"
#include "uml.h"

#define VI915_UML_MAX_ARGS 32
/* CONFIG_HZ; UML has no other. */
#define VI915_UML_HZ 100

/**
 * struct vi915_uml_line - a command line as it grows
 * @argv: its arguments, NULL-terminated
 * @num: how many there are
 */
struct vi915_uml_line {
	char *argv[VI915_UML_MAX_ARGS];
	int num;
};

static void vi915_uml_add(struct vi915_uml_line *line, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void vi915_uml_add(struct vi915_uml_line *line, const char *format, ...)
{
	va_list args;

	if (line->num == VI915_UML_MAX_ARGS - 1)
		return;
	va_start(args, format);
	if (vasprintf(&line->argv[line->num], format, args) >= 0)
		line->num++;
	va_end(args);
}

static long vi915_uml_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000l + ts.tv_nsec;
}

/*
 * How often this CPU turns the kernel's delay loop in a tick. The kernel would
 * find out by itself, but takes half of its boot for that.
 */
static unsigned long vi915_uml_loops_per_tick(void)
{
	unsigned long loops = 300000, left, tries;
	long best = LONG_MAX, start, took;

	for (tries = 0; tries < 3; tries++) {
		left = loops;
		start = vi915_uml_ns();
		asm volatile(".align 16\n1:\tdec %0\n\tjnz 1b" : "+r"(left));
		took = vi915_uml_ns() - start;
		/* Somebody else's turn only ever adds to it. */
		if (took > 0 && took < best)
			best = took;
	}
	return loops * (1000000000ul / VI915_UML_HZ) / best;
}

static void vi915_uml_line(struct vi915_uml_line *line,
			   const struct vi915_uml_args *args)
{
	memset(line, 0, sizeof(*line));
	vi915_uml_add(line, "%s", args->kernel);
	vi915_uml_add(line, "mem=%luM", args->mem_mib);
	vi915_uml_add(line, "root=none");
	vi915_uml_add(line, "rootfstype=hostfs");
	vi915_uml_add(line, "rootflags=/");
	vi915_uml_add(line, "rw");
	/* The kernel cuts its line at blanks, except inside quotes. */
	vi915_uml_add(line, "init=\"%s\"", args->init);

	/* Its words go to the log; there is nothing to type at it. */
	vi915_uml_add(line, "con0=fd:0,fd:1");
	vi915_uml_add(line, "con=none");
	vi915_uml_add(line, "loglevel=8");
	vi915_uml_add(line, "printk.devkmsg=on");
	vi915_uml_add(line, "%s", vi915_link_kernel_arg());

	vi915_uml_add(line, "lpj=%lu", vi915_uml_loops_per_tick());

	/* Nobody would go on with a kernel that has lost its footing. */
	vi915_uml_add(line, "oops=panic");
	/*
	 * UML wants a folder of its own for a file with its pid, and leaves it
	 * behind when it is killed. It goes on when it cannot have one, and
	 * nothing can be made in /proc.
	 */
	vi915_uml_add(line, "uml_dir=/proc/");
	vi915_uml_add(line, "umid=vi915");
}

static void __attribute__((noreturn))
vi915_uml_exec(const struct vi915_uml_args *args,
	       const struct vi915_uml_line *line, pid_t parent)
{
	struct rlimit no_core = { 0, 0 }, files;
	sigset_t none;
	cpu_set_t cpus;
	int null, i;

	/* If we die without a word, so does the box. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(VI915_EXIT_FAILED);

	/* Out of reach of the terminal's signals, and one target to kill. */
	setsid();
	if (args->cpu >= 0) {
		CPU_ZERO(&cpus);
		CPU_SET(args->cpu, &cpus);
		sched_setaffinity(0, sizeof(cpus), &cpus);
	}
	setrlimit(RLIMIT_CORE, &no_core);
	/* Every file of the host that is open in the box is one of its own. */
	if (!getrlimit(RLIMIT_NOFILE, &files)) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	/*
	 * UML takes the gap between its program and its heap for memory that
	 * it must describe, and the host makes that gap up to gigabytes.
	 */
	personality(personality(0xffffffff) | ADDR_NO_RANDOMIZE);
	setenv("TMPDIR", args->mem_dir, 1);

	for (i = 1; i < NSIG; i++)
		signal(i, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);

	null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	/* Duplicates are inherited; everything else is close-on-exec. */
	if (dup2(null, 0) < 0 || dup2(args->log_fd, 1) < 0 ||
	    dup2(args->log_fd, 2) < 0)
		_exit(VI915_EXIT_FAILED);
	if (args->link_fd == VI915_LINK_FD)
		fcntl(VI915_LINK_FD, F_SETFD, 0);
	else if (dup2(args->link_fd, VI915_LINK_FD) < 0)
		_exit(VI915_EXIT_FAILED);
	/* What our own caller left open is no business of the box. */
	close_range(VI915_LINK_FD + 1, ~0U, CLOSE_RANGE_CLOEXEC);

	execv(line->argv[0], line->argv);
	dprintf(2, "cannot run %s: %s\n", line->argv[0], strerror(errno));
	_exit(VI915_EXIT_FAILED);
}

/**
 * vi915_uml_start() - start a guest's kernel
 * @args: how
 *
 * Return: its process, or -1 with errno.
 */
pid_t vi915_uml_start(const struct vi915_uml_args *args)
{
	struct vi915_uml_line line;
	pid_t parent = getpid(), pid;
	int i;

	/* Its processes become ours when it dies, so that none is missed. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	vi915_uml_line(&line, args);
	pid = fork();
	if (!pid)
		vi915_uml_exec(args, &line, parent);
	for (i = 0; i < line.num; i++)
		free(line.argv[i]);
	return pid;
}

/**
 * vi915_uml_kill() - end a guest and all its processes
 * @pid: what vi915_uml_start() gave
 *
 * Each guest process is a process here, in the kernel's session.
 */
void vi915_uml_kill(pid_t pid)
{
	struct timespec moment = { .tv_nsec = 1000000 };
	int status, tries;
	pid_t dead;

	for (tries = 0; tries < 2000; tries++) {
		/* It leads its session soon after it was started. */
		if (kill(-pid, SIGKILL) && !tries)
			kill(pid, SIGKILL);
		do
			dead = waitpid(-1, &status, WNOHANG | __WALL);
		while (dead > 0);
		if (dead < 0 && errno == ECHILD)
			return;
		nanosleep(&moment, NULL);
	}
}
