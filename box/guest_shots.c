// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest.h"
#include "outputs.h"

/**
 * DOC: pictures of the outputs
 *
 * They are read when the command ends, or is told to end, before any process that it started is
 * killed. The command's own files are closed by then, and its picture is gone with them. So before
 * the command starts, the driver is asked to keep the last picture of an output that goes dark.
 */

#define VI915_SHOTS_CHUNK (32 * 1024)

/* Notes in the kernel's log that an output has no picture, which is no error. */
static void vi915_shots_note(const struct vi915_output *output, const char *what)
{
	char text[160];
	int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC), len;

	if (fd < 0)
		return;
	len = snprintf(text, sizeof(text), "<6>vi915-box: no picture of %s %s: %s\n", output->gpu,
		       output->connector, what);
	if (write(fd, text, len) < 0)
		vi915_guest_warn("/dev/kmsg: %s", strerror(errno));
	close(fd);
}

/**
 * vi915_shots_arm() - have the driver keep the last picture of each output
 */
void vi915_shots_arm(void)
{
	struct vi915_outputs outputs;
	char path[PATH_MAX];
	int fd;

	if (vi915_outputs_read(&outputs))
		return;
	for (size_t i = 0; i < outputs.num; i++) {
		vi915_outputs_path(&outputs.all[i], "vi915_last", path, sizeof(path));
		fd = open(path, O_WRONLY | O_CLOEXEC);
		if (fd < 0 || write(fd, "1", 1) != 1)
			vi915_guest_warn("--shots: %s: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
	}
	vi915_outputs_fini(&outputs);
}

/* Sends the content of @fd; false when the deadline has passed. */
static bool vi915_shots_pass(const struct vi915_output *output, int fd, long long deadline)
{
	char name[80], chunk[VI915_SHOTS_CHUNK];
	ssize_t n;

	snprintf(name, sizeof(name), "%s-%s", output->gpu, output->connector);
	vi915_frame_put(&vi915_port.out, VI915_FRAME_SHOT, 0, name, strlen(name));
	while ((n = read(fd, chunk, sizeof(chunk))) > 0) {
		vi915_port_piece(&vi915_port, chunk, n);
		if (deadline && vi915_guest_now() >= deadline)
			return false;
	}
	return true;
}

static bool vi915_shots_one(const struct vi915_output *output, long long deadline)
{
	char path[PATH_MAX];
	bool in_time;
	int fd;

	vi915_outputs_path(output, "vi915_last", path, sizeof(path));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENODATA)
		vi915_shots_note(output, "nothing was ever shown on it");
	else if (fd < 0)
		vi915_guest_warn("--shots: no picture of %s %s: %s", output->gpu,
				 output->connector, strerror(errno));
	if (fd < 0)
		return true;
	in_time = vi915_shots_pass(output, fd, deadline);
	close(fd);
	return in_time;
}

/**
 * vi915_shots_take() - send a picture of every output
 * @limit_ms: time limit if the box was told to end, else 0
 */
void vi915_shots_take(unsigned int limit_ms)
{
	long long deadline = limit_ms ? vi915_guest_now() + limit_ms : 0;
	struct vi915_outputs outputs;
	int ret = vi915_outputs_read(&outputs);
	size_t i;

	if (ret) {
		vi915_guest_warn("--shots: no pictures: /sys/kernel/debug/dri: %s",
				 strerror(-ret));
		return;
	}
	if (!outputs.num)
		vi915_guest_warn("--shots: no GPU of this box has an output; give it one with --gpu NAME,outputs=1");
	for (i = 0; i < outputs.num; i++)
		if (!vi915_shots_one(&outputs.all[i], deadline))
			break;
	if (i < outputs.num)
		vi915_guest_warn("--shots: %zu of %zu pictures are not there: a box that is told to end has %g s for them; smaller modes, or fewer boxes at once, take less",
				 outputs.num - i, outputs.num, limit_ms / 1000.0);
	vi915_outputs_fini(&outputs);
}
