// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest.h"

/**
 * DOC: the part of a report that is made in the box
 *
 * The command vi915 itself can ask the kernel how buffers are shared and what the GPUs have done.
 * So it is run in the box, as root, when the pictures are taken, and its JSON output is sent to the
 * host. Its file is opened before the private folders are mounted, since they may hide it.
 */

/* A command without output for this long is stuck. */
#define VI915_REPORT_SILENCE_MS 120000
#define VI915_REPORT_CHUNK (32 * 1024)

static const struct vi915_report_document {
	const char *name;
	const char *argv[4];
} vi915_report_documents[] = {
	{ "graph.json", { "vi915", "graph", "--json", NULL } },
	{ "gpus.json", { "vi915", "info", "--json", NULL } },
};

/* When the box is told to end, all documents together have @limit_ms. */
struct vi915_report_time {
	unsigned int limit_ms;
	long long deadline;
};

static int vi915_report_fd = -1;
static char *const *vi915_report_env;

/**
 * vi915_report_open() - open the command's file while it can be seen
 * @params: with its path, if a report is wanted
 */
void vi915_report_open(const struct vi915_params *params)
{
	if (!params->reporter)
		return;
	vi915_report_env = params->env;
	vi915_report_fd = open(params->reporter, O_RDONLY | O_CLOEXEC);
	if (vi915_report_fd < 0)
		vi915_guest_warn("--report: cannot open %s in the box: %s; graph and GPUs are left out",
				 params->reporter, strerror(errno));
}

/* Runs the command; @out is the read end of its stdout. */
static pid_t vi915_report_spawn(const char *const *argv, int *out)
{
	int fds[2], null;
	sigset_t none;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		return -1;
	pid = fork();
	if (pid) {
		close(fds[1]);
		*out = fds[0];
		return pid;
	}
	setsid();
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	dup2(null, 0);
	dup2(fds[1], 1);
	dup2(null, 2);
	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	syscall(SYS_execveat, vi915_report_fd, "", argv, vi915_report_env, AT_EMPTY_PATH);
	_exit(127);
}

/* Sends the bytes from @fd. Returns 0, or after a timeout the milliseconds waited. */
static unsigned int vi915_report_pass(int fd, const struct vi915_report_time *time)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	char chunk[VI915_REPORT_CHUNK];
	long long left = VI915_REPORT_SILENCE_MS;
	ssize_t n;

	for (;;) {
		if (time->limit_ms)
			left = time->deadline - vi915_guest_now();
		if (left <= 0 || poll(&poll_fd, 1, left) == 0)
			return time->limit_ms ?: VI915_REPORT_SILENCE_MS;
		n = read(fd, chunk, sizeof(chunk));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return 0;
		vi915_port_piece(&vi915_port, chunk, n);
	}
}

static void vi915_report_one(const struct vi915_report_document *document,
			     const struct vi915_report_time *time)
{
	unsigned int in_vain;
	pid_t pid;
	int fd;

	pid = vi915_report_spawn(document->argv, &fd);
	if (pid < 0) {
		vi915_guest_warn("--report: no %s: cannot start a process in the box: %s; give it more memory with --mem",
				 document->name, strerror(errno));
		return;
	}
	vi915_frame_put(&vi915_port.out, VI915_FRAME_DOCUMENT, 0, document->name,
			strlen(document->name));
	in_vain = vi915_report_pass(fd, time);
	close(fd);
	if (in_vain)
		vi915_guest_warn("--report: %s is not there or not complete: it was not made in %g s; share less, or have fewer boxes at once",
				 document->name, in_vain / 1000.0);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/**
 * vi915_report_take() - send the documents that are made in the box
 * @limit_ms: time limit if the box was told to end, else 0
 */
void vi915_report_take(unsigned int limit_ms)
{
	const struct vi915_report_time time = {
		.limit_ms = limit_ms,
		.deadline = vi915_guest_now() + limit_ms,
	};
	size_t num = sizeof(vi915_report_documents) / sizeof(vi915_report_documents[0]);

	if (vi915_report_fd < 0)
		return;
	for (size_t i = 0; i < num; i++)
		vi915_report_one(&vi915_report_documents[i], &time);
	close(vi915_report_fd);
	vi915_report_fd = -1;
}
