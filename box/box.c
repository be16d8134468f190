// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "box.h"
#include "files.h"
#include "inbound.h"
#include "klog.h"
#include "hostlimits.h"
#include "link.h"
#include "machine.h"
#include "place.h"
#include "qemu.h"
#include "say.h"
#include "session.h"
#include "shots.h"
#include "signals.h"
#include "slot.h"
#include "start.h"
#include "steps.h"
#include "streams.h"
#include "term.h"
#include "times.h"
#include "uml.h"
#include "vain.h"
#include "verdict.h"
#include "writable.h"

/**
 * DOC: one box's life
 *
 * A box is prepared (its files, a folder for the memory, a CPU), its kernel is started, and the
 * loop runs until the guest has reported how the command ended and all of its output is passed on.
 * Then the kernel is killed and its log is judged.
 *
 * The same few lines at the end of vi915_box_run() take everything down, however it ends.
 */

/* The end mark comes soon after the guest's end, unless a command as root hid /dev/kmsg. */
#define VI915_BOX_SETTLE_TRIES 5000
/* No report of kmemleak is longer than this. */
#define VI915_BOX_MAX_LEAKS (16 * 1024 * 1024)

/**
 * struct vi915_box - one box
 * @options: the caller's wishes
 * @steps: the steps that it has reached
 * @files: the files that it is made of
 * @limits: resource limits of our caller
 * @writable: paths of the host that it may write
 * @session: a desktop's surroundings, if options ask for them
 * @place: the folder of its memory
 * @slot: its CPU
 * @klog: the log of its kernel
 * @link: the connection to it
 * @params: frames with its parameters, until the guest is there to read them
 * @streams: our stdin, stdout and stderr
 * @inbound: checks of the frames that come from it
 * @shots: pictures that it has sent
 * @tty: the command has a terminal of its own
 * @signals: a signalfd
 * @pid: its kernel
 * @ending: whether and how it has ended
 * @spoken: its first process has sent a HELLO
 * @times: its time limits
 */
struct vi915_box {
	const struct vi915_box_options *options;
	struct vi915_steps steps;
	struct vi915_files files;
	struct vi915_limits limits;
	struct vi915_writable writable;
	struct vi915_session session;
	struct vi915_place place;
	struct vi915_slot slot;
	struct vi915_klog klog;
	struct vi915_link link;
	struct vi915_queue params;
	struct vi915_streams streams;
	struct vi915_inbound inbound;
	struct vi915_shots shots;
	bool tty;
	int signals;
	pid_t pid;
	struct vi915_ending ending;
	bool spoken;
	struct vi915_times times;
};

/* A folder for the memory, a CPU and the device; QEMU brings these by itself. */
static int vi915_box_prepare_uml(struct vi915_box *box)
{
	unsigned long mem = box->options->mem_mib ?: VI915_BOX_MEM_MIB;
	char why[2048];
	int ret;

	if (vi915_place_find(&box->place, mem, why, sizeof(why)))
		return vi915_say("nothing has room for the box's memory of %lu MiB: %s; free some, set TMPDIR to a folder with room, or ask for less with --mem",
				 mem, why);
	ret = vi915_slot_take(&box->slot);
	if (ret)
		return ret;
	if (box->place.in_memory)
		vi915_steps_note(&box->steps, "memory", "up to %lu MiB, in no folder", mem);
	else
		vi915_steps_note(&box->steps, "memory", "up to %lu MiB, in %s%s", mem,
				 box->place.path, box->place.on_tmpfs ? "" : ", which is no tmpfs");
	vi915_steps_note(&box->steps, "CPU", "number %d", box->slot.cpu);
	return vi915_link_open(&box->link, box->place.path);
}

static void vi915_box_tell_prepared(const struct vi915_box *box)
{
	const struct vi915_box_options *options = box->options;
	const struct vi915_steps *steps = &box->steps;

	vi915_steps_note(steps, "GPUs", "%s",
			 strcmp(options->gpus, "0") ? options->gpus : "none");
	if (options->timeout_ms)
		vi915_steps_note(steps, "limit", "%g s", options->timeout_ms / 1000.0);
	if (options->log)
		vi915_steps_note(steps, "log", "goes to %s", options->log);
}

static int vi915_box_prepare(struct vi915_box *box)
{
	const struct vi915_box_options *options = box->options;
	bool qemu = vi915_qemu_runs(options->flavour);
	int ret;

	ret = vi915_limits_take(&box->limits, options->mem_mib ?: VI915_BOX_MEM_MIB, !qemu);
	if (ret)
		return ret;
	ret = vi915_files_find(&box->files, options->flavour);
	if (ret)
		return ret;
	vi915_steps_note(&box->steps, "kernel", "%s: %s", options->flavour, box->files.kernel);
	ret = options->session ? vi915_session_init(&box->session) : 0;
	if (ret)
		return ret;
	ret = vi915_klog_open(&box->klog, options->log);
	if (ret)
		return ret;
	ret = qemu ? vi915_link_open_stream(&box->link) : vi915_box_prepare_uml(box);
	if (ret)
		return ret;
	ret = vi915_writable_find(&box->writable, options->rw);
	if (ret)
		return ret;
	vi915_box_tell_prepared(box);
	vi915_start_params(&box->params, options, &box->files, &box->writable, &box->limits,
			   options->session ? &box->session : NULL, &box->streams, box->tty);
	return 0;
}

static pid_t vi915_box_start_qemu(struct vi915_box *box)
{
	const struct vi915_qemu_args args = {
		.kernel = box->files.kernel,
		.initrd = box->files.initrd,
		.writable = box->writable.paths,
		.init = box->files.init,
		.mem_mib = box->options->mem_mib ?: VI915_BOX_MEM_MIB,
		.log_fd = box->klog.fd,
		.link_fd = box->link.guest_fd,
	};

	return vi915_qemu_start(&args);
}

static pid_t vi915_box_start_uml(struct vi915_box *box)
{
	const struct vi915_uml_args args = {
		.kernel = box->files.kernel,
		.init = box->files.init,
		.mem_mib = box->options->mem_mib ?: VI915_BOX_MEM_MIB,
		.mem_dir = box->place.path,
		.in_memory = box->place.in_memory,
		.preload = box->files.memory,
		.writable = box->writable.paths,
		.cpu = box->slot.cpu,
		.log_fd = box->klog.fd,
		.link_fd = box->link.guest_fd,
	};

	return vi915_uml_start(&args);
}

static int vi915_box_start(struct vi915_box *box)
{
	box->signals = vi915_signals_open();
	if (box->signals < 0)
		return vi915_say("cannot have signals told: %s; raise the limit on open files (ulimit -n)",
				 strerror(errno));
	box->pid = vi915_qemu_runs(box->options->flavour) ?
			   vi915_box_start_qemu(box) :
			   vi915_box_start_uml(box);
	if (box->pid < 0)
		return vi915_say("cannot start a process for the box: %s; end others, or raise the limit on them (ulimit -u)",
				 strerror(errno));
	vi915_steps_reach(&box->steps, VI915_STEP_KERNEL);
	close(box->link.guest_fd);
	box->link.guest_fd = -1;
	if (box->tty)
		vi915_term_raw();
	return 0;
}

/* Drivers are loaded, so there may be files to write back and pictures to take. */
static bool vi915_box_has_begun(const struct vi915_box *box)
{
	return box->steps.at[box->options->session ? VI915_STEP_SESSION : VI915_STEP_MODULES];
}

/* Asks the guest to end all processes; the box is killed if it does not end in time. */
static void vi915_box_ask_to_end(struct vi915_box *box, const struct vi915_patience *patience)
{
	if (box->times.grace || !vi915_box_has_begun(box)) {
		box->times.grace = vi915_times_now();
		return;
	}
	vi915_times_told_to_end(&box->times, patience, box->options->shot, box->options->report);
	vi915_frame_put_u32(&box->link.out, VI915_FRAME_KILL, 0, patience->each_ms);
}

static void vi915_box_child_died(struct vi915_box *box)
{
	struct rusage usage;
	int status;

	if (wait4(box->pid, &status, WNOHANG, &usage) != box->pid ||
	    box->ending.kind != VI915_ENDING_NONE)
		return;
	box->ending.kind = VI915_ENDING_DIED;
	box->ending.status = status;
	box->ending.cpu_s = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec;
}

static void vi915_box_signals(struct vi915_box *box)
{
	struct signalfd_siginfo info;
	struct vi915_winsz winsz;

	while (read(box->signals, &info, sizeof(info)) == sizeof(info)) {
		switch (info.ssi_signo) {
		case SIGCHLD:
			vi915_box_child_died(box);
			break;
		case SIGCONT:
			/* We may be the foreground process group now; the next turn checks. */
			break;
		case SIGWINCH:
			if (!box->tty)
				break;
			vi915_term_winsz(&winsz);
			vi915_frame_put(&box->link.out, VI915_FRAME_WINSZ, 0,
					&winsz, sizeof(winsz));
			break;
		default:
			if (!box->ending.signal)
				box->ending.signal = info.ssi_signo;
			vi915_box_ask_to_end(box, &vi915_times_cancelled);
			break;
		}
	}
}

static void vi915_box_step(struct vi915_box *box, const struct vi915_frame *frame)
{
	bool ended = box->steps.at[VI915_STEP_ENDED];

	vi915_steps_frame(&box->steps, frame);
	if (!ended && box->steps.at[VI915_STEP_ENDED] && !box->times.grace)
		vi915_times_command_ended(&box->times);
}

static void vi915_box_hello(struct vi915_box *box, const struct vi915_frame *frame)
{
	box->spoken = true;
	box->times.boot = 0;
	if (vi915_frame_u32(frame) != VI915_PROTO_VERSION)
		box->ending.kind = VI915_ENDING_GARBLED;
	vi915_queue_put(&box->link.out, vi915_queue_head(&box->params),
			vi915_queue_len(&box->params));
}

static int vi915_box_data(struct vi915_box *box, const struct vi915_frame *frame)
{
	if (box->options->report)
		box->options->report->said(box->options->to, frame->stream, frame->data,
					   frame->len);
	return vi915_streams_frame(&box->streams, frame);
}

static int vi915_box_leaks(struct vi915_box *box, const struct vi915_frame *frame)
{
	if (!box->options->leaks ||
	    frame->len > VI915_BOX_MAX_LEAKS - vi915_queue_len(&box->ending.leaks))
		return -1;
	vi915_queue_put(&box->ending.leaks, frame->data, frame->len);
	return 0;
}

/* Acts on a frame that the guest may send; -1 when its content is impossible. */
static int vi915_box_frame(struct vi915_box *box,
			   const struct vi915_frame *frame)
{
	char text[sizeof(box->ending.reason)];

	switch (frame->type) {
	case VI915_FRAME_HELLO:
		vi915_box_hello(box, frame);
		return 0;
	case VI915_FRAME_FAIL:
		box->ending.kind = VI915_ENDING_FAILED;
		vi915_inbound_text(frame, box->ending.reason, sizeof(box->ending.reason));
		return 0;
	case VI915_FRAME_NOEXEC:
		box->ending.kind = VI915_ENDING_NOEXEC;
		box->ending.status = vi915_frame_u32(frame);
		return 0;
	case VI915_FRAME_EXIT:
		box->ending.kind = VI915_ENDING_EXITED;
		box->ending.status = vi915_frame_u32(frame);
		return 0;
	case VI915_FRAME_LEAKS:
		return vi915_box_leaks(box, frame);
	case VI915_FRAME_WARN:
		vi915_inbound_text(frame, text, sizeof(text));
		vi915_warn("%s", text);
		return 0;
	case VI915_FRAME_STEP:
		vi915_box_step(box, frame);
		return 0;
	case VI915_FRAME_SHOT:
	case VI915_FRAME_DOCUMENT:
	case VI915_FRAME_PIECE:
		return vi915_shots_frame(&box->shots, frame);
	case VI915_FRAME_DATA:
		return vi915_box_data(box, frame);
	default:
		return vi915_streams_frame(&box->streams, frame);
	}
}

/* Acts on the frames that have come, up to one that ends the box. */
static void vi915_box_frames(struct vi915_box *box)
{
	struct vi915_frame frame;
	int ret = 0;

	while (box->ending.kind == VI915_ENDING_NONE &&
	       (ret = vi915_frame_take(&box->link.in, &frame)) > 0) {
		ret = vi915_inbound_takes(&box->inbound, &frame) ?
			      vi915_box_frame(box, &frame) : -1;
		if (ret)
			break;
	}
	if (ret < 0 || (box->link.garbled && box->ending.kind == VI915_ENDING_NONE))
		box->ending.kind = VI915_ENDING_GARBLED;
}

/* The command has ended, but the box does not end in time. */
static void vi915_box_give_up(struct vi915_box *box)
{
	if (box->ending.kind == VI915_ENDING_NONE)
		box->ending.kind = VI915_ENDING_STUCK;
	else if (!vi915_streams_empty(&box->streams))
		box->streams.error = ETIMEDOUT;
	box->ending.after_s = VI915_TIMES_AFTER_MS / 1000;
	box->times.grace = vi915_times_now();
}

static void vi915_box_check_times(struct vi915_box *box)
{
	struct vi915_times *times = &box->times;

	if (vi915_times_passed(times->limit) && !box->ending.timed_out) {
		box->ending.timed_out = true;
		vi915_box_ask_to_end(box, &vi915_times_limited);
	}
	if (vi915_times_passed(times->after) && !times->grace)
		vi915_box_give_up(box);
	if (!vi915_times_passed(times->boot))
		return;
	/* A kernel that still logs is alive, however slow it is. */
	if (vi915_klog_has_grown(&box->klog)) {
		times->boot = vi915_times_now() + VI915_TIMES_BOOT_MS;
		return;
	}
	box->ending.kind = VI915_ENDING_SILENT;
	box->ending.status = VI915_TIMES_BOOT_MS / 1000;
}

/* True while the box runs, or output of it is still to be written. */
static bool vi915_box_goes_on(const struct vi915_box *box)
{
	if (vi915_times_passed(box->times.grace))
		return false;
	return box->ending.kind == VI915_ENDING_NONE ||
	       !vi915_streams_empty(&box->streams);
}

/* An error of this process ends the box too. */
static void vi915_box_fail(struct vi915_box *box, const char *what, int err)
{
	box->ending.kind = VI915_ENDING_HOST;
	snprintf(box->ending.reason, sizeof(box->ending.reason), "%s: %s; %s", what, strerror(err),
		 err == ENOMEM ? "free some of this machine's memory" :
				 "raise the limit on open files (ulimit -n)");
	box->times.grace = vi915_times_now();
}

static void vi915_box_turn(struct vi915_box *box)
{
	struct pollfd fds[4 + VI915_LINK_POLLFDS];
	int num = 4, ret;

	vi915_streams_poll(&box->streams, &box->link.out, fds);
	if (!box->spoken || box->ending.kind != VI915_ENDING_NONE)
		fds[0].fd = -1;
	fds[3] = (struct pollfd){ .fd = box->signals, .events = POLLIN };
	if (box->ending.kind == VI915_ENDING_NONE)
		num += vi915_link_poll(&box->link, fds + 4);

	if (poll(fds, num, vi915_times_next(&box->times)) < 0) {
		if (errno != EINTR)
			vi915_box_fail(box, "cannot wait for the box", errno);
		return;
	}

	if (num > 4) {
		ret = vi915_link_work(&box->link, fds + 4);
		if (ret) {
			vi915_box_fail(box, "cannot open the way to the box", -ret);
			return;
		}
		vi915_box_frames(box);
	}
	vi915_streams_work(&box->streams, &box->link.out, fds);
	if (fds[3].revents)
		vi915_box_signals(box);
	vi915_box_check_times(box);
}

/* Waits until the kernel's log has everything up to the command's end. */
static void vi915_box_settle_log(struct vi915_box *box)
{
	struct timespec moment = { .tv_nsec = 2000000 };
	int tries;

	for (tries = 0; tries < VI915_BOX_SETTLE_TRIES; tries++) {
		if ((!tries || vi915_klog_has_grown(&box->klog)) &&
		    vi915_klog_has(&box->klog, VI915_PROTO_END_MARK))
			return;
		if (!vi915_machine_lives(box->pid))
			return;
		nanosleep(&moment, NULL);
	}
}

/* The exit code for a command that has ended. */
static int vi915_box_status(const struct vi915_ending *ending)
{
	return WIFSIGNALED(ending->status) ? VI915_EXIT_SIGNAL + WTERMSIG(ending->status) :
					     WEXITSTATUS(ending->status);
}

static int vi915_box_judge(struct vi915_box *box)
{
	int shots, ret;

	box->ending.stream_error = box->streams.error;
	vi915_queue_put(&box->ending.leaks, "", 1);
	if (box->ending.kind == VI915_ENDING_NONE && vi915_box_has_begun(box) &&
	    (box->options->shot || box->options->report))
		vi915_warn("pictures and reports are not complete: the box was ended before all had come; give it more time");
	shots = vi915_shots_give(&box->shots, box->options);
	ret = vi915_verdict(&box->ending, box->options, &box->klog,
			    &box->place);
	vi915_vain_tell(&box->klog);
	vi915_verdict_note(&box->ending, &box->steps, &box->klog, ret);
	/* A command that failed is more than a picture that could not be written. */
	return ret ?: shots;
}

/* Called last, so that the report has every message. */
static int vi915_box_report(struct vi915_box *box, int ret)
{
	const struct vi915_ending *ending = &box->ending;
	const struct vi915_steps *steps = &box->steps;
	struct vi915_box_outcome outcome = {
		.ret = ret,
		.by_command = ending->kind == VI915_ENDING_EXITED && !ending->timed_out &&
			      !ending->signal && ret == vi915_box_status(ending),
		.seconds = vi915_steps_seconds(steps, VI915_STEP_COMMAND, VI915_STEP_ENDED),
		.total = vi915_steps_seconds(steps, VI915_STEP_BEGIN, VI915_STEP_GONE),
		.klog = box->klog.text,
		.klog_len = box->klog.len,
	};

	return box->options->report->end(box->options->to, &outcome);
}

static void vi915_box_take_down(struct vi915_box *box)
{
	if (box->ending.kind == VI915_ENDING_EXITED)
		vi915_box_settle_log(box);
	if (box->pid > 0)
		vi915_machine_kill(box->pid);
	vi915_term_restore();
}

static void vi915_box_fini(struct vi915_box *box)
{
	vi915_link_close(&box->link);
	vi915_streams_fini(&box->streams);
	vi915_shots_fini(&box->shots);
	vi915_queue_fini(&box->params);
	vi915_queue_fini(&box->ending.leaks);
	vi915_slot_release(&box->slot);
	vi915_session_fini(&box->session);
	vi915_writable_fini(&box->writable);
	if (box->signals >= 0)
		close(box->signals);
	if (box->klog.fd >= 0)
		vi915_klog_close(&box->klog);
}

/**
 * vi915_box_run() - run one command in a box of its own
 * @options: the command and the box's options
 *
 * Does not return when a signal asked us to end: once the box is gone, this process dies of the
 * same signal.
 *
 * Return: the exit code.
 */
int vi915_box_run(const struct vi915_box_options *options)
{
	struct vi915_box box = {
		.options = options,
		.slot = { .fd = -1 },
		.klog = { .fd = -1, .copy_fd = -1 },
		.link = { .listen_fd = -1, .guest_fd = -1, .stream_fd = -1,
			  .vhost.fd = -1, .vhost.request_fd = -1 },
		.signals = -1,
	};
	int ret;

	vi915_steps_begin(&box.steps, options->verbose);
	vi915_times_begin(&box.times, options->timeout_ms);
	vi915_streams_init(&box.streams);
	box.tty = !box.streams.closed && vi915_term_usable();

	ret = vi915_box_prepare(&box);
	if (!ret)
		ret = vi915_box_start(&box);
	if (!ret) {
		while (vi915_box_goes_on(&box))
			vi915_box_turn(&box);
		vi915_box_take_down(&box);
		ret = vi915_box_judge(&box);
	}

	vi915_steps_reach(&box.steps, VI915_STEP_GONE);
	if (options->report) {
		int report = vi915_box_report(&box, ret);

		ret = ret ?: report;
	}
	if (options->time)
		vi915_steps_print(&box.steps);
	vi915_box_fini(&box);
	if (box.ending.signal)
		vi915_signals_pass(box.ending.signal);
	return ret;
}
