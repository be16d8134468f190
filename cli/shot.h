/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_SHOT_H
#define VI915_SHOT_H

/* An hour, in milliseconds. */
#define VI915_SHOT_EVERY_MAX 3600000
#define VI915_SHOT_COUNT_MAX 99999
/* The exit code for an output that shows nothing. */
#define VI915_SHOT_EXIT_DARK 1

/**
 * struct vi915_shot_options - which pictures to make
 * @card: a card's number or a GPU's name, or NULL
 * @output: an output's number or name, or NULL
 * @out: the folder for files that are named after outputs, or NULL
 * @every: milliseconds from one round to the next, or 0 for a single round
 * @count: number of rounds, or 0 to go on until a signal
 */
struct vi915_shot_options {
	const char *card;
	const char *output;
	const char *out;
	unsigned long every;
	unsigned long count;
};

int vi915_shot_one(const struct vi915_shot_options *options, const char *file);
int vi915_shot_series(const struct vi915_shot_options *options);

#endif
