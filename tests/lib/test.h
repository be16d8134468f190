/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Included first by each test program: the kernel's kselftest_harness.h, with
 * its messages on stdout, where the TAP is, and our checked library.
 *
 * Only the one .c file of a test program includes this: the harness defines
 * functions.
 */
#ifndef VI915_TESTS_TEST_H
#define VI915_TESTS_TEST_H

#define TH_LOG_STREAM stdout

/*
 * The harness violates these two warnings, and FIXTURE_SETUP() defines a
 * function without a prototype in the file that uses it.
 */
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#pragma GCC diagnostic ignored "-Wsign-compare"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wunused-function"
#include <kselftest_harness.h>
#pragma GCC diagnostic pop

/*
 * A limit on a case's time only ends one that hangs. The debug kernel on a busy
 * machine takes many times as long as on a quiet one.
 */
#define TEST_PATIENCE 5
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT (30 * TEST_PATIENCE)
#undef TEST_F_TIMEOUT
#define TEST_F_TIMEOUT(fixture_name, test_name, seconds) \
	__TEST_F_IMPL(fixture_name, test_name, -1, (seconds) * TEST_PATIENCE)

#include "fail.h"

/**
 * EXPECT_ERR() - the call must be refused with exactly this errno
 * @err: positive errno, for example EINVAL
 * @call: expression that gives 0 or -errno
 */
#define EXPECT_ERR(err, call) \
	do { \
		long vi915_seen = (call); \
		EXPECT_EQ(-(err), vi915_seen) { \
			TH_LOG("%s: expected %s, got %s", #call, \
			       vi915_errname(err), \
			       vi915_seen < 0 ? vi915_errname(vi915_seen) : \
						"success"); \
		} \
	} while (0)

/**
 * EXPECT_OK() - the call must answer 0
 */
#define EXPECT_OK(call) \
	do { \
		long vi915_seen = (call); \
		EXPECT_EQ(0, vi915_seen) { \
			TH_LOG("%s: %s", #call, \
			       vi915_seen < 0 ? vi915_errname(vi915_seen) : \
						"not 0"); \
		} \
	} while (0)

/**
 * ASSERT_OK() - the call must answer 0, or the test ends
 */
#define ASSERT_OK(call) \
	do { \
		long vi915_got = (call); \
		ASSERT_EQ(0, vi915_got) { \
			TH_LOG("%s: %s", #call, \
			       vi915_got < 0 ? vi915_errname(vi915_got) : \
					       "not 0"); \
		} \
	} while (0)

#endif
