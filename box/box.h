/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_BOX_H
#define VI915_BOX_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct vi915_box_outcome - how a run went
 * @ret: the exit code
 * @by_command: it is the command's own, or of the signal that ended it
 * @seconds: how long the command ran, or 0 when that is not known
 * @total: how long all of it took, in seconds
 * @klog: what the kernel said, NULL when it said nothing
 * @klog_len: bytes of that
 */
struct vi915_box_outcome {
	int ret;
	bool by_command;
	double seconds, total;
	const char *klog;
	size_t klog_len;
};

/**
 * struct vi915_box_report - what makes a report of a run
 * @said: the command has written to its stdout (1) or stderr (2)
 * @document: a file that the guest has made: graph.json or gpus.json
 * @end: the box is gone, and this is all; returns 0, or the exit code after
 *	saying what is wrong
 */
struct vi915_box_report {
	void (*said)(void *to, int stream, const char *bytes, size_t len);
	void (*document)(void *to, const char *name, const char *bytes, size_t len);
	int (*end)(void *to, const struct vi915_box_outcome *outcome);
};

/**
 * struct vi915_box_options - what a box is to be
 * @argv: the command and its arguments, NULL-terminated
 * @flavour: which kernel: "fast", "debug" or "stock"
 * @gpus: vi915.ko's gpus= parameter
 * @peers: other drivers, NULL-terminated, or NULL
 * @rw: paths to be writable besides the current folder, NULL-terminated, or
 *	NULL
 * @log: file for what the kernel says, or NULL
 * @timeout_ms: time limit for all of it; 0 for none
 * @mem_mib: the guest's memory; 0 for the usual
 * @leaks: look for leaks of vi915 afterwards
 * @privileged: root inside may do all that a kernel lets root do
 * @session: surround the command with what a desktop needs
 * @verbose: tell what is done
 * @time: tell where the time went
 * @shot: takes a picture of an output as it was at the end: what it is called,
 *	as gpu0-HDMI-A-1, and a binary PPM; returns 0, or the exit code after
 *	saying what is wrong. NULL when nobody wants pictures
 * @report: what makes a report of the run, or NULL
 * @to: given to @shot, and to what @report has
 */
struct vi915_box_options {
	char **argv;
	const char *flavour;
	const char *gpus;
	char **peers;
	char **rw;
	const char *log;
	long long timeout_ms;
	unsigned long mem_mib;
	bool leaks;
	bool privileged;
	bool session;
	bool verbose;
	bool time;
	int (*shot)(void *to, const char *name, const char *ppm, size_t len);
	const struct vi915_box_report *report;
	void *to;
};

/* What a guest gets when nobody says anything. */
#define VI915_BOX_MEM_MIB 1024
/* Below this the kernel does not come up. */
#define VI915_BOX_MIN_MEM_MIB 64

int vi915_box_run(const struct vi915_box_options *options);

#endif
