// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"

/* KSFT_FAIL of kselftest.h, which only a test program includes. */
#define VI915_EXIT_FAIL 1

static void vi915_vprint(const char *at, const char *fmt, va_list ap)
{
	char line[1024];
	int n = 0;

	if (at)
		n = snprintf(line, sizeof(line), "# %s: ", at);
	else
		n = snprintf(line, sizeof(line), "# ");
	n += vsnprintf(line + n, sizeof(line) - n - 1, fmt, ap);
	if (n > (int)sizeof(line) - 2)
		n = sizeof(line) - 2;
	line[n++] = '\n';

	/* One write, so that lines of several threads do not mix. */
	fflush(stdout);
	if (write(STDOUT_FILENO, line, n) != n)
		_exit(VI915_EXIT_FAIL);
}

void vi915_fail_at(const char *at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vi915_vprint(at, fmt, ap);
	va_end(ap);
	_exit(VI915_EXIT_FAIL);
}

void vi915_note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vi915_vprint(NULL, fmt, ap);
	va_end(ap);
}

const char *vi915_errname(int err)
{
	static __thread char number[24];
	const char *name;

	name = strerrorname_np(abs(err));
	if (name)
		return name;
	snprintf(number, sizeof(number), "errno %d", abs(err));
	return number;
}

long vi915_check_at(const char *at, const char *what, long ret)
{
	if (ret < 0)
		vi915_fail_at(at, "%s: %s (%s)", what, vi915_errname(ret), strerror(-ret));
	return ret;
}
