/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_LINK_H
#define VI915_LINK_H

#include <linux/virtio_console.h>
#include <poll.h>
#include <stdbool.h>

#include "frame.h"
#include "vhost.h"

/* The descriptor under which the guest's kernel finds its end of the link. */
#define VI915_LINK_FD 3
#define VI915_LINK_POLLFDS (1 + VI915_VHOST_RINGS)

/**
 * struct vi915_link - the host's end of the connection to the guest
 * @in: bytes received
 * @out: bytes to send
 * @control: control messages of the guest's driver
 * @guest_fd: the guest's end; closed here once the guest has inherited it
 * @listen_fd: socket to which the guest's kernel connects; -1 afterwards
 * @stream_fd: our end of a socket if the device is QEMU's, or -1
 * @garbled: the guest's kernel has broken the rules of the device
 * @vhost: the device if it is ours
 * @config: the configuration of @vhost
 */
struct vi915_link {
	struct vi915_queue in, out, control;
	int guest_fd;
	int listen_fd;
	int stream_fd;
	bool garbled;
	struct vi915_vhost vhost;
	struct virtio_console_config config;
};

int vi915_link_open(struct vi915_link *link, const char *dir);
int vi915_link_open_stream(struct vi915_link *link);
const char *vi915_link_kernel_arg(void);
int vi915_link_poll(struct vi915_link *link, struct pollfd *fds);
int vi915_link_work(struct vi915_link *link, const struct pollfd *fds);
void vi915_link_close(struct vi915_link *link);

#endif
