/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_VRING_H
#define VI915_VRING_H

#include <linux/virtio_ring.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frame.h"

/**
 * struct vi915_guestmem - a guest's memory as we see it
 * @base: where it is mapped, or NULL
 * @size: how much of it
 * @guest: the guest's address of its first byte
 */
struct vi915_guestmem {
	char *base;
	uint64_t size;
	uint64_t guest;
};

/**
 * struct vi915_vring - the device's half of a virtqueue
 * @num: its entries, a power of two; 0 until it is known
 * @next: the next entry of @avail that is ours
 * @desc: descriptors
 * @avail: what the guest has given
 * @used: what it has got back
 * @kick_fd: an eventfd by which the guest says that it gave something, or -1
 * @call_fd: by which we say that we did, or -1
 */
struct vi915_vring {
	unsigned int num;
	uint16_t next;
	struct vring_desc *desc;
	struct vring_avail *avail;
	struct vring_used *used;
	int kick_fd, call_fd;
};

void *vi915_guestmem_at(const struct vi915_guestmem *mem, uint64_t guest,
			uint64_t len);

void vi915_vring_take(struct vi915_vring *ring,
		      const struct vi915_guestmem *mem,
		      struct vi915_queue *to);
void vi915_vring_give(struct vi915_vring *ring,
		      const struct vi915_guestmem *mem,
		      struct vi915_queue *from);
bool vi915_vring_give_one(struct vi915_vring *ring,
			  const struct vi915_guestmem *mem, const void *data,
			  size_t len);
void vi915_vring_drain_kick(struct vi915_vring *ring);
void vi915_vring_fini(struct vi915_vring *ring);

#endif
