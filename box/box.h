/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_BOX_H
#define VI915_BOX_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct vi915_box_outcome - how a run went
 * @ret: the exit code
 * @by_command: @ret is the command's own, or for the signal that ended it
 * @seconds: how long the command ran, or 0 when that is not known
 * @total: how long the whole run took, in seconds
 * @klog: the kernel's log, NULL when it is empty
 * @klog_len: bytes of @klog
 */
struct vi915_box_outcome {
	int ret;
	bool by_command;
	double seconds, total;
	const char *klog;
	size_t klog_len;
};

/**
 * struct vi915_box_report - callbacks that make a report of a run
 * @said: called for output of the command on its stdout (1) or stderr (2)
 * @document: called for a file that the guest has made: graph.json or gpus.json
 * @end: called last, when the box is gone; returns 0, or the exit code after printing an error
 */
struct vi915_box_report {
	void (*said)(void *to, int stream, const char *bytes, size_t len);
	void (*document)(void *to, const char *name, const char *bytes, size_t len);
	int (*end)(void *to, const struct vi915_box_outcome *outcome);
};

/**
 * struct vi915_box_options - the command and the box it wants
 * @argv: the command and its arguments, NULL-terminated
 * @flavour: which kernel: "fast", "debug" or "stock"
 * @gpus: vi915.ko's gpus= parameter
 * @peers: other drivers, NULL-terminated, or NULL
 * @rw: paths to be writable besides the current folder, NULL-terminated, or
 *	NULL
 * @log: file for the kernel's log, or NULL
 * @timeout_ms: time limit for the whole run; 0 for none
 * @mem_mib: the guest's memory; 0 for VI915_BOX_MEM_MIB
 * @leaks: look for leaks of vi915 afterwards
 * @privileged: root inside keeps all its capabilities
 * @session: surround the command with what a desktop needs
 * @verbose: print each step
 * @time: print where the time went
 * @shot: called with the last picture of each output: a name such as gpu0-HDMI-A-1, and a binary
 *	PPM; returns 0, or the exit code after printing an error. NULL for no pictures
 * @report: callbacks that make a report of the run, or NULL
 * @to: passed to @shot and to the callbacks of @report
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

/* Default size of the guest's memory. */
#define VI915_BOX_MEM_MIB 1024
/* With less the kernel does not boot. */
#define VI915_BOX_MIN_MEM_MIB 64

int vi915_box_run(const struct vi915_box_options *options);

#endif
