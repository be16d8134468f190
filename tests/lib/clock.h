/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Common to the tests of the clock: a buffer that one GPU fills while another
 * GPU may read it, and every way to wait for that.
 */
#ifndef VI915_TESTS_CLOCK_H
#define VI915_TESTS_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "fail.h"

#define CLOCK_MS 1000000LL
#define CLOCK_PAGES 4
#define CLOCK_SIZE (CLOCK_PAGES * 4096UL)

/* Pixels before a job, and after it. */
#define CLOCK_OLD 0x01d01d01u
#define CLOCK_NEW(round) (0x4e000000u + (round))

/* Upper bound of how long a job is held when nothing waits for it. */
#define CLOCK_MOST_NS (25000 * CLOCK_MS)

/**
 * struct clock - a GPU with a clock, and the buffer that it draws to
 * @fd: file of the GPU
 * @other: file of a GPU that runs jobs at once
 * @handle: handle of the buffer in @fd
 * @import: handle of the buffer in @other
 * @dmabuf: dma-buf of the buffer
 * @map: CPU mapping of the buffer; reading it waits for nothing
 * @syncobj: receives the fence of each job
 * @out: out-fence of the last job, or -1
 */
struct clock {
	int fd;
	int other;
	uint32_t handle;
	uint32_t import;
	int dmabuf;
	volatile uint32_t *map;
	uint32_t syncobj;
	int out;
};

void clock_open_at(const char *at, struct clock *clock, const char *gpu, const char *other);
#define clock_open(clock, gpu, other) clock_open_at(VI915_AT, clock, gpu, other)
void clock_close(struct clock *clock);

/* Waits for all jobs on the buffer, then the CPU writes CLOCK_OLD. */
void clock_put_old(struct clock *clock);
/* Queues a job that fills the buffer. */
void clock_submit_at(const char *at, struct clock *clock, uint32_t pixel);
#define clock_submit(clock, pixel) clock_submit_at(VI915_AT, clock, pixel)
/* Whether the buffer is full of this pixel now. Waits for nothing. */
bool clock_holds(const struct clock *clock, uint32_t pixel);

/**
 * struct clock_way - a way to wait for the last job
 * @name: for messages
 * @wait: returns once the job has run; ends the test when it does not
 * @jobs: how many more jobs of the GPU this way takes
 */
struct clock_way {
	const char *name;
	void (*wait)(struct clock *clock);
	unsigned int jobs;
};

extern const struct clock_way clock_ways[];
extern const unsigned int clock_num_ways;

#endif
