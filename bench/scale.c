// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The cost of a call while many buffers are shared. Each buffer is made by one
 * GPU and imported by another; its file descriptor is closed, and the import
 * keeps it.
 *
 * Two pairs of devices take turns: one always shares 100 buffers, the other
 * shares more and more. So the ratio compares calls of the same second. The
 * times with few buffers are printed too, since a slowdown of both pairs would
 * not show in the ratio.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "gem.h"
#include "gpu.h"
#include "measure.h"
#include "peer.h"
#include "prime.h"
#include "proc.h"

#define FEW 100
#define MANY 100000
/* File descriptors of samples, both of imported and of other buffers. */
#define SAMPLES 64
#define SIZE 4096
/* Memory of a vgem buffer, including a reserve for the rest of the box. */
#define VGEM_KIB 16

struct scale {
	int from;
	int to;
	uint32_t (*create)(const char *at, int fd, uint64_t size);
	uint32_t *handles;
	uint32_t *imports;
	unsigned int live;
	/* The samples: handles and files of buffers spread over all buffers. */
	uint32_t shared_handles[SAMPLES];
	int shared[SAMPLES];
	uint32_t fresh_handles[SAMPLES];
	int fresh[SAMPLES];
	uint32_t random;
};

static uint32_t scale_random(struct scale *scale, uint32_t below)
{
	scale->random = scale->random * 1664525 + 1013904223;
	return (uint64_t)scale->random * below >> 32;
}

static void scale_grow(struct scale *scale, unsigned int live)
{
	int dmabuf;

	for (; scale->live < live; scale->live++) {
		scale->handles[scale->live] = scale->create(VI915_AT, scale->from, SIZE);
		dmabuf = prime_export(scale->from, scale->handles[scale->live]);
		scale->imports[scale->live] = prime_import(scale->to, dmabuf);
		close(dmabuf);
	}
}

static void scale_open_shared(struct scale *scale)
{
	uint32_t handle;
	unsigned int i;

	for (i = 0; i < SAMPLES; i++) {
		handle = scale->handles[scale_random(scale, scale->live)];
		scale->shared_handles[i] = handle;
		scale->shared[i] = prime_export(scale->from, handle);
	}
}

static void scale_close_shared(struct scale *scale)
{
	unsigned int i;

	for (i = 0; i < SAMPLES; i++)
		close(scale->shared[i]);
}

static void scale_init(struct scale *scale, int from, int to,
		       uint32_t (*create)(const char *at, int fd, uint64_t size),
		       unsigned int most)
{
	unsigned int i;

	*scale = (struct scale){ .from = from, .to = to, .create = create };
	scale->handles = calloc(most, sizeof(*scale->handles));
	scale->imports = calloc(most, sizeof(*scale->imports));
	vi915_require(scale->handles && scale->imports);
	for (i = 0; i < SAMPLES; i++) {
		scale->fresh_handles[i] = create(VI915_AT, from, SIZE);
		scale->fresh[i] = prime_export(from, scale->fresh_handles[i]);
	}
	scale_grow(scale, FEW);
}

static void scale_fini(struct scale *scale)
{
	unsigned int i;

	for (i = 0; i < SAMPLES; i++) {
		close(scale->fresh[i]);
		gem_close(scale->from, scale->fresh_handles[i]);
	}
	for (i = 0; i < scale->live; i++) {
		gem_close(scale->to, scale->imports[i]);
		gem_close(scale->from, scale->handles[i]);
	}
	free(scale->handles);
	free(scale->imports);
}

static int64_t scale_export(void *arg, unsigned int n)
{
	struct scale *scale = arg;
	int64_t start = vi915_now();

	while (n--)
		close(prime_export(scale->from, scale->shared_handles[n % SAMPLES]));
	return vi915_now() - start;
}

/* Buffers that no CPU cache holds. */
static int64_t scale_export_any(void *arg, unsigned int n)
{
	struct scale *scale = arg;
	int64_t start = vi915_now();

	while (n--)
		close(prime_export(scale->from,
				   scale->handles[scale_random(scale, scale->live)]));
	return vi915_now() - start;
}

static int64_t scale_self_import(void *arg, unsigned int n)
{
	struct scale *scale = arg;
	int64_t start = vi915_now();

	while (n--)
		prime_import(scale->from, scale->shared[n % SAMPLES]);
	return vi915_now() - start;
}

static int64_t scale_lookup(void *arg, unsigned int n)
{
	struct scale *scale = arg;
	int64_t start = vi915_now();

	while (n--)
		prime_import(scale->to, scale->shared[n % SAMPLES]);
	return vi915_now() - start;
}

static int64_t scale_import(void *arg, unsigned int n)
{
	struct scale *scale = arg;
	int64_t start = vi915_now();

	while (n--)
		gem_close(scale->to, prime_import(scale->to, scale->fresh[n % SAMPLES]));
	return vi915_now() - start;
}

static int64_t scale_create(void *arg, unsigned int n)
{
	struct scale *scale = arg;
	int64_t start = vi915_now();

	while (n--)
		gem_close(scale->from, scale->create(VI915_AT, scale->from, SIZE));
	return vi915_now() - start;
}

static const struct {
	const char *name;
	int64_t (*run)(void *arg, unsigned int n);
	bool goal;
} scale_calls[] = {
	{ "export + close", scale_export, true },
	{ "self-import", scale_self_import, true },
	{ "import + close", scale_import, true },
	{ "lookup of an imported fd", scale_lookup, true },
	{ "create + close", scale_create, true },
	{ "export + close, cold", scale_export_any, false },
};

#define CALLS (sizeof(scale_calls) / sizeof(*scale_calls))

static void scale_measure(struct scale *big, struct scale *small, double *alone, double goal)
{
	struct vi915_compared compared;
	struct vi915_work a, b;
	char what[64], first[32];
	unsigned int i;

	scale_open_shared(big);
	scale_open_shared(small);
	for (i = 0; i < CALLS; i++) {
		a = (struct vi915_work){ scale_calls[i].run, big };
		b = (struct vi915_work){ scale_calls[i].run, small };
		compared = vi915_compare(&a, &b, VI915_ROUNDS);
		if (big->live == FEW)
			alone[i] = compared.ours;
		snprintf(what, sizeof(what), "%u live: %s", big->live, scale_calls[i].name);
		snprintf(first, sizeof(first), "at %d: %.1f", FEW, alone[i] / 1000);
		vi915_row(what, first, &compared, 1000,
			  scale_calls[i].goal && big->live != FEW ? goal : 0);
	}
	scale_close_shared(big);
	scale_close_shared(small);
}

static void scale_table(const char *title, struct scale *big, struct scale *small,
			unsigned int most, double goal)
{
	static const unsigned int steps[] = { FEW, 10000, MANY };
	long before, after;
	double alone[CALLS];
	unsigned int i;

	vi915_table(title, "us");
	before = vi915_meminfo("MemAvailable");
	for (i = 0; i < sizeof(steps) / sizeof(*steps) && steps[i] <= most; i++) {
		scale_grow(big, steps[i]);
		scale_measure(big, small, alone, goal);
	}
	after = vi915_meminfo("MemAvailable");
	printf("  %-42s %8.2f KiB\n", "memory of one shared 4 KiB buffer",
	       (double)(before - after) / (big->live - FEW));
}

static void scale_raise_files(void)
{
	struct rlimit limit = { 8 * SAMPLES, 8 * SAMPLES }, now;

	vi915_require(!getrlimit(RLIMIT_NOFILE, &now));
	if (now.rlim_cur >= limit.rlim_cur)
		return;
	if (now.rlim_max > limit.rlim_max)
		limit.rlim_max = now.rlim_max;
	vi915_require(!setrlimit(RLIMIT_NOFILE, &limit));
}

int main(void)
{
	struct scale big, small;
	unsigned int most;

	scale_raise_files();
	scale_init(&big, vi915_bench_open(0), vi915_bench_open(1), gem_create_at, MANY);
	scale_init(&small, vi915_bench_open(2), vi915_bench_open(3), gem_create_at, FEW);
	scale_table("many live shared buffers; other: 100 live", &big, &small, MANY, 1.2);
	scale_fini(&big);
	scale_fini(&small);

	most = vi915_meminfo("MemAvailable") / VGEM_KIB < MANY ? 10000 : MANY;
	scale_init(&big, vi915_driver_open("vgem"), vi915_driver_open("vkms"),
		   vgem_create_at, most);
	scale_init(&small, vi915_driver_open("vgem"), vi915_driver_open("vkms"),
		   vgem_create_at, FEW);
	scale_table("the same for vgem -> vkms", &big, &small, most, 0);
	scale_fini(&big);
	scale_fini(&small);
	return 0;
}
