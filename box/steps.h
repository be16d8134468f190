/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_STEPS_H
#define VI915_STEPS_H

#include <stdbool.h>
#include <stdint.h>

#include "proto.h"

struct vi915_frame;

/**
 * struct vi915_steps - the steps that a box has reached, and when
 * @verbose: print each step as it is reached
 * @at: when each was reached, in ns of our clock; 0 for those that were not
 * @offset: added to the guest's clock it gives ours, in ns
 */
struct vi915_steps {
	bool verbose;
	int64_t at[VI915_NUM_STEPS];
	uint64_t offset;
};

void vi915_steps_begin(struct vi915_steps *steps, bool verbose);
void vi915_steps_reach(struct vi915_steps *steps, enum vi915_step step);
void vi915_steps_frame(struct vi915_steps *steps, const struct vi915_frame *frame);
void vi915_steps_note(const struct vi915_steps *steps, const char *what, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
double vi915_steps_seconds(const struct vi915_steps *steps, enum vi915_step from,
			   enum vi915_step to);
void vi915_steps_print(const struct vi915_steps *steps);

#endif
