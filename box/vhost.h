/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_VHOST_H
#define VI915_VHOST_H

#include <stdint.h>

#include "vhost_proto.h"
#include "vring.h"

/* In and out of the one port, in and out of the control of all ports. */
#define VI915_VHOST_RINGS 4

/* What became of a look at the socket. */
enum vi915_vhost_heard {
	VI915_VHOST_HEARD,	/* go on */
	VI915_VHOST_ENDED,	/* the guest's kernel has closed its end */
	VI915_VHOST_NONSENSE,	/* it said what it may not say */
};

/**
 * struct vi915_vhost - a virtio device behind a socket
 * @fd: the socket, once the guest's kernel has come, or -1
 * @features: what the device can do
 * @config: its configuration space
 * @config_len: how long that is
 * @mem: the guest's memory
 * @rings: its virtqueues
 * @request_fd: where we could ask the guest for something; it wants us to
 *	have it, we have nothing to ask
 * @message: the one that is arriving
 */
struct vi915_vhost {
	int fd;
	uint64_t features;
	const void *config;
	uint32_t config_len;
	struct vi915_guestmem mem;
	struct vi915_vring rings[VI915_VHOST_RINGS];
	int request_fd;
	struct vi915_vhost_message message;
};

void vi915_vhost_init(struct vi915_vhost *vhost, uint64_t features,
		      const void *config, uint32_t config_len);
enum vi915_vhost_heard vi915_vhost_hear(struct vi915_vhost *vhost);
void vi915_vhost_fini(struct vi915_vhost *vhost);

#endif
