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

/* Objects of a job that a hang report shows, as EXEC_OBJECT_CAPTURE asks for. */
#define VI915_JOB_CAPTURES 8

/**
 * struct vi915_job - one batch, submitted
 *
 * Owned by its submitter until vi915_engine_submit(), then by ring and
 * scheduler: it is freed when its fence has signalled and the scheduler has
 * let go of it.
 */
struct vi915_job {
	/** @base: the scheduler's side */
	struct drm_sched_job base;
	/** @ctx: whose it is; a reference */
	struct vi915_context *ctx;
	/** @ring: its timeline; belongs to @ctx */
	struct vi915_ring *ring;
	/** @fence: what the world sees of it; a reference */
	struct vi915_fence *fence;
	/** @waits: what it waits for */
	struct vi915_waits waits;
	/** @charge: what it takes, in bytes, as its file counts it */
	size_t charge;
	/** @bos: the objects it uses; references */
	struct vi915_bo **bos;
	/** @num_bos: of @bos */
	unsigned int num_bos;
	/** @maps: where they are in its address space; fixed once submitted */
	struct vi915_map *maps;
	/** @num_maps: of @maps */
	unsigned int num_maps;
	/** @captures: GPU addresses of the objects to show if it hangs */
	u64 captures[VI915_JOB_CAPTURES];
	/** @num_captures: of @captures */
	unsigned int num_captures;
	/** @cs: the command streamer's state; the engine's worker's */
	struct vi915_cs cs;
	/** @seqno: its number in @ring */
	u64 seqno;
	/** @batch_start: GPU address of its first command */
	u64 batch_start;
	/** @submitter: the process that submitted it */
	struct vi915_submitter submitter;
	/** @submit_ns: ktime of its submission */
	u64 submit_ns;
	/** @patience_ns: what cs.stuck_ns may come to; 0: not limited by a pulse */
	u64 patience_ns;

	/* The rest is guarded by vi915_engine.lock. */

	/** @live: in vi915_ring.live until complete */
	struct list_head live;
	/** @turn: in vi915_ring.held, .jobs, or in none */
	struct list_head turn;
	/** @held: in vi915_engine.held while it is in vi915_ring.held */
	struct list_head held;
	/** @start_ns: ktime when it began, 0 before */
	u64 start_ns;
	/** @pulse: it is to let go of the engine, or to end */
	bool pulse;
	/** @error: it is to end with this errno, if not 0 */
	int error;
	/** @guilty: with @error: for a hang of its own */
	bool guilty;
	/** @pushed: the scheduler has it */
	bool pushed;
	/** @stepped: somebody let it run (clock=manual) */
	bool stepped;
	/** @complete: its fence has signalled, or is about to */
	bool complete;
	/** @over: its fence has signalled, and nobody runs it any more */
	bool over;
	/** @released: the scheduler has let go of it */
	bool released;

	/** @retired: in vi915_device.retired, once nobody runs it */
	struct llist_node retired;
};

/**
 * to_vi915_job() - from the scheduler's job to ours
 * @base: a job of one of our schedulers
 *
 * Return: the job it is part of.
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
