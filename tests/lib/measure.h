/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Times for the benches: two ways to do the same thing, measured in turns, and
 * rows of one table. bench/run prints the end of the table.
 *
 * A busy machine takes the CPU away for milliseconds at a time. So each side
 * runs in many much shorter rounds, the sides take turns, and the lower
 * quartile of a side's rounds counts: that many rounds are undisturbed, and a
 * longer slowdown affects both sides.
 */
#ifndef VI915_TESTS_MEASURE_H
#define VI915_TESTS_MEASURE_H

#include <stdint.h>

/**
 * struct vi915_work - one side of a comparison
 * @run: do the work @n times; returns the nanoseconds that count, without
 *	preparation and clean-up
 * @arg: for @run
 */
struct vi915_work {
	int64_t (*run)(void *arg, unsigned int n);
	void *arg;
};

/**
 * struct vi915_compared - result of a comparison
 * @ours: nanoseconds of one run of our side
 * @peer: nanoseconds of one run of the other side
 * @ratio: ratio of the two
 */
struct vi915_compared {
	double ours;
	double peer;
	double ratio;
};

/* Enough rounds for work that takes microseconds. */
#define VI915_ROUNDS 201

/**
 * vi915_compare() - measure two ways in turns
 * @ours: our way
 * @peer: the other way
 * @rounds: rounds of each side, at most 500
 *
 * First finds how often the work has to be done in one round to make the round
 * long enough for the clock.
 */
struct vi915_compared vi915_compare(const struct vi915_work *ours,
				    const struct vi915_work *peer, unsigned int rounds);

/**
 * vi915_quantile() - the value that a given part of all values do not exceed
 * @values: the values, which get sorted
 * @n: number of values
 * @part: 0.5 for the median
 */
double vi915_quantile(double *values, unsigned int n, double part);

/**
 * vi915_table() - begin a section of the table
 * @title: its heading
 * @unit: unit of its times
 */
void vi915_table(const char *title, const char *unit);

/**
 * vi915_row() - one line of the table
 * @what: what was measured
 * @peer: name of the other side, whose time is in the second column
 * @compared: result, in nanoseconds
 * @divide: divisor to get the unit of the table
 * @goal: the ratio to reach, or 0 where there is none
 *
 * Prints whether the goal is "met", "missed", or "even": within two per cent,
 * by which two measurements of the same code differ.
 */
void vi915_row(const char *what, const char *peer, const struct vi915_compared *compared,
	       double divide, double goal);

/**
 * vi915_bench_open() - open the card of the n-th GPU, from 0
 *
 * Any name will do; ends the program when the box has fewer GPUs.
 */
int vi915_bench_open(int n);

#endif
