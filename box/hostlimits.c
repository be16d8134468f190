// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <signal.h>
#include <stdio.h>

#include "hostlimits.h"
#include "say.h"

/**
 * DOC: resource limits of the host
 *
 * Limits of a shell (ulimit) are made for programs. A box is a kernel: each file that is open in it
 * is open on the host, its memory is a file of that size, and it dies where a program would get an
 * errno. So soft limits are raised as far as they may be, and a limit that is too low is refused
 * before anything is started. Limits on a user's processes and on processor time can be judged only
 * when they are reached; box/verdict.c reports them then.
 */

#define VI915_LIMITS_MIB (1024 * 1024ul)

/**
 * struct vi915_limits_need - the least value of a limit for a box
 * @resource: the limit, RLIMIT_*
 * @need: the least value, in the limit's own units
 * @memory: add the box's memory, in bytes, to @need
 * @unit: size of the unit in which ulimit counts
 * @what: its name
 * @ulimit: the option of ulimit that sets it
 */
struct vi915_limits_need {
	int resource;
	rlim_t need;
	bool memory;
	rlim_t unit;
	const char *what, *ulimit;
};

static const struct vi915_limits_need vi915_limits_needs[] = {
	{ RLIMIT_NOFILE, 128, false, 1, "open files", "-n" },
	{ RLIMIT_FSIZE, 0, true, 1024, "the size of a file, in KiB,", "-f" },
	{ RLIMIT_AS, 256 * VI915_LIMITS_MIB, true, 1024, "address space, in KiB,", "-v" },
	{ RLIMIT_DATA, 64 * VI915_LIMITS_MIB, false, 1024, "data, in KiB,", "-d" },
	{ RLIMIT_STACK, VI915_LIMITS_MIB, false, 1024, "stack, in KiB,", "-s" },
};

static const struct vi915_limits_need *const vi915_limits_end =
	vi915_limits_needs + sizeof(vi915_limits_needs) / sizeof(vi915_limits_needs[0]);

static rlim_t vi915_limits_need(const struct vi915_limits_need *one, unsigned long mem_mib)
{
	return one->need + (one->memory ? mem_mib * VI915_LIMITS_MIB : 0);
}

/**
 * vi915_limits_low() - check whether a limit is too low for a box
 * @mem_mib: the box's memory
 * @in_file: the memory will be a file
 * @why: filled with a message about the first such limit
 * @size: bytes at @why
 *
 * Return: true if one is too low.
 */
bool vi915_limits_low(unsigned long mem_mib, bool in_file, char *why, size_t size)
{
	const struct vi915_limits_need *one;
	struct rlimit limit;

	for (one = vi915_limits_needs; one < vi915_limits_end; one++) {
		if (!in_file && one->resource == RLIMIT_FSIZE)
			continue;
		if (getrlimit(one->resource, &limit) ||
		    limit.rlim_max >= vi915_limits_need(one, mem_mib))
			continue;
		snprintf(why, size, "the limit on %s is %lu here, and a box needs %lu; raise it (ulimit %s)%s",
			 one->what, (unsigned long)(limit.rlim_max / one->unit),
			 (unsigned long)(vi915_limits_need(one, mem_mib) / one->unit), one->ulimit,
			 one->memory ? ", or ask for less with --mem" : "");
		return true;
	}
	return false;
}

/**
 * vi915_limits_take() - check the limits for a box, and raise the soft ones
 * @limits: filled with the limits before that
 * @mem_mib: the box's memory
 * @in_file: the memory will be a file
 *
 * Return: 0, or the exit code after printing which limit is too low.
 */
int vi915_limits_take(struct vi915_limits *limits, unsigned long mem_mib, bool in_file)
{
	const struct vi915_limits_need *one;
	struct rlimit limit;
	char why[256];

	getrlimit(RLIMIT_NOFILE, &limits->files);
	/* Writing beyond a file size limit must give an errno, not end us. */
	limits->large_ignored = signal(SIGXFSZ, SIG_IGN) == SIG_IGN;
	if (vi915_limits_low(mem_mib, in_file, why, sizeof(why)))
		return vi915_say("%s", why);
	for (one = vi915_limits_needs; one < vi915_limits_end; one++) {
		if (getrlimit(one->resource, &limit))
			continue;
		/* UML needs a finite stack, so an unlimited one is not set. */
		if (one->resource == RLIMIT_STACK &&
		    limit.rlim_cur >= vi915_limits_need(one, mem_mib))
			continue;
		limit.rlim_cur = limit.rlim_max;
		setrlimit(one->resource, &limit);
	}
	return 0;
}

/**
 * vi915_limits_max_maps() - read the limit on mappings of a process
 *
 * Return: vm.max_map_count, or 0 when it cannot be read.
 */
unsigned long vi915_limits_max_maps(void)
{
	FILE *file = fopen("/proc/sys/vm/max_map_count", "re");
	unsigned long maps = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%lu", &maps) != 1)
		maps = 0;
	fclose(file);
	return maps;
}

/**
 * vi915_limits_cpu() - read the limit on processor time of a process
 *
 * Return: seconds, or 0 when there is no limit.
 */
unsigned long vi915_limits_cpu(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_CPU, &limit) || limit.rlim_cur == RLIM_INFINITY)
		return 0;
	return limit.rlim_cur ?: 1;
}

/**
 * vi915_limits_address_space() - check whether address space is limited
 *
 * Return: true if it is.
 */
bool vi915_limits_address_space(void)
{
	struct rlimit limit;

	return !getrlimit(RLIMIT_AS, &limit) && limit.rlim_cur != RLIM_INFINITY;
}
