// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <linux/uinput.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "guest.h"
#include "session.h"

/**
 * DOC: the surroundings of a desktop, the guest's half
 *
 * box/session.c is the host's half. Daemons are the host's own programs; they are started as root
 * before the command, and end with the box. Their messages go to VI915_SESSION_LOG, not to the
 * kernel's log, where every warning fails the box.
 *
 * The seat has a keyboard and a mouse that never send an event, since compositors refuse to start
 * without. This process keeps their file descriptors, so they exist until the end.
 */

#define VI915_SESSION_LOG "/run/vi915/session.log"
/* udev is stuck when one device takes it this long. */
#define VI915_SESSION_STUCK_MS 120000
#define VI915_SESSION_SOCKET "/run/seatd.sock"

/* Copies the last line of the log; leaves @line alone if the log is empty. */
static void vi915_session_last_words(char *line, size_t size)
{
	FILE *file = fopen(VI915_SESSION_LOG, "re");
	char text[256];

	while (file && fgets(text, sizeof(text), file)) {
		text[strcspn(text, "\n")] = '\0';
		if (*text)
			snprintf(line, size, "%s", text);
	}
	if (file)
		fclose(file);
}

static void __attribute__((noreturn))
vi915_session_fail(const char *path, const char *what)
{
	char line[256] = "it said nothing";

	vi915_session_last_words(line, sizeof(line));
	vi915_guest_fail("--session: %s %s in the box: %s; see that its package is whole, or do without --session",
			 path, what, line);
}

/* Starts @argv; descriptor 3 is @ready when that is not -1. */
static pid_t vi915_session_spawn(const char *const *argv, int ready)
{
	char *env[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
			"SEATD_VTBOUND=0", NULL };
	pid_t pid = fork();
	int fd;

	if (pid)
		return pid;
	setsid();
	umask(022);
	fd = open(VI915_SESSION_LOG, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC,
		  0644);
	if (fd >= 0) {
		dup2(fd, 1);
		dup2(fd, 2);
	}
	if (ready >= 0 && ready != 3)
		dup2(ready, 3);
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		dup2(fd, 0);
	execve(argv[0], (char **)argv, env);
	_exit(127);
}

/* Runs @argv to its end. */
static void vi915_session_run(const char *const *argv)
{
	pid_t pid = vi915_session_spawn(argv, -1);
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		vi915_session_fail(argv[0], "failed");
}

/*
 * Devices that udev is told of, parents before their children: those that a seat has. Announcing
 * all devices would take udev several times as long.
 */
static const char *const vi915_session_devices[] = {
	"/sys/class/input/input*", "/sys/class/input/[em]*", "/sys/class/drm/[cr]*[0-9]",
	"/sys/class/graphics/fb*", "/sys/class/video4linux/*", "/sys/bus/media/devices/*",
};

/* Whether udev has a database entry for a node; it makes the links before that. */
static bool vi915_session_is_known(const char *device)
{
	char path[PATH_MAX], number[32];
	FILE *file;
	bool known;

	snprintf(path, sizeof(path), "%s/dev", device);
	file = fopen(path, "re");
	/* It has no node, or is gone. */
	if (!file)
		return true;
	known = fscanf(file, "%31s", number) != 1;
	fclose(file);
	if (known)
		return true;
	snprintf(path, sizeof(path), "/run/udev/data/c%s", number);
	return !access(path, F_OK);
}

/*
 * Makes the kernel announce a device as if it had just been plugged in, and waits for its entry.
 * Waiting for udev to be idle would take longer, since a rule may start a slow program.
 */
static void vi915_session_announce(const struct vi915_params *params, const char *device)
{
	long long deadline = vi915_guest_now() + VI915_SESSION_STUCK_MS;
	struct timespec moment = { .tv_nsec = 2000000 };
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/uevent", device);
	vi915_guest_write(path, "add");
	while (!vi915_session_is_known(device)) {
		/* There is no other child yet. */
		if (waitpid(-1, NULL, WNOHANG) > 0)
			vi915_session_fail(params->udevd, "ended");
		if (vi915_guest_now() > deadline)
			vi915_session_fail(params->udevd, "is not done with a device");
		nanosleep(&moment, NULL);
	}
}

/* Announces devices one by one, since udev would make a process for each waiting one. */
static void vi915_session_udev(const struct vi915_params *params)
{
	const char *udevd[] = { params->udevd, "--daemon", NULL };
	size_t num = sizeof(vi915_session_devices) / sizeof(vi915_session_devices[0]);
	glob_t devices;

	/* The process that was started ends when the daemon listens. */
	vi915_session_run(udevd);
	for (size_t i = 0; i < num; i++)
		glob(vi915_session_devices[i], i ? GLOB_APPEND : 0, NULL, &devices);
	for (size_t i = 0; i < devices.gl_pathc; i++)
		vi915_session_announce(params, devices.gl_pathv[i]);
	globfree(&devices);
}

static void vi915_session_seatd(const struct vi915_params *params)
{
	const char *seatd[] = { params->seatd, "-n", "3", NULL };
	int ready[2];
	char byte;

	if (pipe2(ready, O_CLOEXEC))
		vi915_guest_fail("cannot make a pipe in the box: %s",
				 strerror(errno));
	if (vi915_session_spawn(seatd, ready[1]) < 0)
		vi915_session_fail(params->seatd, "could not be started");
	close(ready[1]);
	/* A daemon that dies closes the pipe without a byte. */
	if (read(ready[0], &byte, 1) != 1)
		vi915_session_fail(params->seatd, "failed");
	close(ready[0]);
	if (chown(VI915_SESSION_SOCKET, params->uid, params->gid))
		vi915_guest_fail("cannot hand over %s in the box: %s",
				 VI915_SESSION_SOCKET, strerror(errno));
}

static int vi915_session_uinput(void)
{
	int fd = open("/dev/uinput", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		vi915_guest_fail("cannot open /dev/uinput in the box: %s",
				 strerror(errno));
	return fd;
}

static void vi915_session_create(int fd, const char *name, int product)
{
	struct uinput_setup setup = {
		.id = { .bustype = BUS_VIRTUAL, .vendor = 1,
			.product = product, .version = 1 },
	};

	snprintf(setup.name, sizeof(setup.name), "%s", name);
	if (ioctl(fd, UI_DEV_SETUP, &setup) || ioctl(fd, UI_DEV_CREATE))
		vi915_guest_fail("cannot make an input device in the box: %s",
				 strerror(errno));
}

static void vi915_session_input(void)
{
	int fd = vi915_session_uinput(), i;

	ioctl(fd, UI_SET_EVBIT, EV_KEY);
	for (i = KEY_ESC; i <= KEY_MICMUTE; i++)
		ioctl(fd, UI_SET_KEYBIT, i);
	vi915_session_create(fd, "vi915 keyboard", 1);

	fd = vi915_session_uinput();
	ioctl(fd, UI_SET_EVBIT, EV_KEY);
	for (i = BTN_LEFT; i <= BTN_MIDDLE; i++)
		ioctl(fd, UI_SET_KEYBIT, i);
	ioctl(fd, UI_SET_EVBIT, EV_REL);
	ioctl(fd, UI_SET_RELBIT, REL_X);
	ioctl(fd, UI_SET_RELBIT, REL_Y);
	ioctl(fd, UI_SET_RELBIT, REL_WHEEL);
	vi915_session_create(fd, "vi915 mouse", 2);
}

static void __attribute__((format(printf, 2, 3)))
vi915_session_append(const char *path, const char *format, ...)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	va_list args;
	int ret;

	va_start(args, format);
	ret = fd < 0 ? -1 : vdprintf(fd, format, args);
	va_end(args);
	if (ret < 0)
		vi915_guest_fail("cannot write %s in the box: %s", path,
				 strerror(errno));
	close(fd);
}

/* Writes the overlay's /etc; the host's files stay as they are. */
static void vi915_session_user(const struct vi915_params *params)
{
	vi915_session_append("/etc/passwd", "%s:x:%u:%u:vi915:%s:/bin/sh\n",
			     VI915_SESSION_USER, params->uid, params->gid,
			     params->home);
	vi915_session_append("/etc/group", "%s:x:%u:\n", VI915_SESSION_USER,
			     params->gid);
	vi915_guest_mkdirs(params->home, 0700);
	if (chown(params->home, params->uid, params->gid))
		vi915_guest_fail("cannot make %s in the box: %s", params->home,
				 strerror(errno));
}

/**
 * vi915_guest_session() - surround the command with what a desktop needs
 * @params: parameters of the box, with the programs of a session
 */
void vi915_guest_session(const struct vi915_params *params)
{
	mkdir("/run/vi915", 0755);
	if (params->home)
		vi915_session_user(params);
	vi915_session_input();
	vi915_session_udev(params);
	/* udev's rules have changed the modes of the nodes. */
	vi915_guest_open_nodes();
	chmod("/dev/uinput", 0666);
	vi915_session_seatd(params);
}
