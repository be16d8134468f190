// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/kcmp.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "streams.h"

/* True if stdout and stderr are one open file, so that their order matters. */
static bool vi915_streams_are_joined(void)
{
	struct stat out, err;
	long ret = syscall(SYS_kcmp, getpid(), getpid(), KCMP_FILE, 1, 2);

	if (ret >= 0)
		return ret == 0;
	/* Some containers forbid kcmp; for a regular file the order is not kept then. */
	return !fstat(1, &out) && !fstat(2, &err) &&
	       out.st_dev == err.st_dev && out.st_ino == err.st_ino &&
	       !S_ISREG(out.st_mode);
}

/**
 * vi915_streams_init() - look at our stdin, stdout and stderr
 * @streams: filled
 *
 * Closed ones are filled with /dev/null, so that no other file of ours gets their numbers.
 */
void vi915_streams_init(struct vi915_streams *streams)
{
	int fd;

	memset(streams, 0, sizeof(*streams));
	streams->credit = VI915_PROTO_WINDOW;
	for (fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			streams->closed |= 1u << fd;
	while ((fd = open("/dev/null", O_RDWR | O_CLOEXEC)) >= 0 && fd < 3)
		;
	if (fd >= 3)
		close(fd);
	streams->stdin_done = streams->closed & 1;
	streams->stdin_is_tty = isatty(0);
	streams->joined = !(streams->closed & 6) && vi915_streams_are_joined();
}

/*
 * In the background a terminal's input belongs to another process group, and reading it would stop
 * us. SIGCONT tells when that may have changed.
 */
static bool vi915_streams_may_read(const struct vi915_streams *streams)
{
	return !streams->stdin_done && streams->credit &&
	       (!streams->stdin_is_tty || tcgetpgrp(0) == getpgrp());
}

/**
 * vi915_streams_poll() - prepare for poll()
 * @streams: the streams
 * @port: bytes that wait to be sent to the guest
 * @fds: three entries, filled
 */
void vi915_streams_poll(const struct vi915_streams *streams,
			const struct vi915_queue *port, struct pollfd *fds)
{
	int i;

	fds[0] = (struct pollfd){ .fd = -1, .events = POLLIN };
	if (vi915_streams_may_read(streams) &&
	    vi915_queue_len(port) < VI915_PROTO_WINDOW)
		fds[0].fd = 0;
	for (i = 1; i <= 2; i++) {
		fds[i] = (struct pollfd){ .fd = -1, .events = POLLOUT };
		if (vi915_queue_len(&streams->out[i]))
			fds[i].fd = i;
	}
}

static void vi915_streams_read(struct vi915_streams *streams,
			       struct vi915_queue *port)
{
	char chunk[VI915_PROTO_MAX];
	size_t want = sizeof(chunk);
	ssize_t n;

	if (want > streams->credit)
		want = streams->credit;
	n = read(0, chunk, want);
	if (n > 0) {
		streams->credit -= n;
		vi915_frame_put(port, VI915_FRAME_DATA, 0, chunk, n);
	} else if (!n || (errno != EAGAIN && errno != EINTR)) {
		/* After an error stdin has no more bytes for the command. */
		streams->stdin_done = true;
		vi915_frame_put(port, VI915_FRAME_EOF, 0, NULL, 0);
	}
}

static void vi915_streams_write(struct vi915_streams *streams,
				struct vi915_queue *port, int stream)
{
	struct vi915_queue *out = &streams->out[stream];
	size_t len = vi915_queue_len(out);
	struct stat st;
	ssize_t n;

	/*
	 * The file may be shared with other processes, so it is not made non-blocking; but a pipe
	 * that polls as writable takes this much at once.
	 */
	if (len > PIPE_BUF && (fstat(stream, &st) || !S_ISREG(st.st_mode)))
		len = PIPE_BUF;
	n = write(stream, vi915_queue_head(out), len);
	if (n >= 0) {
		vi915_queue_taken(out, n);
		vi915_frame_put_u32(port, VI915_FRAME_CREDIT, stream, n);
	} else if (errno != EAGAIN && errno != EINTR) {
		if (errno != EPIPE)
			streams->error = errno;
		streams->broken[stream] = true;
		vi915_queue_taken(out, vi915_queue_len(out));
		vi915_frame_put(port, VI915_FRAME_BROKEN, stream, NULL, 0);
	}
}

/**
 * vi915_streams_work() - read and write as far as possible without blocking
 * @streams: the streams
 * @port: bytes for the guest are appended here
 * @fds: as vi915_streams_poll() filled them, after poll()
 */
void vi915_streams_work(struct vi915_streams *streams,
			struct vi915_queue *port, const struct pollfd *fds)
{
	int i;

	if (fds[0].fd >= 0 && fds[0].revents)
		vi915_streams_read(streams, port);
	for (i = 1; i <= 2; i++)
		if (fds[i].fd >= 0 && fds[i].revents)
			vi915_streams_write(streams, port, i);
}

/**
 * vi915_streams_frame() - act on a frame that is about a stream
 * @streams: the streams
 * @frame: the frame
 *
 * Return: 0, or -1 when the guest sends more than its credit, or returns more credit than it was
 * sent.
 */
int vi915_streams_frame(struct vi915_streams *streams,
			const struct vi915_frame *frame)
{
	struct vi915_queue *out = &streams->out[frame->stream];
	uint32_t number;

	switch (frame->type) {
	case VI915_FRAME_DATA:
		if (frame->len > VI915_PROTO_WINDOW - vi915_queue_len(out))
			return -1;
		if (!streams->broken[frame->stream])
			vi915_queue_put(out, frame->data, frame->len);
		break;
	case VI915_FRAME_CREDIT:
		number = vi915_frame_u32(frame);
		if (number > VI915_PROTO_WINDOW - streams->credit)
			return -1;
		streams->credit += number;
		break;
	case VI915_FRAME_BROKEN:
		streams->stdin_done = true;
		break;
	default:
		break;
	}
	return 0;
}

/**
 * vi915_streams_empty() - check whether all output of the command is written
 * @streams: the streams
 *
 * Return: true if it is.
 */
bool vi915_streams_empty(const struct vi915_streams *streams)
{
	return !vi915_queue_len(&streams->out[1]) &&
	       !vi915_queue_len(&streams->out[2]);
}

/**
 * vi915_streams_fini() - free the waiting bytes
 * @streams: the streams
 */
void vi915_streams_fini(struct vi915_streams *streams)
{
	vi915_queue_fini(&streams->out[1]);
	vi915_queue_fini(&streams->out[2]);
}
