/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_ERROR_H
#define VI915_ERROR_H

#include <linux/atomic.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "vi915_cs_fault.h"

struct vi915_device;
struct vi915_job;

/* Reason of a hang that i915_wedged caused. */
#define VI915_ERROR_BY_HAND "reset by hand"

/* Dwords of the batch that a record shows around where it stopped. */
#define VI915_ERROR_DWORDS 64

/* Most objects that a record shows the start of. */
#define VI915_ERROR_CAPTURES 8

/**
 * struct vi915_error_capture - the start of an EXEC_OBJECT_CAPTURE object
 * @start: GPU address of the object
 * @num_dwords: number of @dwords that could be read
 * @dwords: its first dwords at the time of the hang
 */
struct vi915_error_capture {
	u64 start;
	unsigned int num_dwords;
	u32 dwords[32];
};

/**
 * struct vi915_error_record - the first hang since the record was cleared
 * @valid: there is a record
 * @engine: name of the engine; NULL if the GPU was reset with nothing running
 * @comm: name of the process that made the context, read at the hang
 * @pid: its process id
 * @ctx: id of the context in its file
 * @seqno: number of the job in its ring
 * @time_ns: ktime of the hang
 * @reason: a name of vi915_cs_fault_name(), or why the engine gave up
 * @fault: fault of the command streamer, or VI915_CS_FAULT_NONE
 * @batch_start: GPU address of the job's first command
 * @stop: GPU address of the command where it stopped
 * @strays: accesses of the context so far to unmapped addresses
 * @dump_start: GPU address of @dwords
 * @num_dwords: number of @dwords that could be read
 * @dwords: dwords of the batch around @stop
 * @captures: objects with EXEC_OBJECT_CAPTURE
 * @num_captures: number of @captures
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
	struct vi915_error_capture captures[VI915_ERROR_CAPTURES];
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
	/** @events: hangs whose uevents are not sent yet */
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
