// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "say.h"
#include "session.h"

/**
 * DOC: the surroundings of a desktop, the host's half
 *
 * A compositor takes a lot for granted: a seat daemon that opens devices for it, udev that knows
 * them, a user who is not root, a folder for sockets, and a GL that works on these nodes. This half
 * looks for the daemons and decides on the user and its environment; the guest's half starts the
 * daemons and makes the folders. Neither half treats a compositor by name.
 */

/* Range of ordinary users in adduser(8). */
#define VI915_SESSION_FIRST_UID 1000
#define VI915_SESSION_LAST_UID 59999

/* Possible paths of each program, NULL-terminated. */
static const char *const vi915_session_paths[VI915_SESSION_PROGRAMS][4] = {
	[VI915_SESSION_UDEVD] = {
		"/usr/lib/systemd/systemd-udevd", "/lib/systemd/systemd-udevd",
	},
	[VI915_SESSION_SEATD] = {
		"/usr/bin/seatd", "/usr/sbin/seatd", "/sbin/seatd",
	},
};

static const char *vi915_session_program(enum vi915_session_program which)
{
	const char *const *path = vi915_session_paths[which];

	for (; *path; path++)
		if (!access(*path, X_OK))
			return *path;
	return NULL;
}

/**
 * vi915_session_missing() - look for the daemons of a session
 *
 * Return: the packages that are missing, or NULL when both are there.
 */
const char *vi915_session_missing(void)
{
	bool udev = vi915_session_program(VI915_SESSION_UDEVD);
	bool seatd = vi915_session_program(VI915_SESSION_SEATD);

	if (!udev && !seatd)
		return "udev seatd";
	if (!udev)
		return "udev";
	return seatd ? NULL : "seatd";
}

static void *vi915_session_grow(void *array, size_t size)
{
	array = realloc(array, size);
	if (!array)
		exit(vi915_say("out of memory"));
	return array;
}

static void vi915_session_add_group(struct vi915_session *session, gid_t gid)
{
	int i;

	for (i = 0; i < session->num_groups; i++)
		if (session->groups[i] == gid)
			return;
	session->groups = vi915_session_grow(session->groups,
					     (i + 1) * sizeof(gid_t));
	session->groups[session->num_groups++] = gid;
}

/* Adds the groups that own the nodes by udev's rules, if the host has them. */
static void vi915_session_device_groups(struct vi915_session *session)
{
	static const char *const names[] = { "input", "render", "video" };
	struct group *group;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		group = getgrnam(names[i]);
		if (group)
			vi915_session_add_group(session, group->gr_gid);
	}
}

/* The box's user gets an id of no host user, since that user would own its files. */
static int vi915_session_make_user(struct vi915_session *session)
{
	uid_t uid = VI915_SESSION_FIRST_UID;

	while (uid <= VI915_SESSION_LAST_UID && (getpwuid(uid) || getgrgid(uid)))
		uid++;
	if (uid > VI915_SESSION_LAST_UID)
		return vi915_say("--session: there is no number between %d and %d that is no user's and no group's; start the box as an ordinary user",
				 VI915_SESSION_FIRST_UID,
				 VI915_SESSION_LAST_UID);
	session->made = true;
	session->uid = uid;
	session->gid = uid;
	session->home = "/home/" VI915_SESSION_USER;
	return 0;
}

static int vi915_session_user(struct vi915_session *session)
{
	gid_t groups[NGROUPS_MAX];
	int num, i, ret = 0;

	if (!geteuid()) {
		ret = vi915_session_make_user(session);
	} else {
		session->uid = geteuid();
		session->gid = getegid();
		num = getgroups(NGROUPS_MAX, groups);
		for (i = 0; i < num; i++)
			vi915_session_add_group(session, groups[i]);
	}
	vi915_session_device_groups(session);
	return ret;
}

/* True when the name in "name=value" @string is one of @names, NULL-terminated. */
static bool vi915_session_is_one(const char *string, const char *const *names)
{
	size_t len = strcspn(string, "=");

	for (; *names; names++)
		if (strlen(*names) == len && !strncmp(*names, string, len))
			return true;
	return false;
}

static void vi915_session_put(struct vi915_session *session, char *string)
{
	size_t size = (session->num_env + 2) * sizeof(*session->env);

	session->env = vi915_session_grow(session->env, size);
	session->env[session->num_env++] = string;
	session->env[session->num_env] = NULL;
}

static void __attribute__((format(printf, 2, 3)))
vi915_session_set(struct vi915_session *session, const char *format, ...)
{
	va_list args;
	char *string;
	int len;

	va_start(args, format);
	len = vasprintf(&string, format, args);
	va_end(args);
	if (len < 0)
		exit(vi915_say("out of memory"));
	vi915_session_put(session, string);
}

/* Sets a variable unless the caller has set it. */
static void vi915_session_default(struct vi915_session *session,
				  const char *name, const char *value)
{
	if (!getenv(name))
		vi915_session_set(session, "%s=%s", name, value);
}

static void vi915_session_environ(struct vi915_session *session)
{
	/* Sessions, displays and seats outside; none can be reached. */
	static const char *const outside[] = {
		"DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "LIBSEAT_BACKEND",
		"SEATD_SOCK", "SEATD_VTBOUND", "WAYLAND_DISPLAY",
		"WAYLAND_SOCKET", "XAUTHORITY", "XDG_RUNTIME_DIR", "XDG_SEAT",
		"XDG_SESSION_ID", "XDG_SESSION_TYPE", "XDG_VTNR", NULL,
	};
	/* Variables of our caller that are wrong for another user. */
	static const char *const callers[] = {
		"HOME", "LOGNAME", "TMPDIR", "USER", "XDG_CACHE_HOME",
		"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", NULL,
	};
	char **each;

	for (each = environ; *each; each++)
		if (!vi915_session_is_one(*each, outside) &&
		    !(session->made && vi915_session_is_one(*each, callers)))
			vi915_session_set(session, "%s", *each);

	if (session->made) {
		vi915_session_set(session, "HOME=%s", session->home);
		vi915_session_set(session, "LOGNAME=" VI915_SESSION_USER);
		vi915_session_set(session, "USER=" VI915_SESSION_USER);
	}
	vi915_session_set(session, "LIBSEAT_BACKEND=seatd");
	vi915_session_set(session, "XDG_RUNTIME_DIR=/run/user/%u",
			  session->uid);
	vi915_session_set(session, "XDG_SEAT=seat0");
	/*
	 * Our GPUs' driver is called i915, for which Mesa has several drivers; none of them
	 * supports a GPU that is not on a PCI bus.
	 */
	vi915_session_default(session, "MESA_LOADER_DRIVER_OVERRIDE",
			      "kms_swrast");
}

/**
 * vi915_session_init() - plan a session
 * @session: filled
 *
 * Return: 0, or the exit code after printing what is missing.
 */
int vi915_session_init(struct vi915_session *session)
{
	const char *missing = vi915_session_missing();
	int i, ret;

	memset(session, 0, sizeof(*session));
	if (missing)
		return vi915_say("--session needs programs that are not there; as root: apt-get install %s",
				 missing);
	for (i = 0; i < VI915_SESSION_PROGRAMS; i++)
		session->programs[i] = vi915_session_program(i);
	ret = vi915_session_user(session);
	if (!ret)
		vi915_session_environ(session);
	return ret;
}

/**
 * vi915_session_fini() - free a plan
 * @session: the plan; it may be all zero
 */
void vi915_session_fini(struct vi915_session *session)
{
	while (session->num_env)
		free(session->env[--session->num_env]);
	free(session->env);
	free(session->groups);
}
