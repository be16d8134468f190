// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The clocks of a box. On a busy machine everything takes long, so none of them
 * decides about a command that goes on or has ended: they are for boxes that
 * will never be done, and for those that were told to end.
 */
#include "times.h"

#include <time.h>

const struct vi915_patience vi915_times_cancelled = { .end_ms = 3000, .each_ms = 4000 };
const struct vi915_patience vi915_times_limited = { .end_ms = 10000, .each_ms = 30000 };

/* What the guest needs to notice that its time is up, and to go on. */
#define VI915_TIMES_SLACK_MS 500

/**
 * vi915_times_now() - the time
 *
 * Return: milliseconds since some moment.
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
 * @timeout_ms: the time limit that was asked for, or 0
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
 * The time limit is for the command. Who gave one wants an end of the box too,
 * but not because pictures took their time.
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
 * @shots: it sends pictures before
 * @report: it sends what a report wants to know before
 */
void vi915_times_told_to_end(struct vi915_times *times, const struct vi915_patience *patience,
			     bool shots, bool report)
{
	times->grace = vi915_times_now() + patience->end_ms +
		       (shots + report) * (patience->each_ms + VI915_TIMES_SLACK_MS);
}

/**
 * vi915_times_passed() - has a moment come
 * @when: the moment, or 0 for never
 *
 * Return: whether it has.
 */
bool vi915_times_passed(long long when)
{
	return when && vi915_times_now() >= when;
}

/**
 * vi915_times_next() - how long until something must be looked at
 * @times: the clocks
 *
 * Return: milliseconds, or -1 for ever, as poll() wants it.
 */
int vi915_times_next(const struct vi915_times *times)
{
	const long long all[] = { times->boot, times->limit, times->after };
	long long next = times->grace;

	/* Once it is to end, nothing else counts. */
	for (unsigned int i = 0; !times->grace && i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i] && (!next || all[i] < next))
			next = all[i];
	if (!next)
		return -1;
	next -= vi915_times_now();
	return next > 0 ? next : 0;
}
