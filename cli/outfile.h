/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_OUTFILE_H
#define VI915_OUTFILE_H

#include <limits.h>
#include <stdio.h>

/**
 * struct vi915_outfile - a file that is there as a whole or not at all
 * @file: where to write
 * @path: what it will be called
 * @draft: what it is called until then
 */
struct vi915_outfile {
	FILE *file;
	char path[PATH_MAX];
	char draft[PATH_MAX];
};

int vi915_outfile_open(struct vi915_outfile *out, const char *dir, const char *name);
int vi915_outfile_close(struct vi915_outfile *out);

#endif
