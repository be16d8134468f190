/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Races: several threads do what the same few objects are asked for, in an
 * order that comes from a fixed seed and the scheduler, for a number of rounds
 * or a time, whichever ends first.
 */
#ifndef VI915_TESTS_SHARE_RACE_H
#define VI915_TESTS_SHARE_RACE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "fail.h"

#define RACE_THREADS 8

struct race;

/**
 * typedef race_fn - one round of one thread
 * @race: the race; its @arg is the test's
 * @index: which thread
 * @seed: of this thread, for share_rand()
 */
typedef void (*race_fn)(struct race *race, int index, uint32_t *seed);

/**
 * struct race - what the test fills in, and what came of it
 * @arg: the test's own
 * @fns: a function for each thread
 * @threads: how many
 * @rounds: each thread does so many at most
 * @seconds: or stops after this time
 * @seed: of thread 0; the others' follow from it
 * @done: rounds that all threads together did
 */
struct race {
	void *arg;
	race_fn fns[RACE_THREADS];
	int threads;
	unsigned int rounds;
	unsigned int seconds;
	uint32_t seed;
	unsigned long done;
	int64_t end;
};

/**
 * race_seconds() - how long a race may take
 * @seconds: usually; VI915_RACE_SECONDS=N overrides it
 */
unsigned int race_seconds(unsigned int seconds);

/**
 * race_least() - how often what the race is about must have happened
 * @times: in its usual time; once will do where VI915_RACE_SECONDS says another
 */
unsigned long race_least(unsigned long times);

/**
 * race_run() - run it, and print its seed and how many rounds it had
 * @name: for the line that is printed
 */
void race_run(struct race *race, const char *name);

/**
 * race_allow() - end the test unless a call answered 0 or one of these errnos
 * @ret: what it answered, 0 or -errno
 *
 * A race decides which of them it is. The errnos end with a 0.
 */
void race_allow_at(const char *at, const char *what, long ret, ...);
#define race_allow(call, ...) race_allow_at(VI915_AT, #call, call, ##__VA_ARGS__, 0)

#endif
