/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_WRITEBACK_H
#define VI915_WRITEBACK_H

#include <linux/types.h>

struct drm_atomic_state;
struct drm_writeback_job;
struct vi915_output;

int vi915_writeback_init(struct vi915_output *output);
struct drm_writeback_job *vi915_writeback_take(struct vi915_output *output,
					       struct drm_atomic_state *state);
int vi915_writeback_status(const struct drm_writeback_job *job);
void vi915_writeback_rows(struct drm_writeback_job *job, const u32 *pixels,
			  u32 width, u32 y, u32 rows, u32 *line);
void vi915_writeback_complete(struct drm_writeback_job *job, int status);

#endif
