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
 * DOC: what a report says of the box's inside
 *
 * The command itself knows how to ask the kernel who shares what and what GPUs
 * have done: it is run in here, as root, when the pictures are taken, and what
 * it prints for programs is sent on. Its file is opened before the private
 * folders are laid over the host's, which may hide it.
 */

/* A box that is ended must end: for all of them together. */
#define VI915_REPORT_MS 4000
#define VI915_REPORT_CHUNK (32 * 1024)

static const struct vi915_report_document {
	const char *name;
	const char *argv[4];
} vi915_report_documents[] = {
	{ "graph.json", { "vi915", "graph", "--json", NULL } },
	{ "gpus.json", { "vi915", "info", "--json", NULL } },
};

static int vi915_report_fd = -1;
static char *const *vi915_report_env;

/**
 * vi915_report_open() - keep hold of the command while it can be seen
 * @params: with its path, when a report is wanted
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

/* Passes on what comes from @fd; false when time is up. */
static bool vi915_report_pass(int fd, long long deadline)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	char chunk[VI915_REPORT_CHUNK];
	long long left;
	ssize_t n;

	for (;;) {
		left = deadline - vi915_guest_now();
		if (left <= 0 || poll(&poll_fd, 1, left) == 0)
			return false;
		n = read(fd, chunk, sizeof(chunk));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return true;
		vi915_port_piece(&vi915_port, chunk, n);
	}
}

static void vi915_report_one(const struct vi915_report_document *document, long long deadline)
{
	bool in_time;
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
	in_time = vi915_report_pass(fd, deadline);
	close(fd);
	if (!in_time)
		vi915_guest_warn("--report: %s is not there or not complete: it took longer than %d s; share less, or have fewer boxes at once",
				 document->name, VI915_REPORT_MS / 1000);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/**
 * vi915_report_take() - send what is to be known of the box's inside
 */
void vi915_report_take(void)
{
	long long deadline = vi915_guest_now() + VI915_REPORT_MS;
	size_t num = sizeof(vi915_report_documents) / sizeof(vi915_report_documents[0]);

	if (vi915_report_fd < 0)
		return;
	for (size_t i = 0; i < num; i++)
		vi915_report_one(&vi915_report_documents[i], deadline);
	close(vi915_report_fd);
	vi915_report_fd = -1;
}
