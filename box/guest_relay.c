// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest.h"

/* When no killed process has died for this long, the rest never will. */
#define VI915_RELAY_DEATH_MS 10000
#define VI915_RELAY_CHUNK ((int)VI915_PROTO_MAX)

/**
 * struct vi915_relay - the state of the streams while the command runs
 * @child: the command
 * @stdin: bytes for its stdin
 * @stdin_ended: no more bytes for its stdin will come
 * @credit: bytes of stdout and stderr that may still be sent
 * @signals: a signalfd for SIGCHLD
 * @ended: the command has ended, with @status
 * @status: wait status of the command
 * @alone: no other process is left
 * @deadline: time at which to stop waiting for other processes to die
 * @shots: pictures of the outputs are still to be sent
 */
struct vi915_relay {
	struct vi915_child *child;
	struct vi915_queue stdin;
	bool stdin_ended;
	size_t credit[3];
	int signals;
	bool ended;
	int status;
	bool alone;
	long long deadline;
	bool shots;
};

/* @limit_ms: time limit for pictures, and again for documents; 0 for none. */
static void vi915_relay_kill(struct vi915_relay *relay, unsigned int limit_ms)
{
	/* Before the kill, while remaining processes still show something. */
	if (relay->shots)
		vi915_shots_take(limit_ms);
	relay->shots = false;
	vi915_report_take(limit_ms);
	kill(-1, SIGKILL);
	relay->deadline = vi915_guest_now() + VI915_RELAY_DEATH_MS;
}

static void vi915_relay_reap(struct vi915_relay *relay)
{
	struct signalfd_siginfo info;
	int status;
	pid_t pid;

	while (read(relay->signals, &info, sizeof(info)) > 0)
		;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (relay->deadline)
			relay->deadline = vi915_guest_now() + VI915_RELAY_DEATH_MS;
		if (pid != relay->child->pid)
			continue;
		relay->ended = true;
		relay->status = status;
		vi915_guest_step(VI915_STEP_ENDED);
		/* The command's remaining processes end with it. */
		vi915_relay_kill(relay, 0);
	}
	relay->alone = pid < 0 && errno == ECHILD;
}

static void vi915_relay_close_stdin(struct vi915_relay *relay)
{
	struct vi915_child *child = relay->child;

	/* A terminal has one descriptor for both directions. */
	if (child->to >= 0 && !child->pty)
		close(child->to);
	child->to = -1;
}

static void vi915_relay_stdin(struct vi915_relay *relay)
{
	size_t len = vi915_queue_len(&relay->stdin);
	ssize_t n;

	if (len && relay->child->to >= 0) {
		n = write(relay->child->to, vi915_queue_head(&relay->stdin),
			  len);
		if (n > 0) {
			vi915_queue_taken(&relay->stdin, n);
			vi915_frame_put_u32(&vi915_port.out,
					    VI915_FRAME_CREDIT, 0, n);
		} else if (n < 0 && errno != EAGAIN && errno != EINTR) {
			vi915_frame_put(&vi915_port.out, VI915_FRAME_BROKEN, 0,
					NULL, 0);
			vi915_relay_close_stdin(relay);
		}
	}
	if (relay->stdin_ended && !vi915_queue_len(&relay->stdin))
		vi915_relay_close_stdin(relay);
}

/* True while output of a stream may be read and sent. */
static bool vi915_relay_may_read(const struct vi915_relay *relay, int stream)
{
	return relay->child->from[stream] >= 0 && relay->credit[stream] &&
	       vi915_queue_len(&vi915_port.out) < VI915_PROTO_WINDOW;
}

static void vi915_relay_output(struct vi915_relay *relay, int stream)
{
	int fd = relay->child->from[stream];
	char chunk[VI915_RELAY_CHUNK];
	size_t want = sizeof(chunk);
	ssize_t n;

	if (want > relay->credit[stream])
		want = relay->credit[stream];
	n = read(fd, chunk, want);
	if (n > 0) {
		vi915_frame_put(&vi915_port.out, VI915_FRAME_DATA, stream,
				chunk, n);
		relay->credit[stream] -= n;
	} else if (!n || (errno != EAGAIN && errno != EINTR)) {
		/* A terminal says EIO when the last process has closed it. */
		vi915_frame_put(&vi915_port.out, VI915_FRAME_EOF, stream, NULL,
				0);
		close(fd);
		relay->child->from[stream] = -1;
		if (relay->child->pty && stream == 1)
			relay->child->to = -1;
	}
}

static void vi915_relay_broken(struct vi915_relay *relay, int stream)
{
	int *fd = &relay->child->from[stream];

	if (*fd < 0)
		return;
	if (relay->child->pty && stream == 1)
		relay->child->to = -1;
	close(*fd);
	*fd = -1;
}

static void vi915_relay_frame(struct vi915_relay *relay,
			      const struct vi915_frame *frame)
{
	struct vi915_winsz winsz;

	switch (frame->type) {
	case VI915_FRAME_DATA:
		vi915_queue_put(&relay->stdin, frame->data, frame->len);
		break;
	case VI915_FRAME_EOF:
		relay->stdin_ended = true;
		break;
	case VI915_FRAME_CREDIT:
		relay->credit[frame->stream] += vi915_frame_u32(frame);
		break;
	case VI915_FRAME_BROKEN:
		vi915_relay_broken(relay, frame->stream);
		break;
	case VI915_FRAME_WINSZ:
		if (frame->len != sizeof(winsz))
			break;
		memcpy(&winsz, frame->data, sizeof(winsz));
		vi915_child_winsz(relay->child, &winsz);
		break;
	case VI915_FRAME_KILL:
		vi915_relay_kill(relay, vi915_frame_u32(frame));
		break;
	default:
		break;
	}
}

/* True when the command is dead and all its output is queued. */
static bool vi915_relay_done(const struct vi915_relay *relay)
{
	if (!relay->ended)
		return false;
	if (relay->child->from[1] < 0 && relay->child->from[2] < 0)
		return relay->alone || vi915_guest_now() > relay->deadline;
	/*
	 * A process that cannot be killed holds a stream open; its content has been read long
	 * before.
	 */
	return !relay->alone && vi915_guest_now() > relay->deadline;
}

static void vi915_relay_turn(struct vi915_relay *relay)
{
	struct pollfd fds[5] = {
		{ .fd = vi915_port.fd, .events = POLLIN },
		{ .fd = relay->signals, .events = POLLIN },
		{ .fd = -1, .events = POLLOUT },
		{ .fd = -1, .events = POLLIN },
		{ .fd = -1, .events = POLLIN },
	};
	struct vi915_frame frame;
	int i;

	if (vi915_queue_len(&vi915_port.out))
		fds[0].events |= POLLOUT;
	if (vi915_queue_len(&relay->stdin))
		fds[2].fd = relay->child->to;
	for (i = 1; i <= 2; i++)
		if (vi915_relay_may_read(relay, i))
			fds[2 + i].fd = relay->child->from[i];

	if (poll(fds, 5, relay->ended ? 100 : -1) < 0)
		return;

	if (fds[0].revents & POLLIN)
		vi915_port_receive(&vi915_port);
	while (vi915_frame_take(&vi915_port.in, &frame) > 0)
		vi915_relay_frame(relay, &frame);
	if (fds[1].revents)
		vi915_relay_reap(relay);
	vi915_relay_stdin(relay);
	for (i = 1; i <= 2; i++)
		if (fds[2 + i].revents && vi915_relay_may_read(relay, i))
			vi915_relay_output(relay, i);
	vi915_port_send(&vi915_port);
}

/**
 * vi915_guest_relay() - pass the streams on until the command has ended
 * @child: the command; all other processes of the box end with it
 * @shots: send a picture of every output before that
 *
 * Return: its wait status.
 */
int vi915_guest_relay(struct vi915_child *child, bool shots)
{
	struct vi915_relay relay = {
		.child = child,
		.shots = shots,
		.credit = { 0, VI915_PROTO_WINDOW, VI915_PROTO_WINDOW },
	};
	sigset_t signals;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	relay.signals = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);

	/* It may have ended before SIGCHLD was blocked. */
	vi915_relay_reap(&relay);
	while (!vi915_relay_done(&relay))
		vi915_relay_turn(&relay);

	vi915_queue_fini(&relay.stdin);
	close(relay.signals);
	return relay.status;
}
