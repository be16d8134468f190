// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The time limits of a box. On a busy machine everything takes long, so none of them applies to a
 * command that runs or has ended by itself: they are for boxes that will never be done, and for
 * boxes that were told to end.
 */
#include "times.h"

#include <time.h>

const struct vi915_patience vi915_times_cancelled = { .end_ms = 3000, .each_ms = 4000 };
const struct vi915_patience vi915_times_limited = { .end_ms = 10000, .each_ms = 30000 };

/* Time for the guest to notice that its limit has passed, and to go on. */
#define VI915_TIMES_SLACK_MS 500

/**
 * vi915_times_now() - read the monotonic clock
 *
 * Return: milliseconds.
 */
long long vi915_times_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ll + ts.tv_nsec / 1000000;
}

/**
 * vi915_times_begin() - the box is about to be started
 * @times: filled
 * @timeout_ms: the user's time limit, or 0
 */
void vi915_times_begin(struct vi915_times *times, long long timeout_ms)
{
	long long now = vi915_times_now();

	*times = (struct vi915_times){ .boot = now + VI915_TIMES_BOOT_MS };
	if (timeout_ms)
		times->limit = now + timeout_ms;
}

/**
 * vi915_times_command_ended() - the command has ended in time
 * @times: the clocks
 *
 * The time limit is for the command. If there was one, the box gets a limit for the rest too, but a
 * long one, since pictures may take their time.
 */
void vi915_times_command_ended(struct vi915_times *times)
{
	if (times->limit)
		times->after = vi915_times_now() + VI915_TIMES_AFTER_MS;
	times->limit = 0;
}

/**
 * vi915_times_told_to_end() - the box was told to end
 * @times: the clocks
 * @patience: how long it may take
 * @shots: it sends pictures first
 * @report: it sends documents for a report first
 */
void vi915_times_told_to_end(struct vi915_times *times, const struct vi915_patience *patience,
			     bool shots, bool report)
{
	times->grace = vi915_times_now() + patience->end_ms +
		       (shots + report) * (patience->each_ms + VI915_TIMES_SLACK_MS);
}

/**
 * vi915_times_passed() - check whether a time has come
 * @when: the time, or 0 for never
 *
 * Return: true if it has.
 */
bool vi915_times_passed(long long when)
{
	return when && vi915_times_now() >= when;
}

/**
 * vi915_times_next() - compute the timeout for poll()
 * @times: the clocks
 *
 * Return: milliseconds until the next limit, or -1 for none.
 */
int vi915_times_next(const struct vi915_times *times)
{
	const long long all[] = { times->boot, times->limit, times->after };
	long long next = times->grace;

	/* Once the box is told to end, only @grace counts. */
	for (unsigned int i = 0; !times->grace && i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i] && (!next || all[i] < next))
			next = all[i];
	if (!next)
		return -1;
	next -= vi915_times_now();
	return next > 0 ? next : 0;
}
