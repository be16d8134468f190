// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Pictures of the outputs and other files that the guest sends. They are kept in memory and passed
 * to the callbacks when the box is gone, since a box that is being ended has no time for making
 * files.
 */
#include "shots.h"

#include <stdio.h>
#include <stdlib.h>

#include "box.h"
#include "say.h"

/**
 * vi915_shots_frame() - take a frame from the guest
 * @shots: the pictures so far
 * @frame: VI915_FRAME_SHOT, VI915_FRAME_DOCUMENT or VI915_FRAME_PIECE
 *
 * Return: 0, or -1 when there are more than a box can have.
 */
int vi915_shots_frame(struct vi915_shots *shots, const struct vi915_frame *frame)
{
	struct vi915_shot *all;

	if (frame->type == VI915_FRAME_PIECE) {
		if (!shots->num || frame->len > VI915_SHOTS_MAX_BYTES - shots->bytes)
			return -1;
		vi915_queue_put(&shots->all[shots->num - 1].bytes, frame->data, frame->len);
		shots->bytes += frame->len;
		return 0;
	}
	if (shots->num == VI915_SHOTS_MAX_NUM)
		return -1;
	all = reallocarray(shots->all, shots->num + 1, sizeof(*all));
	if (!all)
		exit(vi915_say("out of memory"));
	shots->all = all;
	all += shots->num++;
	*all = (struct vi915_shot){ .document = frame->type == VI915_FRAME_DOCUMENT };
	snprintf(all->name, sizeof(all->name), "%.*s", (int)frame->len, frame->data);
	return 0;
}

/**
 * vi915_shots_give() - pass the pictures on
 * @shots: the pictures
 * @options: options of the box, with the callbacks
 *
 * Return: 0, or the exit code after printing an error.
 */
int vi915_shots_give(const struct vi915_shots *shots, const struct vi915_box_options *options)
{
	int ret = 0;

	for (size_t i = 0; i < shots->num; i++) {
		const struct vi915_shot *shot = &shots->all[i];
		const char *bytes = vi915_queue_head(&shot->bytes);
		size_t len = vi915_queue_len(&shot->bytes);
		int one = 0;

		if (!shot->document && options->shot)
			one = options->shot(options->to, shot->name, bytes, len);
		else if (shot->document && options->report)
			options->report->document(options->to, shot->name, bytes, len);
		ret = ret ?: one;
	}
	return ret;
}

/**
 * vi915_shots_fini() - free the pictures
 * @shots: the pictures
 */
void vi915_shots_fini(struct vi915_shots *shots)
{
	for (size_t i = 0; i < shots->num; i++)
		vi915_queue_fini(&shots->all[i].bytes);
	free(shots->all);
	*shots = (struct vi915_shots){ 0 };
}
