/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_TIMES_H
#define VI915_TIMES_H

#include <stdbool.h>

/**
 * struct vi915_times - the time limits of a box
 * @boot: the guest's first process must have sent HELLO, unless the kernel's log grows; 0 once it
 *	has
 * @limit: the command must have ended; 0 for no limit
 * @after: the box must be done, after the command has ended; 0 for no limit
 * @grace: the box was told to end, and is killed then; 0 before that
 *
 * All are times of the host's clock in milliseconds.
 */
struct vi915_times {
	long long boot, limit, after, grace;
};

/**
 * struct vi915_patience - how long a box that is told to end may take
 * @end_ms: for ending its processes and syncing files
 * @each_ms: before that, for all pictures of its outputs, and again for all documents of a report
 */
struct vi915_patience {
	unsigned int end_ms, each_ms;
};

/* After a signal, since its sender will not wait for long. */
extern const struct vi915_patience vi915_times_cancelled;
/* After the time limit, which leaves more time. */
extern const struct vi915_patience vi915_times_limited;

/* How long a guest may be silent before HELLO, and how long it may take after its command. */
#define VI915_TIMES_BOOT_MS 120000
#define VI915_TIMES_AFTER_MS 120000

long long vi915_times_now(void);
void vi915_times_begin(struct vi915_times *times, long long timeout_ms);
void vi915_times_command_ended(struct vi915_times *times);
void vi915_times_told_to_end(struct vi915_times *times, const struct vi915_patience *patience,
			     bool shots, bool report);
bool vi915_times_passed(long long when);
int vi915_times_next(const struct vi915_times *times);

#endif
