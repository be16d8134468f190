/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_ERROR_H
#define VI915_ERROR_H

#include <linux/atomic.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "vi915_cs.h"
#include "vi915_job.h"

struct vi915_device;

/* Why i915_wedged ends a job. */
#define VI915_ERROR_BY_HAND "reset by hand"

/* Dwords of the batch that a record shows around where it stopped. */
#define VI915_ERROR_DWORDS 64

/**
 * struct vi915_error_capture - the start of an object that was to be shown
 * @start: GPU address of the object
 * @num_dwords: of @dwords, as far as there are any
 * @dwords: its first ones, as of the hang
 */
struct vi915_error_capture {
	u64 start;
	unsigned int num_dwords;
	u32 dwords[32];
};

/**
 * struct vi915_error_record - the first hang since the record was cleared
 * @valid: there is one
 * @engine: where; NULL when the GPU was reset with nothing running
 * @comm: name of the process that made the context, as of the hang
 * @pid: its number
 * @ctx: number of the context in its file
 * @seqno: the job, counted in its ring
 * @time_ns: ktime of the hang
 * @reason: a name of vi915_cs_fault_name(), or why the engine gave up
 * @fault: what the command streamer says, if it does
 * @batch_start: GPU address of the job's first command
 * @stop: GPU address of the command it came to
 * @strays: accesses of the context so far to where nothing is mapped
 * @dump_start: GPU address of @dwords
 * @num_dwords: of @dwords, as far as they could be read
 * @dwords: of the batch, around @stop
 * @captures: objects with EXEC_OBJECT_CAPTURE
 * @num_captures: of @captures
 */
struct vi915_error_record {
	bool valid;
	const char *engine;
	char comm[TASK_COMM_LEN];
	int pid;
	u32 ctx;
	u64 seqno;
	u64 time_ns;
	const char *reason;
	struct vi915_cs_fault fault;
	u64 batch_start;
	u64 stop;
	u64 strays;
	u64 dump_start;
	unsigned int num_dwords;
	u32 dwords[VI915_ERROR_DWORDS];
	struct vi915_error_capture captures[VI915_JOB_CAPTURES];
	unsigned int num_captures;
};

/**
 * struct vi915_error - a GPU's hang reports
 */
struct vi915_error {
	/** @lock: guards @record; taken on the way to a fence, so a spinlock */
	spinlock_t lock;
	/** @record: what sysfs shows as error */
	struct vi915_error_record record;
	/** @resets: engine resets since the GPU appeared */
	atomic_t resets;
	/** @events: hangs that no uevent has told of yet */
	atomic_t events;
	/** @work: sends the uevents */
	struct work_struct work;
};

int vi915_error_init(struct vi915_device *dev);
void vi915_error_reset(struct vi915_device *dev);
void vi915_error_hang(struct vi915_device *dev, struct vi915_job *job,
		      const char *reason, bool capture);
ssize_t vi915_error_read(struct vi915_device *dev, char *buf, loff_t at,
			 size_t size);
void vi915_error_clear(struct vi915_device *dev);

#endif
