/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A hostile guest kernel, as far as the host's side of a box can tell: it
 * speaks vhost-user, owns memory with rings in it, and sends frames.
 */
#ifndef VI915_TESTS_PLAYER_H
#define VI915_TESTS_PLAYER_H

#include <stdint.h>
#include <sys/types.h>

#include "box/link.h"
#include "fuzz.h"

/* Guest address and size of its memory, and where things lie in it. */
#define PLAYER_GUEST	0x10000000ull
#define PLAYER_SIZE	(1024 * 1024)
#define PLAYER_RING(i)	(0x1000ull + (i) * 0x4000ull)
#define PLAYER_AVAIL	0x1000
#define PLAYER_USED	0x2000
#define PLAYER_BYTES	0x20000ull
#define PLAYER_NUM	64
/* Size of one buffer of a ring. */
#define PLAYER_BUFFER	1024

/**
 * struct player - the guest
 * @sock: connection to the host's side
 * @memfd: memfd of its memory
 * @mem: mapping of @memfd
 * @kick: one eventfd for all rings
 * @call: sockets for all rings
 * @given: how many buffers the guest has given to each ring
 */
struct player {
	int sock, memfd;
	char *mem;
	int kick, call[2];
	uint16_t given[VI915_VHOST_RINGS];
};

void player_open(struct player *player, int link_fd);
void player_close(struct player *player);

void player_send(struct player *player, uint32_t request, const void *payload, uint32_t size,
		 int fd);
void player_set_mem(struct player *player);
void player_set_num(struct player *player, uint32_t ring, uint32_t num);
void player_set_addr(struct player *player, uint32_t ring, uint64_t desc, uint64_t avail,
		     uint64_t used);
void player_set_ring(struct player *player, uint32_t ring, uint32_t num);
void player_greet(struct player *player);

struct vring_desc *player_desc(struct player *player, uint32_t ring, unsigned int at);
struct vring_avail *player_avail(struct player *player, uint32_t ring);
struct vring_used *player_used(struct player *player, uint32_t ring);
void player_give(struct player *player, uint32_t ring, uint16_t head);
void player_say(struct player *player, const void *bytes, size_t len);
void player_frame(struct player *player, unsigned int type, unsigned int stream,
		  const void *bytes, size_t len);

#endif
