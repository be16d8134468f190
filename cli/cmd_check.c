// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "box/box.h"
#include "box/confine.h"
#include "box/files.h"
#include "box/hostlimits.h"
#include "box/place.h"
#include "box/qemu.h"
#include "box/say.h"
#include "box/session.h"
#include "cmd.h"
#include "options.h"

#define VI915_CHECK_TEXT 2048

enum vi915_check_result {
	VI915_CHECK_OK,
	VI915_CHECK_MISSING,
	/* Boxes run without it, but not all of them, or not as well. */
	VI915_CHECK_WANTED,
};

/**
 * struct vi915_check - one thing a box needs
 * @name: its name
 * @look: looks for it and fills @text: what was found, or what is missing and how to get it
 */
struct vi915_check {
	const char *name;
	enum vi915_check_result (*look)(char *text);
};

static enum vi915_check_result __attribute__((format(printf, 3, 4)))
vi915_check_say(char *text, enum vi915_check_result result,
		const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(text, VI915_CHECK_TEXT, format, args);
	va_end(args);
	return result;
}

static enum vi915_check_result vi915_check_machine(char *text)
{
	struct utsname name;

	uname(&name);
	if (strcmp(name.machine, "x86_64"))
		return vi915_check_say(text, VI915_CHECK_MISSING,
				       "this is %s, but User-Mode Linux needs x86_64",
				       name.machine);
	return vi915_check_say(text, VI915_CHECK_OK, "%s, Linux %s",
			       name.machine, name.release);
}

static enum vi915_check_result vi915_check_cpus(char *text)
{
	cpu_set_t allowed;

	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		return vi915_check_say(text, VI915_CHECK_MISSING,
				       "cannot ask which may be used: %s",
				       strerror(errno));
	return vi915_check_say(text, VI915_CHECK_OK,
			       "%d; each box is pinned to one of them",
			       CPU_COUNT(&allowed));
}

static enum vi915_check_result vi915_check_ptrace(char *text)
{
	int status = 0, err = 0;
	pid_t pid = fork();

	if (!pid) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL))
			_exit(1);
		raise(SIGSTOP);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		err = errno;
	else if (!WIFSTOPPED(status))
		err = EPERM;
	else if (ptrace(PTRACE_SYSEMU, pid, NULL, NULL))
		err = errno;
	if (pid > 0) {
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
	}
	if (err)
		return vi915_check_say(text, VI915_CHECK_MISSING,
				       "%s; in a container allow it (--cap-add SYS_PTRACE, or a seccomp profile that does), elsewhere set kernel.yama.ptrace_scope below 3",
				       strerror(err));
	return vi915_check_say(text, VI915_CHECK_OK,
			       "a process may trace its children");
}

static enum vi915_check_result vi915_check_memory(char *text)
{
	struct vi915_place place;
	char why[1024];

	if (vi915_place_find(&place, VI915_BOX_MEM_MIB, why, sizeof(why)))
		return vi915_check_say(text, VI915_CHECK_MISSING,
				       "nothing has room for %d MiB: %s; free some, set TMPDIR to a folder with room, or use --mem",
				       VI915_BOX_MEM_MIB, why);
	if (place.in_memory)
		return vi915_check_say(text, VI915_CHECK_OK,
				       "%lu MiB are available; no folder on a tmpfs has room for %d MiB, and none is needed",
				       place.free_mib, VI915_BOX_MEM_MIB);
	if (!place.on_tmpfs)
		return vi915_check_say(text, VI915_CHECK_WANTED,
				       "%s has %lu MiB free, but lies on a disk; boxes are faster with %d MiB on a tmpfs such as /dev/shm",
				       place.path, place.free_mib,
				       VI915_BOX_MEM_MIB);
	return vi915_check_say(text, VI915_CHECK_OK, "%s has %lu MiB free",
			       place.path, place.free_mib);
}

static enum vi915_check_result vi915_check_maps(char *text)
{
	unsigned long maps = vi915_limits_max_maps();

	if (!maps)
		return vi915_check_say(text, VI915_CHECK_WANTED,
				       "cannot read vm.max_map_count: have /proc mounted");
	if (maps < VI915_LIMITS_MAPS)
		return vi915_check_say(text, VI915_CHECK_WANTED,
				       "vm.max_map_count is %lu: a box that has more pages mapped which lie alone gets errors, or ends; as root: sysctl vm.max_map_count=%d",
				       maps, VI915_LIMITS_MANY_MAPS);
	return vi915_check_say(text, VI915_CHECK_OK,
			       "vm.max_map_count is %lu: so many pages that lie alone, %lu MiB, may a process have mapped in a box",
			       maps, maps * 4 / 1024);
}

static enum vi915_check_result vi915_check_limits(char *text)
{
	char low[256] = "";
	unsigned long cpu_s = vi915_limits_cpu();

	if (vi915_limits_low(VI915_BOX_MEM_MIB, true, low, sizeof(low)))
		return vi915_check_say(text, VI915_CHECK_MISSING, "%s", low);
	if (cpu_s)
		return vi915_check_say(text, VI915_CHECK_WANTED,
				       "a process may use a processor for %lu s (ulimit -t), and a box is ended then; raise it",
				       cpu_s);
	return vi915_check_say(text, VI915_CHECK_OK, "ulimit leaves room for a box");
}

static enum vi915_check_result
vi915_check_files(char *text, const char *flavour,
		  enum vi915_check_result otherwise)
{
	struct vi915_files files;
	const char *missing = NULL;
	int err;

	vi915_files_name(&files, flavour);
	if (access(files.kernel, X_OK))
		missing = files.kernel;
	else if (access(files.init, X_OK))
		missing = files.init;
	else if (!vi915_qemu_runs(flavour) && access(files.memory, R_OK))
		missing = files.memory;
	else if (access(files.modules, X_OK))
		missing = files.modules;
	else if (access(files.module, R_OK))
		missing = files.module;
	err = errno;
	if (missing)
		return vi915_check_say(text, otherwise, "%s: %s; %s", missing,
				       strerror(err), vi915_files_remedy(flavour));
	return vi915_check_say(text, VI915_CHECK_OK, "%s", files.kernel);
}

static enum vi915_check_result vi915_check_fast(char *text)
{
	return vi915_check_files(text, "fast", VI915_CHECK_MISSING);
}

static enum vi915_check_result vi915_check_debug(char *text)
{
	return vi915_check_files(text, "debug", VI915_CHECK_WANTED);
}

/* A box works without a boundary, but must not run programs that are not trusted then. */
static enum vi915_check_result vi915_check_boundary(char *text)
{
	bool mounts = vi915_confine_mounts();
	int landlock = vi915_confine_landlock();

	if (!landlock && !mounts)
		return vi915_check_say(text, VI915_CHECK_WANTED,
				       "this machine has neither Landlock nor mount namespaces for a box: who takes over its kernel is %s outside",
				       geteuid() ? "you" : "root");
	if (!landlock)
		return vi915_check_say(text, VI915_CHECK_OK,
				       "a box's kernel has read-only mounts but for its "
				       "writable paths; no Landlock here");
	return vi915_check_say(text, VI915_CHECK_OK,
			       "Landlock %d%s%s keeps a box's kernel to its writable paths",
			       landlock, landlock < VI915_CONFINE_TRUNCATE_ABI ?
				       " (which lets files be cut short)" : "",
			       mounts ? ", with read-only mounts," : "");
}

static enum vi915_check_result vi915_check_session(char *text)
{
	const char *missing = vi915_session_missing();

	if (missing)
		return vi915_check_say(text, VI915_CHECK_WANTED,
				       "run --session cannot be; as root: apt-get install %s",
				       missing);
	return vi915_check_say(text, VI915_CHECK_OK, "udev and seatd are there");
}

/* Runs true(1) in a box; the output goes to @text. */
static int vi915_check_run_true(char *text)
{
	int fds[2], status = 0;
	size_t used = 0;
	ssize_t n;
	pid_t pid;

	if (pipe(fds))
		return -1;
	pid = fork();
	if (!pid) {
		dup2(fds[1], 2);
		close(fds[0]);
		close(fds[1]);
		execl("/proc/self/exe", "vi915", "run", "--timeout", "60",
		      "--", "true", NULL);
		_exit(VI915_EXIT_FAILED);
	}
	close(fds[1]);
	while (used < VI915_CHECK_TEXT - 1 &&
	       (n = read(fds[0], text + used, VI915_CHECK_TEXT - 1 - used)) > 0)
		used += n;
	text[used] = '\0';
	text[strcspn(text, "\n")] = '\0';
	close(fds[0]);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return status;
}

static enum vi915_check_result vi915_check_box(char *text)
{
	struct timespec start, end;
	char said[VI915_CHECK_TEXT];
	int status;

	clock_gettime(CLOCK_MONOTONIC, &start);
	status = vi915_check_run_true(said);
	clock_gettime(CLOCK_MONOTONIC, &end);
	if (status)
		return vi915_check_say(text, VI915_CHECK_MISSING,
				       "'vi915 run -- true' failed: %.1500s",
				       said);
	return vi915_check_say(text, VI915_CHECK_OK,
			       "'vi915 run -- true' took %.2f s",
			       end.tv_sec - start.tv_sec +
			       (end.tv_nsec - start.tv_nsec) / 1e9);
}

static const struct vi915_check vi915_checks[] = {
	{ "machine", vi915_check_machine },
	{ "CPUs", vi915_check_cpus },
	{ "ptrace", vi915_check_ptrace },
	{ "memory", vi915_check_memory },
	{ "mappings", vi915_check_maps },
	{ "limits", vi915_check_limits },
	{ "kernel", vi915_check_fast },
	{ "debug kernel", vi915_check_debug },
	{ "session", vi915_check_session },
	{ "boundary", vi915_check_boundary },
	{ "box", vi915_check_box },
};

static const struct vi915_option vi915_check_options[] = { { 0 } };

const struct vi915_usage vi915_check_usage = {
	.name = "check",
	.rest = NULL,
	.help = "Say what a box needs, what of it is there, and how to get the rest.",
	.options = vi915_check_options,
};

/**
 * vi915_cmd_check() - vi915 check
 * @argc: number of words, the subcommand's name being the first
 * @argv: the words
 *
 * Return: 0 when this machine can run a box, or the exit code.
 */
int vi915_cmd_check(int argc, char **argv)
{
	static const char *const words[] = {
		[VI915_CHECK_OK] = "ok",
		[VI915_CHECK_MISSING] = "MISSING",
		[VI915_CHECK_WANTED] = "wanted",
	};
	const struct vi915_check *check = vi915_checks;
	const struct vi915_check *end =
		check + sizeof(vi915_checks) / sizeof(vi915_checks[0]);
	char text[VI915_CHECK_TEXT];
	enum vi915_check_result result;
	bool missing = false;
	int rest, ret;

	ret = vi915_options_parse(&vi915_check_usage, NULL, argc, argv, &rest);
	if (ret)
		return ret == VI915_OPTIONS_HELPED ? 0 : ret;
	if (rest < argc)
		return vi915_say("check: it takes nothing more; leave '%s' out",
				 argv[rest]);

	for (; check < end; check++) {
		result = check->look(text);
		printf("%-7s  %-12s  %s\n", words[result], check->name, text);
		/* Starting a box may take long; show the results so far. */
		fflush(stdout);
		missing |= result == VI915_CHECK_MISSING;
	}
	return missing ? VI915_EXIT_FAILED : 0;
}
