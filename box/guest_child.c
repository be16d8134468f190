// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "guest.h"

/* The child's ends of its three streams; -1 where it gets none. */
struct vi915_child_ends {
	int fd[3];
};

static void vi915_child_pipe(int *reader, int *writer)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC))
		vi915_guest_fail("cannot make a pipe in the box: %s",
				 strerror(errno));
	*reader = fds[0];
	*writer = fds[1];
}

static void vi915_child_nonblock(int fd)
{
	if (fd >= 0)
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

/* Opens a terminal for the streams that are one on the host. */
static void vi915_child_open_pty(struct vi915_child *child,
				 struct vi915_child_ends *ends,
				 const struct vi915_params *params)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), slave, i;

	if (master < 0 || grantpt(master) || unlockpt(master))
		vi915_guest_fail("cannot make a terminal in the box: %s",
				 strerror(errno));
	slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0 || fchown(slave, params->uid, 5))
		vi915_guest_fail("cannot open a terminal in the box: %s",
				 strerror(errno));

	child->pty = true;
	child->to = master;
	child->from[1] = master;
	vi915_child_winsz(child, &params->winsz);
	for (i = 0; i < 3; i++)
		if (params->tty & (1u << i))
			ends->fd[i] = slave;
}

static void vi915_child_open(struct vi915_child *child,
			     struct vi915_child_ends *ends,
			     const struct vi915_params *params)
{
	int i;

	child->to = child->from[1] = child->from[2] = -1;
	ends->fd[0] = ends->fd[1] = ends->fd[2] = -1;
	if (params->tty)
		vi915_child_open_pty(child, ends, params);

	for (i = 0; i < 3; i++) {
		if (ends->fd[i] >= 0 || (params->closed & (1u << i)))
			continue;
		if (i == 0)
			vi915_child_pipe(&ends->fd[0], &child->to);
		else if (i == 2 && params->joined)
			ends->fd[2] = ends->fd[1];
		else
			vi915_child_pipe(&child->from[i], &ends->fd[i]);
	}
}

/* Runs between fork and exec. Returns only on failure, with errno. */
static void vi915_child_become(const struct vi915_child_ends *ends,
			       const struct vi915_params *params)
{
	struct rlimit nofile = { params->nofile_soft, params->nofile_hard };
	sigset_t none;
	int i;

	setsid();
	if (params->tty)
		ioctl(ends->fd[0], TIOCSCTTY, 0);

	/* Our own descriptors are close-on-exec and none is below 3. */
	for (i = 0; i < 3; i++)
		if (ends->fd[i] < 0)
			close(i);
		else if (dup2(ends->fd[i], i) < 0)
			return;

	for (i = 1; i < 64; i++)
		signal(i, params->ignored & (1ull << i) ? SIG_IGN : SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);

	if (params->nofile_hard)
		setrlimit(RLIMIT_NOFILE, &nofile);
	/* Before dropping rights: the user may be in a folder that he cannot enter. */
	if (chdir(params->cwd) || vi915_caps_drop_child(params) ||
	    setgroups(params->num_groups, params->groups) ||
	    setgid(params->gid) || setuid(params->uid))
		return;
	umask(params->umask);

	environ = params->env;
	execvp(params->argv[0], params->argv);
}

/**
 * vi915_child_start() - run the command
 * @child: filled
 * @params: the command, its user and its environment
 *
 * Return: 0, or the errno with which it could not be run.
 */
int vi915_child_start(struct vi915_child *child,
		      const struct vi915_params *params)
{
	struct vi915_child_ends ends;
	int reader, writer, err = 0, i;

	vi915_child_open(child, &ends, params);
	vi915_child_pipe(&reader, &writer);

	child->pid = fork();
	if (child->pid < 0)
		return errno;
	if (!child->pid) {
		vi915_child_become(&ends, params);
		err = errno;
		if (write(writer, &err, sizeof(err)) != sizeof(err))
			_exit(126);
		_exit(127);
	}

	for (i = 0; i < 3; i++)
		if (ends.fd[i] >= 0 && (!i || ends.fd[i] != ends.fd[i - 1]))
			close(ends.fd[i]);
	close(writer);
	/* A successful exec closes the pipe without a byte. */
	if (read(reader, &err, sizeof(err)) != sizeof(err))
		err = 0;
	close(reader);

	vi915_child_nonblock(child->to);
	vi915_child_nonblock(child->from[1]);
	vi915_child_nonblock(child->from[2]);
	return err;
}

/**
 * vi915_child_winsz() - pass on a new size of the host's terminal
 * @child: the command
 * @winsz: the size
 */
void vi915_child_winsz(struct vi915_child *child,
		       const struct vi915_winsz *winsz)
{
	struct winsize size = {
		.ws_row = winsz->rows,
		.ws_col = winsz->cols,
		.ws_xpixel = winsz->xpixel,
		.ws_ypixel = winsz->ypixel,
	};

	if (child->pty)
		ioctl(child->to, TIOCSWINSZ, &size);
}
