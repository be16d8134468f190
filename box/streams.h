/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_STREAMS_H
#define VI915_STREAMS_H

#include <poll.h>
#include <stdbool.h>

#include "frame.h"

/**
 * struct vi915_streams - stdin, stdout and stderr of vi915
 * @closed: bit n is set when descriptor n was closed when we were started
 * @joined: stderr is the same open file as stdout
 * @out: bytes that stdout and stderr (index 1 and 2) have not taken yet
 * @broken: stdout or stderr takes no more
 * @error: the errno with which one of them failed, other than EPIPE
 * @stdin_is_tty: stdin is a terminal
 * @stdin_done: stdin has ended, or the command does not read it any more
 * @credit: bytes of stdin that may be sent
 */
struct vi915_streams {
	unsigned int closed;
	bool joined;
	struct vi915_queue out[3];
	bool broken[3];
	int error;
	bool stdin_is_tty, stdin_done;
	size_t credit;
};

void vi915_streams_init(struct vi915_streams *streams);
void vi915_streams_poll(const struct vi915_streams *streams,
			const struct vi915_queue *port, struct pollfd *fds);
void vi915_streams_work(struct vi915_streams *streams,
			struct vi915_queue *port, const struct pollfd *fds);
int vi915_streams_frame(struct vi915_streams *streams,
			const struct vi915_frame *frame);
bool vi915_streams_empty(const struct vi915_streams *streams);
void vi915_streams_fini(struct vi915_streams *streams);

#endif
