/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_REPORT_H
#define VI915_REPORT_H

#include <limits.h>
#include <stdbool.h>
#include <time.h>

#include "box/box.h"
#include "outfile.h"
#include "results.h"
#include "tail.h"
#include "tap.h"

struct json_object;

/**
 * struct vi915_report - the report of a run
 * @dir: its folder, without a path when there is no --report
 * @shots: the folder in @dir for pictures
 * @shots_path: path of @shots
 * @box: options of the box
 * @command: the command and its arguments, as one string
 * @started: time when it began
 * @tap: the command's stdout, read as TAP
 * @tails: the ends of its stdout and stderr (index 1 and 2)
 * @graph: the model of shared buffers at the end, or NULL if it did not come
 * @gpus: the model of the GPUs at the end, or NULL if it did not come
 * @pictures: the pictures' names, as gpu0-HDMI-A-1, one after the other, each ended by a NUL
 * @outcome: how the run went
 * @results: the results, test by test
 */
struct vi915_report {
	struct vi915_outdir dir, shots;
	char shots_path[PATH_MAX];
	const struct vi915_box_options *box;
	char *command;
	time_t started;
	struct vi915_tap tap;
	struct vi915_tail tails[3];
	struct json_object *graph, *gpus;
	struct vi915_queue pictures;
	struct vi915_box_outcome outcome;
	struct vi915_results results;
};

int vi915_report_open(struct vi915_report *report, const char *dir);
int vi915_report_begin(struct vi915_report *report, const struct vi915_box_options *box);
void vi915_report_picture(struct vi915_report *report, const char *name);
void vi915_report_said(struct vi915_report *report, int stream, const char *bytes, size_t len);
void vi915_report_document(struct vi915_report *report, const char *name, const char *bytes,
			   size_t len);
int vi915_report_end(struct vi915_report *report, const struct vi915_box_outcome *outcome);
void vi915_report_fini(struct vi915_report *report);

#endif
