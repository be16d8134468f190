// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "confine.h"

/**
 * DOC: what a guest's kernel can do to the host
 *
 * A program that takes over the guest's kernel is a process of ours on the host. Two walls, each
 * where the host has it, let that process write only the paths that the box may write.
 *
 * Landlock: files can be written, made or removed only below the writable paths; no mount, no other
 * process's memory or signals, no TCP.
 *
 * A mount namespace, for root: everything but the writable paths is read-only, modes and owners
 * too, and no device can be opened. The capabilities that could undo it are given up. Other users
 * would need a user namespace, in which every file of another user belongs to "nobody", and the box
 * would show it so.
 */

/* Landlock's numbers; the C library's headers may be older than the kernel. */
#define VI915_LANDLOCK_CREATE		444
#define VI915_LANDLOCK_ADD_RULE		445
#define VI915_LANDLOCK_RESTRICT_SELF	446
#define VI915_LANDLOCK_VERSION		1u
#define VI915_LANDLOCK_PATH_BENEATH	1
#define VI915_LANDLOCK_WRITE_FILE	(1ull << 1)
/* Removing folders and files, and making all kinds of them. */
#define VI915_LANDLOCK_CHANGE_FOLDER	(0x1ffull << 4)
#define VI915_LANDLOCK_REFER		(1ull << 13)
#define VI915_LANDLOCK_TRUNCATE		(1ull << 14)
#define VI915_LANDLOCK_TCP		3ull
/* Abstract sockets and signals of processes that are not ours. */
#define VI915_LANDLOCK_SCOPES		3ull
#define VI915_LANDLOCK_TCP_ABI		4
#define VI915_LANDLOCK_SCOPES_ABI	6

struct vi915_landlock_ruleset {
	uint64_t fs, net, scopes;
};

struct vi915_landlock_beneath {
	uint64_t allowed;
	int32_t fd;
} __attribute__((packed));

/* From <linux/mount.h>, which cannot be included beside <sys/mount.h> everywhere. */
#define VI915_MOUNT_SETATTR	442
#define VI915_OPEN_TREE		428
#define VI915_MOVE_MOUNT	429
#define VI915_ATTR_RDONLY	1ull
#define VI915_ATTR_NODEV	4ull
#define VI915_AT_RECURSIVE	0x8000
#define VI915_TREE_CLONE	1u
#define VI915_MOVE_F_EMPTY_PATH	4u

struct vi915_mount_attr {
	uint64_t set, clear, propagation, userns;
};

/* Only the capabilities by which root reaches all files. */
static const uint64_t vi915_confine_kept =
	1ull << CAP_CHOWN | 1ull << CAP_DAC_OVERRIDE | 1ull << CAP_DAC_READ_SEARCH |
	1ull << CAP_FOWNER | 1ull << CAP_FSETID;

/**
 * vi915_confine_landlock() - find the machine's version of Landlock
 *
 * Return: its version, or 0 when there is none or it is too old.
 */
int vi915_confine_landlock(void)
{
	long abi = syscall(VI915_LANDLOCK_CREATE, NULL, 0, VI915_LANDLOCK_VERSION);

	return abi < VI915_CONFINE_MIN_ABI ? 0 : abi;
}

static int vi915_confine_allow(int ruleset, const char *path, uint64_t handled)
{
	struct vi915_landlock_beneath rule = { .allowed = handled };
	struct stat st;
	int ret;

	rule.fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.fd < 0 || fstat(rule.fd, &st))
		return -1;
	if (!S_ISDIR(st.st_mode))
		rule.allowed &= VI915_LANDLOCK_WRITE_FILE | VI915_LANDLOCK_TRUNCATE;
	ret = syscall(VI915_LANDLOCK_ADD_RULE, ruleset, VI915_LANDLOCK_PATH_BENEATH, &rule, 0);
	close(rule.fd);
	return ret;
}

static int vi915_confine_by_landlock(char *const *writable, int abi)
{
	struct vi915_landlock_ruleset rules = {
		.fs = VI915_LANDLOCK_WRITE_FILE | VI915_LANDLOCK_CHANGE_FOLDER |
		      VI915_LANDLOCK_REFER,
	};
	int ruleset;

	if (abi >= VI915_CONFINE_TRUNCATE_ABI)
		rules.fs |= VI915_LANDLOCK_TRUNCATE;
	if (abi >= VI915_LANDLOCK_TCP_ABI)
		rules.net = VI915_LANDLOCK_TCP;
	if (abi >= VI915_LANDLOCK_SCOPES_ABI)
		rules.scopes = VI915_LANDLOCK_SCOPES;
	ruleset = syscall(VI915_LANDLOCK_CREATE, &rules, sizeof(rules), 0);
	if (ruleset < 0)
		return -1;
	for (; writable && *writable; writable++)
		if (vi915_confine_allow(ruleset, *writable, rules.fs))
			return -1;
	if (syscall(VI915_LANDLOCK_RESTRICT_SELF, ruleset, 0))
		return -1;
	close(ruleset);
	return 0;
}

static int vi915_confine_attr(int dir, const char *path, uint64_t set)
{
	struct vi915_mount_attr attr = { .set = set };

	return syscall(VI915_MOUNT_SETATTR, dir, path, AT_EMPTY_PATH | VI915_AT_RECURSIVE, &attr,
		       sizeof(attr));
}

/*
 * Gives this process mounts of its own, which the host does not see. False, with nothing changed,
 * where that is impossible.
 */
static bool vi915_confine_own_mounts(void)
{
	if (syscall(VI915_MOUNT_SETATTR, -1, "", 0, NULL, 0) < 0 && errno == ENOSYS)
		return false;
	return !unshare(CLONE_NEWNS) && !mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL);
}

/* Clones of the writable paths are mounted again above the root that becomes read-only. */
static int vi915_confine_by_mounts(char *const *writable)
{
	unsigned int num = 0, i;
	int *trees;

	while (writable && writable[num])
		num++;
	trees = calloc(num + 1, sizeof(*trees));
	if (!trees)
		return -1;
	for (i = 0; i < num; i++) {
		trees[i] = syscall(VI915_OPEN_TREE, AT_FDCWD, writable[i],
				   VI915_TREE_CLONE | O_CLOEXEC | VI915_AT_RECURSIVE);
		if (trees[i] < 0 || vi915_confine_attr(trees[i], "", VI915_ATTR_NODEV))
			return -1;
	}
	if (vi915_confine_attr(AT_FDCWD, "/", VI915_ATTR_RDONLY | VI915_ATTR_NODEV))
		return -1;
	for (i = 0; i < num; i++) {
		if (syscall(VI915_MOVE_MOUNT, trees[i], "", AT_FDCWD, writable[i],
			    VI915_MOVE_F_EMPTY_PATH))
			return -1;
		close(trees[i]);
	}
	free(trees);
	/* Our current folder is still in the mount below. */
	return chdir("/");
}

/* With this setting of the host a guest's kernel needs a capability to trace its processes. */
static bool vi915_confine_must_trace(void)
{
	FILE *file = fopen("/proc/sys/kernel/yama/ptrace_scope", "re");
	int scope = 0;

	if (!file)
		return false;
	if (fscanf(file, "%d", &scope) != 1)
		scope = 0;
	fclose(file);
	return scope == 2;
}

static int vi915_confine_caps(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];
	uint64_t kept = vi915_confine_kept;
	int i;

	if (vi915_confine_must_trace())
		kept |= 1ull << CAP_SYS_PTRACE;
	if (syscall(SYS_capget, &head, data))
		return -1;
	/* Root gains the bounding set at exec; dropping from it takes CAP_SETPCAP. */
	if (data[0].effective & 1u << CAP_SETPCAP)
		for (i = 0; i < 64; i++)
			if (!(kept & 1ull << i) && prctl(PR_CAPBSET_DROP, i) && errno != EINVAL)
				return -1;
	for (i = 0; i < 2; i++) {
		data[i].permitted &= (uint32_t)(kept >> (32 * i));
		data[i].effective &= data[i].permitted;
		data[i].inheritable = 0;
	}
	return syscall(SYS_capset, &head, data);
}

/**
 * vi915_confine() - let this process write only some paths of the host
 * @writable: the paths, NULL-terminated, or NULL for none
 *
 * Call it just before an exec, since it may change the current folder. A host without the means is
 * not an error: `vi915 check` reports it.
 *
 * Return: 0, or -1 with errno when it was begun and could not be finished.
 */
int vi915_confine(char *const *writable)
{
	int abi = vi915_confine_landlock();

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -1;
	if (vi915_confine_own_mounts() && vi915_confine_by_mounts(writable))
		return -1;
	if (abi && vi915_confine_by_landlock(writable, abi))
		return -1;
	return vi915_confine_caps();
}

/**
 * vi915_confine_mounts() - check whether a box can have mounts of its own
 *
 * Return: true if it can: for root, outside of most containers.
 */
bool vi915_confine_mounts(void)
{
	int status = 1;
	pid_t pid = fork();

	if (!pid)
		_exit(vi915_confine_own_mounts() && !vi915_confine_by_mounts(NULL) ? 0 : 1);
	return pid > 0 && waitpid(pid, &status, 0) == pid && !status;
}
