// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <stdarg.h>
#include <stdlib.h>

#include "proc.h"
#include "share.h"
#include "share_race.h"

static void race_thread(void *arg, int index)
{
	struct race *race = arg;
	uint32_t seed = race->seed + index * 7919;
	unsigned int round;

	for (round = 0; round < race->rounds && vi915_now() < race->end; round++)
		race->fns[index](race, index, &seed);
	__atomic_add_fetch(&race->done, round, __ATOMIC_RELAXED);
}

unsigned int race_seconds(unsigned int seconds)
{
	const char *text = getenv("VI915_RACE_SECONDS");

	return text ? strtoul(text, NULL, 0) : seconds;
}

unsigned long race_least(unsigned long times)
{
	return getenv("VI915_RACE_SECONDS") ? 1 : times;
}

void race_run(struct race *race, const char *name)
{
	int64_t start = vi915_now();

	vi915_require(race->threads <= RACE_THREADS);
	race->end = start + race_seconds(race->seconds) * 1000000000LL;
	race->done = 0;
	vi915_threads(race->threads, race_thread, race);
	vi915_note("%s: seed %u, %d threads, %lu rounds in %.1f s", name, race->seed,
		   race->threads, race->done, (vi915_now() - start) / 1e9);
}

void race_allow_at(const char *at, const char *what, long ret, ...)
{
	bool allowed = ret >= 0;
	va_list ap;
	int err;

	va_start(ap, ret);
	while (!allowed && (err = va_arg(ap, int)))
		allowed = ret == -err;
	va_end(ap);
	if (!allowed)
		vi915_fail_at(at, "%s: %s is not one of what a race may give", what,
			      vi915_errname(ret));
}
