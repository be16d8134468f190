/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Running the fuzzer: streams of steps in processes that somebody watches, who
 * interrupts them, signals the fences that they wait for, and counts what they
 * leave behind.
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

/* Written by the streams, read by the process that waits for them. */
struct fuzz_progress {
	uint64_t steps;
	uint64_t done;
	uint64_t refused;
};

/**
 * struct fuzz_options - of a run, from the environment
 * @seed: FUZZ_SEED
 * @seconds: FUZZ_SECONDS, of all phases
 * @only: FUZZ_STREAM: a stream of the one phase to run, UINT64_MAX for all
 * @stop: FUZZ_STOP: the step before which each stream ends
 * @verbose: FUZZ_VERBOSE
 * @progress: of FUZZ_STREAMS streams
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

/* Reads them; @seed and @seconds unless the environment says others. */
void fuzz_options_read(uint64_t seed, double seconds);

/* One stream, until a time. */
void fuzz_run_stream(struct fuzz_world *world, unsigned int stream, enum fuzz_mix mix,
		     int64_t until);

/* SIGALRM for this thread, and no other, every now and then, until timer_delete(). */
void fuzz_interrupt_me(timer_t *timer);

/**
 * struct fuzz_signaller - a thread that signals the fences of a world's timeline
 */
struct fuzz_signaller {
	struct fuzz_world *world;
	pthread_t thread;
	volatile bool over;
};

/* Begin with a new timeline; end with all of its fences signalled. */
void fuzz_signal_fences(struct fuzz_signaller *signaller, struct fuzz_world *world);
void fuzz_signal_end(struct fuzz_signaller *signaller);

/**
 * struct fuzz_phase - a part of a run, one case of the test
 * @name: its claim
 * @run: in a process of its own
 * @streams: that it has
 */
struct fuzz_phase {
	const char *name;
	void (*run)(unsigned int stream, int64_t until);
	unsigned int streams;
};

/**
 * fuzz_run_phases() - run them all, as TAP
 *
 * A case fails when its process does, when no stream makes a step for long, or
 * when objects or memory are left. Returns: the exit status.
 */
int fuzz_run_phases(const struct fuzz_phase *phases, unsigned int num_phases);

#endif
