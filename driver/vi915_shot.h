/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_SHOT_H
#define VI915_SHOT_H

#include <linux/mutex.h>
#include <linux/workqueue.h>

struct drm_file;
struct vi915_frame;
struct vi915_output;
struct vi915_shot_picture;

/**
 * struct vi915_shot - an output's last picture, for `vi915_last`
 */
struct vi915_shot {
	/** @lock: guards the next three; no picture is made under it */
	struct mutex lock;
	/** @keep: 1 was written: keep the last picture of a dark screen */
	bool keep;
	/** @frame: the frame to make @last of; a reference, or NULL */
	struct vi915_frame *frame;
	/** @last: the picture, or NULL; a reference */
	struct vi915_shot_picture *last;
	/** @work: makes @last of @frame */
	struct work_struct work;
};

int vi915_shot_init(struct vi915_output *output);
void vi915_shot_register(struct vi915_output *output);
void vi915_shot_closing(struct drm_file *file);
void vi915_shot_off(struct vi915_output *output, struct vi915_frame *last);

#endif
