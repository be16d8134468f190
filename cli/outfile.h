/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_OUTFILE_H
#define VI915_OUTFILE_H

#include <limits.h>
#include <stdio.h>

/**
 * struct vi915_outdir - a folder for files, opened before a box could move it
 * @path: its path at that time, or NULL when there is no folder
 * @fd: the open folder
 */
struct vi915_outdir {
	const char *path;
	int fd;
};

/**
 * struct vi915_outfile - a file that exists as a whole or not at all
 * @file: the stream to write to
 * @dir: its folder
 * @name: its final name
 * @draft: its name until it is complete
 * @err: the errno with which writing it failed, or 0
 */
struct vi915_outfile {
	FILE *file;
	const struct vi915_outdir *dir;
	char name[NAME_MAX + 1];
	char draft[NAME_MAX + 1];
	int err;
};

int vi915_outdir_open(struct vi915_outdir *dir, const char *option, const char *path);
void vi915_outdir_close(struct vi915_outdir *dir);

int vi915_outfile_open(struct vi915_outfile *out, const struct vi915_outdir *dir,
		       const char *name);
int vi915_outfile_close(struct vi915_outfile *out);

#endif
