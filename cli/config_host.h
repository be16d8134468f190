/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_CONFIG_HOST_H
#define VI915_CONFIG_HOST_H

/*
 * Replacements for the kernel's functions and macros that driver/vi915_config*.c use, for building
 * them into the command.
 */

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define EXPORT_SYMBOL_IF_KUNIT(symbol) _Static_assert(1, #symbol)

/* As snprintf(3), but returns the bytes written, not those that were needed. */
static inline int __attribute__((format(printf, 3, 4)))
scnprintf(char *buf, size_t size, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(buf, size, format, args);
	va_end(args);
	if (n < 0 || !size)
		return 0;
	return (size_t)n < size ? n : (int)size - 1;
}

#endif
