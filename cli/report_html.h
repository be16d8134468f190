/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_REPORT_HTML_H
#define VI915_REPORT_HTML_H

#include <stdio.h>

struct vi915_report;

void vi915_report_put_html(const struct vi915_report *report, FILE *file);

#endif
