// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "attack.h"
#include "gpu.h"
#include "innocent.h"
#include "proc.h"

#define ATTACK_PROCESSES 64

/**
 * struct attack_tally - counts by the attacker's processes, in shared memory
 * @ready: number of processes that are prepared
 * @steps: steps made by all processes
 */
struct attack_tally {
	unsigned int ready;
	unsigned long steps;
};

/* Paths of the nodes: only root can find a GPU's name in debugfs. */
struct attack_nodes {
	char card[32];
	char render[32];
};

void attack_become_user(void)
{
	vi915_require(!setgroups(0, NULL));
	vi915_require(!setresgid(ATTACK_USER, ATTACK_USER, ATTACK_USER));
	vi915_require(!setresuid(ATTACK_USER, ATTACK_USER, ATTACK_USER));
}

/*
 * Nodes of GPUs that were plugged in later belong to root, unless something
 * like udev gives them to users.
 */
static void attack_give_node(const char *at, const char *path)
{
	vi915_check_at(at, path, chmod(path, 0666) ? -errno : 0);
}

static void attack_find_nodes(const char *at, const char *name, struct attack_nodes *nodes)
{
	struct vi915_gpu gpu;

	vi915_gpu_find_at(at, name, &gpu);
	snprintf(nodes->card, sizeof(nodes->card), "/dev/dri/card%d", gpu.card);
	snprintf(nodes->render, sizeof(nodes->render), "/dev/dri/renderD%d", gpu.render);
	attack_give_node(at, nodes->card);
	attack_give_node(at, nodes->render);
}

static int attack_open(const char *at, const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		vi915_fail_at(at, "open %s as user %d: %s", path, ATTACK_USER,
			      vi915_errname(errno));
	return fd;
}

/* Runs in a forked process, which is a plain user from here on. */
static void attack_begin(const char *at, const struct attack_nodes *nodes,
			 struct attacker *attacker)
{
	attack_become_user();
	attacker->card = attack_open(at, nodes->card);
	attacker->render = attack_open(at, nodes->render);
}

static pid_t attack_fork(const char *at)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		vi915_fail_at(at, "fork: %s", vi915_errname(errno));
	return pid;
}

static void attack_go_on(const char *at, const struct attack *attack,
			 const struct attack_nodes *nodes, struct attack_tally *tally,
			 unsigned int index)
{
	struct attacker attacker = { .index = index, .arg = attack->arg };

	attack_begin(at, nodes, &attacker);
	if (attack->prepare)
		attack->prepare(&attacker);
	__atomic_fetch_add(&tally->ready, 1, __ATOMIC_RELAXED);
	for (;; attacker.step++) {
		attack->step(&attacker);
		__atomic_fetch_add(&tally->steps, 1, __ATOMIC_RELAXED);
	}
}

/* No process of the attacker ends by itself, so one that has ended has failed. */
static void attack_check(const char *at, const pid_t *pids, unsigned int n)
{
	unsigned int i;
	int status;

	for (i = 0; i < n; i++)
		if (waitpid(pids[i], &status, WNOHANG) == pids[i])
			vi915_fail_at(at, "process %u of the attacker ended with status %#x", i,
				      status);
}

static void attack_kill(const pid_t *pids, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		kill(pids[i], SIGKILL);
}

/* Draws until all of them are gone. Returns: the number of rounds. */
static unsigned long attack_outlive(const char *at, struct innocent *innocent, pid_t *pids,
				    unsigned int n)
{
	uint32_t start = innocent->rounds;
	unsigned int left, i;

	attack_kill(pids, n);
	do {
		for (left = 0, i = 0; i < n; i++) {
			if (pids[i] && waitpid(pids[i], NULL, WNOHANG) == pids[i])
				pids[i] = 0;
			left += pids[i] != 0;
		}
		innocent_round_at(at, innocent);
	} while (left);
	return innocent->rounds - start;
}

static void attack_serve(const char *at, const struct attack *attack, struct innocent *innocent,
			 const struct attack_tally *tally, const pid_t *pids, unsigned int n,
			 struct attack_result *result)
{
	unsigned long before, after = 0;

	while (innocent->rounds < attack->rounds || after < attack->steps) {
		before = __atomic_load_n(&tally->steps, __ATOMIC_RELAXED);
		innocent_round_at(at, innocent);
		after = __atomic_load_n(&tally->steps, __ATOMIC_RELAXED);
		if (after - before > result->worst)
			result->worst = after - before;
		if (attack->bound && after - before > attack->bound)
			vi915_fail_at(at, "round %u of an innocent client lasted %lu steps of the "
				      "attacker, not %lu", innocent->rounds, after - before,
				      attack->bound);
		attack_check(at, pids, n);
	}
	result->steps = after;
	result->rounds = innocent->rounds;
}

void attack_run_at(const char *at, const struct attack *attack, struct attack_result *result)
{
	unsigned int n = attack->processes ? attack->processes : 1, i;
	struct attack_result unread = { 0 };
	struct attack_tally *tally;
	struct attack_nodes nodes;
	pid_t pids[ATTACK_PROCESSES];
	struct innocent innocent;

	vi915_require_at(at, n <= ATTACK_PROCESSES);
	result = result ? result : &unread;
	memset(result, 0, sizeof(*result));
	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		     -1, 0);
	vi915_require_at(at, tally != MAP_FAILED);
	attack_find_nodes(at, attack->gpu, &nodes);
	for (i = 0; i < n; i++) {
		pids[i] = attack_fork(at);
		if (!pids[i])
			attack_go_on(at, attack, &nodes, tally, i);
	}
	/* After the fork, so that no process of the attacker shares its files. */
	innocent_open_at(at, &innocent, attack->gpu);
	while (__atomic_load_n(&tally->ready, __ATOMIC_RELAXED) < n) {
		attack_check(at, pids, n);
		usleep(1000);
	}
	attack_serve(at, attack, &innocent, tally, pids, n, result);
	result->dying = attack_outlive(at, &innocent, pids, n);
	innocent_close(&innocent);
	munmap(tally, sizeof(*tally));
}

void attack_child_at(const char *at, const char *gpu, void (*fn)(struct attacker *attacker),
		     void *arg)
{
	struct attacker attacker = { .arg = arg };
	struct attack_nodes nodes;
	pid_t pid;

	attack_find_nodes(at, gpu, &nodes);
	pid = attack_fork(at);
	if (!pid) {
		attack_begin(at, &nodes, &attacker);
		fn(&attacker);
		fflush(stdout);
		_exit(0);
	}
	vi915_child_join_at(at, pid);
}

static uint64_t attack_cpu_time(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

uint64_t attack_cost(void (*fn)(void *arg), void *arg, unsigned int times)
{
	uint64_t least = UINT64_MAX, start, cost;

	while (times--) {
		start = attack_cpu_time();
		fn(arg);
		cost = attack_cpu_time() - start;
		if (cost < least)
			least = cost;
	}
	return least;
}
