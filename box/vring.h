/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_VRING_H
#define VI915_VRING_H

#include <linux/virtio_ring.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frame.h"
#include "guestmem.h"

/* User-Mode Linux makes no longer ones. */
#define VI915_VRING_MAX_NUM 256
/* A write of virtio-console is one buffer; a chain longer than this is none. */
#define VI915_VRING_MAX_CHAIN 8
/* No buffer of virtio-console has more. */
#define VI915_VRING_MAX_BYTES (64 * 1024)

/**
 * struct vi915_vring - the device's half of a virtqueue
 * @num: its entries, a power of two; 0 until it is known
 * @next: the next entry of @avail that is ours
 * @done: the next entry of @used that is ours
 * @desc: descriptors; all three point into the guest's memory, where there is
 *	room for @num entries, or are NULL
 * @avail: what the guest has given
 * @used: what it has got back
 * @kick_fd: an eventfd by which the guest says that it gave something, or -1
 * @call_fd: a socket by which we say that we did, or -1
 */
struct vi915_vring {
	unsigned int num;
	uint16_t next, done;
	struct vring_desc *desc;
	struct vring_avail *avail;
	struct vring_used *used;
	int kick_fd, call_fd;
};

int vi915_vring_resize(struct vi915_vring *ring, uint32_t num);
int vi915_vring_place(struct vi915_vring *ring, const struct vi915_guestmem *mem, uint64_t desc,
		      uint64_t avail, uint64_t used);
void vi915_vring_forget(struct vi915_vring *ring);

int vi915_vring_take(struct vi915_vring *ring,
		     const struct vi915_guestmem *mem,
		     struct vi915_queue *to);
int vi915_vring_give(struct vi915_vring *ring,
		     const struct vi915_guestmem *mem,
		     struct vi915_queue *from);
int vi915_vring_give_one(struct vi915_vring *ring,
			 const struct vi915_guestmem *mem, const void *data,
			 size_t len);
void vi915_vring_drain_kick(struct vi915_vring *ring);
void vi915_vring_fini(struct vi915_vring *ring);

#endif
