// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "gpu.h"
#include "measure.h"

#define VI915_ROUND_NS 600000
#define VI915_TRIES 4
#define VI915_TIMES_MAX (1 << 20)

/* Two measurements of the same code differ by this factor. */
#define VI915_EVEN 1.02
#define VI915_ROUNDS_MAX 500

static int vi915_double_cmp(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double vi915_quantile(double *values, unsigned int n, double part)
{
	qsort(values, n, sizeof(*values), vi915_double_cmp);
	return values[(unsigned int)(part * (n - 1))];
}

static int64_t vi915_measure_best(const struct vi915_work *work, unsigned int n)
{
	int64_t best = INT64_MAX, ns;
	unsigned int i;

	/* At least one try is undisturbed. The first one also warms up caches. */
	for (i = 0; i < VI915_TRIES; i++) {
		ns = work->run(work->arg, n);
		if (ns < best)
			best = ns;
	}
	return best;
}

/* How often to do the work in a round, since reading the clock takes time too. */
static unsigned int vi915_measure_calibrate(const struct vi915_work *work)
{
	unsigned int n = 1;

	while (n < VI915_TIMES_MAX && vi915_measure_best(work, n) < VI915_ROUND_NS)
		n *= 2;
	return n;
}

struct vi915_compared vi915_compare(const struct vi915_work *ours,
				    const struct vi915_work *peer, unsigned int rounds)
{
	double a[VI915_ROUNDS_MAX], b[VI915_ROUNDS_MAX];
	struct vi915_compared compared;
	unsigned int n_ours = vi915_measure_calibrate(ours);
	unsigned int n_peer = vi915_measure_calibrate(peer);
	unsigned int i;

	vi915_require(rounds && rounds <= VI915_ROUNDS_MAX);
	for (i = 0; i < rounds; i++) {
		a[i] = (double)ours->run(ours->arg, n_ours) / n_ours;
		b[i] = (double)peer->run(peer->arg, n_peer) / n_peer;
	}
	compared.ours = vi915_quantile(a, rounds, 0.25);
	compared.peer = vi915_quantile(b, rounds, 0.25);
	compared.ratio = compared.ours / compared.peer;
	return compared;
}

void vi915_table(const char *title, const char *unit)
{
	char ours[32];

	snprintf(ours, sizeof(ours), "ours, %s", unit);
	printf("\n%-44s %12s %12s  %-16s %7s  %-8s\n", title, ours, "other", "(which)",
	       "ratio", "goal");
}

void vi915_row(const char *what, const char *peer, const struct vi915_compared *compared,
	       double divide, double goal)
{
	char goal_text[24] = "";
	const char *verdict = "";

	if (goal > 0) {
		snprintf(goal_text, sizeof(goal_text), "<= %.2f", goal);
		if (compared->ratio <= goal)
			verdict = "met";
		else
			verdict = compared->ratio <= goal * VI915_EVEN ? "even" : "missed";
	}
	printf("  %-42s %12.2f %12.2f  %-16s %7.3f  %-8s %s\n", what,
	       compared->ours / divide, compared->peer / divide, peer, compared->ratio,
	       goal_text, verdict);
	fflush(stdout);
}

int vi915_bench_open(int n)
{
	struct vi915_version version;
	int left = n, card, fd;
	char path[32];

	for (card = 0; card < 64; card++) {
		snprintf(path, sizeof(path), "/dev/dri/card%d", card);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (!__vi915_version(fd, &version) && !strcmp(version.name, "i915") && !left--)
			return fd;
		close(fd);
	}
	vi915_fail("there is no GPU number %d: run this in a box with --gpus 2", n);
}
