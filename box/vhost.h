/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_VHOST_H
#define VI915_VHOST_H

#include <stdint.h>

#include "vring.h"

/* In and out of the one port, in and out of the control of all ports. */
#define VI915_VHOST_RINGS 4

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
 */
struct vi915_vhost {
	int fd;
	uint64_t features;
	const void *config;
	uint32_t config_len;
	struct vi915_guestmem mem;
	struct vi915_vring rings[VI915_VHOST_RINGS];
	int request_fd;
};

void vi915_vhost_init(struct vi915_vhost *vhost, uint64_t features,
		      const void *config, uint32_t config_len);
int vi915_vhost_message(struct vi915_vhost *vhost);
void vi915_vhost_fini(struct vi915_vhost *vhost);

#endif
