/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_BOXOPTS_H
#define VI915_BOXOPTS_H

#include <stdbool.h>

#include "box/box.h"
#include "gpus.h"
#include "options.h"
#include "outfile.h"
#include "report.h"

/**
 * struct vi915_list - a growing list of strings
 * @items: NULL-terminated; NULL when there are none
 * @num: how many
 */
struct vi915_list {
	char **items;
	unsigned int num;
};

/**
 * struct vi915_boxopts - options of a box while they are read
 * @box: options that need no more work
 * @gpus: the GPUs
 * @counted: --gpus was given
 * @described: --gpu was given
 * @peers: other drivers
 * @rw: writable paths
 * @shots: folder for pictures, without a path when there is no --shots
 * @report: the report, without a folder when there is no --report
 */
struct vi915_boxopts {
	struct vi915_box_options box;
	struct vi915_gpus gpus;
	bool counted, described;
	struct vi915_list peers, rw;
	struct vi915_outdir shots;
	struct vi915_report report;
};

extern const struct vi915_option vi915_boxopts_table[];

int vi915_boxopts_parse(struct vi915_boxopts *opts,
			const struct vi915_usage *usage, int argc, char **argv);
void vi915_boxopts_complete_peers(const char *word, size_t kept);
void vi915_boxopts_fini(struct vi915_boxopts *opts);

#endif
