// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Blits of a megabyte, compared with a memcpy between mappings of the same two
 * objects: linear, X tiled and Y tiled, and to and from linear.
 */
#include <stdio.h>
#include <string.h>

#include "exec.h"
#include "gem.h"
#include "gpu.h"
#include "measure.h"
#include "proc.h"

/* 1 MiB: 256 rows of 1024 pixels of 32 bits. */
#define BLIT_SIZE (1u << 20)
#define BLIT_PITCH 4096u
#define BLIT_ROWS (BLIT_SIZE / BLIT_PITCH)
#define BLIT_WIDTH (BLIT_PITCH / 4)
/* Blits in one batch; the cost of submitting one is in another bench. */
#define BLIT_BATCH 16u
#define BLIT_LARGE 16u

/* At least 0.9 (linear) and 0.6 (tiled) of memcpy's speed. */
#define BLIT_GOAL_LINEAR (1 / 0.9)
#define BLIT_GOAL_TILED (1 / 0.6)

#define XY_FAST_COPY_BLT (2u << 29 | 0x42u << 22 | 8)
#define XY_FAST_SRC(tiling) ((uint32_t)(tiling) << 20)
#define XY_FAST_DST(tiling) ((uint32_t)(tiling) << 13)
#define TO_FROM(x, y) ((uint32_t)(y) << 16 | (x))

/* Numbered as in XY_FAST_COPY_BLT and SET_TILING. */
enum blit_tiling { BLIT_LINEAR, BLIT_X, BLIT_Y };

struct blit {
	int fd;
	uint32_t from;
	uint32_t to;
	char *from_map;
	char *to_map;
	uint32_t mib;
	unsigned int blits;
	struct batch batch;
	struct exec exec;
};

static void *(*volatile blit_memcpy)(void *to, const void *from, size_t n) = memcpy;
static void *(*volatile blit_memset)(void *to, int byte, size_t n) = memset;

static int64_t blit_gpu(void *arg, unsigned int n)
{
	struct blit *blit = arg;
	int64_t start = vi915_now();

	while (n--)
		exec_submit(&blit->exec);
	vi915_check(__gem_wait(blit->fd, blit->batch.handle, NULL));
	return vi915_now() - start;
}

static int64_t blit_cpu(void *arg, unsigned int n)
{
	struct blit *blit = arg;
	int64_t start = vi915_now();
	unsigned int i;

	while (n--)
		for (i = 0; i < blit->blits; i++)
			blit_memcpy(blit->to_map, blit->from_map, blit->mib * BLIT_SIZE);
	return vi915_now() - start;
}

static int64_t blit_cpu_fill(void *arg, unsigned int n)
{
	struct blit *blit = arg;
	int64_t start = vi915_now();
	unsigned int i;

	while (n--)
		for (i = 0; i < blit->blits; i++)
			blit_memset(blit->to_map, 0x5a, blit->mib * BLIT_SIZE);
	return vi915_now() - start;
}

static uint32_t blit_pitch(enum blit_tiling tiling)
{
	return tiling == BLIT_LINEAR ? BLIT_PITCH : BLIT_PITCH / 4;
}

static void blit_fast_copy(struct blit *blit, enum blit_tiling to, enum blit_tiling from)
{
	struct batch *batch = &blit->batch;

	batch_dword(batch, XY_FAST_COPY_BLT | XY_FAST_SRC(from) | XY_FAST_DST(to));
	batch_dword(batch, XY_DEPTH_32 | blit_pitch(to));
	batch_dword(batch, 0);
	batch_dword(batch, TO_FROM(BLIT_WIDTH, blit->mib * BLIT_ROWS));
	batch_address(batch, BATCH_AT(exec_address(blit->to)), true);
	batch_dword(batch, 0);
	batch_dword(batch, blit_pitch(from));
	batch_address(batch, BATCH_AT(exec_address(blit->from)), false);
}

static struct batch_rect blit_rect(struct blit *blit, uint32_t handle)
{
	return (struct batch_rect){
		.ptr = BATCH_AT(exec_address(handle)),
		.pitch = BLIT_PITCH,
		.width = BLIT_WIDTH,
		.height = blit->mib * BLIT_ROWS,
	};
}

/* Starts an execbuf with a new batch for @blits blits of @mib; the caller adds them. */
static void blit_begin(struct blit *blit, uint32_t mib, unsigned int blits)
{
	blit->mib = mib;
	blit->blits = blits;
	batch_init(&blit->batch, blit->fd, VI915_PAGE);
	exec_init(&blit->exec, blit->fd, 0, I915_EXEC_BLT | I915_EXEC_NO_RELOC);
	exec_add(&blit->exec, blit->from, exec_address(blit->from), EXEC_PINNED);
	exec_add(&blit->exec, blit->to, exec_address(blit->to), EXEC_PINNED_WRITE);
}

static void blit_end(struct blit *blit, const char *what, const char *other,
		     int64_t (*cpu)(void *arg, unsigned int n), double goal)
{
	struct vi915_work ours = { blit_gpu, blit }, theirs = { cpu, blit };
	struct vi915_compared compared;

	batch_end(&blit->batch);
	exec_add_batch(&blit->exec, &blit->batch);
	compared = vi915_compare(&ours, &theirs, VI915_ROUNDS);
	vi915_row(what, other, &compared, blit->mib * blit->blits * 1000.0, goal);
	batch_fini(&blit->batch);
}

static void blit_copies(struct blit *blit, const char *what, enum blit_tiling to,
			enum blit_tiling from)
{
	bool linear = to == BLIT_LINEAR && from == BLIT_LINEAR;
	unsigned int i;

	blit_begin(blit, 1, BLIT_BATCH);
	for (i = 0; i < BLIT_BATCH; i++)
		blit_fast_copy(blit, to, from);
	blit_end(blit, what, "memcpy", blit_cpu, linear ? BLIT_GOAL_LINEAR : BLIT_GOAL_TILED);
}

/* XY_SRC_COPY_BLT and XY_COLOR_BLT between linear surfaces. */
static void blit_legacy(struct blit *blit)
{
	struct batch_rect to, from;
	unsigned int i;

	blit_begin(blit, 1, BLIT_BATCH);
	to = blit_rect(blit, blit->to);
	from = blit_rect(blit, blit->from);
	for (i = 0; i < BLIT_BATCH; i++)
		batch_copy(&blit->batch, &to, &from);
	blit_end(blit, "XY_SRC_COPY", "memcpy", blit_cpu, BLIT_GOAL_LINEAR);

	blit_begin(blit, 1, BLIT_BATCH);
	for (i = 0; i < BLIT_BATCH; i++)
		batch_fill(&blit->batch, &to, 0x5a5a5a5a);
	blit_end(blit, "XY_COLOR", "memset", blit_cpu_fill, 0);
}

static void blit_alone(struct blit *blit, uint32_t mib, const char *what, double goal)
{
	blit_begin(blit, mib, 1);
	blit_fast_copy(blit, BLIT_LINEAR, BLIT_LINEAR);
	blit_end(blit, what, "memcpy", blit_cpu, goal);
}

int main(void)
{
	struct blit blit = { .fd = vi915_bench_open(0) };
	size_t size = BLIT_LARGE * BLIT_SIZE;

	blit.from = gem_create(blit.fd, size);
	blit.to = gem_create(blit.fd, size);
	blit.from_map = gem_mmap_wb(blit.fd, blit.from, 0, size);
	blit.to_map = gem_mmap_wb(blit.fd, blit.to, 0, size);
	memset(blit.from_map, 1, size);
	memset(blit.to_map, 2, size);

	vi915_table("blits of 1 MiB, 16 in a batch, per MiB", "us");
	blit_legacy(&blit);
	blit_copies(&blit, "linear to linear", BLIT_LINEAR, BLIT_LINEAR);
	blit_copies(&blit, "X to X", BLIT_X, BLIT_X);
	blit_copies(&blit, "linear to X", BLIT_X, BLIT_LINEAR);
	blit_copies(&blit, "X to linear", BLIT_LINEAR, BLIT_X);
	blit_copies(&blit, "Y to Y", BLIT_Y, BLIT_Y);
	blit_copies(&blit, "linear to Y", BLIT_Y, BLIT_LINEAR);
	blit_copies(&blit, "Y to linear", BLIT_LINEAR, BLIT_Y);

	vi915_table("one blit in a batch, per MiB", "us");
	blit_alone(&blit, 1, "1 MiB", 0);
	blit_alone(&blit, BLIT_LARGE, "16 MiB", BLIT_GOAL_LINEAR);
	return 0;
}
