/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_RESULTS_H
#define VI915_RESULTS_H

#include <stddef.h>

struct vi915_box_outcome;
struct vi915_tap;

enum vi915_result_kind {
	VI915_RESULT_PASS,
	VI915_RESULT_FAILURE,	/* the test reported it */
	VI915_RESULT_ERROR,	/* the test could not report a result */
	VI915_RESULT_SKIPPED,
	VI915_NUM_RESULTS
};

/**
 * struct vi915_result - the result of one test
 * @group: name of its group
 * @name: its name
 * @kind: the result
 * @type: kind of a failure or error, in a word
 * @message: reason why it did not pass, in one line
 * @text: the same at length, or ""
 * @seconds: how long it took
 */
struct vi915_result {
	char *group, *name;
	enum vi915_result_kind kind;
	const char *type;
	char *message, *text;
	double seconds;
};

/**
 * struct vi915_results - the results of a run
 * @all: the results, in the order in which they came
 * @num: how many
 * @count: how many of each kind
 * @from_tap: they come from the command's TAP output
 */
struct vi915_results {
	struct vi915_result *all;
	size_t num;
	size_t count[VI915_NUM_RESULTS];
	int from_tap;
};

void vi915_results_init(struct vi915_results *results, const char *command,
			const struct vi915_tap *tap, const struct vi915_box_outcome *outcome);
void vi915_results_fini(struct vi915_results *results);

#endif
