/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_TIMES_H
#define VI915_TIMES_H

#include <stdbool.h>

/**
 * struct vi915_times - until when a box waits for what
 * @boot: the guest's first process must have spoken, unless the kernel's log
 *	grows; 0 once it has
 * @limit: the command must have ended, or 0
 * @after: the command has ended, and what comes after it must be done; or 0
 * @grace: it was told to end, and is killed then; or 0
 *
 * All are in milliseconds of the host's clock.
 */
struct vi915_times {
	long long boot, limit, after, grace;
};

/**
 * struct vi915_patience - how long a box that is told to end may take
 * @end_ms: to end what runs in it and to write back
 * @each_ms: before that, for all pictures of its outputs, and again for all
 *	else that a report wants to know
 */
struct vi915_patience {
	unsigned int end_ms, each_ms;
};

/* A signal came: who sent it will not wait for long. */
extern const struct vi915_patience vi915_times_cancelled;
/* The time limit was reached: nobody is in a hurry. */
extern const struct vi915_patience vi915_times_limited;

/* How long a guest may be silent before it speaks, and after its command. */
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
