/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_VERDICT_H
#define VI915_VERDICT_H

#include <stdbool.h>

#include "frame.h"

struct vi915_box_options;
struct vi915_klog;
struct vi915_place;
struct vi915_steps;

/* How a box comes to its end. */
enum vi915_ending_kind {
	VI915_ENDING_NONE,	/* it has not, or was ended from outside */
	VI915_ENDING_EXITED,	/* the command ended: @status is as of wait() */
	VI915_ENDING_NOEXEC,	/* it could not be run: @status is an errno */
	VI915_ENDING_FAILED,	/* the guest said @reason */
	VI915_ENDING_HOST,	/* we cannot go on: @reason */
	VI915_ENDING_DIED,	/* its kernel ended: @status is as of wait() */
	VI915_ENDING_SILENT,	/* nothing was heard of it for @status s */
	VI915_ENDING_STUCK,	/* the command has ended, the box has not */
	VI915_ENDING_GARBLED,	/* it spoke nonsense */
};

/**
 * struct vi915_ending - all there is to know about the end of a box
 * @kind: how it ended
 * @status: see &enum vi915_ending_kind
 * @cpu_s: seconds of a processor that its kernel used
 * @reason: see &enum vi915_ending_kind
 * @leaks: kmemleak's report
 * @signal: the signal by which we were asked to end it, or 0
 * @timed_out: the time limit was reached
 * @after_s: seconds that the box was given when the command had ended, where
 *	that was not enough
 * @stream_error: the errno with which our stdout or stderr failed, or 0
 */
struct vi915_ending {
	enum vi915_ending_kind kind;
	int status;
	long cpu_s;
	char reason[1024];
	struct vi915_queue leaks;
	int signal;
	bool timed_out;
	int after_s;
	int stream_error;
};

int vi915_verdict(const struct vi915_ending *ending,
		  const struct vi915_box_options *options,
		  struct vi915_klog *klog, const struct vi915_place *place);
void vi915_verdict_note(const struct vi915_ending *ending, const struct vi915_steps *steps,
			const struct vi915_klog *klog, int ret);

#endif
