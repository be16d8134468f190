/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_INJECT_H
#define VI915_INJECT_H

#include <linux/fault-inject.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "vi915_config.h"

struct drm_file;
struct vi915_device;

/**
 * struct vi915_inject_point - one kind of call that can be made to fail
 * @lock: serialises calls, so that exactly the ordered ones fail even with many
 *	threads. Guards everything here; no lock is taken inside
 * @when: which calls fail, counted from the order
 * @error: negative errno of a failing call; 0 for batches, which hang instead
 * @ordered: calls since @when was written
 * @calls: calls since the GPU was made
 * @failures: how many of @calls failed on order
 * @attr: @when for the kernel's fault injection framework; debugfs writes it
 *	without @lock; empty in a kernel without the framework
 */
struct vi915_inject_point {
	spinlock_t lock;	/* guards all but debugfs' writes to attr */
	struct vi915_when when;
	int error;
	u64 ordered;
	u64 calls;
	u64 failures;
	struct fault_attr attr;
};

/**
 * struct vi915_inject - failures that were ordered from a GPU
 * @points: by &enum vi915_fault_id
 * @hang: which batches hang
 */
struct vi915_inject {
	struct vi915_inject_point points[VI915_NUM_FAULTS];
	struct vi915_inject_point hang;
};

void vi915_inject_init(struct vi915_device *dev);
int vi915_inject(struct vi915_device *dev, enum vi915_fault_id id);
int vi915_inject_file(struct drm_file *file, enum vi915_fault_id id);
bool vi915_inject_hang(struct vi915_device *dev);

void vi915_inject_init_point(struct vi915_inject_point *point,
			     const struct vi915_when *when, int error);
void vi915_inject_order(struct vi915_inject_point *point,
			const struct vi915_when *when);
void vi915_inject_set_error(struct vi915_inject_point *point, int error);
int vi915_inject_strike(struct vi915_inject_point *point, bool *strikes);
bool vi915_inject_is_due(const struct vi915_when *when, u64 call);

#endif
