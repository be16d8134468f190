// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "vring.h"

/**
 * DOC: the device's half of a split virtqueue
 *
 * The guest owns the memory the rings lie in, and what runs in it may be root:
 * every number read from there is used once and checked before.
 */

/* A write of virtio-console is one buffer; a chain longer than this is none. */
#define VI915_VRING_MAX_CHAIN 8

/**
 * vi915_guestmem_at() - find a piece of a guest's memory
 * @mem: the memory
 * @guest: the guest's address of it
 * @len: how long it is
 *
 * Return: where it is, or NULL when it lies outside.
 */
void *vi915_guestmem_at(const struct vi915_guestmem *mem, uint64_t guest,
			uint64_t len)
{
	if (!mem->base || guest < mem->guest || len > mem->size ||
	    guest - mem->guest > mem->size - len)
		return NULL;
	return mem->base + (guest - mem->guest);
}

/* The head of the next chain that the guest has given, or -1. */
static int vi915_vring_next(struct vi915_vring *ring)
{
	uint16_t given, head;

	if (!ring->num || !ring->desc || !ring->avail || !ring->used)
		return -1;
	given = __atomic_load_n(&ring->avail->idx, __ATOMIC_ACQUIRE);
	if (given == ring->next)
		return -1;
	head = ring->avail->ring[ring->next & (ring->num - 1)];
	return head & (ring->num - 1);
}

static void vi915_vring_done(struct vi915_vring *ring, int head, uint32_t len)
{
	uint16_t idx = ring->used->idx;
	struct vring_used_elem *elem = &ring->used->ring[idx & (ring->num - 1)];

	elem->id = head;
	elem->len = len;
	__atomic_store_n(&ring->used->idx, idx + 1, __ATOMIC_RELEASE);
	ring->next++;
}

static void vi915_vring_call(struct vi915_vring *ring)
{
	const uint64_t one = 1;

	/* Our used index must be out before the guest's wish is read. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (ring->avail->flags & VRING_AVAIL_F_NO_INTERRUPT)
		return;
	if (ring->call_fd >= 0 &&
	    write(ring->call_fd, &one, sizeof(one)) < 0 && errno != EAGAIN)
		/* The guest is gone; its end is seen elsewhere. */
		return;
}

/* Whether the guest is to tell when it gives something. */
static void vi915_vring_want_kick(struct vi915_vring *ring, bool want)
{
	ring->used->flags = want ? 0 : VRING_USED_F_NO_NOTIFY;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/**
 * vi915_vring_take() - take all that the guest has given
 * @ring: a ring of buffers that we read
 * @mem: the guest's memory
 * @to: where the bytes go
 */
void vi915_vring_take(struct vi915_vring *ring,
		      const struct vi915_guestmem *mem, struct vi915_queue *to)
{
	bool any = false;
	int head, at, links;

	while ((head = vi915_vring_next(ring)) >= 0) {
		at = head;
		for (links = 0; links < VI915_VRING_MAX_CHAIN; links++) {
			struct vring_desc desc = ring->desc[at];
			void *bytes = vi915_guestmem_at(mem, desc.addr,
							desc.len);

			if (bytes && !(desc.flags & VRING_DESC_F_WRITE))
				vi915_queue_put(to, bytes, desc.len);
			if (!(desc.flags & VRING_DESC_F_NEXT))
				break;
			at = desc.next & (ring->num - 1);
		}
		vi915_vring_done(ring, head, 0);
		any = true;
	}
	if (any)
		vi915_vring_call(ring);
}

/* Fills the next buffer the guest has given; how much went in, or -1. */
static ssize_t vi915_vring_fill(struct vi915_vring *ring,
				const struct vi915_guestmem *mem,
				const void *data, size_t len)
{
	int head = vi915_vring_next(ring);
	struct vring_desc desc;
	void *bytes;

	if (head < 0)
		return -1;
	desc = ring->desc[head];
	if (len > desc.len)
		len = desc.len;
	bytes = vi915_guestmem_at(mem, desc.addr, len);
	if (!bytes || !(desc.flags & VRING_DESC_F_WRITE))
		len = 0;
	else
		memcpy(bytes, data, len);
	vi915_vring_done(ring, head, len);
	return len;
}

/**
 * vi915_vring_give() - give the guest as much as it has room for
 * @ring: a ring of buffers that we write
 * @mem: the guest's memory
 * @from: where the bytes come from
 */
void vi915_vring_give(struct vi915_vring *ring,
		      const struct vi915_guestmem *mem,
		      struct vi915_queue *from)
{
	bool any = false;
	ssize_t n;

	if (!ring->used)
		return;
	vi915_vring_want_kick(ring, false);
	while (vi915_queue_len(from)) {
		n = vi915_vring_fill(ring, mem, vi915_queue_head(from),
				     vi915_queue_len(from));
		if (n < 0 && !(ring->used->flags & VRING_USED_F_NO_NOTIFY))
			break;
		/* Look once more after asking to be told of new room. */
		if (n < 0) {
			vi915_vring_want_kick(ring, true);
			continue;
		}
		vi915_queue_taken(from, n);
		any = true;
	}
	if (any)
		vi915_vring_call(ring);
}

/**
 * vi915_vring_give_one() - give the guest one message
 * @ring: a ring of buffers that we write
 * @mem: the guest's memory
 * @data: the message
 * @len: how long it is
 *
 * Return: whether there was room for it.
 */
bool vi915_vring_give_one(struct vi915_vring *ring,
			  const struct vi915_guestmem *mem, const void *data,
			  size_t len)
{
	if (vi915_vring_fill(ring, mem, data, len) != (ssize_t)len)
		return false;
	vi915_vring_call(ring);
	return true;
}

/**
 * vi915_vring_drain_kick() - note that the guest's kick was heard
 * @ring: the ring
 */
void vi915_vring_drain_kick(struct vi915_vring *ring)
{
	uint64_t count;

	if (ring->kick_fd >= 0 &&
	    read(ring->kick_fd, &count, sizeof(count)) < 0 && errno != EAGAIN) {
		close(ring->kick_fd);
		ring->kick_fd = -1;
	}
}

/**
 * vi915_vring_fini() - close what a ring holds
 * @ring: the ring
 */
void vi915_vring_fini(struct vi915_vring *ring)
{
	if (ring->kick_fd >= 0)
		close(ring->kick_fd);
	if (ring->call_fd >= 0)
		close(ring->call_fd);
	memset(ring, 0, sizeof(*ring));
	ring->kick_fd = ring->call_fd = -1;
}
