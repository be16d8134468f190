/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_START_H
#define VI915_START_H

#include "frame.h"

struct vi915_box_options;
struct vi915_files;
struct vi915_limits;
struct vi915_session;
struct vi915_streams;
struct vi915_writable;

void vi915_start_params(struct vi915_queue *queue,
			const struct vi915_box_options *options,
			const struct vi915_files *files,
			const struct vi915_writable *writable,
			const struct vi915_limits *limits,
			const struct vi915_session *session,
			const struct vi915_streams *streams, bool tty);

#endif
