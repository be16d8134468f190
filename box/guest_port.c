// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <time.h>
#include <unistd.h>

#include "guest.h"

/*
 * The port of the only virtio console. QEMU reserves port 0 for a console, and its other virtio
 * devices shift the first number.
 */
#define VI915_PORT_NODES "/dev/vport*p*"
/* The driver makes the node in parallel with the rest of the boot. */
#define VI915_PORT_TRIES 5000
/* Bytes that may wait before they are flushed. */
#define VI915_PORT_QUEUE (1024 * 1024)

static int vi915_port_open_node(void)
{
	glob_t found;
	int fd = -1;

	if (!glob(VI915_PORT_NODES, 0, NULL, &found))
		fd = open(found.gl_pathv[0], O_RDWR | O_NONBLOCK | O_CLOEXEC);
	globfree(&found);
	return fd;
}

/**
 * vi915_port_open() - open the connection to vi915 on the host
 * @port: filled
 *
 * A failure here cannot be reported; the host sees a box that ends silently, and reports that.
 */
void vi915_port_open(struct vi915_port *port)
{
	struct timespec moment = { .tv_nsec = 1000000 };
	int tries;

	/* The host's /dev may lack the guest's nodes. */
	if (mount("dev", "/dev", "devtmpfs", 0, NULL))
		_exit(1);
	for (tries = 0; tries < VI915_PORT_TRIES; tries++) {
		port->fd = vi915_port_open_node();
		if (port->fd >= 0)
			break;
		nanosleep(&moment, NULL);
	}
	if (port->fd < 0)
		_exit(1);
	umount2("/dev", MNT_DETACH);
}

/**
 * vi915_port_receive() - read the bytes that have come
 * @port: the port
 *
 * Return: false when the other end is gone.
 */
bool vi915_port_receive(struct vi915_port *port)
{
	char *room = vi915_queue_room(&port->in, 64 * 1024);
	ssize_t n = read(port->fd, room, 64 * 1024);

	if (n > 0)
		vi915_queue_filled(&port->in, n);
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

/**
 * vi915_port_send() - send waiting bytes without blocking
 * @port: the port
 *
 * Return: false when the other end is gone.
 */
bool vi915_port_send(struct vi915_port *port)
{
	ssize_t n;

	while (vi915_queue_len(&port->out)) {
		n = write(port->fd, vi915_queue_head(&port->out),
			  vi915_queue_len(&port->out));
		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		vi915_queue_taken(&port->out, n);
	}
	return true;
}

/**
 * vi915_port_flush() - send all waiting bytes, however long it takes
 * @port: the port
 */
void vi915_port_flush(struct vi915_port *port)
{
	struct pollfd poll_fd = { .fd = port->fd, .events = POLLOUT };

	while (vi915_queue_len(&port->out)) {
		poll(&poll_fd, 1, -1);
		if (!vi915_port_send(port))
			return;
	}
}

/**
 * vi915_guest_warn() - warn the user; the run goes on
 * @format: one sentence, as for printf
 */
void vi915_guest_warn(const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	vi915_frame_put(&vi915_port.out, VI915_FRAME_WARN, 0, text, strlen(text));
}

/**
 * vi915_port_piece() - send a piece of the picture or document announced before
 * @port: the port
 * @bytes: the piece
 * @len: bytes of the piece
 */
void vi915_port_piece(struct vi915_port *port, const void *bytes, size_t len)
{
	vi915_frame_put(&port->out, VI915_FRAME_PIECE, 0, bytes, len);
	if (vi915_queue_len(&port->out) >= VI915_PORT_QUEUE)
		vi915_port_flush(port);
}
