/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_SAY_H
#define VI915_SAY_H

/* The exit codes of timeout(1) and shells; the README explains them. */
#define VI915_EXIT_TIMEOUT	124
#define VI915_EXIT_FAILED	125
#define VI915_EXIT_NOT_RUNNABLE	126
#define VI915_EXIT_NOT_FOUND	127
#define VI915_EXIT_SIGNAL	128

int vi915_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void vi915_tell(const char *format, ...) __attribute__((format(printf, 1, 2)));
const char *vi915_said(void);
void vi915_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
const char *vi915_warned(void);

#endif
