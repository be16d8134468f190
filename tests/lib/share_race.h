/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Races: several threads work on the same few objects, in an order that comes
 * from a fixed seed and the scheduler, for a number of rounds or a time,
 * whichever ends first.
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
 * @race: the race; its @arg belongs to the test
 * @index: index of the thread
 * @seed: state of this thread's generator, for share_rand()
 */
typedef void (*race_fn)(struct race *race, int index, uint32_t *seed);

/**
 * struct race - a race, filled in by the test, and its result
 * @arg: for the functions
 * @fns: one function for each thread
 * @threads: number of threads
 * @rounds: most rounds of each thread
 * @seconds: the threads stop after this time
 * @seed: seed of thread 0; the other seeds follow from it
 * @done: total number of rounds of all threads
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
 * @seconds: default; VI915_RACE_SECONDS=N overrides it
 */
unsigned int race_seconds(unsigned int seconds);

/**
 * race_least() - how often the raced event must have happened at least
 * @times: for the default duration; 1 if VI915_RACE_SECONDS sets another one
 */
unsigned long race_least(unsigned long times);

/**
 * race_run() - run the race, and print its seed and number of rounds
 * @name: name to print
 */
void race_run(struct race *race, const char *name);

/**
 * race_allow() - end the test unless a call answered 0 or one of these errnos
 * @ret: 0 or -errno that the call answered
 *
 * The outcome depends on the race. The list of errnos ends with a 0.
 */
void race_allow_at(const char *at, const char *what, long ret, ...);
#define race_allow(call, ...) race_allow_at(VI915_AT, #call, call, ##__VA_ARGS__, 0)

#endif
