// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "demo_fail.h"

#include <stdarg.h>
#include <stdio.h>

int vi915_demo_fail(const char *format, ...)
{
	va_list args;

	fputs("vi915: demo: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return -1;
}
