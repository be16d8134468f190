/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_VRING_H
#define VI915_VRING_H

#include <linux/virtio_ring.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frame.h"
#include "guestmem.h"

/* User-Mode Linux makes no longer rings. */
#define VI915_VRING_MAX_NUM 256
/* virtio-console writes one buffer at a time; longer chains are refused. */
#define VI915_VRING_MAX_CHAIN 8
/* No buffer of virtio-console is larger. */
#define VI915_VRING_MAX_BYTES (64 * 1024)

/**
 * struct vi915_vring - the device's half of a virtqueue
 * @num: number of entries, a power of two; 0 until it is known
 * @next: index of the next entry to read from @avail
 * @done: index of the next entry to write to @used
 * @desc: descriptors; all three pointers point into the guest's memory, with room for @num entries,
 *	or are NULL
 * @avail: buffers from the guest
 * @used: buffers given back to the guest
 * @kick_fd: eventfd by which the guest tells of new buffers, or -1
 * @call_fd: socket by which we tell the guest of used buffers, or -1
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
