// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The cost of a box, measured from outside. Runs on the host, not in a box:
 *
 *	build/bench/box build/vi915
 */
#include <dirent.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fail.h"
#include "measure.h"
#include "proc.h"

#define BOX_RUNS 20
#define BOX_GOAL_S 0.5
#define BOX_FIRST_GOAL_S 0.3
#define BOX_MANY 8
#define BOX_MANY_ROUNDS 5
#define BOX_GOAL_MIB 64.0
/* Measured once with the same root, 2 CPUs and no KVM: an emulated machine. */
#define BOX_QEMU_S 6.2

#define BOX_PROCESSES 4096

extern char **environ;

static pid_t box_spawn(char *const *argv)
{
	pid_t pid;
	int err;

	err = posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ);
	if (err)
		vi915_fail("%s: %s", argv[0], strerror(err));
	return pid;
}

static void box_time(char *vi915)
{
	char *argv[] = { vi915, "run", "--", "true", NULL };
	double seconds[BOX_RUNS], median;
	int64_t start;
	int i;

	for (i = 0; i < BOX_RUNS; i++) {
		start = vi915_now();
		vi915_child_join(box_spawn(argv));
		seconds[i] = (vi915_now() - start) / 1e9;
	}
	median = vi915_quantile(seconds, BOX_RUNS, 0.5);
	printf("\n%-44s %12s %12s %12s %12s  %-8s\n", "the box, from start to exit", "median, s",
	       "min", "max", "QEMU", "goal");
	printf("  %-42s %12.3f %12.3f %12.3f %12.1f  <= %.2f  %s\n", "vi915 run -- true, 20 runs",
	       median, seconds[0], seconds[BOX_RUNS - 1], BOX_QEMU_S, BOX_GOAL_S,
	       median <= BOX_GOAL_S ? "met" : "missed");
}

/*
 * Time from exec to the first byte of output: until the command's first
 * instruction, plus the time for a shell to print a line and for the box to
 * pass it on.
 */
static double box_first_byte(char *vi915)
{
	char *argv[] = { vi915, "run", "--", "sh", "-c", "echo", NULL };
	posix_spawn_file_actions_t actions;
	int pipe_fds[2], err;
	int64_t start, first;
	char byte;
	pid_t pid;

	vi915_require(!pipe(pipe_fds));
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, pipe_fds[1], 1);
	posix_spawn_file_actions_addclose(&actions, pipe_fds[0]);
	posix_spawn_file_actions_addclose(&actions, pipe_fds[1]);
	start = vi915_now();
	err = posix_spawnp(&pid, vi915, &actions, NULL, argv, environ);
	if (err)
		vi915_fail("%s: %s", vi915, strerror(err));
	close(pipe_fds[1]);
	vi915_require(read(pipe_fds[0], &byte, 1) == 1);
	first = vi915_now();
	close(pipe_fds[0]);
	vi915_child_join(pid);
	posix_spawn_file_actions_destroy(&actions);
	return (first - start) / 1e9;
}

static void box_first(char *vi915)
{
	double seconds[BOX_RUNS], median;

	for (int i = 0; i < BOX_RUNS; i++)
		seconds[i] = box_first_byte(vi915);
	median = vi915_quantile(seconds, BOX_RUNS, 0.5);
	printf("  %-42s %12.3f %12.3f %12.3f %12s  <= %.2f  %s\n",
	       "first instruction, by its first byte", median, seconds[0], seconds[BOX_RUNS - 1],
	       "-", BOX_FIRST_GOAL_S, median <= BOX_FIRST_GOAL_S ? "met" : "missed");
}

/* From the start of the first box to the end of the last; all must succeed. */
static double box_many_once(char *vi915)
{
	char *argv[] = { vi915, "run", "--gpus", "2", "--", "test", "-c", "/dev/dri/card1", NULL };
	pid_t pids[BOX_MANY];
	int64_t start = vi915_now();

	for (int i = 0; i < BOX_MANY; i++)
		pids[i] = box_spawn(argv);
	for (int i = 0; i < BOX_MANY; i++)
		vi915_child_join(pids[i]);
	return (vi915_now() - start) / 1e9;
}

static void box_many(char *vi915)
{
	double seconds[BOX_MANY_ROUNDS], median;
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	double goal = BOX_GOAL_S * BOX_MANY / (cpus > BOX_MANY ? BOX_MANY : cpus);
	char name[64];

	for (int i = 0; i < BOX_MANY_ROUNDS; i++)
		seconds[i] = box_many_once(vi915);
	median = vi915_quantile(seconds, BOX_MANY_ROUNDS, 0.5);
	snprintf(name, sizeof(name), "%d boxes at once on %ld CPUs, 5 rounds", BOX_MANY, cpus);
	printf("  %-42s %12.3f %12.3f %12.3f %12s  <= %.2f  %s\n", name, median, seconds[0],
	       seconds[BOX_MANY_ROUNDS - 1], "-", goal, median <= goal ? "met" : "missed");
}

/* A process and all of its descendants. */
struct box_family {
	pid_t pids[BOX_PROCESSES];
	int count;
};

static pid_t box_parent_of(pid_t pid)
{
	char path[64], line[512] = "";
	pid_t parent = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return 0;
	/* The name may contain anything, but ends with the last parenthesis. */
	if (fgets(line, sizeof(line), file) && strrchr(line, ')'))
		sscanf(strrchr(line, ')'), ") %*c %d", &parent);
	fclose(file);
	return parent;
}

static bool box_family_has(const struct box_family *family, pid_t pid)
{
	int i;

	for (i = 0; i < family->count; i++)
		if (family->pids[i] == pid)
			return true;
	return false;
}

/* One pass per generation, since children may precede their parents in /proc. */
static void box_family_find(struct box_family *family, pid_t first)
{
	struct dirent *entry;
	int before;
	pid_t pid;
	DIR *dir;

	family->pids[0] = first;
	family->count = 1;
	do {
		before = family->count;
		dir = opendir("/proc");
		vi915_require(dir);
		while ((entry = readdir(dir))) {
			pid = atoi(entry->d_name);
			if (pid > 0 && family->count < BOX_PROCESSES &&
			    !box_family_has(family, pid) &&
			    box_family_has(family, box_parent_of(pid)))
				family->pids[family->count++] = pid;
		}
		closedir(dir);
	} while (family->count != before);
}

/*
 * The memory of one process in KiB: its share of every mapping except the box's
 * own memory, which is counted as a file.
 */
static double box_process_kib(pid_t pid, unsigned long memory_inode)
{
	char path[64], line[512];
	unsigned long inode = 0, start;
	double kib, sum = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/smaps", pid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%lx-%*x %*s %*x %*s %lu", &start, &inode) == 2)
			continue;
		if (sscanf(line, "Pss: %lf", &kib) == 1 && (!inode || inode != memory_inode))
			sum += kib;
	}
	if (file)
		fclose(file);
	return sum;
}

/* The largest unnamed file that a process has open: the memory of a box. */
static void box_memory_file(pid_t pid, struct stat *best)
{
	char path[64], target[256], link[sizeof(path) + 260];
	struct dirent *entry;
	struct stat st;
	ssize_t len;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		snprintf(link, sizeof(link), "%s/%s", path, entry->d_name);
		len = readlink(link, target, sizeof(target) - 1);
		if (len < 0 || stat(link, &st) || !S_ISREG(st.st_mode))
			continue;
		target[len] = '\0';
		if (strstr(target, " (deleted)") && st.st_size > best->st_size)
			*best = st;
	}
	if (dir)
		closedir(dir);
}

struct box_memory {
	double processes;
	double file;
};

static struct box_memory box_memory_now(pid_t pid)
{
	static struct box_family family;
	struct stat st = { .st_size = 0 };
	struct box_memory memory = { 0 };
	int i;

	box_family_find(&family, pid);
	for (i = 0; i < family.count; i++)
		box_memory_file(family.pids[i], &st);
	for (i = 0; i < family.count; i++)
		memory.processes += box_process_kib(family.pids[i], st.st_ino) / 1024;
	memory.file = st.st_blocks * 512.0 / (1 << 20);
	return memory;
}

/* The peak while a command runs. */
static struct box_memory box_peak(char *const *argv)
{
	struct box_memory now, peak = { 0 };
	pid_t pid = box_spawn(argv);

	for (;;) {
		now = box_memory_now(pid);
		if (now.processes + now.file > peak.processes + peak.file)
			peak = now;
		if (waitpid(pid, NULL, WNOHANG) == pid)
			return peak;
		usleep(2000);
	}
}

static void box_memory(char *vi915)
{
	char *inside[] = { vi915, "run", "--", "sleep", "0.5", NULL };
	struct box_memory box = box_peak(inside);
	struct box_memory plain = box_peak(inside + 3);
	double over = box.processes + box.file - plain.processes;

	printf("\n%-44s %12s %12s %12s %12s  %-8s\n", "the box's memory, at its peak", "over, MiB",
	       "processes", "guest", "command", "goal");
	printf("  %-42s %12.1f %12.1f %12.1f %12.1f  <= %.0f    %s\n", "vi915 run -- sleep 0.5",
	       over, box.processes, box.file, plain.processes, BOX_GOAL_MIB,
	       over <= BOX_GOAL_MIB ? "met" : "missed");
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: %s VI915; VI915 is the command, build/vi915\n", argv[0]);
		return 125;
	}
	box_time(argv[1]);
	box_first(argv[1]);
	box_many(argv[1]);
	box_memory(argv[1]);
	return 0;
}
