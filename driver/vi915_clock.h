/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_CLOCK_H
#define VI915_CLOCK_H

#include <linux/types.h>

struct dentry;
struct vi915_device;
struct vi915_engine;
struct vi915_job;
struct vi915_ring;

bool vi915_clock_holds(const struct vi915_engine *engine);
void vi915_clock_hold(struct vi915_ring *ring, struct vi915_job *job);
bool vi915_clock_want(struct vi915_ring *ring);
void vi915_clock_drop(struct vi915_job *job);
struct vi915_job *vi915_clock_release(struct vi915_engine *engine, u64 now,
				      u64 *wake);
void vi915_clock_start(struct vi915_ring *ring, const struct vi915_job *job);
void vi915_clock_debugfs(struct vi915_device *dev, struct dentry *root);

#endif
