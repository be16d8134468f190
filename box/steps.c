// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The steps of a box, for --verbose, which prints them as they come, and for --time, which prints
 * how long each took.
 */
#include "steps.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "frame.h"
#include "say.h"

/* Name of the time between a step and the one before it. */
static const char *const vi915_steps_names[VI915_NUM_STEPS] = {
	[VI915_STEP_KERNEL] = "prepare",
	[VI915_STEP_INIT] = "boot of the kernel",
	[VI915_STEP_ROOT] = "init and mounts",
	[VI915_STEP_MODULES] = "modules and GPUs",
	[VI915_STEP_SESSION] = "session",
	[VI915_STEP_COMMAND] = "command's start",
	[VI915_STEP_ENDED] = "command",
	[VI915_STEP_GONE] = "shutdown",
};

static int64_t vi915_steps_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ll + ts.tv_nsec;
}

/**
 * vi915_steps_begin() - begin with the start of vi915
 * @steps: filled
 * @verbose: print each step as it is reached
 */
void vi915_steps_begin(struct vi915_steps *steps, bool verbose)
{
	*steps = (struct vi915_steps){ .verbose = verbose };
	vi915_steps_reach(steps, VI915_STEP_BEGIN);
}

/**
 * vi915_steps_reach() - a step is reached now
 * @steps: the steps
 * @step: the step
 */
void vi915_steps_reach(struct vi915_steps *steps, enum vi915_step step)
{
	steps->at[step] = vi915_steps_now();
}

static void vi915_steps_tell(const struct vi915_steps *steps, int64_t at, const char *what,
			     const char *text, size_t len)
{
	double seconds = (at - steps->at[VI915_STEP_BEGIN]) / 1e9;

	vi915_tell("%7.3f s  %-9s %.*s", seconds, what, (int)len, text);
}

/**
 * vi915_steps_note() - print a detail if --verbose is given
 * @steps: the steps
 * @what: one word for it
 * @format: its value, as for printf
 */
void vi915_steps_note(const struct vi915_steps *steps, const char *what, const char *format, ...)
{
	char text[4096];
	va_list args;

	if (!steps->verbose)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	vi915_steps_tell(steps, vi915_steps_now(), what, text, strlen(text));
}

/* Clamps @at, which a guest gave, to the time between our start and now. */
static int64_t vi915_steps_bound(const struct vi915_steps *steps, int64_t at, int64_t now)
{
	if (at < steps->at[VI915_STEP_BEGIN])
		return steps->at[VI915_STEP_BEGIN];
	return at < now ? at : now;
}

/**
 * vi915_steps_frame() - note a step that the guest has reached
 * @steps: the steps
 * @frame: VI915_FRAME_STEP, checked by vi915_inbound_takes()
 *
 * The clocks are compared at the first such frame, since that one has not waited in a queue.
 */
void vi915_steps_frame(struct vi915_steps *steps, const struct vi915_frame *frame)
{
	const char *at, *end = frame->data + frame->len, *tab, *newline;
	const int64_t now = vi915_steps_now();
	struct vi915_step_head head;
	char what[16];

	memcpy(&head, frame->data, sizeof(head));
	if (head.step == VI915_STEP_INIT)
		steps->offset = now - head.ns;
	steps->at[head.step] = vi915_steps_bound(steps, head.ns + steps->offset, now);
	for (at = frame->data + sizeof(head); steps->verbose && at < end; at = newline + 1) {
		newline = memchr(at, '\n', end - at);
		tab = memchr(at, '\t', end - at);
		if (!newline || !tab || tab > newline)
			return;
		snprintf(what, sizeof(what), "%.*s", (int)(tab - at), at);
		vi915_steps_tell(steps, steps->at[head.step], what, tab + 1, newline - tab - 1);
	}
}

/**
 * vi915_steps_seconds() - compute the time from one step to another
 * @steps: the steps
 * @from: the earlier step
 * @to: the later step
 *
 * Return: seconds, or 0 when one of them was not reached.
 */
double vi915_steps_seconds(const struct vi915_steps *steps, enum vi915_step from,
			   enum vi915_step to)
{
	if (!steps->at[from] || !steps->at[to])
		return 0;
	return (steps->at[to] - steps->at[from]) / 1e9;
}

static void vi915_steps_row(const char *name, double seconds, double total)
{
	vi915_tell("  %-26s %9.3f s %4.0f %%", name, seconds,
		   total > 0 ? 100 * seconds / total : 0);
}

/**
 * vi915_steps_print() - print where the time went
 * @steps: the steps
 */
void vi915_steps_print(const struct vi915_steps *steps)
{
	double total = vi915_steps_seconds(steps, VI915_STEP_BEGIN, VI915_STEP_GONE);
	enum vi915_step step, last = VI915_STEP_BEGIN;

	vi915_tell("where the time went:");
	for (step = VI915_STEP_KERNEL; step < VI915_NUM_STEPS; step++) {
		if (!steps->at[step])
			continue;
		vi915_steps_row(vi915_steps_names[step], vi915_steps_seconds(steps, last, step),
				total);
		last = step;
		if (step == VI915_STEP_COMMAND)
			vi915_steps_row("= to its first instruction",
					vi915_steps_seconds(steps, VI915_STEP_BEGIN, step), total);
	}
	vi915_steps_row("total", total, total);
}
