/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_DEMO_FAIL_H
#define VI915_DEMO_FAIL_H

/**
 * vi915_demo_fail() - print an error: what failed, on what, and what to do
 * @format: the sentence, without prefix and without newline
 *
 * Return: -1, so that a caller can fail in one line.
 */
int vi915_demo_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
