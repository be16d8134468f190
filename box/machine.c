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
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "confine.h"
#include "link.h"
#include "machine.h"
#include "say.h"

/* Killed processes take time on a busy host; those stuck on a disk never end. */
#define VI915_MACHINE_KILL_TRIES 30000

/**
 * DOC: the host process of a box's kernel
 *
 * User-Mode Linux and QEMU are started and ended alike: they have no terminal, they inherit only
 * the log and the link, and they die with us.
 */

/**
 * vi915_machine_add() - add an argument to the command line
 * @machine: the machine
 * @format: the argument, as for printf
 */
void vi915_machine_add(struct vi915_machine *machine, const char *format, ...)
{
	va_list args;

	if (machine->num == VI915_MACHINE_MAX_ARGS - 1)
		return;
	va_start(args, format);
	if (vasprintf(&machine->argv[machine->num], format, args) >= 0)
		machine->num++;
	va_end(args);
}

static void __attribute__((noreturn)) vi915_machine_fail(const char *what)
{
	dprintf(2, "%s: %s\n", what, strerror(errno));
	_exit(VI915_EXIT_FAILED);
}

/* Hands @fd on under the number @as. */
static void vi915_machine_inherit(int fd, int as)
{
	/* dup2() clears close-on-exec, but not if both numbers are the same. */
	if (fd == as)
		fcntl(fd, F_SETFD, 0);
	else if (fd < 0 || dup2(fd, as) < 0)
		vi915_machine_fail("cannot open what the box's kernel needs");
}

/*
 * Opens the memory's file, which User-Mode Linux would do by itself if it were not confined. Its
 * number is above all fixed ones.
 */
static int vi915_machine_open_memory(const struct vi915_machine *machine)
{
	char name[PATH_MAX];
	int fd;

	if (machine->in_memory)
		return fcntl(memfd_create("vi915", MFD_CLOEXEC), F_DUPFD_CLOEXEC, 16);
	fd = open(machine->mem_dir, O_RDWR | O_EXCL | O_TMPFILE | O_CLOEXEC, 0700);
	if (fd < 0) {
		snprintf(name, sizeof(name), "%s/vi915-XXXXXX", machine->mem_dir);
		fd = mkostemp(name, O_CLOEXEC);
		if (fd >= 0)
			unlink(name);
	}
	return fcntl(fd, F_DUPFD_CLOEXEC, 16);
}

static void vi915_machine_preload(const char *path)
{
	char name[32];

	vi915_machine_inherit(open(path, O_RDONLY | O_CLOEXEC), VI915_MACHINE_PRELOAD_FD);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", VI915_MACHINE_PRELOAD_FD);
	setenv("LD_PRELOAD", name, 1);
}

static void __attribute__((noreturn))
vi915_machine_exec(const struct vi915_machine *machine, pid_t parent)
{
	struct rlimit no_core = { 0, 0 };
	sigset_t none;
	cpu_set_t cpus;
	int null, i;

	/* The box dies with us, however we die. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(VI915_EXIT_FAILED);

	/* No signals from the terminal, and one process group to kill. */
	setsid();
	if (machine->cpu >= 0) {
		CPU_ZERO(&cpus);
		CPU_SET(machine->cpu, &cpus);
		sched_setaffinity(0, sizeof(cpus), &cpus);
	}
	setrlimit(RLIMIT_CORE, &no_core);
	if (machine->fixed)
		personality(personality(0xffffffff) | ADDR_NO_RANDOMIZE);
	if (machine->mem_dir)
		setenv("TMPDIR", machine->mem_dir, 1);
	/* A library preloaded into vi915 is not for the kernel. */
	unsetenv("LD_PRELOAD");

	for (i = 1; i < NSIG; i++)
		signal(i, SIG_DFL);
	/* A write beyond a file size limit gives an errno in the box. */
	signal(SIGXFSZ, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);

	null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	/* Duplicates are inherited; everything else is close-on-exec. */
	if (dup2(null, 0) < 0 || dup2(machine->log_fd, 1) < 0 ||
	    dup2(machine->log_fd, 2) < 0)
		_exit(VI915_EXIT_FAILED);
	if (machine->link_fd == VI915_LINK_FD)
		fcntl(VI915_LINK_FD, F_SETFD, 0);
	else if (dup2(machine->link_fd, VI915_LINK_FD) < 0)
		_exit(VI915_EXIT_FAILED);
	/* Descriptors that our own caller left open are not passed on. */
	close_range(VI915_LINK_FD + 1, ~0U, CLOSE_RANGE_CLOEXEC);
	if (machine->mem_dir)
		vi915_machine_inherit(vi915_machine_open_memory(machine), VI915_MACHINE_MEMORY_FD);
	if (vi915_confine(machine->writable))
		vi915_machine_fail("cannot confine the box's kernel");
	/* A file opened under confinement cannot be opened again for writing. */
	if (machine->preload)
		vi915_machine_preload(machine->preload);

	execvp(machine->argv[0], machine->argv);
	vi915_machine_fail(machine->argv[0]);
}

/**
 * vi915_machine_start() - start a guest's kernel
 * @machine: its options; the command line is freed
 *
 * Return: its process, or -1 with errno.
 */
pid_t vi915_machine_start(struct vi915_machine *machine)
{
	pid_t parent = getpid(), pid;

	/* Its orphans become our children, so that all of them can be killed. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid = fork();
	if (!pid)
		vi915_machine_exec(machine, parent);
	while (machine->num)
		free(machine->argv[--machine->num]);
	return pid;
}

/**
 * vi915_machine_lives() - check whether a guest's kernel still runs
 * @pid: from vi915_machine_start()
 *
 * Return: true if it does.
 */
bool vi915_machine_lives(pid_t pid)
{
	siginfo_t info = { 0 };

	return !waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT) && !info.si_pid;
}

static bool vi915_machine_is_ours(idtype_t type, pid_t pid)
{
	siginfo_t info;

	return !waitid(type, pid, &info, WEXITED | WNOHANG | WNOWAIT | __WALL);
}

/*
 * Kills and reaps the remaining processes; false when none is left. The process leads its own group
 * only a moment after its start. A reaped number may belong to another process, so only our
 * children are killed.
 */
static bool vi915_machine_end(pid_t pid)
{
	bool group = vi915_machine_is_ours(P_PGID, pid);

	if (!group && !vi915_machine_is_ours(P_PID, pid))
		return false;
	kill(group ? -pid : pid, SIGKILL);
	while (waitpid(group ? -pid : pid, NULL, WNOHANG | __WALL) > 0)
		;
	return true;
}

/**
 * vi915_machine_kill() - end a guest and all its processes
 * @pid: from vi915_machine_start()
 *
 * In UML each guest process is a host process in the kernel's group. Other children of this process
 * are left alone.
 */
void vi915_machine_kill(pid_t pid)
{
	struct timespec moment = { .tv_nsec = 1000000 };
	int tries;

	for (tries = 0; vi915_machine_end(pid); tries++) {
		if (tries == VI915_MACHINE_KILL_TRIES) {
			vi915_say("process %d of the box and what belongs to it cannot be ended; see what of the host's they wait for (ps -s %d -o pid,stat,wchan)",
				  pid, pid);
			return;
		}
		nanosleep(&moment, NULL);
	}
}
