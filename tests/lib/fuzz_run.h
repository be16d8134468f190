/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Running the fuzzer: streams of steps in processes that a parent watches.
 * Timers interrupt them, a thread signals the fences that they wait for, and
 * the parent counts what they leave behind.
 */
#ifndef VI915_TESTS_FUZZ_RUN_H
#define VI915_TESTS_FUZZ_RUN_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "fuzz.h"

#define FUZZ_STREAMS 64

/* Written by the streams, read by the parent process. */
struct fuzz_progress {
	uint64_t steps;
	uint64_t done;
	uint64_t refused;
};

/**
 * struct fuzz_options - options of a run, from the environment
 * @seed: FUZZ_SEED
 * @seconds: FUZZ_SECONDS, duration of all phases together
 * @only: FUZZ_STREAM: run only the phase with this stream; UINT64_MAX for all
 * @stop: FUZZ_STOP: the step before which each stream ends
 * @verbose: FUZZ_VERBOSE
 * @progress: progress of FUZZ_STREAMS streams
 */
struct fuzz_options {
	uint64_t seed;
	double seconds;
	uint64_t only;
	uint64_t stop;
	bool verbose;
	volatile struct fuzz_progress *progress;
};

extern struct fuzz_options fuzz_options;

/* Read the options; @seed and @seconds are defaults. */
void fuzz_options_read(uint64_t seed, double seconds);

/* Run one stream until a time. */
void fuzz_run_stream(struct fuzz_world *world, unsigned int stream, enum fuzz_mix mix,
		     int64_t until);

/* Send this thread SIGALRM now and then, until timer_delete(). */
void fuzz_interrupt_me(timer_t *timer);

/**
 * struct fuzz_signaller - a thread that signals the fences of a world's timeline
 */
struct fuzz_signaller {
	struct fuzz_world *world;
	pthread_t thread;
	volatile bool over;
};

/* Start with a new timeline; at the end, all of its fences are signalled. */
void fuzz_signal_fences(struct fuzz_signaller *signaller, struct fuzz_world *world);
void fuzz_signal_end(struct fuzz_signaller *signaller);

/**
 * struct fuzz_phase - a part of a run, which is one case of the test
 * @name: name of the case
 * @run: runs the phase; called in a process of its own
 * @streams: number of its streams
 */
struct fuzz_phase {
	const char *name;
	void (*run)(unsigned int stream, int64_t until);
	unsigned int streams;
};

/**
 * fuzz_run_phases() - run all phases and print TAP
 *
 * A case fails when its process fails, when no stream makes a step for a long
 * time, or when objects or memory leak. Returns: the exit status.
 */
int fuzz_run_phases(const struct fuzz_phase *phases, unsigned int num_phases);

#endif
