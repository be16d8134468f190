// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "vring.h"

/**
 * DOC: the device's half of a split virtqueue
 *
 * The rings lie in the guest's memory, and the guest may be hostile, kernel included. So every
 * number there is read once and checked before it is used, values that we wrote there are not read
 * back, and a turn ends after as many buffers as the ring has. Breaking the rules ends the box.
 */

/**
 * vi915_vring_forget() - drop the addresses of a ring
 * @ring: the ring
 */
void vi915_vring_forget(struct vi915_vring *ring)
{
	ring->desc = NULL;
	ring->avail = NULL;
	ring->used = NULL;
}

/**
 * vi915_vring_resize() - set the number of entries of a ring
 * @ring: the ring; it must be placed again afterwards
 * @num: number of entries
 *
 * Return: 0, or -1 when that number is not allowed.
 */
int vi915_vring_resize(struct vi915_vring *ring, uint32_t num)
{
	vi915_vring_forget(ring);
	if (!num || num > VI915_VRING_MAX_NUM || num & (num - 1))
		return -1;
	ring->num = num;
	ring->done = 0;
	return 0;
}

static bool vi915_vring_aligned(const void *at, size_t to)
{
	return at && !((uintptr_t)at & (to - 1));
}

/**
 * vi915_vring_place() - set the addresses of a ring
 * @ring: the ring
 * @mem: the guest's memory
 * @desc: the guest's address of the descriptors
 * @avail: the guest's address of the avail ring
 * @used: the guest's address of the used ring
 *
 * Return: 0, or -1 when it cannot be there.
 */
int vi915_vring_place(struct vi915_vring *ring, const struct vi915_guestmem *mem, uint64_t desc,
		      uint64_t avail, uint64_t used)
{
	const size_t num = ring->num;

	vi915_vring_forget(ring);
	if (!num)
		return -1;
	ring->desc = vi915_guestmem_at(mem, desc, num * sizeof(*ring->desc));
	ring->avail = vi915_guestmem_at(mem, avail, sizeof(*ring->avail) +
					num * sizeof(ring->avail->ring[0]));
	ring->used = vi915_guestmem_at(mem, used, sizeof(*ring->used) +
				       num * sizeof(ring->used->ring[0]));
	if (vi915_vring_aligned(ring->desc, VRING_DESC_ALIGN_SIZE) &&
	    vi915_vring_aligned(ring->avail, VRING_AVAIL_ALIGN_SIZE) &&
	    vi915_vring_aligned(ring->used, VRING_USED_ALIGN_SIZE))
		return 0;
	vi915_vring_forget(ring);
	return -1;
}

/*
 * The head of the next chain in the avail ring, or -1. Sets @nonsense when the ring has impossible
 * numbers.
 */
static int vi915_vring_next(const struct vi915_vring *ring, bool *nonsense)
{
	uint16_t given, head;

	if (!ring->used)
		return -1;
	given = __atomic_load_n(&ring->avail->idx, __ATOMIC_ACQUIRE);
	if (given == ring->next)
		return -1;
	head = __atomic_load_n(&ring->avail->ring[ring->next & (ring->num - 1)], __ATOMIC_RELAXED);
	if ((uint16_t)(given - ring->next) <= ring->num && head < ring->num)
		return head;
	*nonsense = true;
	return -1;
}

/* A copy of a descriptor, since the guest may change it while we read. */
static struct vring_desc vi915_vring_desc(const struct vi915_vring *ring, unsigned int at)
{
	const struct vring_desc *desc = &ring->desc[at];

	return (struct vring_desc){
		.addr = __atomic_load_n(&desc->addr, __ATOMIC_RELAXED),
		.len = __atomic_load_n(&desc->len, __ATOMIC_RELAXED),
		.flags = __atomic_load_n(&desc->flags, __ATOMIC_RELAXED),
		.next = __atomic_load_n(&desc->next, __ATOMIC_RELAXED),
	};
}

static void vi915_vring_done(struct vi915_vring *ring, int head, uint32_t len)
{
	struct vring_used_elem *elem = &ring->used->ring[ring->done & (ring->num - 1)];

	__atomic_store_n(&elem->id, head, __ATOMIC_RELAXED);
	__atomic_store_n(&elem->len, len, __ATOMIC_RELAXED);
	ring->done++;
	__atomic_store_n(&ring->used->idx, ring->done, __ATOMIC_RELEASE);
	ring->next++;
}

static void vi915_vring_call(struct vi915_vring *ring)
{
	const uint64_t one = 1;

	/* Our used index must be visible before the guest's flags are read. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (__atomic_load_n(&ring->avail->flags, __ATOMIC_RELAXED) & VRING_AVAIL_F_NO_INTERRUPT)
		return;
	/* An error means that the guest has ended, which is noticed elsewhere. */
	if (ring->call_fd >= 0)
		send(ring->call_fd, &one, sizeof(one), MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* Asks the guest to kick, or not to, when it adds a buffer. */
static void vi915_vring_want_kick(struct vi915_vring *ring, bool want)
{
	__atomic_store_n(&ring->used->flags, want ? 0 : VRING_USED_F_NO_NOTIFY, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/* Appends the bytes of one chain to @to; -1 when the chain is invalid. */
static int vi915_vring_take_chain(const struct vi915_vring *ring, const struct vi915_guestmem *mem,
				  unsigned int at, struct vi915_queue *to)
{
	size_t total = 0;
	int links;

	for (links = 0; links < VI915_VRING_MAX_CHAIN; links++) {
		struct vring_desc desc = vi915_vring_desc(ring, at);
		void *bytes = vi915_guestmem_at(mem, desc.addr, desc.len);

		total += desc.len;
		if (!bytes || total > VI915_VRING_MAX_BYTES ||
		    desc.flags & ~(VRING_DESC_F_NEXT))
			return -1;
		vi915_queue_put(to, bytes, desc.len);
		if (!(desc.flags & VRING_DESC_F_NEXT))
			return 0;
		at = desc.next;
		if (at >= ring->num)
			return -1;
	}
	return -1;
}

/**
 * vi915_vring_take() - read all buffers that the guest has added
 * @ring: a ring of buffers that we read
 * @mem: the guest's memory
 * @to: the bytes are appended here
 *
 * Return: 0, or -1 when the ring is invalid.
 */
int vi915_vring_take(struct vi915_vring *ring,
		     const struct vi915_guestmem *mem, struct vi915_queue *to)
{
	bool nonsense = false;
	unsigned int taken = 0;
	int head;

	/* Buffers that are added meanwhile come with another kick. */
	while (taken < ring->num && (head = vi915_vring_next(ring, &nonsense)) >= 0) {
		if (vi915_vring_take_chain(ring, mem, head, to))
			return -1;
		vi915_vring_done(ring, head, 0);
		taken++;
	}
	if (taken)
		vi915_vring_call(ring);
	return nonsense ? -1 : 0;
}

/*
 * Fills the next buffer of the guest. Returns the number of bytes written, 0 when there is no
 * buffer, -1 when it is invalid.
 */
static ssize_t vi915_vring_fill(struct vi915_vring *ring,
				const struct vi915_guestmem *mem,
				const void *data, size_t len)
{
	bool nonsense = false;
	int head = vi915_vring_next(ring, &nonsense);
	struct vring_desc desc;
	void *bytes;

	if (head < 0)
		return nonsense ? -1 : 0;
	desc = vi915_vring_desc(ring, head);
	if (len > desc.len)
		len = desc.len;
	bytes = vi915_guestmem_at(mem, desc.addr, len);
	if (!bytes || !len || !(desc.flags & VRING_DESC_F_WRITE))
		return -1;
	memcpy(bytes, data, len);
	vi915_vring_done(ring, head, len);
	return len;
}

/**
 * vi915_vring_give() - write as many bytes as the guest has room for
 * @ring: a ring of buffers that we write
 * @mem: the guest's memory
 * @from: the bytes; those written are removed
 *
 * Return: 0, or -1 when the ring is invalid.
 */
int vi915_vring_give(struct vi915_vring *ring,
		     const struct vi915_guestmem *mem,
		     struct vi915_queue *from)
{
	bool any = false, asked = false;
	ssize_t n = 0;

	if (!ring->used)
		return 0;
	vi915_vring_want_kick(ring, false);
	while (vi915_queue_len(from)) {
		n = vi915_vring_fill(ring, mem, vi915_queue_head(from),
				     vi915_queue_len(from));
		if (n < 0 || (!n && asked))
			break;
		/* Check again after asking for a kick, to miss no new buffer. */
		if (!n) {
			vi915_vring_want_kick(ring, true);
			asked = true;
			continue;
		}
		vi915_queue_taken(from, n);
		any = true;
	}
	if (any)
		vi915_vring_call(ring);
	return n < 0 ? -1 : 0;
}

/**
 * vi915_vring_give_one() - write one message into one buffer
 * @ring: a ring of buffers that we write
 * @mem: the guest's memory
 * @data: the message
 * @len: bytes of the message
 *
 * Return: 0, or -1 when there is no room for it, or no ring.
 */
int vi915_vring_give_one(struct vi915_vring *ring,
			 const struct vi915_guestmem *mem, const void *data,
			 size_t len)
{
	if (vi915_vring_fill(ring, mem, data, len) != (ssize_t)len)
		return -1;
	vi915_vring_call(ring);
	return 0;
}

/**
 * vi915_vring_drain_kick() - read the guest's kick, so that it does not poll again
 * @ring: the ring
 */
void vi915_vring_drain_kick(struct vi915_vring *ring)
{
	uint64_t count;
	const struct iovec iov = { &count, sizeof(count) };
	ssize_t n;

	if (ring->kick_fd < 0)
		return;
	/* The guest may have made the eventfd blocking and read it itself. */
	n = preadv2(ring->kick_fd, &iov, 1, -1, RWF_NOWAIT);
	if (n < 0 && errno == EOPNOTSUPP)
		n = read(ring->kick_fd, &count, sizeof(count));
	if (n != sizeof(count) && !(n < 0 && (errno == EAGAIN || errno == EINTR))) {
		close(ring->kick_fd);
		ring->kick_fd = -1;
	}
}

/**
 * vi915_vring_fini() - close the descriptors of a ring
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
