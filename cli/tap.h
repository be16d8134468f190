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
	VI915_TAP_TODO, /* it failed, as expected */
};

/**
 * struct vi915_tap_case - one result line
 * @name: name of the test
 * @path: names of the tests that it is a part of, as "outer.inner", or ""
 * @verdict: the result
 * @reason: reason of a skip or a todo
 * @text: comments and YAML about a failure
 * @indent: indentation of its line, or of the outermost test it belongs to so far
 * @seconds: the time since the result before
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
 * struct vi915_tap - the output of a command, read as TAP or KTAP
 * @cases: the results, in their order
 * @num: how many
 * @planned: number of results in the outermost plan
 * @seen: number of outermost results so far
 * @spoken: a version or a plan was seen
 * @bail: reason of "Bail out!", or NULL
 * @line: bytes of the present line
 * @dropped: the present line is too long and is ignored
 * @comments: comments since the last result
 * @yaml: the present line is in the YAML of the last result
 * @last: time of the last result, in seconds
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
