// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The cost of a job: an empty batch until its fence has signalled, batches with
 * few and with many objects, and relocations, compared with an ioctl that does
 * nothing.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exec.h"
#include "gem.h"
#include "gpu.h"
#include "measure.h"
#include "proc.h"

#define US 1000.0
#define MANY 1000
/* Address of the first object; each object is one page behind the last one. */
#define PLACE (1ULL << 32)

/* A batch that is submitted repeatedly. */
struct job {
	int fd;
	struct drm_i915_gem_execbuffer2 arg;
	/* MANY objects, followed by the batch. */
	struct drm_i915_gem_exec_object2 *objects;
	struct drm_i915_gem_relocation_entry *relocs;
	struct batch batch;
};

static int64_t exec_null(void *arg, unsigned int n)
{
	struct job *job = arg;
	int64_t start = vi915_now();
	uint64_t value;

	while (n--)
		__vi915_cap(job->fd, DRM_CAP_PRIME, &value);
	return vi915_now() - start;
}

static void exec_again(struct job *job)
{
	vi915_check(vi915_ioctl(job->fd, DRM_IOCTL_I915_GEM_EXECBUFFER2, &job->arg));
}

static void exec_wait(struct job *job)
{
	vi915_check(__gem_wait(job->fd, job->batch.handle, NULL));
}

/* One job at a time. */
static int64_t exec_one(void *arg, unsigned int n)
{
	struct job *job = arg;
	int64_t start = vi915_now();

	while (n--) {
		exec_again(job);
		exec_wait(job);
	}
	return vi915_now() - start;
}

/* One job at a time, waiting for its out-fence. */
static int64_t exec_one_fence(void *arg, unsigned int n)
{
	struct job *job = arg;
	int64_t start = vi915_now();
	struct pollfd fence = { .events = POLLIN };

	job->arg.flags |= I915_EXEC_FENCE_OUT;
	while (n--) {
		vi915_check(vi915_ioctl(job->fd, DRM_IOCTL_I915_GEM_EXECBUFFER2_WR, &job->arg));
		fence.fd = job->arg.rsvd2 >> 32;
		vi915_require(poll(&fence, 1, 10000) == 1);
		close(fence.fd);
	}
	job->arg.flags &= ~I915_EXEC_FENCE_OUT;
	job->arg.rsvd2 = 0;
	return vi915_now() - start;
}

/* As fast as the queue accepts jobs. */
static int64_t exec_stream(void *arg, unsigned int n)
{
	struct job *job = arg;
	int64_t start = vi915_now();

	while (n--)
		exec_again(job);
	exec_wait(job);
	return vi915_now() - start;
}

/* All presumed offsets are wrong, so every relocation is written. */
static int64_t exec_relocate(void *arg, unsigned int n)
{
	struct job *job = arg;
	int64_t start = vi915_now();
	unsigned int i;

	job->objects[MANY].relocation_count = MANY;
	while (n--) {
		for (i = 0; i < MANY; i++)
			job->relocs[i].presumed_offset = -1;
		exec_again(job);
	}
	exec_wait(job);
	return vi915_now() - start;
}

static int64_t exec_not_relocate(void *arg, unsigned int n)
{
	struct job *job = arg;

	job->objects[MANY].relocation_count = 0;
	return exec_stream(job, n);
}

static void exec_job_init(struct job *job)
{
	unsigned int i;

	job->fd = vi915_bench_open(0);
	job->objects = calloc(MANY + 1, sizeof(*job->objects));
	job->relocs = calloc(MANY, sizeof(*job->relocs));
	vi915_require(job->objects && job->relocs);
	for (i = 0; i < MANY; i++) {
		job->objects[i].handle = gem_create(job->fd, VI915_PAGE);
		job->objects[i].offset = PLACE + i * VI915_PAGE;
		job->objects[i].flags = EXEC_PINNED;
		job->relocs[i].target_handle = i;
		job->relocs[i].offset = 8 + i * 8;
		job->relocs[i].read_domains = I915_GEM_DOMAIN_RENDER;
	}
	/* The object has room for the addresses behind the batch's end. */
	batch_init(&job->batch, job->fd, 4 * VI915_PAGE);
	batch_end(&job->batch);
	job->objects[MANY].handle = job->batch.handle;
	job->objects[MANY].offset = job->batch.address;
	job->objects[MANY].flags = EXEC_PINNED;
	job->objects[MANY].relocs_ptr = (uintptr_t)job->relocs;
}

/* The last @count objects, including the batch. */
static void exec_objects(struct job *job, unsigned int count)
{
	job->arg.buffers_ptr = (uintptr_t)&job->objects[MANY + 1 - count];
	job->arg.buffer_count = count;
}

static struct vi915_compared exec_row(const char *what, struct job *job,
				      int64_t (*run)(void *arg, unsigned int n), double goal)
{
	struct vi915_work ours = { run, job }, null = { exec_null, job };
	struct vi915_compared compared = vi915_compare(&ours, &null, VI915_ROUNDS);

	vi915_row(what, "null ioctl", &compared, US, goal);
	return compared;
}

static void exec_batches(struct job *job)
{
	static const struct {
		unsigned int objects;
		const char *what;
	} rows[] = {
		{ 1, "batch with 1 object" },
		{ 100, "batch with 100 objects" },
		{ MANY, "batch with 1,000 objects" },
	};
	struct vi915_compared compared;
	double rate[3];
	unsigned int i;

	vi915_table("batches, one behind the other", "us");
	for (i = 0; i < 3; i++) {
		exec_objects(job, rows[i].objects);
		compared = exec_row(rows[i].what, job, exec_stream, 0);
		rate[i] = 1e9 / compared.ours;
	}
	printf("  batches per second: %.0f, %.0f with 100 objects, %.0f with 1,000\n", rate[0],
	       rate[1], rate[2]);
}

static void exec_relocations(struct job *job)
{
	struct vi915_work with = { exec_relocate, job }, without = { exec_not_relocate, job };
	struct vi915_compared compared;

	vi915_table("relocations in a batch with 1,000 objects", "us");
	exec_objects(job, MANY + 1);
	job->arg.flags &= ~(uint64_t)I915_EXEC_NO_RELOC;
	compared = vi915_compare(&with, &without, VI915_ROUNDS / 4);
	vi915_row("1,000 relocations, all to be written", "none", &compared, US, 0);
	printf("  relocations per second: %.0f\n",
	       1e9 * MANY / (compared.ours - compared.peer));
}

int main(void)
{
	struct job job = { 0 };

	exec_job_init(&job);
	job.arg.flags = I915_EXEC_DEFAULT | I915_EXEC_HANDLE_LUT | I915_EXEC_NO_RELOC;
	exec_objects(&job, 1);

	vi915_table("an empty batch, until it has signalled", "us");
	exec_row("submit and GEM_WAIT", &job, exec_one, 4);
	exec_row("submit, poll its fence, close that", &job, exec_one_fence, 0);
	exec_batches(&job);
	exec_relocations(&job);
	return 0;
}
