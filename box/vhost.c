// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <errno.h>
#include <fcntl.h>
#include <linux/virtio_config.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vhost.h"

/**
 * DOC: vhost-user, the device's side
 *
 * This is the part of the protocol that User-Mode Linux uses. UML is the driver, and connects to us
 * while it boots. Requests are answered in order.
 *
 * A program may have taken over the guest's kernel. So a message is acted on only when it is
 * complete and has the right length, addresses are looked up again whenever the memory or a ring's
 * size changes, and this code never waits: neither for the rest of a message, nor in a descriptor
 * from the guest, which the guest can make blocking again at any time.
 */

/**
 * vi915_vhost_init() - prepare a device
 * @vhost: filled
 * @features: its virtio feature bits
 * @config: its configuration space; must outlive the device
 * @config_len: bytes of @config
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
	for (i = 0; i < VI915_VHOST_MAX_FDS; i++)
		vhost->message.fds[i] = -1;
}

/* Closes descriptors that a message's handler did not take, and clears the message. */
static void vi915_vhost_done(struct vi915_vhost_message *message)
{
	int i;

	for (i = 0; i < VI915_VHOST_MAX_FDS; i++)
		if (message->fds[i] >= 0)
			close(message->fds[i]);
	memset(message, 0, sizeof(*message));
	for (i = 0; i < VI915_VHOST_MAX_FDS; i++)
		message->fds[i] = -1;
}

/* Keeps the descriptors that came with a message; closes surplus ones. */
static void vi915_vhost_keep_fds(struct vi915_vhost_message *message, struct msghdr *msg)
{
	struct cmsghdr *cmsg;
	size_t num, i, at = 0;
	int fd;

	for (cmsg = CMSG_FIRSTHDR(msg); cmsg; cmsg = CMSG_NXTHDR(msg, cmsg)) {
		if (cmsg->cmsg_level != SOL_SOCKET || cmsg->cmsg_type != SCM_RIGHTS)
			continue;
		num = (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(fd);
		for (i = 0; i < num; i++) {
			memcpy(&fd, CMSG_DATA(cmsg) + i * sizeof(fd), sizeof(fd));
			while (at < VI915_VHOST_MAX_FDS && message->fds[at] >= 0)
				at++;
			if (at < VI915_VHOST_MAX_FDS)
				message->fds[at] = fd;
			else
				close(fd);
		}
	}
}

/* Receives up to @len bytes without waiting; the rest comes later. */
static enum vi915_vhost_heard vi915_vhost_receive(struct vi915_vhost *vhost, char *to,
						  uint32_t len)
{
	struct vi915_vhost_message *message = &vhost->message;
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(message->fds))];
	} control;
	struct iovec iov = { to, len };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n = recvmsg(vhost->fd, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return VI915_VHOST_HEARD;
	if (n <= 0)
		return VI915_VHOST_ENDED;
	vi915_vhost_keep_fds(message, &msg);
	message->got += n;
	return VI915_VHOST_HEARD;
}

static int vi915_vhost_reply(struct vi915_vhost *vhost, uint32_t size)
{
	struct vi915_vhost_message *message = &vhost->message;
	struct iovec iov[] = {
		{ &message->head, sizeof(message->head) },
		{ &message->payload, size },
	};
	const struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };

	message->head.flags = VI915_VHOST_VERSION | VI915_VHOST_REPLY;
	message->head.size = size;
	/* A guest that does not read its answers is cut off. */
	return sendmsg(vhost->fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT) ==
	       (ssize_t)(sizeof(message->head) + size) ? 0 : -1;
}

static int vi915_vhost_reply_number(struct vi915_vhost *vhost, uint64_t number)
{
	vhost->message.payload.number = number;
	return vi915_vhost_reply(vhost, sizeof(number));
}

static int vi915_vhost_get_features(struct vi915_vhost *vhost)
{
	return vi915_vhost_reply_number(vhost, vhost->features);
}

static int vi915_vhost_get_protocol(struct vi915_vhost *vhost)
{
	return vi915_vhost_reply_number(vhost, VI915_VHOST_PROTOCOL_SLAVE_REQ |
					       VI915_VHOST_PROTOCOL_CONFIG);
}

static int vi915_vhost_get_config(struct vi915_vhost *vhost)
{
	struct vi915_vhost_config *config = &vhost->message.payload.config;
	uint32_t size = vhost->message.head.size;

	if (config->size > size - offsetof(struct vi915_vhost_config, bytes) ||
	    config->offset > vhost->config_len ||
	    config->size > vhost->config_len - config->offset)
		return -1;
	memcpy(config->bytes, (const char *)vhost->config + config->offset,
	       config->size);
	return vi915_vhost_reply(vhost, size);
}

static int vi915_vhost_set_mem(struct vi915_vhost *vhost)
{
	const struct vi915_vhost_mem *mem = &vhost->message.payload.mem;
	int i;

	/* The rings point into the memory that is unmapped. */
	for (i = 0; i < VI915_VHOST_RINGS; i++)
		vi915_vring_forget(&vhost->rings[i]);
	vi915_guestmem_unmap(&vhost->mem);
	if (mem->num != 1)
		return -1;
	return vi915_guestmem_map(&vhost->mem, vhost->message.fds[0], mem->mmap_offset,
				  mem->size, mem->guest_addr);
}

static int vi915_vhost_set_addr(struct vi915_vhost *vhost)
{
	const struct vi915_vhost_vring_addr *addr = &vhost->message.payload.addr;

	if (addr->index >= VI915_VHOST_RINGS)
		return -1;
	return vi915_vring_place(&vhost->rings[addr->index], &vhost->mem, addr->desc,
				 addr->avail, addr->used);
}

static int vi915_vhost_set_num(struct vi915_vhost *vhost)
{
	const struct vi915_vhost_vring_state *state = &vhost->message.payload.state;

	if (state->index >= VI915_VHOST_RINGS)
		return -1;
	return vi915_vring_resize(&vhost->rings[state->index], state->num);
}

static int vi915_vhost_set_base(struct vi915_vhost *vhost)
{
	const struct vi915_vhost_vring_state *state = &vhost->message.payload.state;

	if (state->index >= VI915_VHOST_RINGS || state->num > UINT16_MAX)
		return -1;
	vhost->rings[state->index].next = state->num;
	return 0;
}

/* The ring that a message with a descriptor is about, or NULL. */
static struct vi915_vring *vi915_vhost_ring(struct vi915_vhost *vhost)
{
	unsigned int index = vhost->message.payload.number & VI915_VHOST_INDEX_MASK;

	return index < VI915_VHOST_RINGS ? &vhost->rings[index] : NULL;
}

static void vi915_vhost_replace(int *fd, int by)
{
	if (*fd >= 0)
		close(*fd);
	*fd = by;
}

/* Accepts only an eventfd, which has no file type; no other file may be polled. */
static int vi915_vhost_set_kick(struct vi915_vhost *vhost)
{
	struct vi915_vring *ring = vi915_vhost_ring(vhost);
	int fd = vhost->message.fds[0];
	struct stat st;

	if (!ring || fd < 0 || fstat(fd, &st) || st.st_mode & S_IFMT)
		return -1;
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	vi915_vhost_replace(&ring->kick_fd, fd);
	vhost->message.fds[0] = -1;
	return 0;
}

/* Accepts only a socket, since User-Mode Linux makes a pair of them. */
static int vi915_vhost_set_call(struct vi915_vhost *vhost)
{
	struct vi915_vring *ring = vi915_vhost_ring(vhost);
	int fd = vhost->message.fds[0];
	struct stat st;

	if (!ring || fd < 0 || fstat(fd, &st) || !S_ISSOCK(st.st_mode))
		return -1;
	vi915_vhost_replace(&ring->call_fd, fd);
	vhost->message.fds[0] = -1;
	return 0;
}

static int vi915_vhost_set_request_fd(struct vi915_vhost *vhost)
{
	vi915_vhost_replace(&vhost->request_fd, vhost->message.fds[0]);
	vhost->message.fds[0] = -1;
	return 0;
}

/* Accepts requests that have no effect here. */
static int vi915_vhost_accept(struct vi915_vhost *vhost)
{
	(void)vhost;
	return 0;
}

/**
 * struct vi915_vhost_rule - requirements for one type of request
 * @size: least number of bytes of payload
 * @handle: acts on it; not 0 when the request is wrong
 */
struct vi915_vhost_rule {
	uint32_t size;
	int (*handle)(struct vi915_vhost *vhost);
};

static const struct vi915_vhost_rule vi915_vhost_rules[VI915_VHOST_NUM_REQUESTS] = {
	[VI915_VHOST_GET_FEATURES] = { 0, vi915_vhost_get_features },
	[VI915_VHOST_SET_FEATURES] = { 8, vi915_vhost_accept },
	[VI915_VHOST_SET_OWNER] = { 0, vi915_vhost_accept },
	[VI915_VHOST_SET_MEM_TABLE] = { sizeof(struct vi915_vhost_mem), vi915_vhost_set_mem },
	[VI915_VHOST_SET_VRING_NUM] = { sizeof(struct vi915_vhost_vring_state),
					vi915_vhost_set_num },
	[VI915_VHOST_SET_VRING_ADDR] = { sizeof(struct vi915_vhost_vring_addr),
					 vi915_vhost_set_addr },
	[VI915_VHOST_SET_VRING_BASE] = { sizeof(struct vi915_vhost_vring_state),
					 vi915_vhost_set_base },
	[VI915_VHOST_SET_VRING_KICK] = { 8, vi915_vhost_set_kick },
	[VI915_VHOST_SET_VRING_CALL] = { 8, vi915_vhost_set_call },
	[VI915_VHOST_GET_PROTOCOL_FEATURES] = { 0, vi915_vhost_get_protocol },
	[VI915_VHOST_SET_PROTOCOL_FEATURES] = { 8, vi915_vhost_accept },
	[VI915_VHOST_SET_VRING_ENABLE] = { sizeof(struct vi915_vhost_vring_state),
					   vi915_vhost_accept },
	[VI915_VHOST_SET_SLAVE_REQ_FD] = { 0, vi915_vhost_set_request_fd },
	[VI915_VHOST_GET_CONFIG] = { offsetof(struct vi915_vhost_config, bytes),
				     vi915_vhost_get_config },
	[VI915_VHOST_SET_CONFIG] = { offsetof(struct vi915_vhost_config, bytes),
				     vi915_vhost_accept },
};

/* The rule for a message whose head is complete, or NULL when the head is wrong. */
static const struct vi915_vhost_rule *vi915_vhost_rule(const struct vi915_vhost_head *head)
{
	const struct vi915_vhost_rule *rule;

	if (head->request >= VI915_VHOST_NUM_REQUESTS)
		return NULL;
	rule = &vi915_vhost_rules[head->request];
	if (!rule->handle || (head->flags & VI915_VHOST_VERSION_MASK) != VI915_VHOST_VERSION ||
	    head->size < rule->size || head->size > VI915_VHOST_MAX_PAYLOAD)
		return NULL;
	return rule;
}

/**
 * vi915_vhost_hear() - receive bytes, and act on a complete message
 * @vhost: the device; its socket is readable
 *
 * Return: VI915_VHOST_HEARD to go on; after any other value the caller must not call this again.
 */
enum vi915_vhost_heard vi915_vhost_hear(struct vi915_vhost *vhost)
{
	struct vi915_vhost_message *message = &vhost->message;
	const struct vi915_vhost_rule *rule;
	const uint32_t head = sizeof(message->head);
	enum vi915_vhost_heard heard;
	int ret;

	if (message->got < head) {
		heard = vi915_vhost_receive(vhost, (char *)&message->head + message->got,
					    head - message->got);
		if (heard != VI915_VHOST_HEARD || message->got < head)
			return heard;
	}
	rule = vi915_vhost_rule(&message->head);
	if (!rule)
		return VI915_VHOST_NONSENSE;
	if (message->got < head + message->head.size) {
		heard = vi915_vhost_receive(vhost, message->payload.bytes + message->got - head,
					    head + message->head.size - message->got);
		if (heard != VI915_VHOST_HEARD || message->got < head + message->head.size)
			return heard;
	}
	ret = rule->handle(vhost);
	vi915_vhost_done(message);
	return ret ? VI915_VHOST_NONSENSE : VI915_VHOST_HEARD;
}

/**
 * vi915_vhost_fini() - close and unmap everything of a device
 * @vhost: the device
 */
void vi915_vhost_fini(struct vi915_vhost *vhost)
{
	int i;

	for (i = 0; i < VI915_VHOST_RINGS; i++)
		vi915_vring_fini(&vhost->rings[i]);
	vi915_vhost_done(&vhost->message);
	vi915_guestmem_unmap(&vhost->mem);
	vi915_vhost_replace(&vhost->fd, -1);
	vi915_vhost_replace(&vhost->request_fd, -1);
}
