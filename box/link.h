/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_LINK_H
#define VI915_LINK_H

#include <poll.h>

#include "frame.h"

/* The descriptor under which the guest's kernel finds its end of the link. */
#define VI915_LINK_FD 3
#define VI915_LINK_POLLFDS 6

/**
 * struct vi915_link - the command's end of the way to the guest
 * @in: bytes received
 * @out: bytes to send
 * @guest_fd: the guest's end, to be inherited; closed once it is
 * @fd: ours
 */
struct vi915_link {
	struct vi915_queue in, out;
	int guest_fd;
	int fd;
};

int vi915_link_open(struct vi915_link *link);
const char *vi915_link_kernel_arg(void);
int vi915_link_poll(struct vi915_link *link, struct pollfd *fds);
void vi915_link_work(struct vi915_link *link, const struct pollfd *fds);
void vi915_link_close(struct vi915_link *link);

#endif
