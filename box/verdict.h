/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_VERDICT_H
#define VI915_VERDICT_H

#include <stdbool.h>

#include "frame.h"

struct vi915_box_options;
struct vi915_klog;
struct vi915_place;
struct vi915_steps;

/* How a box ended. */
enum vi915_ending_kind {
	VI915_ENDING_NONE,	/* not yet, or by a signal to vi915 or a time limit */
	VI915_ENDING_EXITED,	/* the command ended: @status is its wait status */
	VI915_ENDING_NOEXEC,	/* the command could not be run: @status is an errno */
	VI915_ENDING_FAILED,	/* the guest could not set up the box: @reason */
	VI915_ENDING_HOST,	/* vi915 cannot go on: @reason */
	VI915_ENDING_DIED,	/* the box's kernel ended: @status is its wait status */
	VI915_ENDING_SILENT,	/* the box sent and logged nothing for @status s */
	VI915_ENDING_STUCK,	/* the command has ended, the box has not */
	VI915_ENDING_GARBLED,	/* the guest broke the protocol */
};

/**
 * struct vi915_ending - how a box ended
 * @kind: how it ended
 * @status: see &enum vi915_ending_kind
 * @cpu_s: seconds of a processor that its kernel used
 * @reason: see &enum vi915_ending_kind
 * @leaks: kmemleak's report
 * @signal: the signal by which we were asked to end it, or 0
 * @timed_out: the time limit was reached
 * @after_s: seconds that the box had after the command's end, if it was STUCK
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
