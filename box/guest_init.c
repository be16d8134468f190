// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "guest.h"

/**
 * DOC: the box's first process
 *
 * It receives parameters from vi915 on the host, builds the file system, loads the drivers, runs
 * the command, passes its streams on, syncs the host's files, and reports how the command ended.
 * Then it waits to be killed with the whole machine, since nothing that is left in it needs a
 * shutdown.
 */

#define VI915_KMEMLEAK "/sys/kernel/debug/kmemleak"
/* Seconds: kmemleak does not report younger objects. */
#define VI915_KMEMLEAK_AGE 6

/* The connection to the host; PID 1 has exactly one. */
struct vi915_port vi915_port;

static void __attribute__((noreturn)) vi915_guest_wait_for_the_end(void)
{
	for (;;)
		pause();
}

/**
 * vi915_guest_fail() - report that the box cannot be set up as asked
 * @format: one sentence, as for printf
 *
 * Does not return; vi915 on the host ends the box.
 */
void vi915_guest_fail(const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	vi915_frame_put(&vi915_port.out, VI915_FRAME_FAIL, 0, text,
			strlen(text));
	vi915_port_flush(&vi915_port);
	vi915_guest_wait_for_the_end();
}

static void vi915_guest_receive_params(struct vi915_params *params)
{
	struct pollfd poll_fd = { .fd = vi915_port.fd, .events = POLLIN };
	struct vi915_queue text = { 0 };
	struct vi915_frame frame;
	struct utsname name;
	int ret = 0;

	vi915_frame_put_u32(&vi915_port.out, VI915_FRAME_HELLO, 0,
			    VI915_PROTO_VERSION);
	uname(&name);
	vi915_guest_note("booted", "%s %s", name.sysname, name.release);
	vi915_guest_step(VI915_STEP_INIT);
	vi915_port_flush(&vi915_port);

	for (;;) {
		while ((ret = vi915_frame_take(&vi915_port.in, &frame)) > 0) {
			if (frame.type == VI915_FRAME_PARAMS)
				vi915_queue_put(&text, frame.data, frame.len);
			if (frame.type == VI915_FRAME_START) {
				params->text = text.bytes;
				params->len = text.end;
				return;
			}
		}
		if (ret < 0)
			vi915_guest_fail("the guest cannot read what it was sent");
		poll(&poll_fd, 1, -1);
		vi915_port_receive(&vi915_port);
	}
}

/**
 * vi915_guest_write() - write a text into a file of the kernel
 * @path: the file; ignored if it does not exist
 * @text: the text
 */
void vi915_guest_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) < 0)
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
	close(fd);
}

/*
 * kmemleak's first scan only notes checksums, and young objects are not reported, so a single scan
 * would miss recent leaks.
 */
static void vi915_guest_leaks(void)
{
	char chunk[16 * 1024];
	ssize_t n;
	int fd;

	if (access(VI915_KMEMLEAK, F_OK))
		vi915_guest_fail("this kernel does not look for leaks; use --kernel debug");
	vi915_guest_write(VI915_KMEMLEAK, "scan");
	sleep(VI915_KMEMLEAK_AGE);
	vi915_guest_write(VI915_KMEMLEAK, "scan");
	vi915_guest_write(VI915_KMEMLEAK, "scan");

	fd = open(VI915_KMEMLEAK, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	while ((n = read(fd, chunk, sizeof(chunk))) > 0)
		vi915_frame_put(&vi915_port.out, VI915_FRAME_LEAKS, 0, chunk,
				n);
	close(fd);
}

int main(void)
{
	struct vi915_params params = { 0 };
	struct vi915_child child = { 0 };
	int32_t status;
	int err;

	/* Descriptors 0 to 2 are /dev/console; fill those that are missing. */
	while ((err = open("/dev/null", O_RDWR)) >= 0 && err < 3)
		;
	if (err >= 3)
		close(err);

	vi915_port_open(&vi915_port);
	vi915_guest_receive_params(&params);
	vi915_params_parse(&params);
	vi915_report_open(&params);
	vi915_guest_root(&params);
	vi915_guest_step(VI915_STEP_ROOT);
	vi915_guest_modules(&params);
	vi915_guest_homes(&params);
	vi915_guest_step(VI915_STEP_MODULES);
	if (params.seatd) {
		vi915_guest_session(&params);
		vi915_guest_note("session", "udev knows the seat, seatd runs, user %u", params.uid);
		vi915_guest_step(VI915_STEP_SESSION);
	}

	if (params.shots)
		vi915_shots_arm();
	vi915_caps_drop(&params);
	err = vi915_child_start(&child, &params);
	if (err) {
		vi915_frame_put_u32(&vi915_port.out, VI915_FRAME_NOEXEC, 0,
				    err);
		vi915_port_flush(&vi915_port);
		vi915_guest_wait_for_the_end();
	}
	vi915_frame_put(&vi915_port.out, VI915_FRAME_STARTED, 0, NULL, 0);
	vi915_guest_note("command", "%s, process %d, user %u", params.argv[0], child.pid,
			 params.uid);
	vi915_guest_step(VI915_STEP_COMMAND);

	status = vi915_guest_relay(&child, params.shots);
	if (params.leaks)
		vi915_guest_leaks();
	sync();
	/* At the highest level, so that dmesg -n cannot suppress it. */
	vi915_guest_write("/dev/kmsg", "<0>" VI915_PROTO_END_MARK "\n");
	vi915_frame_put(&vi915_port.out, VI915_FRAME_EXIT, 0, &status,
			sizeof(status));
	vi915_port_flush(&vi915_port);
	vi915_guest_wait_for_the_end();
}
