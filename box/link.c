// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "link.h"
#include "say.h"

/**
 * vi915_link_open() - prepare the way to the guest
 * @link: filled
 *
 * Return: 0, or the exit code after saying what is wrong.
 */
int vi915_link_open(struct vi915_link *link)
{
	int fds[2];

	memset(link, 0, sizeof(*link));
	link->fd = link->guest_fd = -1;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
		       fds))
		return vi915_say("cannot make a socket for the box: %s",
				 strerror(errno));
	link->fd = fds[0];
	link->guest_fd = fds[1];
	return 0;
}

/**
 * vi915_link_kernel_arg() - how to tell the guest's kernel
 *
 * Return: an argument for its command line.
 */
const char *vi915_link_kernel_arg(void)
{
	return "con1=fd:3";
}

/**
 * vi915_link_poll() - say what to wait for
 * @link: the link
 * @fds: up to VI915_LINK_POLLFDS entries, filled
 *
 * Return: how many were filled.
 */
int vi915_link_poll(struct vi915_link *link, struct pollfd *fds)
{
	fds[0] = (struct pollfd){ .fd = link->fd, .events = POLLIN };
	if (vi915_queue_len(&link->out))
		fds[0].events |= POLLOUT;
	return 1;
}

/**
 * vi915_link_work() - move bytes
 * @link: the link
 * @fds: as vi915_link_poll() filled them, after poll()
 */
void vi915_link_work(struct vi915_link *link, const struct pollfd *fds)
{
	char *room;
	ssize_t n;

	if (fds[0].revents & POLLIN) {
		room = vi915_queue_room(&link->in, 64 * 1024);
		n = read(link->fd, room, 64 * 1024);
		if (n > 0)
			vi915_queue_filled(&link->in, n);
	}
	if (vi915_queue_len(&link->out)) {
		n = send(link->fd, vi915_queue_head(&link->out),
			 vi915_queue_len(&link->out), MSG_NOSIGNAL);
		if (n > 0)
			vi915_queue_taken(&link->out, n);
	}
}

/**
 * vi915_link_close() - give everything back
 * @link: the link
 */
void vi915_link_close(struct vi915_link *link)
{
	if (link->fd >= 0)
		close(link->fd);
	if (link->guest_fd >= 0)
		close(link->guest_fd);
	vi915_queue_fini(&link->in);
	vi915_queue_fini(&link->out);
}
