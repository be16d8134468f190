// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "box.h"
#include "klog.h"
#include "hostlimits.h"
#include "place.h"
#include "say.h"
#include "steps.h"
#include "verdict.h"

/* With less free than this, the box probably died because its memory's place was full. */
#define VI915_VERDICT_FULL_MIB 4
/* Lines of the kernel's log that go to stderr. */
#define VI915_VERDICT_SPLAT_LINES 40
#define VI915_VERDICT_FAIL_LINES 5

static int vi915_verdict_log_hint(const struct vi915_box_options *options)
{
	if (options->log)
		return vi915_say("the kernel's log is in %s", options->log);
	return vi915_say("say --log FILE to keep all of the kernel's log");
}

/* Describes a resource that the host refused, and how to get more; false if there is none. */
static bool vi915_verdict_refused(const struct vi915_klog *klog, char *text, size_t size)
{
	bool mappings = vi915_klog_lacked_mappings(klog);

	if (mappings && vi915_limits_address_space())
		snprintf(text, size, "the box reached the limit on address space (ulimit -v); raise it");
	else if (mappings)
		snprintf(text, size, "the box reached this machine's limit on mappings, vm.max_map_count, of %lu: it takes one for each page that lies alone; as root: sysctl vm.max_map_count=%d",
			 vi915_limits_max_maps(), VI915_LIMITS_MANY_MAPS);
	else if (vi915_klog_lacked_processes(klog))
		snprintf(text, size, "the box reached the limit on processes, of which it takes one for each in it; end others, or raise the user's (ulimit -u) and the container's");
	else
		return false;
	return true;
}

/* True when the limit on processor time ended the kernel. */
static bool vi915_verdict_used_cpu(const struct vi915_ending *ending)
{
	unsigned long cpu_s = vi915_limits_cpu();

	if (!WIFSIGNALED(ending->status) || !cpu_s)
		return false;
	return WTERMSIG(ending->status) == SIGXCPU ||
	       (WTERMSIG(ending->status) == SIGKILL && ending->cpu_s + 1 >= (long)cpu_s);
}

/* @refused need not be the cause of the end; then it is only mentioned. */
static int vi915_verdict_died(const struct vi915_ending *ending,
			      const struct vi915_box_options *options,
			      const struct vi915_klog *klog,
			      const struct vi915_place *place, const char *refused)
{
	struct vi915_klog_line panic, first;
	int signal = WTERMSIG(ending->status);

	if (vi915_klog_has_bus_error(klog) ||
	    (*place->path &&
	     vi915_place_free_mib(place) < VI915_VERDICT_FULL_MIB)) {
		vi915_say("%s, which holds the box's memory, ran full; free some, set TMPDIR to a folder with room, or ask for less with --mem",
			  place->in_memory ? "this machine's memory" : place->path);
	} else if (vi915_verdict_used_cpu(ending)) {
		return vi915_say("the box's kernel reached the limit on processor time of %lu s (ulimit -t); raise it",
				 vi915_limits_cpu());
	} else if (vi915_klog_find_panic(klog, &panic)) {
		vi915_say("the box's kernel gave up: %.*s%s%s", (int)panic.len, panic.text,
			  *refused ? "; before that, " :
			  memmem(panic.text, panic.len, "memory", strlen("memory")) ?
				  "; give the box more memory with --mem" : "", refused);
		/* An earlier complaint mostly tells more than the panic. */
		if (!options->log && vi915_klog_find_splat(klog, &first))
			vi915_klog_show(klog, first.text,
					VI915_VERDICT_SPLAT_LINES);
	} else if (*refused && !WIFSIGNALED(ending->status)) {
		return vi915_say("%s", refused);
	} else if (WIFSIGNALED(ending->status)) {
		vi915_say("the box's kernel was ended by signal %d (%s); if memory is short here, ask for less with --mem",
			  signal, strsignal(signal));
	} else {
		vi915_say("the box's kernel ended by itself with status %d; 'vi915 check' tells whether this machine can run a box",
			  WEXITSTATUS(ending->status));
		if (!options->log)
			vi915_klog_show_last(klog, VI915_VERDICT_FAIL_LINES);
	}
	return vi915_verdict_log_hint(options);
}

static const char *vi915_verdict_noexec_remedy(int err)
{
	switch (err) {
	case ENOENT:
		return "name a program that is there, in a box too: /tmp and /run are empty there";
	case EACCES:
		return "name a file that is a program and that this user may execute";
	case ENOEXEC:
		return "give the script a first line with its interpreter, as #!/bin/sh";
	case ENOMEM:
		return "give the box more memory with --mem";
	default:
		return "see whether it runs without a box";
	}
}

static int vi915_verdict_end(const struct vi915_ending *ending,
			     const struct vi915_box_options *options,
			     const struct vi915_klog *klog,
			     const struct vi915_place *place, const char *refused)
{
	switch (ending->kind) {
	case VI915_ENDING_EXITED:
		if (WIFSIGNALED(ending->status))
			return VI915_EXIT_SIGNAL + WTERMSIG(ending->status);
		return WEXITSTATUS(ending->status);
	case VI915_ENDING_NOEXEC:
		vi915_say("cannot run %s: %s; %s", options->argv[0], strerror(ending->status),
			  vi915_verdict_noexec_remedy(ending->status));
		return ending->status == ENOENT ? VI915_EXIT_NOT_FOUND :
						  VI915_EXIT_NOT_RUNNABLE;
	case VI915_ENDING_FAILED:
		vi915_say("%s%s", ending->reason,
			  strchr(ending->reason, ';') ?
				  "" : "; 'vi915 check' tells what this machine lacks");
		if (!options->log)
			vi915_klog_show_last(klog, VI915_VERDICT_FAIL_LINES);
		return vi915_verdict_log_hint(options);
	case VI915_ENDING_HOST:
		return vi915_say("%s", ending->reason);
	case VI915_ENDING_DIED:
		return vi915_verdict_died(ending, options, klog, place, refused);
	case VI915_ENDING_SILENT:
		vi915_say("the box did not start within %d s; 'vi915 check' tells whether this machine can run one",
			  ending->status);
		if (!options->log)
			vi915_klog_show_last(klog, VI915_VERDICT_FAIL_LINES);
		return vi915_verdict_log_hint(options);
	case VI915_ENDING_STUCK:
		vi915_say("the command has ended, but the box was not done within %d s after it; see in the kernel's log what does not end",
			  ending->after_s);
		return vi915_verdict_log_hint(options);
	case VI915_ENDING_GARBLED:
		return vi915_say("the command and the box do not understand each other; build both again with 'make'");
	case VI915_ENDING_NONE:
		break;
	}
	return VI915_EXIT_FAILED;
}

/* After a complaint of the kernel no result of the run can be trusted. */
static bool vi915_verdict_splat(const struct vi915_box_options *options,
				const struct vi915_klog *klog)
{
	struct vi915_klog_line line;

	if (!vi915_klog_find_splat(klog, &line))
		return false;
	vi915_say("the box's kernel complained: %.*s", (int)line.len,
		  line.text);
	if (!options->log)
		vi915_klog_show(klog, line.text, VI915_VERDICT_SPLAT_LINES);
	vi915_verdict_log_hint(options);
	return true;
}

/* @leaks ends with a NUL. */
static bool vi915_verdict_leak(const struct vi915_box_options *options,
			       const char *leaks)
{
	struct vi915_klog_line line;

	if (!vi915_klog_find_leak(leaks, "vi915", &line))
		return false;
	vi915_say("vi915 lost memory: %.*s", (int)line.len, line.text);
	for (; !options->log && *leaks; leaks += strcspn(leaks, "\n"), leaks += !!*leaks)
		vi915_tell("%.*s", (int)strcspn(leaks, "\n"), leaks);
	vi915_verdict_log_hint(options);
	return true;
}

/* The process killed for lack of memory may not have been the command, so only warn. */
static void vi915_verdict_warn_killed(const struct vi915_ending *ending,
				      const struct vi915_klog *klog)
{
	struct vi915_klog_line line;
	const char *name_end;

	if (ending->kind == VI915_ENDING_DIED || !vi915_klog_find_killed(klog, &line))
		return;
	name_end = memchr(line.text, ')', line.len);
	vi915_warn("the box's kernel says: %.*s; give it more memory with --mem",
		   (int)(name_end ? name_end + 1 - line.text : (long)line.len), line.text);
}

/* A command that lost one of its processes has no valid result. */
static bool vi915_verdict_lost_process(const struct vi915_ending *ending,
				       const struct vi915_box_options *options,
				       const struct vi915_klog *klog)
{
	if (ending->kind == VI915_ENDING_DIED || !vi915_klog_lost_process(klog))
		return false;
	if (vi915_limits_cpu()) {
		vi915_say("a process of the box reached the limit on processor time of %lu s (ulimit -t); raise it",
			  vi915_limits_cpu());
		return true;
	}
	vi915_say("this machine ended a process of the box; see in its kernel's log whether memory is short, and ask for less with --mem");
	vi915_verdict_log_hint(options);
	return true;
}

/**
 * vi915_verdict() - judge how a box ended, and print the messages about it
 * @ending: how it ended
 * @options: its options
 * @klog: the kernel's log; kmemleak's report is appended to it
 * @place: the place of its memory
 *
 * Return: the exit code.
 */
int vi915_verdict(const struct vi915_ending *ending,
		  const struct vi915_box_options *options,
		  struct vi915_klog *klog, const struct vi915_place *place)
{
	int ret = VI915_EXIT_FAILED;
	char refused[512] = "";
	const char *leaks = vi915_queue_head(&ending->leaks);
	size_t leaks_len = vi915_queue_len(&ending->leaks) - 1;

	vi915_klog_append(klog, leaks, leaks_len);
	vi915_klog_load(klog);

	if (vi915_verdict_refused(klog, refused, sizeof(refused)) &&
	    (ending->kind == VI915_ENDING_EXITED || ending->timed_out))
		/* The box went on after the refusal. */
		vi915_warn("calls failed in the box, or processes were killed: %s", refused);
	vi915_verdict_warn_killed(ending, klog);
	if (ending->signal == SIGXCPU)
		vi915_say("vi915 reached the limit on processor time (ulimit -t); raise it");
	if (ending->timed_out)
		vi915_say("the time limit of %g s was reached; give it more with --timeout%s",
			  options->timeout_ms / 1000.0,
			  options->report ? "" : ", or see with --report DIR what it waits for");
	else if (*refused && (ending->kind == VI915_ENDING_NOEXEC ||
			      ending->kind == VI915_ENDING_FAILED))
		vi915_say("%s", refused);
	else if (!ending->signal || ending->kind != VI915_ENDING_NONE)
		ret = vi915_verdict_end(ending, options, klog, place, refused);
	if (ending->timed_out)
		ret = VI915_EXIT_TIMEOUT;
	if (ending->stream_error)
		ret = vi915_say("cannot pass on what the command wrote: %s; see where stdout and stderr lead",
				strerror(ending->stream_error));
	/* A panic, or the failure to start the box, is printed already. */
	if (ending->kind != VI915_ENDING_DIED &&
	    ending->kind != VI915_ENDING_FAILED &&
	    vi915_verdict_splat(options, klog))
		ret = VI915_EXIT_FAILED;
	if (vi915_verdict_lost_process(ending, options, klog))
		ret = VI915_EXIT_FAILED;
	if (vi915_verdict_leak(options, leaks))
		ret = VI915_EXIT_FAILED;
	return ret;
}

/**
 * vi915_verdict_note() - print how a box ended if --verbose is given
 * @ending: how it ended
 * @steps: the box's steps
 * @klog: the kernel's log
 * @ret: the exit code
 */
void vi915_verdict_note(const struct vi915_ending *ending, const struct vi915_steps *steps,
			const struct vi915_klog *klog, int ret)
{
	struct vi915_klog_line line;

	if (ending->kind != VI915_ENDING_EXITED)
		vi915_steps_note(steps, "end", "the command was not seen to end");
	else if (WIFSIGNALED(ending->status))
		vi915_steps_note(steps, "end", "signal %d (%s)", WTERMSIG(ending->status),
				 strsignal(WTERMSIG(ending->status)));
	else
		vi915_steps_note(steps, "end", "the command's status is %d",
				 WEXITSTATUS(ending->status));
	vi915_steps_note(steps, "log", "%zu bytes, %s", klog->len,
			 vi915_klog_find_splat(klog, &line) ? "with a complaint" :
								  "no complaint");
	vi915_steps_note(steps, "exit", "%d", ret);
}
