// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <errno.h>
#include <fcntl.h>
#include <linux/virtio_ids.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "link.h"
#include "say.h"

/**
 * DOC: the connection between vi915 on the host and the guest
 *
 * The connection is a virtio console with one port. For the guest's first process the port is a
 * character device, for us it is shared memory. User-Mode Linux has the driver and looks for the
 * device behind a socket; this file is the device. UML's own consoles would be simpler, but they
 * read one byte with each call: 16 MiB took 27 s.
 *
 * QEMU has such a device itself, and passes the bytes on through a socket.
 */

#define VI915_LINK_CHUNK (64 * 1024)
#define VI915_LINK_STR_(x) #x
#define VI915_LINK_STR(x) VI915_LINK_STR_(x)

/* Indices of the device's rings. */
enum vi915_link_ring {
	VI915_LINK_RING_IN,		/* to the guest's port */
	VI915_LINK_RING_OUT,		/* from it */
	VI915_LINK_RING_CONTROL_IN,	/* to the driver */
	VI915_LINK_RING_CONTROL_OUT,	/* from it */
};

/*
 * Listens on a socket without a name: the name is removed at once, and the guest connects through a
 * descriptor.
 */
static int vi915_link_listen(struct vi915_link *link, const char *dir)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	unsigned long long salt = 0;
	int len, err;

	if (getrandom(&salt, sizeof(salt), 0) < 0)
		salt = getpid();
	len = snprintf(addr.sun_path, sizeof(addr.sun_path),
		       "%s/vi915-%016llx", dir, salt);
	if (len >= (int)sizeof(addr.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	link->listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC |
				 SOCK_NONBLOCK, 0);
	if (link->listen_fd < 0 ||
	    bind(link->listen_fd, (struct sockaddr *)&addr, sizeof(addr)))
		return -1;
	link->guest_fd = open(addr.sun_path, O_PATH | O_CLOEXEC);
	err = errno;
	unlink(addr.sun_path);
	errno = err;
	return link->guest_fd < 0 ? -1 : listen(link->listen_fd, 1);
}

static void vi915_link_init(struct vi915_link *link)
{
	memset(link, 0, sizeof(*link));
	link->listen_fd = link->guest_fd = link->stream_fd = -1;
	link->config.max_nr_ports = 1;
	vi915_vhost_init(&link->vhost, 1ull << VIRTIO_CONSOLE_F_MULTIPORT,
			 &link->config, sizeof(link->config));
}

/**
 * vi915_link_open() - prepare the connection to the guest
 * @link: filled
 * @dir: a folder in which we may make a file for a moment
 *
 * Return: 0, or the exit code after printing an error.
 */
int vi915_link_open(struct vi915_link *link, const char *dir)
{
	vi915_link_init(link);
	if (vi915_link_listen(link, dir))
		return vi915_say("cannot make a socket for the box in %s: %s; set TMPDIR to a folder that can be written and has a short path",
				 dir, strerror(errno));
	return 0;
}

/**
 * vi915_link_open_stream() - prepare the connection to QEMU's device
 * @link: filled
 *
 * Return: 0, or the exit code after printing an error.
 */
int vi915_link_open_stream(struct vi915_link *link)
{
	int fds[2];

	vi915_link_init(link);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
		return vi915_say("cannot make a socket for the box: %s; raise the limit on open files (ulimit -n)",
				 strerror(errno));
	link->stream_fd = fds[0];
	link->guest_fd = fds[1];
	return 0;
}

/**
 * vi915_link_kernel_arg() - name the device to the guest's kernel
 *
 * Return: an argument for its command line.
 */
const char *vi915_link_kernel_arg(void)
{
	return "virtio_uml.device=/proc/self/fd/" VI915_LINK_STR(VI915_LINK_FD)
	       ":" VI915_LINK_STR(VIRTIO_ID_CONSOLE);
}

/**
 * vi915_link_poll() - send waiting bytes, and prepare for poll()
 * @link: the link
 * @fds: VI915_LINK_POLLFDS entries, filled
 *
 * Writing to shared memory needs no wait, so waiting bytes are sent here, before the caller sleeps.
 *
 * Return: how many entries were filled.
 */
int vi915_link_poll(struct vi915_link *link, struct pollfd *fds)
{
	int i;

	if (link->stream_fd >= 0) {
		fds[0] = (struct pollfd){
			.fd = link->stream_fd,
			.events = vi915_queue_len(&link->out) ? POLLIN | POLLOUT : POLLIN,
		};
		return 1;
	}
	if (vi915_vring_give(&link->vhost.rings[VI915_LINK_RING_IN],
			     &link->vhost.mem, &link->out))
		link->garbled = true;
	fds[0] = (struct pollfd){
		.fd = link->vhost.fd >= 0 ? link->vhost.fd : link->listen_fd,
		.events = POLLIN,
	};
	for (i = 0; i < VI915_VHOST_RINGS; i++)
		fds[1 + i] = (struct pollfd){
			.fd = link->vhost.rings[i].kick_fd,
			.events = POLLIN,
		};
	return VI915_LINK_POLLFDS;
}

static int vi915_link_accept(struct vi915_link *link)
{
	link->vhost.fd = accept4(link->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (link->vhost.fd < 0)
		return errno == EAGAIN || errno == EINTR || errno == ECONNABORTED ? 0 : -errno;
	close(link->listen_fd);
	link->listen_fd = -1;
	return 0;
}

static void vi915_link_tell(struct vi915_link *link, uint16_t event,
			    uint16_t value)
{
	const struct virtio_console_control control = {
		.id = 0,
		.event = event,
		.value = value,
	};

	if (vi915_vring_give_one(&link->vhost.rings[VI915_LINK_RING_CONTROL_IN],
				 &link->vhost.mem, &control, sizeof(control)))
		link->garbled = true;
}

/* Answers the driver's control messages: it is told of the port when it is ready. */
static void vi915_link_control(struct vi915_link *link)
{
	struct virtio_console_control control;

	while (vi915_queue_len(&link->control) >= sizeof(control)) {
		memcpy(&control, vi915_queue_head(&link->control),
		       sizeof(control));
		vi915_queue_taken(&link->control, sizeof(control));
		if (control.event != VIRTIO_CONSOLE_DEVICE_READY)
			continue;
		vi915_link_tell(link, VIRTIO_CONSOLE_PORT_ADD, 1);
		vi915_link_tell(link, VIRTIO_CONSOLE_PORT_OPEN, 1);
	}
}

static void vi915_link_stream(struct vi915_link *link, short revents)
{
	ssize_t n;

	if (revents & POLLOUT) {
		n = send(link->stream_fd, vi915_queue_head(&link->out),
			 vi915_queue_len(&link->out), MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n > 0)
			vi915_queue_taken(&link->out, n);
	}
	if (!(revents & (POLLIN | POLLHUP | POLLERR)))
		return;
	n = recv(link->stream_fd, vi915_queue_room(&link->in, VI915_LINK_CHUNK),
		 VI915_LINK_CHUNK, MSG_DONTWAIT);
	if (n > 0) {
		vi915_queue_filled(&link->in, n);
	} else if (!n || (errno != EAGAIN && errno != EINTR)) {
		/* QEMU has ended, which SIGCHLD tells us. */
		close(link->stream_fd);
		link->stream_fd = -1;
	}
}

/* Accepts the guest's kernel, which connects once, or handles its messages. */
static int vi915_link_hear(struct vi915_link *link)
{
	if (link->vhost.fd < 0)
		return vi915_link_accept(link);
	switch (vi915_vhost_hear(&link->vhost)) {
	case VI915_VHOST_HEARD:
		return 0;
	case VI915_VHOST_NONSENSE:
		link->garbled = true;
		break;
	case VI915_VHOST_ENDED:
		/* SIGCHLD tells us of its end. */
		break;
	}
	close(link->vhost.fd);
	link->vhost.fd = -1;
	return 0;
}

/**
 * vi915_link_work() - move bytes
 * @link: the link
 * @fds: as vi915_link_poll() filled them, after poll()
 *
 * Return: 0, or a negative errno when the guest cannot be connected.
 */
int vi915_link_work(struct vi915_link *link, const struct pollfd *fds)
{
	struct vi915_vring *rings = link->vhost.rings;
	int ret = 0, i;

	if (link->stream_fd >= 0) {
		vi915_link_stream(link, fds[0].revents);
		return 0;
	}
	if (fds[0].fd >= 0 && fds[0].revents)
		ret = vi915_link_hear(link);
	for (i = 0; i < VI915_VHOST_RINGS; i++)
		if (fds[1 + i].fd >= 0 && fds[1 + i].revents)
			vi915_vring_drain_kick(&rings[i]);

	if (vi915_vring_take(&rings[VI915_LINK_RING_CONTROL_OUT], &link->vhost.mem,
			     &link->control))
		link->garbled = true;
	vi915_link_control(link);
	if (vi915_vring_take(&rings[VI915_LINK_RING_OUT], &link->vhost.mem, &link->in))
		link->garbled = true;
	if (vi915_guestmem_gone())
		link->garbled = true;
	return ret;
}

/**
 * vi915_link_close() - close the link and free its queues
 * @link: the link
 */
void vi915_link_close(struct vi915_link *link)
{
	vi915_vhost_fini(&link->vhost);
	if (link->listen_fd >= 0)
		close(link->listen_fd);
	if (link->guest_fd >= 0)
		close(link->guest_fd);
	if (link->stream_fd >= 0)
		close(link->stream_fd);
	vi915_queue_fini(&link->in);
	vi915_queue_fini(&link->out);
	vi915_queue_fini(&link->control);
}
