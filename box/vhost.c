// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <errno.h>
#include <fcntl.h>
#include <linux/virtio_config.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vhost.h"

/**
 * DOC: vhost-user, the side of the device
 *
 * As much of the protocol as User-Mode Linux speaks: it is the driver's side,
 * and connects to us while its kernel boots. What it asks is answered in
 * order, and nothing here waits.
 */

enum vi915_vhost_request {
	VI915_VHOST_GET_FEATURES = 1,
	VI915_VHOST_SET_FEATURES = 2,
	VI915_VHOST_SET_OWNER = 3,
	VI915_VHOST_SET_MEM_TABLE = 5,
	VI915_VHOST_SET_VRING_NUM = 8,
	VI915_VHOST_SET_VRING_ADDR = 9,
	VI915_VHOST_SET_VRING_BASE = 10,
	VI915_VHOST_SET_VRING_KICK = 12,
	VI915_VHOST_SET_VRING_CALL = 13,
	VI915_VHOST_GET_PROTOCOL_FEATURES = 15,
	VI915_VHOST_SET_PROTOCOL_FEATURES = 16,
	VI915_VHOST_SET_VRING_ENABLE = 18,
	VI915_VHOST_SET_SLAVE_REQ_FD = 21,
	VI915_VHOST_GET_CONFIG = 24,
	VI915_VHOST_SET_CONFIG = 25,
};

#define VI915_VHOST_VERSION		1
#define VI915_VHOST_REPLY		(1u << 2)
#define VI915_VHOST_F_PROTOCOL_FEATURES	(1ull << 30)
/* UML takes its interrupt from the first, and max_nr_ports from the second. */
#define VI915_VHOST_PROTOCOL_SLAVE_REQ	(1ull << 5)
#define VI915_VHOST_PROTOCOL_CONFIG	(1ull << 9)

#define VI915_VHOST_INDEX_MASK		0xff
#define VI915_VHOST_MAX_PAYLOAD		512
#define VI915_VHOST_MAX_FDS		8

struct vi915_vhost_head {
	uint32_t request;
	uint32_t flags;
	uint32_t size;
};

struct vi915_vhost_vring_state {
	uint32_t index;
	uint32_t num;
};

struct vi915_vhost_vring_addr {
	uint32_t index;
	uint32_t flags;
	uint64_t desc, used, avail, log;
};

struct vi915_vhost_mem {
	uint32_t num;
	uint32_t padding;
	/* Of the first region; the box never has a second. */
	uint64_t guest_addr;
	uint64_t size;
	uint64_t user_addr;
	uint64_t mmap_offset;
};

struct vi915_vhost_config {
	uint32_t offset;
	uint32_t size;
	uint32_t flags;
	char bytes[VI915_VHOST_MAX_PAYLOAD - 12];
};

/**
 * struct vi915_vhost_message - one message as it came
 * @head: what it is
 * @payload: what it says; zero behind its end
 * @fds: descriptors that came with it; -1 once they are taken
 */
struct vi915_vhost_message {
	struct vi915_vhost_head head;
	union {
		uint64_t number;
		struct vi915_vhost_vring_state state;
		struct vi915_vhost_vring_addr addr;
		struct vi915_vhost_mem mem;
		struct vi915_vhost_config config;
		char bytes[VI915_VHOST_MAX_PAYLOAD];
	} payload;
	int fds[VI915_VHOST_MAX_FDS];
};

/**
 * vi915_vhost_init() - prepare a device
 * @vhost: filled
 * @features: what it can do
 * @config: its configuration space; kept
 * @config_len: how long that is
 */
void vi915_vhost_init(struct vi915_vhost *vhost, uint64_t features,
		      const void *config, uint32_t config_len)
{
	int i;

	memset(vhost, 0, sizeof(*vhost));
	vhost->fd = vhost->request_fd = -1;
	vhost->features = features | VI915_VHOST_F_PROTOCOL_FEATURES |
			  1ull << VIRTIO_F_VERSION_1;
	vhost->config = config;
	vhost->config_len = config_len;
	for (i = 0; i < VI915_VHOST_RINGS; i++)
		vhost->rings[i].kick_fd = vhost->rings[i].call_fd = -1;
}

/* Takes the descriptors that came along, and the head. */
static int vi915_vhost_receive_head(int fd, struct vi915_vhost_message *message)
{
	char control[CMSG_SPACE(sizeof(message->fds))];
	struct iovec iov = { &message->head, sizeof(message->head) };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg;
	ssize_t n;

	n = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC | MSG_WAITALL);
	if (n != sizeof(message->head))
		return -1;
	for (cmsg = CMSG_FIRSTHDR(&msg); cmsg; cmsg = CMSG_NXTHDR(&msg, cmsg))
		if (cmsg->cmsg_level == SOL_SOCKET &&
		    cmsg->cmsg_type == SCM_RIGHTS)
			memcpy(message->fds, CMSG_DATA(cmsg),
			       cmsg->cmsg_len - CMSG_LEN(0));
	return 0;
}

static int vi915_vhost_receive(int fd, struct vi915_vhost_message *message)
{
	int i;

	memset(message, 0, sizeof(*message));
	for (i = 0; i < VI915_VHOST_MAX_FDS; i++)
		message->fds[i] = -1;
	if (vi915_vhost_receive_head(fd, message))
		return -1;
	if (message->head.size > sizeof(message->payload))
		return -1;
	if (!message->head.size)
		return 0;
	if (recv(fd, &message->payload, message->head.size, MSG_WAITALL) !=
	    message->head.size)
		return -1;
	return 0;
}

static int vi915_vhost_reply(struct vi915_vhost *vhost,
			     struct vi915_vhost_message *message,
			     uint32_t size)
{
	struct iovec iov[] = {
		{ &message->head, sizeof(message->head) },
		{ &message->payload, size },
	};
	const struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };

	message->head.flags = VI915_VHOST_VERSION | VI915_VHOST_REPLY;
	message->head.size = size;
	return sendmsg(vhost->fd, &msg, MSG_NOSIGNAL) ==
	       (ssize_t)(sizeof(message->head) + size) ? 0 : -1;
}

static int vi915_vhost_reply_number(struct vi915_vhost *vhost,
				    struct vi915_vhost_message *message,
				    uint64_t number)
{
	message->payload.number = number;
	return vi915_vhost_reply(vhost, message, sizeof(number));
}

static int vi915_vhost_get_config(struct vi915_vhost *vhost,
				  struct vi915_vhost_message *message)
{
	struct vi915_vhost_config *config = &message->payload.config;
	uint32_t size = message->head.size;

	if (size > sizeof(*config) || config->offset > vhost->config_len ||
	    config->size > vhost->config_len - config->offset)
		return -1;
	memcpy(config->bytes, (const char *)vhost->config + config->offset,
	       config->size);
	return vi915_vhost_reply(vhost, message, size);
}

static int vi915_vhost_set_mem(struct vi915_vhost *vhost,
			       struct vi915_vhost_message *message)
{
	const struct vi915_vhost_mem *mem = &message->payload.mem;
	void *base;

	if (!mem->num || message->fds[0] < 0)
		return -1;
	if (vhost->mem.base)
		munmap(vhost->mem.base, vhost->mem.size);
	base = mmap(NULL, mem->size, PROT_READ | PROT_WRITE, MAP_SHARED,
		    message->fds[0], mem->mmap_offset);
	if (base == MAP_FAILED) {
		vhost->mem.base = NULL;
		return -1;
	}
	vhost->mem.base = base;
	vhost->mem.size = mem->size;
	vhost->mem.guest = mem->guest_addr;
	return 0;
}

static int vi915_vhost_set_addr(struct vi915_vhost *vhost,
				const struct vi915_vhost_vring_addr *addr)
{
	struct vi915_vring *ring;
	uint64_t num;

	if (addr->index >= VI915_VHOST_RINGS)
		return -1;
	ring = &vhost->rings[addr->index];
	num = ring->num;
	ring->desc = vi915_guestmem_at(&vhost->mem, addr->desc,
				       num * sizeof(*ring->desc));
	ring->avail = vi915_guestmem_at(&vhost->mem, addr->avail,
					sizeof(*ring->avail) +
					num * sizeof(ring->avail->ring[0]));
	ring->used = vi915_guestmem_at(&vhost->mem, addr->used,
				       sizeof(*ring->used) +
				       num * sizeof(ring->used->ring[0]));
	return ring->desc && ring->avail && ring->used ? 0 : -1;
}

static int vi915_vhost_set_num(struct vi915_vhost *vhost,
			       const struct vi915_vhost_vring_state *state)
{
	if (state->index >= VI915_VHOST_RINGS || !state->num ||
	    state->num > 32768 || state->num & (state->num - 1))
		return -1;
	vhost->rings[state->index].num = state->num;
	return 0;
}

/* Takes the first descriptor of a message over. */
static void vi915_vhost_take_fd(struct vi915_vhost_message *message, int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = message->fds[0];
	message->fds[0] = -1;
	if (*fd >= 0)
		fcntl(*fd, F_SETFL, fcntl(*fd, F_GETFL) | O_NONBLOCK);
}

static int vi915_vhost_handle(struct vi915_vhost *vhost,
			      struct vi915_vhost_message *message)
{
	unsigned int index = message->payload.number & VI915_VHOST_INDEX_MASK;

	switch (message->head.request) {
	case VI915_VHOST_GET_FEATURES:
		return vi915_vhost_reply_number(vhost, message,
						vhost->features);
	case VI915_VHOST_GET_PROTOCOL_FEATURES:
		return vi915_vhost_reply_number(vhost, message,
						VI915_VHOST_PROTOCOL_SLAVE_REQ |
						VI915_VHOST_PROTOCOL_CONFIG);
	case VI915_VHOST_GET_CONFIG:
		return vi915_vhost_get_config(vhost, message);
	case VI915_VHOST_SET_MEM_TABLE:
		return vi915_vhost_set_mem(vhost, message);
	case VI915_VHOST_SET_VRING_NUM:
		return vi915_vhost_set_num(vhost, &message->payload.state);
	case VI915_VHOST_SET_VRING_ADDR:
		return vi915_vhost_set_addr(vhost, &message->payload.addr);
	case VI915_VHOST_SET_VRING_KICK:
		if (index >= VI915_VHOST_RINGS)
			return -1;
		vi915_vhost_take_fd(message, &vhost->rings[index].kick_fd);
		return 0;
	case VI915_VHOST_SET_VRING_CALL:
		if (index >= VI915_VHOST_RINGS)
			return -1;
		vi915_vhost_take_fd(message, &vhost->rings[index].call_fd);
		return 0;
	case VI915_VHOST_SET_SLAVE_REQ_FD:
		vi915_vhost_take_fd(message, &vhost->request_fd);
		return 0;
	case VI915_VHOST_SET_FEATURES:
	case VI915_VHOST_SET_OWNER:
	case VI915_VHOST_SET_PROTOCOL_FEATURES:
	case VI915_VHOST_SET_VRING_BASE:
	case VI915_VHOST_SET_VRING_ENABLE:
	case VI915_VHOST_SET_CONFIG:
		return 0;
	default:
		return -1;
	}
}

/**
 * vi915_vhost_message() - take one message and act on it
 * @vhost: the device; its socket is readable
 *
 * Return: 0, or -1 when the guest has gone or speaks nonsense.
 */
int vi915_vhost_message(struct vi915_vhost *vhost)
{
	struct vi915_vhost_message message;
	int ret = vi915_vhost_receive(vhost->fd, &message), i;

	if (!ret)
		ret = vi915_vhost_handle(vhost, &message);
	for (i = 0; i < VI915_VHOST_MAX_FDS; i++)
		if (message.fds[i] >= 0)
			close(message.fds[i]);
	return ret;
}

/**
 * vi915_vhost_fini() - give everything back
 * @vhost: the device
 */
void vi915_vhost_fini(struct vi915_vhost *vhost)
{
	int i;

	for (i = 0; i < VI915_VHOST_RINGS; i++)
		vi915_vring_fini(&vhost->rings[i]);
	if (vhost->mem.base)
		munmap(vhost->mem.base, vhost->mem.size);
	if (vhost->fd >= 0)
		close(vhost->fd);
	if (vhost->request_fd >= 0)
		close(vhost->request_fd);
	vhost->mem.base = NULL;
	vhost->fd = vhost->request_fd = -1;
}
