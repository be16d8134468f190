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
 * struct vi915_link - the command's end of the way to the guest
 * @in: bytes received
 * @out: bytes to send
 * @control: bytes the guest's driver has said about its ports
 * @guest_fd: the guest's end, to be inherited; closed once it is
 * @listen_fd: where the guest's kernel knocks, until it has
 * @stream_fd: our end of a socket, where the device is QEMU's, or -1
 * @garbled: the guest's kernel has broken the rules of the device
 * @vhost: the device it finds behind it
 * @config: that device's configuration
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
