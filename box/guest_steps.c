// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The steps that the box has reached. Each has the time by the guest's clock, since its frame may
 * wait before it is sent.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "guest.h"

/* Notes since the last step; they are sent with the next one. */
static struct vi915_queue vi915_guest_notes;

/**
 * vi915_guest_note() - note a detail for --verbose
 * @what: one word for it
 * @format: its value, as for printf
 */
void vi915_guest_note(const char *what, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	vi915_queue_put(&vi915_guest_notes, what, strlen(what));
	vi915_queue_put(&vi915_guest_notes, "\t", 1);
	vi915_queue_put(&vi915_guest_notes, text, strlen(text));
	vi915_queue_put(&vi915_guest_notes, "\n", 1);
}

/**
 * vi915_guest_step() - report that a step is reached
 * @step: the step
 */
void vi915_guest_step(enum vi915_step step)
{
	struct vi915_queue *notes = &vi915_guest_notes;
	char bytes[sizeof(struct vi915_step_head) + 8192];
	struct vi915_step_head head = { .step = step };
	size_t len = vi915_queue_len(notes);
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	head.ns = ts.tv_sec * 1000000000ull + ts.tv_nsec;
	if (len > sizeof(bytes) - sizeof(head))
		len = sizeof(bytes) - sizeof(head);
	memcpy(bytes, &head, sizeof(head));
	if (len)
		memcpy(bytes + sizeof(head), vi915_queue_head(notes), len);
	vi915_frame_put(&vi915_port.out, VI915_FRAME_STEP, 0, bytes, sizeof(head) + len);
	vi915_queue_taken(notes, vi915_queue_len(notes));
	/* Sent at once, so that --verbose shows where a box hangs. */
	vi915_port_send(&vi915_port);
}

/**
 * vi915_guest_now() - read the monotonic clock
 *
 * Return: milliseconds.
 */
long long vi915_guest_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ll + ts.tv_nsec / 1000000;
}
