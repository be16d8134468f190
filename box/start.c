// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "box.h"
#include "files.h"
#include "hostlimits.h"
#include "qemu.h"
#include "say.h"
#include "session.h"
#include "start.h"
#include "streams.h"
#include "term.h"
#include "writable.h"

static void vi915_start_add(struct vi915_queue *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Appends one "key=value" with its NUL. */
static void vi915_start_add(struct vi915_queue *text, const char *format, ...)
{
	va_list args;
	char *string;
	int len;

	va_start(args, format);
	len = vasprintf(&string, format, args);
	va_end(args);
	if (len < 0)
		return;
	vi915_queue_put(text, string, len + 1);
	free(string);
}

static void vi915_start_ids(struct vi915_queue *text, uid_t uid, gid_t gid,
			    const gid_t *groups, int num)
{
	int i;

	vi915_start_add(text, "uid=%u", uid);
	vi915_start_add(text, "gid=%u", gid);
	for (i = 0; i < num; i++)
		vi915_start_add(text, "group=%u", groups[i]);
}

/* The command runs as our caller's user, but in a session never as root. */
static void vi915_start_user(struct vi915_queue *text, const struct vi915_limits *limits,
			     const struct vi915_session *session)
{
	gid_t groups[NGROUPS_MAX];
	mode_t mask = umask(0);

	umask(mask);
	if (session)
		vi915_start_ids(text, session->uid, session->gid,
				session->groups, session->num_groups);
	else
		vi915_start_ids(text, geteuid(), getegid(), groups,
				getgroups(NGROUPS_MAX, groups));
	vi915_start_add(text, "umask=%u", mask);
	vi915_start_add(text, "nofile-soft=%lu", limits->files.rlim_cur);
	vi915_start_add(text, "nofile-hard=%lu", limits->files.rlim_max);
}

/* Signals that our caller ignored; those that we ignore ourselves are left out. */
static void vi915_start_signals(struct vi915_queue *text, const struct vi915_limits *limits)
{
	unsigned long long ignored = 0;
	struct sigaction action;
	int i;

	for (i = 1; i < 64; i++)
		if (!sigaction(i, NULL, &action) && action.sa_handler == SIG_IGN &&
		    (i != SIGXFSZ || limits->large_ignored))
			ignored |= 1ull << i;
	vi915_start_add(text, "ignored=%llu", ignored);
}

static void vi915_start_tty(struct vi915_queue *text)
{
	struct vi915_winsz winsz;

	vi915_term_winsz(&winsz);
	vi915_start_add(text, "tty=%u", isatty(2) ? 7 : 3);
	vi915_start_add(text, "rows=%u", winsz.rows);
	vi915_start_add(text, "cols=%u", winsz.cols);
}

/* The current folder, and the writable paths. */
static void vi915_start_paths(struct vi915_queue *text, const struct vi915_writable *writable)
{
	unsigned int i;

	vi915_start_add(text, "cwd=%s", writable->cwd);
	for (i = 0; i < writable->num; i++)
		vi915_start_add(text, "rw=%s", writable->paths[i]);
}

/* The path of this program, which the guest runs for a report. */
static void vi915_start_reporter(struct vi915_queue *text)
{
	char path[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);

	vi915_start_add(text, "reporter=%.*s", len > 0 ? (int)len : 0, path);
}

static void vi915_start_session(struct vi915_queue *text,
				const struct vi915_session *session)
{
	vi915_start_add(text, "udevd=%s",
			session->programs[VI915_SESSION_UDEVD]);
	vi915_start_add(text, "seatd=%s",
			session->programs[VI915_SESSION_SEATD]);
	if (session->made)
		vi915_start_add(text, "home=%s", session->home);
}

/**
 * vi915_start_params() - write the start parameters of a guest
 * @queue: the frames are appended here
 * @options: options of the box
 * @files: paths of the box's parts
 * @writable: paths of the host that may be written
 * @limits: limits of our caller
 * @session: a desktop's surroundings, or NULL
 * @streams: our stdin, stdout and stderr
 * @tty: the command gets a terminal of its own
 */
void vi915_start_params(struct vi915_queue *queue,
			const struct vi915_box_options *options,
			const struct vi915_files *files,
			const struct vi915_writable *writable,
			const struct vi915_limits *limits,
			const struct vi915_session *session,
			const struct vi915_streams *streams, bool tty)
{
	struct vi915_queue text = { 0 };
	char host[HOST_NAME_MAX + 1] = "box", **each;

	vi915_start_paths(&text, writable);
	vi915_start_add(&text, "hostfs=%s", vi915_qemu_runs(options->flavour) ? "9p" : "hostfs");
	for (each = options->argv; *each; each++)
		vi915_start_add(&text, "arg=%s", *each);
	for (each = session ? session->env : environ; *each; each++)
		vi915_start_add(&text, "env=%s", *each);
	for (each = options->peers; each && *each; each++)
		vi915_start_add(&text, "peer=%s", *each);
	gethostname(host, sizeof(host) - 1);
	vi915_start_add(&text, "hostname=%s", host);
	vi915_start_add(&text, "modules=%s", files->modules);
	vi915_start_add(&text, "module=%s", files->module);
	vi915_start_add(&text, "gpus=%s", options->gpus);
	vi915_start_add(&text, "privileged=%d", options->privileged);
	vi915_start_add(&text, "leaks=%d", options->leaks);
	vi915_start_add(&text, "shots=%d", !!options->shot);
	if (options->report)
		vi915_start_reporter(&text);
	vi915_start_add(&text, "closed=%u", streams->closed);
	vi915_start_add(&text, "joined=%d", streams->joined);
	vi915_start_user(&text, limits, session);
	if (session)
		vi915_start_session(&text, session);
	vi915_start_signals(&text, limits);
	if (tty)
		vi915_start_tty(&text);

	vi915_frame_put(queue, VI915_FRAME_PARAMS, 0, vi915_queue_head(&text),
			vi915_queue_len(&text));
	vi915_frame_put(queue, VI915_FRAME_START, 0, NULL, 0);
	vi915_queue_fini(&text);
}
