// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <signal.h>
#include <stdio.h>

#include "hostlimits.h"
#include "say.h"

/**
 * DOC: what the host lets a box use
 *
 * Limits of a shell (ulimit) are made for programs. A box is a kernel: each file
 * that is open in it is open here, its memory is a file of that size, and it dies
 * where a program gets an errno. So what may be used is used, and what is too little is
 * refused before anything has been started. Limits on what processes a user has,
 * and how much processor time one takes, cannot be known to be too little before
 * they are reached; box/verdict.c tells them then.
 */

#define VI915_LIMITS_MIB (1024 * 1024ul)

/**
 * struct vi915_limits_need - a limit that a box must have more of
 * @resource: which
 * @need: how much more than its memory, or how much at all
 * @memory: the box's memory counts
 * @unit: what ulimit counts in
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
 * vi915_limits_low() - is a limit too low for a box
 * @mem_mib: the box's memory
 * @in_file: it will be a file
 * @why: then filled with which limit that is, and the way out
 * @size: bytes at @why
 *
 * Return: whether one is.
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
 * vi915_limits_take() - see that a box can be within the limits, and raise what may be
 * @limits: filled
 * @mem_mib: the box's memory
 * @in_file: it will be a file
 *
 * Return: 0, or the exit code after saying which limit is too low.
 */
int vi915_limits_take(struct vi915_limits *limits, unsigned long mem_mib, bool in_file)
{
	const struct vi915_limits_need *one;
	struct rlimit limit;
	char why[256];

	getrlimit(RLIMIT_NOFILE, &limits->files);
	/* What cannot be written is told, even into a file that may have no byte more. */
	limits->large_ignored = signal(SIGXFSZ, SIG_IGN) == SIG_IGN;
	if (vi915_limits_low(mem_mib, in_file, why, sizeof(why)))
		return vi915_say("%s", why);
	for (one = vi915_limits_needs; one < vi915_limits_end; one++) {
		if (getrlimit(one->resource, &limit))
			continue;
		/* UML wants a stack that ends somewhere. */
		if (one->resource == RLIMIT_STACK &&
		    limit.rlim_cur >= vi915_limits_need(one, mem_mib))
			continue;
		limit.rlim_cur = limit.rlim_max;
		setrlimit(one->resource, &limit);
	}
	return 0;
}

/**
 * vi915_limits_max_maps() - how many mappings a process of this machine may have
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
 * vi915_limits_cpu() - how long a process may use a processor
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
 * vi915_limits_address_space() - is the address space of a process limited
 *
 * Return: whether it is.
 */
bool vi915_limits_address_space(void)
{
	struct rlimit limit;

	return !getrlimit(RLIMIT_AS, &limit) && limit.rlim_cur != RLIM_INFINITY;
}
