// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Views of tiled objects under races. Each thread has its own bytes in rows of
 * tiles and pages that all threads share, and reads through any view what it
 * last wrote through any other.
 */
#include "test.h"

#include <sched.h>
#include <stdlib.h>

#include "exec.h"
#include "gem.h"
#include "gpu.h"
#include "prime.h"
#include "proc.h"
#include "share.h"
#include "share_race.h"
#include "tile.h"

#define STRIDE 1536
#define ROW (STRIDE * 8)
#define SIZE (3 * ROW + VI915_PAGE)
#define SECONDS 6

struct views {
	int a;
	int b;
	uint32_t handle;
	uint32_t import;
	int dmabuf;
	struct tiled t;
	uint8_t *gtt;
	uint8_t *wb;
	uint8_t *fd_map;
	/* The importer's GTT view, which is not tiled. */
	uint8_t *gtt_b;
};

FIXTURE(race)
{
	struct views v;
	struct race race;
};

FIXTURE_SETUP(race)
{
	self->v.a = vi915_open_render("gpu0");
	self->v.b = vi915_open_render("gpu1");
	self->v.t = (struct tiled){ I915_TILING_X, STRIDE, SIZE };
	self->v.handle = gem_create(self->v.a, SIZE);
	gem_set_tiling(self->v.a, self->v.handle, I915_TILING_X, STRIDE);
	self->v.dmabuf = prime_export(self->v.a, self->v.handle);
	self->v.import = prime_import(self->v.b, self->v.dmabuf);
	self->v.gtt = gem_mmap_gtt(self->v.a, self->v.handle, SIZE);
	self->v.wb = gem_mmap_wb(self->v.a, self->v.handle, 0, SIZE);
	self->v.fd_map = dmabuf_mmap(self->v.dmabuf, SIZE);
	self->v.gtt_b = gem_mmap_gtt(self->v.b, self->v.import, SIZE);
	self->race = (struct race){ .arg = &self->v, .rounds = 100000, .seconds = SECONDS };
}

FIXTURE_TEARDOWN(race)
{
	gem_munmap(self->v.gtt, SIZE);
	gem_munmap(self->v.wb, SIZE);
	gem_munmap(self->v.fd_map, SIZE);
	gem_munmap(self->v.gtt_b, SIZE);
	close(self->v.dmabuf);
	close(self->v.b);
	close(self->v.a);
}

static void put(struct views *r, uint64_t at, uint8_t byte, uint32_t how)
{
	uint64_t raw = tile_raw(&r->t, at);

	switch (how) {
	case 0:
		((volatile uint8_t *)r->gtt)[at] = byte;
		break;
	case 1:
		((volatile uint8_t *)r->wb)[raw] = byte;
		break;
	case 2:
		gem_pwrite(r->a, r->handle, raw, &byte, 1);
		break;
	case 3:
		((volatile uint8_t *)r->fd_map)[raw] = byte;
		break;
	default:
		((volatile uint8_t *)r->gtt_b)[raw] = byte;
		break;
	}
}

static uint8_t get(struct views *r, uint64_t at, uint32_t how)
{
	uint64_t raw = tile_raw(&r->t, at);
	uint8_t byte;

	switch (how) {
	case 0:
		return ((volatile uint8_t *)r->gtt)[at];
	case 1:
		return ((volatile uint8_t *)r->wb)[raw];
	case 2:
		gem_pread(r->a, r->handle, raw, &byte, 1);
		return byte;
	case 3:
		return ((volatile uint8_t *)r->fd_map)[raw];
	default:
		return ((volatile uint8_t *)r->gtt_b)[raw];
	}
}

static void check_own_byte(struct race *race, int index, uint32_t *seed, uint32_t ways)
{
	struct views *r = race->arg;
	uint64_t at = share_rand(seed, SIZE / RACE_THREADS) * RACE_THREADS + index;
	uint8_t byte = share_rand(seed, 256), seen;
	uint32_t in = share_rand(seed, ways), out = share_rand(seed, ways);

	put(r, at, byte, in);
	seen = get(r, at, out);
	if (seen != byte)
		vi915_fail("byte %lu: %#x put by way %u, %#x got by way %u", at, byte, in, seen,
			   out);
}

static void own_byte(struct race *race, int index, uint32_t *seed)
{
	check_own_byte(race, index, seed, 4);
}

static void own_byte_shared(struct race *race, int index, uint32_t *seed)
{
	check_own_byte(race, index, seed, 5);
}

/* Events that may happen at any time and must not change any bytes. */
static void disturb(struct race *race, int index, uint32_t *seed)
{
	struct views *r = race->arg;
	uint32_t domain;
	void *map;

	(void)index;
	switch (share_rand(seed, 5)) {
	case 0:
		vi915_drop_caches(r->a, DROP_PAGES);
		break;
	case 1:
		vi915_drop_caches(r->b, DROP_PAGES);
		break;
	case 2:
		domain = share_rand(seed, 2) ? I915_GEM_DOMAIN_CPU : I915_GEM_DOMAIN_GTT;
		gem_set_domain(r->a, r->handle, domain, share_rand(seed, 2) ? domain : 0);
		break;
	case 3:
		vi915_check(__gem_wait(r->a, r->handle, NULL));
		break;
	default:
		map = gem_mmap_gtt(r->a, r->handle, SIZE);
		if (((volatile uint8_t *)map)[share_rand(seed, SIZE)] == 0)
			sched_yield();
		munmap(map, SIZE);
		break;
	}
}

TEST_F(race, bytes_of_many_threads_in_one_row_of_tiles)
{
	int i;

	self->race.threads = 6;
	for (i = 0; i < 5; i++)
		self->race.fns[i] = own_byte;
	self->race.fns[5] = disturb;
	race_run(&self->race, "own bytes");
	EXPECT_EQ(-1, tile_differs(&self->v.t, self->v.gtt, self->v.wb, 0, SIZE));
}

TEST_F(race, bytes_of_many_threads_on_two_gpus)
{
	int i;

	self->race.threads = 6;
	for (i = 0; i < 5; i++)
		self->race.fns[i] = own_byte_shared;
	self->race.fns[5] = disturb;
	race_run(&self->race, "own bytes, two GPUs");
	EXPECT_EQ(-1, tile_differs(&self->v.t, self->v.gtt, self->v.wb, 0, SIZE));
}

/* A row of tiles for the jobs of each GPU, which the CPU never writes. */
static void job_in_its_row(struct views *r, int fd, uint32_t handle, uint64_t row,
			   uint32_t *seed)
{
	uint64_t at = row * ROW + share_rand(seed, ROW / 4) * 4, raw = tile_raw(&r->t, at);
	uint32_t value = share_rand(seed, 1u << 31);

	exec_store(fd, 0, I915_EXEC_RENDER, handle, raw, value);
	if (share_rand(seed, 2))
		get(r, at, share_rand(seed, 5));
	vi915_check(__gem_wait(r->a, r->handle, NULL));
	if (*(volatile uint32_t *)(r->gtt + at) != value ||
	    *(volatile uint32_t *)(r->wb + raw) != value)
		vi915_fail("a job wrote %#x at %lu, seen are %#x linear and %#x raw", value, at,
			   *(volatile uint32_t *)(r->gtt + at),
			   *(volatile uint32_t *)(r->wb + raw));
}

static void job_of_a(struct race *race, int index, uint32_t *seed)
{
	struct views *r = race->arg;

	(void)index;
	job_in_its_row(r, r->a, r->handle, 1, seed);
}

static void job_of_b(struct race *race, int index, uint32_t *seed)
{
	struct views *r = race->arg;

	(void)index;
	job_in_its_row(r, r->b, r->import, 2, seed);
}

static void own_byte_in_row_0(struct race *race, int index, uint32_t *seed)
{
	struct views *r = race->arg;
	uint64_t at = share_rand(seed, ROW / RACE_THREADS) * RACE_THREADS + index;
	uint8_t byte = share_rand(seed, 256), seen;
	uint32_t in = share_rand(seed, 2), out = share_rand(seed, 4);

	put(r, at, byte, in);
	seen = get(r, at, out);
	if (seen != byte)
		vi915_fail("byte %lu: %#x put by way %u, %#x got by way %u", at, byte, in, seen,
			   out);
}

TEST_F(race, jobs_of_two_gpus_in_rows_of_their_own)
{
	int i;

	self->race.threads = 5;
	for (i = 0; i < 2; i++)
		self->race.fns[i] = own_byte_in_row_0;
	self->race.fns[2] = job_of_a;
	self->race.fns[3] = job_of_b;
	self->race.fns[4] = disturb;
	race_run(&self->race, "jobs");
	EXPECT_OK(__gem_wait(self->v.a, self->v.handle, NULL));
	EXPECT_EQ(-1, tile_differs(&self->v.t, self->v.gtt, self->v.wb, 0, SIZE));
}

static void touch(struct race *race, int index, uint32_t *seed)
{
	struct views *r = race->arg;

	(void)index;
	put(r, share_rand(seed, SIZE), 1, share_rand(seed, 5));
	get(r, share_rand(seed, SIZE), share_rand(seed, 5));
}

static void retile(struct race *race, int index, uint32_t *seed)
{
	static const struct tiled ways[] = {
		{ I915_TILING_X, STRIDE, 0 }, { I915_TILING_Y, 128, 0 }, { I915_TILING_Y, 640, 0 },
		{ I915_TILING_NONE, 0, 0 }, { I915_TILING_X, 512, 0 },
	};
	struct views *r = race->arg;
	const struct tiled *way = &ways[share_rand(seed, ARRAY_SIZE(ways))];

	(void)index;
	gem_set_tiling(r->a, r->handle, way->mode, way->stride);
	if (!share_rand(seed, 4))
		gem_set_tiling(r->b, r->import, way->mode, way->stride);
}

TEST_F(race, tiling_that_changes_under_everybody)
{
	uint8_t *mem = malloc(SIZE);
	int i;

	self->race.threads = 6;
	for (i = 0; i < 3; i++)
		self->race.fns[i] = touch;
	self->race.fns[3] = retile;
	self->race.fns[4] = retile;
	self->race.fns[5] = disturb;
	race_run(&self->race, "retile");

	gem_set_tiling(self->v.b, self->v.import, I915_TILING_NONE, 0);
	gem_set_tiling(self->v.a, self->v.handle, I915_TILING_X, STRIDE);
	gem_pread(self->v.a, self->v.handle, 0, mem, SIZE);
	EXPECT_EQ(-1, tile_differs(&self->v.t, self->v.gtt, mem, 0, SIZE));
	EXPECT_EQ(0, memcmp(self->v.gtt_b, mem, SIZE));
	vi915_fill(self->v.gtt, SIZE, 9);
	EXPECT_EQ(-1, tile_differs(&self->v.t, self->v.gtt, self->v.wb, 0, SIZE));
	free(mem);
}

TEST_HARNESS_MAIN
