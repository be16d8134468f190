/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Every chance to run out of memory, one after the other: the kernel's
 * /proc/PID/fail-nth lets the n-th allocation of a thread fail, whichever that
 * is. A call is made with n = 1, 2, ... until it is through without that one
 * has failed. With FAILNTH_VERBOSE=1 the kernel's log tells where each one was.
 */
#ifndef VI915_TESTS_FAILNTH_H
#define VI915_TESTS_FAILNTH_H

#include <stdbool.h>
#include <stdint.h>

#include "fail.h"
#include "uapi.h"

#define FAILNTH_ERRORS 4

/**
 * struct failnth_call - a call that may run out of memory
 * @prepare: makes what @run needs, before each time; or NULL
 * @run: the call; gives back what it gave. Returns: 0 or -errno
 * @undo: gives back what @prepare made; or NULL
 * @errors: errnos beside ENOMEM that it may be refused with, 0 after the last
 * @first: chance to begin with; 0 means 1
 * @stride: 0 tries every chance, N every N-th of a call that has too many; the
 *	environment's FAILNTH_STRIDE=1 tries all of them nevertheless
 *
 * All get the test's own argument. Only @run is made to fail.
 */
struct failnth_call {
	void (*prepare)(void *arg);
	int (*run)(void *arg);
	void (*undo)(void *arg);
	int errors[FAILNTH_ERRORS];
	unsigned int first;
	unsigned int stride;
};

/**
 * FAILNTH_VARIANT_BY() - a variant of a fixture that has a struct failnth_call "call"
 * @fixture: the fixture
 * @name: of the variant
 * @stride_n: and so on, as in struct failnth_call; errnos come last
 */
#define FAILNTH_VARIANT_BY(fixture, name, stride_n, prepare_fn, run_fn, undo_fn, ...) \
	FIXTURE_VARIANT_ADD(fixture, name) \
	{ \
		.call = { \
			.prepare = prepare_fn, .run = run_fn, .undo = undo_fn, \
			.stride = stride_n, .errors = { __VA_ARGS__ }, \
		}, \
	}

/* The same, of a call whose allocations are few enough to fail one by one. */
#define FAILNTH_VARIANT(fixture, name, ...) FAILNTH_VARIANT_BY(fixture, name, 1, __VA_ARGS__)

/**
 * struct failnth_result - what came of a call
 * @chances: how many allocations there were that could fail
 * @refused: with how many of them the call failed
 */
struct failnth_result {
	unsigned int chances;
	unsigned int refused;
};

/**
 * failnth_arm() - have the @n-th allocation of this thread fail, from now on
 */
void failnth_arm(unsigned int n);

/**
 * failnth_disarm() - let nothing fail any more
 *
 * Returns: true if the allocation came and did fail.
 */
bool failnth_disarm(void);

/**
 * failnth_count() - how many allocations a call makes, while none fails
 */
unsigned int failnth_count(const struct failnth_call *call, void *arg);

/**
 * failnth_sweep() - each chance of a call once
 *
 * Ends the test when an errno is none of those that may be, or when the call is
 * refused although nothing failed.
 */
struct failnth_result failnth_sweep_at(const char *at, const struct failnth_call *call, void *arg);
#define failnth_sweep(call, arg) failnth_sweep_at(VI915_AT, call, arg)

#define FAILNTH_FILES 4

/**
 * struct failnth_balance - what some files, their GPUs and this process hold
 * @fds: of DRM files, the rest -1
 * @objects: on each one's GPU
 * @handle: that the next object gets
 * @syncobj: likewise
 * @ctx: likewise
 * @vm: likewise
 * @open: files of this process
 */
struct failnth_balance {
	int fds[FAILNTH_FILES];
	long objects[FAILNTH_FILES];
	uint32_t handle[FAILNTH_FILES];
	uint32_t syncobj[FAILNTH_FILES];
	uint32_t ctx[FAILNTH_FILES];
	uint32_t vm[FAILNTH_FILES];
	int open;
};

/**
 * failnth_balance() - what is held now
 * @fds: files of our GPUs
 */
void failnth_balance_at(const char *at, struct failnth_balance *balance, const int *fds,
			unsigned int num_fds);
#define failnth_balance(balance, fds, num_fds) \
	failnth_balance_at(VI915_AT, balance, fds, num_fds)

/**
 * failnth_same() - check that files, GPUs and process hold what they held before
 *
 * Waits a few seconds for the worker that gives back what jobs held, then ends the test.
 */
void failnth_same_at(const char *at, const struct failnth_balance *before);
#define failnth_same(before) failnth_same_at(VI915_AT, before)

#endif
