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
#include "place.h"
#include "say.h"
#include "slot.h"
#include "start.h"
#include "streams.h"
#include "term.h"
#include "uml.h"

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

/* How a box comes to its end. */
enum vi915_box_end {
	VI915_BOX_RUNS,
	VI915_BOX_EXITED,	/* the command ended: @status */
	VI915_BOX_NOEXEC,	/* it could not be run: @status is an errno */
	VI915_BOX_FAILED,	/* the guest said @reason */
	VI915_BOX_DIED,		/* the kernel ended by itself: @status */
	VI915_BOX_SILENT,	/* it never spoke */
	VI915_BOX_GARBLED,	/* it spoke nonsense */
};

/**
 * struct vi915_box - one box
 * @options: what it is to be
 * @files: what it is made of
 * @place: where its memory lies
 * @slot: its CPU
 * @klog: what its kernel says
 * @link: the way to it
 * @params: frames that say what is wanted, until the guest is there to read
 * @streams: our stdin, stdout and stderr
 * @tty: the command has a terminal of its own
 * @signals: a signalfd
 * @pid: its kernel
 * @end: whether and how it has ended
 * @status: see @end
 * @reason: see @end
 * @leaks: kmemleak's report
 * @spoken: its first process has said something
 * @boot_deadline: when it must have
 * @deadline: when the time limit is reached, or 0
 * @grace_deadline: when to stop waiting for it to end in order, or 0
 * @signal: the signal that we were sent, or 0
 * @timed_out: the time limit was reached
 */
struct vi915_box {
	const struct vi915_box_options *options;
	struct vi915_files files;
	struct vi915_place place;
	struct vi915_slot slot;
	struct vi915_klog klog;
	struct vi915_link link;
	struct vi915_queue params;
	struct vi915_streams streams;
	bool tty;
	int signals;
	pid_t pid;
	enum vi915_box_end end;
	int status;
	char reason[1024];
	struct vi915_queue leaks;
	bool spoken;
	long long boot_deadline, deadline, grace_deadline;
	int signal;
	bool timed_out;
};

static long long vi915_box_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ll + ts.tv_nsec / 1000000;
}

/* Signals that end us are taken as they come; ignored ones stay ignored. */
static int vi915_box_open_signals(void)
{
	static const int ends[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
	struct sigaction action;
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGWINCH);
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (!sigaction(ends[i], NULL, &action) &&
		    action.sa_handler != SIG_IGN)
			sigaddset(&set, ends[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static int vi915_box_prepare(struct vi915_box *box)
{
	const struct vi915_box_options *options = box->options;
	unsigned long mem = options->mem_mib ?: VI915_BOX_MEM_MIB;
	char why[2048];
	int ret;

	ret = vi915_files_find(&box->files, options->flavour,
			       options->num_gpus > 0);
	if (ret)
		return ret;
	if (vi915_place_find(&box->place, mem, why, sizeof(why)))
		return vi915_say("no folder has room for the box's memory of %lu MiB: %s; free some, set TMPDIR to a folder with room, or ask for less with --mem",
				 mem, why);
	ret = vi915_klog_open(&box->klog, options->log);
	if (ret)
		return ret;
	ret = vi915_slot_take(&box->slot);
	if (ret)
		return ret;
	ret = vi915_link_open(&box->link, box->place.path);
	if (ret)
		return ret;
	return vi915_start_params(&box->params, options, &box->files,
				  &box->streams, box->tty);
}

static int vi915_box_start(struct vi915_box *box)
{
	struct vi915_uml_args args = {
		.kernel = box->files.kernel,
		.init = box->files.init,
		.mem_mib = box->options->mem_mib ?: VI915_BOX_MEM_MIB,
		.mem_dir = box->place.path,
		.cpu = box->slot.cpu,
		.log_fd = box->klog.fd,
		.link_fd = box->link.guest_fd,
	};

	signal(SIGPIPE, SIG_IGN);
	box->signals = vi915_box_open_signals();
	box->pid = vi915_uml_start(&args);
	if (box->pid < 0)
		return vi915_say("cannot start a process for the box: %s",
				 strerror(errno));
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
	vi915_frame_put(&box->link.out, VI915_FRAME_KILL, 0, NULL, 0);
}

static void vi915_box_child_died(struct vi915_box *box)
{
	int status;

	if (waitpid(box->pid, &status, WNOHANG) != box->pid ||
	    box->end != VI915_BOX_RUNS)
		return;
	box->end = VI915_BOX_DIED;
	box->status = status;
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
		case SIGWINCH:
			if (!box->tty)
				break;
			vi915_term_winsz(&winsz);
			vi915_frame_put(&box->link.out, VI915_FRAME_WINSZ, 0,
					&winsz, sizeof(winsz));
			break;
		default:
			if (!box->signal)
				box->signal = info.ssi_signo;
			vi915_box_ask_to_end(box);
			break;
		}
	}
}

static void vi915_box_fail(struct vi915_box *box, enum vi915_box_end end,
			   const char *reason, size_t len)
{
	box->end = end;
	snprintf(box->reason, sizeof(box->reason), "%.*s", (int)len, reason);
}

static void vi915_box_frame(struct vi915_box *box,
			    const struct vi915_frame *frame)
{
	switch (frame->type) {
	case VI915_FRAME_HELLO:
		box->spoken = true;
		if (vi915_frame_u32(frame) != VI915_PROTO_VERSION)
			vi915_box_fail(box, VI915_BOX_GARBLED, "", 0);
		vi915_queue_put(&box->link.out, vi915_queue_head(&box->params),
				vi915_queue_len(&box->params));
		break;
	case VI915_FRAME_FAIL:
		vi915_box_fail(box, VI915_BOX_FAILED, frame->data, frame->len);
		break;
	case VI915_FRAME_NOEXEC:
		box->end = VI915_BOX_NOEXEC;
		box->status = vi915_frame_u32(frame);
		break;
	case VI915_FRAME_EXIT:
		box->end = VI915_BOX_EXITED;
		box->status = vi915_frame_u32(frame);
		break;
	case VI915_FRAME_LEAKS:
		vi915_queue_put(&box->leaks, frame->data, frame->len);
		break;
	default:
		vi915_streams_frame(&box->streams, frame);
		break;
	}
}

static void vi915_box_check_times(struct vi915_box *box)
{
	long long now = vi915_box_now();

	if (box->deadline && now >= box->deadline && !box->timed_out) {
		box->timed_out = true;
		vi915_box_ask_to_end(box);
	}
	if (!box->spoken && now >= box->boot_deadline)
		vi915_box_fail(box, VI915_BOX_SILENT, "", 0);
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
	return box->end == VI915_BOX_RUNS ||
	       !vi915_streams_empty(&box->streams);
}

static void vi915_box_turn(struct vi915_box *box)
{
	struct pollfd fds[4 + VI915_LINK_POLLFDS];
	struct vi915_frame frame;
	int num = 4, ret;

	vi915_streams_poll(&box->streams, &box->link.out, fds);
	if (!box->spoken || box->end != VI915_BOX_RUNS)
		fds[0].fd = -1;
	fds[3] = (struct pollfd){ .fd = box->signals, .events = POLLIN };
	if (box->end == VI915_BOX_RUNS)
		num += vi915_link_poll(&box->link, fds + 4);

	if (poll(fds, num, vi915_box_next(box)) < 0 && errno != EINTR)
		return;

	if (num > 4) {
		vi915_link_work(&box->link, fds + 4);
		while ((ret = vi915_frame_take(&box->link.in, &frame)) > 0)
			vi915_box_frame(box, &frame);
		if (ret < 0)
			vi915_box_fail(box, VI915_BOX_GARBLED, "", 0);
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

static int vi915_box_log_hint(const struct vi915_box *box)
{
	if (box->options->log)
		return vi915_say("the kernel's log is %s", box->options->log);
	return vi915_say("say --log FILE to keep all of the kernel's log");
}

static int vi915_box_judge_death(struct vi915_box *box)
{
	struct vi915_klog_line line;

	if (vi915_klog_find_panic(&box->klog, &line)) {
		vi915_say("the box's kernel gave up: %.*s", (int)line.len,
			  line.text);
		vi915_klog_show_last(&box->klog, 20);
	} else if (vi915_place_free_mib(&box->place) < 4) {
		vi915_say("%s, which holds the box's memory, is full; free some, set TMPDIR to a folder with room, or ask for less with --mem",
			  box->place.path);
	} else if (WIFSIGNALED(box->status)) {
		vi915_say("the box's kernel was ended by signal %d (%s); if memory is short here, ask for less with --mem",
			  WTERMSIG(box->status),
			  strsignal(WTERMSIG(box->status)));
		vi915_klog_show_last(&box->klog, 5);
	} else {
		vi915_say("the box's kernel ended by itself with status %d; 'vi915 check' tells whether this machine can run a box",
			  WEXITSTATUS(box->status));
		vi915_klog_show_last(&box->klog, 5);
	}
	return vi915_box_log_hint(box);
}

static int vi915_box_judge_end(struct vi915_box *box)
{
	switch (box->end) {
	case VI915_BOX_EXITED:
		if (WIFSIGNALED(box->status))
			return VI915_EXIT_SIGNAL + WTERMSIG(box->status);
		return WEXITSTATUS(box->status);
	case VI915_BOX_NOEXEC:
		vi915_say("cannot run %s: %s", box->options->argv[0],
			  strerror(box->status));
		return box->status == ENOENT ? VI915_EXIT_NOT_FOUND :
					       VI915_EXIT_NOT_RUNNABLE;
	case VI915_BOX_FAILED:
		vi915_say("%s", box->reason);
		vi915_klog_show_last(&box->klog, 5);
		return vi915_box_log_hint(box);
	case VI915_BOX_DIED:
		return vi915_box_judge_death(box);
	case VI915_BOX_SILENT:
		vi915_say("the box did not start within %d s; 'vi915 check' tells whether this machine can run one",
			  VI915_BOX_BOOT_MS / 1000);
		vi915_klog_show_last(&box->klog, 5);
		return vi915_box_log_hint(box);
	case VI915_BOX_GARBLED:
		return vi915_say("command and box do not understand each other; build both again");
	case VI915_BOX_RUNS:
		break;
	}
	/* It was ended from outside before it said anything. */
	return VI915_EXIT_FAILED;
}

/* A kernel that complained spoils everything that came of it. */
static bool vi915_box_found_splat(struct vi915_box *box)
{
	struct vi915_klog_line line;

	if (vi915_klog_find_splat(&box->klog, &line)) {
		vi915_say("the box's kernel complained: %.*s", (int)line.len,
			  line.text);
		if (!box->options->log)
			vi915_klog_show(&box->klog, line.text, 40);
		vi915_box_log_hint(box);
		return true;
	}

	vi915_queue_put(&box->leaks, "", 1);
	if (!vi915_klog_find_leak(vi915_queue_head(&box->leaks), "vi915",
				  &line))
		return false;
	vi915_say("vi915 lost memory: %.*s", (int)line.len, line.text);
	if (!box->options->log)
		fprintf(stderr, "%s", vi915_queue_head(&box->leaks));
	vi915_box_log_hint(box);
	return true;
}

static int vi915_box_judge(struct vi915_box *box)
{
	int ret;

	vi915_klog_append(&box->klog, vi915_queue_head(&box->leaks),
			  vi915_queue_len(&box->leaks));
	vi915_klog_load(&box->klog);

	ret = vi915_box_judge_end(box);
	if (box->timed_out) {
		vi915_say("the time limit of %g s was reached",
			  box->options->timeout_ms / 1000.0);
		ret = VI915_EXIT_TIMEOUT;
	}
	if (box->streams.error)
		ret = vi915_say("cannot pass on what the command wrote: %s",
				strerror(box->streams.error));
	if (box->end != VI915_BOX_DIED && box->end != VI915_BOX_FAILED &&
	    vi915_box_found_splat(box))
		ret = VI915_EXIT_FAILED;
	return ret;
}

static void vi915_box_take_down(struct vi915_box *box)
{
	if (box->end == VI915_BOX_EXITED)
		vi915_box_settle_log(box);
	if (box->pid > 0)
		vi915_uml_kill(box->pid);
	vi915_term_restore();
}

static void vi915_box_fini(struct vi915_box *box)
{
	vi915_link_close(&box->link);
	vi915_streams_fini(&box->streams);
	vi915_queue_fini(&box->params);
	vi915_queue_fini(&box->leaks);
	vi915_slot_release(&box->slot);
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
		.link = { .listen_fd = -1, .guest_fd = -1, .vhost.fd = -1, .vhost.request_fd = -1 },
		.signals = -1,
		.boot_deadline = vi915_box_now() + VI915_BOX_BOOT_MS,
	};
	int ret;

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
		if (box.end == VI915_BOX_RUNS && (box.signal || box.timed_out))
			ret = box.timed_out ? VI915_EXIT_TIMEOUT : 0;
		else
			ret = vi915_box_judge(&box);
	}

	vi915_box_fini(&box);
	if (box.signal)
		vi915_box_pass_signal(box.signal);
	return ret;
}
