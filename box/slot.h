/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_SLOT_H
#define VI915_SLOT_H

/**
 * struct vi915_slot - the CPU that a box has
 * @cpu: its number
 * @fd: the socket that marks it as taken; closed with the process at the latest
 */
struct vi915_slot {
	int cpu;
	int fd;
};

int vi915_slot_take(struct vi915_slot *slot);
void vi915_slot_release(struct vi915_slot *slot);

#endif
