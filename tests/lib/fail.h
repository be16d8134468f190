/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * How code outside of a TEST() body fails a test.
 *
 * ASSERT_x() of kselftest_harness.h needs the harness's local variables, so a
 * library cannot use it. The harness judges a test by the exit status of the
 * process that ran it, and that is what vi915_fail() uses: it prints one TAP
 * diagnostic and exits with failure, from any thread.
 */
#ifndef VI915_TESTS_FAIL_H
#define VI915_TESTS_FAIL_H

#include <errno.h>
#include <stddef.h>

#define VI915_STR_(x) #x
#define VI915_STR(x) VI915_STR_(x)

/* File and line of the caller; the first argument of each checked function. */
#define VI915_AT __FILE__ ":" VI915_STR(__LINE__)

/**
 * vi915_fail_at() - print a TAP diagnostic and end this process with failure
 * @at: VI915_AT of the caller
 * @fmt: what failed and on what
 *
 * In a child that the test forked, only the child ends; the test sees the
 * failure in the child's status (see vi915_child_join()).
 */
void vi915_fail_at(const char *at, const char *fmt, ...)
	__attribute__((noreturn, format(printf, 2, 3)));
#define vi915_fail(...) vi915_fail_at(VI915_AT, __VA_ARGS__)

/**
 * vi915_note() - print one TAP diagnostic line
 */
void vi915_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/**
 * vi915_errname() - symbolic name of an errno, positive or negative
 *
 * Returns: "EINVAL", or a number in a static buffer of this thread.
 */
const char *vi915_errname(int err);

/**
 * vi915_check_at() - end the test when a call answered -errno
 * @at: VI915_AT of the caller
 * @what: the text of the call
 * @ret: what the call answered
 *
 * Returns: @ret, which is not negative.
 */
long vi915_check_at(const char *at, const char *what, long ret);
#define vi915_check(call) vi915_check_at(VI915_AT, #call, call)

/**
 * vi915_require_at() - end the test when a precondition of it does not hold
 */
#define vi915_require_at(at, cond) \
	do { \
		if (!(cond)) \
			vi915_fail_at(at, "%s: does not hold", #cond); \
	} while (0)
#define vi915_require(cond) vi915_require_at(VI915_AT, cond)

#endif
