/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_VHOST_H
#define VI915_VHOST_H

#include <stdint.h>

#include "vhost_proto.h"
#include "vring.h"

/* Two rings for the only port, and two for control messages. */
#define VI915_VHOST_RINGS 4

/* Results of vi915_vhost_hear(). */
enum vi915_vhost_heard {
	VI915_VHOST_HEARD,	/* go on */
	VI915_VHOST_ENDED,	/* the guest's kernel has closed its end */
	VI915_VHOST_NONSENSE,	/* it broke the protocol */
};

/**
 * struct vi915_vhost - a virtio device behind a socket
 * @fd: the socket, once the guest's kernel has connected, or -1
 * @features: virtio feature bits of the device
 * @config: its configuration space
 * @config_len: bytes of @config
 * @mem: the guest's memory
 * @rings: its virtqueues
 * @request_fd: socket for requests from us to the guest, which UML requires; never used
 * @message: the message that is being received
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
