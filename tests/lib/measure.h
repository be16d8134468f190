/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Times for the benches: two ways to do the same thing, measured in turns, and
 * rows of one table. bench/run prints the table's end.
 *
 * A machine that does other things too takes the CPU away for milliseconds at
 * a time. So each side runs in many rounds much shorter than that, one side
 * after the other, and the lower quartile of its rounds counts: so many are
 * undisturbed, and what slows the machine for longer slows both.
 */
#ifndef VI915_TESTS_MEASURE_H
#define VI915_TESTS_MEASURE_H

#include <stdint.h>

/**
 * struct vi915_work - one side of a comparison
 * @run: do it @n times; returns how many nanoseconds count, which leaves out
 *	what the work needed first and left behind
 * @arg: for @run
 */
struct vi915_work {
	int64_t (*run)(void *arg, unsigned int n);
	void *arg;
};

/**
 * struct vi915_compared - what a comparison gave
 * @ours: nanoseconds for one time, our side
 * @peer: the other side
 * @ratio: of the two
 */
struct vi915_compared {
	double ours;
	double peer;
	double ratio;
};

/* Rounds that are enough for what takes microseconds. */
#define VI915_ROUNDS 201

/**
 * vi915_compare() - measure two ways in turns
 * @ours: our way
 * @peer: the other way
 * @rounds: of each, at most 500
 *
 * How often the work is done in one round is found out first: until a round
 * is long enough for the clock.
 */
struct vi915_compared vi915_compare(const struct vi915_work *ours,
				    const struct vi915_work *peer, unsigned int rounds);

/**
 * vi915_quantile() - the value that a part of all values do not exceed
 * @values: get sorted
 * @n: how many
 * @part: 0.5 for the median
 */
double vi915_quantile(double *values, unsigned int n, double part);

/**
 * vi915_table() - begin a part of the table
 * @title: what it is about
 * @unit: of the times in it
 */
void vi915_table(const char *title, const char *unit);

/**
 * vi915_row() - one line of the table
 * @what: was measured
 * @peer: whose time stands in the second column
 * @compared: in nanoseconds
 * @divide: by this to get the unit of the table
 * @goal: the ratio to reach, or 0 where there is none
 *
 * Says whether the goal is "met", "missed", or "even": within two per cent,
 * which is what two measurements of the same code differ by.
 */
void vi915_row(const char *what, const char *peer, const struct vi915_compared *compared,
	       double divide, double goal);

/**
 * vi915_bench_open() - open the card of the n-th GPU, from 0
 *
 * Whatever it is called; ends the program when the box has fewer.
 */
int vi915_bench_open(int n);

#endif
