// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guest.h"

/**
 * DOC: what root may do in a box
 *
 * Root in a box keeps the capabilities that programs need, but none that leads to the host's file
 * system below or into the kernel. When the command starts, no process can gain these any more:
 * neither this one, which may run a library that root in the box replaced, nor the programs that
 * the kernel starts by itself, as for a core dump. Only a session's daemons, which start before,
 * keep them; so in a session the command may not trace a process with more capabilities than its
 * own.
 *
 * The bounding set of a new user namespace is full again. That is harmless, since capabilities
 * there do not reach outside of the namespace.
 */

#define VI915_CAPS_HELPERS "/proc/sys/kernel/usermodehelper/bset"

#define VI915_CAP(name) (1ull << (name))

static const unsigned long long vi915_caps_dropped =
	/* Mounting the host's root, and other rights over the whole machine. */
	VI915_CAP(CAP_SYS_ADMIN) |
	/* Bringing code or addresses into the kernel. */
	VI915_CAP(CAP_SYS_MODULE) | VI915_CAP(CAP_SYS_BOOT) | VI915_CAP(CAP_SYS_RAWIO) |
	VI915_CAP(CAP_BPF) | VI915_CAP(CAP_PERFMON) |
	/* Disks and memory as devices; files by number instead of by name. */
	VI915_CAP(CAP_MKNOD) | VI915_CAP(CAP_DAC_READ_SEARCH) |
	VI915_CAP(CAP_CHECKPOINT_RESTORE) |
	VI915_CAP(CAP_MAC_ADMIN) | VI915_CAP(CAP_MAC_OVERRIDE);

static void vi915_caps_helpers(void)
{
	const unsigned long long kept = ~vi915_caps_dropped;
	FILE *file = fopen(VI915_CAPS_HELPERS, "we");

	if (!file || fprintf(file, "%u %u\n", (unsigned int)kept, (unsigned int)(kept >> 32)) < 0 ||
	    fclose(file))
		vi915_guest_fail("cannot bound what the box's kernel starts by itself: %s: %s",
				 VI915_CAPS_HELPERS, strerror(errno));
}

/* Takes @dropped from this process and all its future children. */
static int vi915_caps_drop_set(unsigned long long dropped)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];
	int cap;

	/* EINVAL: this kernel does not have that capability. */
	for (cap = 0; cap < 64; cap++)
		if (dropped & 1ull << cap && prctl(PR_CAPBSET_DROP, cap) && errno != EINVAL)
			return -1;
	if (syscall(SYS_capget, &head, data))
		return -1;
	for (cap = 0; cap < 2; cap++) {
		data[cap].permitted &= ~(unsigned int)(dropped >> (32 * cap));
		data[cap].effective &= data[cap].permitted;
		data[cap].inheritable = 0;
	}
	return syscall(SYS_capset, &head, data);
}

/**
 * vi915_caps_drop() - give up, for good, capabilities that lead out of the box
 * @params: parameters of the box
 */
void vi915_caps_drop(const struct vi915_params *params)
{
	if (params->privileged)
		return;
	vi915_caps_helpers();
	if (vi915_caps_drop_set(vi915_caps_dropped))
		vi915_guest_fail("cannot give up what leads out of the box: %s; --privileged does without",
				 strerror(errno));
}

/**
 * vi915_caps_drop_child() - give up capabilities in the command's process alone
 * @params: parameters of the box
 *
 * Return: 0, or -1 with errno.
 */
int vi915_caps_drop_child(const struct vi915_params *params)
{
	if (params->privileged || !params->seatd)
		return 0;
	return vi915_caps_drop_set(VI915_CAP(CAP_SYS_PTRACE));
}
