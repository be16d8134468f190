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
#include "klog.h"
#include "link.h"
#include "machine.h"
#include "place.h"
#include "qemu.h"
#include "say.h"
#include "session.h"
#include "shots.h"
#include "slot.h"
#include "start.h"
#include "steps.h"
#include "streams.h"
#include "term.h"
#include "uml.h"
#include "verdict.h"

/**
 * DOC: one box's life
 *
 * prepare (find the parts, a folder for the memory, a CPU), start the kernel,
 * turn the loop until the guest has said how the command ended and everything
 * it wrote is passed on, kill the kernel, judge its log.
 *
 * However it ends, the same few lines at the end of vi915_box_run() take
 * everything down again.
 */

/* How long a guest may take until its first process speaks. */
#define VI915_BOX_BOOT_MS 120000
/* How long it may take to end what runs in it and to write back. */
#define VI915_BOX_GRACE_MS 3000
/* And, before that, to send pictures of its outputs. */
#define VI915_BOX_SHOTS_MS 2500
/* And what else there is to know. */
#define VI915_BOX_REPORT_MS 4500

/**
 * struct vi915_box - one box
 * @options: what it is to be
 * @steps: how far it has come
 * @files: what it is made of
 * @session: a desktop's surroundings, when they are wanted
 * @place: where its memory lies
 * @slot: its CPU
 * @klog: what its kernel says
 * @link: the way to it
 * @params: frames that say what is wanted, until the guest is there to read
 * @streams: our stdin, stdout and stderr
 * @shots: pictures that it has sent
 * @tty: the command has a terminal of its own
 * @signals: a signalfd
 * @pid: its kernel
 * @ending: whether and how it has ended
 * @spoken: its first process has said something
 * @boot_deadline: when it must have
 * @deadline: when the time limit is reached, or 0
 * @grace_deadline: when to stop waiting for it to end in order, or 0
 */
struct vi915_box {
	const struct vi915_box_options *options;
	struct vi915_steps steps;
	struct vi915_files files;
	struct vi915_session session;
	struct vi915_place place;
	struct vi915_slot slot;
	struct vi915_klog klog;
	struct vi915_link link;
	struct vi915_queue params;
	struct vi915_streams streams;
	struct vi915_shots shots;
	bool tty;
	int signals;
	pid_t pid;
	struct vi915_ending ending;
	bool spoken;
	long long boot_deadline, deadline, grace_deadline;
};

static long long vi915_box_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ll + ts.tv_nsec / 1000000;
}

/*
 * SIGINT and SIGTERM always end the box: shells that are not interactive start
 * what runs in the background with SIGINT ignored, and a box must not be left
 * behind by that. The others stay ignored when they are, as nohup(1) wants it.
 */
static int vi915_box_open_signals(void)
{
	static const int ends[] = { SIGHUP, SIGQUIT };
	struct sigaction action;
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGCONT);
	sigaddset(&set, SIGWINCH);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	/* What is ignored is dropped before it could be read. */
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (!sigaction(ends[i], NULL, &action) &&
		    action.sa_handler != SIG_IGN)
			sigaddset(&set, ends[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

/* A folder for the memory, a CPU, a device: what QEMU sees to by itself. */
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
	int ret;

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
	ret = vi915_qemu_runs(options->flavour) ?
		      vi915_link_open_stream(&box->link) :
		      vi915_box_prepare_uml(box);
	if (ret)
		return ret;
	vi915_box_tell_prepared(box);
	return vi915_start_params(&box->params, options, &box->files,
				  options->session ? &box->session : NULL,
				  &box->streams, box->tty);
}

static pid_t vi915_box_start_qemu(struct vi915_box *box)
{
	const struct vi915_qemu_args args = {
		.kernel = box->files.kernel,
		.initrd = box->files.initrd,
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
		.preload = box->place.in_memory ? box->files.memory : NULL,
		.cpu = box->slot.cpu,
		.log_fd = box->klog.fd,
		.link_fd = box->link.guest_fd,
	};

	return vi915_uml_start(&args);
}

static int vi915_box_start(struct vi915_box *box)
{
	signal(SIGPIPE, SIG_IGN);
	box->signals = vi915_box_open_signals();
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

/* Asks the guest to end everything; it is killed if it does not soon. */
static void vi915_box_ask_to_end(struct vi915_box *box)
{
	long long now = vi915_box_now();

	/* Asked twice, or before there is anything to write back. */
	if (box->grace_deadline || !box->spoken) {
		box->grace_deadline = now;
		return;
	}
	box->grace_deadline = now + VI915_BOX_GRACE_MS;
	if (box->options->shot)
		box->grace_deadline += VI915_BOX_SHOTS_MS;
	if (box->options->report)
		box->grace_deadline += VI915_BOX_REPORT_MS;
	vi915_frame_put(&box->link.out, VI915_FRAME_KILL, 0, NULL, 0);
}

static void vi915_box_child_died(struct vi915_box *box)
{
	int status;

	if (waitpid(box->pid, &status, WNOHANG) != box->pid ||
	    box->ending.kind != VI915_ENDING_NONE)
		return;
	box->ending.kind = VI915_ENDING_DIED;
	box->ending.status = status;
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
			/* We may be in front now; the next turn sees. */
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
			vi915_box_ask_to_end(box);
			break;
		}
	}
}

static void vi915_box_frame(struct vi915_box *box,
			    const struct vi915_frame *frame)
{
	switch (frame->type) {
	case VI915_FRAME_HELLO:
		box->spoken = true;
		if (vi915_frame_u32(frame) != VI915_PROTO_VERSION)
			box->ending.kind = VI915_ENDING_GARBLED;
		vi915_queue_put(&box->link.out, vi915_queue_head(&box->params),
				vi915_queue_len(&box->params));
		break;
	case VI915_FRAME_FAIL:
		box->ending.kind = VI915_ENDING_FAILED;
		snprintf(box->ending.reason, sizeof(box->ending.reason),
			 "%.*s", (int)frame->len, frame->data);
		break;
	case VI915_FRAME_NOEXEC:
		box->ending.kind = VI915_ENDING_NOEXEC;
		box->ending.status = vi915_frame_u32(frame);
		break;
	case VI915_FRAME_EXIT:
		box->ending.kind = VI915_ENDING_EXITED;
		box->ending.status = vi915_frame_u32(frame);
		break;
	case VI915_FRAME_LEAKS:
		vi915_queue_put(&box->ending.leaks, frame->data, frame->len);
		break;
	case VI915_FRAME_WARN:
		vi915_say("%.*s", (int)frame->len, frame->data);
		break;
	case VI915_FRAME_STEP:
		vi915_steps_frame(&box->steps, frame);
		break;
	case VI915_FRAME_SHOT:
	case VI915_FRAME_DOCUMENT:
	case VI915_FRAME_PIECE:
		vi915_shots_frame(&box->shots, frame);
		break;
	case VI915_FRAME_DATA:
		if (box->options->report)
			box->options->report->said(box->options->to, frame->stream, frame->data,
						   frame->len);
		vi915_streams_frame(&box->streams, frame);
		break;
	default:
		vi915_streams_frame(&box->streams, frame);
		break;
	}
}

static void vi915_box_check_times(struct vi915_box *box)
{
	long long now = vi915_box_now();

	if (box->deadline && now >= box->deadline && !box->ending.timed_out) {
		box->ending.timed_out = true;
		vi915_box_ask_to_end(box);
	}
	if (!box->spoken && now >= box->boot_deadline) {
		box->ending.kind = VI915_ENDING_SILENT;
		box->ending.status = VI915_BOX_BOOT_MS / 1000;
	}
}

/* Milliseconds until something must be looked at, for poll(). */
static int vi915_box_next(const struct vi915_box *box)
{
	long long next = box->grace_deadline;

	if (!next && box->deadline)
		next = box->deadline;
	if (!box->spoken && (!next || box->boot_deadline < next))
		next = box->boot_deadline;
	if (!next)
		return -1;
	next -= vi915_box_now();
	return next > 0 ? next : 0;
}

/* True while there is something to wait for. */
static bool vi915_box_goes_on(const struct vi915_box *box)
{
	if (box->grace_deadline && vi915_box_now() >= box->grace_deadline)
		return false;
	return box->ending.kind == VI915_ENDING_NONE ||
	       !vi915_streams_empty(&box->streams);
}

static void vi915_box_turn(struct vi915_box *box)
{
	struct pollfd fds[4 + VI915_LINK_POLLFDS];
	struct vi915_frame frame;
	int num = 4, ret;

	vi915_streams_poll(&box->streams, &box->link.out, fds);
	if (!box->spoken || box->ending.kind != VI915_ENDING_NONE)
		fds[0].fd = -1;
	fds[3] = (struct pollfd){ .fd = box->signals, .events = POLLIN };
	if (box->ending.kind == VI915_ENDING_NONE)
		num += vi915_link_poll(&box->link, fds + 4);

	if (poll(fds, num, vi915_box_next(box)) < 0 && errno != EINTR)
		return;

	if (num > 4) {
		vi915_link_work(&box->link, fds + 4);
		while ((ret = vi915_frame_take(&box->link.in, &frame)) > 0)
			vi915_box_frame(box, &frame);
		if (ret < 0)
			box->ending.kind = VI915_ENDING_GARBLED;
	}
	vi915_streams_work(&box->streams, &box->link.out, fds);
	if (fds[3].revents)
		vi915_box_signals(box);
	vi915_box_check_times(box);
}

/* Until the kernel has passed on what it said before the command's end. */
static void vi915_box_settle_log(struct vi915_box *box)
{
	struct timespec moment = { .tv_nsec = 2000000 };
	int tries;

	for (tries = 0; tries < 500; tries++) {
		if (vi915_klog_has(&box->klog, VI915_PROTO_END_MARK))
			return;
		nanosleep(&moment, NULL);
	}
}

/* The exit code that a command that has ended makes. */
static int vi915_box_status(const struct vi915_ending *ending)
{
	return WIFSIGNALED(ending->status) ? VI915_EXIT_SIGNAL + WTERMSIG(ending->status) :
					     WEXITSTATUS(ending->status);
}

static void vi915_box_tell_end(const struct vi915_box *box, int ret)
{
	const struct vi915_ending *ending = &box->ending;
	const struct vi915_steps *steps = &box->steps;
	struct vi915_klog_line line;

	if (ending->kind != VI915_ENDING_EXITED)
		vi915_steps_note(steps, "end", "the command was not seen to end");
	else if (WIFSIGNALED(ending->status))
		vi915_steps_note(steps, "end", "signal %d (%s)", WTERMSIG(ending->status),
				 strsignal(WTERMSIG(ending->status)));
	else
		vi915_steps_note(steps, "end", "the command's status is %d",
				 WEXITSTATUS(ending->status));
	vi915_steps_note(steps, "log", "%zu bytes, %s", box->klog.len,
			 vi915_klog_find_splat(&box->klog, &line) ? "with a complaint" :
								  "no complaint");
	vi915_steps_note(steps, "exit", "%d", ret);
}

static int vi915_box_judge(struct vi915_box *box)
{
	int shots = vi915_shots_give(&box->shots, box->options), ret;

	box->ending.stream_error = box->streams.error;
	vi915_queue_put(&box->ending.leaks, "", 1);
	/* What a report gives as the reason is what is said from here on. */
	vi915_said_forget();
	ret = vi915_verdict(&box->ending, box->options, &box->klog,
			    &box->place);
	vi915_box_tell_end(box, ret);
	/* A command that failed is more than a picture that is not there. */
	return ret ?: shots;
}

/* After all has been said that there is to say. */
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
	if (box->signals >= 0)
		close(box->signals);
	if (box->klog.fd >= 0)
		vi915_klog_close(&box->klog);
}

/* So that who waits for us sees what ended us. */
static void vi915_box_pass_signal(int signal_number)
{
	sigset_t set;

	signal(signal_number, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, signal_number);
	raise(signal_number);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

/**
 * vi915_box_run() - run one command in a box of its own
 * @options: which, and what box
 *
 * Does not return when a signal asked us to end: we then die of it, once the
 * box is gone.
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
		.boot_deadline = vi915_box_now() + VI915_BOX_BOOT_MS,
	};
	int ret;

	vi915_steps_begin(&box.steps, options->verbose);
	if (options->timeout_ms)
		box.deadline = vi915_box_now() + options->timeout_ms;
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
		vi915_box_pass_signal(box.ending.signal);
	return ret;
}
