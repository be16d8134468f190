/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_TAP_H
#define VI915_TAP_H

#include <stdbool.h>
#include <stddef.h>

#include "box/frame.h"

enum vi915_tap_verdict {
	VI915_TAP_PASS,
	VI915_TAP_FAIL,
	VI915_TAP_SKIP,
	VI915_TAP_TODO,		/* it failed, as was known */
};

/**
 * struct vi915_tap_case - one line of a test's result
 * @name: what the line says
 * @path: the tests that it is a part of, as "outer.inner", or ""
 * @verdict: the result
 * @reason: of a skip or a todo
 * @text: what was said of a failure
 * @indent: how far in the line is, that it was last counted to
 * @seconds: the time since the line before
 */
struct vi915_tap_case {
	char *name, *path;
	enum vi915_tap_verdict verdict;
	char *reason;
	struct vi915_queue text;
	size_t indent;
	double seconds;
};

/**
 * struct vi915_tap - what a command says, read as TAP or KTAP
 * @cases: the results, in their order
 * @num: how many
 * @planned: how many were announced at the outermost level
 * @seen: how many there were of these
 * @spoken: a version or a plan was seen
 * @bail: why the tests gave up, or NULL
 * @line: the line that has begun
 * @dropped: it has grown too long and is none
 * @comments: what was said since the last result
 * @yaml: the last result is being explained in YAML, so far in
 * @last: when the last result came, in seconds
 */
struct vi915_tap {
	struct vi915_tap_case *cases;
	size_t num;
	unsigned long planned, seen;
	bool spoken;
	char *bail;
	struct vi915_queue line;
	bool dropped;
	struct vi915_queue comments;
	bool yaml;
	double last;
};

void vi915_tap_feed(struct vi915_tap *tap, const char *bytes, size_t len);
void vi915_tap_end(struct vi915_tap *tap);
bool vi915_tap_speaks(const struct vi915_tap *tap);
void vi915_tap_fini(struct vi915_tap *tap);

#endif
