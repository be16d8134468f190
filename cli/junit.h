/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_JUNIT_H
#define VI915_JUNIT_H

#include <stdio.h>

struct vi915_report;

void vi915_junit_put(const struct vi915_report *report, FILE *file);

#endif
