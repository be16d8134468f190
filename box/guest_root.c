// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "guest.h"

/**
 * DOC: the guest's root
 *
 * The kernel starts us on hostfs, the host's root. A tmpfs is mounted over /proc, which every host
 * has and which is not needed yet. It holds the upper half of an overlay whose lower half is the
 * host's root, so all files are there and no write reaches the host. The host's root is read-only
 * as a device, too: each writable path is a mount of its own over the overlay, at the same path.
 * Then the overlay becomes the root.
 */

#define VI915_BASE "/proc"
#define VI915_ROOT VI915_BASE "/root"
/* The folder of a writable file is mounted here for a moment. */
#define VI915_FOLDER VI915_BASE "/folder"

struct vi915_guest_mount {
	const char *type;
	const char *path;
	unsigned long flags;
	const char *options;
	/* The box can do without it: the host's root may lack the
	 * folder, the kernel the file system.
	 */
	bool optional;
};

static const struct vi915_guest_mount vi915_guest_mounts[] = {
	{ "proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL, false },
	{ "sysfs", "/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL, false },
	{ "debugfs", "/sys/kernel/debug", 0, "mode=0755", true },
	{ "tracefs", "/sys/kernel/tracing", 0, NULL, true },
	{ "configfs", "/sys/kernel/config", 0, NULL, true },
	{ "cgroup2", "/sys/fs/cgroup", 0, NULL, true },
	{ "devtmpfs", "/dev", MS_NOSUID, "mode=0755", false },
	{ "devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC,
	  "newinstance,ptmxmode=0666,mode=0620,gid=5", false },
	{ "tmpfs", "/dev/shm", MS_NOSUID | MS_NODEV, "mode=1777", false },
	{ "tmpfs", "/run", MS_NOSUID | MS_NODEV, "mode=0755", false },
	{ "tmpfs", "/tmp", MS_NOSUID | MS_NODEV, "mode=1777", false },
};

/**
 * vi915_guest_mkdirs() - make a folder and all above it
 * @path: the folder; it may exist
 * @mode: its mode; folders above it get mode 0755
 */
void vi915_guest_mkdirs(const char *path, mode_t mode)
{
	char part[PATH_MAX];
	char *slash;

	snprintf(part, sizeof(part), "%s", path);
	for (slash = strchr(part + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(part, 0755);
		*slash = '/';
	}
	mkdir(part, mode);
}

static void vi915_guest_mount_all(void)
{
	const struct vi915_guest_mount *mnt = vi915_guest_mounts;
	const struct vi915_guest_mount *end =
		mnt + sizeof(vi915_guest_mounts) / sizeof(*mnt);
	char path[PATH_MAX];

	for (; mnt < end; mnt++) {
		snprintf(path, sizeof(path), VI915_ROOT "%s", mnt->path);
		mkdir(path, 0755);
		if (mount(mnt->type, path, mnt->type, mnt->flags,
			  mnt->options) && !mnt->optional)
			vi915_guest_fail("cannot mount %s on %s in the box: %s",
					 mnt->type, mnt->path, strerror(errno));
	}
}

/* Makes a mount point in the new root, a folder or a file like the host's @from. */
static void vi915_guest_mount_point(const char *from, const char *to, char path[PATH_MAX])
{
	struct stat st;
	int fd;

	if (stat(from, &st))
		vi915_guest_fail("cannot reach %s in the box: %s", from,
				 strerror(errno));

	snprintf(path, PATH_MAX, VI915_ROOT "%s", to);
	if (S_ISDIR(st.st_mode)) {
		vi915_guest_mkdirs(path, 0755);
		return;
	}
	*strrchr(path, '/') = '\0';
	vi915_guest_mkdirs(path, 0755);
	snprintf(path, PATH_MAX, VI915_ROOT "%s", to);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (fd >= 0)
		close(fd);
}

/* Mounts the host's folder @dir, writable, at @path. */
static void vi915_guest_mount_folder(const struct vi915_params *params, unsigned int index,
				     const char *dir, const char *path)
{
	char tag[16] = "none";

	if (!strcmp(params->hostfs, "9p")) {
		snprintf(tag, sizeof(tag), VI915_PROTO_TAG, index);
		dir = VI915_PROTO_9P;
	}
	if (mount(tag, path, params->hostfs, 0, dir))
		vi915_guest_fail("cannot make %s writable in the box: %s", params->rw[index],
				 strerror(errno));
}

/*
 * Mounts a path that the box may write. Neither file system can mount a single file, so its folder
 * is mounted until the file is bound.
 */
static void vi915_guest_mount_writable(const struct vi915_params *params, unsigned int index)
{
	const char *from = params->rw[index], *name = strrchr(from, '/') + 1;
	char path[PATH_MAX], dir[PATH_MAX];
	struct stat st;

	vi915_guest_mount_point(from, from, path);
	if (stat(from, &st) || S_ISDIR(st.st_mode)) {
		vi915_guest_mount_folder(params, index, from, path);
		return;
	}
	mkdir(VI915_FOLDER, 0700);
	snprintf(dir, sizeof(dir), "%.*s", (int)(name - from), from);
	vi915_guest_mount_folder(params, index, dir, VI915_FOLDER);
	snprintf(dir, sizeof(dir), VI915_FOLDER "/%s", name);
	if (mount(dir, path, NULL, MS_BIND, NULL) || umount2(VI915_FOLDER, MNT_DETACH))
		vi915_guest_fail("cannot make %s writable in the box: %s", from, strerror(errno));
}

/* Binds the host's @from to @to, read-only. */
static void vi915_guest_bind_ro(const char *from, const char *to)
{
	char path[PATH_MAX];

	vi915_guest_mount_point(from, to, path);
	if (mount(from, path, NULL, MS_BIND, NULL) ||
	    mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL))
		vi915_guest_fail("cannot put %s into the box: %s", to,
				 strerror(errno));
}

static void vi915_guest_bind_modules(const struct vi915_params *params)
{
	char path[PATH_MAX];
	struct utsname name;

	uname(&name);
	snprintf(path, sizeof(path), "/lib/modules/%s", name.release);
	vi915_guest_bind_ro(params->modules, path);
	vi915_guest_bind_ro(params->module, VI915_GUEST_MODULE);
}

static void vi915_guest_dev_links(void)
{
	static const char *const links[][2] = {
		{ "/proc/self/fd", "/dev/fd" },
		{ "/proc/self/fd/0", "/dev/stdin" },
		{ "/proc/self/fd/1", "/dev/stdout" },
		{ "/proc/self/fd/2", "/dev/stderr" },
	};
	size_t i;

	for (i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (symlink(links[i][0], links[i][1]) && errno != EEXIST)
			vi915_guest_fail("cannot make %s in the box: %s",
					 links[i][1], strerror(errno));
	unlink("/dev/ptmx");
	if (symlink("pts/ptmx", "/dev/ptmx"))
		vi915_guest_fail("cannot make /dev/ptmx in the box: %s",
				 strerror(errno));
}

static void vi915_guest_loopback(void)
{
	struct ifreq ifr = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return;
	if (!ioctl(fd, SIOCGIFFLAGS, &ifr)) {
		ifr.ifr_flags |= IFF_UP;
		ioctl(fd, SIOCSIFFLAGS, &ifr);
	}
	close(fd);
}

/**
 * vi915_guest_root() - build the command's file system and move into it
 * @params: parameters of the box
 */
void vi915_guest_root(const struct vi915_params *params)
{
	unsigned int i;

	for (i = 0; params->rw[i]; i++)
		vi915_guest_note("writable", "%s", params->rw[i]);
	umask(0);
	if (mount("box", VI915_BASE, "tmpfs", 0, "mode=0755") ||
	    mkdir(VI915_BASE "/upper", 0755) ||
	    mkdir(VI915_BASE "/work", 0755) || mkdir(VI915_ROOT, 0755))
		vi915_guest_fail("cannot mount a tmpfs in the box: %s",
				 strerror(errno));
	if (mount("box", VI915_ROOT, "overlay", 0,
		  "lowerdir=/,upperdir=" VI915_BASE "/upper,workdir=" VI915_BASE
		  "/work"))
		vi915_guest_fail("cannot lay an overlay over the host's root in the box: %s",
				 strerror(errno));

	vi915_guest_mount_all();
	vi915_guest_bind_modules(params);
	for (i = 0; params->rw[i]; i++)
		vi915_guest_mount_writable(params, i);

	if (chdir(VI915_ROOT) || mount(".", "/", NULL, MS_MOVE, NULL) ||
	    chroot(".") || chdir("/"))
		vi915_guest_fail("cannot enter the box's root: %s",
				 strerror(errno));

	vi915_guest_dev_links();
	vi915_guest_loopback();
	sethostname(params->hostname, strlen(params->hostname));
}

/**
 * vi915_guest_homes() - make the private folders that the environment names
 * @params: parameters of the box
 *
 * /tmp and /run are empty in the box, but TMPDIR and XDG_RUNTIME_DIR may lie below them; programs
 * expect these to exist and to be the user's.
 */
void vi915_guest_homes(const struct vi915_params *params)
{
	static const char *const names[] = { "TMPDIR=", "XDG_RUNTIME_DIR=" };
	char **env;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		for (env = params->env; *env; env++) {
			const char *path = *env + strlen(names[i]);

			if (strncmp(*env, names[i], strlen(names[i])) ||
			    *path != '/' || !access(path, F_OK))
				continue;
			vi915_guest_mkdirs(path, 0700);
			if (chown(path, params->uid, params->gid))
				vi915_guest_fail("cannot make %s in the box: %s",
						 path, strerror(errno));
		}
	}
}
