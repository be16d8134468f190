/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_GUESTMEM_H
#define VI915_GUESTMEM_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct vi915_guestmem - a guest's memory as mapped here
 * @base: where it is mapped, or NULL
 * @size: bytes of it
 * @guest: the guest's address of its first byte
 */
struct vi915_guestmem {
	char *base;
	uint64_t size;
	uint64_t guest;
};

int vi915_guestmem_map(struct vi915_guestmem *mem, int fd, uint64_t offset, uint64_t size,
		       uint64_t guest);
void *vi915_guestmem_at(const struct vi915_guestmem *mem, uint64_t guest, uint64_t len);
bool vi915_guestmem_gone(void);
void vi915_guestmem_unmap(struct vi915_guestmem *mem);

#endif
