/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_VHOST_PROTO_H
#define VI915_VHOST_PROTO_H

#include <stdint.h>

/*
 * The messages of vhost-user, as far as User-Mode Linux sends them: a head,
 * then @size bytes, with descriptors beside the first byte.
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
	VI915_VHOST_NUM_REQUESTS
};

#define VI915_VHOST_VERSION		1
#define VI915_VHOST_VERSION_MASK	3
#define VI915_VHOST_REPLY		(1u << 2)
#define VI915_VHOST_F_PROTOCOL_FEATURES	(1ull << 30)
/* UML needs the first for its interrupt, and the second for max_nr_ports. */
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
	/* The first region; the box never has a second. */
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
 * struct vi915_vhost_message - a message that is being received
 * @head: its type, flags and length
 * @payload: its content; zero behind its end
 * @got: how many bytes of head and payload have come
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
	uint32_t got;
	int fds[VI915_VHOST_MAX_FDS];
};

#endif
