// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <errno.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "say.h"
#include "slot.h"

/**
 * DOC: one CPU per box
 *
 * User-Mode Linux runs many times slower when its processes wander over CPUs, so each box is pinned
 * to one. Independent boxes spread over the CPUs they may use: the n-th box on a CPU holds the
 * abstract socket "vi915/cpu<CPU>/<n>". A box tries all CPUs for n = 0, then for n = 1, and so on,
 * and so finds the CPU with the fewest boxes. The kernel frees the name when its holder ends,
 * however it ends, and no file is left behind.
 */

/* Further boxes run on the last CPU without a slot; they would hardly advance anyway. */
#define VI915_SLOT_DEPTH 64

static int vi915_slot_bind(int cpu, int n)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int len = snprintf(addr.sun_path + 1, sizeof(addr.sun_path) - 1,
			   "vi915/cpu%d/%d", cpu, n);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (bind(fd, (struct sockaddr *)&addr,
		 offsetof(struct sockaddr_un, sun_path) + 1 + len)) {
		close(fd);
		return -1;
	}
	return fd;
}

/**
 * vi915_slot_take() - choose the CPU for a box
 * @slot: filled
 *
 * Return: 0, or the exit code after printing an error.
 */
int vi915_slot_take(struct vi915_slot *slot)
{
	cpu_set_t allowed;
	int n, cpu;

	slot->fd = -1;
	slot->cpu = -1;
	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		return vi915_say("cannot ask which CPUs may be used: %s; let the container's seccomp profile allow sched_getaffinity",
				 strerror(errno));

	for (n = 0; n < VI915_SLOT_DEPTH; n++) {
		for (cpu = 0; cpu < CPU_SETSIZE; cpu++) {
			if (!CPU_ISSET(cpu, &allowed))
				continue;
			slot->cpu = cpu;
			slot->fd = vi915_slot_bind(cpu, n);
			if (slot->fd >= 0)
				return 0;
		}
	}
	return 0;
}

/**
 * vi915_slot_release() - free the CPU for other boxes
 * @slot: as filled by vi915_slot_take()
 */
void vi915_slot_release(struct vi915_slot *slot)
{
	if (slot->fd >= 0)
		close(slot->fd);
	slot->fd = -1;
}
