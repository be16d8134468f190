// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "fail.h"
#include "player.h"

/* Connects as User-Mode Linux does, to the path of a descriptor in /proc. */
void player_open(struct player *player, int link_fd)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	char *hole;

	memset(player, 0, sizeof(*player));
	player->sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	snprintf(addr.sun_path, sizeof(addr.sun_path), "/proc/self/fd/%d", link_fd);
	vi915_check(connect(player->sock, (struct sockaddr *)&addr, sizeof(addr)) ? -errno : 0);
	player->memfd = memfd_create("guest", MFD_CLOEXEC);
	vi915_check(ftruncate(player->memfd, PLAYER_SIZE) ? -errno : 0);
	hole = mmap(NULL, PLAYER_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, player->memfd, 0);
	vi915_check(hole == MAP_FAILED ? -errno : 0);
	player->mem = hole;
	player->kick = eventfd(0, EFD_CLOEXEC);
	vi915_check(socketpair(AF_UNIX, SOCK_STREAM, 0, player->call) ? -errno : 0);
}

void player_close(struct player *player)
{
	close(player->sock);
	close(player->memfd);
	close(player->kick);
	close(player->call[0]);
	close(player->call[1]);
	munmap(player->mem, PLAYER_SIZE);
}

void player_send(struct player *player, uint32_t request, const void *payload, uint32_t size,
		 int fd)
{
	struct vi915_vhost_head head = { request, VI915_VHOST_VERSION, size };
	struct iovec iov[] = { { &head, sizeof(head) }, { (void *)payload, size } };
	char control[CMSG_SPACE(sizeof(fd))] = "";
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	struct cmsghdr *cmsg;

	if (fd >= 0) {
		msg.msg_control = control;
		msg.msg_controllen = sizeof(control);
		cmsg = CMSG_FIRSTHDR(&msg);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(sizeof(fd));
		memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
	}
	/* The host's side may have hung up. */
	sendmsg(player->sock, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void player_set_mem(struct player *player)
{
	const struct vi915_vhost_mem mem = {
		.num = 1,
		.guest_addr = PLAYER_GUEST,
		.size = PLAYER_SIZE,
	};

	player_send(player, VI915_VHOST_SET_MEM_TABLE, &mem, sizeof(mem), player->memfd);
}

void player_set_num(struct player *player, uint32_t ring, uint32_t num)
{
	const struct vi915_vhost_vring_state state = { ring, num };

	player_send(player, VI915_VHOST_SET_VRING_NUM, &state, sizeof(state), -1);
}

void player_set_addr(struct player *player, uint32_t ring, uint64_t desc, uint64_t avail,
		     uint64_t used)
{
	const struct vi915_vhost_vring_addr addr = {
		.index = ring,
		.desc = desc,
		.avail = avail,
		.used = used,
	};

	player_send(player, VI915_VHOST_SET_VRING_ADDR, &addr, sizeof(addr), -1);
}

/* Sets up a ring completely, as a kernel does. */
void player_set_ring(struct player *player, uint32_t ring, uint32_t num)
{
	const uint64_t at = PLAYER_GUEST + PLAYER_RING(ring), index = ring;
	const struct vi915_vhost_vring_state base = { ring, 0 };

	player_set_num(player, ring, num);
	player_send(player, VI915_VHOST_SET_VRING_BASE, &base, sizeof(base), -1);
	player_set_addr(player, ring, at, at + PLAYER_AVAIL, at + PLAYER_USED);
	player_send(player, VI915_VHOST_SET_VRING_CALL, &index, sizeof(index), player->call[1]);
	player_send(player, VI915_VHOST_SET_VRING_KICK, &index, sizeof(index), player->kick);
}

/* Starts the connection as a kernel does. */
void player_greet(struct player *player)
{
	uint32_t ring;

	player_send(player, VI915_VHOST_SET_OWNER, NULL, 0, -1);
	player_set_mem(player);
	for (ring = 0; ring < VI915_VHOST_RINGS; ring++)
		player_set_ring(player, ring, PLAYER_NUM);
}

struct vring_desc *player_desc(struct player *player, uint32_t ring, unsigned int at)
{
	return (struct vring_desc *)(player->mem + PLAYER_RING(ring)) + at;
}

struct vring_avail *player_avail(struct player *player, uint32_t ring)
{
	return (struct vring_avail *)(player->mem + PLAYER_RING(ring) + PLAYER_AVAIL);
}

struct vring_used *player_used(struct player *player, uint32_t ring)
{
	return (struct vring_used *)(player->mem + PLAYER_RING(ring) + PLAYER_USED);
}

void player_give(struct player *player, uint32_t ring, uint16_t head)
{
	struct vring_avail *avail = player_avail(player, ring);
	const uint64_t one = 1;

	avail->ring[player->given[ring] % PLAYER_NUM] = head;
	__atomic_store_n(&avail->idx, ++player->given[ring], __ATOMIC_RELEASE);
	vi915_check(write(player->kick, &one, sizeof(one)) < 0 ? -errno : 0);
}

/* Sends through the port's output ring, one buffer per kilobyte. */
void player_say(struct player *player, const void *bytes, size_t len)
{
	const uint32_t ring = 1;
	const char *at = bytes;
	size_t part;

	for (; len; at += part, len -= part) {
		unsigned int head = player->given[ring] % PLAYER_NUM;
		uint64_t where = PLAYER_BYTES + head * PLAYER_BUFFER;

		part = len < PLAYER_BUFFER ? len : PLAYER_BUFFER;
		memcpy(player->mem + where, at, part);
		*player_desc(player, ring, head) = (struct vring_desc){
			.addr = PLAYER_GUEST + where,
			.len = part,
		};
		player_give(player, ring, head);
	}
}

void player_frame(struct player *player, unsigned int type, unsigned int stream,
		  const void *bytes, size_t len)
{
	const struct vi915_frame_head head = { .len = len, .type = type, .stream = stream };
	char frame[sizeof(head) + VI915_PROTO_MAX];

	memcpy(frame, &head, sizeof(head));
	if (len)
		memcpy(frame + sizeof(head), bytes, len);
	player_say(player, frame, sizeof(head) + len);
}
