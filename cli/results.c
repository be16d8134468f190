// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The results of a run, test by test. They come from the command's output if it is TAP; any other
 * command is one test. A box that died, a time limit, and a plan that was not kept to are errors.
 */
#include "results.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "box/box.h"
#include "box/say.h"
#include "tap.h"

/* Group of a test that names none. */
#define VI915_RESULTS_GROUP "vi915.run"

static struct vi915_result *vi915_results_add(struct vi915_results *results, const char *name,
					      enum vi915_result_kind kind, const char *type,
					      const char *format, ...)
	__attribute__((format(printf, 5, 6)));

static char *vi915_results_copy(const char *text, size_t len)
{
	char *copy = strndup(text, len);

	if (!copy)
		exit(vi915_say("out of memory"));
	return copy;
}

static struct vi915_result *vi915_results_add(struct vi915_results *results, const char *name,
					      enum vi915_result_kind kind, const char *type,
					      const char *format, ...)
{
	struct vi915_result *one;
	va_list args;

	results->all = reallocarray(results->all, results->num + 1, sizeof(*one));
	if (!results->all)
		exit(vi915_say("out of memory"));
	one = &results->all[results->num++];
	*one = (struct vi915_result){ .kind = kind, .type = type };
	va_start(args, format);
	if (vasprintf(&one->message, format, args) < 0)
		exit(vi915_say("out of memory"));
	va_end(args);
	one->group = vi915_results_copy(VI915_RESULTS_GROUP, strlen(VI915_RESULTS_GROUP));
	one->name = vi915_results_copy(name, strlen(name));
	one->text = vi915_results_copy("", 0);
	results->count[kind]++;
	return one;
}

/* Sets the text of a result; its first line is the message if there is none yet. */
static void vi915_results_explain(struct vi915_result *one, const char *text, size_t len)
{
	free(one->text);
	one->text = vi915_results_copy(text, len);
	if (*one->message || !len)
		return;
	free(one->message);
	one->message = vi915_results_copy(one->text, strcspn(one->text, "\n"));
}

static void vi915_results_tap_case(struct vi915_results *results, const struct vi915_tap_case *from)
{
	static const enum vi915_result_kind kinds[] = {
		[VI915_TAP_PASS] = VI915_RESULT_PASS,
		[VI915_TAP_FAIL] = VI915_RESULT_FAILURE,
		[VI915_TAP_SKIP] = VI915_RESULT_SKIPPED,
		[VI915_TAP_TODO] = VI915_RESULT_SKIPPED,
	};
	const char *todo = from->verdict == VI915_TAP_TODO ? "fails, as is known: " : "";
	struct vi915_result *one;

	one = vi915_results_add(results, from->name, kinds[from->verdict], "not ok", "%s%s", todo,
				from->reason);
	one->seconds = from->seconds;
	if (*from->path) {
		free(one->group);
		one->group = vi915_results_copy(from->path, strlen(from->path));
	}
	vi915_results_explain(one, vi915_queue_head(&from->text), vi915_queue_len(&from->text));
}

static const char *vi915_results_type(int ret)
{
	switch (ret) {
	case VI915_EXIT_TIMEOUT:
		return "time limit";
	case VI915_EXIT_NOT_RUNNABLE:
	case VI915_EXIT_NOT_FOUND:
		return "command not run";
	default:
		return "box";
	}
}

/* Adds an error if the command did not end by itself, or something else of the run failed. */
static void vi915_results_box(struct vi915_results *results, const char *command,
			      const struct vi915_box_outcome *outcome)
{
	const char *said = vi915_said();
	struct vi915_result *one;

	if (*said)
		one = vi915_results_add(results, command, VI915_RESULT_ERROR,
					vi915_results_type(outcome->ret), "%.*s",
					(int)strcspn(said, "\n"), said);
	else
		one = vi915_results_add(results, command, VI915_RESULT_ERROR,
					vi915_results_type(outcome->ret),
					"the run was ended from outside");
	one->seconds = outcome->seconds;
	vi915_results_explain(one, said, strlen(said));
}

static void vi915_results_status(struct vi915_results *results, const char *command,
				 const struct vi915_box_outcome *outcome, const char *besides)
{
	int number = outcome->ret - VI915_EXIT_SIGNAL;
	struct vi915_result *one;

	if (!outcome->ret)
		one = vi915_results_add(results, command, VI915_RESULT_PASS, "", "%s", "");
	else if (number > 0 && number < 65)
		one = vi915_results_add(results, command, VI915_RESULT_FAILURE, "status",
					"status %d: signal %d (%s)%s", outcome->ret, number,
					strsignal(number), besides);
	else
		one = vi915_results_add(results, command, VI915_RESULT_FAILURE, "status",
					"status %d%s", outcome->ret, besides);
	one->seconds = outcome->seconds;
}

static void vi915_results_tap(struct vi915_results *results, const char *command,
			      const struct vi915_tap *tap, const struct vi915_box_outcome *outcome)
{
	results->from_tap = 1;
	for (size_t i = 0; i < tap->num; i++)
		vi915_results_tap_case(results, &tap->cases[i]);
	if (tap->bail)
		vi915_results_add(results, command, VI915_RESULT_ERROR, "Bail out!",
				  "the tests gave up:%s", tap->bail);
	if (!outcome->by_command)
		vi915_results_box(results, command, outcome);
	else if (!tap->bail && tap->planned != tap->seen)
		vi915_results_add(results, command, VI915_RESULT_ERROR, "plan",
				  "%lu tests were planned, %lu told their result", tap->planned,
				  tap->seen);
	else if (outcome->ret && !results->count[VI915_RESULT_FAILURE] &&
		 !results->count[VI915_RESULT_ERROR])
		vi915_results_status(results, command, outcome, ", though no test failed");
}

/**
 * vi915_results_init() - collect the results of a run
 * @results: filled
 * @command: the command
 * @tap: its output, read as TAP
 * @outcome: how the run went
 */
void vi915_results_init(struct vi915_results *results, const char *command,
			const struct vi915_tap *tap, const struct vi915_box_outcome *outcome)
{
	*results = (struct vi915_results){ 0 };
	if (vi915_tap_speaks(tap))
		vi915_results_tap(results, command, tap, outcome);
	else if (!outcome->by_command)
		vi915_results_box(results, command, outcome);
	else
		vi915_results_status(results, command, outcome, "");
}

/**
 * vi915_results_fini() - free the results
 * @results: then all zero
 */
void vi915_results_fini(struct vi915_results *results)
{
	for (size_t i = 0; i < results->num; i++) {
		free(results->all[i].group);
		free(results->all[i].name);
		free(results->all[i].message);
		free(results->all[i].text);
	}
	free(results->all);
	*results = (struct vi915_results){ 0 };
}
