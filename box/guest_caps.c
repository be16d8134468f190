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
 * Whatever a program needs that is root's, but nothing that leads to the host's
 * file system below or into the kernel. Nobody here has it any more when the
 * command starts: neither this process, which runs what root in the box may have
 * put in place of a library, nor the programs that the kernel starts by itself,
 * as for a core dump. Only a session's daemons keep it, which were there before;
 * so the command in a session may look at nobody who has more than itself.
 *
 * The bounding set of a new user namespace is full again, and it should be: what
 * is had there does not reach out of it.
 */

#define VI915_CAPS_HELPERS "/proc/sys/kernel/usermodehelper/bset"

#define VI915_CAP(name) (1ull << (name))

static const unsigned long long vi915_caps_dropped =
	/* Mounts the host's root, and what else is of the whole machine. */
	VI915_CAP(CAP_SYS_ADMIN) |
	/* What gets code or addresses into the kernel. */
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

/* Takes @dropped from this process and all that it starts. */
static int vi915_caps_drop_set(unsigned long long dropped)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];
	int cap;

	/* A kernel that does not know one of them does not have it to give. */
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
 * vi915_caps_drop() - give up what leads out of the box, for all that follows
 * @params: what the command wants
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
 * vi915_caps_drop_child() - what the command alone gives up, before it starts
 * @params: what it wants
 *
 * Return: 0, or -1 with errno.
 */
int vi915_caps_drop_child(const struct vi915_params *params)
{
	if (params->privileged || !params->seatd)
		return 0;
	return vi915_caps_drop_set(VI915_CAP(CAP_SYS_PTRACE));
}
