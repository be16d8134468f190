/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_JOB_H
#define VI915_JOB_H

#include <drm/gpu_scheduler.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/types.h>

#include "vi915_cs.h"
#include "vi915_waits.h"
#include "vi915_programs.h"

struct drm_file;
struct vi915_bo;
struct vi915_context;
struct vi915_device;
struct vi915_fence;
struct vi915_map;
struct vi915_ring;

/* Most objects of a job in a hang report, as EXEC_OBJECT_CAPTURE asks for. */
#define VI915_JOB_CAPTURES 8

/**
 * struct vi915_job - one submission of a batch
 *
 * Owned by its submitter until vi915_engine_submit(), then by ring and
 * scheduler: it is freed after its fence has signalled and the scheduler has
 * released it.
 */
struct vi915_job {
	/** @base: the scheduler's part */
	struct drm_sched_job base;
	/** @ctx: context it belongs to; a reference */
	struct vi915_context *ctx;
	/** @ring: its timeline; belongs to @ctx */
	struct vi915_ring *ring;
	/** @fence: fence that signals when it is complete; a reference */
	struct vi915_fence *fence;
	/** @waits: fences that it waits for */
	struct vi915_waits waits;
	/** @charge: memory charged to its file, in bytes */
	size_t charge;
	/** @bos: the objects it uses; references */
	struct vi915_bo **bos;
	/** @num_bos: number of @bos */
	unsigned int num_bos;
	/** @maps: their places in its address space; fixed once submitted */
	struct vi915_map *maps;
	/** @num_maps: number of @maps */
	unsigned int num_maps;
	/** @captures: GPU addresses of the objects to show if it hangs */
	u64 captures[VI915_JOB_CAPTURES];
	/** @num_captures: number of @captures */
	unsigned int num_captures;
	/** @cs: the command streamer's state; used by the engine's worker */
	struct vi915_cs cs;
	/** @seqno: its number in @ring */
	u64 seqno;
	/** @batch_start: GPU address of its first command */
	u64 batch_start;
	/** @submitter: the process that submitted it */
	struct vi915_submitter submitter;
	/** @submit_ns: ktime of its submission */
	u64 submit_ns;
	/** @patience_ns: limit of cs.stuck_ns set by a pulse; 0: none */
	u64 patience_ns;

	/* The rest is guarded by vi915_engine.lock. */

	/** @live: in vi915_ring.live until complete */
	struct list_head live;
	/** @turn: in vi915_ring.held, in vi915_ring.jobs, or in none */
	struct list_head turn;
	/** @held: in vi915_engine.held while it is in vi915_ring.held */
	struct list_head held;
	/** @start_ns: ktime when it began; 0 before */
	u64 start_ns;
	/** @pulse: it must soon release the engine, or be ended */
	bool pulse;
	/** @error: errno with which it must end, if not 0 */
	int error;
	/** @guilty: with @error: it is ended for its own hang */
	bool guilty;
	/** @pushed: the scheduler has it */
	bool pushed;
	/** @stepped: a step lets it run (clock=manual) */
	bool stepped;
	/** @complete: its fence has signalled, or is about to */
	bool complete;
	/** @over: its fence has signalled, and the engine is done with it */
	bool over;
	/** @released: the scheduler has released it */
	bool released;

	/** @retired: in vi915_device.retired, once it can be freed */
	struct llist_node retired;
};

/**
 * to_vi915_job() - the vi915 job around a scheduler's job
 * @base: a job of one of our schedulers
 *
 * Return: the &struct vi915_job whose @base it is.
 */
static inline struct vi915_job *to_vi915_job(struct drm_sched_job *base)
{
	return container_of(base, struct vi915_job, base);
}

struct vi915_job *vi915_job_create(struct vi915_ring *ring,
				   unsigned int num_bos,
				   struct drm_file *file);
void vi915_job_abandon(struct vi915_job *job);
int vi915_job_depend(struct vi915_job *job, struct dma_fence *fence,
		     unsigned int *left);
int vi915_job_depend_bo(struct vi915_job *job, struct vi915_bo *bo,
			bool write);
int vi915_job_settle(struct vi915_job *job);
void vi915_job_retire(struct vi915_job *job);

void vi915_job_init_device(struct vi915_device *dev);
void vi915_job_flush_retired(struct vi915_device *dev);

#endif
