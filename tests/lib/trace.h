/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The driver's trace events, recorded by a trace instance of the test, so that
 * other users' settings do not matter.
 */
#ifndef VI915_TESTS_TRACE_H
#define VI915_TESTS_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fail.h"

/**
 * vi915_trace_start() - record all events of the driver from now on
 */
void vi915_trace_start_at(const char *at);
#define vi915_trace_start() vi915_trace_start_at(VI915_AT)

/**
 * vi915_trace_stop() - stop recording, and drop what was recorded
 */
void vi915_trace_stop(void);

/**
 * vi915_trace_find() - the nth recorded event of a name whose text has a word
 * @event: "vi915_import", ...
 * @word: "gpu=gpu0", ...; NULL for any
 * @nth: from 0
 * @text: the event as printed
 *
 * Returns: whether there is such an event.
 */
bool vi915_trace_find(const char *event, const char *word, int nth, char *text, size_t size);

/**
 * vi915_trace_count() - number of such events
 */
int vi915_trace_count(const char *event, const char *word);

/**
 * vi915_trace_word() - the text behind "key=" in an event's text
 *
 * Returns: the value in a static buffer, "" when there is no such key.
 */
const char *vi915_trace_word(const char *text, const char *key);

#endif
